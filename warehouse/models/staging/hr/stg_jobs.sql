with source as (

    select * from {{ source('hr', 'jobs') }}

),

renamed as (

    select
        _load_id,
        _row_number,
        id as job_id,
        job
    from source

)

select * from renamed
