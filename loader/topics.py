"""Rows that come by Kafka or Kinesis: each record once, and none holds up the others.

Both hand over records of one partition (shard) in their order, at least once, in
batches that may be cut otherwise the next time. So the ledger has a load for each
batch, its key is the partition's, and its version ends at an offset: what comes again
is what does not lie beyond the last one.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import psycopg

from catchment.contract import Feed
from loader import copying
from loader.load import Loader
from loader.outcome import Outcome
from loader.query import loads
from loader.readers import formats
from loader.readers.records import Batch, Broken, Records
from loader.readers.streams import Unreadable
from loader.refusals import REFUSALS, migrated
from loader.rows import UnknownFeed, as_lines, in_a_line, unlimited
from loader.stopwatch import Stopwatch
from loader.topic_events import Part, Record

# What ops.reject.line holds; sequence numbers of Kinesis are longer.
_LARGEST_LINE = (1 << 63) - 1


def load(part: Part, loader: Loader) -> list[Outcome]:
    """Load those of the records that were not loaded before.

    Records that break their contract go to the quarantine, and hold no other back,
    whatever the reject limit is: nobody mends a partition and sends it again.

    Returns:
        what became of them: one load, but for a record that neither passes nor is
        told by its contract, whose neighbours are then loaded by themselves.

    Raises:
        UnknownFeed: where no feed's files match the key.
        psycopg.Error, NotMigrated: as of `Loader.load`.
    """
    feed = loader.catalog.feed_of(part.key)
    if feed is None:
        raise UnknownFeed(
            f"no feed's files match {part.key}: give one a contract, or take the "
            "event source mapping away"
        )
    with migrated(feed):
        return list(_load_halves(part, unlimited(as_lines(feed, part.key)), loader))


def _load_halves(part: Part, feed: Feed, loader: Loader) -> Iterator[Outcome]:
    """Load a part; where it is refused, each half of it, down to the record that is."""
    try:
        yield _load_once(part, feed, loader)
    except (*REFUSALS, Unreadable) as error:
        if len(part.records) == 1:
            yield _load_once(part, feed, loader, refused=_refusal(error))
            return
        half = len(part.records) // 2
        for records in (part.records[:half], part.records[half:]):
            yield from _load_halves(replace(part, records=records), feed, loader)


def _refusal(error: Exception) -> str:
    if isinstance(error, psycopg.Error):
        return f"Postgres refused it: {error.diag.message_primary}"
    return str(error)


def _load_once(
    part: Part, feed: Feed, loader: Loader, refused: str | None = None
) -> Outcome:
    watch = Stopwatch()
    with loader.db.transaction():
        loads.lock_key(loader.db, part.version)
        newest = loads.newest_version(loader.db, part.version)
        fresh = part.after(int(newest.split(" ")[0]) if newest else -1)
        if not fresh.records:
            return Outcome(part.key, "duplicate", feed.name, reason="loaded")
        records = _records(fresh, feed, refused)
        file = copying.begun(records, feed, part.key)
        outcome = loader.load_opened(fresh.version, file, (), watch)
    return replace(outcome, seconds=watch.seconds())


@dataclass(frozen=True)
class _Line:
    """A record as a line of NDJSON; `fault` is why it cannot be one: code, message."""

    text: str
    fault: tuple[str, str] | None = None


def _line(record: Record) -> _Line:
    if record.value is None:
        return _Line("", ("json", "is null: it holds no row"))
    try:
        text = record.value.decode()
    except UnicodeDecodeError:
        text = record.value.decode(errors="backslashreplace")
        return _Line(text, ("encoding", "is not UTF-8"))
    if not text.strip():
        return _Line(text, ("json", "is empty"))
    try:
        return _Line(in_a_line(text))
    except (ValueError, RecursionError) as error:
        return _Line(text, ("json", str(error)))


def _records(part: Part, feed: Feed, refused: str | None) -> Records:
    """The records, numbered from 1; `refused` is why none of them is to be loaded.

    Their lines are offsets, where these are not too large for it.
    """
    lines = list(map(_line, part.records))
    if refused:
        lines = [replace(line, fault=("refused", refused)) for line in lines]
    body = "\n".join("null" if line.fault else line.text for line in lines)
    records = formats.open_records(io.BytesIO(body.encode()), feed, part.key)
    batches = (_told(batch, lines, part.records) for batch in records.batches)
    return replace(records, batches=batches)


def _told(batch: Batch, lines: Sequence[_Line], records: Sequence[Record]) -> Batch:
    """A batch with offsets for its lines, and faults in the words of this module."""

    def offset(number: int) -> int | None:
        found = records[number - 1].offset
        return found if found <= _LARGEST_LINE else None

    def told(broken: Broken) -> Broken:
        line = lines[broken.number - 1]
        code, message = line.fault or (broken.code, broken.message)
        return Broken(broken.number, offset(broken.number), code, message, line.text)

    return replace(
        batch,
        lines=list(map(offset, batch.numbers)),
        broken=list(map(told, batch.broken)),
    )
