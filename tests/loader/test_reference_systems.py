"""Geometries of other reference systems: what is transformed, and what is not."""

import json
import struct
from typing import Any

import pyarrow as pa
import pyproj
import pytest
import shapely

from migrations import contracts
from tests.loader.conftest import Desk, column
from tests.loader.reading import (
    a_feed,
    cells,
    geometry,
    parquet,
    point_of,
    read,
    refused,
    wkb_of,
)

# A known pair: the tower of Amersfoort, the origin of the Dutch system.
AMERSFOORT = (155000.0, 463000.0)
DUTCH = {"minimum": 0, "maximum": 700_000}


def test_two_columns_of_another_system_are_transformed_by_postgres(desk: Desk) -> None:
    feed = a_feed(
        column("x", "double precision", **DUTCH),
        column("y", "double precision", **DUTCH),
        geometry({"x": "x", "y": "y", "srid": 28992}, "geometry(Point,4326)"),
    )
    made = contracts.column(feed.columns[2])
    assert made.computed is not None
    expression = str(made.computed.sqltext)

    table = "create temp table t (x float8, y float8, g geometry(Point,4326) "
    desk.admin.execute(f"{table} generated always as ({expression}) stored)")
    desk.admin.execute("insert into t values (%s, %s)", AMERSFOORT)

    ((lon, lat),) = desk.ask("select st_x(g), st_y(g) from t")
    assert (lon, lat) == pytest.approx((5.387, 52.155), abs=0.001)
    desk.admin.execute("drop table t")


@pytest.mark.parametrize("source", ["wkt", "wkb", "geojson"])
def test_a_system_that_the_contract_says_is_transformed(source: str) -> None:
    tower = shapely.Point(*AMERSFOORT)
    text = {
        "wkt": tower.wkt,
        "wkb": wkb_of(tower),
        "geojson": shapely.to_geojson(tower),
    }[source]
    kind = "geometry(Point,4326)"
    feed = a_feed(column("n"), geometry({"source": source, "srid": 28992}, kind))

    found = read(feed, cells(text, "", "nonsense"))

    assert found.rows[1] == ["2", ""]
    x, y, _ = point_of(found)
    assert (x, y) == pytest.approx((5.387, 52.155), abs=0.001)
    assert found.told[0][3] == f"'nonsense in Amersfoort / RD New' is no {kind}"


def test_what_cannot_be_transformed_is_a_reject() -> None:
    """In degrees, and out of their bounds; and beyond all that the target has."""
    kind = "geometry(Point,32631)"
    feed = a_feed(column("n"), geometry({"source": "wkt", "srid": 4326}, kind))

    found = read(feed, cells("POINT(1 91)", "POINT(93 0)", "POINT(3 0)"))

    assert [row[0] for row in found.rows] == ["3"]
    assert [told[0] for told in found.told] == [1, 2]


def test_z_is_kept_when_transformed() -> None:
    kind = "geometry(PointZ,4326)"
    feed = a_feed(column("n"), geometry({"source": "wkt", "srid": 28992}, kind))

    found = read(feed, cells("POINT Z (155000 463000 7.5)"))

    assert shapely.from_wkb(found.rows[0][1]).z == 7.5


# --- GeoParquet -----------------------------------------------------------------------


def geoparquet(geometry: Any, crs: Any = ..., **column_: Any) -> bytes:
    said = {"encoding": "WKB", "geometry_types": [], **column_}
    if crs is not ...:
        said["crs"] = crs
    geo = {"version": "1.1.0", "primary_column": "shape", "columns": {"shape": said}}
    table = pa.table({"n": [1], "shape": [shapely.to_wkb(geometry)]})
    return parquet(table.replace_schema_metadata({"geo": json.dumps(geo)}))


PARQUET = a_feed(column("n"), geometry("wkb", "geometry(Point,4326)"), format="parquet")


@pytest.mark.parametrize(
    "crs",
    [
        ...,
        None,
        {"id": {"authority": "EPSG", "code": 4326}},
        {"id": {"authority": "OGC", "code": "CRS84"}},
    ],
)
def test_geoparquet_of_the_same_system_is_taken_as_it_is(crs: Any) -> None:
    found = read(PARQUET, geoparquet(shapely.Point(5, 52), crs))

    assert found.rows == [["1", wkb_of(shapely.Point(5, 52)).lower()]]


@pytest.mark.parametrize("has_id", [True, False])
def test_geoparquet_of_another_system_is_transformed(has_id: bool) -> None:
    crs = pyproj.CRS("EPSG:28992").to_json_dict()
    if not has_id:
        del crs["id"]

    found = read(PARQUET, geoparquet(shapely.Point(*AMERSFOORT), crs))

    assert point_of(found)[:2] == pytest.approx((5.387, 52.155), abs=0.001)


def test_geoparquet_of_the_same_system_under_another_name_is_taken_as_it_is() -> None:
    crs = pyproj.CRS("EPSG:4326").to_json_dict()
    del crs["id"]

    found = read(PARQUET, geoparquet(shapely.Point(5, 52), crs))

    assert found.rows == [["1", wkb_of(shapely.Point(5, 52)).lower()]]


def test_what_a_file_says_of_its_system_goes_before_the_contract() -> None:
    said = geometry({"source": "wkb", "srid": 28992}, "geometry(Point,4326)")
    feed = a_feed(column("n"), said, format="parquet")

    stated = read(feed, geoparquet(shapely.Point(5, 52)))
    unknown = read(feed, geoparquet(shapely.Point(*AMERSFOORT), None))

    assert point_of(stated)[:2] == (5, 52)
    assert point_of(unknown)[:2] == pytest.approx((5.387, 52.155), abs=0.001)


def test_geoparquet_that_is_no_wkb_or_not_planar_is_refused() -> None:
    point = shapely.Point(5, 52)
    said = refused(PARQUET, geoparquet(point, encoding="point"))
    assert said == "has its geometry shape as 'point'; write it as WKB"
    said = refused(PARQUET, geoparquet(point, edges="spherical"))
    assert said == "has spherical edges in shape; PostGIS has planar"
    said = refused(PARQUET, geoparquet(point, [1]))
    assert said == "has metadata of its geometry that cannot be read"
    said = refused(PARQUET, geoparquet(point, {"name": "Mars", "type": "x"}))
    assert said == (
        "cannot be transformed from Mars to EPSG:4326: PROJ does not know them both"
    )


@pytest.mark.usefixtures("without_geo")
def test_without_proj_only_what_must_be_transformed_fails() -> None:
    crs = {"name": "RD New", "id": {"authority": "EPSG", "code": 28992}}
    tower = struct.pack("<BIdd", 1, 1, *AMERSFOORT)

    table = pa.table({"n": [1], "shape": [tower]})
    geo = {"primary_column": "shape"}
    geo["columns"] = {"shape": {"encoding": "WKB", "crs": crs}}  # type: ignore[assignment]
    body = parquet(table.replace_schema_metadata({"geo": json.dumps(geo)}))

    assert refused(PARQUET, body) == (
        "is in EPSG:28992, and its column in EPSG:4326; to transform it the loader "
        "needs `pip install 'catchment[geo]'`"
    )
    feed = a_feed(geometry("wkb", "geometry(Point,28992)"), format="parquet")
    assert read(feed, body).rows == [[tower.hex()]]
