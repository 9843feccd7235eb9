{{ config(materialized='view', tags=['leads']) }}

with contacts as (

    select * from {{ ref('contact') }}

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
        updated_dt
    from contacts

)

select * from final
