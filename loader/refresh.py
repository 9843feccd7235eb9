"""Bring up to date what lies below the loads that just came in.

Every loader that committed a load comes here. The first one takes the turn, waits a
moment for others that are loading, and covers all loads that wait; the others leave
it to the first, which looks again when it has given the turn up. So any number of
simultaneous loads costs at most two refreshes of each mart.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import psycopg

from catchment.catalog import Catalog, Model
from catchment.database import Database
from loader.query import Db, refreshes, rows
from loader.query.refreshes import Waiting

Turn = Literal["wait", "leave", "none"]

# Seconds: how long a refresh waits for others that are loading, and how often it
# looks. Alone, a loader does not wait.
PATIENCE = 5
LOOK_AGAIN = 0.05
# Loads may come all the time; after so many turns a later delivery goes on.
MOST_TURNS = 20


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


def refresh(database: Database, turn: Turn = "wait") -> int:
    """Refresh all that lies below waiting loads; returns how many loads.

    A model that fails is logged and holds back what stands on it; where the rows
    of one load are at fault, it holds back that load only. Everything else is
    refreshed all the same.

    Args:
        turn: whether to `wait` for a loader that is at it already, or to `leave` it
            to that one, which looks again when it is done; and to wait a moment for
            others that are loading, so that many files at once are shown by one
            refresh. `none` is for who is not called again where the refresh fails:
            nobody may leave anything to it.

    Raises:
        RefreshFailed: where a model failed, after all else is committed; where more
            loads came than could be shown.
    """
    shown = 0
    tried: set[Waiting] = set()
    failures: list[Failure] = []
    for _ in range(MOST_TURNS):
        done = _refresh_once(database, turn)
        if done is None:
            break
        shown += done.shown
        # Who failed before was tried again.
        failures = [*done.failures]
        tried |= {*done.waiting}
        # After the turn is given up: who left it to us before has committed.
        late = [load for load in _waiting(database) if load not in tried]
        if turn == "none" or not late:
            break
    else:
        ids = frozenset(load.load_id for load in late)
        failures.append(Failure("all models", ids, "loads came faster than refreshes"))
    if failures:
        raise RefreshFailed(failures)
    return shown


@dataclass(frozen=True)
class _Done:
    """What waited, how many loads of it are shown now, and why the others are not."""

    waiting: Sequence[Waiting]
    shown: int
    failures: Sequence[Failure]


def _refresh_once(database: Database, turn: Turn) -> _Done | None:
    """Refresh once; None where another loader has the turn."""
    database.catalog()  # Finds a broken connection, while it can be mended.
    db = database.connection()
    with db.transaction():
        if turn != "none" and not refreshes.take_turn(db, waits=turn == "wait"):
            return None
        if turn == "leave":
            _let_others_load(db)
        refreshes.lock_refresh(db)
        # Not the catalog of before: a build may have published one meanwhile.
        catalog = database.catalog()
        waiting = refreshes.loads_to_refresh(db, list(catalog.feeds))
        failures = list(_refresh_models(db, catalog, waiting)) if waiting else []
        held_back = {id_ for failure in failures for id_ in failure.load_ids}
        done = [load for load in waiting if load.load_id not in held_back]
        refreshes.set_refreshed(db, done)
    if any(load.status != "loaded" for load in done):
        rows.drop_emptied_partitions(db)
    return _Done(waiting, len(done), failures)


def _let_others_load(db: Db) -> None:
    patience = time.monotonic() + PATIENCE
    while refreshes.others_load(db) and time.monotonic() < patience:
        time.sleep(LOOK_AGAIN)


def _waiting(database: Database) -> list[Waiting]:
    feeds = list(database.catalog().feeds)
    return refreshes.loads_to_refresh(database.connection(), feeds)


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
                rows = refreshes.refresh_rollup(db, model.name, sorted(load_ids))
            else:
                rows = refreshes.refresh_mart(db, model.name)
    except psycopg.Error as error:
        if not _is_of_the_model(error):
            raise
        is_of_a_value = not isinstance(error, psycopg.ProgrammingError)
        failure = Failure(model.name, load_ids, str(error).strip(), is_of_a_value)
    seconds = time.perf_counter() - started
    message = failure.message if failure else None
    refreshes.log_refresh(db, model.name, sorted(load_ids), seconds, rows, message)
    return failure


def _is_of_the_model(error: psycopg.Error) -> bool:
    """Whether the query or its rows are at fault, and not the server.

    psycopg counts class 54 as operational: there a row is too large for an index.
    """
    is_operational = isinstance(error, psycopg.OperationalError)
    return not is_operational or (error.sqlstate or "").startswith("54")
