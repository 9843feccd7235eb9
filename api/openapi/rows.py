"""What the answers of a model hold: its rows, as data and as features."""

from typing import Any

from api import descriptions
from api.media import GEOJSON, JSON, Format
from api.openapi import geometry, types
from api.openapi.types import Schema
from catchment.catalog import Model
from catchment.endpoint import Dataset, GroupGeometry, Measure, RowModel
from catchment.types import parse_type

_COUNT = {"type": "integer", "minimum": 0}
LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
# What every page says of itself.
_NUMBERS: dict[str, Schema] = {
    "numberReturned": {**_COUNT, "description": "Rows of this page."},
    "numberMatched": {
        **_COUNT,
        "description": "Rows of all pages, where that is known.",
    },
    "numberMatchedIsEstimated": {
        "type": "boolean",
        "description": "True where `numberMatched` is what Postgres expects.",
    },
}


def components(model: Model) -> dict[str, Schema]:
    """The row of a model, a page of rows and a page of features, by their names.

    Each has a dot in it, which none of the other components has.
    """
    return {
        f"{model.name}.row": _row(model),
        f"{model.name}.data": _data(model),
        f"{model.name}.feature": _feature(model),
        f"{model.name}.features": feature_collection(_ref(f"{model.name}.feature")),
    }


def content(models: list[Model], formats: tuple[Format, ...]) -> dict[str, Schema]:
    """The schema of an answer in each format, of any of the models."""
    return {plain(format_): _content(models, format_) for format_ in formats}


def plain(format_: Format) -> str:
    """The media type of a format, without its charset."""
    return format_.media_type.partition(";")[0]


def _content(models: list[Model], format_: Format) -> Schema:
    if format_ not in (JSON, GEOJSON) or not models:
        return of_format(format_)
    word = "data" if format_ == JSON else "features"
    refs = [_ref(f"{model.name}.{word}") for model in models]
    return refs[0] if len(refs) == 1 else {"anyOf": refs}


def of_format(format_: Format) -> Schema:
    """The answer in a format that is no JSON document."""
    is_text = format_.media_type.startswith("text/") or "json" in format_.media_type
    return {"type": "string"} if is_text else {"type": "string", "format": "binary"}


def feature_collection(feature: Schema) -> Schema:
    """A page of features, as OGC API Features has it (17-069r4, 7.15.3)."""
    return {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            **_NUMBERS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "links": LINKS,
            "features": {"type": "array", "items": feature},
        },
    }


def feature(properties: Schema, shape: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            "geometry": shape,
            "properties": properties,
        },
    }


def _row(model: Model) -> Schema:
    match model.api:
        case Dataset() as dataset:
            columns = {name: _column(model, name) for name in dataset.dimensions}
            columns |= {m.name: _measure(model, m) for m in dataset.measures}
        case RowModel() as rows:
            columns = {
                name: _column(model, name, nullable=name not in rows.key)
                for name in rows.columns
            }
        case None:
            raise ValueError(f"the model {model.name} is not served")
    row = {"type": "object", "additionalProperties": False, "properties": columns}
    return types.described(row, model.description)


def _data(model: Model) -> Schema:
    word = "dataset" if isinstance(model.api, Dataset) else "model"
    grouped = {"group_by": {"type": "array", "items": {"type": "string"}}}
    return {
        "type": "object",
        "required": [word, "data", "links", "numberReturned"],
        "properties": {
            word: {"type": "string", "enum": [model.name]},
            **(grouped if word == "dataset" else {}),
            **_NUMBERS,
            "data": {"type": "array", "items": _ref(f"{model.name}.row")},
            "links": LINKS,
        },
    }


def _feature(model: Model) -> Schema:
    return feature(_ref(f"{model.name}.row"), _shape(model))


def _shape(model: Model) -> Schema:
    """The geometry of a feature: a group may have a centroid in place of its own."""
    found = model.api.geometry if model.api else None
    if found is None or isinstance(found, GroupGeometry):
        return geometry.ref(None)
    return geometry.ref(parse_type(model.column(found.column).type))


def _column(model: Model, name: str, nullable: bool = True) -> Schema:
    return types.of_column(model.column(name), nullable)


def _measure(model: Model, measure: Measure) -> Schema:
    """A measure by how it merges (`catchment.endpoint`); of no values it is null."""
    if measure.merge == "centroid":
        return {"$ref": "#/components/schemas/Point"}
    column = model.column(measure.columns[0])
    type_ = parse_type(column.type)
    name = type_.name if type_ else ""
    schema: Schema
    match measure.merge:
        case "ratio":
            schema = {"type": "number", "format": "double"}
        case "sum" if name in types.INTEGERS:
            # Postgres sums whole numbers into greater ones.
            schema = {"type": "integer"}
        case _:
            schema = types.of_type(type_)
    return types.described(
        types.nulls(schema), descriptions.measure(model, measure)["description"]
    )


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
