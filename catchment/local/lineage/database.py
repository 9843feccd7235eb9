"""What the database says of the relations of a dbt project."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from catchment.local import queries

# Where a rollup and a mart by value keep their query (warehouse/macros).
DEFINITION = "__definition"


@dataclass(frozen=True)
class Relations:
    """Relations by `schema.table`.

    Attributes:
        columns: of each the names and types of its columns, in their order.
        views: the queries of those that are made by one.
    """

    columns: Mapping[str, Mapping[str, str]]
    views: Mapping[str, str]


def read(
    connection: psycopg.Connection[dict[str, Any]], relations: Collection[str]
) -> Relations:
    """Those of the relations that there are, with their columns and queries."""
    asked = {"relations": [*relations]}
    columns: dict[str, dict[str, str]] = {}
    for row in connection.execute(queries.COLUMNS, asked):
        columns.setdefault(row["relation"], {})[row["name"]] = row["type"]
    connection.execute(queries.QUOTE_ALL)
    kept = {"relations": [*relations, *(name + DEFINITION for name in relations)]}
    views = {
        row["relation"].removesuffix(DEFINITION): row["query"]
        for row in connection.execute(queries.VIEWS, kept)
    }
    return Relations(columns, views)
