"""`GET /aggregated-data`: the datasets, or one of them grouped and filtered."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import descriptions
from api.answer import batches, documents, serving
from api.answer.batches import AllServed
from api.links import Link
from api.media import JSON
from api.ogc import extents
from api.question import params
from api.request import Request

PATH = "/aggregated-data"


def aggregated_data(asked: Request) -> Response[str]:
    if params.names_dataset(asked.pairs):
        served = batches.served(partial(params.dataset, asked.pairs))
        query = params.of_model(asked.pairs, served.model, accept=asked.accept)
        return serving.serve(query, served, asked)
    everything = batches.all_served()
    params.refuse_all_but_listing(asked.pairs, everything.catalog)
    return documents.serve(
        asked,
        (everything.catalog, everything.batch),
        partial(_listing, everything, asked),
        "",
        (JSON,),
    )


def _listing(served: AllServed, asked: Request, links: list[Link]) -> Mapping[str, Any]:
    """What there is to ask: the datasets, and every model's own path."""
    catalog = served.catalog
    told = {
        name: extents.of(catalog, model, served.batches[name]).document()
        for name, model in catalog.datasets.items()
    }
    return {
        "datasets": descriptions.datasets(catalog, told, asked.base, PATH),
        "paths": descriptions.paths(catalog, asked.base),
        "links": [link.document() for link in links],
    }
