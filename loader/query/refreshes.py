"""Refresh what lies below the loads that wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from loader.query import Db


@dataclass(frozen=True)
class Waiting:
    """A load that no refresh has covered yet, as it was when it was read.

    Its rows may be replaced or taken out meanwhile, and those of its quarantine be
    added to them.
    """

    load_id: int
    feed: str
    status: str
    rows_loaded: int


def take_turn(db: Db, *, waits: bool) -> bool:
    """One loader refreshes at a time, until its transaction ends.

    Not the lock that dbt takes too: who finds that one taken may not leave.
    """
    word = "" if waits else "try_"
    row = db.execute(
        f"select pg_{word}advisory_xact_lock(hashtextextended('ops.turn', 0))::text"
    ).fetchone()
    return row is not None and row[0] != "false"


def others_load(db: Db) -> bool:
    """Whether another loader is at work: in a short transaction, or between two.

    A load that has gone on for seconds is not waited for, nor one who waits for the
    turn.
    """
    # What a transaction saw of the activity once it would see again.
    db.execute("select pg_stat_clear_snapshot()")
    row = db.execute(
        """
        select exists (
            select from pg_stat_activity
            where
                usename = current_user
                and application_name = current_setting('application_name')
                and datname = current_database()
                and pid != pg_backend_pid()
                and wait_event is distinct from 'advisory'
                and case state
                    when 'idle'
                        then state_change > clock_timestamp() - interval '250 ms'
                    else xact_start > clock_timestamp() - interval '2 s'
                end
        )
        """
    ).fetchone()
    return row is not None and bool(row[0])


def lock_refresh(db: Db) -> None:
    """No refresh while dbt builds, and none beside another."""
    db.execute("select pg_advisory_xact_lock(hashtextextended('ops.refresh', 0))")


def loads_to_refresh(db: Db, feeds: Sequence[str]) -> list[Waiting]:
    """The loads that no refresh has covered yet."""
    rows = db.execute(
        """
        select load_id, feed, status, rows_loaded
        from ops.load
        where
            refreshed_at is null
            and status in ('loaded', 'superseded', 'unloaded')
            and feed = any(%s)
        order by ops.load_number(load_id)
        """,
        [list(feeds)],
    )
    return [Waiting(*row) for row in rows]


def refresh_rollup(db: Db, model: str, load_ids: Sequence[int]) -> int:
    row = db.execute("select ops.refresh_rollup(%s, %s)", [model, list(load_ids)])
    return int((row.fetchone() or (0,))[0])


def refresh_mart(db: Db, model: str) -> int | None:
    """How many rows changed; None of a materialized view, which does not tell."""
    row = db.execute("select ops.refresh_mart(%s)", [model]).fetchone()
    return row[0] if row else None


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
    """A load that has changed since it was read goes on waiting."""
    db.execute(
        """
        update ops.load
        set refreshed_at = clock_timestamp()
        from unnest(%s::bigint[], %s::text[], %s::bigint[]) as seen (
            load_id, status, rows_loaded
        )
        where
            load.load_id = seen.load_id
            and load.status = seen.status
            and load.rows_loaded = seen.rows_loaded
        """,
        [
            [load.load_id for load in loads],
            [load.status for load in loads],
            [load.rows_loaded for load in loads],
        ],
    )
