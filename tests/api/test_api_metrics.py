"""How long answers take, by route: lines of the log that CloudWatch reads."""

import json

import pytest


@pytest.fixture
def measured(capsys, monkeypatch, send):
    """Ask, and read the metrics of that request."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Catchment/test")

    def measured(path, query="", method="GET"):
        capsys.readouterr()
        send(path, query, method)
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in lines if '"_aws"' in line]

    return measured


def test_a_request_is_one_line_with_its_milliseconds(world, measured):
    (line,) = measured("/aggregated-data", "dataset=earthquakes_by_state&f=json")

    (told,) = line["_aws"]["CloudWatchMetrics"]
    assert told["Namespace"] == "Catchment/test"
    assert told["Metrics"] == [{"Name": "Milliseconds", "Unit": "Milliseconds"}]
    assert [set(names) for names in told["Dimensions"]] == [{"service", "route"}]
    assert (line["service"], line["route"]) == ("api", "/aggregated-data")
    assert len(line["Milliseconds"]) == 1
    assert line["Milliseconds"][0] > 0


@pytest.mark.parametrize(
    ("path", "method", "route"),
    [
        ("/health", "GET", "/health"),
        ("/health", "HEAD", "/health"),
        ("/places", "GET", "/places"),
        ("/places", "POST", "/places"),
        ("/places/1", "GET", "none"),
        ("/wp-login.php", "GET", "none"),
        ("/" + "a" * 2000, "GET", "none"),
    ],
)
def test_routes_are_the_catalogs_and_nobody_can_make_more(
    world, measured, path, method, route
):
    (line,) = measured(path, "limit=1", method)

    assert line["route"] == route


def test_an_answer_without_a_database_is_measured_too(measured, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert [measured(path)[0]["route"] for path in ("/health", "/places")] == [
        "/health",
        "none",
    ]


def test_nothing_is_printed_where_no_namespace_is_set(world, measured, monkeypatch):
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")

    assert measured("/health") == []
