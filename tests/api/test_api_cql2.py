"""`filter`: what CQL2 says of rows, beside what SQL says of them."""

import json
from urllib.parse import urlencode

import psycopg
import pytest
from api_asserts import assert_problem

from api.query import select
from api.question import cql2, params

STATES = "earthquakes_by_state"
CELLS = "earthquakes_by_cell"


@pytest.fixture
def n(get):
    """How many earthquakes a filter leaves."""

    def n(dataset, text, **asked):
        answer = get(dataset, group_by="", filter=text, **asked)
        assert answer.status == 200, answer.body
        return sum(row["n"] for row in answer.json["data"])

    return n


def total(world, dataset, condition):
    (found,) = world.execute(
        f"select coalesce(sum(n), 0)::int from marts.{dataset} as t where {condition}"
    ).fetchone()
    return found


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("category = 'minor'", "category = 'minor'"),
        ("category <> 'minor'", "category <> 'minor'"),
        ("category > 'minor'", "category > 'minor'"),
        ("state_name <= 'California'", "state_name <= 'California'"),
        ("'minor' = category", "category = 'minor'"),
        ("state_name = 'Comma, Land'", "state_fips = '98'"),
        ("category IS NULL", "category is null"),
        ("category is not null", "category is not null"),
        ("NOT category IS NULL", "category is not null"),
        # Unknown stays unknown, whatever is made of it.
        ("NOT category = 'minor'", "category <> 'minor'"),
        ("NOT (category = 'minor' OR day IS NULL)",
         "category = 'strong' and day is not null"),
        ("NOT (category = 'minor' AND state_fips = '06')",
         "not (category = 'minor' and state_fips = '06')"),
        ("NOT NOT category = 'minor'", "category = 'minor'"),
        ("TRUE", "true"),
        ("false", "false"),
        ("NOT TRUE OR category = 'strong'", "category = 'strong'"),
        ("category = 'minor' AND state_fips = '06' OR day IS NULL",
         "category = 'minor' and state_fips = '06' or day is null"),
        ("category = 'minor' AND (state_fips = '06' OR day IS NULL)",
         "category = 'minor' and (state_fips = '06' or day is null)"),
        ("day = DATE('2025-01-01')", "day = '2025-01-01'"),
        ("day >= DATE('2025-01-02')", "day >= '2025-01-02'"),
        ("\"day\" in ('2025-01-02', '2025-01-03')",
         "day in ('2025-01-02', '2025-01-03')"),
        ("day NOT IN (DATE('2025-01-02'))", "day <> '2025-01-02'"),
        ("state_name LIKE 'Cal%'", "state_fips = '06'"),
        ("state_name LIKE '_alifornia'", "state_fips = '06'"),
        ("state_name LIKE 'cal%'", "false"),
        ("state_name LIKE '\\%'", "false"),
        ("state_name NOT LIKE 'Cal%'", "state_fips <> '06'"),
        ("CASEI(state_name) LIKE CASEI('cAL%')", "state_fips = '06'"),
        ("CASEI(state_name) = casei('ALASKA')", "state_fips = '02'"),
        ("casei(state_name) in (CASEI('alaska'), CASEI('CALIFORNIA'))",
         "state_fips in ('02', '06')"),
        ("state_name BETWEEN 'A' AND 'B'", "state_fips = '02'"),
        ("state_name = state_fips", "false"),
        ("T_AFTER(day, DATE('2025-01-01'))", "day > '2025-01-01'"),
        ("T_BEFORE(day, INTERVAL('2025-01-03', '..'))", "day < '2025-01-03'"),
        ("T_INTERSECTS(day, INTERVAL('2025-01-02', '2025-01-03'))",
         "day in ('2025-01-02', '2025-01-03')"),
        ("T_INTERSECTS(day, TIMESTAMP('2025-01-02T12:00:00Z'))", "day = '2025-01-02'"),
        ("T_DISJOINT(day, INTERVAL('2025-01-02', '2025-01-03'))",
         "day not in ('2025-01-02', '2025-01-03')"),
        ("NOT T_INTERSECTS(day, INTERVAL('2025-01-02', '2025-01-03'))",
         "day not in ('2025-01-02', '2025-01-03')"),
        ("T_EQUALS(day, DATE('2025-01-01'))", "day = '2025-01-01'"),
        ("T_EQUALS(day, INTERVAL('..', '..'))", "false"),
        ("T_STARTS(INTERVAL(day, day), INTERVAL('2025-01-01', '2025-01-02'))",
         "day = '2025-01-01'"),
        ("T_STARTEDBY(INTERVAL(day, '2025-01-04'), INTERVAL(day, '2025-01-02'))",
         "day is not null"),
        ("T_FINISHES(INTERVAL(day, '2025-01-04'), INTERVAL('2025-01-01', '2025-01-04'))",  # noqa: E501
         "day > '2025-01-01'"),
        ("T_FINISHEDBY(INTERVAL('2024-01-01', day), INTERVAL('2024-01-02', day))",
         "day is not null"),
        ("T_CONTAINS(INTERVAL('2025-01-01', '2025-01-04'), INTERVAL(day, day))",
         "day between '2025-01-02' and '2025-01-03'"),
        ("T_DURING(INTERVAL(day, day), INTERVAL('2025-01-01', '2025-01-04'))",
         "day between '2025-01-02' and '2025-01-03'"),
        ("T_MEETS(INTERVAL('2024-01-01', '2025-01-02'), INTERVAL(day, '..'))",
         "day = '2025-01-02'"),
        ("T_METBY(INTERVAL(day, '..'), INTERVAL('2024-01-01', '2025-01-02'))",
         "day = '2025-01-02'"),
        ("T_OVERLAPS(INTERVAL('2024-01-01', '2025-01-02'), INTERVAL(day, '..'))",
         "day < '2025-01-02'"),
        ("T_OVERLAPPEDBY(INTERVAL(day, '..'), INTERVAL('2024-01-01', '2025-01-02'))",
         "day < '2025-01-02'"),
    ],
)  # fmt: skip
def test_texts_and_dates(world, n, text, condition):
    expected = total(world, STATES, condition)
    assert n(STATES, text) == expected
    assert 0 <= expected <= 20


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("depth = 1", "depth = 1"),
        ("1 < depth", "depth > 1"),
        ("depth >= 0.5", "depth >= 1"),
        ("depth = 1.5", "false"),
        ("depth < 99999999999999999999", "depth is not null"),
        ("depth = 1e0", "depth = 1"),
        ("depth > -1 AND depth < +2", "depth in (0, 1)"),
        ("depth BETWEEN 0.5 AND 1.5", "depth = 1"),
        ("depth NOT BETWEEN 0 AND 1", "depth = 2"),
        ("depth IN (0, 2, 7.5)", "depth in (0, 2)"),
        ("depth = depth", "depth is not null"),
        ("at >= TIMESTAMP('2025-01-15T00:00:00Z')", "at >= '2025-01-15Z'"),
        ("at < '2025-01-15T02:00:00+02:00'", "at < '2025-01-15Z'"),
        ("at < '2025-01-15T00:00:00'", "at < '2025-01-15Z'"),
        ("at < '2025-01-15'", "at < '2025-01-15Z'"),
        ("T_INTERSECTS(at, DATE('2025-01-15'))",
         "at >= '2025-01-15Z' and at < '2025-01-16Z'"),
        ("T_AFTER(at, DATE('2025-01-15'))", "at >= '2025-01-16Z'"),
        ("T_BEFORE(at, TIMESTAMP('2025-01-15T00:00:00Z'))", "at < '2025-01-15Z'"),
        ("S_INTERSECTS(geom, POINT(2.5 2.5))", "cell = 'c2'"),
        ("S_INTERSECTS(geom, POINT Z (2.5 2.5 100))", "cell = 'c2'"),
        ("S_INTERSECTS(geom, BBOX(2.5, 2.5, 4.5, 4.5))", "cell in ('c2', 'c3', 'c4')"),
        ("S_INTERSECTS(geom, BBOX(2.5, 2.5, 0, 4.5, 4.5, 9))",
         "cell in ('c2', 'c3', 'c4')"),
        ("S_INTERSECTS(geom, BBOX(170, -90, 2.5, 90))", "cell in ('c1', 'c2')"),
        ("S_INTERSECTS(geom, LINESTRING(2.5 2.5, 3.5 3.5))", "cell in ('c2', 'c3')"),
        ("S_INTERSECTS(geom, MULTIPOINT((2.5 2.5), (4.5 4.5)))",
         "cell in ('c2', 'c4')"),
        ("S_INTERSECTS(geom, MULTILINESTRING((2.5 2.5, 2.6 2.6), (4.5 4.5, 4.6 4.6)))",
         "cell in ('c2', 'c4')"),
        ("S_INTERSECTS(geom, POLYGON((2.5 2.5, 3.5 2.5, 3.5 3.5, 2.5 2.5)))",
         "cell in ('c2', 'c3')"),
        # Inside of the hole.
        ("S_INTERSECTS(geom, POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), "
         "(1.5 1.5, 7.5 1.5, 7.5 7.5, 1.5 7.5, 1.5 1.5)))",
         "cell in ('c1', 'c7', 'c8', 'c9')"),
        ("S_INTERSECTS(geom, MULTIPOLYGON(((2.4 2.4, 2.6 2.4, 2.6 2.6, 2.4 2.4)), "
         "((4.4 4.4, 4.6 4.4, 4.6 4.6, 4.4 4.4))))", "cell in ('c2', 'c4')"),
        ("S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(2.5 2.5), "
         "LINESTRING(4.4 4.4, 4.6 4.6)))", "cell in ('c2', 'c4')"),
        # A bow tie, which crosses itself.
        ("S_INTERSECTS(geom, POLYGON((2.2 2.2, 2.8 2.8, 2.8 2.2, 2.2 2.8, 2.2 2.2)))",
         "cell = 'c2'"),
        ("S_WITHIN(geom, POLYGON((2 2, 4 4, 4 2, 2 4, 2 2)))", "false"),
        ("NOT S_INTERSECTS(geom, BBOX(0, 0, 90, 90))", "false"),
        ("S_DISJOINT(geom, BBOX(2.5, 2.5, 90, 90))", "cell = 'c1'"),
        ("S_DISJOINT(geom, GEOMETRYCOLLECTION(POINT(2.5 2.5)))",
         "cell <> 'c2' and cell is not null"),
        ("S_WITHIN(geom, BBOX(1.5, 1.5, 4.5, 4.5))", "cell in ('c2', 'c3')"),
        ("S_WITHIN(POINT(2.5 2.5), geom)", "cell = 'c2'"),
        ("S_CONTAINS(geom, POINT(2.5 2.5))", "cell = 'c2'"),
        ("S_CONTAINS(geom, POINT(2 2))", "false"),
        ("S_TOUCHES(geom, POINT(3 3))", "cell in ('c2', 'c3')"),
        ("S_EQUALS(geom, BBOX(2, 2, 3, 3))", "cell = 'c2'"),
        ("S_OVERLAPS(geom, BBOX(2.5, 2.5, 4, 4))", "cell = 'c2'"),
        ("S_CROSSES(geom, LINESTRING(2.5 2.5, 3.5 2.5))", "cell = 'c2'"),
        ("geom IS NULL", "cell is null"),
        ("geom IS NOT NULL AND depth = 1", "cell is not null and depth = 1"),
    ],
)  # fmt: skip
def test_numbers_moments_and_places(world, n, text, condition):
    assert n(CELLS, text) == total(world, CELLS, condition)


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("S_INTERSECTS(geom, POINT(-120 36))", ["06"]),
        # 98 and those without a state have no geometry: nothing is known of them.
        ("NOT S_INTERSECTS(geom, POINT(-120 36))", ["02"]),
        ("S_DISJOINT(geom, POINT(-120 36))", ["02"]),
        ("NOT (S_INTERSECTS(geom, POINT(-120 36)) OR state_fips = '98')", ["02"]),
        ("NOT S_INTERSECTS(geom, POINT(-120 36)) OR state_fips = '98'", ["02", "98"]),
        ("S_INTERSECTS(geom, BBOX(170, 50, -170, 60))", ["02"]),
        ("S_WITHIN(geom, BBOX(170, 40, -120, 80))", ["02"]),
        ("geom IS NULL", ["98", None]),
        ("geom IS NOT NULL", ["02", "06"]),
        ("NOT geom IS NULL AND NOT state_fips = '06'", ["02"]),
    ],
)
def test_geometries_of_another_model(world, get, text, fips):
    data = get(filter=text).json["data"]
    assert [row["state_fips"] for row in data] == fips


