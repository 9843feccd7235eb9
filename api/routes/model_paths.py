"""`GET` of a model's own path; and the answer to every path that is nobody's.

The paths stand in the catalog, so that a new model needs no new API.
"""

from aws_lambda_powertools.event_handler import Response

from api import container
from api.access import scope_of
from api.answer import batches, serving
from api.problems import NO_SUCH_PATH, Problem, not_allowed
from api.question import params
from api.request import Request
from api.routes.table import PLATFORM_PATHS
from catchment.catalog import Catalog, Model


def model_path(asked: Request) -> Response[str]:
    served = batches.served(lambda catalog: _model(catalog, asked))
    query = params.of_model(asked.pairs, served.model, params.OWN_PATH, asked.accept)
    return serving.serve(query, served, asked)


def other_methods(asked: Request) -> Response[str]:
    _model(container.catalog(), asked)
    raise not_allowed("GET, HEAD")


def _model(catalog: Catalog, asked: Request) -> Model:
    if found := catalog.paths.get(asked.path):
        return found
    # What is open without a key tells nobody of the models.
    is_open = scope_of(asked.path, asked.method) is None
    of_models = () if is_open else catalog.paths
    raise Problem(404, NO_SUCH_PATH, known=[*PLATFORM_PATHS, *of_models])
