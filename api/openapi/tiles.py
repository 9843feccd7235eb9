"""The paths of OGC API Tiles."""

from collections.abc import Iterator
from typing import Any

from api import tiles
from api.media import JSON
from api.openapi import collections, operations, parameters, responses, rows
from api.openapi.models import Path, are_by_claims
from api.openapi.operations import Operation
from api.openapi.shared import in_path
from api.openapi.types import Schema
from api.tiles import features, grid
from catchment.catalog import Catalog, Model

_LISTED: Schema = {
    "type": "object",
    "required": ["tilesets"],
    "properties": {
        "tilesets": {"type": "array", "items": {"type": "object"}},
        "links": rows.LINKS,
    },
}
_MATRIX_SETS: Schema = {
    "type": "object",
    "required": ["tileMatrixSets"],
    "properties": {"tileMatrixSets": {"type": "array", "items": {"type": "object"}}},
}
_OBJECT: Schema = {"type": "object"}


def paths(catalog: Catalog) -> Iterator[Path]:
    yield _fixed(tiles.MATRIX_SETS, "tile_matrix_sets", _MATRIX_SETS)
    yield _fixed(tiles.MATRIX_SET, "tile_matrix_set", _OBJECT, _MATRIX_SET_ID)
    if names := features.collections(catalog):
        models = [catalog.models[name] for name in names]
        yield tiles.TILESETS, _tilesets(models)
        yield tiles.TILESET, _tileset(models)
        yield tiles.TILE, _tile(models)


def _fixed(path: str, id_: str, schema: Schema, *of: dict[str, Any]) -> Path:
    """What no load changes."""
    return path, Operation(
        id_,
        operations.TILES,
        "A grid of tiles" if of else "The grids of tiles",
        {200: responses.ok("The document.", {JSON.media_type: schema})},
        parameters=[*of, collections.format_among(JSON)],
        problems=(*operations.ALWAYS, 404) if of else operations.ALWAYS,
    )


def _tilesets(models: list[Model]) -> Operation:
    content = {JSON.media_type: _LISTED}
    return Operation(
        "tilesets",
        operations.TILES,
        "The tilesets of a collection",
        {200: responses.ok("The document.", content, responses.OF_DOCUMENTS)},
        parameters=[collections.collection_id(models), collections.format_among(JSON)],
        problems=(*operations.ALWAYS, 404),
        is_conditional=True,
    )


def _tileset(models: list[Model]) -> Operation:
    route = tiles.TILESET_ROUTE
    content = {rows.plain(f): _OBJECT for f in route.formats}
    return Operation(
        "tileset",
        operations.TILES,
        "A tileset, or its TileJSON",
        {200: responses.ok("The document.", content, responses.OF_DOCUMENTS)},
        parameters=[
            collections.collection_id(models),
            _MATRIX_SET_ID,
            *parameters.of(models, route, columns=False),
        ],
        problems=(*operations.ALWAYS, 404),
        is_conditional=True,
    )


def _tile(models: list[Model]) -> Operation:
    route = tiles.TILE_ROUTE
    content = {rows.plain(f): rows.of_format(f) for f in route.formats}
    told = (*responses.OF_DOCUMENTS, "Last-Modified", *responses.HOW_MANY)
    empty = {
        "description": "Nothing lies in this tile.",
        "headers": responses.headers(*responses.OF_DOCUMENTS),
    }
    return Operation(
        "tile",
        operations.TILES,
        "A tile",
        {200: responses.ok("The tile.", content, told), 204: empty},
        "Takes the columns that the collection's items are filtered by, too.",
        [
            collections.collection_id(models),
            _MATRIX_SET_ID,
            _place("tileMatrix", "The zoom.", grid.MAXIMUM_ZOOM),
            _place("tileRow", "The row, from the north."),
            _place("tileCol", "The column, from the west."),
            *parameters.of(models, route, columns=False),
        ],
        (*operations.ALWAYS, 404, 504),
        is_conditional=True,
        claims=are_by_claims(models),
    )


def _place(name: str, description: str, maximum: int | None = None) -> dict[str, Any]:
    schema: Schema = {"type": "integer", "minimum": 0}
    if maximum is not None:
        schema["maximum"] = maximum
    return in_path(name, schema, description, example=0)


_MATRIX_SET_ID = in_path(
    "tileMatrixSetId",
    {"type": "string", "enum": [grid.NAME]},
    "The grid of the tiles.",
    example=grid.NAME,
)
