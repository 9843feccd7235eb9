"""The statement that answers a `RowQuery`."""

from collections.abc import Iterable
from functools import partial

from psycopg import sql
from psycopg.sql import Composable

from api.query import objects
from api.query.order import key, order_by
from api.query.parts import Bound, column, comma, relation
from api.query.where import where
from api.question.asked import RowQuery
from catchment.catalog import Catalog


def select(query: RowQuery, catalog: Catalog) -> tuple[sql.Composed, Bound]:
    """One text a row, as it is, and its key: no two rows are made one.

    The limit stands within, so that no text is written of a row that is not
    answered, and an index that gives the order is read no further.
    """
    bound = Bound()
    statement = sql.SQL("select {text}, {key} from ({page}) as r{again}").format(
        text=_text(query),
        key=key(query, "r"),
        page=page(query, catalog, bound),
        again=order_by(query, partial(column, "r")),
    )
    return statement, bound


def page(query: RowQuery, catalog: Catalog, bound: Bound) -> sql.Composed:
    """The first rows of the order, behind the cursor."""
    return sql.SQL("select {} from {} as t{}{} limit {}").format(
        comma(column("t", name) for name in _columns(query)),
        relation(query.model),
        where(query, catalog, bound),
        order_by(query, partial(column, "t")),
        bound.bind(query.limit + 1),
    )


def _text(query: RowQuery) -> Composable:
    rows = query.endpoint
    if query.format.rows == "object":
        return objects.json_object("r", query.columns)
    geometry = (
        objects.geojson("r", rows.geometry.column, query)
        if rows.geometry and not query.skips_geometry
        else sql.SQL("null")
    )
    id_ = objects.feature_id("r", rows.key, query.model)
    return objects.feature("r", id_, geometry, query.columns)


def _columns(query: RowQuery) -> Iterable[str]:
    """What the text and the key are made of, each once."""
    rows = query.endpoint
    ordered = (by.column for by in query.order)
    shape = [rows.geometry.column] if rows.geometry else []
    return dict.fromkeys([*query.columns, *ordered, *shape])
