{{ config(materialized='view') }}

with rollup as (

    select * from {{ ref('rollup_enrollment') }}

),

-- The same record may come in two files: a page that was extracted again
-- under another key, or a CSV of a year that the service gave as JSON.
newest as (

    select distinct on (year, school_id, grade, race, sex)
        year,
        school_id,
        grade,
        race,
        sex,
        _load_id,
        state_fips,
        enrollment
    from rollup
    order by 1 asc, 2 asc, 3 asc, 4 asc, 5 asc, 6 desc

),

final as (

    select
        *,
        -- Other codes of race and sex are parts of the total 99: to add
        -- them would count children twice and three times.
        coalesce(grade = -1 and race = 99 and sex = 99, false)
            as is_pre_k_total
    from newest

)

select * from final
