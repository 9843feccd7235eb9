{{ config(
    indexes=[{'columns': ['year', 'id'], 'unique': true}]
) }}

with employees as (

    select * from {{ ref('int_hired_employees') }}

),

departments as (

    select * from {{ ref('int_departments') }}

),

current_departments as (

    select
        department_id as id,
        department,
        count(*) over () as departments
    from departments
    where is_current

),

hires as (

    select
        employees.year,
        current_departments.id,
        current_departments.department,
        current_departments.departments,
        count(*) as hired
    from employees
    inner join current_departments
        on employees.department_id = current_departments.id
    where
        employees.is_current
        and employees.year is not null
    group by 1, 2, 3, 4

),

with_total as (

    select
        *,
        sum(hired) over (partition by year) as hired_in_all
    from hires

),

final as (

    select
        year,
        id,
        department,
        hired
    from with_total
    -- hired > hired_in_all / departments, without a rounded quotient
    where hired * departments > hired_in_all

)

select * from final
