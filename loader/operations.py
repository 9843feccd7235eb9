"""What a person asks of the loader, by an event that names it.

The database of a stack stands in private subnets, so the command `catchment` asks
the Lambda: `{"source": "catchment.replay", "load_id": 7}`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from catchment.settings import MissingSetting
from loader import container, delivery
from loader.events import Event, ObjectVersion
from loader.outcome import Outcome
from loader.query import replays
from loader.refusals import NotMigrated
from loader.removal import UnknownLoad, unload
from loader.replay import CannotReplay, replay
from loader.replay_rejects import replay_rejects

# Objects that `catchment.known` is asked about at once.
MOST_OBJECTS = 1_000
# What a person can do something about, who is told so.
_REFUSED = (CannotReplay, MissingSetting, NotMigrated, UnknownLoad)


def _replay(event: Event) -> dict[str, Any]:
    """Load a file again, or its rejects alone, and refresh what lies below."""
    loader, load_id = container.loader(), int(event["load_id"])
    if event.get("only_rejects"):
        outcome = replay_rejects(loader, load_id)
        container.logger.info("replay", extra=delivery.told(outcome))
    else:
        outcome = delivery.log(replay(loader, load_id))
    return _refreshed(outcome)


def _unload(event: Event) -> dict[str, Any]:
    """Take the rows of a load out, and refresh what lies below."""
    database, load_id = container.database(), int(event["load_id"])
    catalog = database.catalog()
    reason = str(event.get("reason") or "unloaded by hand")
    outcome = unload(database.connection(), catalog, load_id, reason)
    container.logger.info("unload", extra=delivery.told(outcome))
    return _refreshed(outcome)


def _refreshed(outcome: Outcome) -> dict[str, Any]:
    """What became of a load, which is committed whatever the refresh does."""
    try:
        delivery.refresh_below([outcome], "none")
    except Exception:
        container.logger.exception("refresh failed")
        return {**delivery.told(outcome), "is_refreshed": False}
    return {**delivery.told(outcome), "is_refreshed": True}


def _known(event: Event) -> dict[str, Any]:
    """Which feed each object is of, and what the ledger says of it.

    The objects come as `[key, etag, version id or null]` of one bucket.
    """
    versions = [
        ObjectVersion(str(event["bucket"]), key, etag, version_id)
        for key, etag, version_id in event["objects"][:MOST_OBJECTS]
    ]
    database = container.database()
    catalog = database.catalog()
    feeds = (catalog.feed_of(version.key) for version in versions)
    entries = replays.of_objects(database.connection(), versions)
    return {
        "objects": [
            {**entry, "feed": feed.name if feed else None}
            for feed, entry in zip(feeds, entries, strict=True)
        ]
    }


def _told(operation: Callable[[Event], dict[str, Any]]) -> Callable[..., Any]:
    """An operation whose answer says why it is refused, where it is: `{"refused"}`."""

    def ask(event: Event) -> dict[str, Any]:
        try:
            return operation(event)
        except _REFUSED as error:
            container.logger.warning("refused", extra={"reason": str(error)})
            return {"refused": str(error)}

    return ask


# By the `source` of their events, as EventBridge names senders.
ASKED: Mapping[str, Callable[[Event], dict[str, Any]]] = {
    "catchment.replay": _told(_replay),
    "catchment.unload": _told(_unload),
    "catchment.known": _told(_known),
}
