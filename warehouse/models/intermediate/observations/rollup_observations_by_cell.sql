{{ config(indexes=[{'columns': ['day']}]) }}

with points as (

    select * from {{ ref('stg_observations') }}

),

celled as (

    select
        points.*,
        cell.i as cell_i,
        cell.j as cell_j
    from points
    cross join lateral {{ hexagon('points.geom') }} as cell

)

select
    _load_id,
    cell_i,
    cell_j,
    day,
    category,
    {{ rollup_measures('value') }}
from celled
group by 1, 2, 3, 4, 5
