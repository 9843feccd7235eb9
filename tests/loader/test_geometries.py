"""Geometry in all its forms: what is taken, as Postgres takes it, and what is not."""

import csv
import io
import json
import math
import random
import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
import shapely

from catchment.types import parse_type
from loader.validation.checks import type_check
from tests.loader.conftest import Desk, column
from tests.loader.reading import (
    a_feed,
    cells,
    geometry,
    parquet,
    read,
)

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


# --- other reference systems ----------------------------------------------------------
