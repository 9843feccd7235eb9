"""Every metric that the code writes is watched, and nothing else is looked for."""

import json
import re

from tests.conftest import ROOT
from tests.terraform.conftest import Stack

ROOMS = ("api", "catchment", "loader")
WRITTEN = re.compile(r'\("(\w+)", MetricUnit\.\w+')
SEARCHED = re.compile(r"\{\"(?P<namespace>[^\"]+)\",.*MetricName=\"(?P<name>\w+)\"")
# Where looking for ages is turned off.
OF_FRESHNESS = {"AgeSeconds", "StaleFeeds"}


def written() -> set[str]:
    """The names of metrics in the code: `("RowsRead", MetricUnit.Count, …)`."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {name for path in files for name in WRITTEN.findall(path.read_text())}


def alarmed(stack: Stack, namespace: str) -> set[str]:
    alarms = [alarm["values"] for alarm in stack.of_type("aws_cloudwatch_metric_alarm")]
    parts = [
        metric
        for alarm in alarms
        for query in alarm["metric_query"]
        for metric in query["metric"]
    ]
    return {
        metric["metric_name"]
        for metric in [*alarms, *parts]
        if metric["namespace"] == namespace
    }


def shown(stack: Stack, namespace: str) -> set[str]:
    (dashboard,) = stack.of_type("aws_cloudwatch_dashboard")
    found = set()
    for widget in json.loads(dashboard["values"]["dashboard_body"])["widgets"]:
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], dict):
                match = SEARCHED.search(metric[0]["expression"])
                assert match, metric
                metric = [match["namespace"], match["name"]]
            if metric[0] == namespace:
                found.add(metric[1])
    return found


def test_every_metric_of_the_code_has_an_alarm_or_is_on_the_dashboard(
    stack: Stack,
) -> None:
    (function, *_) = stack.of_type("aws_lambda_function")
    (environment,) = function["values"]["environment"]
    namespace = environment["variables"]["POWERTOOLS_METRICS_NAMESPACE"]
    asks = any(
        schedule["values"]["name"].endswith("-freshness")
        for schedule in stack.of_type("aws_scheduler_schedule")
    )

    watched = alarmed(stack, namespace) | shown(stack, namespace)

    assert {"Milliseconds", "RowsLoaded"} <= watched
    assert watched == written() - (set() if asks else OF_FRESHNESS)
