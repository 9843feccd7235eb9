"""Filters that mean harm, filters that mean nothing, and all that the grammar takes."""

import subprocess
import sys
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_api_hostile import INJECTIONS

from api.problems import Problem
from api.query import select
from api.question import cql2, params, queryables
from api.question.asked import GroupQuery
from api.question.cql2 import checks

STATES = "earthquakes_by_state"
CELLS = "earthquakes_by_cell"
NEW = ["measures", "sortby", "filter", "filter-lang", "filter-crs", "precision"]
NEW += ["simplify", "skipGeometry", "resultType"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("name", NEW)
def test_sql_in_a_new_parameter_is_refused(world, send, name, text):
    query = {"dataset": STATES, name: text}
    answer = send("/aggregated-data", urlencode(query))
    assert (answer.status, answer.json["parameter"]) == (400, name)
    answer = send("/places", urlencode({"properties": text}))
    assert (answer.status, answer.json["parameter"]) == (400, "properties")


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_literal_is_only_a_text(world, get, text):
    literal = "'" + text.replace("'", "''").replace("\\''", "\\\\''") + "'"
    for condition in (
        f"category = {literal}",
        f"CASEI(category) = CASEI({literal})",
        f"category LIKE {literal}",
        f"category IN ({literal}, {literal})",
        f"category BETWEEN {literal} AND {literal}",
    ):
        answer = get(filter=condition)
        assert (answer.status, answer.json["data"]) == (200, []), condition
    for condition in (f'"{text}" = 1', f"S_INTERSECTS(geom, {text})", f"day = {text}"):
        assert get(filter=condition).status == 400


@given(st.text(), st.sampled_from(["=", "<>", "LIKE", "IN"]))
def test_a_literal_never_changes_the_sql(published, text, operator):
    model = published.datasets[STATES]

    def statement(value):
        literal = {"LIKE": value, "IN": [value]}.get(operator, value)
        document = {"op": operator.lower(), "args": [{"property": "category"}, literal]}
        condition = checks.condition(document, queryables.of(model))
        asked = params.of_model((), model)
        assert isinstance(asked, GroupQuery)
        query = type(asked)(**{**vars(asked), "condition": condition})
        found, bound = select(query, published)
        assert list(bound.values()).count(value) == 1
        return found.as_string(None)

    # A pattern that ends within an escape, or what no text of Postgres holds.
    assume("\x00" not in text and not text.endswith("\\"))
    assert statement(text) == statement("x")


_words = st.sampled_from(
    [
        "category",
        "day",
        "geom",
        "depth",
        "at",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "<>",
        "<",
        "'",
        "''",
        "'a'",
        "1",
        "-1",
        "1e9",
        ".",
        "..",
        "and",
        "AND",
        "or",
        "NOT",
        "like",
        "IN",
        "between",
        "is",
        "NULL",
        "TRUE",
        "casei(",
        "S_INTERSECTS(",
        "T_AFTER(",
        "POINT(",
        "Z",
        "BBOX(",
        "POLYGON((",
        "GEOMETRYCOLLECTION(",
        "DATE(",
        "TIMESTAMP(",
        "INTERVAL(",
        "'2025-01-01'",
        '"',
        "\\",
        "é",
        "%",
        ";",
        "+",
        "-",
        "*",
        "/",
        "^",
        "[",
        "]",
        "{}",
        "\x00",
        "--",
    ]
)


def problem_of(asked, published):
    try:
        params.of_model(asked, published.datasets[CELLS])
    except Problem as problem:
        return problem.status, problem.parameter
    return None


@pytest.mark.parametrize("language", [cql2.TEXT, cql2.JSON])
@given(st.text(max_size=80) | st.lists(_words, max_size=30).map(" ".join))
def test_any_text_is_a_filter_or_its_problem(published, language, text):
    asked = (("filter", text), ("filter-lang", language))
    assert problem_of(asked, published) in (None, (400, "filter"))


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["..", "2025-01-01", "2025-01-01T00:00:00Z", "Point", "Polygon"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {
                "op": st.sampled_from(
                    [
                        "and",
                        "or",
                        "not",
                        "=",
                        "<>",
                        "<",
                        "isNull",
                        "like",
                        "between",
                        "in",
                        "casei",
                        "s_intersects",
                        "s_within",
                        "t_after",
                        "t_during",
                        "t_equals",
                    ]
                ),
                "args": st.lists(inner, max_size=3),
            }
        )
        | st.fixed_dictionaries(
            {"property": st.sampled_from(["cell", "at", "depth", "geom"])}
        )
        | st.dictionaries(
            st.sampled_from(
                [
                    "date",
                    "timestamp",
                    "interval",
                    "bbox",
                    "type",
                    "coordinates",
                    "geometries",
                ]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(_json)
def test_any_json_is_a_filter_or_its_problem(published, document):
    import json

    asked = (("filter", json.dumps(document)), ("filter-lang", cql2.JSON))
    assert problem_of(asked, published) in (None, (400, "filter"))


_number = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "1.5",
        ".5",
        "5.",
        "1e2",
        "-1e-9",
        "1e308",
        "1e-300",
        "1e400",
        "99999999999999999999",
        "1e999",
        "0.1234567890123456789",
    ]
)
_text = st.sampled_from(["''", "'a'", "'%'", "'\\%'", "'\\\\'", "'é''s'", "'\\n'"])
_time = st.sampled_from(
    [
        "DATE('2025-01-15')",
        "TIMESTAMP('2025-01-15T12:00:00Z')",
        "DATE('9999-12-31')",
        "DATE('0001-01-01')",
        "TIMESTAMP('9999-12-31T23:59:59.999999Z')",
        "at",
        "TIMESTAMP('0001-01-01T00:00:00Z')",
        "INTERVAL('..','2025-01-15')",
        "INTERVAL(at,'..')",
        "INTERVAL('2025-01-15T00:00:00.5Z',at)",
    ]
)
_place = st.sampled_from(
    [
        "POINT(1 1)",
        "POINT(-180 90)",
        "BBOX(170,0,-170,10)",
        "BBOX(1,1,1,1)",
        "geom",
        "LINESTRING(1 1,1 1)",
        "POLYGON((0 0,0 0,0 0,0 0))",
        "MULTIPOINT((1 1),(1 1))",
        "POLYGON((0 0,2 2,2 0,0 2,0 0))",
        "POLYGON((0 0,1 1,2 2,0 0))",
        "MULTIPOLYGON(((0 0,9 0,9 9,0 0)),((1 1,8 1,8 8,1 1)))",
        "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(1 1,2 2))",
        "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))",
    ]
)
_comparison = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_leaf = st.one_of(
    st.tuples(st.sampled_from(["depth", "n"]), _comparison, _number).map(" ".join),
    st.tuples(st.sampled_from(["cell", "category"]), _comparison, _text).map(" ".join),
    st.tuples(_text, st.just("="), st.just("CASEI(cell)")).map(" ".join),
    st.builds("CASEI(category) LIKE CASEI({})".format, _text),
    st.builds("depth BETWEEN {} AND {}".format, _number, _number),
    st.builds("depth NOT IN ({}, {})".format, _number, _number),
    st.builds("at {} {}".format, _comparison, _time),
    st.builds(
        "{}({}, {})".format,
        st.sampled_from(
            [
                "T_" + n
                for n in [
                    "AFTER",
                    "BEFORE",
                    "EQUALS",
                    "INTERSECTS",
                    "DISJOINT",
                    "DURING",
                    "MEETS",
                    "OVERLAPS",
                    "STARTS",
                ]
            ]
        ),
        _time,
        _time,
    ),
    st.builds(
        "S_{}({}, {})".format,
        st.sampled_from(
            [
                "INTERSECTS",
                "DISJOINT",
                "WITHIN",
                "CONTAINS",
                "TOUCHES",
                "EQUALS",
                "OVERLAPS",
                "CROSSES",
            ]
        ),
        _place,
        _place,
    ),
    st.sampled_from(["cell IS NULL", "geom IS NOT NULL", "TRUE"]),
)
_filter = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.builds("NOT {}".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_filter)
def test_postgres_understands_whatever_passes(world, get, text):
    answer = get(CELLS, group_by="", filter=text)
    assert answer.status == 200 or answer.json["parameter"] == "filter", answer.body
    if answer.status == 200:
        # Nothing is true of a row and of its opposite.
        n = sum(row["n"] for row in answer.json["data"])
        opposite = get(CELLS, group_by="", filter=f"NOT ({text})")
        assert opposite.status == 200
        assert n + sum(row["n"] for row in opposite.json["data"]) <= 100


def test_the_readers_are_imported_for_a_filter_alone():
    code = (
        "import sys, api.handler; print([m for m in sys.modules if "
        "'.cql2.' in m or m.endswith(('.condition', '.conditions'))])"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]"
