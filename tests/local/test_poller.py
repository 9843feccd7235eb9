"""What failed comes back, and ends among the dead letters; the rest is deleted."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catchment.local import poller, storage
from catchment.local.lambdas import Event, LambdaContext
from catchment.local.poller import Queue
from catchment.local.storage import Names

SAMPLE = Path(__file__).parents[2] / "events" / "sqs-s3-put.json"


@pytest.fixture
def queue(aws: dict[str, str], names: Names) -> Queue:
    """A queue whose failures come back at once; S3's test event is taken out."""
    sqs = storage.client("sqs", aws)
    url = storage.prepare(storage.client("s3", aws), sqs, names)
    sqs.purge_queue(QueueUrl=url)
    return poller.queue_of(sqs, names.queue, retry_seconds=0, wait_seconds=0)


def depth(queue: Queue, name: str) -> int:
    url = queue.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = queue.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)  # type: ignore[arg-type]
    return sum(map(int, found["Attributes"].values()))


class Recorder:
    """A handler that fails the bodies it is told to, and notes every attempt."""

    def __init__(self, *bad: str):
        self.bad = bad
        self.seen: list[tuple[str, str]] = []

    def __call__(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        assert context.get_remaining_time_in_millis() > 0
        records = event["Records"]
        self.seen += [
            (r["body"], r["attributes"]["ApproximateReceiveCount"]) for r in records
        ]
        failed = [r["messageId"] for r in records if r["body"] in self.bad]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def drain(queue: Queue, handler: Any) -> None:
    """Deliver until nothing comes any more."""
    while messages := poller.receive(queue):
        poller.deliver(messages, queue, handler)


def test_a_failed_message_alone_comes_back_and_dies(queue: Queue, names: Names) -> None:
    for body in ("good", "bad", "fine"):
        queue.sqs.send_message(QueueUrl=queue.url, MessageBody=body)
    handler = Recorder("bad")

    drain(queue, handler)

    attempts = {
        body: [n for b, n in handler.seen if b == body] for body, _ in handler.seen
    }
    every = [str(n + 1) for n in range(storage.MAX_RECEIVE_COUNT)]
    assert attempts == {"good": ["1"], "fine": ["1"], "bad": every}
    assert depth(queue, names.queue) == 0
    assert depth(queue, names.dead_letters) == 1


def test_what_is_mended_in_time_is_not_lost(queue: Queue, names: Names) -> None:
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="bad")
    poller.deliver(poller.receive(queue), queue, Recorder("bad"))
    mended = Recorder()

    drain(queue, mended)

    assert mended.seen == [("bad", "2")]
    assert depth(queue, names.dead_letters) == 0


def test_a_handler_that_raises_leaves_all(
    queue: Queue, names: Names, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in ("a", "b"):
        queue.sqs.send_message(QueueUrl=queue.url, MessageBody=body)

    def handler(event: Event, context: LambdaContext) -> None:
        raise ValueError("broken on purpose")

    failed = poller.deliver(poller.receive(queue), queue, handler)

    assert depth(queue, names.queue) == 2 >= failed > 0
    assert "broken on purpose" in capsys.readouterr().err


def test_a_failed_message_waits_its_time(queue: Queue) -> None:
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="bad")
    slow = replace(queue, retry_seconds=60)

    poller.deliver(poller.receive(slow), slow, Recorder("bad"))

    assert poller.receive(slow) == []


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"id": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": ["a"]}, {"a", "b"}),
    ],
)
def test_an_answer_is_read_as_lambda_reads_it(answer: Any, failed: set[str]) -> None:
    assert poller.failures(answer, {"a", "b"}) == failed


def test_the_event_has_the_shape_of_the_sample(queue: Queue) -> None:
    queue.sqs.send_message(
        QueueUrl=queue.url,
        MessageBody="{}",
        MessageAttributes={
            "t": {"DataType": "String", "StringValue": "x"},
            "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
        },
    )

    (record,) = poller.event_of(poller.receive(queue), queue.arn)["Records"]

    (sample,) = json.loads(SAMPLE.read_text())["Records"]
    assert set(record) == set(sample)
    assert set(sample["attributes"]) <= set(record["attributes"])
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["awsRegion"] == "eu-central-1"
    assert record["messageAttributes"]["t"]["stringValue"] == "x"
    assert record["messageAttributes"]["b"]["binaryValue"] == "AAE="


def test_an_upload_reaches_the_handler(
    queue: Queue, aws: dict[str, str], names: Names
) -> None:
    s3 = storage.client("s3", aws)
    s3.put_object(Bucket=names.bucket, Key="incoming/a.csv", Body=b"x")
    handler = Recorder()

    drain(queue, handler)

    ((body, _),) = handler.seen
    assert json.loads(body)["Records"][0]["s3"]["object"]["key"] == "incoming%2Fa.csv"
