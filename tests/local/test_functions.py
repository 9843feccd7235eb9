"""The loader by name, as boto3 calls it."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from catchment.local import functions
from catchment.local.lambdas import LambdaContext
from catchment.local.trouble import Trouble


class Loader:
    """A handler that answers with its event; it notes how many are in it at once."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.go_on = threading.Event()

    def __call__(self, event: Any, context: LambdaContext) -> Any:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if event.get("wait"):
            self.go_on.wait(0.2)
        self.inside -= 1
        if "fail" in event:
            raise RuntimeError(event["fail"])
        return {"event": event, "function": context.function_name}


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def client(loader: Loader) -> Iterator[Any]:
    handler = functions.one_at_a_time(loader)
    with functions.served("127.0.0.1", 0, handler) as server:
        yield boto3.client(
            "lambda",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            region_name="eu-central-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"total_max_attempts": 1}),
        )


def test_an_event_comes_in_and_the_answer_goes_back(client: Any) -> None:
    event = {"rows": ["ü"]}
    done = client.invoke(FunctionName=functions.NAME, Payload=json.dumps(event))
    assert done["StatusCode"] == 200
    assert "FunctionError" not in done
    answer = json.loads(done["Payload"].read())
    assert answer == {"event": event, "function": "catchment-loader"}


def test_what_the_handler_raises_is_an_answer(client: Any) -> None:
    done = client.invoke(FunctionName=functions.NAME, Payload=b'{"fail": "so"}')
    assert (done["StatusCode"], done["FunctionError"]) == (200, "Unhandled")
    told = {"errorMessage": "so", "errorType": "RuntimeError"}
    assert json.loads(done["Payload"].read()) == told


@pytest.mark.parametrize(
    ("function", "payload", "code"),
    [
        ("another", b"{}", "ResourceNotFoundException"),
        (functions.NAME, b'"' + b"a" * 6_300_000 + b'"', "RequestTooLargeException"),
    ],
)
def test_what_lambda_refuses_is_refused(
    client: Any, function: str, payload: bytes, code: str
) -> None:
    with pytest.raises(ClientError) as found:
        client.invoke(FunctionName=function, Payload=payload)
    assert found.value.response["Error"]["Code"] == code


def test_one_event_at_a_time(client: Any, loader: Loader) -> None:
    def invoke() -> None:
        client.invoke(FunctionName=functions.NAME, Payload=b'{"wait": true}')

    threads = [threading.Thread(target=invoke) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loader.most == 1


def test_a_port_that_is_taken_is_told(loader: Loader) -> None:
    with (
        functions.served("127.0.0.1", 0, loader) as server,
        pytest.raises(Trouble, match="cannot be listened on"),
        functions.served("127.0.0.1", server.server_port, loader),
    ):
        pass