def test_filters_act_inside_the_aggregate(world, get):
    (row,) = get(filter="state_fips = '06' AND day = DATE('2025-01-02')").json["data"]
    assert (row["n"], row["min"], row["max"]) == (2, 2.0, 6.4)


def test_a_filter_is_a_conjunction_with_the_others(world, n):
    text = "state_fips = '06' OR state_fips = '02'"
    assert n(STATES, text) == 10
    assert n(STATES, text, category="minor") == 6
    assert n(STATES, text, datetime="2025-01-01") == 5
    assert n(STATES, text, bbox="-125,32,-114,42", category="minor") == 6


def test_rows_are_filtered_and_paged(world, send, open_link):
    query = urlencode({"filter": "value > 1.5 AND place = 'North'", "limit": 2})
    answer = send("/places/readings", query)
    values = [row["value"] for row in answer.json["data"]]
    while link := next((k for k in answer.json["links"] if k["rel"] == "next"), None):
        answer = open_link(link["href"])
        values += [row["value"] for row in answer.json["data"]]
    assert sorted(values) == [2, 3, 4, 4]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("read_at >= TIMESTAMP('2020-03-02T00:00:00Z')", 4),
        ("read_at >= '2020-03-02T00:00:00'", 4),
        ("T_INTERSECTS(read_at, DATE('2020-03-01'))", 3),
        ("read_at = TIMESTAMP('2020-10-25T02:00:00Z')", 2),
    ],
)
def test_times_without_a_zone_count_as_utc(world, send, text, count):
    answer = send("/places/readings", urlencode({"filter": text}))
    assert len(answer.json["data"]) == count


