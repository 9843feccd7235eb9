"""Rows that come by Kafka or Kinesis: each record once, and none holds up the others.

Both hand over records of one partition (shard) in their order, at least once, in
batches that may be cut otherwise the next time. So the ledger has a load for each
batch, its key is the partition's, and its version ends at an offset: what comes again
is what does not lie beyond the last one.
https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

import binascii
import io
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import psycopg

from catchment.contract import Feed
from loader import copying
from loader.events import Event, ObjectVersion, UnknownEvent
from loader.load import REFUSALS, Loader, migrated
from loader.outcome import Outcome
from loader.query import loads
from loader.readers import formats
from loader.readers.records import Batch, Broken, Records
from loader.readers.streams import Unreadable
from loader.rows import NO_BUCKET, UnknownFeed, as_lines, in_a_line, unlimited
from loader.stopwatch import Stopwatch

KINESIS = "aws:kinesis"
KAFKA = ("aws:kafka", "SelfManagedKafka")
# What ops.reject.line holds; sequence numbers of Kinesis are longer.
_LARGEST_LINE = (1 << 63) - 1


@dataclass(frozen=True)
class Record:
    """A record of a partition; Kafka knows records without a value."""

    offset: int
    value: bytes | None


@dataclass(frozen=True)
class Part:
    """Records of one partition, by offset.

    Attributes:
        key: `kafka/<topic>/<partition>` or `kinesis/<stream>/<shard>`, by which a
            feed's `files` find it.
        source: which cluster or stream it is, as its event names it: another's
            offsets are others.
    """

    key: str
    source: str
    records: tuple[Record, ...]

    @property
    def first(self) -> int:
        return self.records[0].offset

    @property
    def version(self) -> ObjectVersion:
        return ObjectVersion(
            bucket=NO_BUCKET,
            key=self.key,
            etag=self.source,
            version_id=f"{self.records[-1].offset} {self.source}",
            size=sum(len(record.value or b"") for record in self.records),
        )

    def after(self, offset: int) -> "Part":
        fresh = (record for record in self.records if record.offset > offset)
        return replace(self, records=tuple(fresh))


def of(event: Event) -> list[Part] | None:
    """The records of an event by partition; None where it is another event.

    Raises:
        UnknownEvent: where it lacks what AWS always sends.
    """
    try:
        if event.get("eventSource") in KAFKA:
            return list(_of_kafka(event))
        records = event.get("Records") or []
        if records and records[0].get("eventSource") == KINESIS:
            return list(_of_kinesis(records))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnknownEvent(f"no event of Kafka or Kinesis: {error!r}") from error
    return None


def _of_kafka(event: Event) -> Iterator[Part]:
    brokers = sorted(str(event.get("bootstrapServers", "")).split(","))
    source = event.get("eventSourceArn") or ",".join(brokers)
    for records in event["records"].values():
        if records:
            topic, partition = records[0]["topic"], records[0]["partition"]
            found = ((record["offset"], record.get("value")) for record in records)
            yield _part(f"kafka/{topic}/{partition}", source, found)


def _of_kinesis(records: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    def shard(record: Mapping[str, Any]) -> tuple[str, str]:
        # arn:aws:kinesis:region:account:stream/name, behind which a consumer may
        # stand: its records are those of the stream.
        stream = record["eventSourceARN"].split("/consumer/")[0]
        return stream, record["eventID"].split(":")[0]

    for (stream, shard_id), group in groupby(sorted(records, key=shard), key=shard):
        said = [record["kinesis"] for record in group]
        found = ((int(one["sequenceNumber"]), one.get("data")) for one in said)
        name = stream.split(":stream/")[1]
        yield _part(f"kinesis/{name}/{shard_id}", stream, found)


def _part(key: str, source: str, found: Iterable[tuple[int, str | None]]) -> Part:
    by_offset = {
        int(offset): None if value is None else _decoded(value)
        for offset, value in found
    }
    return Part(key, source, tuple(Record(o, by_offset[o]) for o in sorted(by_offset)))


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("a value is no base64") from error


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
