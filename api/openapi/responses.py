"""What an answer may be beside the data: headers, links and problems."""

from http import HTTPStatus
from typing import Any

from api import problems
from api.openapi.types import Schema

# What each status means here; the documents of all are alike.
_PROBLEMS = {
    400: "A parameter does not exist or its value does not fit; `parameter` names it, "
    "and `known` lists what there is.",
    401: "A key or token is missing, or is not valid here.",
    403: "The key or token has not the scope or the claim that this needs.",
    404: "There is no such thing; `known` lists those that there are.",
    410: "The data were refreshed since the page before, and rows in this order may "
    "have moved: begin again without cursor.",
    413: "More than is taken at once.",
    422: "What was sent breaks the contract.",
    429: "The key asks more often than it may; `Retry-After` says when to come back.",
    500: "Something went wrong that nobody thought of; it is logged.",
    503: "The database is away, or has no catalog yet; `Retry-After` says when to come "
    "back.",
    504: "The query took longer than it may: narrow it by a filter.",
}
_NAMES = {status: HTTPStatus(status).phrase.replace(" ", "") for status in _PROBLEMS}
_RETRY = (429, 503)

_HEADERS = {
    "ETag": "Names the answer: send it as `If-None-Match` to learn whether it is still "
    "the newest.",
    "Last-Modified": "When the data last changed.",
    "Cache-Control": "How long the answer may be used without asking again.",
    "Link": "The links `self` and `next` (RFC 8288).",
    "OGC-NumberReturned": "How many there are in this answer.",
    "OGC-NumberMatched": "How many there are in all.",
    "Retry-After": "Seconds after which the same request may succeed.",
    "WWW-Authenticate": "What to send (RFC 6750).",
}
# How many, only those formats say in headers that have no place for it.
HOW_MANY = ("OGC-NumberReturned", "OGC-NumberMatched")
OF_DATA = ("ETag", "Last-Modified", "Cache-Control", "Link", *HOW_MANY)
OF_DOCUMENTS = ("ETag", "Cache-Control")


def components() -> dict[str, dict[str, Any]]:
    """The sections `headers` and `responses` of the components."""
    return {
        "headers": {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        },
        "responses": {
            "NotModified": {
                "description": "The client's answer is still the newest.",
                "headers": headers("ETag", "Cache-Control"),
            },
            **{_NAMES[status]: _problem(status) for status in _PROBLEMS},
        },
    }


def schemas() -> dict[str, Schema]:
    text = {"type": "string"}
    return {
        "Link": {
            "type": "object",
            "required": ["rel", "type", "href"],
            "properties": {
                "rel": text,
                "type": text,
                "href": {"type": "string", "format": "uri"},
                "title": text,
            },
        },
        "Problem": {
            "type": "object",
            "description": "An error, as RFC 9457 has it.",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": {"type": "string", "description": "What to do about it."},
                "parameter": {"type": "string", "description": "The one at fault."},
                "known": {"type": "array", "items": text},
            },
        },
    }


def ok(
    description: str, content: dict[str, Schema], told: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A 200: schemas by media type, and the headers that stand beside them."""
    return {
        "description": description,
        **({"headers": headers(*told)} if told else {}),
        "content": {type_: {"schema": schema} for type_, schema in content.items()},
    }


def problems_of(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {"$ref": f"#/components/responses/{_NAMES[status]}"}
        for status in sorted(statuses)
    }


def not_modified() -> dict[str, Any]:
    return {"304": {"$ref": "#/components/responses/NotModified"}}


def headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem(status: int) -> dict[str, Any]:
    told = ["Cache-Control"]
    told += ["Retry-After"] if status in _RETRY else []
    told += ["WWW-Authenticate"] if status in (401, 403) else []
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _PROBLEMS[status],
        "headers": headers(*told),
        "content": {problems.MEDIA_TYPE: {"schema": schema}},
    }
