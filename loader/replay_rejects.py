"""Try the quarantine of a load once more, under the contract that holds now.

Records that keep it now become rows of the same load, by their own numbers; the
others stay, with what is wrong with them now. Headers are in the file only, so it is
read again; what came without one is in the quarantine itself.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

from catchment.contract import Feed
from loader import copying
from loader.copying import Opened
from loader.load import REFUSALS, Loader, migrated
from loader.outcome import Counts, Outcome
from loader.personal import Personal
from loader.query import loads, replays
from loader.query.loads import Entry
from loader.records import Batch, Broken
from loader.replay import CannotReplay, find_object, gone, known
from loader.rows import NO_BUCKET, as_lines
from loader.stopwatch import Stopwatch
from loader.storage import Gone
from loader.streams import Unreadable


def replay_rejects(loader: Loader, load_id: int) -> Outcome:
    """Let the good ones of a load's rejects become rows of it.

    Returns:
        status `loaded`; its counts are of the records that were tried.

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
        raise _reads_otherwise(entry, f"the file {error}") from None
    except REFUSALS as error:
        raise CannotReplay("Postgres refused one of the records") from error
    return Outcome(
        entry.version.key,
        "loaded",
        entry.feed,
        load_id,
        counts,
        seconds=watch.seconds(),
    )


def _feed(loader: Loader, entry: Entry) -> Feed:
    """The contract of a load that counts.

    Raises:
        CannotReplay: where it does not count, or belongs to another feed by now.
    """
    load_id, key = entry.load_id, entry.version.key
    if entry.status == "superseded":
        raise CannotReplay(
            f"load {entry.superseded_by} superseded load {load_id}: replay that one"
        )
    if entry.status != "loaded":
        raise CannotReplay(
            f"load {load_id} is {entry.status}, none of its rows is published: replay "
            f"all of it, by `catchment replay {load_id}`"
        )
    feeds = loader.catalog.feeds
    if entry.version.bucket == NO_BUCKET:
        feed = feeds.get(str(entry.feed))
        return as_lines(feed, key) if feed else _no_feed(entry)
    feed = loader.catalog.feed_of(key)
    return feed if feed and feed.name == entry.feed else _no_feed(entry)


def _no_feed(entry: Entry) -> Feed:
    raise CannotReplay(
        f"load {entry.load_id} is of the feed {entry.feed}, which does not take "
        f"{entry.version.key} any more"
    )


def _try_again(loader: Loader, entry: Entry, feed: Feed, watch: Stopwatch) -> Counts:
    db, load_id = loader.db, entry.load_id
    missing = replays.digests(db, load_id)
    if not missing:
        raise CannotReplay(f"load {load_id} has no rejects")
    guard = Personal.of(feed, loader.settings)
    with (
        _opened(loader, entry, feed, watch) as file,
        tempfile.SpooledTemporaryFile(copying.SPOOL, "w+", encoding="utf-8") as spool,
    ):
        batches = _only(file.records.batches, missing, is_shown=not feed.is_personal)
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
    body = "\n".join(_line(text) for _, _, text in kept).encode()
    file = copying.opened(io.BytesIO(body), feed, key, watch)
    places = {place: (number, line) for place, (number, line, _) in enumerate(kept, 1)}
    batches = (_as_kept(batch, places) for batch in file.records.batches)
    yield replace(file, records=replace(file.records, batches=batches))


def _line(text: str) -> str:
    """A record as a line of NDJSON; no reader counts blank ones."""
    return text.replace("\r", " ").replace("\n", " ") if text.strip() else "null"


def _as_kept(batch: Batch, places: Mapping[int, tuple[int, int | None]]) -> Batch:
    """A batch of the quarantine with the numbers that its records came by."""
    return replace(
        batch,
        numbers=[places[place][0] for place in batch.numbers],
        lines=[places[place][1] for place in batch.numbers],
        broken=[
            replace(b, number=places[b.number][0], line=places[b.number][1])
            for b in batch.broken
        ],
    )


def _only(
    batches: Iterator[Batch], missing: dict[int, bytes], *, is_shown: bool
) -> Iterator[Batch]:
    """The records that are missing, which are taken out of there as they come.

    A record that has another text than in the quarantine goes on missing: by the
    new contract its number is another record's.
    """

    def is_wanted(number: int, text: str) -> bool:
        if number not in missing or (is_shown and missing[number] != _digest(text)):
            return False
        del missing[number]
        return True

    for batch in batches:
        keep = [
            place
            for place, number in enumerate(batch.numbers)
            if number in missing and is_wanted(number, batch.texts[place])
        ]
        broken = [b for b in batch.broken if is_wanted(b.number, b.text)]
        if keep or broken:
            yield _chosen(batch, keep, broken)
        if not missing:
            return


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
    return CannotReplay(
        f"the contract reads this file otherwise than when it was loaded"
        f"{f' ({why})' if why else ''}: replay all of it, by `catchment replay "
        f"{entry.load_id}`"
    )
