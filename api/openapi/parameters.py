"""The parameters of a path as OpenAPI describes them.

Which there are, `params.known` says: what a path takes stands in its description,
and nothing else does.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from api.openapi import types
from api.openapi.shared import SHARED, query
from api.openapi.types import Schema
from api.question import params, queryables
from api.question.params import Route
from catchment.catalog import Model
from catchment.endpoint import API_PARAMETERS, Dataset, Parameter, RowModel
from catchment.types import parse_type

Models = Sequence[Model]

_ANY_OF = "Any of the values; one with a comma in it stands in double quotes."
_RANGES = "Ranges too, both sides included: from..to, from.. and ..to."
_BOUNDS = {
    "from": "From this value on, itself included.",
    "to": "Up to this value, itself included.",
}
_EMPTY = "Given empty, all."
OF_FORMAT = "The format of the answer; goes before the header `Accept`."


def of(models: Models, route: Route, columns: bool = True) -> list[dict[str, Any]]:
    """The parameters that any of these models takes on a route.

    Args:
        columns: whether with those that are columns of the models.
    """
    known = (params.known(model.api, route) for model in models if model.api)
    names = dict.fromkeys(name for names in known for name in names)
    return [
        _parameter(name, models, route)
        for name in names
        if columns or name in API_PARAMETERS
    ]


def _parameter(name: str, models: Models, route: Route) -> dict[str, Any]:
    if name in SHARED:
        return {"$ref": f"#/components/parameters/{name}"}
    if name in API_PARAMETERS:
        return _OF_MODELS[name](models, route)
    if route.has_own:
        for model in models:
            if model.api and (own := model.api.parameter(name)):
                return _own(model, own)
    return _dimension(name, models)


def listed(items: Schema, **others: Any) -> Schema:
    return {"type": "array", "items": items, **others}


def _dataset(models: Models, _: Route) -> dict[str, Any]:
    names = [model.name for model in models]
    return query(
        "dataset",
        {"type": "string", "enum": names},
        "The dataset that is asked for; without one, the answer lists them.",
        example=names[0],
    )


def _group_by(models: Models, _: Route) -> dict[str, Any]:
    datasets = [model.api for model in models if isinstance(model.api, Dataset)]
    schema = listed(_enum(name for d in datasets for name in d.dimensions))
    if len(datasets) == 1:
        schema["default"] = list(datasets[0].group_by)
    return query(
        "group_by",
        schema,
        "The dimensions to group by; given empty, all is one total. Without it the "
        "dataset's own grouping.",
        allowEmptyValue=True,
    )


def _measures(models: Models, _: Route) -> dict[str, Any]:
    datasets = [model.api for model in models if isinstance(model.api, Dataset)]
    return query(
        "measures",
        listed(_enum(m.name for d in datasets for m in d.measures)),
        "The measures to answer, in their order; without it all of them.",
        allowEmptyValue=True,
    )


def _properties(models: Models, _: Route) -> dict[str, Any]:
    row_models = [model.api for model in models if isinstance(model.api, RowModel)]
    return query(
        "properties",
        listed(_enum(name for rows in row_models for name in rows.columns)),
        "The columns to answer, in their order; without it all of them.",
        allowEmptyValue=True,
    )


def _sortby(models: Models, _: Route) -> dict[str, Any]:
    names = dict.fromkeys(name for model in models for name in _sorting(model))
    return query(
        "sortby",
        listed(_enum(sign + name for name in names for sign in ("", "-"))),
        "What to order by, with - descending; of a dataset, what it is grouped by and "
        "its measures. Nulls come last.",
        allowEmptyValue=True,
    )


def _sorting(model: Model) -> Iterator[str]:
    """What the rows of a model, or its groups, can be ordered by."""
    if isinstance(model.api, Dataset):
        yield from model.api.dimensions
        yield from (m.name for m in model.api.measures if m.merge != "centroid")
    else:
        yield from (q.name for q in queryables.of(model) if not q.is_geometry)


def _format(_: Models, route: Route) -> dict[str, Any]:
    names = [format_.name for format_ in route.formats]
    return query(
        "f",
        {"type": "string", "enum": names, "default": route.default.name},
        OF_FORMAT,
    )


# Those that depend on the models, each by all of them.
_OF_MODELS: dict[str, Callable[[Models, Route], dict[str, Any]]] = {
    "dataset": _dataset,
    "group_by": _group_by,
    "measures": _measures,
    "properties": _properties,
    "sortby": _sortby,
    "f": _format,
}


def _enum(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(dict.fromkeys(names))}


def _dimension(name: str, models: Models) -> dict[str, Any]:
    """The filter by a column, as every model with it describes it."""
    having = [m for m in models if m.api and name in m.api.dimensions]
    items = [schema for model in having for schema in _listed(model, name)]
    said = dict.fromkeys(model.column(name).description for model in having)
    return query(
        name, listed(_either(items), minItems=1), _sentences(*said, _of(items))
    )


def _listed(model: Model, column: str) -> list[Schema]:
    """What may stand in a list of a column's values."""
    type_ = parse_type(model.column(column).type)
    ranges = types.range_of(type_)
    return [types.asked_for(type_), *([ranges] if ranges else [])]


def _own(model: Model, own: Parameter) -> dict[str, Any]:
    """A parameter of a path's own; given empty it filters nothing."""
    column = model.column(own.column)
    type_ = parse_type(column.type)
    schema, text = types.asked_for(type_), _BOUNDS.get(own.operator, "")
    if own.operator == "equals":
        items = _listed(model, own.column)
        schema, text = listed(_either(items)), _of(items)
        if own.default:
            schema["default"] = [types.value(text, type_) for text in own.default]
    text = _sentences(column.description, text, _EMPTY)
    return query(own.name, schema, text, allowEmptyValue=True)


def _of(items: list[Schema]) -> str:
    """What may stand in a list of these."""
    has_ranges = any(r"\.\." in item.get("pattern", "") for item in items)
    return f"{_ANY_OF} {_RANGES}" if has_ranges else _ANY_OF


def _either(schemas: list[Schema]) -> Schema:
    """Any of the schemas, each once."""
    several = list({json.dumps(schema): schema for schema in schemas}.values())
    return several[0] if len(several) == 1 else {"anyOf": several}


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)
