"""The rows of one page, read in bounded memory."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from api.params import Query
from api.query import select
from catchment.catalog import Catalog

# Characters. More than 40 million do not shrink to the 5.5 MB of an answer, and a
# Lambda of 512 MB must hold them several times over.
MOST_TEXT = 40_000_000
# Rows of one fetch: as fast as all at once (10,000 rows: 24 ms, fetchall 29 ms).
CHUNK = 200


@dataclass(frozen=True)
class Page:
    """Groups as the texts that Postgres wrote, and whether others follow."""

    rows: tuple[str, ...]
    more: bool

    def half(self) -> "Page":
        return Page(self.rows[: len(self.rows) // 2], more=True)


def read(connection: Connection[Any], query: Query, catalog: Catalog) -> Page:
    """The first page of a query's groups, at most `query.limit` of them."""
    statement, bound = select(query, catalog)
    rows: list[str] = []
    length = 0
    with connection.cursor() as cursor:
        for (row,) in cursor.stream(statement, bound, size=CHUNK):
            if len(rows) == query.limit or (rows and length + len(row) > MOST_TEXT):
                return Page(tuple(rows), more=True)
            rows.append(row)
            length += len(row)
    return Page(tuple(rows), more=False)
