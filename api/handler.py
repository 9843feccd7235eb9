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
from api.request import CALLER
from api.routes import (
    OTHER_METHODS,
    aggregated_data,
    collections,
    conformance,
    docs,
    feed_rows,
    health,
    is_of,
    items,
    landing,
    loads,
    model_paths,
    not_allowed,
    openapi,
    tiles,
    uploads,
)
from catchment import metrics
from catchment.metrics import MetricUnit

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


app.use([admitted])
for route in (
    *(landing, conformance, collections, items, tiles, aggregated_data),
    *(openapi, docs, health),
    *(loads, uploads, feed_rows),
    model_paths,  # last, for it takes every path
):
    app.include_router(route.router)


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
        path=event["rawPath"],
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
    if path in model_paths.PLATFORM_PATHS or path in container.model_paths():
        return path
    of_them = (name for name in model_paths.TEMPLATES if is_of(name, path))
    return next(of_them, NO_ROUTE)


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
    problem = problems.of(error, model_paths.PLATFORM_PATHS)
    if problem.status >= 500:
        logger.error(problem.detail, exc_info=error)
    return problems.response(problem)


app.exception_handler(Exception)(refuse)
for path in model_paths.PLATFORM_PATHS:
    app.route(path, method=OTHER_METHODS)(not_allowed)
