"""The API Lambda: events of an API Gateway HTTP API (payload 2.0) to answers."""

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from api import container, problems
from api.routes import (
    OTHER_METHODS,
    aggregated_data,
    health,
    model_paths,
    not_allowed,
)
from catchment import metrics
from catchment.metrics import MetricUnit

# What paths that are nobody's are counted as.
NO_ROUTE = "none"

logger = Logger(service="api")
app = APIGatewayHttpResolver()
for route in (aggregated_data, health, model_paths):
    app.include_router(route.router)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; a HEAD is a GET whose body is left out."""
    started = time.perf_counter()
    request = event["requestContext"]["http"]
    is_head = request["method"] == "HEAD"
    answer = app.resolve(_as_get(event) if is_head else event, context)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    logger.info(
        "answered",
        method=request["method"],
        path=event["rawPath"],
        query=event.get("rawQueryString", ""),
        status=answer["statusCode"],
        milliseconds=milliseconds,
    )
    metric = ("Milliseconds", MetricUnit.Milliseconds, milliseconds)
    metrics.write("api", metric, route=_route(app.current_event.path))
    return {**answer, "body": "", "isBase64Encoded": False} if is_head else answer


def _route(path: str) -> str:
    """The route of a path: itself, where it is one of ours.

    Whatever else is asked for would make a metric each.
    """
    known = path in model_paths.PLATFORM_PATHS or path in container.model_paths()
    return path if known else NO_ROUTE


def _as_get(event: dict[str, Any]) -> dict[str, Any]:
    context = event["requestContext"]
    http = {**context["http"], "method": "GET"}
    return {**event, "requestContext": {**context, "http": http}}


def refuse(error: Exception) -> Response[str]:
    problem = problems.of(error, model_paths.PLATFORM_PATHS)
    if problem.status >= 500:
        logger.error(problem.detail, exc_info=error)
    return problems.response(problem)


app.exception_handler(Exception)(refuse)
for path in model_paths.PLATFORM_PATHS:
    app.route(path, method=OTHER_METHODS)(not_allowed)
