{{ config(
    materialized='mart',
    refresh_by='day',
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['centroid'], 'type': 'gist'},
    ]
) }}

with rollup as (

    select * from {{ ref('rollup_earthquakes_by_state') }}

),

states as (

    select * from {{ ref('us_states') }}

),

merged as (

    select
        state_fips,
        day,
        category,
        {{ merged_measures('magnitude') }}
    from rollup
    group by 1, 2, 3

),

named as (

    select
        merged.*,
        states.state_name
    from merged
    inner join states on merged.state_fips = states.state_fips

),

final as (

    select
        concat_ws('/', state_fips, coalesce(day::text, 'undated'), category)
            as id,
        state_fips,
        state_name,
        day,
        category,
        {{ read_measures('magnitude') }}
    from named

)

select * from final
