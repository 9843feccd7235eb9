"""`POST /feeds/{feed}/rows`: up to 1,000 rows of a feed, in one transaction.

Of the scope `admin`.
"""

import json
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from api import container, problems
from api.admin import bodies, feed_rows, feeds
from api.problems import Problem
from api.request import Request
from api.routes.uploads import feed_of

# Of the loader's report, what stands for all rows.
LOAD_WORDS = (
    *("load_id", "status", "rows_read", "rows_loaded", "rows_rejected"),
    *("is_repeated", "is_refreshed"),
)
# A load whose rows were published may have been taken out again since.
PUBLISHED = ("loaded", "superseded")
logger = Logger(service="api")


def rows(asked: Request, name: str) -> Response[str]:
    key = _key(asked)
    texts = bodies.objects(asked)
    if not 1 <= len(texts) <= feed_rows.MOST:
        raise Problem(
            400, f"There are {len(texts)} rows: 1 to {feed_rows.MOST:,} are taken."
        )
    feed = feed_of(container.catalog(), name)
    report = feed_rows.load(feed.name, key, texts)
    _audit(asked, feed.name, key, report)
    if report["is_other"]:
        raise Problem(422, "This Idempotency-Key was used for other rows before.")
    return _answered(asked, key, report, feeds.unused(feed, texts))


def _key(asked: Request) -> str:
    given = asked.headers.get("idempotency-key", "").strip('" ')
    if not given:
        return str(uuid.uuid4())
    if not feed_rows.REQUEST.fullmatch(given):
        raise Problem(
            400, "Idempotency-Key takes 1 to 64 letters, digits, hyphens and _."
        )
    return given


def _audit(asked: Request, feed: str, key: str, report: Mapping[str, Any]) -> None:
    words = ("load_id", "status", "rows_loaded", "rows_rejected", "is_repeated")
    told = {word: report[word] for word in words}
    logger.info("rows", caller=asked.caller.name, feed=feed, request=key, **told)


def _answered(
    asked: Request, key: str, report: Mapping[str, Any], unused: list[str]
) -> Response[str]:
    """201 where rows were published; 422 where all were held back, with the same
    report.

    Args:
        unused: names in the rows that are no column's.
    """
    document = {
        "request": key,
        "load": {word: report[word] for word in LOAD_WORDS},
        "rows": feed_rows.told(report),
        **({"unused": unused} if unused else {}),
    }
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    if report["status"] not in PUBLISHED:
        return Response(
            422,
            content_type=problems.MEDIA_TYPE,
            headers=headers,
            body=json.dumps(
                {**_problem(report, unused), **document}, ensure_ascii=False
            ),
        )
    headers["Location"] = f"{asked.base}/loads/{report['load_id']}"
    return Response(
        201,
        content_type="application/json",
        headers=headers,
        body=json.dumps(document, ensure_ascii=False),
    )


def _problem(report: Mapping[str, Any], unused: list[str]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": _detail(report, unused),
    }


def _detail(report: Mapping[str, Any], unused: list[str]) -> str:
    if report["status"] != "rejected":
        return "The rows could not be loaded: GET /loads says why."
    keeps_none = report["rows_rejected"] == report["rows_read"]
    why = (
        "No row keeps the contract"
        if keeps_none
        else "More rows break the contract than it allows"
    )
    hint = " `unused` are names that GET /feeds/{feed} does not list." if unused else ""
    return f"{why}: none was published.{hint}"
