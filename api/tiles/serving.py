"""A tile to its answer."""

from dataclasses import dataclass, replace

from aws_lambda_powertools.event_handler import Response

from api import access, container
from api.answer import answers, caching
from api.answer.batches import Served
from api.problems import Problem
from api.query import tiles
from api.question.asked import Query
from api.request import Request
from api.tiles import MVT, features
from api.tiles.grid import Tile

# Features of a tile, which clients still draw at once; half a megabyte of hexagons.
MOST_FEATURES = 10_000


@dataclass(frozen=True)
class Drawn:
    """A tile.

    Attributes:
        data: of no feature at all, nothing.
        features: how many it holds.
        matched: how many meet its box.
    """

    data: bytes
    features: int
    matched: int

    def headers(self) -> dict[str, str]:
        """How many of how many, for a tile itself has no word for that."""
        return {
            "OGC-NumberReturned": str(self.features),
            "OGC-NumberMatched": str(self.matched),
        }


def serve(query: Query, tile: Tile, served: Served, request: Request) -> Response[str]:
    """The tile, with fewer features where it is too large; 204 for an empty one.

    20-057 (core/tc-error, B) allows 204 and an empty 200. MapLibre takes either; an
    empty 200 was an error for Mapbox GL JS (mapbox-gl-js#1800).

    Raises:
        Problem: what `access.limited` raises; 500, where one feature is too large.
    """
    query = access.limited(query, request.caller)
    validators = caching.validators(served, request, MVT)
    if caching.has_it(request, validators):
        return caching.not_modified(validators)
    query, limit = placed(query, tile), MOST_FEATURES
    while limit:
        drawn = _drawn(replace(query, limit=limit), tile, served)
        if not drawn.data:
            return Response(204, headers=validators.headers(), body="")
        headers = {**validators.headers(), **drawn.headers()}
        if response := answers.respond(
            drawn.data, MVT.media_type, request.accept_encoding, headers
        ):
            return response
        limit = min(limit, drawn.features) // 2
    raise Problem(500, "One feature alone is larger than a tile can be.")


def placed(query: Query, tile: Tile) -> Query:
    """The query of what may lie in the tile."""
    if features.are_found_by_box(query):
        return replace(query, boxes=(tile.box,))
    return query


def _drawn(query: Query, tile: Tile, served: Served) -> Drawn:
    statement, bound = tiles.select(query, served.catalog, tile)
    row = container.database().connection().execute(statement, bound).fetchone()
    if row is None:
        raise RuntimeError("an aggregate without groups has one row")
    data, number, matched = row
    return Drawn(bytes(data or b""), number, matched or 0)