def test_a_zone_where_there_is_none_is_refused(world, send):
    text = "read_at >= '2020-03-02T00:00:00+02:00'"
    problem = assert_problem(send("/places/readings", urlencode({"filter": text})), 400)
    assert "zone" in problem["detail"]


def test_numbers_keep_every_digit(own_world, send):
    own_world.execute("insert into marts.readings values ('Far', 'x', now(), 1, now(), "
                      "12345678901234567.1), ('Far', 'x', now(), 2, now(), "
                      "12345678901234567.2)")  # fmt: skip
    query = urlencode({"filter": "value = 12345678901234567.2"})
    assert len(send("/places/readings", query).json["data"]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("\u1e9e", "ss"),
        ("\u212a", "k"),
        ("\u0130", "i\u0307"),
        ("\ufb01", "FI"),
        ("K\u00d8BENHAVN", "k\u00f8benhavn"),
    ],
)
def test_case_is_folded_in_full(own_world, n, one, other):
    assert one.casefold() == other.casefold()
    for stored, asked in ((one, other), (other, one)):
        own_world.execute(
            "update marts.state_rows set state_name = %s where state_fips = '98'",
            [stored],
        )
        own_world.execute("refresh materialized view marts.earthquakes_by_state")
        assert n(STATES, f"CASEI(state_name) = CASEI('{asked}')") == 4
        assert n(STATES, f"CASEI(state_name) LIKE CASEI('{asked}%')") == 4
        assert n(STATES, f"CASEI(state_name) = '{asked.casefold()}'") == 4
        assert n(STATES, f"CASEI(state_name) <> CASEI('{asked}')") == 10


