with source as (

    select * from {{ source('hr', 'hired_employees') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        id as employee_id,
        name,
        hired_at,
        extract(year from hired_at at time zone 'UTC')::integer as year,
        extract(quarter from hired_at at time zone 'UTC')::integer as quarter,
        department_id,
        job_id
    from source

)

select * from renamed
