-- The hexagon of each of 100,000 points, in two ways (docs/decisions.md, 5):
--     psql "$DATABASE_URL" -f benchmarks/hexagons.sql
-- Each way runs five times, by turns; read the medians.
create temporary table points as
select
    st_transform(
        st_setsrid(
            st_makepoint(random() * 360 - 180, random() * 170 - 85), 4326
        ),
        6933
    ) as geom
from generate_series(1, 100000);
analyze points;

\echo 'hexagons that st_hexagongrid gives for a point: how many points have 1, 2…'
select
    n,
    count(*)
from (
    select (select count(*) from st_hexagongrid(100000, geom)) as n from points
) as counted
group by 1
order by 1;

\timing on
\set grid 'select count(i + j) from points cross join lateral (select i, j from st_hexagongrid(100000, points.geom) as hexagon where st_covers(hexagon.geom, points.geom) order by i, j limit 1) as cell;'
\set rounding 'select count(i + j) from points cross join lateral (with scaled as (select st_x(points.geom) / 100000 as x, st_y(points.geom) / 100000 / sqrt(3) as y), axial as (select floor((floor(x + y + 1) + x - y + 1) / 3)::integer as i, floor((floor(x + y + 1) + 2 * y + 1) / 3)::integer as k from scaled) select i, k - (i + (i & 1)) / 2 as j from axial) as cell;'
:grid
:rounding
:grid
:rounding
:grid
:rounding
:grid
:rounding
:grid
:rounding
