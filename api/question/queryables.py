"""What of a model a `filter` may name: its queryables (OGC 19-079r2, 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.question import values
from catchment.catalog import Catalog, Model, ModelColumn
from catchment.endpoint import GroupGeometry
from catchment.types import DataType, parse_type

Kind = Literal[
    "text", "integer", "number", "boolean", "date", "timestamp", "uuid", "geometry"
]

_KINDS: dict[str, Kind] = {
    "text": "text",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamp",
    "uuid": "uuid",
}
# Types that Postgres compares as texts, though a contract may not name them.
_TEXTS = ("character", "varchar", "bpchar", "citext", "name")


@dataclass(frozen=True)
class Queryable:
    """Something of a row that a condition may be about.

    Attributes:
        type: the column's, where we know it; of a geometry its shape and SRID.
    """

    name: str
    kind: Kind
    description: str = ""
    type: DataType | None = None

    @property
    def is_geometry(self) -> bool:
        return self.kind == "geometry"


def of(model: Model, catalog: Catalog | None = None) -> tuple[Queryable, ...]:
    """The queryables of a model: its dimensions, and its geometry last.

    Args:
        catalog: where it says what a geometry of another model is.
    """
    scalar = tuple(_scalars(model))
    geometry = _geometry(model, catalog)
    if geometry is None or geometry.name in {found.name for found in scalar}:
        return scalar
    return (*scalar, geometry)


def _scalars(model: Model) -> Iterator[Queryable]:
    for name in model.api.dimensions if model.api else ():
        column = model.column(name)
        if kind := kind_of(column):
            type_ = values.type_of(model, name)
            yield Queryable(name, kind, column.description, type_)


def _geometry(model: Model, catalog: Catalog | None) -> Queryable | None:
    geometry = model.api.geometry if model.api else None
    match geometry:
        case None:
            return None
        case GroupGeometry(model=str(other)):
            holder = catalog.models[other] if catalog else None
        case _:
            holder = model
    name = geometry.column
    column = holder.column(name) if holder else ModelColumn(name, "")
    type_ = parse_type(column.type)
    return Queryable(name, "geometry", column.description, type_)


def kind_of(column: ModelColumn) -> Kind | None:
    """None where nothing can be compared with a literal of CQL2."""
    if found := parse_type(column.type):
        return _KINDS.get(found.name)
    is_text = not column.type or column.type.lower().startswith(_TEXTS)
    return "text" if is_text and not column.type.endswith("[]") else None
