"""The statement that answers a `RowQuery`."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from api.asked import RowQuery
from api.query import objects
from api.query.order import key, order_by
from api.query.parts import Bound, column, comma, relation
from api.query.where import where
from catchment.catalog import Catalog


def select(query: RowQuery, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """One text a row, as it is, and its key: no two rows are made one.

    The limit stands within, so that no text is written of a row that is not
    answered, and an index that gives the order is read no further.
    """
    bound = Bound()
    statement = sql.SQL(
        "select {text}, {key} from "
        "(select {columns} from {model} as t{where}{order} limit {limit}) as r{again}"
    ).format(
        text=_text(query),
        key=key(query, "r"),
        columns=comma(column("t", name) for name in _columns(query)),
        model=relation(query.model),
        where=where(query, catalog, bound),
        order=order_by(query, "t"),
        limit=bound.bind(query.limit + 1),
        again=order_by(query, "r"),
    )
    return statement, bound


def _text(query: RowQuery) -> Composable:
    rows = query.endpoint
    if query.format.rows == "object":
        return objects.json_object("r", rows.columns)
    geometry = (
        objects.geojson("r", rows.geometry.column) if rows.geometry else sql.SQL("null")
    )
    return objects.feature("r", rows.key, geometry, rows.columns)


def _columns(query: RowQuery) -> Iterable[str]:
    """What the text and the key are made of, each once."""
    rows = query.endpoint
    ordered = (by.column for by in query.order)
    shape = [rows.geometry.column] if rows.geometry else []
    return dict.fromkeys([*rows.columns, *ordered, *shape])
