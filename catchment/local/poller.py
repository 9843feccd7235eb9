"""In place of Lambda's event source mapping: from the queue to the loader.

Like the mapping it hands over up to ten messages, deletes those that went well
and leaves the others to come back, or to end among the dead letters.
"""

import base64
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from catchment.local.lambdas import Handler, context_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH_SIZE = 10
READY = "polling http"  # begins the line that says that we listen


@dataclass(frozen=True)
class Queue:
    """A queue to read from.

    Attributes:
        retry_seconds: after which a failed message comes back; short, so that
            a person sees the retry. In AWS it is the visibility timeout.
        wait_seconds: of one long poll.
    """

    sqs: "SQSClient"
    url: str
    arn: str
    retry_seconds: int = 5
    wait_seconds: int = 10


def queue_of(sqs: "SQSClient", name: str, **settings: int) -> Queue:
    """The queue of this name.

    Raises:
        botocore.exceptions.ClientError: where there is no such queue.
    """
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Queue(sqs, url, answer["Attributes"]["QueueArn"], **settings)


def event_of(messages: Sequence["MessageTypeDef"], arn: str) -> dict[str, Any]:
    """The event that Lambda makes of these messages."""
    return {"Records": [_record(message, arn) for message in messages]}


def _record(message: "MessageTypeDef", arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: _attribute(value)
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _attribute(value: Any) -> dict[str, Any]:
    binary = value.get("BinaryValue")
    return {
        **({"stringValue": value["StringValue"]} if "StringValue" in value else {}),
        **({"binaryValue": base64.b64encode(binary).decode()} if binary else {}),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }


def failures(answer: Any, message_ids: set[str]) -> set[str]:
    """The messages that failed, after the handler's answer.

    As Lambda reads it: nothing named is success; a name that is empty, or of no
    message of the batch, or an answer of another shape, fails the whole batch.
    """
    if not answer or not answer.get("batchItemFailures"):
        return set()
    try:
        named = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
    except (KeyError, TypeError):
        return message_ids
    return named if named <= message_ids else message_ids


def deliver(
    messages: Sequence["MessageTypeDef"], queue: Queue, handler: Handler
) -> int:
    """Hand one batch to the handler; returns how many messages it failed."""
    message_ids = {message["MessageId"] for message in messages}
    try:
        answer = handler(event_of(messages, queue.arn), context_of("loader"))
        failed = failures(answer, message_ids)
    except Exception:
        traceback.print_exc()
        failed = message_ids
    for message in messages:
        handle = message["ReceiptHandle"]
        if message["MessageId"] in failed:
            queue.sqs.change_message_visibility(
                QueueUrl=queue.url,
                ReceiptHandle=handle,
                VisibilityTimeout=queue.retry_seconds,
            )
        else:
            queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=handle)
    return len(failed)


def receive(queue: Queue) -> list["MessageTypeDef"]:
    """Up to ten messages with all their attributes, after a long poll."""
    answer = queue.sqs.receive_message(
        QueueUrl=queue.url,
        MaxNumberOfMessages=BATCH_SIZE,
        WaitTimeSeconds=queue.wait_seconds,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return answer.get("Messages", [])


class Stop:
    """SIGTERM and SIGINT: at once while nothing is under way, else after it."""

    def __init__(self) -> None:
        self.wanted = False
        self.idle = False
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._asked)

    def _asked(self, *_: object) -> None:
        self.wanted = True
        if self.idle:
            raise SystemExit(0)


def run(connect: Callable[[], Queue], handler: Handler) -> None:
    """Deliver until a signal ends it. A queue that is away is waited for."""
    stop, queue, complained = Stop(), None, False
    while not stop.wanted:
        try:
            stop.idle = True
            if queue is None:
                queue = connect()
                print(f"polling {queue.url}", flush=True)
                complained = False
            messages = receive(queue)
            stop.idle = False
            if messages:
                _report(messages, queue, handler)
        except (BotoCoreError, ClientError) as error:
            stop.idle, queue = True, None
            if not complained:
                print(f"The queue does not answer, trying on: {error}", flush=True)
            complained = True
            time.sleep(1)


def _report(
    messages: Sequence["MessageTypeDef"], queue: Queue, handler: Handler
) -> None:
    began = time.monotonic()
    failed = deliver(messages, queue, handler)
    seconds = time.monotonic() - began
    print(f"{len(messages)} messages, {failed} failed, {seconds:.2f} s", flush=True)
