{{ config(
    indexes=[
        {'columns': ['id'], 'unique': true},
        {'columns': ['geom'], 'type': 'gist'},
        {'columns': ['day']},
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

cells as (

    select
        cell_i,
        cell_j,
        {{ hexagon_polygon('cell_i', 'cell_j') }} as geom
    from (select distinct cell_i, cell_j from merged) as named

),

final as (

    select
        concat_ws(
            '/', cell_i || '.' || cell_j, coalesce(day::text, 'undated'), category
        ) as id,
        cell_i || '.' || cell_j as cell,
        day,
        category,
        {{ read_measures('value') }},
        cells.geom
    from merged
    inner join cells using (cell_i, cell_j)

)

select * from final
