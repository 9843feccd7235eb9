"""Requests that mean harm, and requests that mean nothing."""

from urllib.parse import urlencode

import pytest
from api_asserts import query_of
from hypothesis import given
from hypothesis import strategies as st

from api.problems import Problem
from api.question import params
from api.question.query_string import pairs

DIMENSIONS = ["state_fips", "state_name", "day", "category"]
INJECTIONS = [
    "'; drop table marts.us_states; --",
    "' or '1'='1",
    '" or ""="',
    "%s",
    "%(v0)s",
    "{}",
    "$1",
    "\\'; select pg_sleep(9); --",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_value_is_only_a_value(world, get, text):
    answer = get(state_name=text)
    assert (answer.status, answer.json["data"]) == (200, [])


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("name", ["group_by", "dataset", "cursor", "f", "limit"])
def test_sql_in_a_name_is_refused(world, send, name, text):
    query = {"dataset": "earthquakes_by_state", name: text}
    assert send("/aggregated-data", urlencode(query)).status in (400, 404)
    assert send("/aggregated-data", urlencode({**query, text: "1"})).status in (
        400,
        404,
    )


@given(st.text(alphabet="abc=&%2C+;,\"'/.-0123456789é\x00", max_size=60))
def test_any_query_string_parses_or_is_a_problem(published, text):
    base = "dataset=earthquakes_by_state&"
    status = 200
    try:
        query_of(pairs(base + text), published)
    except Problem as problem:
        status = problem.status
    assert status in (200, 400, 404)


PATHS = ["/places", "/places/readings", "/stats/ranked", "/stats/places"]


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("path", PATHS)
def test_sql_in_a_parameter_of_a_path_is_only_a_value(world, send, path, text):
    (entry,) = (p for p in send("/aggregated-data").json["paths"] if p["path"] == path)
    names = [p["name"] for p in entry["parameters"]]
    for name in (*names, *(d["name"] for d in entry["dimensions"])):
        answer = send(path, urlencode({name: text}))
        assert answer.status in (200, 400), answer.body
        assert answer.json.get("parameter") == (name if answer.status == 400 else None)
    for name in ("cursor", "f", "limit", text):
        assert send(path, urlencode({name: text})).status == 400
    assert send(path).json["data"]


@given(
    st.sampled_from(PATHS),
    st.lists(
        st.tuples(
            st.sampled_from(["names", "start_date", "end_date", "year", "value_to"]),
            st.text(alphabet='0123456789-:TZ .,"\x00/infatynWe', max_size=30),
        ),
        max_size=3,
    ),
)
def test_any_parameters_of_a_path_parse_or_are_a_problem(published, path, asked):
    seen = None
    try:
        params.of_model(tuple(asked), published.paths[path], params.OWN_PATH)
    except Problem as problem:
        seen = problem
    assert seen is None or (seen.status == 400 and seen.parameter in dict(asked))


@given(st.sampled_from([*params.API_PARAMETERS[1:], *DIMENSIONS]), st.text())
def test_any_value_of_any_parameter_parses_or_is_its_problem(published, name, text):
    given_ = (("dataset", "earthquakes_by_state"), (name, text))
    seen = None
    try:
        query = query_of(given_, published)
        assert query
        assert 1 <= query.limit <= params.MAXIMUM_LIMIT
    except Problem as problem:
        seen = (problem.status, problem.parameter)
    assert seen in (None, (400, name))
