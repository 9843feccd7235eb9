"""How old the newest load of each feed is, and whether its contract allows it.

The limits are dbt's `warn_after` and `error_after` of the source.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from api import container
from api.query import ledger as sql
from catchment.catalog import Catalog
from catchment.contract import Feed

# What `status` may be: none is of a feed without a load.
STATUSES = ("fresh", "late", "stale", "none")


def feeds(catalog: Catalog) -> Sequence[dict[str, Any]]:
    """Every feed by its name, with its newest load that counts."""
    rows = container.database().connection().execute(sql.NEWEST).fetchall()
    newest = {name: told for name, *told in rows}
    return [
        _told(feed, *newest.get(name, (None, None, 0)))
        for name, feed in sorted(catalog.feeds.items())
    ]


def _told(
    feed: Feed, newest: str | None, age: float | None, waiting: int
) -> dict[str, Any]:
    return {
        "feed": feed.name,
        "status": _status(feed, age),
        "newest_load_at": newest,
        "age_seconds": age if age is None else round(age),
        "warn_after_seconds": _seconds(feed.warn_after),
        "error_after_seconds": _seconds(feed.error_after),
        "loads_to_refresh": waiting,
    }


def _status(feed: Feed, age: float | None) -> str:
    if age is None:
        return "none"
    for word, limit in (("stale", feed.error_after), ("late", feed.warn_after)):
        if limit is not None and age > limit.total_seconds():
            return word
    return "fresh"


def _seconds(limit: timedelta | None) -> int | None:
    return None if limit is None else round(limit.total_seconds())
