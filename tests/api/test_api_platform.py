"""What dbt really built and published, asked under the API's own role."""

from urllib.parse import urlencode

import pytest

from api import container


@pytest.fixture
def datasets(built, monkeypatch, send):
    monkeypatch.setenv("DATABASE_URL", built.api)
    container.database.cache_clear()
    yield send("/aggregated-data").json["datasets"]
    container.database().close()
    container.database.cache_clear()


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


def test_health_is_well_under_the_apis_own_role(datasets, send):
    answer = send("/health")
    assert answer.status == 200
    names = [dataset["name"] for dataset in answer.json["datasets"]]
    assert names == [dataset["name"] for dataset in datasets]
