"""The ingest Lambda: files that S3 tells of become rows, then aggregates.

Takes an S3 notification by itself, inside SQS (with a partial batch response)
or inside EventBridge, and `s3:TestEvent`. Bad data never raises: it ends in the
ledger and is not tried again. What fails for want of the database or of S3
raises, so that the queue delivers it again. A schedule asks how old the feeds are.
"""

import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from catchment import settings
from catchment.database import Database
from loader import events, freshness, metrics, rows
from loader.events import Event, Message, ObjectVersion
from loader.load import Loader, Outcome
from loader.refresh import RefreshFailed, refresh
from loader.rows import Rows
from loader.storage import Storage

logger = Logger(service="loader")

# Kept free at the end of an invocation.
SECONDS_TO_REFRESH = 60


@cache
def _settings() -> settings.Settings:
    return settings.from_environment()


@cache
def _database() -> Database:
    return Database.of(_settings(), "catchment-loader")


@cache
def _storage() -> Storage:
    return Storage()


def handler(event: Event, context: Any) -> dict[str, Any]:
    """Load every object that the event tells of, then refresh what lies below.

    Returns:
        for SQS the messages to deliver again, `{"batchItemFailures": […]}`; of a
        schedule the feeds' ages, `{"ages": […]}`; of rows what became of each, as
        `loader.rows.report` tells it; otherwise what became of each object,
        `{"loads": […]}`.

    Raises:
        Exception: without SQS, where the database or S3 fails; Lambda then
            tries the event again.
    """
    if event.get("source") == freshness.SOURCE:
        return {"ages": _measure()}
    if given := rows.of(event):
        return _load_rows(given)
    messages = events.messages(event)
    if messages is None:
        outcomes = _load(events.objects(event))
        _refresh(outcomes)
        return {"loads": [_told(outcome) for outcome in outcomes]}
    done, failed = _load_messages(messages, context)
    failed += _refresh_messages(done)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in failed]}


def _measure() -> list[dict[str, Any]]:
    """Tell how old each feed is.

    A failure does not raise: the next look comes soon, and the alarm is raised by
    figures that stay away. An event that failed would end among the dead letters,
    which are for files.
    """
    try:
        ages = freshness.ages(_database())
    except Exception:
        logger.exception("freshness not measured")
        return []
    metrics.measured(ages)
    for age in ages:
        if age.is_stale:
            logger.warning("stale", extra=age.told)
    return [age.told for age in ages]


def _load_rows(given: Rows) -> dict[str, Any]:
    """Load rows of a request, and tell the caller, who waits, what became of them.

    Rows that are loaded stay so where their refresh fails: they are shown with the
    next load's.
    """
    database = _database()
    started = time.perf_counter()
    catalog = database.catalog()
    outcome = rows.load(given, catalog, database.connection(), _settings())
    metrics.loaded(outcome, time.perf_counter() - started)
    logger.info("load", extra=_told(outcome))
    try:
        _refresh([outcome])
    except Exception:
        logger.exception("refresh failed")
    database.catalog()  # Finds a connection that the refresh broke.
    return dict(rows.report(database.connection(), given, outcome))


def _load_messages(
    messages: Iterable[Message], context: Any
) -> tuple[dict[str, list[Outcome]], list[str]]:
    """What became of the objects of each message; the ids of those that failed."""
    done: dict[str, list[Outcome]] = {}
    failed: list[str] = []
    for message in messages:
        if _is_late(context):
            logger.warning("no time left", extra={"message_id": message.id})
            failed.append(message.id)
            continue
        try:
            done[message.id] = _load(events.objects(message.body))
        except Exception:
            logger.exception("message failed", extra={"message_id": message.id})
            failed.append(message.id)
    return done, failed


def _is_late(context: Any) -> bool:
    """Whether to leave the rest of a batch to its next delivery, so that one
    slow file does not bring its neighbours to the dead letters."""
    if context is None:
        return False
    return bool(context.get_remaining_time_in_millis() < 1000 * SECONDS_TO_REFRESH)


def _refresh_messages(done: Mapping[str, list[Outcome]]) -> list[str]:
    """Refresh below what was loaded; the ids of messages that wait for it still.

    Their loads are committed; the next delivery finds them and tries again.
    """
    try:
        _refresh([outcome for outcomes in done.values() for outcome in outcomes])
    except RefreshFailed as error:
        logger.exception("refresh failed")
        waiting = error.load_ids
        return [
            id_ for id_, found in done.items() if waiting & {o.load_id for o in found}
        ]
    except Exception:
        logger.exception("refresh failed")
        return [id_ for id_, found in done.items() if any(map(_is_in_raw, found))]
    return []


def _load(versions: Iterable[ObjectVersion]) -> list[Outcome]:
    outcomes = []
    for version in versions:
        database = _database()
        # The catalog first: its question finds a broken connection.
        loader = Loader(
            catalog=database.catalog(),
            db=database.connection(),
            storage=_storage(),
            settings=_settings(),
        )
        started = time.perf_counter()
        outcome = loader.load(version)
        metrics.loaded(outcome, time.perf_counter() - started)
        logger.info("load", extra=_told(outcome))
        outcomes.append(outcome)
    return outcomes


def _refresh(outcomes: Iterable[Outcome]) -> None:
    if not any(map(_is_in_raw, outcomes)):
        return
    started = time.perf_counter()
    try:
        loads = refresh(_database())
    finally:
        metrics.refreshed(time.perf_counter() - started)
    logger.info("refresh", extra={"loads": loads})


def _is_in_raw(outcome: Outcome) -> bool:
    """Whether rows of it came, now or at an earlier delivery."""
    return outcome.feed is not None and outcome.status in ("loaded", "duplicate")


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "key": outcome.key,
        "status": outcome.status,
        "feed": outcome.feed,
        "load_id": outcome.load_id,
        "rows_read": outcome.counts.read,
        "rows_loaded": outcome.counts.loaded,
        "rows_rejected": outcome.counts.rejected,
        "reason": outcome.reason,
    }
