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
\set rounding 'select count(i + j) from points cross join lateral (select q as i, r + (q - (q & 1)) / 2 as j from (select case when q_off > r_off and q_off > s_off then -round_r - round_s else round_q end::integer as q, case when q_off > r_off and q_off > s_off then round_r when r_off > s_off then -round_q - round_s else round_r end::integer as r from (select *, abs(round_q - q) as q_off, abs(round_r - r) as r_off, abs(round_s + q + r) as s_off from (select q, r, round(q) as round_q, round(r) as round_r, round(-q - r) as round_s from (select x * 2 / 3 as q, (y * sqrt(3) - x) / 3 as r from (select st_x(points.geom) / 100000 as x, st_y(points.geom) / 100000 as y) as scaled) as axial offset 0) as rounded) as distances offset 0) as cube) as cell;'
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
