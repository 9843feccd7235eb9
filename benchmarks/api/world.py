"""What is served: 10,000 polygons, and cells by day and category, 5 M rows of them."""

import json
from typing import Any

import psycopg

POLYGONS = 10_000
CELLS, DAYS, CATEGORIES = 10_000, 250, 2

# Polygons of 12 corners, so that 10,000 of them pass as one answer without gzip.
SCHEMA = f"""
create materialized view marts.polygons as
select
    i as id,
    'Place ' || i as name,
    'category ' || i % 7 as category,
    date '2025-01-01' + i % 365 as day,
    (i % 1000) / 8.0::double precision as value,
    st_setsrid(st_buffer(
        st_point(-170 + (i % 100) * 3.4 + random() / 7, -60 + i / 100 * 1.2), 0.5, 3
    ), 4326)::geometry(Polygon, 4326) as geom
from generate_series(1, {POLYGONS}) as i;
create unique index on marts.polygons (id);
create index on marts.polygons using gist (geom);
create table marts.cells as
select
    'c' || c as cell,
    date '2025-01-01' + d as day,
    'category ' || k as category,
    (c + d + k) % 13::bigint as n,
    (c * d % 97)::double precision as value_sum
from
    generate_series(0, {DAYS - 1}) as d,
    generate_series(1, {CELLS}) as c,
    generate_series(1, {CATEGORIES}) as k;
create index on marts.cells (day);
create index on marts.cells (cell, day);
create materialized view marts.cell_shapes as
select 'c' || id as cell, geom from marts.polygons;
create unique index on marts.cell_shapes (cell);
create index on marts.cell_shapes using gist (geom);
grant select on all tables in schema marts to catchment_api;
analyze;
"""


def document() -> dict[str, Any]:
    """The catalog document of this world."""
    shapes = {"dimension": "cell", "model": "cell_shapes", "key": "cell"}
    return {
        "feeds": [],
        "models": [
            _model(
                "polygons",
                "id integer, name text, category text, day date, "
                "value double precision, geom geometry(Polygon,4326)",
                {"key": ["id"], "time": "day", "geometry": {"column": "geom"}},
            ),
            _model(
                "cells",
                "cell text, day date, category text, n bigint, "
                "value_sum double precision",
                {
                    "dimensions": ["cell", "day", "category"],
                    "time": "day",
                    "geometry": {**shapes, "column": "geom"},
                    "measures": {
                        "n": {"sum": "n"},
                        "avg": {"ratio": ["value_sum", "n"]},
                    },
                },
            ),
            _model("cell_shapes", "cell text, geom geometry(Polygon,4326)", None),
        ],
    }


def fill(admin: str) -> None:
    """Make the relations and publish the catalog, as an administrator."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("select setseed(0.5)")
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(
            "insert into ops.catalog (hash, document) values ('bench', %s)",
            [json.dumps(document())],
        )
        connection.execute("vacuum analyze marts.cells")


def _model(name: str, columns: str, api: dict[str, Any] | None) -> dict[str, Any]:
    typed = (column.split(" ", 1) for column in columns.replace(", ", "\n").split("\n"))
    return {
        "unique_id": f"model.catchment.{name}",
        "name": name,
        "schema": "marts",
        "alias": name,
        "description": f"What {name} holds.",
        "depends_on": [],
        "config": {
            "materialized": "materialized_view",
            "meta": {"api": api} if api else {},
        },
        "columns": [
            {"name": name, "data_type": type_, "description": f"The {name}."}
            for name, type_ in typed
        ],
    }
