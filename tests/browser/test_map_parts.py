"""The parts of the map page that need no page: classes, steps of time, addresses."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

CALL = """async ([file, name, given]) => {
  const parts = await import(`${document.documentElement.dataset.static}/${file}`);
  return JSON.stringify(parts[name](...given) ?? null);
}"""


@pytest.fixture
def call(open_page: Callable[..., Page]) -> Callable[..., Any]:
    """Calls a function of a module, by their names."""
    page = open_page("/docs")

    def call(file: str, name: str, *given: object) -> Any:
        return json.loads(page.evaluate(CALL, [file, name, list(given)]))

    return call


def test_classes_are_about_as_full_as_each_other_and_their_bounds_short(call):
    found = call("classes.js", "classified", list(range(1, 1001)), 5)
    assert [one["least"] for one in found["classes"]] == [1, 200, 400, 600, 800]
    assert [one["count"] for one in found["classes"]] == [199, 200, 200, 200, 201]
    assert not found["diverges"]


def test_every_value_is_in_one_class_and_nulls_are_apart(call):
    values = [1] * 90 + [2, 3, 5, 8, 13, 400, 4000] + [None] * 3
    found = call("classes.js", "classified", values, 4)
    assert sum(one["count"] for one in found["classes"]) == 97
    assert found["nulls"] == 3
    # Most are 1, and the others are told apart all the same.
    assert len(found["classes"]) == 4


def test_few_values_have_a_class_each_and_none_has_none(call):
    found = call("classes.js", "classified", [3, 1, 3, 2], 6)
    assert [one["only"] for one in found["classes"]] == [1, 2, 3]
    empty = call("classes.js", "classified", [None], 6)
    assert empty == {"classes": [], "diverges": False, "nulls": 1}


def test_zero_parts_what_lies_on_both_sides_of_it(call):
    found = call("classes.js", "classified", [n / 10 for n in range(-50, 20)], 6)
    assert found["diverges"]
    assert 0 in [one["least"] for one in found["classes"]]
    colours = call("colours.js", "ofClasses", found, "light")
    assert len(set(colours)) == len(found["classes"])


@pytest.mark.parametrize(
    ("ends", "short"),
    [((1.87, 2.21), 2), ((0.0312, 0.0388), 0.035), ((-3, 4), 0), ((940, 1100), 1000)],
)
def test_the_shortest_number_between_two_is_taken(call, ends, short):
    assert call("classes.js", "shortest", *ends) == short


@pytest.mark.parametrize(
    ("step", "of", "period"),
    [
        ("day", "2024-02-29", ["2024-02-29", "2024-02-29"]),
        ("week", "2024-03-03", ["2024-02-26", "2024-03-03"]),
        ("month", "2024-02-10", ["2024-02-01", "2024-02-29"]),
        ("year", "2024-02-10", ["2024-01-01", "2024-12-31"]),
    ],
)
def test_a_step_has_its_first_and_last_day(call, step, of, period):
    first = call("steps.js", "start", step, of)
    assert call("steps.js", "period", step, first) == period
    assert call("steps.js", "between", step, first, period[0]) == 0


def test_a_slider_has_the_steps_that_fit(call):
    assert call("steps.js", "fitting", ["2018-01-31", "2018-02-07"]) == [
        "day",
        "week",
        "month",
    ]
    assert call("steps.js", "fitting", ["1900-01-01", "2020-12-31"]) == [
        "month",
        "year",
    ]
    assert call("steps.js", "fitting", ["2018-01-01", "2018-01-01"]) == []


def test_a_view_is_read_back_from_its_address(call):
    hash_ = "dataset=a b&measure=n&camera=3/40/-100&where.x=1,2&where.y="
    view = call("view.js", "read", f"#{hash_}")
    assert view["where"] == {"x": "1,2", "y": ""}
    written = call("view.js", "written", view)
    assert call("view.js", "read", written) == view


@pytest.mark.parametrize("values", [["a", "b,c", 'd "e"', "", " f "], ["x"]])
def test_values_with_commas_and_quotes_stay_what_they_are(call, values):
    text = ",".join(call("request.js", "quoted", value) for value in values)
    assert call("request.js", "unquoted", text) == values


def test_the_box_of_both_sides_of_the_date_line_is_narrow(call):
    def area(west: float, east: float) -> dict[str, Any]:
        ring = [[west, 50], [east, 50], [east, 60], [west, 50]]
        return {"geometry": {"type": "Polygon", "coordinates": [ring]}}

    box = call("places.js", "around", [area(-179, -140), area(172, 179.5)])
    assert box == [172, 50, 220, 60]
    assert call("places.js", "around", [area(-10, 5), area(0, 20)]) == [-10, 50, 20, 60]
