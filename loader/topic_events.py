"""What an event of Kafka or Kinesis says: records of partitions, each with its offset.

https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from loader.events import Event, ObjectVersion, UnknownEvent
from loader.rows import NO_BUCKET

KINESIS = "aws:kinesis"
KAFKA = ("aws:kafka", "SelfManagedKafka")


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
