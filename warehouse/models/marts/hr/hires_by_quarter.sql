{{ config(
    indexes=[{'columns': ['department', 'job', 'year'], 'unique': true}]
) }}

with employees as (

    select * from {{ ref('int_hired_employees') }}

),

departments as (

    select * from {{ ref('int_departments') }}

),

jobs as (

    select * from {{ ref('int_jobs') }}

),

-- Collation "C" orders by code point, wherever the database stands.
named_departments as (

    select
        department_id,
        department collate "C" as department
    from departments
    where
        is_current
        and department is not null

),

named_jobs as (

    select
        job_id,
        job collate "C" as job
    from jobs
    where
        is_current
        and job is not null

),

hires as (

    select
        employees.year,
        employees.quarter,
        named_departments.department,
        named_jobs.job
    from employees
    inner join named_departments
        on employees.department_id = named_departments.department_id
    inner join named_jobs on employees.job_id = named_jobs.job_id
    where
        employees.is_current
        and employees.year is not null

),

final as (

    select
        year,
        department,
        job,
        count(*) filter (where quarter = 1) as q1,
        count(*) filter (where quarter = 2) as q2,
        count(*) filter (where quarter = 3) as q3,
        count(*) filter (where quarter = 4) as q4
    from hires
    group by 1, 2, 3

)

select * from final
