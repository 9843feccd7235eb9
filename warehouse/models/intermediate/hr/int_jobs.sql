{{ config(materialized='view') }}

with rows_of_files as (

    select * from {{ ref('stg_jobs') }}

),

loads as (

    select * from {{ ref('stg_load') }}

),

with_file as (

    select
        rows_of_files._load_id,
        rows_of_files.job_id,
        rows_of_files.job,
        loads.loaded_at as load_update_ts,
        loads.filename,
        rows_of_files._row_number as row_number,
        row_number() over (
            partition by rows_of_files.job_id
            order by
                ops.load_number(rows_of_files._load_id) desc,
                rows_of_files._row_number desc
        ) = 1 as is_current
    from rows_of_files
    inner join loads on rows_of_files._load_id = loads._load_id

)

select * from with_file
