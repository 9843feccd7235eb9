"""The paths of the platform itself, which are there whatever models there are."""

from collections.abc import Iterator

from api.media import JSON
from api.openapi import MEDIA_TYPE, collections, operations, responses
from api.openapi.models import Path
from api.openapi.operations import Operation
from api.openapi.types import Schema

_OBJECT: Schema = {"type": "object"}
_FRESH = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "refreshed_at"],
        "properties": {
            "name": {"type": "string"},
            "refreshed_at": {"type": "string", "nullable": True},
        },
    },
}
_HEALTH: Schema = {
    "type": "object",
    "required": ["status", "catalog", "datasets", "row_models"],
    "properties": {
        "status": {"type": "string", "enum": ["ok"]},
        "catalog": {"type": "string", "description": "The hash of the catalog."},
        "datasets": _FRESH,
        "row_models": _FRESH,
    },
}


def paths() -> Iterator[Path]:
    told = responses.OF_DOCUMENTS
    yield (
        "/health",
        Operation(
            "health",
            operations.ABOUT,
            "Whether all is well, and how fresh the data are",
            {200: responses.ok("All is well.", {"application/json": _HEALTH})},
            problems=(500, 503),
            scope=None,
        ),
    )
    yield (
        "/api",
        Operation(
            "api",
            operations.ABOUT,
            "This document",
            {200: responses.ok("OpenAPI 3.0.3.", {MEDIA_TYPE: _OBJECT}, told)},
            parameters=[collections.format_among(JSON)],
            is_conditional=True,
        ),
    )
    yield "/docs", _page("docs", "This document as a page to try it with")
    yield "/ops", _page("ops", "A page of loads, refreshes and the queue")
    yield "/ops/quality", _page("quality", "The data checks as a page")


def _page(id_: str, summary: str) -> Operation:
    return Operation(
        id_,
        operations.ABOUT,
        summary,
        {200: responses.ok("A page.", {"text/html": {"type": "string"}})},
        problems=(400, 500),
        scope=None,
    )
