"""Records of Parquet and of GeoParquet (https://geoparquet.org/releases/v1.1.0/)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arro3 import io
from arro3.core import Field, Schema

from catchment.contract import Feed
from loader.readers import arrow_records
from loader.readers.arrow_records import Table, told
from loader.readers.records import Records
from loader.readers.streams import Unreadable

KIND = "Parquet file"
# GeoParquet's default where it says nothing of a reference system.
_DEFAULT = "OGC:CRS84"
# How Arrow marks a column of WKB (https://geoarrow.org/extension-types).
WKB = ("geoarrow.wkb", "ogc.wkb")


def open_records(path: Path, feed: Feed) -> Records:
    """Read the schema; the records come by need.

    Raises:
        Unreadable: where it is damaged, or its geometry is no WKB.
    """
    with told(KIND):
        schema = io.read_parquet(path).schema
    systems, primary = _geometries(schema)
    table = Table(
        batches=lambda rows: io.read_parquet(path, batch_size=rows),
        names=tuple(schema.names),
        kind=KIND,
        geometry=primary,
        systems=systems,
    )
    return arrow_records.open_records(table, feed)


def _geometries(schema: Schema) -> tuple[dict[str, str], str | None]:
    """The reference system of each geometry column, '' if unknown; the main one."""
    said = (schema.metadata or {}).get(b"geo")
    fields = map(schema.field, schema.names)
    try:
        if said is None:
            systems = {f.name: _of_arrow(f) for f in fields if _is_wkb(f)}
            return systems, next(iter(systems), None)
        geo = json.loads(said)
        systems = {n: _of_geoparquet(n, c) for n, c in geo["columns"].items()}
        return systems, str(geo["primary_column"])
    except Unreadable:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable("has metadata of its geometry that cannot be read") from None


def _of_geoparquet(name: str, column: Mapping[str, Any]) -> str:
    if column["encoding"] != "WKB":
        raise Unreadable(
            f"has its geometry {name} as '{column['encoding']}'; write it as WKB"
        )
    if column.get("edges", "planar") != "planar":
        raise Unreadable(f"has {column['edges']} edges in {name}; PostGIS has planar")
    return system(column.get("crs", _DEFAULT))


def _is_wkb(field: Field) -> bool:
    said = (field.metadata or {}).get(b"ARROW:extension:name", b"")
    return bytes(said).decode() in WKB


def _of_arrow(field: Field) -> str:
    said = (field.metadata or {}).get(b"ARROW:extension:metadata") or b"{}"
    return system(json.loads(bytes(said)).get("crs"))


def system(crs: Any) -> str:
    """A reference system in words of PROJ; '' where none is said.

    PROJJSON with an id is that id: what has a number needs no PROJ.
    """
    if not crs or isinstance(crs, str):
        return crs or ""
    id_ = crs.get("id") or {}
    if {"authority", "code"} <= set(id_):
        return f"{id_['authority']}:{id_['code']}"
    return json.dumps(crs)
