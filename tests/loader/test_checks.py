"""Whatever the checks let pass, Postgres takes, and reads as it stands."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catchment import contract_words
from catchment.contract import Column
from catchment.types import DataType, parse_type
from loader.readers.records import Batch
from loader.validation.checks import checks_of, type_check
from loader.validation.quick import ColumnTest
from loader.validation.validate import Validator
from tests.conftest import Platform
from tests.loader.conftest import column, source

INTEGERS = [
    "0", "1", "-1", "+5", "007", "--1", "+-1", "", " 5", "5 ", "5\n", "1_000", "0x10",
    "٣", "\uff11", "1.0", "1e3", "-0", "1\0", "32767", "32768", "-32768", "-32769",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "9999999999",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "9999999999999999999", "0" * 99 + "1", "0" * 200 + "1",
]  # fmt: skip
NUMBERS = [
    *INTEGERS,
    "1.5", ".5", "5.", ".", "-", "+", "-.5", "1.10", "1,5", "1e5", "1E+05", "1e-5",
    "1e", "e5", "1e999", "-1e999", "1e308", "1.8e308", "1.7976931348623157e308",
    "1.7976931348623159e308", "5e-324", "2e-324", "1e-400", "0e-999", "0.0e999",
    "3.4028234e38", "3.4028235e38", "3.4028236e38", "1.4e-45", "7e-46", "1e-50",
    "1e1000", "1e1001", "1e131071", "1e-16383", "1e-16384", "1e200000", "1e-200000",
    "0" + "0" * 400, "1" + "0" * 400, "0." + "0" * 400 + "1", "0." + "1" * 99,
    "NaN", "nan", "inf", "-Infinity", "infinity", "999999.99", "99.9", "99.95",
    "999.9", "0.001", "0.10", "0.100", "000000000000.1", "123456789012345678.5",
]  # fmt: skip
MOMENTS = [
    "2021-02-28", "2021-02-30", "2020-02-29", "1900-02-29", "2021-13-01", "2021-00-01",
    "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2021-2-28", "20210228",
    "2021-W01-1", "2021-W01", "2021-059", "28.02.2021", "02/28/2021", "now", "today",
    "epoch", "infinity", "2021-02-28T10", "2021-02-28T10:11", "2021-02-28 10:11:12",
    "2021-02-28T10:11:12Z", "2021-02-28T10:11:12z", "2021-02-28t10:11:12Z",
    "2021-02-28T10:11:12.5", "2021-02-28T10:11:12.123456",
    "2021-02-28T10:11:12.1234567Z", "2021-02-28T10:11:12,5", "2021-02-28T24:00:00",
    "2021-02-28T23:59:60Z", "2021-02-28T23:60:00Z", "2021-02-28 10:11:12+0530",
    "2021-02-28 10:11:12-05", "2021-02-28T10:11:12+15:59", "2021-02-28T10:11:12+16:00",
    "2021-02-28T10:11:12-15:59:59", "2021-02-28T10:11:12 UTC", "2021-02-28Z",
    "0001-01-01T00:00:00+15:59", "9999-12-31T23:59:59-15:59", "2021-02-28T10:11Z",
    "2021-02-28  10:11", "2021-02-28\n2021-02-28", "2021-02-28T101112Z",
    "2021-11-07T02 48 42Z", "2021-02-28T10:11:12.Z", "2021-02-28T1:11:12",
]  # fmt: skip
TEXTS = [
    "a", "a\nb", "a\tb", "a\\b", "\\.", "\\N", "a,b", '"x"', "\ud800", "a\udcffb", "é",
    "\r", "\ufeff1", "\u2028", "a\0b", "💧", "x" * 5000, "''", " ",
]  # fmt: skip
BOOLEANS = [
    "true", "TRUE", "t", "yes", "Y", "on", "1", "false", "F", "no", "n", "off", "0",
    "o", "of", "tru", "2", "wahr", " true", "true ", "\uff39\uff25\uff33", "\u212a",
]  # fmt: skip
UUIDS = [
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
    "a0eebc999c0b4ef8bb6d6bb9bd380a11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\n",
]  # fmt: skip
JSONS = [
    "{}", "[]", "1", "1.10", '"a"', "null", "true", "True", "nul", "{'a': 1}", "[1,]",
    '{"a": 1, "a": 2}', "NaN", "[Infinity]", "-Infinity", "[1e400]", "1e200000",
    "1e-200000", "-0", "01", "1.", ".5", "+1", "1E5", '"\\u0000"', '"\\\\u0000"',
    '"\\ud800"', '"\\ud83d\\ude00"', '"\\ude00"', '"\ud800"', '"\t"', '"\\x41"',
    " [1] ", "\ufeff[1]", "[1] 2", "[" * 500 + "]" * 500, "[" * 9000 + "]" * 9000,
    "9" * 5000, "9" * 140_000, '{"a\\u0000": 1}', '"a\0"', '{"": ""}', '"\x7f"',
    "\x0b1", "\xa01", '{"a" :\r\n[ ] }', "[\u0661]",
]  # fmt: skip
POSITIONS: list[Any] = [
    [1, 2], [1, 2, 3], [1.5, -2.25], [1, 2, 3, 4], [], [1], ["1", "2"], [181, 0],
    [0, 91], [-180, -90], [True, 1], [None, 1], [1e-320, 0], [[1, 2]], "1 2", 5,
]  # fmt: skip
RING = [[0, 0], [1, 0], [1, 1], [0, 0]]
RING_Z = [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 1]]
OPEN = [[0, 0], [1, 0], [1, 1], [0, 1]]
SHAPES: list[tuple[str, Any]] = [
    *(("Point", position) for position in POSITIONS),
    *(
        (kind, lists)
        for kind in ("MultiPoint", "LineString")
        for lists in ([], [[1, 2]], [[1, 2], [3, 4]], [[1, 2], [3]], [1, 2], RING_Z)
    ),
    *(
        (kind, lists)
        for kind in ("Polygon", "MultiLineString")
        for lists in (
            [],
            [[]],
            [RING],
            [RING, RING],
            [OPEN],
            [RING[:3]],
            [RING_Z],
            RING,
        )
    ),
    ("MultiPolygon", [[RING]]),
    ("MultiPolygon", [[RING], [RING_Z]]),
    ("MultiPolygon", [[]]),
    ("MultiPolygon", [[OPEN]]),
    ("Circle", [1, 2]),
]
NESTED: Any = 1
for _ in range(60):
    NESTED = [NESTED]
GEOMETRIES = [
    *(json.dumps({"type": kind, "coordinates": lists}) for kind, lists in SHAPES),
    *(
        json.dumps({"type": "Point", "coordinates": [1, 2], **more})
        for more in (
            {"bbox": [1, 2, 1, 2]},
            {"crs": None},
            {"x": {"y": ["z"]}},
            {"x": NESTED},
            {"x": "\ud800"},
            {"x": "\0"},
            {"type": 5},
        )
    ),
    ' {"type": "Point", "coordinates": [1, 2]}',
    '{"type": "Point", "coordinates": [1, 2]} ',
    '{"type": "Point", "coordinates": [1, 2]}x',
    '{"type": "Point", "coordinates": [1e5, 2]}',
    '{"type": "Point", "coordinates": [1e999, 2]}',
    '{"type": "Point", "coordinates": [NaN, 2]}',
    '{"type": "Point", "coordinates": [0.1E1, -0]}',
    '{"coordinates": [1, 2], "type": "Point", "type": "Point"}',
    '{"type": "GeometryCollection", "geometries": []}',
    '{"type": "Point"}', "{}", "[]", "null", "POINT(1 2)", "0101",
    "SRID=4326;POINT(1 2)",
]  # fmt: skip

TYPES = {
    "smallint": INTEGERS,
    "integer": INTEGERS,
    "bigint": INTEGERS,
    "numeric": NUMBERS,
    "numeric(3,1)": NUMBERS,
    "numeric(8,0)": NUMBERS,
    "numeric(18,6)": NUMBERS,
    "real": NUMBERS,
    "double precision": NUMBERS,
    "boolean": BOOLEANS,
    "date": MOMENTS,
    "timestamp": MOMENTS,
    "timestamptz": MOMENTS,
    "uuid": UUIDS,
    "jsonb": JSONS,
    "text": TEXTS,
    "geometry(Point,4326)": GEOMETRIES,
    "geometry(PointZ,4326)": GEOMETRIES,
    "geometry(LineString,4326)": GEOMETRIES,
    "geometry(Polygon,4326)": GEOMETRIES,
    "geometry(PolygonZ,4326)": GEOMETRIES,
    "geometry(MultiPoint,4326)": GEOMETRIES,
    "geometry(MultiLineString,4326)": GEOMETRIES,
    "geometry(MultiPolygon,4326)": GEOMETRIES,
    "geometry(Geometry,4326)": GEOMETRIES,
    "geometry(GeometryZ,4326)": GEOMETRIES,
}
EVERYTHING = sorted({value for values in TYPES.values() for value in values})
EDITS = '0123456789eE+-.:TZ _\n\t\0\\,"[]{}٣é\ud800'


def typed(name: str) -> DataType:
    type_ = parse_type(name)
    assert type_ is not None
    return type_


@st.composite
def spelt_oddly(draw: st.DrawFn, values: list[str]) -> str:
    """A value with up to three characters put in, left out or changed."""
    text = draw(st.sampled_from(values))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(EDITS) | st.just(""))
        text = text[:place] + put + text[place + draw(st.integers(0, 1)) :]
    return text


@pytest.fixture(scope="module")
def db(shared_platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(shared_platform.loader, autocommit=True) as connection:
        yield connection


def copied(
    db: psycopg.Connection[Any], type_: DataType, values: list[str]
) -> list[tuple[str, str]]:
    """COPY values as the loader does it; how each column reads, and how Postgres
    reads its text.

    Values that break their type fail the COPY, as they should not come so far.
    """
    validator = Validator([Column("value", type_)], ",")
    batch = Batch(range(len(values)), [values], range(len(values)), values)
    rows, rejects = validator.sift(batch, "0")
    assert not rejects
    with db.transaction(force_rollback=True), db.cursor() as cursor:
        cursor.execute(
            f"create temp table t (load int, n int, value {type_})"  # type: ignore[call-overload]
        )
        statement = "copy t from stdin (delimiter ',', null '')"
        with cursor.copy(statement) as copy:
            copy.write(rows)
        cursor.execute(
            f"select value::text, (%s::text[])[n + 1]::{type_}::text "  # type: ignore[call-overload]
            "from t order by n",
            [values],
        )
        return cursor.fetchall()


def assert_postgres_agrees(
    db: psycopg.Connection[Any], name: str, values: list[str]
) -> int:
    type_ = typed(name)
    holds = type_check(type_)
    good = [value for value in values if value and holds(value)]
    found = copied(db, type_, good)
    assert len(found) == len(good)
    assert [column for column, _ in found] == [reading for _, reading in found]
    return len(good)


@pytest.mark.parametrize("name", TYPES)
def test_what_passes_for_a_type_is_taken_by_postgres(
    db: psycopg.Connection[Any], name: str
) -> None:
    passed = assert_postgres_agrees(db, name, EVERYTHING)

    assert passed


@pytest.mark.parametrize("name", TYPES)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(data=st.data())
def test_what_passes_for_a_type_is_taken_by_postgres_however_it_is_spelt(
    db: psycopg.Connection[Any], name: str, data: st.DataObject
) -> None:
    seeds = [value for value in TYPES[name] if len(value) < 200]
    values = data.draw(st.lists(spelt_oddly(seeds), min_size=10, max_size=40))

    assert_postgres_agrees(db, name, values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("integer", "1.5"),  # 2 by a cast
        ("integer", "1e3"),
        ("integer", "0x10"),
        ("bigint", "1_000"),
        ("numeric(3,1)", "1.25"),  # rounded
        ("numeric(3,1)", "100.5"),
        ("real", "1e-50"),  # nought
        ("double precision", "1e-400"),
        ("double precision", "NaN"),
        ("date", "2021-02-28T10:11:12"),  # cut
        ("date", "today"),
        ("date", "02/03/2021"),  # a guess
        ("timestamp", "2021-02-28T10:11:12Z"),  # its zone is dropped
        ("timestamp", "2021-02-28T10:11:12.1234567"),  # rounded
        ("timestamptz", "now"),
        ("text", "a\0b"),
        ("jsonb", "NaN"),
    ],
)
def test_what_postgres_would_round_cut_or_guess_does_not_pass(
    name: str, value: str
) -> None:
    assert not type_check(typed(name))(value)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("integer", ["0", "-1", "+5", "007", "2147483647", "-2147483648"]),
        ("numeric", ["1.10", "1e5", "9" * 100, "-.5"]),
        ("numeric(3,1)", ["99.9", "-99.9", "0.1", "1.50", "007.0"]),
        ("real", ["1.5", "3.4e38", "1e-40"]),
        ("double precision", ["1e308", "5e-324", ".5", "5.", "-1E-5", "0e999"]),
        ("boolean", ["true", "F", "Yes", "0"]),
        ("date", ["2020-02-29", "0001-01-01", "9999-12-31"]),
        ("timestamp", ["2021-02-28", "2021-02-28 10:11", "2021-02-28T10:11:12.5"]),
        ("timestamptz", ["2021-02-28T10:11:12Z", "2021-02-28 10:11:12.5+0530"]),
        ("text", ["nördlich", "\\.", "a\nb"]),
        ("jsonb", ["{}", "[1e400]", '"\\\\u0000"', "1.10"]),
        ("geometry(Point,4326)", ['{"type":"Point","coordinates":[-180,90]}']),
    ],
)
def test_usual_values_pass(name: str, values: list[str]) -> None:
    holds = type_check(typed(name))

    assert [value for value in values if not holds(value)] == []


# --- quick and exact ------------------------------------------------------------

COLUMNS = [
    *(column("c", name) for name in TYPES if not name.startswith("geometry")),
    column("c", "integer", required=True, minimum=-5, maximum=1000),
    column("c", "double precision", minimum=-1.5),
    column("c", "numeric", maximum=99.9),
    column("c", "text", enum=["a", "é", "a,b"]),
    column("c", "text", pattern="^[a-z\n]*$"),
    column("c", "text", required=True, minLength=2, maxLength=4),
    column("c", "timestamptz", required=True),
]


def contract_column(entry: dict[str, Any]) -> Column:
    return contract_words.parse(source("f", [entry])).columns[0]


def exact_failures(column_: Column, values: list[str]) -> list[tuple[int, str]]:
    return [
        (place, next(c.code for c in checks if not c.holds(value)))
        for checks in [checks_of(column_)]
        for place, value in enumerate(values)
        if not all(check.holds(value) for check in checks)
    ]


@pytest.mark.parametrize("entry", COLUMNS, ids=lambda e: f"{e['data_type']} {e}"[:60])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_quick_test_finds_what_single_checks_find(
    entry: dict[str, Any], data: st.DataObject
) -> None:
    column_ = contract_column(entry)
    name = entry["data_type"]
    seeds = [value for value in TYPES[name] if len(value) < 200]
    good = [value for value in seeds if not exact_failures(column_, [value])]
    one = spelt_oddly(seeds) | st.sampled_from(good)
    values = data.draw(st.lists(one, max_size=60))
    values *= data.draw(st.integers(1, 4))

    found = [(place, c.code) for place, c in ColumnTest(column_).failures(values)]

    assert found == exact_failures(column_, values)


@pytest.mark.parametrize("entry", COLUMNS, ids=lambda e: f"{e['data_type']} {e}"[:60])
def test_a_quick_pass_is_a_pass_of_every_single_value(entry: dict[str, Any]) -> None:
    column_ = contract_column(entry)
    test = ColumnTest(column_)

    passed = [v for v in EVERYTHING if not list(test.failures([v] * 20))]

    assert exact_failures(column_, passed) == []


@pytest.mark.parametrize("name", ["bigint", "double precision", "timestamptz", "text"])
def test_a_column_of_usual_values_passes_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a clean file would be read value by value."""
    usual = {
        "bigint": ["1", "-20", "", "123456789012"],
        "double precision": ["1.5", "-74.006", "", "3", "1e-5"],
        "timestamptz": ["2026-03-01T00:18:00Z", "", "2026-03-01 00:18:00.5+01:00"],
        "text": ["temperature", "", "nördlich"],
    }
    test = ColumnTest(Column("c", typed(name)))
    monkeypatch.setattr(test, "checks", None)

    assert list(test.failures(usual[name] * 100)) == []


def test_patterns_are_searched_not_matched_whole() -> None:
    column_ = Column("c", DataType("text"), pattern="b")

    assert re.search("b", "abc")
    assert exact_failures(column_, ["abc", "ac"]) == [(1, "pattern")]
