"""Requests like those that QGIS makes of an OGC API - Features server.

QGIS itself is run by tests/examples/test_clients.py; 3.22 hands over boxes only. What
later ones look for to hand over filters is as qgis/QGIS#52775 tells it, not read in
their code, and the order is the one that the links lead to.
"""

from typing import Any

import pytest
import requests

from tests.clients.conftest import STATIONS, Api

PART3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def get(url: str, accept: str, **query: str) -> requests.Response:
    answer = requests.get(url, params=query, headers={"Accept": accept}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def href(document: Any, rel: str, type_: str) -> str:
    found = [k["href"] for k in document["links"] if k["rel"] == rel]
    typed = [
        k["href"]
        for k in document["links"]
        if (k["rel"], k.get("type")) == (rel, type_)
    ]
    assert found, rel
    return str((typed or found)[0])


@pytest.fixture
def landing(api: Api) -> Any:
    return get(f"{api.url}/", "application/json").json()


def test_the_whole_sequence_with_a_filter_on_the_server(api: Api, landing: Any) -> None:
    conformance = get(
        href(landing, "conformance", "application/json"), "application/json"
    )
    declared = conformance.json()["conformsTo"]
    for name in (f"{PART3}filter", f"{PART3}features-filter"):
        assert name in declared
    for name in ("cql2-text", "basic-cql2"):
        assert CQL2 + name in declared

    openapi = "application/vnd.oai.openapi+json;version=3.0"
    described = get(href(landing, "service-desc", openapi), openapi).json()
    limit = described["components"]["parameters"]["limit"]["schema"]
    assert limit["maximum"] >= 1_000

    collections = get(
        href(landing, "data", "application/json"), "application/json"
    ).json()
    (found,) = [c for c in collections["collections"] if c["id"] == "stations"]
    queryables = get(
        href(found, QUERYABLES, "application/schema+json"), "application/schema+json"
    )
    assert queryables.json()["properties"]["height"]["type"] == "number"

    items = href(found, "items", "application/geo+json")
    url = items.partition("?")[0]
    asked = {
        "limit": "1000",
        "filter": '("kind" = \'wind\') AND ("height" >= 100)',
        "filter-lang": "cql2-text",
        "bbox": "-180,-90,180,90",
    }
    page = get(url, "application/geo+json", **asked).json()
    n = len(page["features"])
    while following := [k for k in page["links"] if k["rel"] == "next"]:
        page = get(following[0]["href"], "application/geo+json").json()
        n += len(page["features"])
    assert n == api.one(
        "select count(*) from marts.stations where kind = 'wind' and height >= 100"
    )


def test_the_first_look_at_a_layer_and_its_table(api: Api) -> None:
    """Ten features tell the fields; the table then reads page after page."""
    url = api.collection("stations") + "/items"
    first = get(url, "application/geo+json", limit="10").json()
    names = {name for f in first["features"] for name in f["properties"]}
    assert names == {"id", "name", "kind", "height", "opened", "seen_at"}
    seen: set[Any] = set()
    page = get(url, "application/geo+json", limit="1000").json()
    while True:
        seen |= {feature["id"] for feature in page["features"]}
        following = [k for k in page["links"] if k["rel"] == "next"]
        if not following:
            break
        assert following[0]["type"] == "application/geo+json"
        page = get(following[0]["href"], "application/geo+json").json()
    assert len(seen) == STATIONS
