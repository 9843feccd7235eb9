"""Rows of raw tables and of the quarantine: COPY them in, take them out."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql

from catchment.contract import Column, Feed
from loader.query import Db

COPY_REJECTS = """
    copy ops.reject (
        load_id, row_number, line, column_name, code, message, record, also
    ) from stdin
"""


def copy_rows(
    schema: str,
    table: str,
    of_key: Iterable[Column],
    of_file: Iterable[Column],
    delimiter: str,
) -> sql.Composed:
    """COPY of good rows: what is the same for all of them, then the rest."""
    heads = ["_load_id", *(column.name for column in of_key)]
    names = [*heads, "_row_number", *(column.name for column in of_file)]
    return sql.SQL("copy {} ({}) from stdin (delimiter {}, null '')").format(
        sql.Identifier(schema, table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Literal(delimiter),
    )


def rejects(db: Db, load_id: int) -> list[dict[str, Any]]:
    """The quarantine of one load, in the order of its records."""
    rows = db.execute(
        """
        select json_build_object(
            'row_number', row_number, 'column', column_name, 'code', code,
            'message', message, 'also', also
        )
        from ops.reject
        where load_id = %s
        order by row_number
        """,
        [load_id],
    )
    return [dict(row[0]) for row in rows]


def own_partitions(db: Db, feed: Feed) -> int:
    """How many loads of a feed have a partition of their own."""
    row = db.execute(
        "select count(*) from pg_inherits where inhparent = %s::regclass",
        [sql.Identifier(feed.schema, feed.table).as_string()],
    ).fetchone()
    assert row is not None
    return int(row[0]) - 1


def open_partition(db: Db, feed: Feed, load_id: int) -> str:
    """Make the table of a large load, without indexes; its name."""
    row = db.execute(
        "select ops.open_partition(%(feed)s, %(load_id)s),"
        " ops.own_partition(%(feed)s, %(load_id)s)",
        {"feed": feed.table, "load_id": load_id},
    ).fetchone()
    assert row is not None
    return str(row[1])


def attach_partition(db: Db, feed: Feed, load_id: int) -> None:
    """Index the table of a large load, and make it part of the raw table."""
    db.execute("select ops.attach_partition(%s, %s)", [feed.table, load_id])


def remove(db: Db, feed: Feed, load_ids: Sequence[int]) -> None:
    """Take the rows of loads out; their rollup rows go with the refresh."""
    db.execute("select ops.remove_rows(%s, %s)", [feed.table, list(load_ids)])


def drop_emptied_partitions(db: Db) -> int:
    """Drop partitions whose rows were taken out, where nobody reads them now."""
    row = db.execute("select ops.drop_emptied_partitions()").fetchone()
    assert row is not None
    return int(row[0])
