"""The paths of the scope `admin`: the ledger, feeds, and two ways to bring data in."""

from collections.abc import Iterator
from typing import Any

from api import problems
from api.admin import feed_rows, feeds, freshness, ledger
from api.media import JSON
from api.openapi import operations, responses, rows
from api.openapi.models import Path
from api.openapi.operations import Operation, of_admin
from api.openapi.shared import SHARED, in_path, query
from api.openapi.types import Schema
from api.query import ledger as sql

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_NUMBER: Schema = {"type": "integer", "nullable": True}
_MOMENT: Schema = {"type": "string", "format": "date-time", "nullable": True}
_NULLABLE: Schema = {"type": "string", "nullable": True}
_BOOLEAN: Schema = {"type": "boolean"}
_CSV = "text/csv"


_REASON: Schema = {
    "column": _NULLABLE,
    "code": _TEXT,
    "records": {"type": "integer"},
    "message": {**_TEXT, "description": "What is wrong with the first of them."},
    "lines": {
        "type": "array",
        "items": {"type": "integer"},
        "description": "The first five lines; of a file without lines, its records.",
    },
}
_REFRESH: Schema = {
    "refresh_id": {"type": "integer"},
    "model": _TEXT,
    "started_at": _MOMENT,
    "seconds": {"type": "number"},
    "rows": {**_NUMBER, "description": "Rows that it wrote; null of a view."},
    "status": {"type": "string", "enum": [*ledger.REFRESHED]},
    "loads": {"type": "integer", "description": "How many loads it covered."},
    "load_ids": {
        "type": "array",
        "items": {"type": "integer"},
        "description": f"The first {sql.MOST_LOADS} of them.",
    },
}
_FRESH: Schema = {
    "feed": _TEXT,
    "status": {
        "type": "string",
        "enum": [*freshness.STATUSES],
        "description": "`late` is past `warn_after`, `stale` past `error_after`; "
        "`none` is a feed without a load.",
    },
    "newest_load_at": _MOMENT,
    "age_seconds": _NUMBER,
    "warn_after_seconds": _NUMBER,
    "error_after_seconds": _NUMBER,
    "loads_to_refresh": {
        "type": "integer",
        "description": "Loads that the marts do not show yet.",
    },
}
_COUNTS: Schema = {
    "type": "object",
    "nullable": True,
    "description": "Null where the API is not told of the queue.",
    "required": ["waiting", "in_flight"],
    "properties": {"waiting": {"type": "integer"}, "in_flight": {"type": "integer"}},
}


