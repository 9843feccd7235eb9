"""Geometry in all its forms: what is taken, what is refused, what is transformed."""

import csv
import io
import json
import math
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pyproj
import pytest
import shapely

from catchment.contract import Feed
from catchment.types import parse_type
from loader.validation.checks import type_check
from migrations import contracts
from tests.loader.conftest import Desk, column
from tests.loader.test_formats import Read, a_feed, parquet, read, refused

TAKEN = [
    "POINT(1 2)",
    " point ( -1.5e1   2.25 ) ",
    "POINT Z (1 2 3)",
    "POINT(1 2 3)",
    "POINTZ(1 2 3)",
    "POINT M (1 2 3)",
    "POINT ZM (1 2 3 4)",
    "POINT EMPTY",
    "POINT Z EMPTY",
    "SRID=4326;POINT(1 2)",
    "LINESTRING(1 2,3 4)",
    "LINESTRING(1 2,\t3 4,\n5 6)",
    "POLYGON((0 0,1 0,1 1,0 0))",
    "POLYGON((0 0,9 0,9 9,0 0),(2 1,3 1,3 2,2 1))",
    "POLYGON((0 0,1 1,1 0,0 1,0 0))",
    "POLYGON EMPTY",
    "MULTIPOINT(1 2,3 4)",
    "MULTIPOINT((1 2),(3 4))",
    "MULTILINESTRING((1 2,3 4),(5 6,7 8))",
    "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5),(5 5,6 5,6 6,5 5)))",
    "MULTIPOLYGON EMPTY",
    "MULTIPOLYGON Z (((0 0 1,1 0 1,1 1 1,0 0 1)))",
]
NOT_TAKEN = [
    "POINT",
    "POINT()",
    "POINT(1)",
    "POINT(1 2",
    "POINT(1 2))",
    "POINT(1 2) x",
    "POINT(1,2)",
    "POINT(1 2,3 4)",
    "POINT(1 2 3 4 5)",
    "POINT(nan 2)",
    "POINT(1e999 2)",
    "POINT(1_0 2)",
    "POINT(0x1 2)",
    "POINT(1. 2)",
    "POINT(+1 2)",
    "POINT(1\u00a02)",
    "POINT\x0b(1 2)",
    "POINT(1e5e5 2)",
    "POINT(1- 2)",
    "POINT(--1 2)",
    "POINT(1 91)",
    "POINT(-181 2)",
    "POINT Z (1 2)",
    "POINT EMPTY EMPTY",
    "SRID=3857;POINT(1 2)",
    "LINESTRING(1 2)",
    "LINESTRING((1 2,3 4))",
    "POLYGON((0 0,1 0,0 0))",
    "POLYGON((0 0,1 0,1 1,0 1))",
    "POLYGON(0 0,1 0,1 1,0 0)",
    "POLYGON((0 0,1 0,1 1,0 -0))",
    "POLYGON((0 0,1 0,1 1 5,0 0))",
    "MULTIPOINT((1 2,3 4))",
    "MULTIPOLYGON((0 0,1 0,1 1,0 0))",
    "GEOMETRYCOLLECTION(POINT(1 2))",
    "CIRCULARSTRING(0 0,1 1,2 0)",
    "CURVEPOLYGON((0 0,1 0,1 1,0 0))",
    "TRIANGLE((0 0,1 0,1 1,0 0))",
    "{}",
    "0101000000000000000000F03F0000000000000040",
]


def kind_of(text: str) -> str:
    """The type of a column that is made for a WKT."""
    geometry = shapely.from_wkt(text.partition(";")[2] or text)
    has_z = geometry.has_z or "Z" in text.upper().split("(")[0]
    has_m = geometry.has_m or "M (" in text
    return f"geometry({geometry.geom_type}{'Z' * has_z}{'M' * has_m},4326)"


def wkb(text: str, **words: Any) -> str:
    geometry = shapely.from_wkt(text.strip().partition(";")[2] or text.strip())
    return str(shapely.to_wkb(geometry, hex=True, **words))


