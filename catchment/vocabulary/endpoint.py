"""The words of an endpoint: `config.meta.api` of a model.

`catchment.endpoint` says what a dataset and a row model are.
"""

from collections.abc import Mapping
from typing import Any

from catchment import parameters, paths
from catchment.endpoint import (
    Endpoint,
    Geometry,
    GroupGeometry,
    Measure,
    Order,
)
from catchment.words import COUNT, TEXT, TEXTS, Kind, Word

# How a measure merges -> how many columns it takes.
MERGES = {"sum": 1, "min": 1, "max": 1, "ratio": 2, "centroid": 3}


def _measures(raw: Any) -> tuple[Measure, ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("expected names and how each merges, as n: {sum: n}")
    return tuple(_measure(str(name), how) for name, how in raw.items())


def _measure(name: str, raw: Any) -> Measure:
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in MERGES:
        raise ValueError(f"{name} must be one of {', '.join(MERGES)} and its columns")
    ((merge, columns),) = raw.items()
    columns = (columns,) if isinstance(columns, str) else tuple(map(str, columns))
    if len(columns) != MERGES[merge]:
        raise ValueError(f"{name}: {merge} takes {MERGES[merge]} columns")
    return Measure(name, merge, columns)


def _restrict(raw: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("expected columns and the claim of each, as region: region")
    if not all(isinstance(claim, str) and claim for claim in raw.values()):
        raise ValueError("a claim is a text, as region: region")
    return tuple((str(column), claim) for column, claim in raw.items())


def _group_geometry(raw: Any) -> GroupGeometry:
    if not isinstance(raw, Mapping) or not {"dimension", "column"} <= set(raw):
        raise ValueError("expected {dimension: …, column: …}")
    if ("model" in raw) != ("key" in raw):
        raise ValueError("model and key stand together")
    if unknown := set(raw) - {"dimension", "column", "model", "key"}:
        raise ValueError(f"unknown word '{sorted(unknown)[0]}'")
    return GroupGeometry(**{word: str(text) for word, text in raw.items()})


def _row_geometry(raw: Any) -> Geometry:
    if not isinstance(raw, Mapping) or set(raw) != {"column"}:
        raise ValueError("expected {column: …}, of the model itself")
    return Geometry(str(raw["column"]))


def _orders(raw: Any) -> tuple[Order, ...]:
    return tuple(
        Order(text.removeprefix("-"), descending=text.startswith("-"))
        for text in TEXTS.read(raw)
    )


_TEXT = {"type": "string"}
_MAPPING = {"type": "object", "minProperties": 1}
_COLUMNS = TEXTS.called("list of columns")

PATH_KIND = Kind(paths.read, "`/stats/parks`", {**_TEXT, "pattern": "^/"})
RESTRICT_KIND = Kind(
    _restrict, "column: claim", {**_MAPPING, "additionalProperties": _TEXT}
)
PARAMETERS_KIND = Kind(parameters.read, "name: filter", _MAPPING)
MEASURES_KIND = Kind(
    _measures,
    "name: how it merges",
    {
        **_MAPPING,
        "additionalProperties": {
            "type": "object",
            "propertyNames": {"enum": list(MERGES)},
            "minProperties": 1,
            "maxProperties": 1,
        },
    },
)
GROUP_GEOMETRY_KIND = Kind(
    _group_geometry,
    "`{dimension, column}` or `{dimension, model, key, column}`",
    {"type": "object", "required": ["dimension", "column"]},
)
ROW_GEOMETRY_KIND = Kind(
    _row_geometry, "`{column}`", {"type": "object", "required": ["column"]}
)
ORDERS = Kind(_orders, "list of columns, `-column` for descending", TEXTS.schema)

TITLE = Word(
    "title",
    TEXT,
    "its name for people",
    default=None,
    absent="the model's name, in words",
)
PATH = Word(
    "path",
    PATH_KIND,
    "a plain path of its own: lower-case letters, digits, `-` and `_` after each `/`. "
    "No two models share one; those that begin like the platform's own "
    "(`/aggregated-data`, `/health`, `/collections`…) are taken. Without it a model is "
    "reached as a [collection](ogc.md), and a dataset by its name",
    default=Endpoint.path,
)
RESTRICT = Word(
    "restrict",
    RESTRICT_KIND,
    "rows are shown to those alone whose "
    "[claim](access.md#rows-that-not-everybody-may-see) has the column's value, in "
    "every answer and inside of every aggregate",
    default=Endpoint.restrict,
)
MAX_AGE = Word(
    "max_age",
    COUNT.called("seconds"),
    "how long an answer may be used without asking again; with 0 it is kept and asked "
    "about each time, which costs one question where nothing has changed",
    default=Endpoint.max_age,
)
PARAMETERS = Word(
    "parameters",
    PARAMETERS_KIND,
    "the path's own names for filters, see [below](#words-of-a-parameter)",
    default=Endpoint.parameters,
)
TIME = Word(
    "time",
    TEXT.called("a column; in a dataset a dimension"),
    "what `datetime` filters",
    default=Endpoint.time,
)

DIMENSIONS = Word(
    "dimensions",
    _COLUMNS,
    "what may be grouped by, and filtered by under its own name",
    default=(),
    required=True,
)
MEASURES = Word(
    "measures",
    MEASURES_KIND,
    "what is told of a group, see [below](#measures)",
    default=(),
    required=True,
)
GROUP_BY = Word(
    "group_by",
    TEXTS.called("list of dimensions"),
    "the grouping where a request names none",
    default=(),
    absent="the geometry's dimension, else all",
)
GROUP_GEOMETRY = Word(
    "geometry",
    GROUP_GEOMETRY_KIND,
    "the geometry of a dimension's members: a column of the model itself or, so that a "
    "large polygon is kept once, of another model whose `key` holds the dimension's "
    "values",
    default=None,
)

# That it is missing is told by `catchment.rows`, which says why it is needed.
ROW_KEY = Word(
    "key",
    _COLUMNS,
    "together unique, none ever null. Names a row, and breaks ties in the order. A "
    "mart or a materialized view must have a unique index on it, or on some of it",
    default=(),
    absent="required",
)
ORDER_BY = Word(
    "order_by",
    ORDERS,
    "the order of the rows, nulls last in either direction; the key is appended in any "
    "case",
    default=(),
    absent="the key",
)
COLUMNS = Word(
    "columns",
    _COLUMNS,
    "what is answered, in this order",
    default=(),
    absent="all that are described but the geometry",
)
ROW_DIMENSIONS = Word(
    "dimensions",
    _COLUMNS,
    "what may be filtered by under its own name",
    default=(),
    absent="the answered columns",
)
ROW_GEOMETRY = Word(
    "geometry",
    ROW_GEOMETRY_KIND,
    "the geometry of a row",
    default=None,
)

# In the order of the reference: those of any endpoint, of a dataset, of a row model.
WORDS: tuple[Word[Any], ...] = (TITLE, PATH, TIME, PARAMETERS, RESTRICT, MAX_AGE)
OF_DATASETS: tuple[Word[Any], ...] = (DIMENSIONS, MEASURES, GROUP_BY, GROUP_GEOMETRY)
OF_ROW_MODELS: tuple[Word[Any], ...] = (
    ROW_KEY,
    ORDER_BY,
    COLUMNS,
    ROW_DIMENSIONS,
    ROW_GEOMETRY,
)
