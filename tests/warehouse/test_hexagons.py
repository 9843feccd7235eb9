"""The hexagons: every point of the world in exactly one, and each can be drawn."""

from collections.abc import Iterator
from typing import Any

import jinja2
import psycopg
import pytest

from tests.conftest import ROOT, Platform

VARS = {"cell_edge": 100_000, "cell_srid": 6933}
MACROS: Any = jinja2.Environment().from_string(
    (ROOT / "warehouse/macros/spatial/hexagon.sql").read_text(),
    globals={"var": VARS.__getitem__},
)
HEXAGON = MACROS.module.hexagon("points.geom")
GRID_HEXAGON = "st_setsrid(st_hexagon(100000, {0}.i, {0}.j), 6933)"

# Points, as `points (geom)`: at random, at the limits of the world, and on the
# edges and corners of hexagons everywhere.
POINTS = {
    "random": """
        select st_setsrid(st_makepoint(
            random() * 360 - 180, degrees(asin(random() * 2 - 1))
        ), 4326) as geom
        from generate_series(1, 20000)
    """,
    "limits": """
        select st_setsrid(st_makepoint(x, y), 4326) as geom
        from unnest(array[
            -180, -179.9999999999, -90, -1e-12, 0, 1e-12, 90, 179.9999999999, 180
        ]) as x
        cross join unnest(array[
            -90, -89.9999999999, -45, -1e-12, 0, 1e-12, 45, 89.9999999999, 90
        ]) as y
    """,
    "edges": """
        select st_transform(
            st_lineinterpolatepoint(st_exteriorring(grid.geom), n / 12.0), 4326
        ) as geom
        from st_hexagongrid(
            100000, st_setsrid(st_makebox2d(
                st_makepoint(-1.6e7, -7e6), st_makepoint(1.6e7, 7e6)
            ), 6933)
        ) as grid
        cross join generate_series(0, 12) as n
        where (grid.i + grid.j) % 40 = 0
    """,
}


@pytest.fixture(scope="module")
def db(built: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(built.owner) as connection:
        connection.execute("select setseed(0.5)")
        yield connection
        connection.rollback()


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_a_point_has_one_hexagon_which_holds_it(
    db: psycopg.Connection[Any], points: str
) -> None:
    row = db.execute(
        f"""
        with points as materialized (
            select
                row_number() over () as id,
                geom
            from ({points}) as p
        ),

        found as (
            select
                points.id,
                st_distance(
                    st_transform(points.geom, 6933),
                    {GRID_HEXAGON.format("cell")}
                ) as metres_off
            from points
            cross join lateral {HEXAGON} as cell
        )

        select
            (select count(*) from points),
            count(*),
            count(distinct id),
            max(metres_off)
        from found
        """
    ).fetchone()
    assert row is not None
    n, found, distinct, metres_off = row
    assert n == found == distinct > 80
    assert metres_off < 1e-6


def test_a_point_inside_has_the_hexagon_that_postgis_gives(
    db: psycopg.Connection[Any],
) -> None:
    wrong = db.execute(
        f"""
        with points as materialized ({POINTS["random"]})

        select st_astext(points.geom)
        from points
        cross join lateral {HEXAGON} as cell
        cross join lateral st_hexagongrid(
            100000, st_transform(points.geom, 6933)
        ) as grid
        where
            st_contains(grid.geom, st_transform(points.geom, 6933))
            and (grid.i, grid.j) != (cell.i, cell.j)
        """
    ).fetchall()
    assert wrong == []


def test_every_hexagon_of_the_world_can_be_drawn(
    db: psycopg.Connection[Any],
) -> None:
    """Also where the edge of the world cuts it: valid, inside, not torn apart
    from one side of the world to the other, and together as large as the world."""
    polygon = MACROS.module.hexagon_polygon("i", "j")
    row = db.execute(
        f"""
        with world as (
            select st_transform(
                st_makeenvelope(-180, -90, 180, 90, 4326), 6933
            ) as geom
        ),

        cells as (
            select
                cell.i,
                cell.j,
                {polygon} as geom
            from world
            cross join lateral st_hexagongrid(100000, world.geom) as cell
            where st_area(st_intersection(cell.geom, world.geom)) > 0
        )

        select
            count(*),
            count(*) filter (where
                geometrytype(geom) = 'POLYGON'
                and st_srid(geom) = 4326
                and st_isvalid(geom)
                and not st_isempty(geom)
                and st_coveredby(geom, st_makeenvelope(-180, -90, 180, 90, 4326))
                and st_xmax(geom) - st_xmin(geom) < 2.1
            ),
            sum(st_area(st_transform(geom, 6933)))
                / (select st_area(geom) from world)
        from cells
        """
    ).fetchone()
    assert row is not None
    cells, good, share_of_world = row
    assert cells == good > 19_000
    assert share_of_world == pytest.approx(1, rel=1e-6)
