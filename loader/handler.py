"""The ingest Lambda: files that S3 tells of become rows, then aggregates.

Takes an S3 notification by itself, inside SQS (with a partial batch response)
or inside EventBridge, and `s3:TestEvent`; rows from the API and from SQS, and
records of Kafka and Kinesis. Bad data never raises: it ends in the ledger and is
not tried again. What fails for want of the database or of S3 raises, so that the
queue delivers it again. A schedule asks how old the feeds are.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from loader import (
    container,
    delivery,
    events,
    freshness,
    metrics,
    operations,
    rows,
    topic_events,
)
from loader.container import logger
from loader.events import Event
from loader.rows import Rows
from loader.topic_events import Part


class RecordsFailed(RuntimeError):
    """Some records of Kafka could not be loaded; they come again."""


def handler(event: Event, context: Any) -> dict[str, Any]:
    """Load every object that the event tells of, then refresh what lies below.

    Returns:
        for SQS the messages to deliver again, `{"batchItemFailures": […]}`, for
        Kinesis the record to begin with again, for Kafka nothing, `{}`; of a
        schedule the feeds' ages, `{"ages": […]}`; of rows what became of each, as
        `loader.rows.report` tells it; otherwise what became of each object,
        `{"loads": […]}`.

    Raises:
        Exception: without SQS, where the database or S3 fails; Lambda then
            tries the event again.
    """
    if asked := _ASKED.get(str(event.get("source"))):
        return asked(event)
    if given := rows.of(event):
        return _load_rows(given)
    parts = topic_events.of(event)
    if parts is not None:
        return _load_parts(event, parts)
    messages = events.messages(event)
    if messages is None:
        outcomes = delivery.deliver(events.changes(event))
        return {"loads": list(map(delivery.told, outcomes))}
    return _failures(delivery.deliver_messages(messages, context))


def _measure(_: Event) -> dict[str, Any]:
    """Tell how old each feed is.

    A failure does not raise: the next look comes soon, and the alarm is raised by
    figures that stay away. An event that failed would end among the dead letters,
    which are for files.
    """
    try:
        ages = freshness.ages(container.database())
    except Exception:
        logger.exception("freshness not measured")
        return {"ages": []}
    metrics.measured(ages)
    for age in ages:
        if age.is_stale:
            logger.warning("stale", extra=age.told)
    return {"ages": [age.told for age in ages]}


def _load_rows(given: Rows) -> dict[str, Any]:
    """Load rows of a request, and tell the caller, who waits, what became of them.

    Rows that are loaded stay so where their refresh fails: they are shown with the
    next load's.
    """
    outcome = delivery.log(rows.load(given, container.loader()))
    try:
        delivery.refresh_below([outcome], "none")
    except Exception:
        logger.exception("refresh failed")
    database = container.database()
    database.catalog()  # Finds a connection that the refresh broke.
    return dict(rows.report(database.connection(), given, outcome))


def _load_parts(event: Event, parts: list[Part]) -> dict[str, Any]:
    """Load records of Kafka or Kinesis.

    Raises:
        RecordsFailed: for Kafka, where some could not be; Lambda then brings the
            batch again, of which those that were loaded are known.
    """
    failed = delivery.deliver_parts(parts)
    if "Records" in event:
        return _failures(str(part.first) for part in failed)
    if failed:
        keys = ", ".join(part.key for part in failed)
        raise RecordsFailed(f"not loaded: {keys}; the log says why")
    return {}


def _failures(ids: Iterable[str]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in ids]}


# What is asked for by name, as a schedule or a person does.
_ASKED: Mapping[str, Callable[[Event], dict[str, Any]]] = {
    freshness.SOURCE: _measure,
    **operations.ASKED,
}
