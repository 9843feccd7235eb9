"""What dbt really built and published, asked under the API's own role."""

from urllib.parse import urlencode
from uuid import UUID

import pytest

from api import container


@pytest.fixture
def listing(built, monkeypatch, send):
    monkeypatch.setenv("DATABASE_URL", built.api)
    container.database.cache_clear()
    yield send("/aggregated-data").json
    container.database().close()
    container.database.cache_clear()


@pytest.fixture
def datasets(listing):
    return listing["datasets"]


# A value of each type, to ask with.
VALUES = {"text": "a", "date": "2025-01-01", "boolean": "true"}
VALUES |= dict.fromkeys(["smallint", "integer", "bigint", "numeric", "real"], "1")
VALUES |= {"double precision": "1.5", "timestamp with time zone": "2025-01-01"}
VALUES |= {"timestamp without time zone": "2025-01-01", "uuid": str(UUID(int=0))}


def test_every_published_dataset_answers_every_way_of_asking(datasets, send):
    assert datasets
    for dataset in datasets:
        ways = [{"group_by": d["name"]} for d in dataset["dimensions"]]
        ways += [{}, {"group_by": ""}]
        ways += [{"bbox": "177,65,-177,70"}] if dataset["geometry"] else []
        ways += [{"datetime": "2025-01-01/P2D"}] if dataset["time"] else []
        for way in ways:
            for format_ in ("json", "geojson"):
                query = urlencode({"dataset": dataset["name"], "f": format_, **way})
                answer = send("/aggregated-data", query)
                assert answer.status == 200, (query, answer.body)
        assert all(dimension["type"] for dimension in dataset["dimensions"])


def test_every_published_path_answers_every_way_of_asking(listing, send):
    for entry in listing["paths"]:
        ways = [{}, {"limit": "1"}]
        for asked in (*entry["parameters"], *entry["dimensions"]):
            assert asked["type"], (entry["path"], asked)
            if asked["type"] in VALUES:
                ways.append({asked["name"]: VALUES[asked["type"]]})
        for way in ways:
            for format_ in ("json", "geojson"):
                query = urlencode({"f": format_, **way})
                answer = send(entry["path"], query)
                assert answer.status == 200, (entry["path"], query, answer.body)


def test_health_is_well_under_the_apis_own_role(datasets, send):
    answer = send("/health")
    assert answer.status == 200
    names = [dataset["name"] for dataset in answer.json["datasets"]]
    assert names == [dataset["name"] for dataset in datasets]
