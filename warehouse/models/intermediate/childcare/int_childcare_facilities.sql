{{ config(materialized='view') }}

with nevada as (

    select * from {{ ref('int_nevada_facilities') }}

),

oklahoma as (

    select * from {{ ref('int_oklahoma_facilities') }}

),

texas as (

    select * from {{ ref('int_texas_facilities') }}

),

facilities as (

    select * from nevada
    union all
    select * from oklahoma
    union all
    select * from texas

),

traded as (

    select
        facilities.*,
        trade.owner,
        coalesce(trade.name, facilities.company) as trade_name,
        {{ facility_type('facilities.license_type') }} as facility_type,
        coalesce(trade.owner, trade.name, facilities.company) as licensee
    from facilities
    cross join lateral {{ trade_name(
        without_stray_quotes('facilities.company')
    ) }} as trade

),

{# "ACORN HOUSE, DOWNTOWN" is nobody's name, unless it is somebody's home. #}
licensed as (

    select
        *,
        case
            when
                (owner is not null or facility_type = 'home')
                and {{ is_person('licensee') }}
                then licensee
        end as person
    from traded

),

named as (

    select
        *,
        coalesce({{ squeezed('contact_name') }}, person) as person_named
    from licensed

),

final as (

    select
        named._load_id,
        named._row_number,
        named.register,
        named.register_date,
        named.accepts_financial_aid,
        named.ages_served,
        named.min_age,
        named.max_age,
        named.capacity,
        named.trade_name as company,
        coalesce(
            nullif(concat_ws(' ', contact.first_name, contact.last_name), ''),
            named.owner
        ) as operator,
        coalesce(
            nullif(concat_ws(' ', licensee.first_name, licensee.last_name), ''),
            named.licensee
        ) as licensee_name,
        {{ squeezed('named.license_number') }} as license_number,
        {{ squeezed('named.license_type') }} as license_type,
        {{ squeezed('named.license_status') }} as license_status,
        named.license_issued,
        named.certificate_expiration_date,
        contact.first_name,
        contact.last_name,
        {{ squeezed('named.title') }} as title,
        {{ squeezed('named.email') }} as email,
        {{ phone_number('named.phone') }} as phone,
        {{ second_phone_number('named.phone') }} as phone2,
        {{ squeezed('named.address1') }} as address1,
        {{ squeezed('named.address2') }} as address2,
        {{ capitals('named.city') }} as city,
        {{ capitals('named.county') }} as county,
        {{ state_code('named.state') }} as state,
        {{ zip('named.zip') }} as zip,
        named.schedule,
        {{ squeezed('named.provider_id') }} as provider_id,
        named.facility_type
    from named
    cross join lateral {{ person_name('named.person') }} as licensee
    cross join lateral {{ person_name('named.person_named') }} as contact

)

select * from final
