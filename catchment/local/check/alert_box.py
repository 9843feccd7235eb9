"""The local queue that keeps what was posted to the topic of alerts."""

import json
from typing import TYPE_CHECKING

from catchment.local.check.alerts import Alert
from catchment.local.trouble import Trouble

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10  # SQS's limit
_HIDDEN_SECONDS = 30


def posted(sqs: "SQSClient", queue: str) -> tuple[Alert, ...]:
    """All alerts that the queue keeps, the oldest first; they stay in it.

    Raises:
        Trouble: where there is no such queue.
    """
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        raise Trouble(
            f"There is no queue {queue}, where the local system keeps alerts: run "
            "`catchment up`."
        ) from error
    found, handles = [], []
    while messages := _next(sqs, url):
        for message in messages:
            body = json.loads(message["Body"])
            text = Alert(body.get("Subject", ""), body["Message"])
            found.append((body["Timestamp"], text))
            handles.append(message["ReceiptHandle"])
    for handle in handles:  # shown again the next time
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
        )
    return tuple(alert for _, alert in sorted(found, key=lambda pair: pair[0]))


def _next(sqs: "SQSClient", url: str) -> list[dict[str, str]]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_BATCH,
        VisibilityTimeout=_HIDDEN_SECONDS,
        WaitTimeSeconds=0,
    )
    return answer.get("Messages", [])  # type: ignore[return-value]
