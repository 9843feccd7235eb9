"""`GET` of a model's own path; and the answer to every path that is nobody's.

The paths stand in the catalog, so that a new model needs no new API.
"""

from aws_lambda_powertools.event_handler import Response

from api import container
from api.answer import batches, serving
from api.problems import NO_SUCH_PATH, Problem, not_allowed
from api.question import params
from api.request import Request
from api.routes.table import PLATFORM_PATHS
from catchment.catalog import Catalog, Model


def model_path(asked: Request) -> Response[str]:
    served = batches.served(lambda catalog: _model(catalog, asked.path))
    query = params.of_model(asked.pairs, served.model, params.OWN_PATH, asked.accept)
    return serving.serve(query, served, asked)


def other_methods(asked: Request) -> Response[str]:
    _model(container.catalog(), asked.path)
    raise not_allowed("GET, HEAD")


def _model(catalog: Catalog, path: str) -> Model:
    if found := catalog.paths.get(path):
        return found
    raise Problem(404, NO_SUCH_PATH, known=[*PLATFORM_PATHS, *catalog.paths])
