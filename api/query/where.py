"""What the filters leave of a model's rows, before they are grouped."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.asked import Query, Range
from api.boxes import Box
from api.query.order import after
from api.query.parts import NOTHING, Bound, column, comma, relation
from catchment.catalog import Catalog
from catchment.endpoint import Geometry, GroupGeometry


def where(query: Query, catalog: Catalog, bound: Bound) -> Composable:
    conditions = list(_conditions(query, catalog, bound))
    if not conditions:
        return NOTHING
    return sql.SQL(" where ") + sql.SQL(" and ").join(conditions)


def _conditions(query: Query, catalog: Catalog, bound: Bound) -> Iterable[Composable]:
    for wanted in query.filters:
        yield sql.SQL("{} in ({})").format(
            column("t", wanted.column), comma(map(bound.bind, wanted.values))
        )
    for range_ in query.ranges:
        yield from _between(range_, bound)
    if query.boxes and query.endpoint.geometry:
        yield _within(query, query.endpoint.geometry, catalog, bound)
    if query.after is not None:
        yield after(query, bound)


def _between(range_: Range, bound: Bound) -> Iterable[Composable]:
    name = column("t", range_.column)
    if range_.start is not None:
        yield sql.SQL("{} >= {}").format(name, bound.bind(range_.start))
    if range_.end is not None:
        comparison = "{} <= {}" if range_.closed else "{} < {}"
        yield sql.SQL(comparison).format(name, bound.bind(range_.end))
    if range_.start is None and range_.end is None:
        yield sql.SQL("{} is not null").format(name)


def _within(
    query: Query, geometry: Geometry, catalog: Catalog, bound: Bound
) -> Composable:
    """Rows whose own geometry, or whose member's, meets any of the boxes."""
    match geometry:
        case GroupGeometry(dimension=dimension, model=str(model), key=str(key)):
            return sql.SQL("{} in (select {} from {} as o where {})").format(
                column("t", dimension),
                column("o", key),
                relation(catalog.models[model]),
                _meets(column("o", geometry.column), query.boxes, bound),
            )
    return _meets(column("t", geometry.column), query.boxes, bound)


def _meets(geometry: Composable, boxes: Iterable[Box], bound: Bound) -> Composable:
    def meets(box: Box) -> Composable:
        corners = comma(map(bound.bind, (box.west, box.south, box.east, box.north)))
        envelope = sql.SQL("st_makeenvelope({}, 4326)").format(corners)
        return sql.SQL("({0} && {1} and st_intersects({0}, {1}))").format(
            geometry, envelope
        )

    return sql.SQL("({})").format(sql.SQL(" or ").join(map(meets, boxes)))
