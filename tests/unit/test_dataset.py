"""What a model says that the API may serve, and every mistake in it."""

from typing import Any

import pytest

from catchment import catalog, dataset
from catchment.endpoint import (
    API_PARAMETERS,
    Dataset,
    Geometry,
    GroupGeometry,
    Measure,
    Order,
    Parameter,
    RowModel,
)
from catchment.mistakes import ContractError, Mistake

API: dict[str, Any] = {
    "dimensions": ["state", "day"],
    "measures": {"n": {"sum": "n"}, "mean": {"ratio": ["total", "n"]}},
}
COLUMNS = ["state", "day", "n", "total", "geom", "x"]


def parse(api: dict[str, Any]) -> tuple[Dataset | RowModel, list[Mistake]]:
    mistakes: list[Mistake] = []
    model = {
        "name": "by_state",
        "config": {"meta": {"api": api}},
        "columns": [{"name": n, "description": f"The {n}."} for n in COLUMNS],
    }
    found = dataset.parse(model, mistakes)
    assert all(mistake.owner == "model by_state" for mistake in mistakes)
    return found, mistakes


def read(**words: Any) -> tuple[Any, list[str]]:
    found, mistakes = parse({**API, **words})
    return found, [mistake.message for mistake in mistakes]


def read_rows(**words: Any) -> tuple[RowModel, list[str]]:
    found, mistakes = parse({"key": ["state", "day"], **words})
    assert isinstance(found, RowModel)
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
        geometry=GroupGeometry("shape", "state", "states", "fips"),
    )
    assert found.uses() == {"state", "day", "n", "total"}


def test_a_dataset_needs_only_dimensions_and_measures() -> None:
    found, told = read()

    assert told == []
    assert found.title == "By state"
    assert found.group_by == ("state", "day")


def test_a_dataset_with_geometry_is_grouped_by_its_dimension() -> None:
    found, told = read(geometry={"dimension": "state", "column": "geom"})

    assert told == []
    assert found.group_by == ("state",)
    assert "geom" in found.uses()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"dimensions": None}, "dimensions is missing"),
        ({"measures": None}, "key is missing: a model without measures serves its "
         "rows, and each needs one"),
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
        ({"key": ["state"]}, "key: stands in a model without measures only"),
        ({"order_by": ["state"]}, "order_by: stands in a model without measures only"),
        ({"columns": ["state"]}, "columns: stands in a model without measures only"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(words: dict[str, Any], said: str) -> None:
    assert said in read(**words)[1]


def test_all_mistakes_are_told_at_once() -> None:
    _, told = read(time="hour", group_by=["county"], colour=1)

    assert len(told) == 5


def test_a_row_model_is_read_with_all_its_words() -> None:
    found, told = read_rows(
        title="Readings",
        path="/stats/readings_by-day",
        order_by=["-n", "day"],
        columns=["day", "n"],
        dimensions=["n"],
        time="day",
        geometry={"column": "geom"},
        parameters={
            "states": {"equals": "state", "default": ["a", "b"]},
            "start_date": {"from": "day"},
            "end_date": {"to": "day"},
            "n": {"equals": "n", "default": 0},
        },
    )

    assert told == []
    assert found == RowModel(
        title="Readings",
        path="/stats/readings_by-day",
        key=("state", "day"),
        order_by=(Order("n", descending=True), Order("day"), Order("state")),
        columns=("day", "n"),
        dimensions=("n",),
        time="day",
        geometry=Geometry("geom"),
        parameters=(
            Parameter("states", "equals", "state", ("a", "b")),
            Parameter("start_date", "from", "day"),
            Parameter("end_date", "to", "day"),
            Parameter("n", "equals", "n", ("0",)),
        ),
    )
    assert found.uses() == {"state", "day", "n", "geom"}


def test_a_row_model_needs_only_a_key() -> None:
    found, told = read_rows(geometry={"column": "geom"})

    assert told == []
    assert found.path is None
    assert found.order_by == (Order("state"), Order("day"))
    assert found.columns == ("state", "day", "n", "total", "x")
    assert found.dimensions == found.columns


def test_what_is_not_described_or_is_a_geometry_is_not_answered_unasked() -> None:
    mistakes: list[Mistake] = []
    columns = [
        {"name": "a", "description": "A.", "data_type": "text"},
        {"name": "b", "description": "", "data_type": "text"},
        {"name": "c", "description": "C.", "data_type": "geometry(Point,4326)"},
        {"name": "limit", "description": "L.", "data_type": "text"},
        {"name": "year", "description": "Y.", "data_type": "text"},
    ]
    api = {"key": "a", "path": "/a", "parameters": {"year": {"equals": "b"}}}
    model = {"name": "m", "config": {"meta": {"api": api}}, "columns": columns}

    found = dataset.parse(model, mistakes)

    assert mistakes == []
    assert isinstance(found, RowModel)
    assert found.columns == ("a", "limit", "year")
    assert found.dimensions == ("a",), "the others' names are taken"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"key": None}, "key is missing: a model without measures serves its rows, "
         "and each needs one"),
        ({"key": ["state", "hour"]}, "no column 'hour' is described in the model"),
        ({"key": ["state", "state"]}, "key: 'state' stands there twice"),
        ({"columns": ["n", "n"]}, "columns: 'n' stands there twice"),
        ({"order_by": ["n", "-n"]}, "order_by: 'n' stands there twice"),
        ({"order_by": ["-hour"]}, "no column 'hour' is described in the model"),
        ({"columns": ["hour"]}, "no column 'hour' is described in the model"),
        ({"dimensions": ["hour"]}, "no column 'hour' is described in the model"),
        ({"time": "hour"}, "no column 'hour' is described in the model"),
        ({"group_by": ["day"]}, "group_by: stands in a model with measures only"),
        ({"geometry": {"column": "shape"}}, "no column 'shape' is described in the "
         "model"),
        ({"geometry": {"dimension": "state", "column": "geom"}}, "geometry: expected "
         "{column: …}, of the model itself"),
        ({"colum": ["n"]}, "unknown word 'colum'; did you mean 'columns'?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_row_model_is_told(words: dict[str, Any], said: str) -> None:
    assert said in read_rows(**words)[1]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "expected names and filters, as start_date: {from: day}"),
        ("day", "expected names and filters, as start_date: {from: day}"),
        ({"p": "day"}, "p: expected words and values, found 'day'"),
        ({"p": {}}, "p must have one of equals, from, to and a column"),
        ({"p": {"from": "day", "to": "day"}}, "p must have one of equals, from, to "
         "and a column"),
        ({"p": {"equals": "day", "defaults": 1}}, "p: unknown word 'defaults'; did "
         "you mean 'default'?"),
        ({"p": {"from": "day", "default": 1}}, "p: default stands with equals only"),
        ({"p": {"equals": ["day"]}}, "p: equals: ['day'] is no text"),
        ({"P q": {"from": "day"}}, "'P q' is no name of lower-case letters, digits "
         "and _"),
        ({"day": {"equals": "n"}}, "'day' is a dimension too: it can only be "
         "{equals: day}"),
        ({"day": {"from": "day"}}, "'day' is a dimension too: it can only be "
         "{equals: day}"),
        *(({name: {"equals": "n"}}, f"'{name}' is a parameter of the API: choose "
           "another name") for name in API_PARAMETERS),
    ],
)  # fmt: skip
def test_a_mistake_in_a_parameter_is_told(parameters: Any, said: str) -> None:
    for told in (
        read(path="/a", parameters=parameters)[1],
        read_rows(path="/a", dimensions=["day"], parameters=parameters)[1],
    ):
        assert told == [f"parameters: {said}"]


