"""What the filters leave of a model's rows, before they are grouped."""

from collections.abc import Iterable
from functools import partial

from psycopg import sql
from psycopg.sql import Composable

from api.query.order import after
from api.query.parts import NOTHING, Bound, column, comma
from api.query.places import meets, of_place
from api.question.asked import Filter, Query, Range
from catchment.catalog import Catalog


def where(
    query: Query, catalog: Catalog, bound: Bound, *, behind: bool = True
) -> Composable:
    """All that is asked of a row.

    Args:
        behind: whether that it lies behind the cursor is, too.
    """
    if query.endpoint.restrict and not query.is_limited:
        # A route that forgot: better no answer than other people's rows.
        raise RuntimeError(f"{query.model.name} is asked without its restrict")
    conditions = list(_conditions(query, catalog, bound))
    if behind and query.after is not None:
        conditions.append(after(query, bound, partial(column, "t")))
    if not conditions:
        return NOTHING
    return sql.SQL(" where ") + sql.SQL(" and ").join(conditions)


def _conditions(query: Query, catalog: Catalog, bound: Bound) -> Iterable[Composable]:
    for wanted in query.filters:
        yield _any_of(wanted, bound)
    for range_ in query.ranges:
        yield _between(range_, bound)
    if query.boxes and query.endpoint.geometry:
        yield of_place(query, catalog, lambda g: meets(g, query.boxes, bound))
    if query.condition is not None:
        # Here, for most requests have no filter: 5 ms of a cold start.
        from api.query.condition import render

        yield render(query.condition, query, catalog, bound)


def _any_of(wanted: Filter, bound: Bound) -> Composable:
    name = column("t", wanted.column)
    ways = [_between(range_, bound) for range_ in wanted.ranges]
    if given := [value for value in wanted.values if value is not None]:
        ways.append(sql.SQL("{} in ({})").format(name, comma(map(bound.bind, given))))
    if None in wanted.values:
        ways.append(sql.SQL("{} is null").format(name))
    if len(ways) == 1:
        return ways[0]
    # Among no values is none.
    return sql.SQL("({})").format(sql.SQL(" or ").join(ways or [sql.SQL("false")]))


def _between(range_: Range, bound: Bound) -> Composable:
    name = column("t", range_.column)
    sides: list[Composable] = []
    if range_.start is not None:
        sides.append(sql.SQL("{} >= {}").format(name, bound.bind(range_.start)))
    if range_.end is not None:
        comparison = "{} <= {}" if range_.closed else "{} < {}"
        sides.append(sql.SQL(comparison).format(name, bound.bind(range_.end)))
    return sql.SQL(" and ").join(sides or [sql.SQL("{} is not null").format(name)])
