{{ config(materialized='view') }}

{% set cities = nevada_cities() %}

with register as (

    select * from {{ ref('stg_nevada_childcare') }}

),

final as (

    select
        register._load_id,
        register._row_number,
        'NV' as register,
        register.register_date,
        null::boolean as accepts_financial_aid,
        null::text as ages_served,
        null::integer as min_age,
        null::integer as max_age,
        null::integer as capacity,
        register.company,
        register.license_number,
        register.license_type,
        register.license_status,
        register.license_issued,
        register.certificate_expiration_date,
        register.contact_name,
        register.contact_role as title,
        null::text as email,
        register.phone,
        address.street as address1,
        null::text as address2,
        address.city,
        register.county,
        coalesce(register.state, address.state) as state,
        address.zip,
        null::text as schedule,
        null::text as provider_id
    from register
    cross join lateral {{ us_address('register.address', cities) }} as address

)

select * from final