def test_a_dotless_i_is_another_letter(own_world, n):
    own_world.execute("update marts.state_rows set state_name = 'Kap\u0131' "
                      "where state_fips = '98'")  # fmt: skip
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    assert n(STATES, "CASEI(state_name) = CASEI('KAPI')") == 0
    assert n(STATES, "CASEI(state_name) = CASEI('kap\u0131')") == 4


@pytest.mark.parametrize(
    ("document", "condition"),
    [
        (True, "true"),
        ({"op": "=", "args": [{"property": "category"}, "minor"]},
         "category = 'minor'"),
        ({"op": "and", "args": [
            {"op": ">", "args": [{"property": "day"}, {"date": "2025-01-01"}]},
            {"op": "not", "args": [
                {"op": "isNull", "args": [{"property": "category"}]}]}]},
         "day > '2025-01-01' and category is not null"),
        ({"op": "like", "args": [
            {"op": "casei", "args": [{"property": "state_name"}]},
            {"op": "casei", "args": ["CAL%"]}]}, "state_fips = '06'"),
        ({"op": "in", "args": [{"property": "state_fips"}, ["02", "06"]]},
         "state_fips in ('02', '06')"),
        ({"op": "t_intersects", "args": [
            {"property": "day"}, {"interval": ["2025-01-02", ".."]}]},
         "day >= '2025-01-02'"),
        ({"op": "t_metBy", "args": [
            {"interval": [{"property": "day"}, ".."]},
            {"interval": ["2024-01-01", "2025-01-02"]}]}, "day = '2025-01-02'"),
        ({"op": "s_intersects", "args": [
            {"property": "geom"}, {"type": "Point", "coordinates": [-120, 36]}]},
         "state_fips = '06'"),
        ({"op": "s_intersects", "args": [
            {"property": "geom"}, {"bbox": [-121, 35, -119, 37]}]},
         "state_fips = '06'"),
    ],
)  # fmt: skip
def test_filters_as_json(world, n, document, condition):
    asked = {"filter-lang": "cql2-json"}
    expected = total(world, STATES, condition)
    assert n(STATES, json.dumps(document), **asked) == expected > 0


