"""The small parts that every statement is made of."""

from collections.abc import Iterable

from psycopg import sql
from psycopg.sql import Composable

from catchment.catalog import Model

NOTHING = sql.SQL("")


class Bound(dict[str, object]):
    """The values of a statement, by the names of their placeholders."""

    def bind(self, value: object) -> sql.Placeholder:
        name = f"v{len(self)}"
        self[name] = value
        return sql.Placeholder(name)


def column(table: str, name: str) -> Composable:
    return sql.Identifier(table, name)


def relation(model: Model) -> Composable:
    return sql.Identifier(model.schema, model.table)


def comma(parts: Iterable[Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
