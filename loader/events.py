"""What an event says: which objects were written, and which deleted.

An S3 notification may come by itself, through SQS or through EventBridge:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

Event = Mapping[str, Any]
# The reason of EventBridge's `Object Deleted`, where nobody asked for it.
_BY_A_RULE = "Lifecycle Expiration"


class UnknownEvent(ValueError):
    """The event is none that S3 sends."""


@dataclass(frozen=True)
class ObjectVersion:
    """One written state of one object, by its decoded key.

    `version_id` is given in versioned buckets, `sequencer` by AWS but not by
    every S3 service; `etag` always.
    """

    bucket: str
    key: str
    etag: str
    version_id: str | None = None
    sequencer: str | None = None
    size: int | None = None

    @property
    def version(self) -> str:
        return self.version_id or self.etag


@dataclass(frozen=True)
class Deletion:
    """That somebody deleted an object, by its decoded key.

    In a versioned bucket it was hidden, or one of its versions is gone.
    """

    bucket: str
    key: str
    sequencer: str | None = None


@dataclass(frozen=True)
class Message:
    """An SQS message: an event of S3, or rows."""

    id: str
    body: str


def messages(event: Event) -> list[Message] | None:
    """The SQS messages of an event, or None where it did not come by SQS."""
    records = event.get("Records") or []
    if not records or records[0].get("eventSource") != "aws:sqs":
        return None
    return [Message(record["messageId"], record["body"]) for record in records]


def objects(event: Event | str) -> list[ObjectVersion]:
    """The objects that were written.

    Raises:
        UnknownEvent: as of `changes`.
    """
    return [found for found in changes(event) if isinstance(found, ObjectVersion)]


def changes(event: Event | str) -> list[ObjectVersion | Deletion]:
    """What an S3 notification or an EventBridge event tells of, in its order.

    Empty for `s3:TestEvent`, which S3 sends once when a notification is set
    up, for the empty objects that stand for folders, and for objects that a rule of
    the bucket deletes after their time.

    Raises:
        UnknownEvent: where it is neither, or lacks what S3 always sends.
    """
    try:
        decoded = json.loads(event) if isinstance(event, str) else event
        return [found for found in _changes(decoded) if not found.key.endswith("/")]
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise UnknownEvent(f"no event of S3: {error!r}") from error


def _changes(event: Event) -> Iterator[ObjectVersion | Deletion]:
    if event.get("Event") == "s3:TestEvent":
        return
    if event.get("source") == "aws.s3":
        kind, detail = event["detail-type"], event["detail"]
        if kind == "Object Created":
            yield _from_eventbridge(detail)
        elif kind == "Object Deleted" and detail.get("reason") != _BY_A_RULE:
            yield _deletion(detail, detail["object"]["key"])
        return
    for record in event["Records"]:
        if record["eventSource"] != "aws:s3":
            raise UnknownEvent(f"no event of S3, but of {record['eventSource']}")
        # Of what a rule deletes, S3 tells as LifecycleExpiration.
        if record["eventName"].startswith("ObjectCreated:"):
            yield _from_notification(record["s3"])
        elif record["eventName"].startswith("ObjectRemoved:"):
            s3 = record["s3"]
            yield _deletion(s3, unquote_plus(s3["object"]["key"]))


def _deletion(said: Event, key: str) -> Deletion:
    return Deletion(said["bucket"]["name"], key, said["object"].get("sequencer"))


def _from_notification(s3: Event) -> ObjectVersion:
    found = s3["object"]
    return ObjectVersion(
        bucket=s3["bucket"]["name"],
        # S3 encodes keys as form values: a blank comes as +, a plus as %2B.
        key=unquote_plus(found["key"]),
        etag=found["eTag"].strip('"'),
        version_id=_version_id(found.get("versionId")),
        sequencer=found.get("sequencer"),
        size=found.get("size"),
    )


def _from_eventbridge(detail: Event) -> ObjectVersion:
    found = detail["object"]
    return ObjectVersion(
        bucket=detail["bucket"]["name"],
        # EventBridge gives the key as it is.
        key=found["key"],
        etag=found["etag"].strip('"'),
        version_id=_version_id(found.get("version-id")),
        sequencer=found.get("sequencer"),
        size=found.get("size"),
    )


def _version_id(said: str | None) -> str | None:
    """ "null" is the id of every object written while versioning is off."""
    return said if said and said != "null" else None


def is_older(sequencer: str | None, other: str | None) -> bool:
    """Whether the first write to a key came before the other; False if unknown.

    S3 compares sequencers of different length by padding the shorter one with
    zeros on the right.
    """
    if sequencer is None or other is None:
        return False
    width = max(len(sequencer), len(other))
    return sequencer.lower().ljust(width, "0") < other.lower().ljust(width, "0")
