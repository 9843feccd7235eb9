{# The measures of a rollup: each can be merged with those of other rows. An
   average cannot, so its sum and count are kept instead. #}
{% macro rollup_measures(value, point='geom') -%}
count(*) as n,
    count({{ value }}) as {{ value }}_n,
    sum({{ value }}) as {{ value }}_sum,
    min({{ value }}) as {{ value }}_min,
    max({{ value }}) as {{ value }}_max,
    sum({{ value }} * {{ value }}) as {{ value }}_sum_squares,
    sum(st_x({{ point }})) as longitude_sum,
    sum(st_y({{ point }})) as latitude_sum
{%- endmacro %}

{# The same measures, merged over the rows of a rollup. #}
{% macro merged_measures(value) -%}
sum(n)::bigint as n,
    sum({{ value }}_n)::bigint as {{ value }}_n,
    sum({{ value }}_sum) as {{ value }}_sum,
    min({{ value }}_min) as {{ value }}_min,
    max({{ value }}_max) as {{ value }}_max,
    sum({{ value }}_sum_squares) as {{ value }}_sum_squares,
    sum(longitude_sum) as longitude_sum,
    sum(latitude_sum) as latitude_sum
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
    longitude_sum,
    latitude_sum,
    st_setsrid(
        st_makepoint(longitude_sum / n, latitude_sum / n), 4326
    ) as centroid
{%- endmacro %}
