"""The statements that count what a query matches, on all of its pages together."""

from dataclasses import replace

from psycopg import sql

from api.query import groups
from api.query.parts import NOTHING, Bound, relation
from api.query.where import where
from api.question.asked import GroupQuery, Query
from catchment.catalog import Catalog


def count(
    query: Query, catalog: Catalog, most: int | None = None
) -> tuple[sql.Composed, Bound]:
    """The number of rows or groups; no further than to `most`, where that is given."""
    bound = Bound()
    statement = sql.SQL("select count(*) from ({}{}) as matched").format(
        _matched(query, catalog, bound),
        NOTHING if most is None else sql.SQL(" limit {}").format(bound.bind(most)),
    )
    return statement, bound


def estimate(query: Query, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """A plan as JSON; its `Plan Rows` is what Postgres thinks that there are."""
    bound = Bound()
    matched = _matched(query, catalog, bound)
    return sql.SQL("explain (format json) {}").format(matched), bound


def _matched(query: Query, catalog: Catalog, bound: Bound) -> sql.Composed:
    asked = replace(query, cursor=None)
    if isinstance(asked, GroupQuery):
        return groups.grouped(replace(asked, measures=(), order=()), catalog, bound)
    return sql.SQL("select 1 from {} as t{}").format(
        relation(asked.model), where(asked, catalog, bound)
    )
