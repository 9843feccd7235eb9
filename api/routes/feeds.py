"""`GET /feeds`, and what a row of one of them must hold.

Of the scope `admin`.
"""

import json
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import feeds
from api.answer import answers
from api.media import JSON
from api.problems import Problem
from api.question import query_string
from api.request import Request
from api.routes.uploads import feed_of


def listed(asked: Request) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    document = {"feeds": feeds.listed(container.catalog(), asked.base)}
    return _answered(document, JSON.media_type, asked)


def feed(asked: Request, name: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    found = feed_of(container.catalog(), name)
    return _answered(feeds.schema(found, asked.base), feeds.SCHEMA_TYPE, asked)


def _answered(
    document: dict[str, Any], media_type: str, asked: Request
) -> Response[str]:
    text = json.dumps(document, ensure_ascii=False)
    kept = {"Cache-Control": "no-store"}
    response = answers.respond(text, media_type, asked.accept_encoding, kept)
    if response is None:
        raise Problem(500, "The document is larger than an answer can be.")
    return response
