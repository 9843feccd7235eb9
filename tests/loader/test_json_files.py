"""JSON in its forms, through S3 into the raw table."""

import gzip
import json
from typing import Any

import pytest

from catchment.contract import Feed
from loader.outcome import Outcome
from tests.loader.conftest import Desk, column

COLUMNS = [
    column("id", "integer", required=True),
    column("note", header=["note", "properties.note"]),
    column("price", "numeric"),
    column("is_open", "boolean"),
    column("extra", "jsonb"),
]


@pytest.fixture
def array(desk: Desk) -> Feed:
    """A feed of a top-level JSON array."""
    return desk.feed(COLUMNS, format="json")


@pytest.fixture
def lines(desk: Desk) -> Feed:
    return desk.feed(COLUMNS, format="ndjson")


@pytest.fixture
def quakes(desk: Desk) -> Feed:
    return desk.feed(
        [
            column("id", required=True),
            column("mag", "double precision", header=["properties.mag"]),
            column(
                "geom",
                "geometry(PointZ,4326)",
                header=["geometry"],
                geometry="geojson",
                required=True,
            ),
        ],
        format="geojson",
    )


def load(desk: Desk, feed: Feed, body: bytes | str) -> tuple[Outcome, list[Any]]:
    outcome = desk.drop(feed, "a.json", body)
    kinds = "id, note, price::text, is_open, extra::text"
    return outcome, desk.rows(feed, outcome, kinds)


def test_values_are_read_by_their_paths(desk: Desk, array: Feed) -> None:
    body = """[
        {"id": 1, "note": "a", "price": 2.50, "is_open": true, "extra": {"b": [1]}},
        {"properties": {"note": "nested"}, "id": 2, "is_open": false},
        {"id": 3, "note": null, "price": null, "extra": null, "unknown": 1}
    ]"""

    outcome, rows = load(desk, array, body)

    assert outcome.status == "loaded"
    assert rows == [
        (1, "a", "2.50", True, '{"b": [1]}'),
        (2, "nested", None, False, None),
        (3, None, None, None, None),
    ]


def test_records_may_lie_at_a_path(desk: Desk) -> None:
    feed = desk.feed(COLUMNS[:2], format="json", records="data.results")
    body = {"count": 2, "data": {"next": None, "results": [{"id": 1}, {"id": 2}]}}

    outcome = desk.drop(feed, "a.json", json.dumps(body))

    assert desk.rows(feed, outcome, "id") == [(1,), (2,)]


def test_a_packed_json_file_loads(desk: Desk, array: Feed) -> None:
    outcome = desk.drop(array, "a.json.gz", gzip.compress(b'[{"id": 1}]'))

    assert outcome.counts.loaded == 1


def test_a_byte_order_mark_is_no_part_of_json(desk: Desk, array: Feed) -> None:
    assert load(desk, array, '\ufeff[{"id": 1}]')[0].counts.loaded == 1


