"""Load one object version: exactly once, all or nothing, nothing lost.

One transaction holds the ledger's row, the rows of the file, the quarantine and
the removal of what the file replaces. The object moves only after the commit.
"""

import json
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import IO

import psycopg

from catchment.catalog import Catalog
from catchment.contract import JSON_FORMATS, Feed
from catchment.settings import Settings
from loader import csv_records, json_records, ledger
from loader.events import ObjectVersion, is_older
from loader.key_values import key_values
from loader.ledger import NO_ROWS, Counts, Db, Known
from loader.records import Records
from loader.storage import Gone, Storage
from loader.streams import Stream, Unreadable, unpacked
from loader.validate import COPY_ESCAPES, Reject, Validator

# What is the file's fault, however often it is tried.
_REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.StatementTooComplex,
)
# Rejects wait in memory up to this size, then on disk.
SPOOL = 4 << 20


@dataclass(frozen=True)
class Outcome:
    """What became of an object version; `status` as in the ledger, or
    `duplicate` where it had been dealt with before and `ignored` where it is
    the loader's own."""

    key: str
    status: str
    feed: str | None = None
    load_id: int | None = None
    counts: Counts = NO_ROWS
    reason: str | None = None


class NotMigrated(RuntimeError):
    """The raw table does not look as the contract says."""


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
        """
        if version.key.startswith((self.settings.processed, self.settings.failed)):
            return Outcome(version.key, "ignored")
        feed = self.catalog.feed_of(version.key)
        if feed is None:
            return self._unmatched(version)
        try:
            outcome = self._load_once(version, feed)
        except Unreadable as error:
            outcome = self._failed(version, feed, f"the file {error}")
        except Gone:
            return self._gone(version, feed)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            raise NotMigrated(
                f"{feed.schema}.{feed.table} is not as its contract says; run "
                f"`alembic upgrade head`: {error.diag.message_primary}"
            ) from error
        except _REFUSALS as error:
            where = (error.diag.context or "").partition("\n")[0]
            said = f"Postgres refused it: {error.diag.message_primary}; {where}"
            outcome = self._failed(version, feed, said)
        self._put_away(version, outcome)
        return outcome

    def _load_once(self, version: ObjectVersion, feed: Feed) -> Outcome:
        with self.db.transaction():
            ledger.lock_key(self.db, version)
            known = ledger.known_loads(self.db, version)
            if earlier := _dealt_with(version, known):
                return _duplicate(version, earlier)
            replaces = feed.on_reupload == "replace"
            if replaces and (newer := _newer(version, known)):
                return self._superseded(version, feed, newer)
            if not replaces and (same := _same_again(version, known)):
                return _duplicate(version, same)
            # closing(): botocore's body as a context manager hands out the bare
            # socket, which takes a connection that broke for the end of the file.
            with closing(self.storage.open(version)) as stream:
                return self._load(version, feed, stream, known)

    def _load(
        self, version: ObjectVersion, feed: Feed, stream: Stream, known: list[Known]
    ) -> Outcome:
        load_id = ledger.open_load(self.db, version, feed.name, self.catalog.hash)
        with tempfile.SpooledTemporaryFile(SPOOL, "w+", encoding="utf-8") as rejects:
            with self.db.transaction() as rows:
                counts = self._copy(load_id, version, feed, stream, rejects)
                over = feed.reject_limit.exceeded(counts.rejected, counts.read)
                if over:
                    raise psycopg.Rollback(rows)
            self._copy_rejects(rejects)
        status, reason = "loaded", None
        if over:
            status, reason = "rejected", _over(counts, feed)
            counts = Counts(counts.read, 0, counts.rejected)
        ledger.close_load(self.db, load_id, counts, status, reason)
        if not over and feed.on_reupload == "replace":
            replaced = [
                k.load_id for k in known if k.status == "loaded" and k.feed == feed.name
            ]
            ledger.supersede(self.db, feed, replaced, load_id)
        return Outcome(version.key, status, feed.name, load_id, counts, reason)

    def _copy(
        self,
        load_id: int,
        version: ObjectVersion,
        feed: Feed,
        stream: Stream,
        spool: IO[str],
    ) -> Counts:
        """COPY the good rows; the others go to the spool."""
        format_ = feed.format_of(version.key)
        records = _open_records(unpacked(stream, version.key), feed, format_)
        validator = Validator(records.columns, records.delimiter, feed.trim)
        of_key = key_values(feed, version.key)
        head = validator.head(str(load_id), *of_key.values())
        loaded = rejected = 0
        statement = ledger.copy_rows(feed, of_key, records.columns, records.delimiter)
        with self.db.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in records.batches:
                rows, rejects = validator.sift(batch, head)
                copy.write(rows)
                spool.writelines(_reject_rows(load_id, rejects))
                loaded += len(batch.numbers) + len(batch.broken) - len(rejects)
                rejected += len(rejects)
        return Counts(loaded + rejected, loaded, rejected)

    def _copy_rejects(self, spool: IO[str]) -> None:
        spool.seek(0)
        with self.db.cursor() as cursor, cursor.copy(ledger.COPY_REJECTS) as copy:
            while chunk := spool.read(1 << 16):
                copy.write(chunk)

    def _unmatched(self, version: ObjectVersion) -> Outcome:
        """No feed wants it: noted once, left where it is."""
        reason = "no feed's files match this key"
        with self.db.transaction():
            ledger.lock_key(self.db, version)
            for known in ledger.known_loads(self.db, version):
                if known.version == version.version and known.status == "unmatched":
                    return _duplicate(version, known)
            load_id = ledger.enter(self.db, version, "unmatched", reason)
        return Outcome(version.key, "unmatched", load_id=load_id, reason=reason)

    def _superseded(self, version: ObjectVersion, feed: Feed, newer: Known) -> Outcome:
        """An older upload that arrives after a newer one: noted, not loaded."""
        reason = f"load {newer.load_id} is of a newer version of this object"
        load_id = ledger.enter(
            self.db, version, "superseded", reason, feed.name, newer.load_id
        )
        return Outcome(version.key, "superseded", feed.name, load_id, reason=reason)

    def _failed(self, version: ObjectVersion, feed: Feed, reason: str) -> Outcome:
        """The load was rolled back; say so in a transaction of its own."""
        with self.db.transaction():
            ledger.lock_key(self.db, version)
            known = ledger.known_loads(self.db, version)
            if earlier := _dealt_with(version, known):
                return _duplicate(version, earlier)
            load_id = ledger.enter(self.db, version, "failed", reason, feed.name)
        return Outcome(version.key, "failed", feed.name, load_id, reason=reason)

    def _gone(self, version: ObjectVersion, feed: Feed) -> Outcome:
        """Nothing to read: dealt with before, or taken away before its turn."""
        for known in ledger.known_loads(self.db, version):
            if known.version == version.version:
                return _duplicate(version, known)
        return self._failed(
            version, feed, "the object was deleted or overwritten before it was read"
        )

    def _put_away(self, version: ObjectVersion, outcome: Outcome) -> None:
        """Move the object after the commit; also one that a crash left behind."""
        if outcome.load_id is None:
            return
        became = outcome.reason if outcome.status == "duplicate" else outcome.status
        is_good = became in ("loaded", "superseded")
        folder = self.settings.processed if is_good else self.settings.failed
        name = version.key.removeprefix(self.settings.incoming)
        key = f"{folder}{outcome.feed}/{outcome.load_id}/{name}"
        try:
            self.storage.move(version, key)
        except Gone:
            return
        ledger.set_moved(self.db, outcome.load_id, key)


def _over(counts: Counts, feed: Feed) -> str:
    """Why nothing of a file is published."""
    if counts.rejected == counts.read:
        return "no row keeps the contract"
    return (
        f"{counts.rejected} of {counts.read} rows break the contract, more than its "
        f"reject_limit of {feed.reject_limit}"
    )


def _open_records(stream: Stream, feed: Feed, format_: str) -> Records:
    if format_ in JSON_FORMATS:
        return json_records.open_records(stream, feed, format_)
    return csv_records.open_records(stream, feed, format_)


def _duplicate(version: ObjectVersion, earlier: Known) -> Outcome:
    """A delivery of what was dealt with; the reason is what it was then."""
    return Outcome(
        version.key, "duplicate", earlier.feed, earlier.load_id, reason=earlier.status
    )


def _dealt_with(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The load that had this version; None if it must be loaded (again).

    A bucket without versions names an object by its etag, so the same content
    may come back: after another, or because its contract was mended. Only if
    its event is known to be an old one it is left alone.
    """
    for load in known:
        if load.version != version.version:
            continue
        if load.status == "loaded":
            return load
        is_same_write = version.version_id or (
            version.sequencer and load.sequencer == version.sequencer
        )
        if is_same_write and load.status != "unmatched":
            return load
    return None


def _same_again(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The newest load of this key, where it had the same bytes.

    To append them again would double rows that nobody wrote twice.
    """
    newest = next((load for load in known if load.status == "loaded"), None)
    return newest if newest and newest.etag == version.etag else None


def _newer(version: ObjectVersion, known: Sequence[Known]) -> Known | None:
    """The load of a later write to the same key, where sequencers tell."""
    for load in known:
        if load.status == "loaded" and is_older(version.sequencer, load.sequencer):
            return load
    return None


def _reject_rows(load_id: int, rejects: Iterable[Reject]) -> Iterable[str]:
    """Rejects as COPY text, in the order of `ledger.COPY_REJECTS`."""
    for reject in rejects:
        first, *others = reject.problems
        also = [
            {"column": p.column, "code": p.code, "message": p.message} for p in others
        ]
        values = (
            load_id,
            reject.number,
            reject.line,
            first.column,
            first.code,
            first.message,
            reject.text.replace("\0", "\ufffd"),
            json.dumps(also) if also else None,
        )
        yield "\t".join(map(_copy_value, values)) + "\n"


def _copy_value(value: object) -> str:
    return r"\N" if value is None else str(value).translate(COPY_ESCAPES)
