"""Bring up to date what lies below the loads that just came in.

Every loader that committed a load comes here. The first one takes the lock and
covers all loads that wait; the others then find nothing left. So any number of
simultaneous loads costs at most two refreshes of each mart.
"""

import time
from collections.abc import Mapping, Sequence

import psycopg

from catchment.catalog import Catalog, Model
from catchment.database import Database
from loader import ledger
from loader.ledger import Db, Waiting


class RefreshFailed(RuntimeError):
    """Some models could not be refreshed; the loads of `feeds` go on waiting."""

    def __init__(self, failed: Mapping[str, str], feeds: set[str]):
        self.feeds = feeds
        super().__init__("; ".join(f"{name}: {said}" for name, said in failed.items()))


def refresh(database: Database) -> int:
    """Refresh all that lies below waiting loads; returns how many loads.

    A model that fails is logged and holds back what stands on it; the others
    are refreshed all the same.

    Raises:
        RefreshFailed: where a model failed, after all else is committed.
    """
    database.catalog()  # Finds a broken connection, while it can be mended.
    db = database.connection()
    with db.transaction():
        ledger.lock_refresh(db)
        # Not the catalog of before: a build may have published one meanwhile.
        catalog = database.catalog()
        waiting = ledger.loads_to_refresh(db, list(catalog.feeds))
        failed = _refresh_models(db, catalog, waiting) if waiting else {}
        held_back = {feed for name in failed for feed in catalog.feeds_above(name)}
        done = [load for load in waiting if load.feed not in held_back]
        ledger.set_refreshed(db, done)
    if failed:
        raise RefreshFailed(failed, held_back)
    return len(done)


def _refresh_models(
    db: Db, catalog: Catalog, waiting: Sequence[Waiting]
) -> dict[str, str]:
    """Walk the DAG; returns what failed, by model, with Postgres's message."""
    failed: dict[str, str] = {}
    for model in catalog.refresh_order({load.feed for load in waiting}):
        above = catalog.feeds_above(model.name)
        load_ids = [load.load_id for load in waiting if load.feed in above]
        if broken := catalog.models_above(model.name) & set(failed):
            failed[model.name] = f"stands on {', '.join(sorted(broken))}"
            continue
        if message := _refresh_model(db, model, load_ids):
            failed[model.name] = message
    return failed


def _refresh_model(db: Db, model: Model, load_ids: Sequence[int]) -> str | None:
    started = time.perf_counter()
    rows, error = None, None
    try:
        with db.transaction():
            if model.materialized == "rollup":
                rows = ledger.refresh_rollup(db, model.name, load_ids)
            else:
                ledger.refresh_mart(db, model.name)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as problem:
        error = str(problem).strip()
    seconds = time.perf_counter() - started
    ledger.log_refresh(db, model.name, load_ids, seconds, rows, error)
    return error
