"""How old each feed is, and whether its contract allows it.

The limit is dbt's `error_after` of the source, as the catalog has it; the age is that
of the newest load that counts, which is what the sources' `loaded_at_query` asks for.
So `dbt source freshness` and this say the same. A feed that has no load yet has no
age: `catchment check` warns of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from catchment.database import Database
from loader.query import loads

# The event that asks for it, `{"source": …}`, as EventBridge names senders.
SOURCE = "catchment.freshness"


@dataclass(frozen=True)
class Age:
    """Of one feed: seconds since its newest load, and how old it may be."""

    feed: str
    seconds: float
    error_after: timedelta | None

    @property
    def is_stale(self) -> bool:
        limit = self.error_after
        return limit is not None and self.seconds > limit.total_seconds()

    @property
    def told(self) -> dict[str, Any]:
        limit = self.error_after
        return {
            "feed": self.feed,
            "age_seconds": round(self.seconds),
            "error_after_seconds": limit.total_seconds() if limit else None,
        }


def ages(database: Database) -> Sequence[Age]:
    """The age of each feed of the catalog that has a load.

    Raises:
        NoCatalog: where none is published.
        psycopg.Error: where the database fails.
    """
    feeds = database.catalog().feeds
    seconds = loads.ages(database.connection())
    return [
        Age(name, seconds[name], feed.error_after)
        for name, feed in feeds.items()
        if name in seconds
    ]
