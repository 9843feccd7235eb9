"""`GET` of a model's own path; and the answer to every path that is nobody's.

The paths stand in the catalog, so that a new model needs no new API.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import container, request
from api.answer import batches, serving
from api.problems import NO_SUCH_PATH, Problem
from api.question import params
from api.routes import (
    OTHER_METHODS,
    aggregated_data,
    collections,
    conformance,
    docs,
    feed_rows,
    health,
    is_of,
    items,
    landing,
    loads,
    not_allowed,
    openapi,
    tiles,
    uploads,
)
from catchment.catalog import Catalog, Model

PLATFORM_PATHS = (
    landing.PATH,
    aggregated_data.PATH,
    openapi.PATH,
    collections.PATH,
    conformance.PATH,
    docs.PATH,
    tiles.PATH,
    health.PATH,
)
TEMPLATES = (
    *collections.TEMPLATES,
    *items.TEMPLATES,
    *tiles.TEMPLATES,
    *docs.TEMPLATES,
    *loads.TEMPLATES,
    *uploads.TEMPLATES,
    *feed_rows.TEMPLATES,
)
# Powertools tries a rule with a group after all those without.
ANY = "((?s:.*))"
router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get(ANY)
def model_path() -> Response[str]:
    event = router.current_event
    asked = request.of(event.raw_event, event.path)
    served = batches.served(lambda catalog: _model(catalog, asked.path))
    query = params.of_model(asked.pairs, served.model, params.OWN_PATH, asked.accept)
    return serving.serve(query, served, asked)


@router.route(ANY, method=OTHER_METHODS)
def other_methods() -> Response[str]:
    path = router.current_event.path
    if not any(is_of(template, path) for template in TEMPLATES):
        _model(container.catalog(), path)
    return not_allowed()


def _model(catalog: Catalog, path: str) -> Model:
    if found := catalog.paths.get(path):
        return found
    raise Problem(404, NO_SUCH_PATH, known=[*PLATFORM_PATHS, *catalog.paths])
