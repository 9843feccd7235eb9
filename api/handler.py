"""The API Lambda: events of an API Gateway HTTP API (payload 2.0) to answers."""

import time
from base64 import b64decode
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from api import access, container, problems
from api import request as requests
from api.access import ANYONE
from api.access.presented import redacted
from api.request import CALLER, Request
from api.routes import model_paths, table
from api.routes.table import Operation
from catchment import metrics
from catchment.metrics import MetricUnit

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANY = "((?s:.*))"
# What paths that are nobody's are counted as.
NO_ROUTE = "none"

logger = Logger(service="api")
app = APIGatewayHttpResolver()


def admitted(app: APIGatewayHttpResolver, route: NextMiddleware) -> Response[str]:
    """Let a request in before its route sees it, or say why not."""
    event = app.current_event
    asked = requests.of(event.raw_event, event.path)
    caller = ANYONE
    if scope := access.scope_of(asked.path, asked.method):
        caller = access.admit(asked.headers, asked.pairs, scope)
        event.raw_event[CALLER] = caller
    answer = cast(Response[str], route(app))
    answer.headers.update(caller.headers)
    return answer


def _asked() -> Request:
    event = app.current_event
    return requests.of(event.raw_event, event.path)


def _add(operation: Operation) -> None:
    """Have Powertools call the operation, and refuse the methods that it is not."""

    def answer() -> Response[str]:
        return operation.answer(_asked())

    def refuse() -> Response[str]:
        raise problems.not_allowed(allowed)

    is_read = operation.method == "GET"
    allowed = "GET, HEAD" if is_read else operation.method
    others = [method for method in METHODS if method != operation.method]
    app.route(operation.rule, method=operation.method)(answer)
    app.route(operation.rule, method=others)(refuse)


app.use([admitted])
for operation in table.OPERATIONS:
    _add(operation)


@app.route(ANY, method="OPTIONS")
def options() -> Response[str]:
    """A browser's question before a request; the gateway adds what it allows.

    The same of every path: who asks shows no key.
    """
    return Response(204, headers={"Cache-Control": "no-store"}, body="")


# Last: it takes every path. Powertools tries a rule with a group after all without.
@app.get(ANY)
def model_path() -> Response[str]:
    return model_paths.model_path(_asked())


@app.route(ANY, method=[method for method in METHODS if method != "GET"])
def other_methods() -> Response[str]:
    return model_paths.other_methods(_asked())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; a HEAD is a GET whose body is left out.

    A slash at the end of a path is nobody's: `/collections/` is `/collections`.
    """
    started = time.perf_counter()
    request = event["requestContext"]["http"]
    is_head = request["method"] == "HEAD"
    routed = _as_routed(event)
    answer = app.resolve(routed, context)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    logger.info(
        "answered",
        method=request["method"],
        path=redacted(event["rawPath"]),
        query=redacted(event.get("rawQueryString", "")),
        caller=routed.get(CALLER, ANYONE).name,
        status=answer["statusCode"],
        milliseconds=milliseconds,
    )
    metric = ("Milliseconds", MetricUnit.Milliseconds, milliseconds)
    metrics.write("api", metric, route=_route(app.current_event.path))
    return _without_body(answer) if is_head else answer


def _route(path: str) -> str:
    """The route of a path: itself, where it is one of ours, or its template.

    Whatever else is asked for would make a metric each.
    """
    if path in container.model_paths():
        return path
    return table.template_of(path) or NO_ROUTE


def _as_routed(event: dict[str, Any]) -> dict[str, Any]:
    context = event["requestContext"]
    method = context["http"]["method"].replace("HEAD", "GET")
    http = {**context["http"], "method": method}
    path = event["rawPath"].rstrip("/")
    if path in ("", f"/{context.get('stage')}"):
        path += "/"
    return {**event, "rawPath": path, "requestContext": {**context, "http": http}}


def _without_body(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer to a HEAD, which says how long the body would be."""
    body = answer.get("body") or ""
    is_base64 = answer["isBase64Encoded"]
    length = len(b64decode(body)) if is_base64 else len(body.encode())
    headers = {**answer["headers"], "content-length": str(length)}
    return {**answer, "headers": headers, "body": "", "isBase64Encoded": False}


def refuse(error: Exception) -> Response[str]:
    problem = problems.of(error, table.PLATFORM_PATHS)
    if problem.status >= 500:
        logger.error(problem.detail, exc_info=error)
    return problems.response(problem)


app.exception_handler(Exception)(refuse)
