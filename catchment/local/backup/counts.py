"""What is in a database, told so that two of them can be compared."""

from typing import Any

import psycopg
from psycopg.rows import tuple_row

from catchment import roles
from catchment.local.backup import queries
from catchment.local.backup.manifests import Table
from catchment.local.voice import Say, silent

OWNER = {"owner": roles.OWNER}


def tables(connection: psycopg.Connection[Any], say: Say = silent) -> tuple[Table, ...]:
    """Number and checksum of the rows of every table that is the platform's.

    To be called inside a transaction, whose settings it changes.
    """
    connection.execute(queries.SETTINGS)
    found = connection.execute(queries.TABLES, OWNER).fetchall()
    return tuple(_table(connection, say, *row) for row in found)


def _table(
    connection: psycopg.Connection[Any],
    say: Say,
    name: str,
    is_view: bool,
    is_filled: bool,
    columns: list[tuple[str, str]],
) -> Table:
    if not is_filled:
        return Table(name, is_view, None, "")
    say(f"Counting {name}")
    query, labels = queries.count(name, columns, is_view)
    cursor = connection.cursor(row_factory=tuple_row)
    rows, checksum, *sums = cursor.execute(query).fetchone() or (0, "")
    pairs = zip(sums[::2], sums[1::2], strict=True)
    return Table(name, is_view, rows, checksum, dict(zip(labels, pairs, strict=True)))
