"""The OpenAPI document: valid, of the catalog alone, and as its readers want it."""

import copy
import json
import random

import pytest
from api_world import DOCUMENT
from openapi_asserts import document_of, parameters, resolved
from openapi_spec_validator import OpenAPIV30SpecValidator, validate

from api.openapi import types
from catchment import catalog
from catchment.endpoint import API_PARAMETERS
from catchment.types import KNOWN, parse_type

ITEMS = "/collections/{collectionId}/items"
CELLS = "/collections/earthquakes_by_cell/items"


@pytest.fixture(scope="module")
def document(published):
    return document_of(published)


def changed(change):
    """The document of the world's catalog with a change."""
    raw = copy.deepcopy(DOCUMENT)
    change({model["name"]: model for model in raw["models"]})
    return document_of(catalog.parse(raw, "hash-2"))


def test_it_is_valid(document):
    validate(document, cls=OpenAPIV30SpecValidator)
    assert document["openapi"] == "3.0.3"
    assert document["info"]["version"] == "hash-1"


def test_it_is_valid_where_nothing_is_served():
    document = document_of(catalog.parse({"feeds": [], "models": []}, "h"))
    validate(document, cls=OpenAPIV30SpecValidator)


def test_it_is_the_same_in_whatever_order_dbt_tells_of_its_models(document):
    raw = copy.deepcopy(DOCUMENT)
    random.Random(5).shuffle(raw["models"])
    again = document_of(catalog.parse(raw, "hash-1"))
    assert json.dumps(again) == json.dumps(document)


def test_no_name_of_a_model_hides_a_component_of_ours(document):
    def rename(models):
        models["hidden"]["name"] = "Point"

    renamed = changed(rename)["components"]["schemas"]
    assert renamed["Point"] == document["components"]["schemas"]["Point"]
    assert "Point.row" in renamed


def test_operations_have_names_that_are_theirs_alone(document):
    operations = [each for item in document["paths"].values() for each in item.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for operation in operations for tag in operation["tags"]} == tags
    assert all(operation["summary"] for operation in operations)


@pytest.mark.parametrize("path", [ITEMS, CELLS])
def test_parameters_are_written_as_ogcs_test_suite_reads_them(document, path):
    """reference/api.md 3.1: apidefinition, collections/…/items."""
    told = parameters(document, path)
    limit, bbox, moment = told["limit"], told["bbox"], told["datetime"]
    for parameter in (limit, bbox, moment):
        assert (parameter["in"], parameter["required"]) == ("query", False)
        assert (parameter["style"], parameter["explode"]) == ("form", False)
    assert limit["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 10_000,
        "default": 1_000,
    }
    assert bbox["schema"]["type"] == "array"
    assert bbox["schema"]["items"] == {"type": "number"}
    assert (bbox["schema"]["minItems"], bbox["schema"]["maxItems"]) == (4, 6)
    assert moment["schema"]["type"] == "string"


@pytest.mark.parametrize(
    "path",
    [
        "/conformance",
        "/collections",
        "/collections/{collectionId}",
        ITEMS,
        "/collections/{collectionId}/items/{featureId}",
    ],
)
def test_the_paths_that_ogcs_test_suite_looks_for_are_there(document, path):
    assert "200" in document["paths"][path]["get"]["responses"]


def test_gdal_finds_the_maximum_of_limit_and_the_columns(document):
    """reference/api.md 3.2: a reference at the concrete path, and fields' names."""
    given = document["paths"][CELLS]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/limit"} in given
    columns = ("cell", "at", "category", "depth")
    assert [n for n in parameters(document, CELLS) if n in columns] == [*columns]


def test_nothing_of_3_1_is_in_it(document):
    def each(part):
        yield part
        for value in part.values() if isinstance(part, dict) else part:
            if isinstance(value, dict | list):
                yield from each(value)

    for part in each(document):
        if isinstance(part, dict) and "$ref" not in part:
            assert not isinstance(part.get("type"), list), part
            assert "const" not in part, part
            assert not ("nullable" in part and "type" not in part), part


def test_columns_are_told_with_their_types_and_the_models_own_words(document):
    row = document["components"]["schemas"]["readings.row"]
    assert row["description"] == "What readings holds."
    assert row["properties"] == {
        "place": {"type": "string", "description": "The place."},
        "read_at": {
            "type": "string",
            "example": "2020-03-01T12:00:00",
            "description": "The read_at.",
        },
        "value": {"type": "number", "nullable": True, "description": "The value."},
    }
    told = parameters(document, "/stats/ranked")["year"]
    assert told["description"].startswith("The year.")
    assert told["schema"]["default"] == [2021]
    assert told["allowEmptyValue"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("integer", "7", 7),
        ("integer", "5..10", "5..10"),
        ("numeric", "1.50", 1.5),
        ("numeric", "NaN", "NaN"),
        ("boolean", "f", False),
        ("date", "2020-01-01", "2020-01-01"),
        ("interval", "1 day", "1 day"),
    ],
)
def test_a_default_is_a_value_of_its_type(name, text, value):
    found = types.value(text, parse_type(name))
    assert (found, type(found)) == (value, type(value))


def test_ranges_are_told_of_where_there_are_any(document):
    told = parameters(document, CELLS)
    assert "from..to" in told["depth"]["description"]
    assert "from..to" in told["at"]["description"]
    assert "from..to" not in told["category"]["description"]


def test_measures_have_the_types_that_they_merge_to(document):
    row = document["components"]["schemas"]["earthquakes_by_state.row"]["properties"]
    assert row["n"]["type"] == "integer"
    assert row["avg"]["type"] == "number"
    assert row["max"]["type"] == "number"
    assert row["day"]["format"] == "date"
    assert row["centroid"] == {"$ref": "#/components/schemas/Point"}


def test_the_parameters_of_all_datasets_are_those_of_each(document):
    told = parameters(document, "/aggregated-data")
    assert told["dataset"]["schema"]["enum"] == [
        "categories",
        "earthquakes_by_cell",
        "earthquakes_by_state",
        "place_days",
    ]
    assert "year" not in told
    assert told["kind"]["schema"]["items"] == {"type": "string"}


def test_columns_of_one_name_and_two_types_may_have_either():
    def change(models):
        models["categories"]["columns"][1]["data_type"] = "integer"

    items = parameters(changed(change), "/aggregated-data")["category"]["schema"]
    first, _, text = items["items"]["anyOf"]
    assert (first["type"], text) == ("integer", {"type": "string"})


def test_every_parameter_of_the_api_is_told_of(document):
    paths = ("/aggregated-data", "/collections/readings/items")
    told = {name for path in paths for name in parameters(document, path)}
    assert told >= set(API_PARAMETERS)


@pytest.mark.parametrize("name", [*KNOWN, "interval", ""])
def test_every_type_has_a_schema(name):
    type_ = parse_type(name)
    assert types.of_column(catalog.ModelColumn("c", name)) is not None
    assert types.asked_for(type_)["type"]


def test_what_a_row_model_answers_is_typed_by_its_own_geometry(document):
    schemas = document["components"]["schemas"]

    def point(models):
        models["places"]["columns"][-1]["data_type"] = "geometry(Point,4326)"

    feature = changed(point)["components"]["schemas"]["places.feature"]
    assert feature["properties"]["geometry"] == {"$ref": "#/components/schemas/Point"}
    other = schemas["places.feature"]["properties"]["geometry"]
    assert resolved({"components": {"schemas": schemas}}, other)["nullable"]
