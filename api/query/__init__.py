"""All SQL of the API: pure functions from a `Query` to a statement.

Identifiers come from the catalog only. Values are bound, as texts without a type:
Postgres gives each the type of the column that it is compared with.
"""

from psycopg import sql

from api.query import groups, rows
from api.query.parts import Bound
from api.question.asked import GroupQuery, Query, RowQuery
from catchment.catalog import Catalog

__all__ = ["REFRESHED_AT", "Bound", "select"]

# When the last refresh of each of `models` that succeeded was done.
REFRESHED_AT = """
select asked.model, to_char(
    (last.started_at + last.seconds * interval '1 second') at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"'
)
from unnest(%(models)s::text[]) as asked (model)
left join lateral (
    select refresh.started_at, refresh.seconds
    from ops.refresh
    where refresh.model = asked.model and refresh.status = 'done'
    order by refresh.refresh_id desc
    limit 1
) as last on true
"""


def select(query: Query, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """Two texts a row: what an answer shows of it, and its key for a cursor."""
    if query.format.rows in ("cells", "record", "attributes"):
        # Imported by who asks for a table.
        from api.query import tables

        return tables.select(query, catalog)
    match query:
        case RowQuery():
            return rows.select(query, catalog)
        case GroupQuery():
            return groups.select(query, catalog)
    raise TypeError(f"no statement answers {type(query).__name__}")