def test_a_parameter_may_name_any_column_of_the_model() -> None:
    parameters = {"p": {"equals": "x"}, "day": {"equals": "day"}}
    assert read(path="/a", parameters=parameters)[1] == []
    parameters = {"p": {"equals": "hour"}}
    assert read(path="/a", parameters=parameters)[1] == [
        "no column 'hour' is described in the model"
    ]


def test_parameters_need_a_path() -> None:
    assert read(parameters={"p": {"equals": "x"}})[1] == [
        "parameters: they belong to a path, and there is none"
    ]


@pytest.mark.parametrize(
    "path", ["/a", "/stats/parks", "/a-b/c_d/1", "/apis", "/x/api"]
)
def test_a_path_is_of_lower_case_words(path: str) -> None:
    found, told = read(path=path)
    assert (found.path, told) == (path, [])


@pytest.mark.parametrize(
    "path", ["", "/", "a", "/a/", "//a", "/A", "/a b", "/a.b", "/ä", "/a?b", "/a\n", 1]
)
def test_any_other_path_is_a_mistake_at_its_word(path: Any) -> None:
    found, mistakes = parse({**API, "path": path})
    assert found.path is None
    (mistake,) = mistakes
    assert mistake.word == "path"
    assert mistake.message.startswith(f"path: '{path}' is no path such as /stats/")


@pytest.mark.parametrize(
    "path", ["/aggregated-data", "/health", "/collections/x", "/api", "/loads/1"]
)
def test_a_path_of_the_platform_is_taken(path: str) -> None:
    first = "/" + path.split("/")[1]
    said = f"path: '{first}' is a path of the platform: choose another"
    assert read_rows(path=path)[1] == [said]


def test_two_models_do_not_share_a_path() -> None:
    def model(name: str, path: str) -> dict[str, Any]:
        return {
            "unique_id": f"model.p.{name}",
            "name": name,
            "schema": "marts",
            "alias": name,
            "depends_on": [],
            "original_file_path": f"{name}.yml",
            "columns": [{"name": "a", "description": "A."}],
            "config": {
                "materialized": "view",
                "meta": {"api": {"key": ["a"], "path": path}},
            },
        }

    models = [model("one", "/b"), model("two", "/a"), model("three", "/b")]
    with pytest.raises(ContractError) as told:
        catalog.parse({"feeds": [], "models": models})
    (mistake,) = told.value.mistakes
    assert str(mistake) == "model three: path: '/b' is the path of one already"
    assert (mistake.word, mistake.file) == ("path", "three.yml")

    found = catalog.parse({"feeds": [], "models": models[:2]})
    assert {path: m.name for path, m in found.paths.items()} == {
        "/a": "two",
        "/b": "one",
    }
    assert (set(found.row_models), set(found.datasets)) == ({"one", "two"}, set())