NUMBERS = [
    "1.10",
    "0.1000000000000000055511151231257827",
    "-0.0",
    "0",
    "1.0",
    "12345678901234567890.123",
    "9" * 30,
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("form", ["array", "lines"])
def test_numbers_keep_all_their_digits(
    desk: Desk, request: pytest.FixtureRequest, number: str, form: str
) -> None:
    feed = request.getfixturevalue(form)
    record = f'{{"id": 1, "note": {number}, "price": {number}, "extra": [{number}]}}'

    outcome, rows = load(desk, feed, f"[{record}]" if form == "array" else record)

    assert outcome.counts.rejected == 0
    read = desk.one("select %s::numeric::text", number)
    in_json = desk.one("select %s::jsonb::text", f"[{number}]")
    assert rows == [(1, number, read, None, in_json)]


@pytest.mark.parametrize("number", ["1e5", "1E-7", "0.0000001", "1e400"])
@pytest.mark.parametrize("form", ["array", "lines"])
def test_numbers_with_exponents_keep_their_value(
    desk: Desk, request: pytest.FixtureRequest, number: str, form: str
) -> None:
    feed = request.getfixturevalue(form)
    record = f'{{"id": 1, "note": {number}, "price": {number}, "extra": {number}}}'

    outcome, _ = load(desk, feed, f"[{record}]" if form == "array" else record)

    same = desk.rows(
        feed,
        outcome,
        f"note::numeric = {number}, price = {number}, extra::numeric = {number}",
    )
    assert same == [(True, True, True)]


def test_text_keeps_every_character(desk: Desk, array: Feed) -> None:
    texts = ["nördlich 💧", "a\tb\nc\r\nd", "back\\slash \\. \\N", '"quoted"', "a,b"]
    body = json.dumps([{"id": n, "note": text} for n, text in enumerate(texts)])

    _, rows = load(desk, array, body)

    assert [row[1] for row in rows] == texts


def test_objects_and_arrays_reach_text_columns_as_json(desk: Desk, array: Feed) -> None:
    _, rows = load(desk, array, '[{"id": 1, "note": {"a": [1.10, "ö", null]}}]')

    assert json.loads(rows[0][1]) == {"a": [1.1, "ö", None]}
    assert "1.10" in rows[0][1]


UNREADABLE = {
    "cut off": ('[{"id": 1}, {"id": 2', "is cut off or no JSON"),
    "cut off after a record": ('[{"id": 1}', "is cut off or no JSON"),
    "no JSON": ("id,note\n1,a\n", "is cut off or no JSON"),
    "two documents": ('[{"id": 1}] []', "is cut off or no JSON"),
    "not a number": ('[{"id": NaN}]', "is cut off or no JSON"),
    "an object": ('{"id": 1}', "has no array of records"),
    "a text": ('"hello"', "has no array of records"),
    "blank": ("  \n ", "is cut off or no JSON"),
    "empty": ("", "is empty"),
    "not UTF-8": (b'[{"id": 1, "note": "\xff"}]', "UTF8"),
    "UTF-16": ('[{"id": 1}]'.encode("utf-16"), "is UTF-16"),
    "an exponent beyond all measure": (
        '[{"id": 1, "price": 1e99999999999999999999}]',
        "is no JSON: a number has an exponent beyond all measure",
    ),
    "nested without end": ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "a record nested without end": (
        '[{"id": 1, "extra": ' + "[" * 5000 + "]" * 5000 + "}]",
        "nested too deeply",
    ),
}


@pytest.mark.parametrize(("body", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_fails_that_is(
    desk: Desk, array: Feed, body: bytes | str, said: str
) -> None:
    outcome, rows = load(desk, array, body)

    assert outcome.status == "failed"
    assert said in (outcome.reason or "")
    assert rows == []


@pytest.mark.parametrize("form", ["array", "lines"])
def test_a_number_of_five_thousand_digits_is_one_bad_value(
    desk: Desk, request: pytest.FixtureRequest, form: str
) -> None:
    feed = request.getfixturevalue(form)
    records = ['{"id": 1}', f'{{"id": {"9" * 5000}}}', '{"id": 3}']
    separator = "," if form == "array" else "\n"
    body = separator.join(records)

    outcome, rows = load(desk, feed, f"[{body}]" if form == "array" else body)

    assert [row[0] for row in rows] == [1, 3]
    assert desk.rejects(outcome)[0]["row_number"] == 2


def test_a_path_without_an_array_fails_the_file(desk: Desk) -> None:
    feed = desk.feed(COLUMNS[:1], format="json", records="data.results")

    for body in ("{}", '{"data": {"results": {"id": 1}}}', '{"data": []}'):
        outcome = desk.drop(feed, "a.json", body)
        assert outcome.reason == "the file has no array at data.results"


def test_an_empty_array_is_a_file_of_no_rows(desk: Desk, array: Feed) -> None:
    outcome, rows = load(desk, array, "[]")

    assert (outcome.status, outcome.counts.read, rows) == ("loaded", 0, [])


def test_a_record_that_is_no_object_is_a_reject(desk: Desk, array: Feed) -> None:
    outcome, rows = load(desk, array, '[1, {"id": 2}, null, "x", [3]]')

    assert [row[0] for row in rows] == [2]
    told = [
        (r["row_number"], r["line"], r["code"], r["message"], r["record"])
        for r in desk.rejects(outcome)
    ]
    assert told == [
        (1, None, "json", "is int, not an object", "1"),
        (3, None, "json", "is NoneType, not an object", "null"),
        (4, None, "json", "is str, not an object", '"x"'),
        (5, None, "json", "is list, not an object", "[3]"),
    ]


def test_a_reject_of_an_array_keeps_the_record(desk: Desk, array: Feed) -> None:
    record = {"id": "x", "note": 'a\tb\n"c" \\ ö', "extra": [1.5, None, True]}

    outcome, _ = load(desk, array, json.dumps([{"id": 1}, record]))

    (reject,) = desk.rejects(outcome)
    assert json.loads(reject["record"]) == record
    assert (reject["row_number"], reject["line"]) == (2, None)
    assert reject["message"] == "'x' is no integer"


def test_lines_keep_their_numbers_however_long_the_file_is(
    desk: Desk, lines: Feed
) -> None:
    """70,000 bytes are more than one block."""
    records = [f'{{"id": {n}, "note": "{"x" * 50}"}}' for n in range(3000)]
    records[2500] = '{"id": 1, "note": '
    records[2600] = ""

    outcome, rows = load(desk, lines, "\n".join(records))

    assert len(rows) == 2998
    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["line"]) == (2501, 2501)
    assert desk.rows(lines, outcome, "_row_number")[-1] == (2999,)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_bad_line_is_a_reject_as_it_stands(desk: Desk, lines: Feed, end: str) -> None:
    bad = '{"id": 2, "note": "tab\\t'
    body = end.join(['{"id": 1}', "", bad, '{"id": 3}', ""])

    outcome, rows = load(desk, lines, body)

    assert [row[0] for row in rows] == [1, 3]
    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["line"]) == (2, 3)
    assert reject["code"] == "json"
    assert reject["record"] == bad
    assert reject["column_name"] is None


@pytest.mark.parametrize(
    "value",
    [
        "1e99999999999999999999",
        "[" * 5000 + "]" * 5000,
        '"\\ud800"',
        '"\\u0000"',
    ],
    ids=["an exponent", "deep nesting", "half a character", "NUL"],
)
def test_a_line_that_no_database_can_hold_is_a_reject_and_the_others_load(
    desk: Desk, lines: Feed, value: str
) -> None:
    body = f'{{"id": 1}}\n{{"id": 2, "note": {value}}}\n{{"id": 3}}\n'

    outcome, rows = load(desk, lines, body)

    assert [row[0] for row in rows] == [1, 3]
    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["line"]) == (2, 2)
    assert reject["record"] == f'{{"id": 2, "note": {value}}}'


