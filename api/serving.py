"""A query to its answer, in as many pages as Lambda needs."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import answers, container, formats, links, pages
from api.asked import Query
from api.links import Address
from api.problems import Problem
from api.query_string import pairs
from catchment.catalog import Catalog


def address_of(event: Mapping[str, Any], path: str) -> Address:
    """Where a request came in; `path` is without the stage."""
    given = pairs(event.get("rawQueryString") or "")
    return Address(links.base_url(event) + path, given)


def accepted(event: Mapping[str, Any]) -> str:
    """The encodings that the client takes."""
    return str((event.get("headers") or {}).get("accept-encoding", ""))


def serve(
    query: Query, catalog: Catalog, address: Address, accept_encoding: str
) -> Response[str]:
    """The page, halved until it fits into an answer; `next` leads to the rest."""
    page = pages.read(container.database().connection(), query, catalog)
    while True:
        text = formats.render(page, query, address)
        media_type = formats.MEDIA_TYPES[query.format]
        if response := answers.respond(text, media_type, accept_encoding):
            return response
        if len(page.rows) < 2:
            raise Problem(
                500,
                "One row alone is larger than an answer can be; without its "
                "geometry (f=json) it may fit.",
            )
        page = page.half()
