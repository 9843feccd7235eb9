"""`GET` of a model's own path; and the answer to every path that is nobody's.

The paths stand in the catalog, so that a new model needs no new API.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from api import batches, container, params, request, serving
from api.problems import NO_SUCH_PATH, Problem
from api.routes import OTHER_METHODS, aggregated_data, health, not_allowed
from catchment.catalog import Catalog, Model

PLATFORM_PATHS = (aggregated_data.PATH, health.PATH)
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
    _model(container.catalog(), router.current_event.path)
    return not_allowed()


def _model(catalog: Catalog, path: str) -> Model:
    if found := catalog.paths.get(path):
        return found
    raise Problem(404, NO_SUCH_PATH, known=[*PLATFORM_PATHS, *catalog.paths])
