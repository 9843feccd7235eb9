"""What a model says that the API may serve, and every mistake in it."""

from typing import Any

import pytest

from catchment import dataset
from catchment.dataset import Dataset, GroupGeometry, Measure
from catchment.mistakes import Mistake

API: dict[str, Any] = {
    "dimensions": ["state", "day"],
    "measures": {"n": {"sum": "n"}, "mean": {"ratio": ["total", "n"]}},
}
COLUMNS = ["state", "day", "n", "total", "geom", "x"]


def read(**words: Any) -> tuple[Dataset, list[str]]:
    mistakes: list[Mistake] = []
    model = {
        "name": "by_state",
        "config": {"meta": {"api": {**API, **words}}},
        "columns": [{"name": name} for name in COLUMNS],
    }
    found = dataset.parse(model, mistakes)
    assert all(mistake.owner == "model by_state" for mistake in mistakes)
    return found, [mistake.message for mistake in mistakes]


def test_a_dataset_is_read_with_all_its_words() -> None:
    found, told = read(
        title="Readings by state",
        group_by="state",
        time="day",
        geometry={
            "dimension": "state",
            "model": "states",
            "key": "fips",
            "column": "shape",
        },
    )

    assert told == []
    assert found == Dataset(
        title="Readings by state",
        dimensions=("state", "day"),
        measures=(
            Measure("n", "sum", ("n",)),
            Measure("mean", "ratio", ("total", "n")),
        ),
        group_by=("state",),
        time="day",
        geometry=GroupGeometry("state", "shape", "states", "fips"),
    )
    assert found.columns() == {"state", "day", "n", "total"}


def test_a_dataset_needs_only_dimensions_and_measures() -> None:
    found, told = read()

    assert told == []
    assert found.title == "By state"
    assert found.group_by == ("state", "day")


def test_a_dataset_with_geometry_is_grouped_by_its_dimension() -> None:
    found, told = read(geometry={"dimension": "state", "column": "geom"})

    assert told == []
    assert found.group_by == ("state",)
    assert "geom" in found.columns()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"dimensions": None}, "dimensions is missing"),
        ({"measures": None}, "measures is missing"),
        ({"measures": {}}, "measures: expected names and how each merges, as n: "
         "{sum: n}"),
        ({"measures": {"n": {"mean": "n"}}}, "measures: n must be one of sum, min, "
         "max, ratio, centroid and its columns"),
        ({"measures": {"n": {"ratio": "n"}}}, "measures: n: ratio takes 2 columns"),
        ({"measures": {"n": {"sum": "n", "min": "n"}}}, "measures: n must be one of "
         "sum, min, max, ratio, centroid and its columns"),
        ({"group_by": ["county"]}, "group_by: 'county' is none of the dimensions"),
        ({"time": "hour"}, "time: 'hour' is none of the dimensions"),
        ({"geometry": {"dimension": "x", "column": "geom"}}, "geometry: 'x' is none "
         "of the dimensions"),
        ({"geometry": {"column": "geom"}}, "geometry: expected {dimension: …, column: "
         "…}"),
        ({"geometry": {"dimension": "state", "column": "geom", "model": "m"}},
         "geometry: model and key stand together"),
        ({"geometry": {"dimension": "state", "column": "geom", "srid": 1}},
         "geometry: unknown word 'srid'"),
        ({"dimension": ["x"]}, "unknown word 'dimension'; did you mean 'dimensions'?"),
        ({"dimensions": ["state", "day", "hour"]}, "no column 'hour' is described in "
         "the model"),
        ({"measures": {"n": {"sum": "m"}}}, "no column 'm' is described in the model"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(words: dict[str, Any], said: str) -> None:
    assert said in read(**words)[1]


def test_all_mistakes_are_told_at_once() -> None:
    _, told = read(time="hour", group_by=["county"], colour=1)

    assert len(told) == 5
