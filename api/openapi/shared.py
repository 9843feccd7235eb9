"""Parameters that are the same of every model: components of the document."""

from typing import Any

from api.openapi.types import Schema
from api.question import cql2
from api.question.asked import DEFAULT_LIMIT, DEFAULT_PRECISION
from api.question.params import MAXIMUM_LIMIT
from api.question.shown import MOST_PRECISE


def query(name: str, schema: Schema, description: str, **others: Any) -> dict[str, Any]:
    """A query parameter; lists are separated by commas.

    `style` and `explode` are written out: OGC's test suite does not know their
    defaults.
    """
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "style": "form",
        "explode": False,
        **others,
        "schema": schema,
    }


def in_path(
    name: str, schema: Schema, description: str, **others: Any
) -> dict[str, Any]:
    """A parameter in the place of a name in a path."""
    return {
        "name": name,
        "in": "path",
        "description": description,
        "required": True,
        "schema": schema,
        **others,
    }


SHARED = {
    parameter["name"]: parameter
    for parameter in (
        query(
            "limit",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": MAXIMUM_LIMIT,
                "default": DEFAULT_LIMIT,
            },
            "How many rows a page has at most. More than the maximum is taken as the "
            "maximum; a page that would be larger than an answer can be has fewer.",
        ),
        query(
            "bbox",
            {
                "type": "array",
                "minItems": 4,
                "maxItems": 6,
                "items": {"type": "number"},
            },
            "West, south, east and north in degrees of WGS 84, as -125,24,-66,50; or "
            "six numbers, with heights that are not looked at. A west greater than "
            "the east crosses the date line. Where there is no geometry, it is "
            "refused.",
        ),
        query(
            "datetime",
            {"type": "string"},
            "A moment or a day, 2025-01-31T12:00:00Z or 2025-01-31, or an interval: "
            "2025-01-01/2025-01-31, 2025-01-01/.., ../2025-01-31 or 2025-01-01/P2D. "
            "Where there is no time, it is refused.",
        ),
        query(
            "cursor",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
            "Where the page begins: taken from a `next` link, and good for the same "
            "question only.",
        ),
        query(
            "filter",
            {"type": "string"},
            "A condition in CQL2 about the queryables; it acts inside the aggregate.",
        ),
        query(
            "filter-lang",
            {"type": "string", "enum": [cql2.TEXT, cql2.JSON], "default": cql2.TEXT},
            "The language of `filter`.",
        ),
        query(
            "filter-crs",
            {"type": "string", "enum": [cql2.CRS84]},
            "The system of the coordinates in `filter`.",
        ),
        query(
            "resultType",
            {"type": "string", "enum": ["results", "hits"], "default": "results"},
            "With `hits`, only how many rows there are.",
        ),
        query(
            "skipGeometry",
            {"type": "boolean", "default": False},
            "Whether features come without their geometry.",
        ),
        query(
            "precision",
            {
                "type": "integer",
                "minimum": 0,
                "maximum": MOST_PRECISE,
                "default": DEFAULT_PRECISION,
            },
            "Decimals of coordinates.",
        ),
        query(
            "simplify",
            {"type": "number", "minimum": 0, "maximum": 360, "default": 0},
            "How far, in degrees, a line may lie beside what it simplifies.",
        ),
    )
}
