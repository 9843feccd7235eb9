"""CQL2, the language of `filter` (OGC 21-065r2).

The readers are imported where there is a filter to read: most requests have none.
They are our own, not the package cql2's (0.6.0, Rust), which makes a float of every
number, takes twice as long for each more of open parentheses (20: 1.5 s, and no
timeout ends it) and takes the process with it at 10,000 times NOT.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.question.queryables import Queryable

if TYPE_CHECKING:
    from api.question.conditions import Condition

TEXT = "cql2-text"
JSON = "cql2-json"
# https://docs.ogc.org/is/19-079r2/19-079r2.html, 8.4 and 8.5
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
# Classes all of whose requirements are met; what of others is answered, docs/api.md
# says. The name that basic-spatial-functions had before is asked for by QGIS.
CONFORMANCE = (
    f"{_CQL2}/cql2-text",
    f"{_CQL2}/cql2-json",
    f"{_CQL2}/basic-cql2",
    f"{_CQL2}/advanced-comparison-operators",
    f"{_CQL2}/case-insensitive-comparison",
    f"{_CQL2}/basic-spatial-functions",
    f"{_CQL2}/basic-spatial-operators",
    f"{_CQL2}/basic-spatial-functions-plus",
    f"{_CQL2}/temporal-functions",
)

# A request to API Gateway has 10,240 bytes for its first line and all its headers
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
MOST_CHARACTERS = 10_000


def language(text: str) -> str:
    """The value of `filter-lang`."""
    if text not in (TEXT, JSON):
        raise ValueError(f"'{text}' is neither {TEXT} nor {JSON}")
    return text


def crs(text: str) -> str:
    """The value of `filter-crs`."""
    if text != CRS84:
        raise ValueError(f"'{text}' is not {CRS84}, in which all geometries are")
    return text


def read(text: str, language: str, queryables: Sequence[Queryable]) -> "Condition":
    """The condition that a filter is, on these queryables.

    Raises:
        ValueError: saying what is wrong with it.
        Problem: 400, where it names what is no queryable.
    """
    from api.question.cql2 import checks, documents, texts

    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"is longer than {MOST_CHARACTERS:,} characters")
    document = (texts if language == TEXT else documents).read(text)
    return checks.condition(document, queryables)
