"""Errors as RFC 9457 problem documents (https://www.rfc-editor.org/rfc/rfc9457).

What Postgres says is logged and never answered: its messages name relations,
roles and values.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

import psycopg
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from psycopg import errors

from catchment.mistakes import ContractError
from catchment.settings import MissingSetting

MEDIA_TYPE = "application/problem+json"
# Seconds. A failover of RDS takes 60 to 120 s, a restart of a proxy a few:
# clients that come back every 5 s find either end soon, at little cost.
RETRY_AFTER = 5
NO_SUCH_PATH = "There is nothing under this path."


class Problem(Exception):
    """An answer that is an error.

    Attributes:
        parameter: the query parameter at fault.
        known: what could have stood in place of what was asked for.
        retry_after: seconds after which the same request may succeed.
        headers: what the answer says beside these.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        parameter: str | None = None,
        known: Iterable[str] | None = None,
        retry_after: int | None = None,
        allow: str | None = None,
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.known = None if known is None else list(known)
        self.retry_after = retry_after
        self.allow = allow
        self.headers = dict(headers or {})


def bad_parameter(
    name: str, detail: str, known: Iterable[str] | None = None
) -> Problem:
    return Problem(400, detail, parameter=name, known=known)


def unavailable(detail: str) -> Problem:
    return Problem(503, detail, retry_after=RETRY_AFTER)


def no_catalog() -> Problem:
    return unavailable(
        "No catalog is published in this database: run `alembic upgrade head`, "
        "then `dbt build` in warehouse/."
    )


def not_allowed(allow: str) -> Problem:
    """405: `allow` are the methods that the path takes."""
    takes = "can only be read" if allow.startswith("GET") else f"takes {allow} alone"
    return Problem(405, f"This path {takes}.", allow=allow)


def gone(detail: str) -> Problem:
    return Problem(410, detail)


def of(error: Exception, paths: Iterable[str] = ()) -> Problem:
    """The problem to answer where `error` was raised."""
    match error:
        case Problem():
            return error
        case NotFoundError():
            return Problem(404, NO_SUCH_PATH, known=paths)
        case errors.QueryCanceled():
            return Problem(
                504,
                "The query took longer than it may. Narrow it by bbox, datetime or "
                "another filter, or group by fewer dimensions.",
            )
        case errors.UndefinedTable() | errors.UndefinedColumn():
            return unavailable(
                "The model is not as its catalog says; a build may be under way."
            )
        case errors.InsufficientPrivilege():
            return unavailable(
                "The API's role may not read what it needs: run `alembic upgrade "
                "head`, and `dbt build` in warehouse/."
            )
        case errors.ObjectNotInPrerequisiteState():
            return unavailable("The model has not been refreshed yet.")
        # Only input that cannot be read: a sum that overflows is no one's mistake.
        case (
            errors.InvalidTextRepresentation()
            | errors.InvalidDatetimeFormat()
            | errors.DatetimeFieldOverflow()
            | errors.InvalidTimeZoneDisplacementValue()
            | UnicodeEncodeError()
        ):
            return Problem(400, "A value does not fit the type of its column.")
        # GEOS gives up where a geometry crosses itself.
        case errors.InternalError_():
            return Problem(
                400,
                "A geometry of the filter, or one that it is compared with, is not "
                "valid: it crosses itself.",
            )
        case psycopg.OperationalError():
            return unavailable("The database cannot be reached at the moment.")
        case ContractError():
            return unavailable(
                "The published contracts cannot be read by this version of the API: "
                "deploy both from the same revision."
            )
        case MissingSetting():
            return unavailable("This deployment is not configured yet; see its log.")
    return Problem(500, "Something went wrong here; it has been logged.")


def response(problem: Problem) -> Response[str]:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "parameter": problem.parameter,
        "known": problem.known,
    }
    headers: dict[str, str | list[str]] = {
        "Cache-Control": "no-store",
        **problem.headers,
    }
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.allow is not None:
        headers["Allow"] = problem.allow
    return Response(
        status_code=problem.status,
        content_type=MEDIA_TYPE,
        headers=headers,
        body=json.dumps({word: v for word, v in body.items() if v is not None}),
    )
