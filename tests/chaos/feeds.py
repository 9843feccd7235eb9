"""Feeds for files that no shipped feed takes: one of all types, one of shapes."""

import json
from typing import Any

import psycopg
from psycopg import sql

from catchment import contract_words
from migrations.partitions import SHARED_BELOW
from tests.conftest import Platform
from tests.loader.conftest import column, source

TYPED = source(
    "typed",
    [
        column("id", "bigint", required=True),
        column("small", "smallint"),
        column("amount", "numeric(8,2)"),
        column("ratio", "double precision"),
        column("day", "date"),
        column("at", "timestamptz"),
        column("note", "text"),
    ],
    format=["csv", "ndjson", "parquet", "xlsx"],
    files=[f"incoming/typed/*.{end}" for end in ("csv", "ndjson", "parquet", "xlsx")],
)
SHAPES = source(
    "shapes",
    [
        column("name", "text", required=True, header=["properties.name"]),
        column(
            "geom",
            "geometry(Geometry,4326)",
            required=True,
            header=["geometry"],
            geometry="geojson",
        ),
    ],
    format="geojson",
    files=["incoming/shapes/*.geojson"],
)
NARROW = source(
    "narrow", [column("note", "text", required=True)], files=["incoming/narrow/*.csv"]
)


def publish(platform: Platform) -> None:
    """Make their raw tables, and add them to the catalog that dbt published.

    There a deleted object of `observations` takes its rows along.
    """
    with psycopg.connect(platform.admin) as db:
        found = db.execute(
            "select document from ops.catalog order by published_at desc limit 1"
        ).fetchone()
        assert found is not None
        document = found[0]
        for entry in document["feeds"]:
            if entry["name"] == "observations":
                entry["config"]["meta"]["feed"]["on_delete"] = "remove"
        db.execute("set local role catchment_owner")
        for entry in (TYPED, SHAPES, NARROW):
            db.execute(_table(entry))
            db.execute(_shared_partition(entry["name"]))
            document["feeds"].append(_entry(entry))
        db.execute(
            "insert into ops.catalog (hash, document) values ('chaos', %s)",
            [json.dumps(document)],
        )


def _table(entry: dict[str, Any]) -> sql.Composed:
    feed = contract_words.parse(entry)
    kinds = [f"{c.name} {c.type}{' not null' * c.required}" for c in feed.columns]
    return sql.SQL(
        "create table {} (_load_id bigint not null, _row_number bigint not null, {}) "
        "partition by range (_load_id)"
    ).format(sql.Identifier("raw", feed.table), sql.SQL(", ".join(kinds)))


def _shared_partition(table: str) -> sql.Composed:
    return sql.SQL(
        "create table {} partition of {} for values from (minvalue) to ({})"
    ).format(
        sql.Identifier("raw", f"{table}__shared"),
        sql.Identifier("raw", table),
        sql.Literal(SHARED_BELOW),
    )


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    """As `publish_catalog` writes a source."""
    return {
        **entry,
        "unique_id": f"source.catchment.chaos.{entry['name']}",
        "original_file_path": "tests/chaos/feeds.py",
        "freshness": None,
    }
