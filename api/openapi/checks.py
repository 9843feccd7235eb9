"""The paths of the data checks, of the scope `admin`."""

from collections.abc import Iterator
from typing import Any

from api.media import JSON
from api.openapi import rows
from api.openapi.models import Path
from api.openapi.operations import Operation, of_admin
from api.openapi.shared import in_path
from api.openapi.types import Schema

STATUSES = ("error", "warn", "waiting", "pass")
KINDS = ("test", "freshness", "count", "rejects", "drift")
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_NULLABLE: Schema = {"type": "string", "nullable": True}
_INTEGER: Schema = {"type": "integer"}
_COUNT: Schema = {"type": "integer", "nullable": True}
_NUMBER: Schema = {"type": "number", "nullable": True}
_MOMENT: Schema = {"type": "string", "format": "date-time", "nullable": True}
_STATUS: Schema = {
    "type": "string",
    "enum": [*STATUSES],
    "description": "`waiting`: there is too little history to judge by.",
}
_COUNTS: Schema = {
    "type": "object",
    "nullable": True,
    "additionalProperties": _INTEGER,
    "description": 'Rows by bin or word; `""` counts nulls, `"*"` all other words.',
}


def components() -> dict[str, Schema]:
    sample = _object(words=_TEXT, load_id=_COUNT, file=_NULLABLE)
    samples = {**_list(sample), "description": "Some failing rows, by their keys."}
    known = {
        "id": _TEXT,
        "kind": {"type": "string", "enum": [*KINDS]},
        "subject": {**_TEXT, "description": "The model or the feed."},
        "name": _TEXT,
        "feeds": {**_TEXTS, "description": "The feeds that the subject is made of."},
        "status": _STATUS,
        "failures": _COUNT,
        "words": _TEXT,
        "run": _INTEGER,
    }
    run = _object(
        run=_INTEGER,
        started_at=_MOMENT,
        seconds=_NUMBER,
        started_by=_TEXT,
        selected={**_TEXTS, "description": "Empty for a run of all checks."},
    )
    statuses = {
        "type": "array",
        "items": {**_STATUS, "nullable": True, "enum": [*STATUSES, None]},
        "description": "How it ended in each of `runs`; null where it did not run.",
    }
    ended = _object(
        run=_INTEGER,
        started_at=_MOMENT,
        status=_STATUS,
        failures=_COUNT,
        words=_TEXT,
        samples=samples,
    )
    return {
        "Check": _object(
            **known,
            samples=samples,
            origin={
                **_NULLABLE,
                "description": "Where rows are from that say no load themselves.",
            },
            query={**_NULLABLE, "description": "The SQL that finds the rows."},
            history=_list(ended),
            links=rows.LINKS,
        ),
        "Checks": _object(
            runs={**_list(run), "description": "The newest 30, the newest first."},
            checks=_list(_object(**known, statuses=statuses)),
            links=rows.LINKS,
        ),
        "History": _history(),
    }


def _history() -> Schema:
    of_load = {"load_id": _INTEGER, "series": _TEXT}
    band = {"usual": _NUMBER, "low": _NUMBER, "high": _NUMBER}
    index = {"psi": _NUMBER, "allowed": _NUMBER}
    load = _object(
        **of_load,
        key=_TEXT,
        status=_TEXT,
        finished_at=_MOMENT,
        rows_loaded=_INTEGER,
        **band,
        rows_read=_INTEGER,
        rows_rejected=_INTEGER,
        high_share=_NUMBER,
    )
    period = _object(
        starts={"type": "string", "format": "date"},
        days=_INTEGER,
        loads=_INTEGER,
        rows_loaded=_INTEGER,
        **band,
    )
    distribution = _object(
        **of_load,
        key=_TEXT,
        kind={"type": "string", "enum": ["number", "moment", "word", "other"]},
        rows=_INTEGER,
        edges={"type": "array", "items": {"type": "number"}},
        counts=_COUNTS,
        reference=_COUNTS,
        loads_before=_INTEGER,
        **index,
    )
    column = _object(
        name=_TEXT,
        indexes=_list(_object(**of_load, **index)),
        distributions=_list(distribution),
    )
    return _object(
        feed=_TEXT,
        reject_limit=_TEXT,
        loads=_list(load),
        periods=_list(period),
        columns=_list(column),
        links=rows.LINKS,
    )


def paths() -> Iterator[Path]:
    id_ = in_path("check", _TEXT, "The `id` of the check.")
    feed = in_path("feed", _TEXT, "The feed.")
    yield (
        "/checks",
        _get(
            "checks", "The data checks, and how they ended in the last runs", "Checks"
        ),
    )
    yield (
        "/checks/{check}",
        _get("check", "A check, its failing rows and its history", "Check", id_),
    )
    yield (
        "/feeds/{feed}/history",
        _get(
            "history",
            "What a feed brought: rows, rejects and distributions, and what was usual",
            "History",
            feed,
        ),
    )


def _get(id_: str, summary: str, schema: str, *parameters: dict[str, Any]) -> Operation:
    content = {JSON.media_type: {"$ref": f"#/components/schemas/{schema}"}}
    return of_admin(id_, summary, content, *parameters)


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": [*properties],
        "properties": properties,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
