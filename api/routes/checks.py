"""`GET /checks`, `/checks/{check}`, `/feeds/{feed}/history`: the quality of the data.

Of the scope `admin`. Never kept by a cache, as the ledger is not.
"""

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import answering
from api.admin.answering import JSON
from api.problems import Problem
from api.query import checks as sql
from api.question import query_string
from api.request import Request
from api.routes.uploads import feed_of


def checks(asked: Request) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    runs = _documents(sql.RECENT_RUNS)
    found = _documents(sql.CHECKS)
    return _answered({"runs": runs, "checks": found}, asked)


def check(asked: Request, id_: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    found = _documents(sql.CHECK, check=id_)
    if not found:
        raise Problem(404, "There is no such check: GET /checks lists all.")
    return _answered(found[0], asked)


def history(asked: Request, name: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    feed = feed_of(container.catalog(), name)
    (found,) = _documents(sql.HISTORY, feed=feed.name)
    limit = str(feed.reject_limit)
    return _answered({"feed": feed.name, "reject_limit": limit, **found}, asked)


def _documents(statement: str, **parameters: str) -> list[dict[str, Any]]:
    """What a question finds, a document a row."""
    answering.mend_connection()
    connection = container.database().connection()
    found = connection.execute(statement.encode(), parameters)
    return [json.loads(text) for (text,) in found]


def _answered(document: dict[str, Any], asked: Request) -> Response[str]:
    links = [{"rel": "self", "type": JSON, "href": asked.address.href()}]
    return answering.document({**document, "links": links}, asked)
