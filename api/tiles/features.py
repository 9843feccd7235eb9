"""What the features of a tile are: their geometry, properties and ids."""

from dataclasses import dataclass
from typing import Literal

from api import descriptions
from api.question import values
from api.question.asked import GroupQuery, Query, RowQuery
from catchment.catalog import Catalog, Model
from catchment.endpoint import Dataset, Endpoint, Geometry, GroupGeometry, Measure
from catchment.types import DataType

Kind = Literal["integer", "number", "boolean", "string"]
_KINDS: dict[str, Kind] = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "boolean": "boolean",
}
# Types that st_asmvt writes as they are; of numeric it would write texts.
_NATIVE = {*_KINDS, "text"} - {"numeric"}
_DIMENSIONS = {"Point": 0, "LineString": 1, "Polygon": 2}


@dataclass(frozen=True)
class Property:
    """A property of a tile's features.

    Attributes:
        is_native: whether a tile holds the column's type itself. Otherwise numbers
            become double, and all else the text that JSON would hold.
    """

    name: str
    kind: Kind
    description: str
    is_native: bool = False


def have_places(endpoint: Endpoint | None) -> bool:
    """Whether the items of a model can be drawn: there is a geometry or a centroid."""
    if not isinstance(endpoint, Dataset):
        return bool(endpoint and endpoint.geometry)
    return _shows_members(endpoint) or _centroid(endpoint) is not None


def collections(catalog: Catalog) -> list[str]:
    """The models whose items can be drawn, by name."""
    return sorted(m.name for m in catalog.models.values() if have_places(m.api))


def are_found_by_box(query: Query) -> bool:
    """Whether the rows of a feature lie where the feature does.

    The rows of a group without a place of its own lie anywhere.
    """
    if isinstance(query.endpoint, Dataset):
        return _shows_members(query.endpoint)
    return True


def properties(query: Query) -> tuple[Property, ...]:
    """The properties of a query's features, in their order."""
    model = query.model
    match query:
        case GroupQuery(endpoint=dataset):
            place = None if _shows_members(dataset) else _centroid(dataset)
            return (
                *(_column(model, name) for name in query.group_by),
                *(_measure(model, m) for m in query.measures if m != place),
            )
        case RowQuery():
            return tuple(_column(model, name) for name in query.columns)
    raise TypeError(f"no tile shows a {type(query).__name__}")


def key(query: Query) -> tuple[str, ...]:
    """The columns that tell one feature from another."""
    match query:
        case GroupQuery():
            return query.group_by
        case RowQuery():
            return query.endpoint.key
    raise TypeError(f"no tile shows a {type(query).__name__}")


def id_column(query: Query) -> str | None:
    """The column whose values are the ids of the features; a tile has whole numbers
    only."""
    match key(query):
        case (name,):
            type_ = values.type_of(query.model, name)
            return name if _kind(type_) == "integer" else None
    return None


def dimension(model: Model, catalog: Catalog) -> int | None:
    """0 of points, 1 of lines, 2 of polygons; None where it is not known."""
    endpoint = model.api
    if isinstance(endpoint, Dataset) and not _shows_members(endpoint):
        return 0
    shape = _shape(endpoint.geometry, model, catalog) if endpoint else None
    for name, number in _DIMENSIONS.items():
        if shape and name in shape:
            return number
    return None


def _shape(geometry: Geometry | None, model: Model, catalog: Catalog) -> str | None:
    if geometry is None:
        return None
    name = geometry.model if isinstance(geometry, GroupGeometry) else None
    holder = catalog.models[name] if name else model
    type_ = values.type_of(holder, geometry.column)
    return type_.shape if type_ else None


def _shows_members(dataset: Dataset) -> bool:
    geometry = dataset.geometry
    return bool(geometry and geometry.dimension in dataset.group_by)


def _centroid(dataset: Dataset) -> Measure | None:
    found = (m for m in dataset.measures if m.merge == "centroid")
    return next(found, None)


def _column(model: Model, name: str) -> Property:
    type_ = values.type_of(model, name)
    is_native = bool(type_ and type_.name in _NATIVE)
    return Property(name, _kind(type_), model.column(name).description, is_native)


def _measure(model: Model, measure: Measure) -> Property:
    """A measure; the sum of whole numbers is a numeric for Postgres."""
    told = descriptions.measure(model, measure)["description"]
    match measure.merge:
        case "min" | "max":
            type_ = values.type_of(model, measure.columns[0])
            is_native = bool(type_ and type_.name in _NATIVE)
            return Property(measure.name, _kind(type_), told, is_native)
        case "centroid":
            return Property(measure.name, "string", told)
    return Property(measure.name, "number", told)


def _kind(type_: DataType | None) -> Kind:
    return _KINDS.get(type_.name, "string") if type_ else "string"
