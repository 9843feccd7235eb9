{{ config(materialized='view') }}

with sums as (

    select * from {{ ref('enrollment_sums') }}

),

states as (

    select * from {{ ref('states') }}

),

final as (

    select
        sums.year,
        sums.state_fips,
        sums.state_name,
        sums.enrollment,
        sums.schools,
        sums.pre_k_records - sums.schools as without_number,
        states.geom
    from sums
    left join states on sums.state_fips = states.state_fips
    where sums.pre_k_records > 0

)

select * from final
