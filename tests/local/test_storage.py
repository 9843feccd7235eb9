"""The bucket and its queues, on moto's real API."""

import json
import re
from typing import Any

import pytest

from catchment.local import process, storage
from catchment.local.storage import Names
from catchment.local.trouble import Trouble
from tests.conftest import ROOT


def messages(sqs: Any, queue: str) -> list[dict[str, Any]]:
    """All that waits in the queue, read without a wait."""
    bodies = []
    while found := sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=0).get(
        "Messages"
    ):
        bodies += [json.loads(message["Body"]) for message in found]
    return bodies


def default_in_aws(name: str) -> str:
    ingest = ROOT / "terraform" / "modules" / "ingest" / "variables.tf"
    found = re.search(
        rf'variable "{name}".*?default += (\d+)', ingest.read_text(), re.S
    )
    assert found
    return found[1]


def test_only_what_is_incoming_is_notified(aws: dict[str, str], names: Names) -> None:
    s3, sqs = storage.client("s3", aws), storage.client("sqs", aws)
    queue = storage.prepare(s3, sqs, names)

    s3.put_object(Bucket=names.bucket, Key="incoming/a b+ü.csv", Body=b"x")
    s3.put_object(Bucket=names.bucket, Key="processed/a.csv", Body=b"x")

    bodies = messages(sqs, queue)
    keys = [
        r["s3"]["object"]["key"] for body in bodies for r in body.get("Records", [])
    ]
    assert keys == ["incoming%2Fa+b%2B%C3%BC.csv"]


def test_of_deletions_only_loaded_files_are_notified(
    aws: dict[str, str], names: Names
) -> None:
    s3, sqs = storage.client("s3", aws), storage.client("sqs", aws)
    queue = storage.prepare(s3, sqs, names)

    for key in ("incoming/a.csv", "processed/a.csv", "failed/a.csv"):
        written = s3.put_object(Bucket=names.bucket, Key=key, Body=b"x")
        # moto tells of a deletion where the last version goes.
        version = written["VersionId"]
        s3.delete_object(Bucket=names.bucket, Key=key, VersionId=version)

    records = [r for body in messages(sqs, queue) for r in body.get("Records", [])]
    said = [(r["eventName"], r["s3"]["object"]["key"]) for r in records]
    assert said == [
        ("ObjectCreated:Put", "incoming%2Fa.csv"),
        ("ObjectRemoved:Delete", "processed%2Fa.csv"),
    ]


def test_preparing_twice_changes_nothing(aws: dict[str, str], names: Names) -> None:
    s3, sqs = storage.client("s3", aws), storage.client("sqs", aws)

    first = storage.prepare(s3, sqs, names)
    s3.put_object(Bucket=names.bucket, Key="other/kept", Body=b"x")
    second = storage.prepare(s3, sqs, names)

    assert second == first
    assert s3.get_object(Bucket=names.bucket, Key="other/kept")["Body"].read() == b"x"
    tests = [
        body for body in messages(sqs, first) if body.get("Event") == "s3:TestEvent"
    ]
    assert len(tests) == 1


def test_it_is_like_the_one_in_aws(aws: dict[str, str], names: Names) -> None:
    s3, sqs = storage.client("s3", aws), storage.client("sqs", aws)
    queue = storage.prepare(s3, sqs, names)

    versioning = s3.get_bucket_versioning(Bucket=names.bucket)
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    redrive = json.loads(answer["Attributes"]["RedrivePolicy"])

    assert versioning["Status"] == "Enabled"
    assert str(redrive["maxReceiveCount"]) == default_in_aws("maximum_receives")
    assert redrive["deadLetterTargetArn"].endswith(f":{names.dead_letters}")


def test_names_come_from_the_environment() -> None:
    environ = {
        "CATCHMENT_BUCKET": "b",
        "CATCHMENT_QUEUE_URL": "http://moto:5055/123456789012/loads",
    }

    assert Names.of(environ) == Names("b", "loads", "loads-dead")
    assert Names.of({}) == Names()


def test_an_endpoint_that_is_away_is_a_sentence() -> None:
    words = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{process.free_port(0)}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }

    with pytest.raises(Trouble, match="mend AWS_ENDPOINT_URL"):
        storage.wait(words, 0)
