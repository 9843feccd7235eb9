"""How old the feeds are: what a schedule asks the Lambda, and what it tells."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from catchment import contract_words
from tests.conftest import Platform
from tests.loader.conftest import Desk, column, readings, s3_event, sample, source
from tests.loader.test_metrics import Lines, lines, values

__all__ = ["lines"]  # a fixture

Call = Callable[..., Any]
ASKED = sample("freshness")
DAY = 24 * 3600


def publish(desk: Desk, **limits: dict[str, Any] | None) -> None:
    """Publish the catalog anew, with other words of `freshness` for some feeds."""
    document = json.loads(
        desk.one("select document::text from ops.catalog order by published_at desc")
    )
    for feed in document["feeds"]:
        if feed["name"] in limits:
            feed["freshness"] = limits[feed["name"]]
    desk.ask(
        "insert into ops.catalog (hash, document) values ('edited', %s) returning 1",
        json.dumps(document),
    )


def enter(desk: Desk, feed: str, age: str, status: str = "loaded") -> None:
    """A line of the ledger about a file that came this long ago."""
    desk.ask(
        "insert into ops.load (feed, bucket, key, version, status, finished_at) "
        "values (%s, 'b', %s, '1', %s, now() - %s::interval) returning 1",
        *(feed, f"{feed} {age} {status}", status, age),
    )


def ages(answer: Any) -> dict[str, int]:
    return {age["feed"]: age["age_seconds"] for age in answer["ages"]}


def stale(told: list[dict[str, Any]]) -> list[float]:
    return [values(line)["StaleFeeds"] for line in told if "StaleFeeds" in line]


def test_every_feed_tells_its_age_and_one_figure_how_many_are_stale(
    own_desk: Desk, call: Call, lines: Lines
) -> None:
    limit = {"error_after": {"count": 2, "period": "day"}}
    limits = {"observations": limit, "earthquakes": limit, "zip_areas": limit}
    publish(own_desk, **limits, parks=None)
    enter(own_desk, "observations", "3 days")
    enter(own_desk, "zip_areas", "49 hours")
    enter(own_desk, "earthquakes", "1 day")
    enter(own_desk, "parks", "1000 days")

    answer = call(own_desk.platform, ASKED)

    expected = {
        "observations": 3 * DAY,
        "zip_areas": 49 * 3600,
        "earthquakes": DAY,
        "parks": 1000 * DAY,
    }
    assert ages(answer) == pytest.approx(expected, abs=60)
    *of_feeds, of_all = lines()
    assert {line["feed"]: values(line) for line in of_feeds} == {
        feed: {"AgeSeconds": seconds} for feed, seconds in ages(answer).items()
    }
    for line in of_feeds:
        (told,) = line["_aws"]["CloudWatchMetrics"]
        assert told["Namespace"] == "Catchment/test"
        assert set(*told["Dimensions"]) == {"service", "feed"}
        assert told["Metrics"] == [{"Name": "AgeSeconds", "Unit": "Seconds"}]
    (told,) = of_all["_aws"]["CloudWatchMetrics"]
    assert told["Dimensions"] == [["service"]]
    assert values(of_all) == {"StaleFeeds": 2}


def test_a_new_file_makes_its_feed_fresh(
    own_desk: Desk, call: Call, lines: Lines
) -> None:
    publish(own_desk, observations={"error_after": {"count": 1, "period": "hour"}})
    enter(own_desk, "observations", "61 minutes")
    call(own_desk.platform, ASKED)
    assert stale(lines()) == [1]

    version = own_desk.bucket.put("incoming/observations/a.csv", readings(1))
    call(own_desk.platform, s3_event(version))
    call(own_desk.platform, ASKED)

    assert stale(lines()) == [0]


@pytest.mark.parametrize("status", ["rejected", "failed", "superseded"])
def test_a_file_of_which_no_row_counts_makes_nothing_fresh(
    own_desk: Desk, call: Call, status: str
) -> None:
    enter(own_desk, "observations", "2 days")
    enter(own_desk, "observations", "1 minute", status)
    assert ages(call(own_desk.platform, ASKED))["observations"] >= 2 * DAY


def test_feeds_without_a_load_or_without_a_contract_have_no_age(
    own_desk: Desk, call: Call, lines: Lines
) -> None:
    limit = {"error_after": {"count": 1, "period": "minute"}}
    publish(own_desk, observations=limit)
    enter(own_desk, "a_feed_that_was_taken_out", "9 days")
    assert call(own_desk.platform, ASKED) == {"ages": []}
    assert stale(lines()) == [0]


@pytest.mark.parametrize("broken", ["database", "catalog"])
def test_what_cannot_be_measured_is_not_told_and_does_not_come_back(
    own_desk: Desk, call: Call, lines: Lines, broken: str
) -> None:
    platform = own_desk.platform
    if broken == "database":
        platform = Platform(platform.admin, "another password")
    else:
        own_desk.ask("delete from ops.catalog returning 1")
    assert call(platform, ASKED) == {"ages": []}
    assert lines() == []


@pytest.mark.parametrize(
    ("period", "seconds"), [("minute", 60), ("hour", 3600), ("day", DAY)]
)
def test_the_limit_is_dbts_error_after(period: str, seconds: int) -> None:
    words = source("f", [column("a")])
    limit = {"count": 3, "period": period}
    feed = contract_words.parse({**words, "freshness": {"error_after": limit}})
    assert feed.error_after == timedelta(seconds=3 * seconds)


@pytest.mark.parametrize(
    "freshness",
    [None, {}, {"error_after": None}, {"error_after": {"count": None, "period": None}}],
)
def test_without_error_after_there_is_no_limit(freshness: Any) -> None:
    words = {**source("f", [column("a")]), "freshness": freshness}
    assert contract_words.parse(words).error_after is None


def test_dbt_publishes_the_words_of_every_feed(built: Platform, own_desk: Desk) -> None:
    published = own_desk.one(
        "select document::text from ops.catalog order by published_at desc"
    )
    feeds = json.loads(published)["feeds"]
    assert len(feeds) > 10
    for feed in feeds:
        assert set(feed["freshness"]) >= {"warn_after", "error_after"}, feed["name"]
        assert feed["freshness"]["warn_after"]["period"] == "day", feed["name"]
