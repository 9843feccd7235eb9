"""In place of API Gateway's HTTP API: HTTP to the event, the answer to HTTP.

Payload format 2.0, as https://docs.aws.amazon.com/apigateway/latest/
developerguide/http-api-develop-integrations-lambda.html describes it.
"""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from catchment import api_keys

ACCOUNT = "123456789012"
# What a Lambda may answer, serialised; past it API Gateway sends an error.
MAX_ANSWER_BYTES = 6 * 1024 * 1024
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
SERVER_ERROR = {"message": "Internal Server Error"}
# As `cors_configuration` of terraform/modules/api/gateway.tf, for every origin.
CORS_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
CORS_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "x-api-key",
)
CORS_EXPOSED = (
    "content-disposition",
    "etag",
    "last-modified",
    "link",
    "location",
    "ogc-numbermatched",
    "ogc-numberreturned",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
)
CORS_SECONDS = 3600
_OF_ORIGINS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": ",".join(CORS_EXPOSED),
}


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP; a header may stand there more than once."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def event_of(
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    source_ip: str,
) -> dict[str, Any]:
    """The event of a request.

    Args:
        target: path and query as the request line has them.
        headers: in the order they came; a name may stand there repeatedly.
    """
    raw_path, _, query = target.partition("?")
    path = unquote(raw_path)  # an HTTP API decodes it, although it says `raw`
    cookies, joined = _joined(headers)
    domain = joined.get("host", "localhost")
    joined.setdefault("x-forwarded-for", source_ip)
    joined.setdefault("x-forwarded-proto", "http")
    joined.setdefault("x-forwarded-port", domain.rpartition(":")[2] or "80")
    now = datetime.now(UTC)
    is_base64 = not _is_text(joined.get("content-type", ""), body)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **({"cookies": cookies} if cookies else {}),
        "headers": joined,
        **({"queryStringParameters": _parameters(query)} if query else {}),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": joined.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        **({"body": _body(body, is_base64)} if body else {}),
        "isBase64Encoded": bool(body) and is_base64,
    }


def _joined(headers: Iterable[tuple[str, str]]) -> tuple[list[str], dict[str, str]]:
    """The cookies, and the other headers by lower-case name."""
    cookies: list[str] = []
    values: dict[str, list[str]] = {}
    for name, value in headers:
        if name.lower() == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";")]
        else:
            values.setdefault(name.lower(), []).append(value.strip())
    return cookies, {name: ",".join(texts) for name, texts in values.items()}


def _parameters(query: str) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return {name: ",".join(texts) for name, texts in values.items()}


def _is_text(content_type: str, body: bytes) -> bool:
    if not content_type.lower().startswith(_TEXT_TYPES):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _body(body: bytes, is_base64: bool) -> str:
    return base64.b64encode(body).decode() if is_base64 else body.decode()


def answer_of(result: Any) -> Answer:
    """What the gateway sends for a handler's result.

    Without `statusCode` the whole result is a JSON body of status 200, as
    format 2.0 infers it.
    """
    if not isinstance(result, Mapping) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return Answer(200, (("content-type", "application/json"),), text.encode())
    if _too_large(result):
        print(f"The answer is over {MAX_ANSWER_BYTES} bytes: Lambda refuses it")
        return json_answer(500, SERVER_ERROR)
    headers = [
        (name, str(text)) for name, text in (result.get("headers") or {}).items()
    ]
    headers += [("set-cookie", cookie) for cookie in result.get("cookies") or ()]
    text = result.get("body") or ""
    encoded = bool(result.get("isBase64Encoded"))
    body = base64.b64decode(text) if encoded else text.encode()
    if body and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    return Answer(int(result["statusCode"]), tuple(headers), body)


def preflight(method: str, headers: Set[str]) -> Answer | None:
    """The answer to a browser's question before a request; no handler is asked.

    Args:
        headers: the names of the request's, in lower case.
    """
    asked = "origin" in headers and "access-control-request-method" in headers
    if method != "OPTIONS" or not asked:
        return None
    allowed = {
        "access-control-allow-methods": ",".join(CORS_METHODS),
        "access-control-allow-headers": ",".join(CORS_HEADERS),
        "access-control-max-age": str(CORS_SECONDS),
    }
    return Answer(204, tuple(allowed.items()), b"")


def shared(answer: Answer, headers: Set[str]) -> Answer:
    """The answer as a page of another origin may read it, where one asks.

    What the handler says of that itself is dropped, as API Gateway does.
    """
    if "origin" not in headers:
        return answer
    kept = (one for one in answer.headers if one[0].lower() not in _OF_ORIGINS)
    return replace(answer, headers=(*kept, *_OF_ORIGINS.items()))


def json_answer(status: int, document: Any) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, (("content-type", "application/json"),), body)


def _too_large(result: Mapping[str, Any]) -> bool:
    """Whether Lambda refuses the result; escapes count, so it is serialised."""
    if len(result.get("body") or "") < MAX_ANSWER_BYTES // 6:  # \\u00e9 for é
        return False
    return len(json.dumps(result, ensure_ascii=False).encode()) > MAX_ANSWER_BYTES


def access_line(method: str, target: str, status: int, began: float) -> str:
    """One line of the access log, without keys; `began` is of `perf_counter()`."""
    shown = api_keys.SHAPE.sub("***", target)
    return f"{method} {shown} {status} {(time.perf_counter() - began) * 1000:.1f} ms"
