{{ config(
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['geom'], 'type': 'gist'},
        {'columns': ['day']},
    ]
) }}

with rollup as (

    select * from {{ ref('rollup_earthquakes_by_cell') }}

),

merged as (

    select
        cell_i,
        cell_j,
        day,
        category,
        {{ merged_measures('magnitude') }}
    from rollup
    group by 1, 2, 3, 4

),

cells as (

    select distinct
        cell_i,
        cell_j
    from merged

),

polygons as (

    select
        cell_i,
        cell_j,
        {{ hexagon_polygon('cell_i', 'cell_j') }} as geom
    from cells

),

placed as (

    select
        merged.*,
        polygons.geom,
        merged.cell_i || '.' || merged.cell_j as cell
    from merged
    inner join polygons
        on
            merged.cell_i = polygons.cell_i
            and merged.cell_j = polygons.cell_j

),

final as (

    select
        concat_ws('/', cell, coalesce(day::text, 'undated'), category) as id,
        cell,
        day,
        category,
        {{ read_measures('magnitude') }},
        geom
    from placed

)

select * from final
