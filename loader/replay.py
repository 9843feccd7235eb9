"""Load a file once more, under the contract that holds now.

The protocol is that of any load: one transaction under the key's lock, in which the
new load takes the place of the former one. Where the file is refused again, the
former load stays as it is, and the ledger has the new try beside it.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

from catchment.contract import Feed
from loader.events import ObjectVersion, is_older
from loader.load import Loader
from loader.outcome import Outcome
from loader.query import loads, replays, rows
from loader.query.loads import Entry
from loader.rows import NO_BUCKET
from loader.stopwatch import Stopwatch
from loader.storage import Gone

_REPLAYED = ("loaded", "rejected", "failed", "unmatched", "unloaded")


class CannotReplay(ValueError):
    """Why a load cannot be replayed, and what to do instead."""


def replay(loader: Loader, load_id: int) -> Outcome:
    """Load the object of a load again.

    Raises:
        CannotReplay: where that is not possible, or would undo a newer load.
        psycopg.Error, botocore.exceptions.BotoCoreError, NotMigrated: as of
            `Loader.load`.
    """
    former = known(loader, load_id)
    again = _Again(
        loader.db, loader.storage, loader.catalog, loader.settings, former=former
    )
    return again.load(former.version)


def known(loader: Loader, load_id: int) -> Entry:
    """What the ledger says of a load.

    Raises:
        CannotReplay: where it says nothing.
    """
    entry = loads.find(loader.db, load_id)
    if entry is None:
        raise CannotReplay(f"there is no load {load_id}: see `catchment loads`")
    return entry


def find_object(loader: Loader, entry: Entry) -> ObjectVersion:
    """The object of a load, where it is now.

    A crash after it was moved, and before that was noted, leaves the entry behind.

    Raises:
        Gone: where another is in its place.
    """
    version, settings = entry.version, loader.settings
    places = [entry.moved_to] if entry.moved_to else []
    if version.key.startswith(settings.incoming):
        for folder in (settings.processed, settings.failed):
            places.append(loader.place(folder, entry.feed, entry.load_id, version.key))
    for key in dict.fromkeys(places):
        with suppress(Gone):
            return loader.storage.copy_of(version, key)
    return version


def gone(entry: Entry) -> CannotReplay:
    key = entry.moved_to or entry.version.key
    return CannotReplay(
        f"s3://{entry.version.bucket}/{key} is no longer there, or is not what was "
        "loaded: upload the file again"
    )


@dataclass(frozen=True)
class _Again(Loader):
    """The protocol of loading, for an object that the ledger knows."""

    former: Entry

    def _load_once(
        self, version: ObjectVersion, feed: Feed, watch: Stopwatch
    ) -> Outcome:
        with self.db.transaction():
            loads.lock_key(self.db, version)
            # What it is now: another may have been quicker.
            former = known(self, self.former.load_id)
            _check(former)
            replaced = self._replaced(former, feed)
            with watch.part("fetch"):
                place = find_object(self, former)
                found = self.storage.open(place)
            with closing(found) as stream:
                outcome = self.load_stream(version, feed, stream, replaced, watch)
            self._note(outcome, place.key)
        return outcome

    def _replaced(self, former: Entry, feed: Feed) -> list[int]:
        """The loads whose rows the new one's take the place of."""
        replaced = []
        for entry in loads.loaded_of(self.db, former.version):
            if entry.load_id == former.load_id:
                replaced.append(entry.load_id)
            elif entry.version.version == former.version.version:
                raise CannotReplay(
                    f"load {entry.load_id} has loaded this file since: replay that one"
                )
            elif feed.on_reupload == "replace" and entry.feed == feed.name:
                if _is_newer(entry, former):
                    raise CannotReplay(
                        f"load {entry.load_id} is of a newer version of this file, "
                        "and stays"
                    )
                replaced.append(entry.load_id)
            elif _doubles(entry, former, feed):
                raise CannotReplay(
                    f"load {entry.load_id} has loaded the same bytes, whose rows would "
                    "be doubled: replay that one"
                )
        return replaced

    def _replace(self, feed: Feed, former: Sequence[int], by: int) -> None:
        of = self.former.feed
        if self.former.load_id in former and of not in (None, feed.name):
            # The file belongs to another feed since; its rows lie in the old one's.
            if of not in self.catalog.feeds:
                raise CannotReplay(
                    f"the rows of load {self.former.load_id} are of the feed {of}, "
                    "which the catalog has no more"
                )
            rows.remove(self.db, self.catalog.feeds[of], [self.former.load_id])
        super()._replace(feed, former, by)

    def _unmatched(self, version: ObjectVersion) -> Outcome:
        raise CannotReplay(
            f"no feed's files match {version.key}: name it in a contract, build, and "
            "replay it then"
        )

    def _failed(self, version: ObjectVersion, feed: Feed, reason: str) -> Outcome:
        with self.db.transaction():
            load_id = loads.enter(self.db, version, "failed", reason, feed.name)
            outcome = Outcome(version.key, "failed", feed.name, load_id, reason=reason)
            self._note(outcome, self.former.moved_to or version.key)
        return outcome

    def _gone(self, version: ObjectVersion, feed: Feed) -> Outcome:
        raise gone(self.former)

    def _note(self, outcome: Outcome, key: str) -> None:
        """Whose other try it is, and where its object is until it is moved."""
        assert outcome.load_id is not None
        moved_to = None if key == outcome.key else key
        replays.set_replay(self.db, outcome.load_id, self.former.origin, moved_to)

    def _put_away(self, version: ObjectVersion, outcome: Outcome) -> None:
        """Out of incoming/ in any case; out of failed/, once it is loaded."""
        assert outcome.load_id is not None
        place = known(self, outcome.load_id).moved_to
        if place is None:
            super()._put_away(version, outcome)
            return
        settings = self.settings
        if outcome.status != "loaded" or not place.startswith(settings.failed):
            return
        key = self.place(settings.processed, outcome.feed, outcome.load_id, version.key)
        with suppress(Gone):
            self.storage.move(self.storage.copy_of(version, place), key)
            loads.set_moved(self.db, outcome.load_id, key)


def _check(entry: Entry) -> None:
    """Whether a load can be replayed as a whole.

    Raises:
        CannotReplay: where it cannot.
    """
    load_id = entry.load_id
    if entry.version.bucket == NO_BUCKET:
        raise CannotReplay(
            f"load {load_id} came without a file: only its rejects can be replayed, by "
            f"`catchment replay {load_id} --rejects`"
        )
    if entry.status == "superseded":
        raise CannotReplay(
            f"load {entry.superseded_by} superseded load {load_id}: replay that one"
        )
    if entry.status not in _REPLAYED:
        raise CannotReplay(f"load {load_id} is {entry.status}: see `catchment loads`")


def _doubles(entry: Entry, former: Entry, feed: Feed) -> bool:
    """Whether a feed has the rows of a load by another one, and by itself has none.

    The same bytes that were loaded twice, with others between them, stay so.
    """
    has_rows = former.status == "loaded" and former.feed == feed.name
    is_same = entry.version.etag == former.version.etag
    return is_same and entry.feed == feed.name and not has_rows


def _is_newer(entry: Entry, than: Entry) -> bool:
    """Whether a load is of a later write to the key."""
    first, other = than.version.sequencer, entry.version.sequencer
    if first and other:
        return is_older(first, other)
    return entry.origin > than.origin