def test_a_text_with_nul_in_an_array_is_a_reject(desk: Desk, array: Feed) -> None:
    outcome, rows = load(desk, array, '[{"id": 1, "note": "a\\u0000b"}, {"id": 2}]')

    assert [row[0] for row in rows] == [2]
    (reject,) = desk.rejects(outcome)
    assert reject["message"] == "'a\\x00b' is no text"
    assert json.loads(reject["record"]) == {"id": 1, "note": "a\0b"}


# --- GeoJSON --------------------------------------------------------------------


def collection(*geometries: Any, **words: Any) -> str:
    features = [
        {"type": "Feature", "id": f"q{n}", "properties": {"mag": n}, "geometry": g}
        for n, g in enumerate(geometries, 1)
    ]
    return json.dumps({"type": "FeatureCollection", **words, "features": features})


def point(*position: Any, **words: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(position), **words}


def test_features_become_rows_with_geometry(desk: Desk, quakes: Feed) -> None:
    outcome = desk.drop(quakes, "a.geojson", collection(point(-118.6, 34.4, 26.49)))

    rows = desk.rows(quakes, outcome, "id, mag, st_asewkt(geom)")
    assert rows == [("q1", 1.0, "SRID=4326;POINT(-118.6 34.4 26.49)")]


@pytest.mark.parametrize(
    "geometry",
    [
        point(1, 2),
        point(1, 2, 3, 4),
        point(1, 2, 3, crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
        point(181, 2, 3),
        point(1, -91, 3),
        point("1", "2", "3"),
        point(1, True, 3),
        point(),
        {"type": "LineString", "coordinates": [[1, 2, 3], [4, 5, 6]]},
        {"type": "Point"},
        {"type": "point", "coordinates": [1, 2, 3]},
        {},
        "POINT(1 2 3)",
        ' {"type": "Point", "coordinates": [1, 2, 3]}',
        [1, 2, 3],
    ],
    ids=lambda geometry: json.dumps(geometry)[:40],
)
def test_a_geometry_that_the_column_cannot_hold_is_a_reject(
    desk: Desk, quakes: Feed, geometry: Any
) -> None:
    body = collection(point(1, 2, 3), geometry, point(4, 5, 6))

    outcome = desk.drop(quakes, "a.geojson", body)

    assert outcome.status == "loaded", outcome.reason
    assert desk.rows(quakes, outcome, "id") == [("q1",), ("q3",)]
    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["column_name"]) == (2, "geom")
    assert reject["code"] == "type"
    assert json.loads(reject["record"])["geometry"] == geometry


def test_a_missing_geometry_is_missing(desk: Desk, quakes: Feed) -> None:
    outcome = desk.drop(quakes, "a.geojson", collection(None))

    (reject,) = desk.rejects(outcome)
    assert (reject["code"], reject["message"]) == ("required", "is missing")


def test_no_features_are_no_rows_and_no_array_of_them_fails(
    desk: Desk, quakes: Feed
) -> None:
    assert desk.drop(quakes, "a.geojson", collection()).counts.read == 0
    for body in ('{"type": "FeatureCollection"}', "[]", '{"features": {}}'):
        outcome = desk.drop(quakes, "a.geojson", body)
        assert outcome.reason == "the file has no array at features"
