"""Loads that are tried again, and records that leave the quarantine."""

from collections.abc import Mapping, Sequence
from typing import Any

from loader.events import ObjectVersion
from loader.outcome import Counts
from loader.query import Db
from loader.readers.records import Broken

# Line and MD5 of a record.
Mark = tuple[int | None, bytes]


def set_replay(db: Db, load_id: int, origin: int, moved_to: str | None) -> None:
    """Say of a load that it is another try, and where its object is."""
    db.execute(
        "update ops.load set replay_of = %s, moved_to = %s where load_id = %s",
        [origin, moved_to, load_id],
    )


def marks(db: Db, load_id: int) -> dict[int, Mark]:
    """What each record in the quarantine of a load is known by, by its number."""
    rows = db.execute(
        "select row_number, line, decode(md5(record), 'hex') from ops.reject"
        " where load_id = %s",
        [load_id],
    )
    return {number: (line, digest) for number, line, digest in rows}


def records(db: Db, load_id: int) -> list[tuple[Broken, str | None]]:
    """Each record in the quarantine of a load, and the column of its first fault."""
    rows = db.execute(
        "select row_number, line, code, message, record, column_name from ops.reject"
        " where load_id = %s order by row_number",
        [load_id],
    )
    return [(Broken(*words), column) for *words, column in rows]


def is_all_kept(db: Db, load_id: int) -> bool:
    """Whether a load is rejected, and its quarantine has all of its records."""
    row = db.execute(
        "select status = 'rejected' and rows_rejected = rows_read from ops.load"
        " where load_id = %s",
        [load_id],
    ).fetchone()
    return bool(row and row[0])


def delete_rejects(db: Db, load_id: int) -> None:
    db.execute("delete from ops.reject where load_id = %s", [load_id])


def add_rows(db: Db, load_id: int, counts: Counts) -> None:
    """Rows that came out of the quarantine, and how many are left in it.

    The first rows of a load that was rejected make it count.
    """
    db.execute(
        """
        update ops.load
        set
            rows_loaded = rows_loaded + %(loaded)s,
            rows_rejected = %(rejected)s,
            status = case when %(loaded)s = 0 then status else 'loaded' end,
            reason = case when %(loaded)s = 0 then reason end,
            refreshed_at = case when %(loaded)s = 0 then refreshed_at end
        where load_id = %(load_id)s
        """,
        {"load_id": load_id, "loaded": counts.loaded, "rejected": counts.rejected},
    )


def of_objects(db: Db, versions: Sequence[ObjectVersion]) -> list[Mapping[str, Any]]:
    """What the ledger says last of each object version, in their order; {} of one
    that it does not know.

    Where an event names no version, the ledger has the etag for one.
    """
    rows = db.execute(
        """
        select coalesce(
            (
                select json_build_object(
                    'load_id', load_id, 'status', status,
                    'rows_loaded', rows_loaded, 'rows_rejected', rows_rejected,
                    'is_refreshed', refreshed_at is not null
                )
                from ops.load
                where
                    load.bucket = asked.bucket
                    and load.key = asked.key
                    and load.version in (asked.version, asked.etag)
                order by ops.load_number(load_id) desc
                limit 1
            ),
            '{}'
        )
        from unnest(%s::text[], %s::text[], %s::text[], %s::text[])
            with ordinality as asked (bucket, key, version, etag, place)
        order by asked.place
        """,
        [
            [version.bucket for version in versions],
            [version.key for version in versions],
            [version.version for version in versions],
            [version.etag for version in versions],
        ],
    )
    return [dict(row[0]) for row in rows]
