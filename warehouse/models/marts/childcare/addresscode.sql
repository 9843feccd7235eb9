{{ config(
    tags=['leads'],
    indexes=[{'columns': ['addresscode_id'], 'unique': true}]
) }}

with facilities as (

    select * from {{ ref('int_registered_facilities') }}

),

final as (

    select
        addresscode_id,
        city,
        county,
        state,
        zip,
        max(loaded_at) as updated_dt
    from facilities
    where generation = 1
    group by 1, 2, 3, 4, 5

)

select * from final
