{{ config(materialized='view') }}

{% set ages = [
    'read.ages_accepted_1',
    'read.ages_accepted_2',
    'read.ages_accepted_3',
    'read.ages_accepted_4',
] %}
{% set hours = {
    'Mon': 'read.monday',
    'Tue': 'read.tuesday',
    'Wed': 'read.wednesday',
    'Thu': 'read.thursday',
    'Fri': 'read.friday',
    'Sat': 'read.saturday',
    'Sun': 'read.sunday',
} %}

with register as (

    select * from {{ ref('stg_oklahoma_childcare') }}

),

read as (

    select
        *,
        {{ yes_or_no('accepts_subsidy') }} as accepts,
        {{ behind_label('subsidy_contract_number') }} as contract_number
    from register

),

final as (

    select
        read._load_id,
        read._row_number,
        'OK' as register,
        read.register_date,
        case
            when read.accepts is not null then read.accepts
            when read.contract_number is not null then true
            when read.subsidy_contract_number is not null then false
        end as accepts_financial_aid,
        ages.ages_served,
        ages.min_age,
        ages.max_age,
        {{ whole_number_in('read.capacity') }} as capacity,
        read.company,
        licence.license_number,
        licence.license_type,
        null::text as license_status,
        {{ date_in('read.license_monitoring_since') }} as license_issued,
        null::date as certificate_expiration_date,
        caregiver.name as contact_name,
        caregiver.title,
        read.email,
        read.phone,
        read.address1,
        read.address2,
        read.city,
        null::text as county,
        read.state,
        read.zip,
        {{ schedule(hours) }} as schedule,
        read.contract_number as provider_id
    from read
    cross join lateral {{ type_and_number('read.type_license') }} as licence
    cross join lateral {{ caregiver('read.primary_caregiver') }} as caregiver
    cross join lateral {{ ages_served(ages) }} as ages

)

select * from final
