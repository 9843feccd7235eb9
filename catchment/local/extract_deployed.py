"""Extracts of a deployed stack: its own Lambda is asked to fetch."""

import json
from collections.abc import Mapping
from typing import Any

from catchment.local.extracting import Wish, check_complete, described
from catchment.local.storage import REGION
from catchment.local.trouble import Trouble
from catchment.local.voice import Say
from loader.extract.year import Result

FUNCTION_WORD = "CATCHMENT_EXTRACT_FUNCTION"
# A Lambda ends after 15 minutes.
SECONDS = 920


def client(environ: Mapping[str, str], attempts: int = 1) -> Any:
    """A client that waits as long as the Lambda may take, and asks it so often."""
    import boto3
    from botocore.config import Config

    patient = Config(read_timeout=SECONDS, retries={"total_max_attempts": attempts})
    region = environ.get("AWS_DEFAULT_REGION") or REGION
    session = boto3.session.Session(region_name=region)
    return session.client("lambda", config=patient)


def run(wish: Wish, function: str, client: Any, say: Say) -> list[Result]:
    """Let the deployed Lambda fetch; its loader goes on by itself.

    Raises:
        Trouble: where a year is not complete, or the Lambda broke.
    """
    event = {
        "feed": wish.feed,
        "years": list(wish.years),
        "base_url": wish.base_url,
        "again": wish.again,
    }
    given = {word: value for word, value in event.items() if value}
    answer = client.invoke(FunctionName=function, Payload=json.dumps(given).encode())
    document = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        said = document.get("errorMessage") or document
        raise Trouble(f"{function} did not do it: {said}")
    results = [Result(**one) for one in document["extracts"]]
    for result in results:
        say(described(result))
    check_complete(results)
    return results
