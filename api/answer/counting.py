"""How many rows a query matches: exact where that is cheap, else as Postgres plans.

A page that is the whole answer is its own count. Of others up to `MOST` are counted
and more are estimated, on the first page only: who follows `next` knows it already.
"""

from typing import Any

from psycopg import Connection

from api.answer.pages import Matched, Page
from api.query import Bound, counts
from api.question.asked import Query
from catchment.catalog import Catalog

# OGC's test suite compares numberMatched with what `next` yields up to here.
MOST = 10_000
# What was counted stays true for as long as the batch does.
_MOST_KNOWN = 1_000
_known: dict[tuple[Any, ...], Matched] = {}


def of_page(
    page: Page, connection: Connection[Any], query: Query, catalog: Catalog, batch: str
) -> Matched | None:
    """The number, or None behind a cursor, where it would cost a question more."""
    if query.after is not None:
        return None
    if not page.more:
        return Matched(len(page.rows))
    statement, bound = counts.count(query, catalog, MOST + 1)
    asked = (batch, statement.as_string(connection), *bound.values())
    if asked not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _counted(connection, query, catalog)
        if found.is_estimated:
            return found  # A better one may be had once the table is analyzed.
        _known[asked] = found
    return _known[asked]


def exact(connection: Connection[Any], query: Query, catalog: Catalog) -> Matched:
    """The number, whatever it costs below the statement timeout."""
    return Matched(_one(connection, *counts.count(query, catalog)))


def _counted(connection: Connection[Any], query: Query, catalog: Catalog) -> Matched:
    number = _one(connection, *counts.count(query, catalog, MOST + 1))
    if number <= MOST:
        return Matched(number)
    plan = _one(connection, *counts.estimate(query, catalog))
    return Matched(max(number, int(plan[0]["Plan"]["Plan Rows"])), is_estimated=True)


def _one(connection: Connection[Any], statement: Any, bound: Bound) -> Any:
    row = connection.execute(statement, bound).fetchone()
    return row[0] if row else 0
