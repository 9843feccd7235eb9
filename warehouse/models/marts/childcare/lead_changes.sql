{{ config(
    indexes=[
        {'columns': ['facility_id'], 'unique': true},
        {'columns': ['state', 'change', 'company', 'facility_id']},
    ]
) }}

with facilities as (

    select * from {{ ref('int_registered_facilities') }}

),

registers as (

    select * from {{ ref('int_childcare_registers') }}

),

{# A state's first register differs from nothing. #}
pairs as (

    select
        newest.register,
        newest.register_date,
        former.register_date as former_register_date
    from registers as newest
    inner join registers as former
        on
            newest.register = former.register
            and former.generation = 2
    where newest.generation = 1

),

{# What the register says of a facility, without what the platform adds. #}
described as (

    select
        facilities.facility_id,
        facilities.generation,
        facilities.register,
        pairs.register_date,
        pairs.former_register_date,
        to_jsonb(facilities) - array[
            '_load_id',
            '_row_number',
            'facility_id',
            'addresscode_id',
            'contact_id',
            'license_id',
            'register',
            'register_date',
            'generation',
            'loaded_at'
        ] as said
    from facilities
    inner join pairs on facilities.register = pairs.register

),

newest as (

    select * from described
    where generation = 1

),

former as (

    select * from described
    where generation = 2

),

{# The newest register has the word; of what is gone, the former one. #}
changed as (

    select
        coalesce(newest.facility_id, former.facility_id) as facility_id,
        coalesce(newest.register, former.register) as register,
        case
            when former.facility_id is null then 'new'
            when newest.facility_id is null then 'gone'
            else 'changed'
        end as change,
        newest.said,
        former.said as said_before,
        coalesce(newest.said, former.said) as facility,
        coalesce(newest.register_date, former.register_date) as register_date,
        coalesce(newest.former_register_date, former.former_register_date)
            as former_register_date
    from newest
    full join former on newest.facility_id = former.facility_id
    where newest.said is distinct from former.said

),

final as (

    select
        facility_id,
        register,
        change,
        -- A `name` is sorted by code point, in every locale.
        (
            select string_agg(now.word, ', ' order by now.word::name)
            from jsonb_each(changed.said) as now (word, meaning)
            inner join jsonb_each(changed.said_before) as former (word, meaning)
                on now.word = former.word
            where now.meaning != former.meaning
        ) as changed_columns,
        facility ->> 'company' as company,
        facility ->> 'license_number' as license_number,
        facility ->> 'city' as city,
        facility ->> 'state' as state,
        facility ->> 'zip' as zip,
        register_date,
        former_register_date
    from changed

)

select * from final
