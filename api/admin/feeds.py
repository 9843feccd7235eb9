"""Feeds for who brings data in: what a row of each must hold, as JSON Schema 2020-12.

A row that fits the schema keeps the contract, but for what JSON Schema has no word
for. A contract takes more: every value may be a text too, as a file has it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from api.links import Link
from api.openapi import types
from catchment.catalog import Catalog
from catchment.contract import Column, Feed

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_TYPE = "application/schema+json"
# Names that an answer lists at most.
_MOST = 20


def listed(catalog: Catalog, base: str) -> list[dict[str, Any]]:
    """All feeds, by name."""
    return [
        {
            "name": feed.name,
            "description": feed.description,
            "files": list(feed.files),
            "links": [_link(feed, base).document()],
        }
        for _, feed in sorted(catalog.feeds.items())
    ]


def _link(feed: Feed, base: str) -> Link:
    title = f"What a row of {feed.name} must hold"
    return Link("describedby", SCHEMA_TYPE, url(base, feed), title)


def url(base: str, feed: Feed) -> str:
    return f"{base}/feeds/{feed.name}"


def schema(feed: Feed, base: str) -> Schema:
    """A row by its columns' own names; `x-header` are those in files."""
    columns = list(_columns(feed))
    return {
        "$schema": _DIALECT,
        "$id": url(base, feed),
        "type": "object",
        "title": f"A row of {feed.name}",
        "description": feed.description,
        "properties": {column.name: _column(column) for column in columns},
        "required": [column.name for column in columns if column.required],
    }


def unused(feed: Feed, texts: Iterable[str]) -> list[str]:
    """Names in rows, each as JSON, that are no column's: nothing reads them.

    Of a nested name the first part is looked at; at most 20 are told.
    """
    known = {
        name.split(".")[0]
        for column in _columns(feed)
        for name in (column.name, *column.header)
    }
    names = dict.fromkeys(name for text in texts for name in json.loads(text))
    return [name for name in names if name not in known][:_MOST]


def _columns(feed: Feed) -> Iterator[Column]:
    """What a row may hold, also what a file's name would say."""
    yield from (replace(c, from_key=None) for c in feed.key_columns)
    yield from feed.read_columns


def _column(column: Column) -> Schema:
    """A value, which may be null where none is required."""
    bounds = {
        **types.of_type(column.type),
        "description": column.description,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "pattern": column.pattern,
        "minLength": _shortest(column),
        "maxLength": column.max_length,
        "enum": _enum(column),
        "x-type": str(column.type),
        "x-header": [name for name in column.header if name != column.name],
        "x-pii": column.pii,
    }
    told = {
        word: value for word, value in bounds.items() if value not in (None, "", [])
    }
    if column.type.name == "geometry":
        told["type"] = "object"
    if column.format:
        told["format"] = column.format
    if column.required or "type" not in told:
        return told
    return {**told, "type": [told["type"], "null"]}


def _shortest(column: Column) -> int | None:
    """An empty text is none at all."""
    if column.min_length is None and column.required and column.type.name == "text":
        return 1
    return column.min_length


def _enum(column: Column) -> Sequence[Any] | None:
    if column.enum is None:
        return None
    known = [types.value(text, column.type) for text in column.enum]
    return known if column.required else [*known, None]
