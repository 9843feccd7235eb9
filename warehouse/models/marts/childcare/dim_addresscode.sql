{{ config(materialized='view', tags=['leads']) }}

with addresscodes as (

    select * from {{ ref('addresscode') }}

),

final as (

    select
        addresscode_id,
        city,
        county,
        state,
        zip,
        updated_dt
    from addresscodes

)

select * from final
