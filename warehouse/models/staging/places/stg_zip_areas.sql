with source as (

    select * from {{ source('census', 'zip_areas') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        zip,
        geom
    from source

)

select * from renamed
