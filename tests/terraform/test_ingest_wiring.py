"""The ingest module, applied to moto: its own wiring carries a file.

Bucket, queues, notification and redrive are made as the HCL says; functions
stay make-believe. The poller stands in for Lambda's event source mapping.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from catchment.local import poller, process, storage
from catchment.local.lambdas import Event, LambdaContext
from catchment.local.poller import Queue
from loader import events
from tests.conftest import ROOT, Platform
from tests.terraform.conftest import copy_to

NAME = "catchment-wired"
BUCKET = f"{NAME}-files-123456789012"
WORDS = {
    "AWS_ACCESS_KEY_ID": "catchment",
    "AWS_SECRET_ACCESS_KEY": "catchment",
    "AWS_DEFAULT_REGION": storage.REGION,
}
VARIABLES = """
    name               = "catchment-wired"
    maximum_receives   = 2
    package            = "main.tf"
    security_group_ids = { extract = "sg-1", loader = "sg-2" }
    subnet_ids         = ["subnet-1", "subnet-2"]
    database = {
      authentication = "iam"
      password_from  = "iam"
      url            = "postgresql://catchment_loader@db.example.com:5432/catchment"
      user_arn       = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-A/b"
    }
"""


@pytest.fixture(scope="module")
def aws(
    standin: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment words of a moto server that terraform has applied to."""
    folder = tmp_path_factory.mktemp("wiring")
    port = process.free_port(0)
    moto = process.spawn(storage.command(port), os.environ, folder / "log", folder)
    words = {**WORDS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    storage.wait(words, 60)
    stack = copy_to(folder, standin)
    terraform = replace(
        stack,
        folder=stack.folder / "modules" / "ingest",
        environ={"STANDIN_ENDPOINT": words["AWS_ENDPOINT_URL"]},
    )
    (terraform.folder / "terraform.tfvars").write_text(VARIABLES)
    terraform.apply()
    yield words
    process.stop(moto)


@pytest.fixture
def queue(aws: dict[str, str]) -> Queue:
    """The queue of the module, emptied: S3 has sent a test event into it."""
    sqs = storage.client("sqs", aws)
    found = poller.queue_of(sqs, f"{NAME}-loads", retry_seconds=0, wait_seconds=0)
    while messages := poller.receive(found):
        poller.deliver(messages, found, lambda event, context: {})
    return found


def put(aws: dict[str, str], key: str, body: bytes = b"{}") -> None:
    storage.client("s3", aws).put_object(Bucket=BUCKET, Key=key, Body=body)


def test_a_file_under_incoming_becomes_a_message(
    aws: dict[str, str], queue: Queue
) -> None:
    put(aws, "incoming/quakes/a b+ü.geojson")

    (message,) = poller.receive(queue)

    (version,) = events.objects(message["Body"])
    assert (version.bucket, version.key) == (BUCKET, "incoming/quakes/a b+ü.geojson")


@pytest.mark.parametrize("key", ["processed/a.csv", "failed/a.csv", "other/a.csv"])
def test_a_file_elsewhere_becomes_none(
    aws: dict[str, str], queue: Queue, key: str
) -> None:
    put(aws, key)
    assert poller.receive(queue) == []


def test_a_loaded_file_that_is_deleted_becomes_a_message(
    aws: dict[str, str], queue: Queue
) -> None:
    s3 = storage.client("s3", aws)
    for key in ("processed/f/1/a.csv", "failed/f/2/a.csv"):
        written = s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
        s3.delete_object(Bucket=BUCKET, Key=key, VersionId=written["VersionId"])

    (message,) = poller.receive(queue)

    (deletion,) = events.changes(message["Body"])
    assert deletion == events.Deletion(BUCKET, "processed/f/1/a.csv")


def test_what_fails_ends_among_the_dead_letters(
    aws: dict[str, str], queue: Queue
) -> None:
    attempts = []

    def failing(event: Event, context: LambdaContext) -> dict[str, Any]:
        attempts.append(event)
        failed = [record["messageId"] for record in event["Records"]]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    put(aws, "incoming/bad.csv")
    while messages := poller.receive(queue):
        poller.deliver(messages, queue, failing)

    dead = poller.queue_of(queue.sqs, f"{NAME}-loads-dead", wait_seconds=0)
    (message,) = poller.receive(dead)
    assert "incoming%2Fbad.csv" in message["Body"]
    assert len(attempts) == 2


def test_the_bucket_keeps_versions(aws: dict[str, str]) -> None:
    said = storage.client("s3", aws).get_bucket_versioning(Bucket=BUCKET)
    assert said["Status"] == "Enabled"


def invoke(name: str, event: Any, environ: dict[str, str]) -> Any:
    """The answer of a handler, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "catchment.cli", "invoke", name, "-"],
        env={**os.environ, "CATCHMENT_ENV_FILE": os.devnull, **environ},
        input=json.dumps(event),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_file_in_the_bucket_comes_out_of_the_api(
    aws: dict[str, str], queue: Queue, platform: Platform
) -> None:
    source = ROOT / "examples" / "observations" / "sensors-2026-03.csv"
    put(aws, "incoming/observations/sensors.csv", source.read_bytes())
    event = poller.event_of(poller.receive(queue), queue.arn)

    loaded = invoke("loader", event, {**aws, "DATABASE_URL": platform.loader})

    request = json.loads((ROOT / "events" / "api-aggregated-data.json").read_text())
    request["headers"].pop("accept-encoding")
    request["rawQueryString"] = "dataset=observations_by_state&group_by="
    answer = invoke("api", request, {"DATABASE_URL": platform.api})
    assert loaded == {"batchItemFailures": []}
    assert answer["statusCode"] == 200, answer
    (total,) = json.loads(answer["body"])["data"]
    assert total["n"] == 691
