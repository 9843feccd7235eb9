{# The measures of a rollup: each can be merged with those of other rows. An
   average cannot, so its sum and count are kept instead; nor can a mean position,
   so places are summed as unit vectors: longitudes have no mean across the date
   line, where 179 and -179 would meet at 0. PostGIS's own centroid of geography
   points does the same. #}
{% macro rollup_measures(value, point='geom') -%}
{%- set x, y = 'st_x(' ~ point ~ ')', 'st_y(' ~ point ~ ')' -%}
count(*) as n,
    count({{ value }}) as {{ value }}_n,
    sum({{ value }}) as {{ value }}_sum,
    min({{ value }}) as {{ value }}_min,
    max({{ value }}) as {{ value }}_max,
    sum({{ squareable(value) }} * {{ value }}) as {{ value }}_sum_squares,
    {{ squareable('sum(cosd(' ~ y ~ ') * cosd(' ~ x ~ '))') }} as x_sum,
    {{ squareable('sum(cosd(' ~ y ~ ') * sind(' ~ x ~ '))') }} as y_sum,
    {{ squareable('sum(sind(' ~ y ~ '))') }} as z_sum
{%- endmacro %}

{# A number, or 0 where it is so small that Postgres could not square it: of such
   a square it makes an error, and the refresh would fail for one value. #}
{% macro squareable(number) -%}
case when abs({{ number }}) < 1e-100 then 0 else {{ number }} end
{%- endmacro %}

{# The same measures, merged over the rows of a rollup. #}
{% macro merged_measures(value) -%}
sum(n)::bigint as n,
    sum({{ value }}_n)::bigint as {{ value }}_n,
    sum({{ value }}_sum) as {{ value }}_sum,
    min({{ value }}_min) as {{ value }}_min,
    max({{ value }}_max) as {{ value }}_max,
    sum({{ value }}_sum_squares) as {{ value }}_sum_squares,
    sum(x_sum) as x_sum,
    sum(y_sum) as y_sum,
    sum(z_sum) as z_sum
{%- endmacro %}

{# What people read off merged measures: the average and the centroid. #}
{% macro read_measures(value) -%}
n,
    {{ value }}_n,
    {{ value }}_sum,
    {{ value }}_min,
    {{ value }}_max,
    {{ value }}_sum / nullif({{ value }}_n, 0) as {{ value }}_avg,
    {{ value }}_sum_squares,
    x_sum,
    y_sum,
    z_sum,
    st_setsrid(
        st_makepoint(
            atan2d(y_sum, x_sum),
            atan2d(z_sum, sqrt(x_sum ^ 2 + y_sum ^ 2))
        ),
        4326
    )::geometry(point, 4326) as centroid
{%- endmacro %}
