with source as (

    select * from {{ source('sensors', 'observations') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        id as observation_id,
        category,
        value,
        observed_at,
        (observed_at at time zone 'UTC')::date as day,
        geom
    from source

)

select * from renamed
