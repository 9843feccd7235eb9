{{ config(
    tags=['leads'],
    indexes=[{'columns': ['contact_id'], 'unique': true}]
) }}

with facilities as (

    select * from {{ ref('int_registered_facilities') }}

),

final as (

    select
        contact_id,
        first_name,
        last_name,
        title,
        email,
        phone,
        phone2,
        loaded_at as updated_dt
    from facilities
    where generation = 1

)

select * from final
