"""The ledger: what became of each object version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from catchment.contract import Feed
from loader.events import Deletion, ObjectVersion
from loader.outcome import Counts
from loader.query import Db

# A load of a partition of its own has its number and this for its id: 5 and
# 2000000000005. The shared partitions end below (migrations/partitions.py).
OWN_PARTITION = 2_000_000_000_000


@dataclass(frozen=True)
class Known:
    """A row of the ledger about a key."""

    load_id: int
    feed: str | None
    version: str
    etag: str | None
    sequencer: str | None
    status: str

    def counts_for(self, feed: Feed) -> bool:
        """Whether its rows are in the feed's raw table."""
        return self.status == "loaded" and self.feed == feed.name


@dataclass(frozen=True)
class Entry:
    """A row of the ledger as it stood when it was read.

    Attributes:
        origin: number of the load that came by the event of which this one is
            another try; its own, where it is the first.
    """

    load_id: int
    feed: str | None
    version: ObjectVersion
    status: str
    moved_to: str | None
    superseded_by: int | None
    origin: int


def lock_key(db: Db, version: ObjectVersion | Deletion) -> None:
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
        order by ops.load_number(load_id) desc
        """,
        [version.bucket, version.key],
    )
    return [Known(*row) for row in rows]


def open_load(
    db: Db, version: ObjectVersion, feed: str, catalog_hash: str, *, is_large: bool
) -> int:
    """Enter a load; nobody sees it until it is closed and committed."""
    row = db.execute(
        """
        insert into ops.load (
            load_id, feed, bucket, key, version, etag, sequencer, size_bytes,
            status, catalog_hash
        )
        values (
            %s + nextval('ops.load_load_id_seq'), %s, %s, %s, %s, %s, %s, %s,
            'loading', %s
        )
        returning load_id
        """,
        [OWN_PARTITION * is_large, feed, *_identity(version), catalog_hash],
    ).fetchone()
    assert row is not None
    return int(row[0])


def close_load(
    db: Db,
    load_id: int,
    counts: Counts,
    status: str,
    reason: str | None,
    seconds: Mapping[str, float],
    unknown_columns: Sequence[str] = (),
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
            seconds_by_part = %s,
            unknown_columns = %s,
            finished_at = clock_timestamp()
        where load_id = %s
        """,
        [
            status,
            reason,
            counts.read,
            counts.loaded,
            counts.rejected,
            Jsonb({part: round(took, 4) for part, took in seconds.items()}),
            list(unknown_columns) or None,
            load_id,
        ],
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


def supersede(db: Db, load_ids: Sequence[int], by: int) -> None:
    """Loads whose rows another one replaces."""
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


def unload(db: Db, load_id: int, reason: str) -> None:
    """A load whose rows were taken out; what stood on them waits for a refresh."""
    db.execute(
        """
        update ops.load
        set status = 'unloaded', reason = %s, refreshed_at = null
        where load_id = %s
        """,
        [reason, load_id],
    )


def find(db: Db, load_id: int) -> Entry | None:
    """A load by its id; None where the ledger has none."""
    row = db.execute(f"{_ENTRIES} where load_id = %s", [load_id]).fetchone()
    return _entry(*row) if row else None


def loaded_of(db: Db, version: ObjectVersion) -> list[Entry]:
    """The loads of a key that count, newest first."""
    rows = db.execute(
        f"""
        {_ENTRIES}
        where bucket = %s and key = %s and status = 'loaded'
        order by ops.load_number(load_id) desc
        """,
        [version.bucket, version.key],
    )
    return [_entry(*row) for row in rows]


def lying_at(db: Db, bucket: str, key: str) -> list[Entry]:
    """The loads whose object lies there, that count or did so, newest first."""
    rows = db.execute(
        f"""
        {_ENTRIES}
        where
            bucket = %(bucket)s
            and (moved_to = %(key)s or (key = %(key)s and moved_to is null))
            and status in ('loaded', 'unloaded')
        order by ops.load_number(load_id) desc
        """,
        {"bucket": bucket, "key": key},
    )
    return [_entry(*row) for row in rows]


def newest_version(db: Db, version: ObjectVersion) -> str | None:
    """The version of the newest load of a key and an etag; None where there is none."""
    row = db.execute(
        """
        select version
        from ops.load
        where bucket = %s and key = %s and etag = %s
        order by ops.load_number(load_id) desc
        limit 1
        """,
        [version.bucket, version.key, version.etag],
    ).fetchone()
    return row[0] if row else None


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


_ENTRIES = """
    select
        load_id, feed, status, moved_to, superseded_by,
        ops.load_number(coalesce(replay_of, load_id)),
        bucket, key, version, etag, sequencer, size_bytes
    from ops.load
"""


def _entry(
    load_id: int,
    feed: str | None,
    status: str,
    moved_to: str | None,
    superseded_by: int | None,
    origin: int,
    bucket: str,
    key: str,
    version: str,
    etag: str | None,
    sequencer: str | None,
    size: int | None,
) -> Entry:
    id_ = None if version == etag else version
    written = ObjectVersion(bucket, key, etag or version, id_, sequencer, size)
    return Entry(load_id, feed, written, status, moved_to, superseded_by, origin)


def _identity(version: ObjectVersion) -> list[Any]:
    return [
        version.bucket,
        version.key,
        version.version,
        version.etag,
        version.sequencer,
        version.size,
    ]
