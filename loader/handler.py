"""The ingest Lambda: files that S3 tells of become rows, then aggregates.

Takes an S3 notification by itself, inside SQS (with a partial batch response)
or inside EventBridge, and `s3:TestEvent`. Bad data never raises: it ends in the
ledger and is not tried again. What fails for want of the database or of S3
raises, so that the queue delivers it again.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from catchment import settings
from catchment.database import Database
from loader import events
from loader.events import Event, Message, ObjectVersion
from loader.load import Loader, Outcome
from loader.refresh import refresh
from loader.storage import Storage

logger = Logger(service="loader")


@cache
def _settings() -> settings.Settings:
    return settings.from_environment()


@cache
def _database() -> Database:
    return Database(_settings().database_url, "catchment-loader")


@cache
def _storage() -> Storage:
    return Storage()


def handler(event: Event, context: Any) -> dict[str, Any]:
    """Load every object that the event tells of, then refresh what lies below.

    Returns:
        for SQS the messages to deliver again, `{"batchItemFailures": […]}`;
        otherwise what became of each object, `{"loads": […]}`.

    Raises:
        Exception: without SQS, where the database or S3 fails; Lambda then
            tries the event again.
    """
    messages = events.messages(event)
    if messages is None:
        outcomes = _load(events.objects(event))
        _refresh(outcomes)
        return {"loads": [_told(outcome) for outcome in outcomes]}
    failed = _load_messages(messages)
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in failed]}


def _load_messages(messages: Iterable[Message]) -> list[str]:
    """Load what the messages tell of; the ids of those to deliver again."""
    done: dict[str, list[Outcome]] = {}
    failed: list[str] = []
    for message in messages:
        try:
            done[message.id] = _load(events.objects(message.body))
        except Exception:
            logger.exception("message failed", extra={"message_id": message.id})
            failed.append(message.id)
    loaded = {id_: outcomes for id_, outcomes in done.items() if outcomes}
    try:
        _refresh([outcome for outcomes in loaded.values() for outcome in outcomes])
    except Exception:
        # The loads are committed and wait; the next delivery finds them.
        logger.exception("refresh failed")
        failed.extend(loaded)
    return failed


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
        outcome = loader.load(version)
        logger.info("load", extra=_told(outcome))
        outcomes.append(outcome)
    return outcomes


def _refresh(outcomes: list[Outcome]) -> None:
    if any(outcome.status in ("loaded", "duplicate") for outcome in outcomes):
        database = _database()
        loads = refresh(database.connection(), database.catalog())
        logger.info("refresh", extra={"loads": loads})


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
