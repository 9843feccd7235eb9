with source as (

    select * from {{ source('energy', 'energy_readings') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        park_name,
        measured_at,
        megawatts
    from source

)

select * from renamed
