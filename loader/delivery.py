"""Deliver what events tell of: load or unload, then refresh what lies below."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from loader import container, events, metrics, removal, rows, topics
from loader.container import logger
from loader.events import Deletion, Message, ObjectVersion
from loader.outcome import Outcome
from loader.refresh import RefreshFailed, Turn, refresh
from loader.topic_events import Part

# Kept free at the end of an invocation.
SECONDS_TO_REFRESH = 60


def deliver(changes: Iterable[ObjectVersion | Deletion]) -> list[Outcome]:
    """Load objects or unload them, then refresh what lies below.

    Raises:
        Exception: where the database or S3 fails, or a refresh.
    """
    outcomes = follow(changes)
    refresh_below(outcomes)
    return outcomes


def deliver_messages(messages: Iterable[Message], context: Any) -> list[str]:
    """The same for each message; the ids of those that failed."""
    done: dict[str, list[Outcome]] = {}
    failed: list[str] = []
    for message in messages:
        if _is_late(context):
            logger.warning("no time left", extra={"message_id": message.id})
            failed.append(message.id)
            continue
        try:
            done[message.id] = _work_off(message)
        except Exception:
            logger.exception("message failed", extra={"message_id": message.id})
            failed.append(message.id)
    return failed + _refresh_messages(done)


def deliver_parts(parts: Iterable[Part]) -> list[Part]:
    """The same for records of Kafka and Kinesis; the parts that failed.

    A refresh that fails holds no partition up: what was loaded is shown with the next
    batch.
    """
    done: list[Outcome] = []
    failed: list[Part] = []
    for part in parts:
        try:
            done += map(log, topics.load(part, container.loader()))
        except Exception:
            logger.exception("records failed", extra={"key": part.key})
            failed.append(part)
    try:
        refresh_below(done, "none")
    except Exception:
        logger.exception("refresh failed")
    return failed


def _work_off(message: Message) -> list[Outcome]:
    """What became of the rows of a message, or of the objects that it speaks of."""
    if given := rows.of_message(message):
        return [log(rows.load_message(given, container.loader()))]
    return follow(events.changes(message.body))


def follow(changes: Iterable[ObjectVersion | Deletion]) -> list[Outcome]:
    """What became of each object; logged and measured."""
    outcomes: list[Outcome] = []
    for change in changes:
        loader = container.loader()
        if isinstance(change, Deletion):
            outcomes += map(log, removal.of_object(loader, change))
        else:
            outcomes.append(log(loader.load(change)))
    return outcomes


def log(outcome: Outcome) -> Outcome:
    """Tell the log and CloudWatch of a load."""
    metrics.loaded(outcome)
    logger.info("load", extra=told(outcome))
    return outcome


def refresh_below(outcomes: Iterable[Outcome], turn: Turn = "wait") -> None:
    """Refresh all that waits, where one of these loads came to its raw table.

    `turn` is told by `loader.refresh.refresh`.

    Raises:
        RefreshFailed: where a model failed, after all else is committed.
        psycopg.Error: where the database fails.
    """
    if not any(map(_is_in_raw, outcomes)):
        return
    started = time.perf_counter()
    try:
        loads = refresh(container.database(), turn)
    finally:
        seconds = time.perf_counter() - started
        metrics.refreshed(seconds)
    logger.info("refresh", extra={"loads": loads, "seconds": round(seconds, 4)})


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the log and the answer have it."""
    return {
        "key": outcome.key,
        "status": outcome.status,
        "feed": outcome.feed,
        "load_id": outcome.load_id,
        "rows_read": outcome.counts.read,
        "rows_loaded": outcome.counts.loaded,
        "rows_rejected": outcome.counts.rejected,
        "reason": outcome.reason,
        "seconds": {part: round(took, 4) for part, took in outcome.seconds.items()},
    }


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
        outcomes = [outcome for found in done.values() for outcome in found]
        # Who had the turn may be dead by now, and its statement not yet: of its
        # message this may be the last delivery.
        is_repeated = any(outcome.status == "duplicate" for outcome in outcomes)
        refresh_below(outcomes, "wait" if is_repeated else "leave")
    except RefreshFailed as error:
        logger.exception("refresh failed")
        waiting = error.load_ids
        own = [
            id_ for id_, found in done.items() if waiting & {o.load_id for o in found}
        ]
        # Others may have left their loads to this one: some message must come again.
        return own or list(done)[:1]
    except Exception:
        logger.exception("refresh failed")
        return [id_ for id_, found in done.items() if any(map(_is_in_raw, found))]
    return []


def _is_in_raw(outcome: Outcome) -> bool:
    """Whether rows of it came or went, now or at an earlier delivery."""
    moved = ("loaded", "unloaded", "duplicate")
    return outcome.feed is not None and outcome.status in moved
