"""`GET /feeds`, and what a row of one of them must hold.

Of the scope `admin`.
"""

from aws_lambda_powertools.event_handler import Response

from api import container
from api.admin import answering, feeds
from api.question import query_string
from api.request import Request
from api.routes.uploads import feed_of


def listed(asked: Request) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    document = {"feeds": feeds.listed(container.catalog(), asked.base)}
    return answering.document(document, asked)


def feed(asked: Request, name: str) -> Response[str]:
    query_string.refuse_others(asked.pairs)
    found = feed_of(container.catalog(), name)
    return answering.document(feeds.schema(found, asked.base), asked, feeds.SCHEMA_TYPE)
