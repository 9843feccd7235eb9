{{ config(
    indexes=[
        {'columns': ['year', 'state_fips'], 'unique': true},
    ]
) }}

with enrollment as (

    select * from {{ ref('int_enrollment') }}

),

states as (

    select * from {{ ref('us_states') }}

),

summed as (

    select
        year,
        state_fips,
        count(*) as records,
        count(*) filter (where is_pre_k_total) as pre_k_records,
        count(enrollment) filter (where is_pre_k_total) as schools,
        sum(enrollment) filter (where is_pre_k_total) as enrollment
    from enrollment
    group by 1, 2

),

final as (

    select
        summed.year,
        summed.state_fips,
        coalesce(states.state_name, 'FIPS ' || summed.state_fips) as state_name,
        summed.records,
        summed.pre_k_records,
        summed.schools,
        summed.enrollment
    from summed
    left join states on summed.state_fips = states.state_fips

)

select * from final
