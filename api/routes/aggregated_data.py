"""`GET /aggregated-data`: the datasets, or one of them grouped and filtered."""

import json
from functools import partial

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import answers, batches, container, descriptions, params, request, serving
from api.links import Link
from api.problems import Problem
from api.request import Request
from catchment.catalog import Catalog

PATH = "/aggregated-data"
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(PATH)
def aggregated_data() -> Response[str]:
    asked = request.of(router.current_event.raw_event, PATH)
    if params.names_dataset(asked.pairs):
        served = batches.served(partial(params.dataset, asked.pairs))
        query = params.of_model(asked.pairs, served.model, accept=asked.accept)
        return serving.serve(query, served, asked)
    catalog = container.catalog()
    params.refuse_all_but_listing(asked.pairs, catalog)
    return _listed(_listing(catalog, asked), asked.accept_encoding)


def _listing(catalog: Catalog, asked: Request) -> dict[str, object]:
    """What there is to ask: the datasets, and every model's own path."""
    link = Link("self", "application/json", asked.address.href(), "The datasets")
    return {
        "datasets": descriptions.datasets(catalog, asked.base, PATH),
        "paths": descriptions.paths(catalog, asked.base),
        "links": [link.document()],
    }


def _listed(document: dict[str, object], accept_encoding: str) -> Response[str]:
    text = json.dumps(document, ensure_ascii=False)
    response = answers.respond(text, "application/json", accept_encoding)
    if response is None:
        raise Problem(500, "The list of datasets is larger than an answer can be.")
    return response
