{# The hexagon that holds a point, as columns i and j of PostGIS's own grid
   (st_hexagon), for `cross join lateral`.

   st_hexagongrid(size, point) would do in one call, but gives two hexagons for
   one point in three, whose bounds touch, and the choice costs a geometry per
   candidate: 448 ms for 100,000 points, where this rounding in cube
   coordinates takes half (https://www.redblobgames.com/grids/hexagons/). #}
{% macro hexagon(point) -%}
(
    select
        q as i,
        r + (q - (q & 1)) / 2 as j
    from (
        select
            case
                when q_off > r_off and q_off > s_off then -round_r - round_s
                else round_q
            end::integer as q,
            case
                when q_off > r_off and q_off > s_off then round_r
                when r_off > s_off then -round_q - round_s
                else round_r
            end::integer as r
        from (
            select
                *,
                abs(round_q - q) as q_off,
                abs(round_r - r) as r_off,
                abs(round_s + q + r) as s_off
            from (
                select
                    q,
                    r,
                    round(q) as round_q,
                    round(r) as round_r,
                    round(-q - r) as round_s
                from (
                    select
                        x * 2 / 3 as q,
                        (y * sqrt(3) - x) / 3 as r
                    from (
                        select
                            st_x(projected) / {{ var('cell_edge') }} as x,
                            st_y(projected) / {{ var('cell_edge') }} as y
                        from (
                            select
                                st_transform(
                                    st_force2d({{ point }}),
                                    {{ var('cell_srid') }}
                                ) as projected
                            -- `offset 0`: computed once, not once per use.
                            offset 0
                        ) as projection
                    ) as scaled
                ) as axial
                offset 0
            ) as rounded
        ) as distances
        offset 0
    ) as cube
)
{%- endmacro %}

{# The polygon of a hexagon in WGS 84, cut at the edge of the world. #}
{% macro hexagon_polygon(i, j) -%}
st_transform(
    st_intersection(
        st_hexagon(
            {{ var('cell_edge') }},
            {{ i }},
            {{ j }},
            st_setsrid(st_makepoint(0, 0), {{ var('cell_srid') }})
        ),
        st_transform(
            st_makeenvelope(-180, -90, 180, 90, 4326),
            {{ var('cell_srid') }}
        )
    ),
    4326
)
{%- endmacro %}
