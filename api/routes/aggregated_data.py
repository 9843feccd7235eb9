"""`GET /aggregated-data`: the datasets, or one of them grouped and filtered."""

import json

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import answers, container, descriptions, links, params, serving
from api.links import Address, Link
from api.problems import Problem
from catchment.catalog import Catalog

PATH = "/aggregated-data"
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def aggregated_data() -> Response[str]:
    event = router.current_event.raw_event
    address = serving.address_of(event, PATH)
    catalog = container.catalog()
    query = params.parse(address.pairs, catalog)
    if query is None:
        document = _listing(catalog, address, links.base_url(event))
        return _listed(document, serving.accepted(event))
    return serving.serve(query, catalog, address, serving.accepted(event))


def _listing(catalog: Catalog, address: Address, base: str) -> dict[str, object]:
    """What there is to ask: the datasets, and every model's own path."""
    link = Link("self", "application/json", address.href(), "The datasets")
    return {
        "datasets": descriptions.datasets(catalog, base, PATH),
        "paths": descriptions.paths(catalog, base),
        "links": [link.document()],
    }


def _listed(document: dict[str, object], accept_encoding: str) -> Response[str]:
    text = json.dumps(document, ensure_ascii=False)
    response = answers.respond(text, "application/json", accept_encoding)
    if response is None:
        raise Problem(500, "The list of datasets is larger than an answer can be.")
    return response