def test_every_declared_class_is_answered_in_both_languages():
    assert all(
        uri.startswith("http://www.opengis.net/spec/") for uri in cql2.CONFORMANCE
    )
    names = {uri.rpartition("/")[2] for uri in cql2.CONFORMANCE}
    assert {"basic-cql2", "cql2-text", "cql2-json"} <= names
    # Of heterogeneous collections these are not answered (api/question/cql2/places.py).
    assert "spatial-functions" not in names


WRONG = [
    "",
    " ",
    "day",
    "category",
    "category = ",
    "category = 'minor",
    "category = 'minor' AND",
    "category = 'minor' category = 'minor'",
    "(category = 'minor'",
    "category = 'minor')",
    "category = minor'",
    "category == 'minor'",
    "category != 'minor'",
    "category = NULL",
    "category = 1",
    "category = TRUE",
    "day = 1",
    "day = DATE('2025-02-30')",
    "day = DATE('2025-01-01T00:00:00Z')",
    "day > TIMESTAMP('2025-01-01T00:00:00Z')",
    "day = 'today'",
    "1 = 1",
    "state_name LIKE state_fips",
    "state_name LIKE 1",
    "state_name LIKE '\\\\\\\\\\'",
    "day LIKE '2025%'",
    "category IN ()",
    "category IN 'minor'",
    "category BETWEEN 'a'",
    "category ILIKE 'a'",
    "category + 1 = 2",
    "lower(category) = 'minor'",
    "ACCENTI(category) = ACCENTI('minor')",
    "CASEI(day) = CASEI('2025-01-01')",
    "CASEI(category, category) = 'minor'",
    "A_CONTAINS(category, ('a'))",
    "S_INTERSECTS(geom)",
    "S_INTERSECTS(geom, geom)",
    "S_INTERSECTS(category, POINT(0 0))",
    "S_NEAR(geom, POINT(0 0))",
    "S_INTERSECTS(geom, POINT(90 180))",
    "S_INTERSECTS(geom, MULTIPOINT(7.02 49.92, 90 180))",
    "S_INTERSECTS(geom, POINT(1e999 0))",
    "S_INTERSECTS(geom, POINT(1))",
    "S_INTERSECTS(geom, POINT EMPTY)",
    "S_INTERSECTS(geom, LINESTRING(0 0))",
    "S_INTERSECTS(geom, POLYGON((0 0, 1 0, 0 0)))",
    "S_INTERSECTS(geom, POLYGON((0 0, 1 0, 1 1, 0 1)))",
    "S_INTERSECTS(geom, BBOX(0, 0, 1))",
    "S_INTERSECTS(geom, BBOX(0, 5, 1, 4))",
    "S_INTERSECTS(geom, GEOMETRYCOLLECTION())",
    "S_WITHIN(geom, GEOMETRYCOLLECTION(POINT(0 0)))",
    "geom = POINT(0 0)",
    "T_AFTER(category, DATE('2025-01-01'))",
    "T_AFTER(day, '2025-01-01')",
    "T_AFTER(DATE('2025-01-01'), DATE('2025-01-01'))",
    "T_DURING(day, INTERVAL('2025-01-01', '2025-01-02'))",
    "T_INTERSECTS(day, INTERVAL('2025-01-02', '2025-01-01'))",
    "T_INTERSECTS(day, INTERVAL('2025-01-02'))",
    "T_INTERSECTS(day, INTERVAL('2025-01-02/..', '..'))",
    "T_INTERSECTS(day, INTERVAL('2025-01', '..'))",
    "T_SOON(day, DATE('2025-01-01'))",
    "category = '\x00'",
    "\x00",
    "((((((((((((((((((((((((((((((",
    "(" * 4_900,
    "(" * 4_900 + "category = 'minor'" + ")" * 4_900,
    "NOT " * 2_400 + "category = 'minor'",
    "CASEI(" * 1_000 + "category" + ")" * 1_000 + " = 'minor'",
    "category = '" + "x" * 100_000 + "'",
]


