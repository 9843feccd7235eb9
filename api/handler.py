"""The API Lambda: events of an API Gateway HTTP API (payload 2.0) to answers."""

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from api import problems
from api.problems import Problem
from api.routes import aggregated_data, health

ROUTES = (aggregated_data, health)
PATHS = tuple(route.PATH for route in ROUTES)
OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

logger = Logger(service="api")
app = APIGatewayHttpResolver()
for route in ROUTES:
    app.include_router(route.router)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request; a HEAD is a GET whose body is left out."""
    started = time.perf_counter()
    request = event["requestContext"]["http"]
    is_head = request["method"] == "HEAD"
    answer = app.resolve(_as_get(event) if is_head else event, context)
    logger.info(
        "answered",
        method=request["method"],
        path=event["rawPath"],
        query=event.get("rawQueryString", ""),
        status=answer["statusCode"],
        milliseconds=round((time.perf_counter() - started) * 1000, 1),
    )
    return {**answer, "body": "", "isBase64Encoded": False} if is_head else answer


def _as_get(event: dict[str, Any]) -> dict[str, Any]:
    context = event["requestContext"]
    http = {**context["http"], "method": "GET"}
    return {**event, "requestContext": {**context, "http": http}}


def refuse(error: Exception) -> Response[str]:
    problem = problems.of(error, PATHS)
    if problem.status >= 500:
        logger.error(problem.detail, exc_info=error)
    return problems.response(problem)


def not_allowed() -> Response[str]:
    raise Problem(405, "This path can only be read.", allow="GET, HEAD")


app.exception_handler(Exception)(refuse)
for path in PATHS:
    app.route(path, method=OTHER_METHODS)(not_allowed)
