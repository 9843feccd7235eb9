"""Postgres's types as schemas of OpenAPI 3.0.3: as JSON has them, and as texts.

3.0 is no JSON Schema: `nullable` stands beside a `type`, and there is no list of
types (https://spec.openapis.org/oas/v3.0.3#schema-object).
"""

import re
from typing import Any

from catchment.catalog import ModelColumn
from catchment.types import DataType, parse_type

Schema = dict[str, Any]

_NUMBERS: dict[str, Schema] = {
    "smallint": {"type": "integer", "format": "int32"},
    "integer": {"type": "integer", "format": "int32"},
    "bigint": {"type": "integer", "format": "int64"},
    "numeric": {"type": "number"},
    "real": {"type": "number", "format": "float"},
    "double precision": {"type": "number", "format": "double"},
}
_OTHERS: dict[str, Schema] = {
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    # Without a zone it is no `date-time` of RFC 3339, which has one.
    "timestamp without time zone": {"type": "string", "example": "2020-03-01T12:00:00"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
}
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LOCAL = rf"{_DATE}([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?)?"
_NUMBER = r"[-+]?[0-9]+(\.[0-9]+)?"
# Times as a query has them: a day, or a moment with the zone that the type has.
_ASKED = {
    "date": _DATE,
    "timestamp without time zone": _LOCAL,
    "timestamp with time zone": rf"{_LOCAL}(Z|[-+][0-9]{{2}}:[0-9]{{2}})?",
}
TIMES = ("timestamp without time zone", "timestamp with time zone")
INTEGERS = ("smallint", "integer", "bigint")


def of_column(column: ModelColumn, nullable: bool = True) -> Schema:
    """What an answer shows of a column; anything, where its type is unknown."""
    schema = nulls(of_type(parse_type(column.type)), nullable)
    return described(schema, column.description)


def of_type(type_: DataType | None) -> Schema:
    """A value in an answer."""
    name = type_.name if type_ else ""
    return dict(_NUMBERS.get(name) or _OTHERS.get(name) or {})


def asked_for(type_: DataType | None) -> Schema:
    """A value in a query, where all are texts."""
    name = type_.name if type_ else ""
    if name in TIMES:
        return {"type": "string", "pattern": f"^{_ASKED[name]}$"}
    return of_type(type_) or {"type": "string"}


def range_of(type_: DataType | None) -> Schema | None:
    """`5..10`, `5..` or `..10` in a query; None where a type has no ranges."""
    name = type_.name if type_ else ""
    if side := _NUMBER if type_ and type_.is_number else _ASKED.get(name):
        return {"type": "string", "pattern": rf"^({side})?\.\.({side})?$"}
    return None


def value(text: str, type_: DataType | None) -> int | float | bool | str:
    """A value that a contract wrote as text, as the schema of its type has it.

    A range stays a text, and so does what JSON has no number for, as NaN.
    """
    kind = of_type(type_).get("type")
    if kind == "boolean":
        return text.lower() in ("true", "t", "yes", "on", "1")
    if kind in ("integer", "number") and re.fullmatch(_NUMBER, text):
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    return text


def nulls(schema: Schema, nullable: bool = True) -> Schema:
    """The same or null."""
    return {**schema, "nullable": True} if nullable and "type" in schema else schema


def described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description} if description else schema