@pytest.mark.parametrize("text", WRONG, ids=lambda text: repr(text[:50]))
def test_what_is_no_filter_is_told(world, get, text):
    problem = assert_problem(get(filter=text), 400)
    assert problem["parameter"] == "filter"
    assert problem["detail"].startswith("filter: ")
    assert len(problem["detail"]) < 250


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "1",
        "null",
        "[]",
        "{}",
        '"category"',
        "NaN",
        '{"op": "="}',
        '{"op": "=", "args": []}',
        '{"op": "and", "args": []}',
        '{"op": "not", "args": [true, true]}',
        '{"op": ["="], "args": []}',
        '{"op": "=", "args": [{"property": 1}, "a"]}',
        '{"op": "=", "args": [{"property": "category", "x": 1}, "a"]}',
        '{"op": "=", "args": [{"property": "category"}, null]}',
        '{"op": "=", "args": [{"property": "category"}, NaN]}',
        '{"op": "in", "args": [{"property": "category"}, "minor"]}',
        '{"op": "like", "args": [{"property": "category"}, "a\\\\"]}',
        '{"op": "casei", "args": [{"property": "category"}]}',
        '{"op": "t_after", "args": [{"property": "day"}, {"interval": [".."]}]}',
        '{"op": "t_after", "args": [{"property": "day"}, {"date": 2025}]}',
        '{"op": "s_within", "args": [{"property": "geom"}, {"type": "Point"}]}',
        '{"op": "s_within", "args": [{"property": "geom"}, {"type": ["Point"], '
        '"coordinates": [0, 0]}]}',
        '{"op": "s_within", "args": [{"property": "geom"}, {"type": "Point", '
        '"coordinates": ["0", "0"]}]}',
        '{"op": "s_within", "args": [{"property": "geom"}, {"type": "Point", '
        '"coordinates": [true, 0]}]}',
        '{"op": "s_intersects", "args": [{"property": "geom"}, {"type": '
        '"GeometryCollection", "geometries": [{"type": "GeometryCollection", '
        '"geometries": []}]}]}',
        '{"op": "s_within", "args": [{"property": "geom"}, {"bbox": {}}]}',
        '{"op":"not","args":[' * 400 + "true" + "]}" * 400,
        "[" * 9_000,
    ],
    ids=lambda text: repr(text[:60]),
)
def test_what_is_no_json_filter_is_told(world, get, document):
    asked = {"filter": document, "filter-lang": "cql2-json"}
    problem = assert_problem(get(**asked), 400)
    assert problem["parameter"] == "filter"
    assert len(problem["detail"]) < 250


def test_an_unknown_property_lists_the_queryables(world, get):
    for text in ("colour = 'red'", "n > 1", "id = '1'", "CASEI(avg) = 'a'"):
        problem = assert_problem(get(filter=text), 400)
        assert problem["parameter"] == "filter"
        assert problem["known"] == [
            "state_fips",
            "state_name",
            "day",
            "category",
            "geom",
        ]
        assert "measure" in problem["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filter-lang", "cql-text"),
        ("filter-lang", ""),
        ("filter-crs", "EPSG:4326"),
        ("filter-crs", ""),
    ],
)
def test_other_languages_and_systems_are_refused(world, get, name, value):
    problem = assert_problem(get(**{name: value, "filter": "TRUE"}), 400)
    assert problem["parameter"] == name


def test_the_system_of_geojson_is_taken(world, n):
    crs = {"filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
    assert n(STATES, "S_INTERSECTS(geom, POINT(-120 36))", **crs) == 7


def test_a_place_is_found_by_an_index(own_world, published):
    own_world.execute("create index on marts.earthquakes_by_cell using gist (geom)")
    own_world.execute("set enable_seqscan = off")
    model = published.datasets[CELLS]
    for text in (
        "S_INTERSECTS(geom, POINT(2.5 2.5))",
        "S_WITHIN(geom, POLYGON((0 0, 9 0, 9 9, 0 9, 0 0)))",
        "S_CONTAINS(geom, POINT(2.5 2.5)) AND depth = 1",
    ):
        query = params.of_model((("filter", text),), model, params.ITEMS)
        statement, bound = select(query, published)
        client = psycopg.ClientCursor(own_world)
        plan = client.execute("explain " + client.mogrify(statement, bound)).fetchall()
        assert "geom_idx" in str(plan), text


def test_no_model_without_geometry_has_one_to_ask_for(world, get):
    problem = assert_problem(get("categories", filter="geom IS NULL"), 400)
    assert problem["known"] == ["category"]
