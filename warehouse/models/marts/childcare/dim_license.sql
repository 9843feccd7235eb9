{{ config(materialized='view', tags=['leads']) }}

with licenses as (

    select * from {{ ref('license') }}

),

final as (

    select
        license_id,
        license_number,
        license_type,
        license_status,
        license_issued,
        license_renewed,
        certificate_expiration_date,
        updated_dt
    from licenses

)

select * from final
