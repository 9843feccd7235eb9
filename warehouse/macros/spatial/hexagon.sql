{# The hexagon that holds a point, as column i and row j of PostGIS's own grid
   (st_hexagon), for `cross join lateral`.

   st_hexagongrid(size, point) would do in one call, but gives two hexagons for
   one point in three, whose bounds touch, and the choice costs a geometry per
   candidate. Three floors find the one hexagon
   (https://www.redblobgames.com/grids/hexagons/more-pixel-to-hex.html, Charles
   Chambers; here with flat tops): a point on an edge belongs to one side. #}
{% macro hexagon(point) -%}
(
    -- `materialized`: projected once, not once per use.
    with projected as materialized (
        select
            st_transform(
                st_force2d({{ point }}), {{ var('cell_srid') }}
            ) as point
    ),

    scaled as (
        select
            st_x(point) / {{ var('cell_edge') }} as x,
            st_y(point) / {{ var('cell_edge') }} / sqrt(3) as y
        from projected
    ),

    axial as (
        select
            floor((floor(x + y + 1) + x - y + 1) / 3)::integer as i,
            floor((floor(x + y + 1) + 2 * y + 1) / 3)::integer as k
        from scaled
    )

    select
        i,
        k - (i + (i & 1)) / 2 as j
    from axial
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
)::geometry(polygon, 4326)
{%- endmacro %}
