"""Events as API Gateway makes them, and answers as it reads them."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from catchment.local import gateway
from tests.conftest import ROOT

SAMPLE = json.loads(
    (Path(__file__).parents[2] / "events" / "api-aggregated-data.json").read_text()
)


def shape(value: Any) -> Any:
    """The names of a document, without its values."""
    return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else ...


def test_the_event_is_that_of_the_sample() -> None:
    headers = [*SAMPLE["headers"].items(), ("Cookie", "; ".join(SAMPLE["cookies"]))]
    target = f"{SAMPLE['rawPath']}?{SAMPLE['rawQueryString']}"

    event = gateway.event_of("GET", target, headers, b"", "203.0.113.10")

    assert shape(event) == shape(SAMPLE)
    same = ("version", "routeKey", "rawPath", "rawQueryString", "cookies", "headers")
    for word in (*same, "queryStringParameters", "isBase64Encoded"):
        assert event[word] == SAMPLE[word]
    assert event["requestContext"]["http"] == SAMPLE["requestContext"]["http"]
    assert event["requestContext"]["stage"] == "$default"


def test_repeated_headers_and_parameters_are_joined_with_commas() -> None:
    headers = [("Accept", "a/b"), ("ACCEPT", "c/d"), ("X-One", " 1 ")]

    event = gateway.event_of("GET", "/?p=1&q=a%20b+c&p=2&empty=", headers, b"", "::1")

    assert event["headers"]["accept"] == "a/b,c/d"
    assert event["headers"]["x-one"] == "1"
    parameters = {"p": "1,2", "q": "a b c", "empty": ""}
    assert event["queryStringParameters"] == parameters
    assert event["rawQueryString"] == "p=1&q=a%20b+c&p=2&empty="


def test_what_is_absent_has_no_word() -> None:
    event = gateway.event_of("GET", "/", [], b"", "::1")

    assert not {"cookies", "queryStringParameters", "body"} & set(event)
    assert event["rawQueryString"] == ""


def test_the_path_is_decoded_as_an_http_api_does() -> None:
    event = gateway.event_of("GET", "/items/a%20b%2Fc?x=%20", [], b"", "::1")

    assert event["rawPath"] == "/items/a b/c"
    assert event["requestContext"]["http"]["path"] == "/items/a b/c"


@pytest.mark.parametrize(
    ("content_type", "body", "is_base64"),
    [
        ("application/json", b'{"a": "\xc3\xbc"}', False),
        ("text/plain; charset=utf-8", b"x", False),
        ("application/octet-stream", b"x", True),
        ("text/plain", b"\xff\xfe", True),
    ],
)
def test_bodies(content_type: str, body: bytes, is_base64: bool) -> None:
    event = gateway.event_of("POST", "/", [("content-type", content_type)], body, "::1")

    assert event["isBase64Encoded"] is is_base64
    text = event["body"]
    assert (base64.b64decode(text) if is_base64 else text.encode()) == body


def test_an_answer_past_lambdas_limit_is_an_error() -> None:
    quotes = '"' * (gateway.MAX_ANSWER_BYTES // 2)  # two bytes each, once escaped
    small = gateway.answer_of({"statusCode": 200, "body": quotes[:-100]})
    large = gateway.answer_of({"statusCode": 200, "body": quotes})

    assert (small.status, large.status) == (200, 500)


def test_an_answer_without_a_status_is_json() -> None:
    answer = gateway.answer_of({"a": 1})

    assert (answer.status, json.loads(answer.body)) == (200, {"a": 1})
    assert answer.headers == (("content-type", "application/json"),)


def test_a_browsers_question_is_answered_and_no_other() -> None:
    asked = {"origin", "access-control-request-method"}

    answer = gateway.preflight("OPTIONS", asked)

    assert answer is not None
    assert (answer.status, answer.body) == (204, b"")
    allowed = dict(answer.headers)["access-control-allow-headers"]
    assert "x-api-key" in allowed.split(",")
    assert gateway.preflight("OPTIONS", {"origin"}) is None
    assert gateway.preflight("GET", asked) is None


def test_a_page_of_another_origin_may_read_the_answer() -> None:
    given = gateway.Answer(
        200, (("Access-Control-Allow-Origin", "x"), ("ETag", '"1"')), b""
    )

    headers = gateway.shared(given, {"origin"}).headers

    assert headers[:2] == (("ETag", '"1"'), ("access-control-allow-origin", "*"))
    assert "etag" in dict(headers)["access-control-expose-headers"].split(",")
    assert gateway.shared(given, set()) == given


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("allow_methods", gateway.CORS_METHODS),
        ("allow_headers", gateway.CORS_HEADERS),
        ("expose_headers", gateway.CORS_EXPOSED),
    ],
)
def test_origins_are_told_what_terraform_tells_them(
    word: str, ours: tuple[str, ...]
) -> None:
    text = (ROOT / "terraform" / "modules" / "api" / "gateway.tf").read_text()
    (listed,) = re.findall(rf"{word}\s*=\s*\[(.*?)\]", text, re.DOTALL)

    assert tuple(re.findall(r'"([^"]+)"', listed)) == ours
    assert f"max_age = {gateway.CORS_SECONDS}" in re.sub(r" +=", " =", text)
