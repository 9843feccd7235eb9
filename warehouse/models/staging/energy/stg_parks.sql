with source as (

    select * from {{ source('energy', 'parks') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        park_name,
        timezone,
        energy_type
    from source

)

select * from renamed
