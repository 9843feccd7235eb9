"""OWSLib's Features: it takes links and media types to the letter."""

import pytest
from owslib.ogcapi.features import Features

from tests.clients.conftest import STATIONS, Api


@pytest.fixture
def client(api: Api) -> Features:
    return Features(api.url)


def test_it_finds_the_document_of_the_api(client: Features) -> None:
    assert client.api()["openapi"].startswith("3.0.")


def test_it_reads_conformance_and_collections(client: Features) -> None:
    assert any(
        "features-1/1.0/conf/core" in c for c in client.conformance()["conformsTo"]
    )
    assert {"stations", "earthquakes_by_state"} <= set(client.feature_collections())
    assert client.collection("stations")["title"] == "Stations"


def test_it_asks_for_items(client: Features, api: Api) -> None:
    page = client.collection_items("stations", limit=10)
    assert len(page["features"]) == page["numberReturned"] == 10
    page = client.collection_items("stations", bbox=[-20, -30, 40, 50], limit=10_000)
    assert page["numberReturned"] == api.one(
        "select count(*) from marts.stations "
        "where st_intersects(geom, st_makeenvelope(-20, -30, 40, 50, 4326))"
    )
    page = client.collection_items(
        "stations", datetime_="2024-01-02T00:00:00Z/2024-01-03T00:00:00Z"
    )
    assert page["numberReturned"] == 25
    assert client.collection_item("stations", "7")["properties"]["id"] == 7


def test_it_filters(client: Features) -> None:
    page = client.collection_items("stations", filter="height > 200 AND kind = 'sun'")
    assert page["features"]
    assert all(f["properties"]["height"] > 200 for f in page["features"])
    assert {f["properties"]["kind"] for f in page["features"]} == {"sun"}


def test_it_reads_queryables(client: Features) -> None:
    found = client.collection_queryables("stations")["properties"]
    assert found["kind"]["type"] == "string"


def test_all_pages(client: Features) -> None:
    import requests

    page, ids = client.collection_items("stations", limit=500), []
    while True:
        ids += [feature["id"] for feature in page["features"]]
        following = [k["href"] for k in page["links"] if k["rel"] == "next"]
        if not following:
            break
        page = requests.get(following[0], timeout=30).json()
    assert len(set(ids)) == len(ids) == STATIONS
