"""The columns of an answer and their types, for formats that are tables."""

from dataclasses import dataclass

from api.question.asked import GroupQuery, Query, RowQuery
from catchment.catalog import Model
from catchment.endpoint import Measure
from catchment.types import DataType, parse_type

_DOUBLE = DataType("double precision")
# As Postgres sums them; a sum of decimals has their scale and more digits.
_SUMMED = {"smallint": "bigint", "integer": "bigint", "real": "double precision"}
_MOST_DIGITS = 38
POSITION = ("longitude", "latitude")


@dataclass(frozen=True)
class Column:
    """A column by its name in the answer; `type` is None where none is declared."""

    name: str
    type: DataType | None = None


def shown(query: Query) -> tuple[Column, ...]:
    """All columns in their order, without the measure that is the geometry."""
    model = query.model
    match query:
        case RowQuery():
            return tuple(_column(model, name) for name in query.columns)
        case GroupQuery():
            position = centroid(query)
            measures = (m for m in query.measures if m != position)
            return (
                *(_column(model, name) for name in query.group_by),
                *(Column(m.name, _merged(m, model)) for m in measures),
            )
    raise TypeError(f"{type(query).__name__} has no columns")


def has_geometry(query: Query) -> bool:
    if query.skips_geometry:
        return False
    if isinstance(query, GroupQuery):
        return _is_shaped(query) or centroid(query) is not None
    return query.endpoint.geometry is not None


def has_position(query: Query) -> bool:
    """Whether a table in text has cells of its own for longitude and latitude."""
    return has_geometry(query) and not {*POSITION} & {c.name for c in shown(query)}


def geometry_names(query: Query) -> tuple[str, str]:
    """Names for the geometry and its box that no other column has."""
    taken = {column.name for column in shown(query)}
    return _free("geometry", taken), _free("bbox", taken)


def centroid(query: Query) -> Measure | None:
    """The measure that is the geometry of the groups.

    A table in text shows one position a row: that of what was counted, before any
    point of the place that it was counted in.
    """
    if not isinstance(query, GroupQuery) or query.skips_geometry:
        return None
    if _is_shaped(query) and query.format.rows != "cells":
        return None
    measures = query.endpoint.measures
    return next((m for m in measures if m.merge == "centroid"), None)


def _is_shaped(query: GroupQuery) -> bool:
    geometry = query.endpoint.geometry
    return geometry is not None and geometry.dimension in query.group_by


def _free(name: str, taken: set[str]) -> str:
    return _free(f"{name}_", taken) if name in taken else name


def _column(model: Model, name: str) -> Column:
    return Column(name, parse_type(model.column(name).type))


def _merged(measure: Measure, model: Model) -> DataType | None:
    """The type of a merged measure."""
    type_ = parse_type(model.column(measure.columns[0]).type)
    match measure.merge:
        case "min" | "max":
            return type_
        case "centroid":
            return None
    if measure.merge == "ratio" or type_ is None:
        return _DOUBLE
    if type_.scale is not None:
        return DataType("numeric", _MOST_DIGITS, type_.scale)
    return DataType(_SUMMED.get(type_.name, type_.name))