def components() -> dict[str, Schema]:
    load = {
        "load_id": {"type": "integer"},
        "feed": _NULLABLE,
        "key": {**_NULLABLE, "description": "The file, as its object's key."},
        "status": {"type": "string", "enum": [*ledger.STATUSES]},
        "reason": _NULLABLE,
        "rows_read": _NUMBER,
        "rows_loaded": _NUMBER,
        "rows_rejected": _NUMBER,
        "started_at": _MOMENT,
        "finished_at": _MOMENT,
        "refreshed_at": _MOMENT,
        "superseded_by": _NUMBER,
        "replay_of": {**_NUMBER, "description": "The load that it is another try of."},
        "unknown_columns": {
            **_TEXTS,
            "nullable": True,
            "description": "Columns of the file that its contract does not name.",
        },
        "seconds_by_part": {
            "type": "object",
            "nullable": True,
            "additionalProperties": {"type": "number"},
            "description": "How long reading, checking, copying… took.",
        },
    }
    reject: dict[str, Schema] = {name: {} for name in ledger.REJECT_COLUMNS}
    return {
        "Load": {"type": "object", "required": ["load_id"], "properties": load},
        "Loads": _page({"$ref": "#/components/schemas/Load"}),
        "Rejects": _page({"type": "object", "properties": reject}),
        "Reasons": {
            "type": "object",
            "required": ["data"],
            "properties": {"data": {"type": "array", "items": _object(_REASON)}},
        },
        "Refreshes": _page(_object(_REFRESH)),
        "Freshness": {
            "type": "object",
            "required": ["feeds"],
            "properties": {"feeds": {"type": "array", "items": _object(_FRESH)}},
        },
        "Queue": _object({"queue": _COUNTS, "dead_letters": _COUNTS}),
        "Replayed": _object({"load": {"type": "object"}}),
        "Upload": {
            "type": "object",
            "required": ["method", "url", "headers", "key", "expires_at"],
            "properties": {
                "method": {"type": "string", "enum": ["PUT"]},
                "url": {"type": "string", "format": "uri"},
                "headers": {"type": "object"},
                "key": _TEXT,
                "expires_at": _MOMENT,
                "largest_bytes": {"type": "integer"},
            },
        },
        "Report": {
            "type": "object",
            "required": ["request", "load", "rows"],
            "properties": {
                "request": _TEXT,
                "load": {"type": "object"},
                "rows": {"type": "array", "items": {"type": "object"}},
                "unused": {
                    **_TEXTS,
                    "description": "Names in the rows that are no column's.",
                },
            },
        },
        "Feeds": {
            "type": "object",
            "required": ["feeds"],
            "properties": {"feeds": {"type": "array", "items": _ref("Feed")}},
        },
        "Feed": {
            "type": "object",
            "required": ["name", "description", "files", "links"],
            "properties": {
                "name": _TEXT,
                "description": _TEXT,
                "files": {**_TEXTS, "description": "Patterns of its files' keys."},
                "links": rows.LINKS,
            },
        },
    }


def paths() -> Iterator[Path]:
    yield "/loads", _loads()
    yield "/loads/{number}", _load()
    yield "/loads/{number}/rejects", _rejects()
    yield "/loads/{number}/reasons", _reasons()
    yield "/loads/{number}/replay", _replay("replay", "The file of a load once more")
    yield (
        "/loads/{number}/replay-rejects",
        _replay("replayRejects", "The rejects of a load once more"),
    )
    yield "/refreshes", _refreshes()
    yield "/freshness", _freshness()
    yield "/queue", _queue()
    yield "/uploads", _uploads()
    yield "/feeds", _feeds()
    yield "/feeds/{feed}", _feed()
    yield "/feeds/{feed}/rows", _rows()


def _loads() -> Operation:
    status: Schema = {"type": "string", "enum": [*ledger.STATUSES]}
    return of_admin(
        "loads",
        "The loads, newest first",
        {JSON.media_type: _ref("Loads")},
        query("feed", _TEXT, "Of this feed alone."),
        query("status", status, "Of this status alone."),
        query("rejects", _BOOLEAN, "`true` for those with rejects, `false` without."),
        query("datetime", _TEXT, "Begun at a moment, on a day or in an interval."),
        _LIMIT,
        SHARED["cursor"],
    )


def _load() -> Operation:
    content = {JSON.media_type: _ref("Load")}
    return of_admin("load", "A load, and what it refreshed", content, _LOAD)


def _rejects() -> Operation:
    content = {JSON.media_type: _ref("Rejects"), _CSV: _TEXT}
    formats: Schema = {"type": "string", "enum": ["json", "csv"], "default": "json"}
    return of_admin(
        "rejects",
        "The rows of a load that broke the contract",
        content,
        _LOAD,
        query("f", formats, "The format of the answer."),
        _LIMIT,
        SHARED["cursor"],
    )


def _reasons() -> Operation:
    content = {JSON.media_type: _ref("Reasons")}
    return of_admin("reasons", "Why rows of a load were rejected", content, _LOAD)


