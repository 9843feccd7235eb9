"""The queue of events of files, and the dead letters: events that nobody dealt with.

Here and in AWS alike, with the rights of who asks.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catchment.local import storage
from catchment.local.complaints import setting
from catchment.local.trouble import Trouble

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# A message is hidden this long while it is looked at, and is given back after it.
_SECONDS = 30
# SQS hands out no more at once.
_BATCH = 10


@dataclass(frozen=True)
class Count:
    """How many messages wait, and how many somebody has in hand."""

    waiting: int
    in_flight: int


@dataclass(frozen=True)
class Letter:
    """A dead letter.

    Attributes:
        about: what it tells of, in words without its contents.
        key: of its object, where it tells of one.
        reason: what Lambda says of the last try, where it called the loader itself.
    """

    sent: datetime
    about: str
    key: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Queues:
    """The queue, None where S3 calls the loader by itself, and its dead letters."""

    sqs: "SQSClient"
    url: str | None
    dead_url: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Queues":
        """Those that an environment names.

        Raises:
            click.ClickException: where it names none.
        """
        url = environ.get("CATCHMENT_QUEUE_URL") or None
        dead = environ.get("CATCHMENT_DEAD_LETTERS_URL")
        if not dead:
            dead = storage.dead_letters(url or setting("CATCHMENT_QUEUE_URL"))
        return cls(storage.client("sqs", environ), url, dead)

    def counts(self) -> tuple[Count | None, Count]:
        """Of the queue, and of the dead letters."""
        return self._count(self.url) if self.url else None, self._count(self.dead_url)

    def _count(self, url: str) -> Count:
        said = self.sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        return Count(
            int(said["ApproximateNumberOfMessages"]),
            int(said["ApproximateNumberOfMessagesNotVisible"]),
        )

    def letters(self, most: int) -> list[Letter]:
        """The first dead letters; they stay where they are."""
        messages = list(self._received(most))
        for message in messages:
            self.sqs.change_message_visibility(
                QueueUrl=self.dead_url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=0,
            )
        return [letter_of(message) for message in messages]

    def send_back(self) -> int:
        """Put all dead letters back into the queue; returns how many.

        Each is deleted after it was sent: a stop between the two delivers it twice,
        which loads nothing twice.

        Raises:
            Trouble: where there is no queue.
        """
        if self.url is None:
            raise Trouble(
                "There is no queue to send them back to: upload the files again."
            )
        count = 0
        for message in self._received(None):
            self.sqs.send_message(
                QueueUrl=self.url,
                MessageBody=message["Body"],
                MessageAttributes=message.get("MessageAttributes", {}),
            )
            self.sqs.delete_message(
                QueueUrl=self.dead_url, ReceiptHandle=message["ReceiptHandle"]
            )
            count += 1
        return count

    def _received(self, most: int | None) -> Iterator["MessageTypeDef"]:
        left = most
        while left is None or left > 0:
            found = self.sqs.receive_message(
                QueueUrl=self.dead_url,
                MaxNumberOfMessages=_BATCH if left is None else min(left, _BATCH),
                VisibilityTimeout=_SECONDS,
                # A short poll asks some of SQS's servers only, and may find nothing.
                WaitTimeSeconds=1,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not found:
                return
            yield from found
            left = None if left is None else left - len(found)


def letter_of(message: "MessageTypeDef") -> Letter:
    """What a message is about; of rows in it only whose they are."""
    sent_at = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    sent = datetime.fromtimestamp(sent_at, UTC)
    try:
        said = json.loads(message["Body"])
        given = said.get("requestPayload", said)
    except (ValueError, AttributeError, RecursionError):
        return Letter(sent, "no event: the message is no JSON object")
    reason = (said.get("responsePayload") or {}).get("errorMessage")
    if isinstance(given, dict) and "rows" in given:
        return Letter(sent, f"rows of the feed {given.get('feed')}", reason=reason)
    return _of_object(sent, given, reason)


def _of_object(sent: datetime, event: Any, reason: str | None) -> Letter:
    """What Lambda was given (trigger = "direct"), or what S3 wrote to the queue."""
    from loader import events

    try:
        found = events.changes(event)
    except events.UnknownEvent:
        return Letter(sent, "no event that the loader knows", reason=reason)
    if not found:
        return Letter(sent, "an event of no object", reason=reason)
    first, others = found[0], len(found) - 1
    gone = isinstance(first, events.Deletion)
    about = f"{first.key}{' was deleted' if gone else ''}"
    more = f" and {others} more" if others else ""
    return Letter(sent, about + more, first.key, reason)


def described(counts: tuple[Count | None, Count]) -> str:
    """`Queue: 3 waiting, 1 in hand. Dead letters: 0.`"""
    queue, dead = counts
    waiting = (
        f"{queue.waiting:,} waiting, {queue.in_flight:,} in hand"
        if queue
        else "none, S3 calls the loader"
    )
    return f"Queue: {waiting}. Dead letters: {dead.waiting + dead.in_flight:,}."
