"""Load one object version: exactly once, all or nothing, nothing lost.

One transaction holds the ledger's row, the rows of the file, the quarantine and
the removal of what the file replaces. The object moves only after the commit.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from catchment.catalog import Catalog
from catchment.contract import Feed
from catchment.settings import Settings
from loader import copying, earlier, partitions
from loader.copying import Opened
from loader.events import ObjectVersion
from loader.outcome import Counts, Outcome
from loader.query import Db, loads, rows
from loader.query.loads import Known
from loader.readers.streams import Stream, Unreadable
from loader.refusals import REFUSALS, migrated
from loader.stopwatch import Stopwatch
from loader.storage import Gone, Storage
from loader.validation import personal
from loader.validation.personal import Personal


@dataclass(frozen=True)
class Loader:
    """The loading protocol, for any object version."""

    db: Db
    storage: Storage
    catalog: Catalog
    settings: Settings

    def load(self, version: ObjectVersion) -> Outcome:
        """Load an object version and put the object where it belongs.

        A second call for the same version changes nothing.

        Raises:
            psycopg.Error, botocore.exceptions.BotoCoreError: where the database
                or S3 fails; nothing is then loaded, and it may be tried again.
            NotMigrated: where the raw table lacks what the contract has.
            MissingSetting: where personal data are to be hashed without a key.
        """
        if version.key.startswith((self.settings.processed, self.settings.failed)):
            return Outcome(version.key, "ignored")
        feed = self.catalog.feed_of(version.key)
        if feed is None:
            return self._unmatched(version)
        watch = Stopwatch()
        try:
            with migrated(feed):
                outcome = self._load_once(version, feed, watch)
        except Unreadable as error:
            reason = f"the file {personal.told(feed, error)}"
            outcome = self._failed(version, feed, reason)
        except Gone:
            return self._gone(version, feed)
        except REFUSALS as error:
            where = (error.diag.context or "").partition("\n")[0]
            said = f"Postgres refused it: {error.diag.message_primary}; {where}"
            outcome = self._failed(version, feed, said)
        with watch.part("move"):
            self._put_away(version, outcome)
        return replace(outcome, seconds=watch.seconds())

    def _load_once(
        self, version: ObjectVersion, feed: Feed, watch: Stopwatch
    ) -> Outcome:
        with self.db.transaction():
            loads.lock_key(self.db, version)
            known = loads.known_loads(self.db, version)
            if before := earlier.dealt_with(version, known):
                return _duplicate(version, before)
            former: list[int] = []
            if feed.on_reupload == "replace":
                if newer := earlier.newer(version, known):
                    return self._superseded(version, feed, newer)
                former = [k.load_id for k in known if k.counts_for(feed)]
            elif same := earlier.same_again(version, known):
                return _duplicate(version, same)
            with watch.part("fetch"):
                found = self.storage.open(version)
            # closing(): botocore's body as a context manager hands out the bare
            # socket, which takes a connection that broke for the end of the file.
            with closing(found) as stream:
                return self.load_stream(version, feed, stream, former, watch)

    def load_stream(
        self,
        version: ObjectVersion,
        feed: Feed,
        stream: Stream,
        replaces: Sequence[int],
        watch: Stopwatch,
    ) -> Outcome:
        """Load what a stream holds, in place of other loads of the same key.

        Within a transaction that holds the key's lock.
        """
        file = copying.opened(stream, feed, version.key, watch)
        return self.load_opened(version, file, replaces, watch)

    def load_opened(
        self,
        version: ObjectVersion,
        file: Opened,
        replaces: Sequence[int],
        watch: Stopwatch,
    ) -> Outcome:
        """The same of records that were opened otherwise."""
        feed = file.feed
        guard = Personal.of(feed, self.settings)
        load_id = loads.open_load(
            self.db,
            version,
            feed.name,
            self.catalog.hash,
            is_large=file.is_large
            and rows.own_partitions(self.db, feed) < partitions.MOST,
        )
        counts = copying.copy(self.db, load_id, file, guard, watch)
        status, reason = "loaded", None
        if feed.reject_limit.exceeded(counts.rejected, counts.read):
            status, reason = "rejected", over_limit(counts, feed)
        else:
            self._replace(feed, replaces, load_id)
        loads.close_load(
            self.db,
            load_id,
            counts,
            status,
            reason,
            watch.seconds(),
            personal.unknown(feed, file.records.unknown),
        )
        return Outcome(version.key, status, feed.name, load_id, counts, reason)

    def _replace(self, feed: Feed, former: Sequence[int], by: int) -> None:
        if former:
            rows.remove(self.db, feed, former)
            loads.supersede(self.db, former, by)

    def _unmatched(self, version: ObjectVersion) -> Outcome:
        """No feed wants it: noted once, left where it is."""
        reason = "no feed's files match this key"
        with self.db.transaction():
            loads.lock_key(self.db, version)
            for known in loads.known_loads(self.db, version):
                if known.version == version.version and known.status == "unmatched":
                    return _duplicate(version, known)
            load_id = loads.enter(self.db, version, "unmatched", reason)
        return Outcome(version.key, "unmatched", load_id=load_id, reason=reason)

    def _superseded(self, version: ObjectVersion, feed: Feed, newer: Known) -> Outcome:
        """An older upload that arrives after a newer one: noted, not loaded."""
        reason = f"load {newer.load_id} is of a newer version of this object"
        load_id = loads.enter(
            self.db, version, "superseded", reason, feed.name, newer.load_id
        )
        return Outcome(version.key, "superseded", feed.name, load_id, reason=reason)

    def _failed(self, version: ObjectVersion, feed: Feed, reason: str) -> Outcome:
        """The load was rolled back; say so in a transaction of its own."""
        with self.db.transaction():
            loads.lock_key(self.db, version)
            known = loads.known_loads(self.db, version)
            if before := earlier.dealt_with(version, known):
                return _duplicate(version, before)
            load_id = loads.enter(self.db, version, "failed", reason, feed.name)
        return Outcome(version.key, "failed", feed.name, load_id, reason=reason)

    def _gone(self, version: ObjectVersion, feed: Feed) -> Outcome:
        """Nothing to read: dealt with before, or taken away before its turn."""
        for known in loads.known_loads(self.db, version):
            if known.version == version.version:
                return _duplicate(version, known)
        return self._failed(
            version, feed, "the object was deleted or overwritten before it was read"
        )

    def place(self, folder: str, feed: str | None, load_id: int, key: str) -> str:
        """The key that the object of a load gets in a folder of the bucket."""
        name = key.removeprefix(self.settings.incoming)
        return f"{folder}{feed}/{load_id}/{name}"

    def _put_away(self, version: ObjectVersion, outcome: Outcome) -> None:
        """Move the object after the commit; also one that a crash left behind.

        What does not lie where files are dropped stays where it is.
        """
        incoming = self.settings.incoming
        if outcome.load_id is None or not version.key.startswith(incoming):
            return
        if outcome.status == "duplicate" and self._lies_elsewhere(version, outcome):
            self.storage.take_away(version)
            return
        is_good = outcome.became in ("loaded", "superseded")
        folder = self.settings.processed if is_good else self.settings.failed
        key = self.place(folder, outcome.feed, outcome.load_id, version.key)
        try:
            self.storage.move(version, key)
        except Gone:
            # Unless a loader that was ended moved it, and could not say so.
            if not self.storage.holds(version.bucket, key):
                return
        loads.set_moved(self.db, outcome.load_id, key)

    def _lies_elsewhere(self, version: ObjectVersion, outcome: Outcome) -> bool:
        """Whether the object was put away before, and what is left here is left over.

        A move that broke off leaves both, and a replay may have noted the other one.
        """
        entry = outcome.load_id and loads.find(self.db, outcome.load_id)
        if not entry or not entry.moved_to:
            return False
        return self.storage.holds(version.bucket, entry.moved_to)


def over_limit(counts: Counts, feed: Feed) -> str:
    """Why nothing of a file is published."""
    if counts.rejected == counts.read:
        return "no row keeps the contract"
    return (
        f"{counts.rejected} of {counts.read} rows break the contract, more than its "
        f"reject_limit of {feed.reject_limit}"
    )


def _duplicate(version: ObjectVersion, before: Known) -> Outcome:
    """A delivery of what was dealt with; the reason is what it was then."""
    return Outcome(
        version.key, "duplicate", before.feed, before.load_id, reason=before.status
    )