def _replay(id_: str, summary: str) -> Operation:
    answer = {JSON.media_type: _ref("Replayed")}
    refused = {problems.MEDIA_TYPE: _ref("Problem")}
    return Operation(
        id_,
        operations.ADMIN,
        summary,
        {
            200: responses.ok("What became of it, by the contract that holds.", answer),
            409: responses.ok("The loader refuses, and says why.", refused),
        },
        parameters=[_LOAD],
        method="post",
        problems=(*operations.ALWAYS, 404, 504),
        scope="admin",
    )


def _refreshes() -> Operation:
    status: Schema = {"type": "string", "enum": [*ledger.REFRESHED]}
    return of_admin(
        "refreshes",
        "The refreshes of rollups and marts, newest first",
        {JSON.media_type: _ref("Refreshes")},
        query("model", _TEXT, "Of this rollup or mart alone."),
        query("status", status, "Of this status alone."),
        _LIMIT,
        SHARED["cursor"],
    )


def _freshness() -> Operation:
    content = {JSON.media_type: _ref("Freshness")}
    return of_admin("freshness", "How old the newest load of each feed is", content)


def _queue() -> Operation:
    content = {JSON.media_type: _ref("Queue")}
    summary = "How many files wait, and how many could not be read"
    return of_admin("queue", summary, content)


def _uploads() -> Operation:
    asked: Schema = {
        "type": "object",
        "required": ["feed", "name"],
        "additionalProperties": False,
        "properties": {
            "feed": {**_TEXT, "description": "The feed that the file is of."},
            "name": {**_TEXT, "description": "The name of the file."},
            "content_type": {**_TEXT, "description": "Its media type."},
        },
    }
    return Operation(
        "uploads",
        operations.ADMIN,
        "An address to put one file of a feed to",
        {200: responses.ok("The address.", {JSON.media_type: _ref("Upload")})},
        method="post",
        body=_body(asked),
        problems=(*operations.ALWAYS, 404),
        scope="admin",
    )


def _feeds() -> Operation:
    content = {JSON.media_type: _ref("Feeds")}
    return of_admin("feeds", "The feeds", content)


def _feed() -> Operation:
    content = {feeds.SCHEMA_TYPE: _ref("JsonSchema")}
    return of_admin("feed", "What a row of a feed must hold", content, _FEED)


def _rows() -> Operation:
    rows_ = {
        "type": "array",
        "minItems": 1,
        "maxItems": feed_rows.MOST,
        "items": {"type": "object"},
        "description": "As `GET /feeds/{feed}` says.",
    }
    report = {JSON.media_type: _ref("Report")}
    return Operation(
        "rows",
        operations.ADMIN,
        "Rows of a feed, in one transaction",
        {
            201: responses.ok("Each row with what became of it.", report),
            422: responses.ok(
                "None was published; each row with what is wrong with it, or the key "
                "was used for other rows.",
                {problems.MEDIA_TYPE: {"$ref": "#/components/schemas/Problem"}},
            ),
        },
        parameters=[_FEED, _IDEMPOTENCY],
        method="post",
        body=_body(rows_),
        problems=(*operations.ALWAYS, 404, 413, 504),
        scope="admin",
    )


def _body(schema: Schema) -> dict[str, Any]:
    return {"required": True, "content": {JSON.media_type: {"schema": schema}}}


def _page(item: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["numberReturned", "data", "links"],
        "properties": {
            "numberReturned": {"type": "integer"},
            "data": {"type": "array", "items": item},
            "links": rows.LINKS,
        },
    }


def _object(properties: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "required": [*properties], "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_LOAD = in_path("number", {"type": "integer", "format": "int64"}, "The `load_id`.")
_FEED = in_path("feed", _TEXT, "The feed.")
_LIMIT = query(
    "limit",
    {
        "type": "integer",
        "minimum": 1,
        "maximum": ledger.MAXIMUM_LIMIT,
        "default": ledger.DEFAULT_LIMIT,
    },
    "How many a page has at most.",
)
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same rows with the same key are loaded once.",
    "required": False,
    "schema": {"type": "string", "pattern": f"^{feed_rows.REQUEST.pattern}$"},
}
