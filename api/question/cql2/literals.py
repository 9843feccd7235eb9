"""Literals as values of what they are compared with."""

from datetime import date
from typing import Any

from api.question import ranges, values
from api.question.conditions import Value
from api.question.cql2.parts import Number
from api.question.periods import Period, parse
from api.question.queryables import Queryable
from catchment.types import DataType

_NUMBERS = ("integer", "number")
_NUMERIC = DataType("numeric")


def value(document: Any, about: Queryable) -> Value:
    """A literal as a value of a queryable's type.

    Raises:
        ValueError: where it is of another kind.
    """
    match document:
        case bool() if about.kind == "boolean":
            return Value("true" if document else "false", "boolean")
        case Number() if about.kind in _NUMBERS:
            return _number(document, about)
        case {"date": str(text)} if about.kind == "date" and len(document) == 1:
            instant(document)
            return _fitting(text, about)
        case {"timestamp": str()} if about.kind == "timestamp":
            return Value(*_moment(instant(document), about))
        case Number() | bool() | dict() | list() | None:
            raise ValueError(f"{about.name} is compared with {_wanted(about)} only")
        case str() if about.kind == "timestamp":
            return _written_moment(document, about)
        case str() if about.kind not in ("boolean", *_NUMBERS):
            return _fitting(document, about)
    raise ValueError(f"{about.name} is compared with {_wanted(about)} only")


def instant(document: Any) -> Period:
    """A DATE, which is the whole of its day, or a TIMESTAMP."""
    match document:
        case {"date": str(text)} if len(document) == 1 and values.DATE.fullmatch(text):
            return parse(text)
        case {"timestamp": str(text)} if len(document) == 1 and _is_moment(text):
            return parse(text)
    raise ValueError(
        "a time is DATE('2025-01-31') or TIMESTAMP('2025-01-31T12:00:00Z')"
    )


def _is_moment(text: str) -> bool:
    return "T" in text.upper() and "/" not in text


def _number(text: Number, about: Queryable) -> Value:
    """Whole numbers are compared with fractions as numbers are, not refused."""
    if values.fits(text, about.type):
        return Value(str(text))
    if about.kind == "integer" and values.fits(text, _NUMERIC):
        return Value(str(text), "numeric")
    raise ValueError(f"{text[:40]} is out of the range of {about.name}")


def _fitting(text: str, about: Queryable) -> Value:
    if not values.fits(text, about.type):
        raise ValueError(f"{about.name}: {values.misfit(text, about.type)}")
    return Value(text)


def _written_moment(text: str, about: Queryable) -> Value:
    """A moment as a text; one without a zone is UTC, and a date its beginning."""
    moment = ranges.edge(text, about.type, "from").value
    return Value(
        moment.isoformat() if isinstance(moment, date) else text,
        about.type.name if about.type else None,
    )


def _moment(period: Period, about: Queryable) -> tuple[str, str]:
    type_name = about.type.name if about.type else "timestamp with time zone"
    start, _, _ = period.bounds(type_name)
    return (start.isoformat() if start else ""), type_name


def _wanted(about: Queryable) -> str:
    return {
        "text": "a text as 'a'",
        "uuid": "a text as 'a'",
        "boolean": "TRUE or FALSE",
        "date": "DATE('2025-01-31')",
        "timestamp": "TIMESTAMP('2025-01-31T12:00:00Z')",
    }.get(about.kind, "a number")