def cells(*texts: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([["n", "geom"], *enumerate(texts, 1)])
    return file.getvalue()


def geometry(source: Any, kind: str = "geometry(Geometry,4326)") -> dict[str, Any]:
    return column("geom", kind, geometry=source)


def in_database(desk: Desk, kind: str, text: str) -> str | None:
    """What Postgres keeps of a text, as WKT; None where it refuses it."""
    (value,) = desk.ask(f"select st_asewkt(%s::text::{kind})", text)[0]
    return None if value is None else str(value)


@pytest.mark.parametrize("text", TAKEN)
def test_what_is_taken_postgres_takes_too(desk: Desk, text: str) -> None:
    """The same geometry as WKT and as WKB of both byte orders and dialects."""
    kind = kind_of(text)
    dialects = [
        {"flavor": flavor, "byte_order": order}
        for flavor in ("iso", "extended")
        for order in (0, 1)
    ]
    if "EMPTY" in text:  # GEOS loses the Z of what is empty
        dialects = dialects if "Z" not in text else []
    forms = [("wkt", text), *(("wkb", wkb(text, **words)) for words in dialects)]
    if text.startswith("SRID"):
        marked = shapely.set_srid(shapely.from_wkt(text[10:]), 4326)
        forms.append(("wkb", shapely.to_wkb(marked, hex=True, include_srid=True)))

    kept = set()
    for source, form in forms:
        found = read(a_feed(column("n"), geometry(source, kind)), cells(form))
        assert found.told == []
        kept.add(in_database(desk, kind, form))
    assert len(kept) == 1, kept


@pytest.mark.parametrize("text", NOT_TAKEN)
def test_what_is_none_is_a_reject_and_the_others_load(text: str) -> None:
    good = "POINT(1 2)"
    found = read(a_feed(column("n"), geometry("wkt")), cells(good, text, good))

    assert [row[0] for row in found.rows] == ["1", "3"]
    (told,) = found.told
    assert told == (2, "geom", "type", f"{text!r} is no geometry(Geometry,4326)")


MARKS = [*"()., -+eEZM0159;=", " ", "EMPTY", "nan", "\t", "(1 2)", ",0 0"]


def altered(texts: list[str], marks: list[str], count: int) -> list[str]:
    """Texts with some characters taken out, put in or changed, always the same."""
    chance = random.Random(20260301)
    found = []
    for _ in range(count):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(text))
            mark = chance.choice(["", *marks])
            text = text[:place] + mark + text[place + chance.randint(0, 1) :]
        found.append(text)
    return found


@pytest.mark.parametrize("source", ["wkt", "wkb"])
def test_whatever_is_taken_postgres_takes_too(desk: Desk, source: str) -> None:
    """Geometry by Geometry, for Z and M are of the column."""
    if source == "wkt":
        texts = altered(TAKEN, MARKS, 20_000)
    else:
        taken = [wkb(text) for text in TAKEN if "M" not in text]
        texts = altered(taken, [*"0123456789abcdef", "00", "ff"], 20_000)
    count = 0
    for kind in ("Geometry", "GeometryZ", "GeometryM", "GeometryZM", "Polygon"):
        type_ = parse_type(f"geometry({kind},4326)")
        assert type_ is not None
        holds = type_check(type_, source)
        taken = [text for text in texts if holds(text)]
        count += len(taken)
        kept = desk.one(
            f"select count(st_asewkt(t::geometry({kind},4326))) "
            "from unnest(%s::text[]) as t",
            taken,
        )
        assert kept == len(taken)
    assert count > 1000


def bad_wkb() -> Iterator[tuple[str, str]]:
    point = wkb("POINT(1 2)")
    ring = shapely.to_wkb(shapely.from_wkt("POLYGON((0 0,1 0,1 1,0 0))"))
    yield "none", "zz"
    yield "odd", point[:-1]
    yield "blanks", point[:2] + " " + point[2:]
    yield "cut off", point[:-2]
    yield "more", point + "00"
    yield "byte order", "02" + point[2:]
    yield "another shape", "0107000000" + "00000000"
    yield "no shape", "01ff000000" + "00000000"
    yield "a curve", "010800000000000000"
    yield (
        "another system",
        shapely.to_wkb(
            shapely.set_srid(shapely.Point(1, 2), 3857), hex=True, include_srid=True
        ),
    )
    yield "NaN", struct.pack("<BIdd", 1, 1, math.nan, 2).hex()
    yield "infinite", struct.pack("<BIdd", 1, 1, 1, math.inf).hex()
    yield "out of bounds", struct.pack("<BIdd", 1, 1, 1, 91).hex()
    yield "has Z", wkb("POINT Z (1 2 3)")
    yield "a ring that is open", (ring[:-8] + struct.pack("<d", 0.5)).hex()
    yield "a count beyond all bytes", struct.pack("<BII", 1, 2, 2**32 - 1).hex()
    yield "parts without end", struct.pack("<BII", 1, 6, 2**32 - 1).hex()
    yield "a part of another shape", "010600000001000000" + point


