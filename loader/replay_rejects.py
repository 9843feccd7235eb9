"""Try the quarantine of a load once more, under the contract that holds now.

Records that keep it now become rows of the same load, by their own numbers; the
others stay, with what is wrong with them now. Headers are in the file only, so it is
read again; what came without one is in the quarantine itself.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

from catchment.contract import Column, Feed
from loader import copying
from loader.copying import Opened
from loader.load import Loader
from loader.outcome import Counts, Outcome
from loader.query import loads, replays
from loader.query.loads import Entry
from loader.readers.records import Batch, Broken
from loader.readers.streams import Unreadable
from loader.refusals import REFUSALS, migrated
from loader.replay import CannotReplay, find_object, gone, known
from loader.rows import NO_BUCKET, as_lines
from loader.stopwatch import Stopwatch
from loader.storage import Gone
from loader.validation import personal
from loader.validation.changes import changed, changes_of
from loader.validation.personal import Personal

# Of records that came without a file: no contract mends these, and the quarantine may
# show another text than theirs, for it keeps neither NUL nor what is no UTF-8.
_NO_ROW = ("json", "encoding")


def replay_rejects(loader: Loader, load_id: int) -> Outcome:
    """Let the good ones of a load's rejects become rows of it.

    Returns:
        the load's status by then; its counts are of the records that were tried.

    Raises:
        CannotReplay: where they cannot be tried; nothing has changed then.
        psycopg.Error, botocore.exceptions.BotoCoreError, NotMigrated: as of
            `Loader.load`.
    """
    entry = known(loader, load_id)
    watch = Stopwatch()
    try:
        with loader.db.transaction():
            loads.lock_key(loader.db, entry.version)
            # What it is now: another may have been quicker.
            entry = known(loader, load_id)
            feed = _feed(loader, entry)
            with migrated(feed):
                counts = _try_again(loader, entry, feed, watch)
    except Gone:
        raise gone(entry) from None
    except Unreadable as error:
        said = personal.told(feed, error)
        raise _reads_otherwise(entry, f"the file {said}") from None
    except REFUSALS as error:
        raise CannotReplay("Postgres refused one of the records") from error
    return Outcome(
        entry.version.key,
        "loaded" if counts.loaded else entry.status,
        entry.feed,
        load_id,
        counts,
        seconds=watch.seconds(),
    )


def _feed(loader: Loader, entry: Entry) -> Feed:
    """The contract of a load whose rejects can be tried.

    Raises:
        CannotReplay: where they cannot, or it belongs to another feed by now.
    """
    load_id, key = entry.load_id, entry.version.key
    if entry.status == "superseded":
        raise CannotReplay(
            f"load {entry.superseded_by} superseded load {load_id}: replay that one"
        )
    if entry.version.bucket == NO_BUCKET:
        # A request whose records are all bad is rejected, and has no file to replay.
        if entry.status != "loaded" and not replays.is_all_kept(loader.db, load_id):
            raise CannotReplay(
                f"load {load_id} is {entry.status} and came without a file, and the "
                "quarantine does not have all of its records: send them again"
            )
        feed = loader.catalog.feeds.get(str(entry.feed))
        return as_lines(feed, key) if feed else _no_feed(entry)
    if entry.status != "loaded":
        raise CannotReplay(
            f"load {load_id} is {entry.status}, none of its rows is published: replay "
            f"all of it, by `catchment replay {load_id}`"
        )
    feed = loader.catalog.feed_of(key)
    return feed if feed and feed.name == entry.feed else _no_feed(entry)


def _no_feed(entry: Entry) -> Feed:
    raise CannotReplay(
        f"load {entry.load_id} is of the feed {entry.feed}, which does not take "
        f"{entry.version.key} any more"
    )


def _try_again(loader: Loader, entry: Entry, feed: Feed, watch: Stopwatch) -> Counts:
    db, load_id = loader.db, entry.load_id
    missing = replays.marks(db, load_id)
    if not missing:
        raise CannotReplay(f"load {load_id} has no rejects")
    guard = Personal.of(feed, loader.settings)
    with (
        _opened(loader, entry, feed, watch) as file,
        tempfile.SpooledTemporaryFile(copying.SPOOL, "w+", encoding="utf-8") as spool,
    ):
        batches = _only(file, missing)
        chosen = replace(file, records=replace(file.records, batches=batches))
        counts = copying.fill(db, feed.table, load_id, chosen, guard, spool, watch)
        if missing:
            raise _reads_otherwise(entry)
        replays.delete_rejects(db, load_id)
        copying.copy_rejects(db, spool)
    replays.add_rows(db, load_id, counts)
    return counts


@contextmanager
def _opened(
    loader: Loader, entry: Entry, feed: Feed, watch: Stopwatch
) -> Iterator[Opened]:
    """The records of a load as they came."""
    key = entry.version.key
    if entry.version.bucket != NO_BUCKET:
        with closing(loader.storage.open(find_object(loader, entry))) as stream:
            yield copying.opened(stream, feed, key, watch)
        return
    if feed.is_personal:
        raise CannotReplay(
            f"the records of load {entry.load_id} came without a file, and the "
            "quarantine keeps no personal data: send them again"
        )
    kept = replays.records(loader.db, entry.load_id)
    body = "\n".join(b.text if _is_line(b, name) else "null" for b, name in kept)
    file = copying.opened(io.BytesIO(body.encode()), feed, key, watch)
    batches = (_as_kept(batch, kept) for batch in file.records.batches)
    yield replace(file, records=replace(file.records, batches=batches))


def _is_line(kept: Broken, column: str | None) -> bool:
    """Whether a record of the quarantine can be read as a line of NDJSON.

    The others stay as they are.
    """
    if column is None and kept.code in _NO_ROW:
        return False
    return bool(kept.text.strip()) and not {"\r", "\n"} & set(kept.text)


def _as_kept(batch: Batch, kept: Sequence[tuple[Broken, str | None]]) -> Batch:
    """A batch of the quarantine with the numbers that its records came by."""

    def told(broken: Broken) -> Broken:
        was, column = kept[broken.number - 1]
        if not _is_line(was, column):
            return was
        return replace(broken, number=was.number, line=was.line)

    return replace(
        batch,
        numbers=[kept[place - 1][0].number for place in batch.numbers],
        lines=[kept[place - 1][0].line for place in batch.numbers],
        broken=list(map(told, batch.broken)),
    )


def _only(file: Opened, missing: dict[int, replays.Mark]) -> Iterator[Batch]:
    """The records that are missing, which are taken out of there as they come.

    A record that has another line or text than in the quarantine goes on missing:
    by the new contract its number is another record's.
    """

    def is_wanted(number: int, line: int | None, texts: Iterable[str]) -> bool:
        if missing[number] not in ((line, _digest(text)) for text in texts):
            return False
        del missing[number]
        return True

    for batch in file.records.batches:
        keep = [
            place
            for place, number in enumerate(batch.numbers)
            if number in missing
            and is_wanted(number, batch.lines[place], _texts(file, batch, place))
        ]
        broken = [
            b
            for b in batch.broken
            if b.number in missing
            and is_wanted(b.number, b.line, (b.text, personal.WITHHELD))
        ]
        if keep or broken:
            yield _chosen(batch, keep, broken)
        if not missing:
            return


def _texts(file: Opened, batch: Batch, place: int) -> Iterator[str]:
    """What the quarantine may have of a record with columns.

    Of a personal one its values as they were read or as the contract changes them,
    for it may have changed them otherwise; or nothing, where it had no columns.
    """
    yield batch.texts[place]
    if file.feed.is_personal:
        columns = file.records.columns
        values = [values[place] for values in batch.columns]
        yield personal.record(columns, values)
        yield personal.record(columns, _changed(file.feed, columns, values))
        yield personal.WITHHELD


def _changed(
    feed: Feed, columns: Sequence[Column], values: Sequence[str]
) -> Sequence[str]:
    return [
        changed([value], changes_of(column, feed.trim))[0]
        for column, value in zip(columns, values, strict=True)
    ]


def _chosen(batch: Batch, keep: Sequence[int], broken: Sequence[Broken]) -> Batch:
    return replace(
        batch,
        numbers=[batch.numbers[place] for place in keep],
        columns=[[values[place] for place in keep] for values in batch.columns],
        lines=[batch.lines[place] for place in keep],
        texts=[batch.texts[place] for place in keep],
        broken=broken,
    )


def _digest(text: str) -> bytes:
    """As Postgres has it of a text in the quarantine (`copying`)."""
    kept = text.replace("\0", "\ufffd").encode(errors="replace")
    return hashlib.md5(kept, usedforsecurity=False).digest()


def _reads_otherwise(entry: Entry, why: str = "") -> CannotReplay:
    what, mend = "file", f"replay all of it, by `catchment replay {entry.load_id}`"
    if entry.version.bucket == NO_BUCKET:
        what, mend = "quarantine", "send its records again"
    return CannotReplay(
        f"the contract reads this {what} otherwise than when it was loaded"
        f"{f' ({why})' if why else ''}: {mend}"
    )
