"""The ledger: what became of each object version, and all SQL of the loader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from catchment.contract import Column, Feed
from loader.events import ObjectVersion

Db = Connection[Any]


@dataclass(frozen=True)
class Known:
    """A row of the ledger about a key."""

    load_id: int
    feed: str | None
    version: str
    etag: str | None
    sequencer: str | None
    status: str


@dataclass(frozen=True)
class Waiting:
    """A load that no refresh has covered yet, and its status as it was read."""

    load_id: int
    feed: str
    status: str


@dataclass(frozen=True)
class Counts:
    """Rows of a file: all records, those copied, those put into quarantine."""

    read: int = 0
    loaded: int = 0
    rejected: int = 0


NO_ROWS = Counts()


def lock_key(db: Db, version: ObjectVersion) -> None:
    """One load of a key at a time, until the transaction ends."""
    db.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        [f"{version.bucket}/{version.key}"],
    )


def known_loads(db: Db, version: ObjectVersion) -> list[Known]:
    """What the ledger says of this key, newest first."""
    rows = db.execute(
        """
        select load_id, feed, version, etag, sequencer, status
        from ops.load
        where bucket = %s and key = %s
        order by load_id desc
        """,
        [version.bucket, version.key],
    )
    return [Known(*row) for row in rows]


def open_load(db: Db, version: ObjectVersion, feed: str, catalog_hash: str) -> int:
    """Enter a load as loaded; it counts only if the transaction commits."""
    row = db.execute(
        """
        insert into ops.load (
            feed, bucket, key, version, etag, sequencer, size_bytes, status,
            catalog_hash
        )
        values (%s, %s, %s, %s, %s, %s, %s, 'loaded', %s)
        returning load_id
        """,
        [feed, *_identity(version), catalog_hash],
    ).fetchone()
    assert row is not None
    return int(row[0])


def close_load(
    db: Db, load_id: int, counts: Counts, status: str, reason: str | None = None
) -> None:
    db.execute(
        """
        update ops.load
        set
            status = %s,
            reason = %s,
            rows_read = %s,
            rows_loaded = %s,
            rows_rejected = %s,
            finished_at = clock_timestamp()
        where load_id = %s
        """,
        [status, reason, counts.read, counts.loaded, counts.rejected, load_id],
    )


def enter(
    db: Db,
    version: ObjectVersion,
    status: str,
    reason: str,
    feed: str | None = None,
    superseded_by: int | None = None,
) -> int:
    """Enter an object version of which no row was published."""
    row = db.execute(
        """
        insert into ops.load (
            feed, bucket, key, version, etag, sequencer, size_bytes, status,
            reason, superseded_by, finished_at, refreshed_at
        )
        values (
            %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp(),
            clock_timestamp()
        )
        returning load_id
        """,
        [feed, *_identity(version), status, reason, superseded_by],
    ).fetchone()
    assert row is not None
    return int(row[0])


def supersede(db: Db, feed: Feed, load_ids: Sequence[int], by: int) -> None:
    """Take the rows of older loads out; their rollup rows go with the refresh."""
    table = sql.Identifier(feed.schema, feed.table)
    delete = sql.SQL("delete from {} where _load_id = any(%s)").format(table)
    db.execute(delete, [list(load_ids)])
    db.execute(
        """
        update ops.load
        set status = 'superseded', superseded_by = %s, refreshed_at = null
        where load_id = any(%s)
        """,
        [by, list(load_ids)],
    )


def set_moved(db: Db, load_id: int, key: str) -> None:
    db.execute("update ops.load set moved_to = %s where load_id = %s", [key, load_id])


def copy_rows(
    feed: Feed, of_key: Iterable[Column], of_file: Iterable[Column], delimiter: str
) -> sql.Composed:
    """COPY of good rows: what is the same for all of them, then the rest."""
    heads = ["_load_id", *(column.name for column in of_key)]
    names = [*heads, "_row_number", *(column.name for column in of_file)]
    return sql.SQL("copy {} ({}) from stdin (delimiter {}, null '')").format(
        sql.Identifier(feed.schema, feed.table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Literal(delimiter),
    )


COPY_REJECTS = """
    copy ops.reject (
        load_id, row_number, line, column_name, code, message, record, also
    ) from stdin
"""


def lock_refresh(db: Db) -> None:
    """One refresher at a time; those who wait find their loads done."""
    db.execute("select pg_advisory_xact_lock(hashtextextended('ops.refresh', 0))")


def loads_to_refresh(db: Db, feeds: Sequence[str]) -> list[Waiting]:
    """The loads that no refresh has covered yet."""
    rows = db.execute(
        """
        select load_id, feed, status
        from ops.load
        where
            refreshed_at is null
            and status in ('loaded', 'superseded')
            and feed = any(%s)
        order by load_id
        """,
        [list(feeds)],
    )
    return [Waiting(*row) for row in rows]


def ages(db: Db) -> dict[str, float]:
    """Seconds since the newest load of each feed that counts, by the server's
    clock. A feed without one is absent."""
    rows = db.execute(
        """
        select feed, extract(epoch from clock_timestamp() - max(finished_at))::float8
        from ops.load
        where status = 'loaded' and feed is not null
        group by feed
        """
    )
    return dict(rows.fetchall())


def refresh_rollup(db: Db, model: str, load_ids: Sequence[int]) -> int:
    row = db.execute("select ops.refresh_rollup(%s, %s)", [model, list(load_ids)])
    return int((row.fetchone() or (0,))[0])


def refresh_mart(db: Db, model: str) -> None:
    db.execute("select ops.refresh_mart(%s)", [model])


def log_refresh(
    db: Db,
    model: str,
    load_ids: Sequence[int],
    seconds: float,
    rows: int | None,
    error: str | None,
) -> None:
    db.execute(
        """
        insert into ops.refresh (
            model, load_ids, started_at, seconds, rows, status, message
        )
        values (
            %(model)s, %(load_ids)s,
            clock_timestamp() - %(seconds)s * interval '1 second', %(seconds)s,
            %(rows)s, %(status)s, %(error)s
        )
        """,
        {
            "model": model,
            "load_ids": list(load_ids),
            "seconds": seconds,
            "rows": rows,
            "status": "failed" if error else "done",
            "error": error,
        },
    )


def set_refreshed(db: Db, loads: Sequence[Waiting]) -> None:
    """A load that was superseded since it was read goes on waiting."""
    db.execute(
        """
        update ops.load
        set refreshed_at = clock_timestamp()
        from unnest(%s::bigint[], %s::text[]) as seen (load_id, status)
        where load.load_id = seen.load_id and load.status = seen.status
        """,
        [[load.load_id for load in loads], [load.status for load in loads]],
    )


def entry(db: Db, load_id: int) -> dict[str, Any]:
    """What the ledger says of one load, by its own words."""
    row = db.execute(
        """
        select json_build_object(
            'etag', etag, 'status', status, 'reason', reason, 'rows_read', rows_read,
            'rows_loaded', rows_loaded, 'rows_rejected', rows_rejected,
            'is_refreshed', refreshed_at is not null
        )
        from ops.load
        where load_id = %s
        """,
        [load_id],
    ).fetchone()
    assert row is not None
    return dict(row[0])


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


def _identity(version: ObjectVersion) -> list[Any]:
    return [
        version.bucket,
        version.key,
        version.version,
        version.etag,
        version.sequencer,
        version.size,
    ]
