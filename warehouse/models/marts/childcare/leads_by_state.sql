{{ config(indexes=[{'columns': ['id'], 'unique': true}]) }}

with leads as (

    select * from {{ ref('lead') }}

),

states as (

    select * from {{ ref('int_states') }}

),

counted as (

    select
        state,
        facility_type,
        count(*) as leads,
        sum(capacity) as capacity
    from leads
    group by 1, 2

),

final as (

    select
        concat_ws(
            '/',
            coalesce(counted.state, 'unknown'),
            coalesce(counted.facility_type, 'unknown')
        ) as id,
        counted.state,
        states.state_fips,
        states.state_name,
        counted.facility_type,
        counted.leads,
        counted.capacity
    from counted
    left join states on counted.state = states.state

)

select * from final
