"""The loader, asked by its name: it alone may write."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from api import problems
from api.problems import Problem
from catchment import settings

# Seconds; API Gateway gives up after 30.
PATIENCE = 24
# What AWS says where a later try may do.
_BUSY = ("TooManyRequestsException", "ServiceException", "ResourceNotReadyException")


def ask(event: Mapping[str, Any], late: str, away: str) -> dict[str, Any]:
    """What the loader answers to an event.

    Args:
        late: what to tell where it takes longer than may be waited for.
        away: what to tell where it is away, or failed.

    Raises:
        Problem: 503 where it is away, 504 where it takes too long.
        MissingSetting: where its name is not known.
    """
    payload = json.dumps(event, ensure_ascii=False).encode()
    return send(payload, late, away)


def send(payload: bytes, late: str, away: str) -> dict[str, Any]:
    """The same, of an event that is written already."""
    answer = _invoked(settings.loader_function(), payload, late, away)
    said = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        # What it says is of the loader's own log, and not for strangers.
        raise problems.unavailable(away) from RuntimeError(str(said)[:2_000])
    return dict(said)


def _invoked(function: str, payload: bytes, late: str, away: str) -> Mapping[str, Any]:
    from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

    try:
        found: Mapping[str, Any] = _client().invoke(
            FunctionName=function, Payload=payload
        )
        return found
    except ReadTimeoutError as error:
        raise Problem(504, late) from error
    except ClientError as error:
        if error.response["Error"]["Code"] not in _BUSY:
            raise
        raise problems.unavailable(away) from error
    except BotoCoreError as error:
        raise problems.unavailable(away) from error


@cache
def _client() -> Any:
    # boto3 takes long to import, and few requests need it.
    import boto3
    from botocore.config import Config

    # A second try within the time of one would be cut off.
    return boto3.client(
        "lambda",
        config=Config(
            connect_timeout=3, read_timeout=PATIENCE, retries={"total_max_attempts": 1}
        ),
    )
