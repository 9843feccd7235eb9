{{ config(materialized='view') }}

{% set ages = [
    'case when grouped.infants then ' ~ age_group('infants') ~ ' end',
    'case when grouped.toddlers then ' ~ age_group('toddlers') ~ ' end',
    'case when grouped.preschool then ' ~ age_group('preschool') ~ ' end',
    'case when grouped.school_age then ' ~ age_group('school_age') ~ ' end',
] %}

with register as (

    select * from {{ ref('stg_texas_childcare') }}

),

grouped as (

    select
        *,
        {{ yes_or_no('takes_infants') }} as infants,
        {{ yes_or_no('takes_toddlers') }} as toddlers,
        {{ yes_or_no('takes_preschool') }} as preschool,
        {{ yes_or_no('takes_school_age') }} as school_age
    from register

),

final as (

    select
        grouped._load_id,
        grouped._row_number,
        'TX' as register,
        grouped.register_date,
        null::boolean as accepts_financial_aid,
        ages.ages_served,
        ages.min_age,
        ages.max_age,
        grouped.capacity,
        grouped.company,
        grouped.license_number,
        grouped.license_type,
        grouped.license_status,
        grouped.license_issued,
        null::date as certificate_expiration_date,
        null::text as contact_name,
        null::text as title,
        grouped.email,
        grouped.phone,
        grouped.address1,
        null::text as address2,
        grouped.city,
        grouped.county,
        grouped.state,
        grouped.zip,
        null::text as schedule,
        grouped.provider_id
    from grouped
    cross join lateral {{ ages_served(ages) }} as ages

)

select * from final
