{{ config(
    materialized='mart',
    refresh_by='day',
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['geom'], 'type': 'gist'},
    ]
) }}

with rollup as (

    select * from {{ ref('rollup_observations_by_cell') }}

),

merged as (

    select
        cell_i,
        cell_j,
        day,
        category,
        {{ merged_measures('value') }}
    from rollup
    group by 1, 2, 3, 4

),

-- Each row's own polygon, at 25 µs: a list of cells would be one of all days.
placed as (

    select
        *,
        cell_i || '.' || cell_j as cell,
        {{ hexagon_polygon('cell_i', 'cell_j') }} as geom
    from merged

),

final as (

    select
        concat_ws('/', cell, coalesce(day::text, 'undated'), category) as id,
        cell,
        day,
        category,
        {{ read_measures('value') }},
        geom
    from placed

)

select * from final
