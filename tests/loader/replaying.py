"""Short words for what the tests of replays do all the time."""

from dataclasses import replace
from typing import Any

from catchment.contract import Feed
from loader.outcome import Outcome
from loader.replay import replay
from loader.replay_rejects import replay_rejects
from tests.loader.conftest import Desk

FILE = "id,note,amount\n1,a,10\n2,b,5000\n3,c,30\n4,d,6000\n"


def mend(desk: Desk, feed: Feed, name: str = "", **words: Any) -> Feed:
    """Another contract: of one of its columns, or of the feed itself."""
    if name:
        columns = (replace(c, **words) if c.name == name else c for c in feed.columns)
        words = {"columns": tuple(columns)}
    desk.feeds[feed.name] = replace(feed, **words)
    return desk.feeds[feed.name]


def ids(desk: Desk, feed: Feed) -> list[Any]:
    return desk.ask(
        f"select _load_id, _row_number, id from raw.{feed.table} order by 1, 2"
    )


def again(desk: Desk, outcome: Outcome) -> Outcome:
    assert outcome.load_id is not None
    return replay(desk.loader(), outcome.load_id)


def rejects_again(desk: Desk, outcome: Outcome) -> Outcome:
    assert outcome.load_id is not None
    return replay_rejects(desk.loader(), outcome.load_id)


def folders(desk: Desk) -> list[str]:
    return [key.split("/")[0] for key in desk.bucket.keys()]  # noqa: SIM118


def is_told_by_the_ledger(desk: Desk, outcome: Outcome) -> None:
    """Every row of a load stands where its counts say."""
    read, loaded, rejected = desk.ask(
        "select rows_read, rows_loaded, rows_rejected from ops.load where load_id = %s",
        outcome.load_id,
    )[0]
    assert outcome.feed is not None
    assert read == loaded + rejected
    assert len(desk.rows(outcome.feed, outcome)) == loaded
    assert len(desk.rejects(outcome)) == rejected
