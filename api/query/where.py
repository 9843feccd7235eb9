"""What the filters leave of a dataset's rows, before they are grouped."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api import values
from api.boxes import Box
from api.params import Query
from api.periods import Period
from api.query.parts import NOTHING, Bound, column, comma, relation
from catchment.catalog import Catalog
from catchment.dataset import GroupGeometry


def where(query: Query, catalog: Catalog, bound: Bound) -> Composable:
    conditions = list(_conditions(query, catalog, bound))
    if not conditions:
        return NOTHING
    return sql.SQL(" where ") + sql.SQL(" and ").join(conditions)


def _conditions(query: Query, catalog: Catalog, bound: Bound) -> Iterable[Composable]:
    for wanted in query.filters:
        yield sql.SQL("{} in ({})").format(
            column("t", wanted.dimension), comma(map(bound.bind, wanted.values))
        )
    if query.period and query.dataset.time:
        yield from _during(query, query.period, query.dataset.time, bound)
    if query.boxes and query.dataset.geometry:
        yield _within(query, query.dataset.geometry, catalog, bound)
    if query.after is not None:
        yield _after(query, bound)


def _during(
    query: Query, period: Period, name: str, bound: Bound
) -> Iterable[Composable]:
    type_ = values.type_of(query.model, name)
    start, end, closed = period.bounds(type_.name if type_ else "")
    moment = column("t", name)
    if start is not None:
        yield sql.SQL("{} >= {}").format(moment, bound.bind(start))
    if end is not None:
        comparison = "{} <= {}" if closed else "{} < {}"
        yield sql.SQL(comparison).format(moment, bound.bind(end))
    if start is None and end is None:
        yield sql.SQL("{} is not null").format(moment)


def _within(
    query: Query, geometry: GroupGeometry, catalog: Catalog, bound: Bound
) -> Composable:
    """Rows whose own geometry, or whose member's, meets any of the boxes."""
    if not (geometry.model and geometry.key):
        return _meets(column("t", geometry.column), query.boxes, bound)
    other = catalog.models[geometry.model]
    return sql.SQL("{} in (select {} from {} as o where {})").format(
        column("t", geometry.dimension),
        column("o", geometry.key),
        relation(other),
        _meets(column("o", geometry.column), query.boxes, bound),
    )


def _meets(geometry: Composable, boxes: Iterable[Box], bound: Bound) -> Composable:
    def meets(box: Box) -> Composable:
        corners = comma(map(bound.bind, (box.west, box.south, box.east, box.north)))
        envelope = sql.SQL("st_makeenvelope({}, 4326)").format(corners)
        return sql.SQL("({0} && {1} and st_intersects({0}, {1}))").format(
            geometry, envelope
        )

    return sql.SQL("({})").format(sql.SQL(" or ").join(map(meets, boxes)))


def _after(query: Query, bound: Bound) -> Composable:
    """Groups behind the cursor's: `(a, b) > (x, y)`, with nulls last.

    A row comparison would be null wherever one of its members is, so it is
    written out: a behind x; or a as x, and b behind y. Nothing is behind a null.
    """
    ways: list[Composable] = []
    equal: list[Composable] = []
    for dimension, value in zip(query.group_by, query.after or (), strict=True):
        key = column("t", dimension)
        if value is None:
            equal.append(sql.SQL("{} is null").format(key))
            continue
        last = bound.bind(value)
        behind = sql.SQL("({0} > {1} or {0} is null)").format(key, last)
        ways.append(sql.SQL(" and ").join([*equal, behind]))
        equal.append(sql.SQL("{} = {}").format(key, last))
    return sql.SQL("({})").format(sql.SQL(" or ").join(ways or [sql.SQL("false")]))
