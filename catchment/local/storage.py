"""The bucket, its queues and the topic of alerts, on AWS's own API: moto's here.

moto keeps everything in memory. A restart loses objects and messages, which
does no harm: what was loaded stands in the ledger.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from catchment.local.trouble import Trouble

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION = "eu-central-1"
PREFERRED_PORT = 5055
INCOMING = "incoming/"
PROCESSED = "processed/"
READY = "Running on http"  # moto says so in its log
# A message is hidden this long while it is worked on; the poller brings back
# sooner what failed.
VISIBILITY_SECONDS = 300
# As in AWS (maximum_receives of terraform/modules/ingest): Lambda's documentation
# asks for 5 or more, for a delivery counts also where nobody had time for it.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
MAX_RECEIVE_COUNT = 5
# What the queue is told of, by the notification's name: event and folder. Files that
# the loader has moved there are deleted by people alone.
_NOTIFICATIONS = {
    "catchment-incoming": ("s3:ObjectCreated:*", INCOMING),
    "catchment-deleted": ("s3:ObjectRemoved:*", PROCESSED),
}


def dead_letters(queue: str) -> str:
    """The name, or URL, of the dead letters of a queue."""
    return f"{queue}-dead"


@dataclass(frozen=True)
class Names:
    """What the bucket and its queues are called.

    Attributes:
        alerts: the topic that alerts are posted to, and the queue that keeps them.
    """

    bucket: str = "catchment"
    queue: str = "catchment-loads"
    dead_letters: str = "catchment-loads-dead"
    alerts: str = "catchment-alerts"

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Names":
        """The names that an environment gives; the queue's from its URL, the
        topic's from its ARN."""
        queue = environ.get("CATCHMENT_QUEUE_URL", "").rpartition("/")[2] or cls.queue
        bucket = environ.get("CATCHMENT_BUCKET") or cls.bucket
        topic = environ.get("CATCHMENT_ALERT_TOPIC", "").rpartition(":")[2]
        return cls(bucket, queue, dead_letters(queue), topic or cls.alerts)


def command(port: int, host: str = "127.0.0.1") -> list[str]:
    """The command line of moto's server."""
    return [sys.executable, "-m", "moto.server", "-H", host, "-p", str(port)]


def client(service: str, environ: Mapping[str, str]) -> Any:
    """A boto3 client after an environment, whatever this process's own says."""
    import boto3

    return boto3.session.Session(
        aws_access_key_id=environ.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=environ.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=environ.get("AWS_SESSION_TOKEN"),
        region_name=environ.get("AWS_DEFAULT_REGION") or REGION,
    ).client(service, endpoint_url=environ.get("AWS_ENDPOINT_URL"))  # type: ignore[call-overload]


@dataclass(frozen=True)
class Object:
    """An object of the bucket; `size` in bytes."""

    key: str
    size: int
    modified: datetime


def objects(s3: "S3Client", bucket: str, prefix: str = "") -> Iterator[Object]:
    """The objects below a prefix, by key."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for entry in page.get("Contents", []):
            yield Object(entry["Key"], entry["Size"], entry["LastModified"])


def answers(environ: Mapping[str, str]) -> bool:
    """Whether the S3 endpoint takes requests."""
    try:
        client("s3", environ).list_buckets()
    except (BotoCoreError, ClientError):
        return False
    return True


def wait(environ: Mapping[str, str], seconds: float) -> None:
    """Wait for the S3 endpoint.

    Raises:
        Trouble: where it does not answer in time.
    """
    deadline = time.monotonic() + seconds
    while not answers(environ):
        if time.monotonic() > deadline:
            place = environ.get("AWS_ENDPOINT_URL") or "AWS"
            raise Trouble(f"S3 at {place} does not answer: mend AWS_ENDPOINT_URL.")
        time.sleep(0.2)


def prepare(s3: "S3Client", sqs: "SQSClient", names: Names) -> str:
    """Make bucket, queues and notification, as far as they are absent.

    Returns:
        The queue's URL.
    """
    _make_bucket(s3, names.bucket)
    dead_letters = _make_queue(sqs, names.dead_letters, {})
    redrive = {
        "deadLetterTargetArn": _arn(sqs, dead_letters),
        "maxReceiveCount": str(MAX_RECEIVE_COUNT),
    }
    attributes = {
        "VisibilityTimeout": str(VISIBILITY_SECONDS),
        "RedrivePolicy": json.dumps(redrive),
    }
    queue = _make_queue(sqs, names.queue, attributes)
    _notify(s3, names.bucket, _arn(sqs, queue))
    return queue


def prepare_alerts(sns: "SNSClient", sqs: "SQSClient", names: Names) -> str:
    """Make the topic of alerts and a queue that keeps what is posted to it.

    Returns:
        The topic's ARN.
    """
    topic = sns.create_topic(Name=names.alerts)["TopicArn"]
    queue = _arn(sqs, _make_queue(sqs, names.alerts, {}))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    return topic


def _make_bucket(s3: "S3Client", bucket: str) -> None:
    try:
        region = s3.meta.region_name
        if region == "us-east-1":  # which S3 does not take as a constraint
            s3.create_bucket(Bucket=bucket)
        else:
            s3.create_bucket(
                Bucket=bucket,
                CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]
            )
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    s3.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
    )


def _make_queue(sqs: "SQSClient", name: str, attributes: dict[str, str]) -> str:
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
    if attributes:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return url


def _arn(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def _notify(s3: "S3Client", bucket: str, queue_arn: str) -> None:
    """Tell the queue of new objects, and of loaded ones that are deleted.

    Setting a notification again would send S3's test event once more.
    """
    present = s3.get_bucket_notification_configuration(Bucket=bucket)
    known = {
        entry.get("Id")
        for entry in present.get("QueueConfigurations", [])
        if entry["QueueArn"] == queue_arn
    }
    if known >= set(_NOTIFICATIONS):
        return
    entries: Any = [
        {
            "Id": name,
            "QueueArn": queue_arn,
            "Events": [event],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": folder}]}},
        }
        for name, (event, folder) in _NOTIFICATIONS.items()
    ]
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": entries}
    )
