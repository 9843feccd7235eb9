"""Conformance classes are declared where they are true, and only there."""

import pytest
from api_asserts import links

from api import ogc
from api.routes.table import OPERATIONS

PREFIX = "http://www.opengis.net/spec/"
FEATURES = f"{PREFIX}ogcapi-features-1/1.0/conf/"
FILTER = f"{PREFIX}ogcapi-features-3/1.0/conf/"
TILES = f"{PREFIX}ogcapi-tiles-1/1.0/conf/"
CQL2 = f"{PREFIX}cql2/1.0/conf/"


@pytest.fixture
def declared(world, send):
    return send("/conformance").json["conformsTo"]


def test_core_and_the_classes_that_the_suite_knows(declared):
    for name in ("core", "geojson", "html", "oas30"):
        assert FEATURES + name in declared
    assert len(set(declared)) == len(declared)
    assert all(name.startswith(PREFIX) for name in declared)


def test_common_is_written_as_its_standard_writes_it(declared):
    assert f"{PREFIX}ogcapi-common-1/1.0/conf/landing-page" in declared
    assert f"{PREFIX}ogcapi-common-2/1.0/conf/collections" in declared


def test_qgis_finds_what_lets_it_filter_on_the_server(declared):
    """qgis/QGIS#52775."""
    for name in (f"{FILTER}filter", f"{FILTER}features-filter"):
        assert name in declared
    for name in ("cql2-text", "basic-cql2"):
        assert CQL2 + name in declared


def test_html_is_declared_and_every_document_has_it(declared, send):
    paths = ["/", "/conformance", "/collections", "/collections/places"]
    paths += [f"/collections/places/{part}" for part in ("items", "items/a")]
    for path in paths:
        alternate = links(send(path))["alternate"]
        assert alternate["type"] == "text/html" or any(
            link["type"] == "text/html" for link in send(path).json["links"]
        )


def test_what_is_not_there_is_not_declared(declared):
    has_tiles = any("tiles" in operation.template for operation in OPERATIONS)
    assert any(name.startswith(TILES) for name in declared) == has_tiles
    assert not any("/crs" in name or "/create" in name for name in declared)


def test_every_scalar_queryable_is_a_parameter_if_that_is_declared(declared, send):
    """OGC 19-079r2, requirements class Queryables as Query Parameters."""
    is_declared = f"{FILTER}queryables-query-parameters" in declared
    values = {"integer": "1", "number": "1", "boolean": "true"}
    for collection in send("/collections").json["collections"]:
        url = f"{ogc.COLLECTIONS}/{collection['id']}"
        found = send(f"{url}/queryables").json["properties"]
        for name, schema in found.items():
            if "x-ogc-role" in schema and "geometry" in schema["x-ogc-role"]:
                continue
            value = values.get(schema.get("type"), "2025-01-01")
            status = send(f"{url}/items", f"{name}={value}").status
            assert status == 200 or not is_declared, (url, name)
