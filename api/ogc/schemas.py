"""What items hold and can be filtered by, as JSON Schema 2020-12.

Roles and formats of geometries are written as drafts of OGC API - Features, part 5,
write them: `x-ogc-role`, `geometry-point`.
"""

from typing import Any

from api import descriptions
from api.links import Link
from api.media import Format
from api.ogc.collections import SCHEMA_TYPE, endpoint_of
from api.openapi import types
from api.question import queryables
from catchment.catalog import Catalog, Model
from catchment.endpoint import Dataset, Endpoint, Measure, RowModel
from catchment.types import DataType, parse_type

FORMAT = Format("json", SCHEMA_TYPE, "JSON Schema")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def of_queryables(catalog: Catalog, model: Model, self_: Link) -> Schema:
    """The properties that a filter may name."""
    endpoint = endpoint_of(model)
    properties = {
        found.name: _geometry(found.type)
        if found.is_geometry
        else _column(model, endpoint, found.name)
        for found in queryables.of(model, catalog)
    }
    return _schema(model, self_, "Queryables", properties)


def of_items(catalog: Catalog, model: Model, self_: Link) -> Schema:
    """What an item holds: its properties, and its geometry under that name."""
    endpoint = endpoint_of(model)
    properties: Schema = {}
    match endpoint:
        case Dataset():
            names = endpoint.group_by
            properties = {name: _column(model, endpoint, name) for name in names}
            properties |= {m.name: _measure(model, m) for m in endpoint.measures}
        case RowModel():
            names = endpoint.columns
            properties = {name: _column(model, endpoint, name) for name in names}
    for found in queryables.of(model, catalog):
        if found.is_geometry:
            properties["geometry"] = _geometry(found.type)
    return _schema(model, self_, "Items", properties)


def _schema(model: Model, self_: Link, what: str, properties: Schema) -> Schema:
    return {
        "$schema": _DIALECT,
        "$id": self_.href,
        "type": "object",
        "title": f"{what} of {endpoint_of(model).title}",
        "description": model.description,
        "properties": properties,
        "additionalProperties": False,
    }


def _column(model: Model, endpoint: Endpoint, name: str) -> Schema:
    column = model.column(name)
    schema = types.of_type(parse_type(column.type))
    role = {"x-ogc-role": "primary-instant"} if name == endpoint.time else {}
    return {"title": name, "description": column.description, **schema, **role}


def _measure(model: Model, measure: Measure) -> Schema:
    described = descriptions.measure(model, measure)
    told = {"title": described["name"], "description": described["description"]}
    type_ = parse_type(model.column(measure.columns[0]).type)
    match measure.merge:
        case "centroid":
            return {**told, "type": "object"}
        case "ratio":
            return {**told, "type": "number"}
        case "sum" if type_ and type_.name in types.INTEGERS:
            return {**told, "type": "integer"}
    return {**told, **types.of_type(type_)}


def _geometry(type_: DataType | None) -> Schema:
    """A geometry of the kind that part 5 calls `point`, `polygon` … or `any`."""
    shape = type_.shape.rstrip("ZM").lower() if type_ and type_.shape else "any"
    kind = "any" if shape == "geometry" else shape
    return {
        "title": "Geometry",
        "description": "In WGS 84, longitude first.",
        "format": f"geometry-{kind}",
        "x-ogc-role": "primary-geometry",
    }
