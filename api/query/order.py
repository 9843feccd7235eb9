"""The order of an answer, and what of it lies behind a cursor.

A `member` gives what a name of the order stands for: a column, or a merged measure.
"""

from collections.abc import Callable

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import NOTHING, Bound, column, comma
from api.question.asked import Query

Member = Callable[[str], Composable]


def order_by(query: Query, member: Member) -> Composable:
    """Nulls last in either direction."""
    keys = []
    for by in query.order:
        # Where there are none, an index of either direction gives the order.
        nulls_last = by.descending and by.column not in query.never_null
        direction = " desc" if by.descending else ""
        keys.append(
            sql.SQL("{}" + direction + (" nulls last" if nulls_last else "")).format(
                member(by.column)
            )
        )
    return sql.SQL(" order by ") + comma(keys) if keys else NOTHING


def key(query: Query, table: str) -> Composable:
    """The columns of the order as the text of a JSON list, for a cursor."""
    members = comma(column(table, by.column) for by in query.order)
    return sql.SQL("json_build_array({})::text").format(members)


def after(query: Query, bound: Bound, member: Member) -> Composable:
    """The condition of lying behind the cursor."""
    values = query.after or ()
    is_plain = (
        bool(values)
        and None not in values
        and len({by.descending for by in query.order}) == 1
        and all(by.column in query.never_null for by in query.order)
    )
    if is_plain:
        return _tuple_after(query, bound, member)
    return _each_after(query, bound, member)


def _tuple_after(query: Query, bound: Bound, member: Member) -> Composable:
    """`(a, b) > (x, y)`: an index begins to read at the cursor."""
    return sql.SQL("({}) {} ({})").format(
        comma(member(by.column) for by in query.order),
        sql.SQL("<" if query.order[0].descending else ">"),
        comma(map(bound.bind, query.after or ())),
    )


def _each_after(query: Query, bound: Bound, member: Member) -> Composable:
    """The same, written out for nulls and for mixed directions.

    A row comparison would be null wherever one of its members is. So: a behind
    x; or a as x, and b behind y. Nothing is behind a null.
    """
    ways: list[Composable] = []
    equal: list[Composable] = []
    for by, value in zip(query.order, query.after or (), strict=True):
        name = member(by.column)
        if value is None:
            equal.append(sql.SQL("{} is null").format(name))
            continue
        last = bound.bind(value)
        behind = "{0} < {1}" if by.descending else "{0} > {1}"
        if by.column not in query.never_null:
            behind = f"({behind} or {{0}} is null)"
        ways.append(sql.SQL(" and ").join([*equal, sql.SQL(behind).format(name, last)]))
        equal.append(sql.SQL("{} = {}").format(name, last))
    behind_all = sql.SQL("({})").format(
        sql.SQL(" or ").join(ways or [sql.SQL("false")])
    )
    start = _start(query, bound, member)
    return sql.SQL("{} and {}").format(start, behind_all) if start else behind_all


def _start(query: Query, bound: Bound, member: Member) -> Composable | None:
    """What holds of all behind the cursor and says where an index begins."""
    if not query.after or query.after[0] is None:
        return None
    by, value = query.order[0], query.after[0]
    if by.column not in query.never_null:
        return None
    return sql.SQL("{} <= {}" if by.descending else "{} >= {}").format(
        member(by.column), bound.bind(value)
    )
