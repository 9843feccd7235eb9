{{ config(
    tags=['leads'],
    indexes=[{'columns': ['license_id'], 'unique': true}]
) }}

with facilities as (

    select * from {{ ref('int_registered_facilities') }}

),

final as (

    select
        license_id,
        license_number,
        license_type,
        license_status,
        license_issued,
        null::date as license_renewed,
        certificate_expiration_date,
        loaded_at as updated_dt
    from facilities
    where generation = 1

)

select * from final