@pytest.mark.parametrize(("kind", "text"), list(bad_wkb()))
def test_wkb_that_is_none_is_a_reject(kind: str, text: str) -> None:
    found = read(a_feed(column("n"), geometry("wkb")), cells(text))

    assert [(told[1], told[2]) for told in found.told] == [("geom", "type")]


@pytest.mark.parametrize("shape", ["Point", "LineString", "MultiPolygon"])
def test_an_empty_geojson_is_a_geometry_without_positions(
    desk: Desk, shape: str
) -> None:
    text = json.dumps({"type": shape, "coordinates": []})
    found = read(a_feed(column("n"), geometry("geojson")), cells(text))

    assert found.told == []
    kept = in_database(desk, "geometry(Geometry,4326)", text)
    assert kept == f"SRID=4326;{shape.upper()} EMPTY"


def test_geometry_of_every_form_loads_into_its_table(desk: Desk) -> None:
    feed = desk.feed(
        [
            geometry("geojson"),
            column("a", "geometry(Polygon,4326)", geometry="wkt"),
            column("b", "geometry(Point,4326)", geometry="wkb"),
        ],
        format=["csv", "json"],
        files=["**/*.csv", "**/*.json"],
        yields=True,
    )
    bow = "POLYGON((0 0,1 1,1 0,0 1,0 0))"
    row = {
        "geom": {"type": "Point", "coordinates": [5.1, 52]},
        "a": bow,
        "b": wkb("POINT EMPTY"),
    }
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([row, [json.dumps(row["geom"]), row["a"], row["b"]]])

    for name, body in (("a.json", json.dumps([row])), ("a.csv", file.getvalue())):
        outcome = desk.drop(feed, name, body)
        assert desk.rejects(outcome) == []
        texts = "st_asewkt(geom), st_astext(a), st_astext(b), st_isvalid(a)"
        assert desk.rows(feed, outcome, texts) == [
            ("SRID=4326;POINT(5.1 52)", bow, "POINT EMPTY", False)
        ]


MILLION = 1_000_000


def circle(vertices: int) -> shapely.Polygon:
    angles = [2 * math.pi * n / vertices for n in range(vertices)]
    return shapely.Polygon([(math.cos(a), math.sin(a)) for a in angles])


@pytest.mark.parametrize("form", ["wkt", "geojson", "parquet"])
def test_a_polygon_of_a_million_vertices_loads(desk: Desk, form: str) -> None:
    polygon = circle(MILLION)
    body: Any
    if form == "wkt":
        format_, source = "csv", "wkt"
        body = cells(shapely.to_wkt(polygon, rounding_precision=16))
    elif form == "parquet":
        format_, source = "parquet", "wkb"
        body = parquet(pa.table({"n": [1], "geom": [shapely.to_wkb(polygon)]}))
    else:
        format_, source = "json", "geojson"
        body = f'[{{"n": 1, "geom": {shapely.to_geojson(polygon)}}}]'
    feed = desk.feed([column("n"), geometry(source)], format=format_)

    outcome = desk.drop(feed, "a", body)

    assert outcome.reason is None
    ((points,),) = desk.rows(feed, outcome, "st_npoints(geom)")
    assert points == MILLION + 1


def wkb_of(shape: Any) -> str:
    return str(shapely.to_wkb(shape, hex=True))


# --- other reference systems ----------------------------------------------------------

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


def point_of(found: Read, place: int = -1) -> tuple[float, float, int]:
    point = shapely.from_wkb(found.rows[0][place])
    return point.x, point.y, shapely.get_srid(point)


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


# --- shapefiles and GeoPackages ------------------------------------------------------

PLACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Amersfoort 💧", "people": 160_000, "day": day},
            "geometry": {"type": "Point", "coordinates": [5.387, 52.155]},
        }
        for day in ("2026-03-01", None)
    ],
}
COLUMNS = [
    column("name", required=True),
    column("people", "integer"),
    column("day", "date"),
    geometry("wkb", "geometry(Point,4326)"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same places by GDAL's own program: by format, and of the Dutch system."""
    folder = tmp_path_factory.mktemp("gdal")
    places = folder / "places.geojson"
    places.write_text(json.dumps(PLACES))
    try:
        for srid in ("4326", "28992"):
            for driver, name in (("GPKG", "a.gpkg"), ("ESRI Shapefile", "shapes")):
                target = folder / srid / name
                target.parent.mkdir(exist_ok=True)
                command = ["ogr2ogr", "-f", driver, target, places, "-nln", "places"]
                command += ["-t_srs", f"EPSG:{srid}", "-lco", "ENCODING=UTF-8"][
                    : 2 if driver == "GPKG" else None
                ]
                subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs ogr2ogr (Debian: gdal-bin)")
    return {
        **{f"geopackage {s}": (folder / s / "a.gpkg").read_bytes() for s in SYSTEMS},
        **{f"shapefile {s}": zipped(folder / s / "shapes") for s in SYSTEMS},
    }


SYSTEMS = ("4326", "28992")


def zipped(folder: Path, within: str = "some/Folder") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/places.shp", b"")
        archive.writestr("readme.txt", "hello")
        for path in folder.iterdir():
            archive.write(path, f"{within}/{path.name}")
    return file.getvalue()


@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_of_gdal_is_read(
    files: dict[str, bytes], format_: str, system: str
) -> None:
    found = read(a_feed(*COLUMNS, format=format_), files[f"{format_} {system}"])

    assert found.rejects == []
    assert [row[:3] for row in found.rows] == [
        ["Amersfoort 💧", "160000", "2026-03-01"],
        ["Amersfoort 💧", "160000", ""],
    ]
    x, y, srid = point_of(found)
    assert (x, y) == pytest.approx((5.387, 52.155), abs=1e-6)
    assert srid == 0


def test_a_file_of_gdal_loads_into_its_table(
    desk: Desk, files: dict[str, bytes]
) -> None:
    feed = desk.feed(COLUMNS, format="geopackage")

    outcome = desk.drop(feed, "a.gpkg", files["geopackage 28992"])

    assert (outcome.status, outcome.counts.loaded) == ("loaded", 2)
    said = desk.rows(feed, outcome, "name, people, day::text, st_srid(geom)")
    assert said[0] == ("Amersfoort 💧", 160000, "2026-03-01", 4326)


@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
def test_of_several_layers_the_contract_says_which(
    tmp_path: Path, format_: str
) -> None:
    point = shapely.to_wkb(shapely.Point(1, 2))
    suffix = {"geopackage": "a.gpkg", "shapefile": "{}.shp"}[format_]
    for layer in ("one", "two"):
        pyogrio.write_arrow(
            pa.table({"name": [layer], "geom": [point]}),
            tmp_path / suffix.format(layer),
            layer=layer,
            geometry_name="geom",
            geometry_type="Point",
            crs="EPSG:4326",
        )
    body = zipped(tmp_path) if format_ == "shapefile" else b""
    body = body or (tmp_path / "a.gpkg").read_bytes()

    def feed(**words: str) -> Feed:
        return a_feed(COLUMNS[0], COLUMNS[3], format=format_, **words)

    assert read(feed(layer="two"), body).rows[0][0] == "two"
    said = "has not one layer but: one, two; say which by `layer`"
    assert refused(feed(), body) == said
    said = "has no layer three; its layers: one, two"
    assert refused(feed(layer="three"), body) == said


def test_an_archive_with_the_same_shapefile_in_two_folders_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for folder in ("2025", "2026"):
            archive.writestr(f"{folder}/a.shp", b"")

    said = "has not one layer but: a, a; say which by `layer`"
    feed = a_feed(*COLUMNS, format="shapefile")
    assert refused(feed, file.getvalue()) == said


def test_without_a_geometry_there_are_rows_still(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_arrow(pa.table({"name": ["a"]}), path, layer="plain")
    feed = a_feed(COLUMNS[0], format="geopackage")

    assert read(feed, path.read_bytes()).rows == [["a"]]


# --- without the extra ----------------------------------------------------------------


@pytest.fixture
def without_geo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyogrio", "pyproj", "shapely"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_geo")
@pytest.mark.parametrize("format_", ["geopackage", "shapefile"])
def test_without_gdal_the_file_fails_and_says_what_to_install(
    desk: Desk, files: dict[str, bytes], format_: str
) -> None:
    feed = desk.feed(COLUMNS, format=format_)

    outcome = desk.drop(feed, "a", files[f"{format_} 4326"])

    assert outcome.status == "failed"
    kind = {"geopackage": "GeoPackage", "shapefile": "zipped shapefile"}[format_]
    assert outcome.reason == (
        f"the file is a {kind}: to read it the loader needs `pip install "
        "'catchment[geo]'`"
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
