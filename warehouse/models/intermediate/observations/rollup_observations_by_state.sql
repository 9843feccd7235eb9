{{ config(indexes=[{'columns': ['day']}]) }}

with points as (

    select * from {{ ref('stg_observations') }}

),

states as (

    select * from {{ ref('us_states') }}

),

within_states as (

    select
        points.*,
        states.state_fips
    from states
    inner join points on st_contains(states.geom, points.geom)

)

select
    _load_id,
    state_fips,
    day,
    category,
    {{ rollup_measures('value') }}
from within_states
group by 1, 2, 3, 4
