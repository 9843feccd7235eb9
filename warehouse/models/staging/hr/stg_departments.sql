with source as (

    select * from {{ source('hr', 'departments') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        id as department_id,
        department
    from source

)

select * from renamed
