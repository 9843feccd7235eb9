"""Take the rows of a load out of the database: asked for, or for want of its object.

After its load an object lies in `processed/`, and that copy is what a person
deletes. Of deletions in `incoming/` nothing follows: they are the loader's own
moves, or came before the load, which then finds nothing to read.
"""

from collections.abc import Iterator

from catchment.catalog import Catalog
from loader.events import Deletion, is_older
from loader.load import Loader
from loader.outcome import Outcome
from loader.query import Db, loads, rows
from loader.query.loads import Entry

DELETED = "its object was deleted"


class UnknownLoad(LookupError):
    """The ledger has no such load, or the catalog has its feed no more."""


def unload(db: Db, catalog: Catalog, load_id: int, reason: str) -> Outcome:
    """Take the rows of a load out; the ledger keeps the load, and says why.

    What it had replaced does not come back. What stands on its rows shows it until
    the next refresh (`delivery.refresh_below`).

    Returns:
        status `unloaded`, or `duplicate` where the load does not count (any more).

    Raises:
        UnknownLoad: where there is no such load, or no such feed.
    """
    entry = _known(db, load_id)
    with db.transaction():
        loads.lock_key(db, entry.version)
        # What it is now: another load may have replaced it meanwhile.
        entry = _known(db, load_id)
        key, feed = entry.version.key, entry.feed
        if entry.status != "loaded":
            return Outcome(key, "duplicate", feed, load_id, reason=entry.status)
        if feed is None or feed not in catalog.feeds:
            raise UnknownLoad(
                f"load {load_id} is of the feed {feed}, which the catalog does not have"
            )
        rows.remove(db, catalog.feeds[feed], [load_id])
        loads.unload(db, load_id, reason)
    return Outcome(key, "unloaded", feed, load_id, reason=reason)


def _known(db: Db, load_id: int) -> Entry:
    entry = loads.find(db, load_id)
    if entry is None:
        raise UnknownLoad(f"the ledger has no load {load_id}: see `catchment loads`")
    return entry


def of_object(loader: Loader, deletion: Deletion) -> list[Outcome]:
    """Unload what came from a deleted object, where its feed wants that.

    Empty where it means nothing; where it was done before, a `duplicate`.

    Raises:
        psycopg.Error, botocore.exceptions.BotoCoreError: where the database or S3
            fails; it may be tried again.
    """
    settings = loader.settings
    if deletion.key.startswith((settings.incoming, settings.failed)):
        return []
    db, catalog = loader.db, loader.catalog
    with db.transaction():
        # Who loads it at this moment is waited for, and its load is found then.
        loads.lock_key(db, deletion)
        for entry in _removable(loader, deletion):
            loads.lock_key(db, entry.version)
        entries = list(_removable(loader, deletion))
        # Another version may be there still, or again.
        if not entries or loader.storage.holds(deletion.bucket, deletion.key):
            return []
        return [unload(db, catalog, entry.load_id, DELETED) for entry in entries]


def _removable(loader: Loader, deletion: Deletion) -> Iterator[Entry]:
    for entry in _lying_at(loader, deletion):
        feed = loader.catalog.feeds.get(str(entry.feed))
        is_in_place = entry.version.key == deletion.key
        is_late = is_in_place and is_older(deletion.sequencer, entry.version.sequencer)
        if feed and feed.on_delete == "remove" and not is_late:
            yield entry


def _lying_at(loader: Loader, deletion: Deletion) -> list[Entry]:
    """The loads of the object that lay there.

    A crash after it was moved, and before that was noted, leaves its key alone to
    tell which load's it was.
    """
    db, processed = loader.db, loader.settings.processed
    if found := loads.lying_at(db, deletion.bucket, deletion.key):
        return found
    parts = deletion.key.removeprefix(processed).split("/")
    load_id = parts[1] if len(parts) > 2 else ""
    if not deletion.key.startswith(processed) or not load_id.isdecimal():
        return []
    entry = loads.find(db, int(load_id)) if len(load_id) < 19 else None
    if entry is None or entry.moved_to or entry.version.bucket != deletion.bucket:
        return []
    place = loader.place(processed, entry.feed, entry.load_id, entry.version.key)
    return [entry] if place == deletion.key else []
