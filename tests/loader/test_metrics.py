"""What the loader tells CloudWatch, in lines of its log (EMF)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.loader.conftest import Desk, reading, readings, s3_event, sqs_event

Lines = Callable[[], list[dict[str, Any]]]
COUNTS = {"RowsRead": "Count", "RowsLoaded": "Count", "RowsRejected": "Count"}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lines:
    """The metrics that were printed since the last look."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Catchment/test")

    def lines() -> list[dict[str, Any]]:
        printed = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in printed if '"_aws"' in line]

    return lines


def values(line: dict[str, Any]) -> dict[str, float]:
    """The metrics of a line, of which each has one value."""
    (told,) = line["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: line[metric["Name"]][0] for metric in told["Metrics"]}


def test_a_file_is_counted_and_timed_and_so_is_the_refresh(
    own_desk: Desk, call: Callable[..., Any], lines: Lines
) -> None:
    text = readings(1, 2, 3) + reading(4, "no number")
    version = own_desk.bucket.put("incoming/observations/a.csv", text)

    call(own_desk.platform, sqs_event(s3_event(version)))

    load, refresh = lines()
    for line, units in (
        (load, {**COUNTS, "LoadSeconds": "Seconds"}),
        (refresh, {"RefreshSeconds": "Seconds"}),
    ):
        (told,) = line["_aws"]["CloudWatchMetrics"]
        assert told["Namespace"] == "Catchment/test"
        assert told["Dimensions"] == [["service"]]
        assert line["service"] == "loader"
        assert {m["Name"]: m["Unit"] for m in told["Metrics"]} == units
    seconds = values(load).pop("LoadSeconds")
    assert {name: values(load)[name] for name in COUNTS} == {
        "RowsRead": 4,
        "RowsLoaded": 3,
        "RowsRejected": 1,
    }
    assert seconds > 0
    assert values(refresh)["RefreshSeconds"] > 0


def test_a_second_delivery_counts_no_row_twice(
    own_desk: Desk, call: Callable[..., Any], lines: Lines
) -> None:
    version = own_desk.bucket.put("incoming/observations/a.csv", readings(1))
    call(own_desk.platform, s3_event(version))
    lines()

    call(own_desk.platform, s3_event(version))

    assert [set(values(line)) for line in lines()] == [{"RefreshSeconds"}]


def test_a_file_that_is_refused_counts_its_rejects_and_no_loaded_row(
    own_desk: Desk, call: Callable[..., Any], lines: Lines
) -> None:
    version = own_desk.bucket.put("incoming/observations/a.csv", readings("x", "y"))

    call(own_desk.platform, s3_event(version))

    (load,) = lines()
    assert {name: values(load)[name] for name in COUNTS} == {
        "RowsRead": 2,
        "RowsLoaded": 0,
        "RowsRejected": 2,
    }


def test_nothing_is_printed_where_no_namespace_is_set(
    own_desk: Desk,
    call: Callable[..., Any],
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    version = own_desk.bucket.put("incoming/observations/a.csv", readings(1))

    call(own_desk.platform, s3_event(version))

    assert lines() == []
