"""Bring up to date what lies below the loads that just came in.

Every loader that committed a load comes here. The first one takes the lock and
covers all loads that wait; the others then find nothing left. So any number of
simultaneous loads costs at most two refreshes of each mart.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg

from catchment.catalog import Catalog, Model
from catchment.database import Database
from loader import ledger
from loader.ledger import Db, Waiting


@dataclass(frozen=True)
class Failure:
    """A model that could not be refreshed for some loads."""

    model: str
    load_ids: frozenset[int]
    message: str
    is_of_a_value: bool = False


class RefreshFailed(RuntimeError):
    """Some models could not be refreshed; `load_ids` wait for the next try."""

    def __init__(self, failures: Sequence[Failure]):
        self.load_ids = {id_ for failure in failures for id_ in failure.load_ids}
        super().__init__("; ".join(f"{f.model}: {f.message}" for f in failures))


def refresh(database: Database) -> int:
    """Refresh all that lies below waiting loads; returns how many loads.

    A model that fails is logged and holds back what stands on it; where the rows
    of one load are at fault, it holds back that load only. Everything else is
    refreshed all the same.

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
        failures = list(_refresh_models(db, catalog, waiting)) if waiting else []
        held_back = {id_ for failure in failures for id_ in failure.load_ids}
        done = [load for load in waiting if load.load_id not in held_back]
        ledger.set_refreshed(db, done)
    if failures:
        raise RefreshFailed(failures)
    return len(done)


def _refresh_models(
    db: Db, catalog: Catalog, waiting: Sequence[Waiting]
) -> Iterator[Failure]:
    """Walk the DAG, and tell what failed."""
    broken: set[str] = set()
    for model in catalog.refresh_order({load.feed for load in waiting}):
        above = catalog.feeds_above(model.name)
        load_ids = frozenset(load.load_id for load in waiting if load.feed in above)
        if stands_on := sorted(catalog.models_above(model.name) & broken):
            broken.add(model.name)
            yield Failure(model.name, load_ids, f"stands on {', '.join(stands_on)}")
            continue
        failures = _refresh_model(db, model, load_ids)
        yield from failures
        if load_ids and load_ids == {id_ for f in failures for id_ in f.load_ids}:
            broken.add(model.name)


def _refresh_model(db: Db, model: Model, load_ids: frozenset[int]) -> list[Failure]:
    failure = _try(db, model, load_ids)
    if failure is None:
        return []
    if model.materialized != "rollup" or not failure.is_of_a_value:
        return [failure]
    # A value that passed its contract and that the query cannot take, as one that
    # overflows a sum: the other loads need not wait for it.
    tries = (_try(db, model, frozenset([id_])) for id_ in sorted(load_ids))
    return [failure for failure in tries if failure]


def _try(db: Db, model: Model, load_ids: frozenset[int]) -> Failure | None:
    """Refresh one model, and log it whatever comes of it."""
    started = time.perf_counter()
    rows, failure = None, None
    try:
        with db.transaction():
            if model.materialized == "rollup":
                rows = ledger.refresh_rollup(db, model.name, sorted(load_ids))
            else:
                ledger.refresh_mart(db, model.name)
    except psycopg.Error as error:
        if not _is_of_the_model(error):
            raise
        is_of_a_value = not isinstance(error, psycopg.ProgrammingError)
        failure = Failure(model.name, load_ids, str(error).strip(), is_of_a_value)
    seconds = time.perf_counter() - started
    message = failure.message if failure else None
    ledger.log_refresh(db, model.name, sorted(load_ids), seconds, rows, message)
    return failure


def _is_of_the_model(error: psycopg.Error) -> bool:
    """Whether the query or its rows are at fault, and not the server.

    psycopg counts class 54 as operational: there a row is too large for an index.
    """
    is_operational = isinstance(error, psycopg.OperationalError)
    return not is_operational or (error.sqlstate or "").startswith("54")
