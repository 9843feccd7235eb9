"""How many events of files wait, by what SQS says of its queues without a look into
them.

A look at a message counts as a delivery of it, and its body may hold rows: the
command `catchment queue` looks at dead letters, with the rights of who types it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from api import problems
from catchment.settings import Queues

_ATTRIBUTES = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
}


def told(queues: Queues) -> dict[str, Any]:
    """Of each queue how many messages wait and how many are being worked on; None
    of one that this deployment does not name.

    Raises:
        Problem: 503, where SQS does not answer.
    """
    return {
        "queue": _counts(queues.loads),
        "dead_letters": _counts(queues.dead_letters),
    }


def _counts(url: str | None) -> Mapping[str, int] | None:
    if url is None:
        return None
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        said = _client().get_queue_attributes(
            QueueUrl=url, AttributeNames=[*_ATTRIBUTES.values()]
        )
    except (BotoCoreError, ClientError) as error:
        detail = "The queue cannot be asked at the moment."
        raise problems.unavailable(detail) from error
    return {word: int(said["Attributes"][name]) for word, name in _ATTRIBUTES.items()}


@cache
def _client() -> Any:
    # boto3 takes long to import, and few requests need it.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sqs",
        config=Config(
            connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}
        ),
    )
