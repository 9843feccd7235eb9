"""`GET /collections/{collectionId}/tiles` and what lies below; `/tileMatrixSets`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from api import tiles
from api.answer import batches, caching, documents
from api.answer.batches import Served
from api.links import Link
from api.media import JSON
from api.ogc import collections, extents
from api.problems import Problem
from api.question import params
from api.request import Request
from api.tiles import documents as tilesets
from api.tiles import features, grid, serving
from api.tiles.documents import Tileset
from catchment.catalog import Catalog, Model

# Seconds. The tile matrix set is a standard's, and no build or load changes it.
_MAX_AGE = 86_400


def tile(asked: Request, name: str, matrix_set: str, *place: str) -> Response[str]:
    grid.check(matrix_set)
    wanted = grid.tile(*place)
    served = _served(name)
    query = params.of_model(asked.pairs, served.model, tiles.TILE_ROUTE, asked.accept)
    return serving.serve(query, wanted, served, asked)


def tileset(asked: Request, name: str, matrix_set: str) -> Response[str]:
    grid.check(matrix_set)
    served = _served(name)
    route = tiles.TILESET_ROUTE
    query = params.of_model(asked.pairs, served.model, route, asked.accept)
    of = (served.catalog, served.batch)
    validators = caching.of_document(*of, asked, query.format)
    if caching.has_it(asked, validators):
        return caching.not_modified(validators)
    extent = extents.of(served.catalog, served.model, served.batch)
    found = Tileset(query, served.catalog, asked.base, asked.pairs, extent)
    is_tilejson = query.format == tiles.TILEJSON
    told = tilesets.tilejson(found) if is_tilejson else tilesets.tileset(found)
    return documents.respond(asked, query.format, told, "", validators.headers())


def listed(asked: Request, name: str) -> Response[str]:
    served = _served(name)

    def document(links: list[Link]) -> dict[str, Any]:
        query = params.of_model((), served.model, tiles.TILESET_ROUTE)
        return tilesets.listed(Tileset(query, served.catalog, asked.base), links)

    of = (served.catalog, served.batch)
    return documents.serve(asked, of, document, "", (JSON,))


def matrix_sets(asked: Request) -> Response[str]:
    return _lasting(tilesets.matrix_sets(asked.base), asked)


def matrix_set(asked: Request, name: str) -> Response[str]:
    grid.check(name)
    return _lasting(tilesets.matrix_set(), asked)


def _served(name: str) -> Served:
    """The collection of this id, and its batch.

    Raises:
        Problem: 404, where there is none, or nothing of it to draw.
    """

    def find(catalog: Catalog) -> Model:
        model = collections.find(catalog, name)
        if features.have_places(model.api):
            return model
        raise Problem(
            404,
            f"There are no tiles of '{name}', for it has no geometry.",
            known=features.collections(catalog),
        )

    return batches.served(find)


def _lasting(document: dict[str, Any], asked: Request) -> Response[str]:
    format_ = documents.chosen(asked, (JSON,))
    cached = {"Cache-Control": f"public, max-age={_MAX_AGE}"}
    return documents.respond(asked, format_, document, "", cached)
