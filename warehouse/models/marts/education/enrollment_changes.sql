{{ config(materialized='view') }}

with sums as (

    select *
    from {{ ref('enrollment_sums') }}
    where pre_k_records > 0

),

years as (

    select distinct year from sums

),

-- A state that is gone in a year stays visible there, if any state is left.
expected as (

    select
        year,
        state_fips,
        state_name
    from sums
    union
    select
        years.year,
        sums.state_fips,
        sums.state_name
    from sums
    inner join years on sums.year = years.year - 1

),

compared as (

    select
        expected.year,
        expected.state_fips,
        expected.state_name,
        this_year.enrollment,
        year_before.enrollment as enrollment_before
    from expected
    left join sums as this_year
        on
            expected.year = this_year.year
            and expected.state_fips = this_year.state_fips
    left join sums as year_before
        on
            expected.year = year_before.year + 1
            and expected.state_fips = year_before.state_fips

),

final as (

    select
        year,
        state_fips,
        state_name,
        enrollment,
        enrollment_before,
        enrollment - enrollment_before as enrollment_change,
        round(
            (enrollment - enrollment_before)::numeric
            / nullif(enrollment_before, 0),
            4
        )::double precision as enrollment_change_share
    from compared

)

select * from final
