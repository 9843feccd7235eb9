"""`GET /aggregated-data`: the datasets, or one of them grouped and filtered."""

import json

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import answers, container, descriptions, formats, links, pages, params
from api.links import Address, Link
from api.pages import Page
from api.params import Query
from api.problems import Problem
from api.query_string import pairs
from catchment.catalog import Catalog

PATH = "/aggregated-data"
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def aggregated_data() -> Response[str]:
    event = router.current_event.raw_event
    address = Address(
        links.base_url(event) + PATH, pairs(event.get("rawQueryString") or "")
    )
    accepted = (event.get("headers") or {}).get("accept-encoding", "")
    catalog = container.catalog()
    query = params.parse(address.pairs, catalog)
    if query is None:
        return _listing(catalog, address, accepted)
    page = pages.read(container.database().connection(), query, catalog)
    return _fitted(page, query, address, accepted)


def _fitted(page: Page, query: Query, address: Address, accepted: str) -> Response[str]:
    """The page, halved until it fits into an answer; `next` leads to the rest."""
    while True:
        text = formats.render(page, query, address)
        media_type = formats.MEDIA_TYPES[query.format]
        if response := answers.respond(text, media_type, accepted):
            return response
        if len(page.rows) < 2:
            raise Problem(
                500,
                "One group alone is larger than an answer can be; without its "
                "geometry (f=json) it may fit.",
            )
        page = page.half()


def _listing(catalog: Catalog, address: Address, accepted: str) -> Response[str]:
    link = Link("self", "application/json", address.href(), "The datasets")
    document = {
        "datasets": descriptions.datasets(catalog, address.url),
        "links": [link.document()],
    }
    text = json.dumps(document, ensure_ascii=False)
    response = answers.respond(text, "application/json", accepted)
    if response is None:
        raise Problem(500, "The list of datasets is larger than an answer can be.")
    return response
