{{ config(materialized='view', tags=['leads']) }}

with facilities as (

    select * from {{ ref('facility') }}

),

final as (

    select
        facility_id,
        addresscode_id,
        contact_id,
        license_id,
        register,
        register_date,
        facility_type,
        accepts_financial_aid,
        1 as facilities,
        capacity,
        min_age,
        max_age,
        updated_dt
    from facilities

)

select * from final
