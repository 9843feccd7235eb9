"""The paths of OGC API Features.

The items of every collection have a path of their own, which takes the columns as
parameters: GDAL sends a filter to the server for those alone that it finds there, and
the maximum of `limit` is known to it only by a reference. The templates stand there
for OGC's test suite.
"""

from collections.abc import Iterator
from typing import Any

from api import media, ogc
from api.media import HTML, JSON, Format
from api.ogc import features
from api.ogc.collections import SCHEMA_TYPE
from api.openapi import geometry, models, operations, parameters, responses, rows
from api.openapi.models import Path
from api.openapi.operations import Operation
from api.openapi.shared import in_path, query
from api.openapi.types import Schema
from api.question import params
from catchment.catalog import Catalog, Model

_TEXT: Schema = {"type": "string"}
_LINKS: Schema = rows.LINKS
_HTML = {HTML.media_type: _TEXT}
_FEATURE_ID = in_path("featureId", _TEXT, "The `id` of a feature.")


def components() -> dict[str, Schema]:
    """The schemas of OGC's documents."""
    feature = rows.feature({"type": "object"}, geometry.ref(None))
    return {
        "Landing": {
            "type": "object",
            "required": ["title", "links"],
            "properties": {"title": _TEXT, "description": _TEXT, "links": _LINKS},
        },
        "Conformance": {
            "type": "object",
            "required": ["conformsTo"],
            "properties": {"conformsTo": {"type": "array", "items": _TEXT}},
        },
        "Collections": {
            "type": "object",
            "required": ["links", "collections"],
            "properties": {
                "links": _LINKS,
                "collections": {"type": "array", "items": _ref("Collection")},
            },
        },
        "Collection": _collection(),
        "JsonSchema": {
            "type": "object",
            "required": ["$schema", "type", "properties"],
        },
        "Feature": feature,
        "Features": rows.feature_collection(_ref("Feature")),
    }


def paths(catalog: Catalog) -> Iterator[Path]:
    yield from _documents()
    # OpenAPI has no parameter that may have no value at all.
    if served := models.served(catalog):
        yield from _of_each(served)


def _of_each(served: list[Model]) -> Iterator[Path]:
    yield from _documents_of(collection_id(served))
    yield ogc.ITEMS, _items(served)
    for model in served:
        yield ogc.ITEMS.replace("{collectionId}", model.name), _items_of(model)
    yield ogc.ITEM, _item(served)


def _documents() -> Iterator[Path]:
    json = JSON.media_type
    yield _document(ogc.LANDING, "landing", "Where everything is", json, "Landing")
    yield _document(
        ogc.CONFORMANCE, "conformance", "Standards fulfilled", json, "Conformance"
    )
    yield _document(
        ogc.COLLECTIONS, "collections", "The collections", json, "Collections"
    )


def _documents_of(one: dict[str, Any]) -> Iterator[Path]:
    json, schema = JSON.media_type, SCHEMA_TYPE
    yield _document(
        ogc.COLLECTION, "collection", "A collection", json, "Collection", one
    )
    yield _document(
        ogc.QUERYABLES,
        "queryables",
        "What filters its items",
        schema,
        "JsonSchema",
        one,
    )
    yield _document(
        ogc.SCHEMA, "schema", "What its items hold", schema, "JsonSchema", one
    )


def _document(
    path: str, id_: str, summary: str, type_: str, schema: str, *of: dict[str, Any]
) -> Path:
    """A document about all collections, or of the one that a parameter names."""
    content = {type_: _ref(schema), **_HTML}
    return path, Operation(
        id_,
        operations.COLLECTIONS
        if path.startswith(ogc.COLLECTIONS)
        else operations.ABOUT,
        summary,
        {200: responses.ok("The document.", content, responses.OF_DOCUMENTS)},
        parameters=[*of, format_among(JSON, HTML)],
        problems=(*operations.ALWAYS, 404) if of else operations.ALWAYS,
        is_conditional=True,
        scope=None if path == ogc.LANDING else "read",
    )


def _items(served: list[Model]) -> Operation:
    route = params.ITEMS
    content = _content("Features", route)
    return Operation(
        "items",
        operations.COLLECTIONS,
        "The items of a collection",
        {200: responses.ok("A page.", content, responses.OF_DATA)},
        "Each collection has the same path with parameters of its own, by its columns.",
        [collection_id(served), *parameters.of(served, route, columns=False)],
        operations.OF_DATA,
        is_conditional=True,
        claims=models.are_by_claims(served),
    )


def _content(schema: str, route: params.Route) -> dict[str, Schema]:
    """An answer in each format, of whatever collection."""
    known = {media.GEOJSON: _ref(schema), JSON: {"type": "object"}}
    return {rows.plain(f): known.get(f, rows.of_format(f)) for f in route.formats}


def _items_of(model: Model) -> Operation:
    return models.of_model(
        f"items_of_{model.name}", operations.COLLECTIONS, model, params.ITEMS
    )


def _item(served: list[Model]) -> Operation:
    route = features.ITEM
    content = _content("Feature", route)
    return Operation(
        "item",
        operations.COLLECTIONS,
        "An item of a collection",
        {200: responses.ok("The item.", content, responses.OF_DATA)},
        parameters=[
            collection_id(served),
            _FEATURE_ID,
            *parameters.of(served, route, columns=False),
        ],
        problems=(*operations.ALWAYS, 404, 504),
        is_conditional=True,
        claims=models.are_by_claims(served),
    )


def _collection() -> Schema:
    spatial = {
        "type": "object",
        "required": ["bbox"],
        "properties": {
            "bbox": {
                "type": "array",
                "items": {
                    "type": "array",
                    "minItems": 4,
                    "maxItems": 4,
                    "items": {"type": "number"},
                },
            },
            "crs": _TEXT,
        },
    }
    moment = {"type": "string", "format": "date-time", "nullable": True}
    interval = {"type": "array", "minItems": 2, "maxItems": 2, "items": moment}
    temporal = {
        "type": "object",
        "required": ["interval"],
        "properties": {"interval": {"type": "array", "items": interval}, "trs": _TEXT},
    }
    return {
        "type": "object",
        "required": ["id", "title", "links"],
        "properties": {
            "id": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "itemType": _TEXT,
            "crs": {"type": "array", "items": _TEXT},
            "extent": {
                "type": "object",
                "properties": {"spatial": spatial, "temporal": temporal},
            },
            "links": _LINKS,
        },
    }


def format_among(*formats: Format) -> dict[str, Any]:
    """The parameter of a document that takes no other; the first is the default."""
    names = [format_.name for format_ in formats]
    schema = {"type": "string", "enum": names, "default": names[0]}
    return query("f", schema, parameters.OF_FORMAT)


def collection_id(served: list[Model]) -> dict[str, Any]:
    names = [model.name for model in served]
    return in_path(
        "collectionId",
        {"type": "string", "enum": names},
        "The collection; its id is its model's name.",
        example=names[0],
    )


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
