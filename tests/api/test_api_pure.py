"""Parts that need no database."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from api_asserts import query_of
from hypothesis import given
from hypothesis import strategies as st

from api import links
from api.media import OF_ROWS
from api.query import select
from api.question import boxes, cursors, params
from api.question.asked import Filter, Range
from api.question.boxes import Box
from api.question.cursors import Cursor
from api.routes.table import PLATFORM_PATHS
from catchment import paths

BASE = (("dataset", "earthquakes_by_state"),)


@given(st.text(), st.text(), st.sampled_from(OF_ROWS))
def test_a_value_never_changes_the_sql(published, one, other, format_):
    query = query_of(BASE, published)
    assert query

    def sql(value):
        asked = replace(
            query,
            format=format_,
            filters=(Filter("state_name", (value,)),),
            cursor=Cursor((value, value)),
        )
        statement, bound = select(asked, published)
        assert list(bound.values()).count(value) == 3
        return statement.as_string(None)

    assert sql(one) == sql(other)


@given(st.text(), st.text(), st.sampled_from(OF_ROWS))
def test_a_value_never_changes_the_sql_of_rows(published, one, other, format_):
    query = params.of_model((), published.paths["/places/readings"], params.OWN_PATH)

    def sql(value):
        asked = replace(
            query,
            format=format_,
            filters=(Filter("kind", (value,)),),
            ranges=(Range("place", value, value),),
            cursor=Cursor((value, value, value)),
        )
        statement, bound = select(asked, published)
        assert list(bound.values()).count(value) == 6
        return statement.as_string(None)

    assert sql(one) == sql(other)


def test_no_model_can_have_a_path_of_the_platform():
    for path in PLATFORM_PATHS:
        # A model's path has lower-case letters, and a word after its slash.
        with pytest.raises(ValueError, match=r"of the platform|is no path such as"):
            paths.read(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2,3,4", [Box(1, 2, 3, 4)]),
        (" 1, 2, 3, 4", [Box(1, 2, 3, 4)]),
        ("1,2,-9,3,4,9", [Box(1, 2, 3, 4)]),
        ("177,65,-177,70", [Box(177, 65, 180, 70), Box(-180, 65, -177, 70)]),
        ("-190,0,-170,1", [Box(170, 0, 180, 1), Box(-180, 0, -170, 1)]),
        ("-200,-100,200,100", [Box(-180, -100, 180, 100)]),
        ("-180,-90,180,-85", [Box(-180, -90, 180, -85)]),
    ],
)
def test_boxes(text, expected):
    assert list(boxes.parse(text)) == expected


@given(st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=4))
def test_boxes_stay_on_the_globe(numbers):
    try:
        found = boxes.parse(",".join(map(repr, numbers)))
    except ValueError:
        assert numbers[1] > numbers[3]
        return
    for box in found:
        assert -180 <= box.west <= box.east <= 180
        assert box.south <= box.north


@given(st.lists(st.none() | st.text(), min_size=1, max_size=5), st.text())
def test_cursors_come_back_as_they_went(key, batch):
    order = [f"d{i}" for i in range(len(key))]
    cursor = cursors.encode(order, Cursor(tuple(key), batch))
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursors.decode(cursor, order) == Cursor(tuple(key), batch)
    for other in ([*order, "more"], [f"-{order[0]}", *order[1:]]):
        with pytest.raises(ValueError, match="another order"):
            cursors.decode(cursor, other)


@given(st.text())
def test_any_text_is_a_cursor_or_a_value_error(text):
    with suppress(ValueError):
        cursors.decode(text, ["day"])


def test_cursors_keep_numbers_as_they_were_written():
    key = "[1e-7, 0.10000000000000000000001, true, null, 12345678901234567890]"
    assert cursors.texts(key) == (
        "1e-7",
        "0.10000000000000000000001",
        "true",
        None,
        "12345678901234567890",
    )


def event(stage="$default", **headers):
    context = {"stage": stage, "domainName": "abc.execute-api.eu.amazonaws.com"}
    return {"headers": headers, "requestContext": context}


@pytest.mark.parametrize(
    ("event", "url"),
    [
        (event(), "https://abc.execute-api.eu.amazonaws.com"),
        (event(host="data.org"), "https://data.org"),
        (
            event(host="localhost:8000", **{"x-forwarded-proto": "http"}),
            "http://localhost:8000",
        ),
        (event(host="a.b", **{"x-forwarded-proto": "https,http"}), "https://a.b"),
        (event("prod", host="a.b"), "https://a.b/prod"),
    ],
)
def test_base_urls(event, url):
    assert links.base_url(event) == url


@pytest.mark.parametrize(
    ("path", "query"),
    [("/aggregated-data", "dataset=categories"), ("/stats/ranked", "year=2020")],
)
def test_links_to_a_stage_lead_back_to_it(world, path, query):
    from api.handler import handler

    answer = handler(
        {
            "version": "2.0",
            "rawPath": f"/prod{path}",
            "rawQueryString": query,
            "headers": {"host": "a.b"},
            "requestContext": {
                "stage": "prod",
                "http": {"method": "GET", "path": f"/prod{path}"},
            },
        },
        None,
    )
    href = json.loads(answer["body"])["links"][0]["href"]
    assert href == f"https://a.b/prod{path}?{query}"


def test_the_api_imports_nothing_that_data_are_served_without():
    code = (
        "import sys, api.handler; print([m for m in sys.modules if m.split('.')[0] "
        "in ('boto3', 'loader', 'pydantic', 'dbt', 'requests') "
        "or m in ('catchment.contract', 'api.query.tiles', 'api.admin.ledger')])"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]"
