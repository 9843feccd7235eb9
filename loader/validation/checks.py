"""What one value must be. Exact, and never looser than Postgres.

COPY must not fail on a value that passed here, and nobody's value may be
altered on the way: what Postgres would round, cut or guess is no value of the
type. The grammars are those of
https://www.postgresql.org/docs/current/datatype.html.
"""

import json
import math
import re
import struct
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial

from catchment.contract import Column
from catchment.types import DataType
from loader.validation.geojson import is_geojson
from loader.validation.wkb import is_wkb
from loader.validation.wkt import is_wkt

Holds = Callable[[str], bool]

# No possessive groups: CPython before 3.11.5 (Debian 12) matches them wrongly.
INTEGER = r"[+-]?[0-9]{1,100}"
NUMBER = (
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,6})?"
)
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)"
TIMESTAMP = rf"{_DAY}(?:[T ]{_TIME})?"
TIMESTAMPTZ = rf"{_DAY}(?:[T ]{_TIME}{_ZONE}?)?"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_BOOLEANS = {"true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"}
INTEGER_BITS = {"smallint": 16, "integer": 32, "bigint": 64}


@dataclass(frozen=True)
class Check:
    """One rule, by its JSON Schema word, and what to say when it is broken."""

    code: str
    message: str
    holds: Holds


def checks_of(column: Column) -> tuple[Check, ...]:
    """The rules of a column, in the order in which they are told."""
    return tuple(_checks(column))


def _checks(column: Column) -> Iterator[Check]:
    if column.required:
        yield Check("required", "is missing", bool)
    source = column.geometry.source if column.geometry else None
    holds = type_check(column.type, source or "geojson")
    yield Check("type", f"is no {column.type}", _or_missing(holds))
    low, high, enum = column.minimum, column.maximum, column.enum
    shortest, longest = column.min_length, column.max_length
    if low is not None:
        rule = _or_missing(lambda value: float(value) >= low)
        yield Check("minimum", f"is below {low:g}", rule)
    if high is not None:
        rule = _or_missing(lambda value: float(value) <= high)
        yield Check("maximum", f"is above {high:g}", rule)
    if enum is not None:
        said = f"is none of {', '.join(enum)}"
        yield Check("enum", said, _or_missing(lambda value: value in enum))
    if column.format is not None:
        rule = _or_missing(_FORMATS[column.format])
        yield Check("format", f"is no {column.format}", rule)
    if column.pattern is not None:
        search = re.compile(column.pattern).search
        said = f"does not match {column.pattern}"
        yield Check("pattern", said, _or_missing(lambda value: bool(search(value))))
    if shortest is not None:
        rule = _or_missing(lambda value: len(value) >= shortest)
        yield Check("minLength", f"is shorter than {shortest}", rule)
    if longest is not None:
        rule = _or_missing(lambda value: len(value) <= longest)
        yield Check("maxLength", f"is longer than {longest}", rule)


def _or_missing(holds: Holds) -> Holds:
    return lambda value: not value or holds(value)


def type_check(type_: DataType, source: str = "geojson") -> Holds:
    """Whether a value is of a type, as a function; `source` is of geometries."""
    if type_.name in INTEGER_BITS:
        return partial(_is_integer, 1 << (INTEGER_BITS[type_.name] - 1))
    if type_.name == "numeric":
        return partial(_is_numeric, type_.precision, type_.scale)
    if type_.name == "geometry":
        return partial(_GEOMETRIES[source], type_)
    return _TYPES[type_.name]


def _is_integer(bound: int, value: str) -> bool:
    return bool(re.fullmatch(INTEGER, value)) and -bound <= int(value) < bound


def _is_numeric(precision: int | None, scale: int | None, value: str) -> bool:
    """Digits that fit, none of them rounded away."""
    if not re.fullmatch(NUMBER, value):
        return False
    mantissa, _, exponent = value.lower().lstrip("+-").partition("e")
    if precision is None or scale is None:
        return abs(int(exponent or 0)) <= 1000
    whole, _, fraction = mantissa.partition(".")
    return (
        not exponent
        and len(fraction.rstrip("0")) <= scale
        and len(whole.lstrip("0")) <= precision - scale
    )


def _is_double(value: str) -> bool:
    """A finite number that does not vanish on the way to eight bytes."""
    if not re.fullmatch(NUMBER, value):
        return False
    return math.isfinite(float(value)) and (float(value) != 0 or _is_zero(value))


def _is_real(value: str) -> bool:
    if not _is_double(value):
        return False
    try:
        (single,) = struct.unpack("<f", struct.pack("<f", float(value)))
    except OverflowError:
        return False
    return single != 0 or _is_zero(value)


def _is_zero(value: str) -> bool:
    return not re.split("[eE]", value)[0].strip("+-.0")


def _is_moment(grammar: str, value: str) -> bool:
    if not re.fullmatch(grammar, value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text(value: str) -> bool:
    """UTF-8 without NUL; an escape of JSON may stand for half a character."""
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _is_boolean(value: str) -> bool:
    return value.lower() in _BOOLEANS


def _is_uuid(value: str) -> bool:
    return bool(re.fullmatch(_UUID, value))


def _is_json(value: str) -> bool:
    """JSON that jsonb can keep: no NaN, no number that numeric cannot hold, and
    no escaped NUL or half character."""

    def number(text: str) -> int:
        if not _is_numeric(None, None, text):
            raise ValueError(text)
        return 0

    try:
        found = json.loads(
            value, parse_constant=number, parse_float=number, parse_int=number
        )
        said = json.dumps(found, ensure_ascii=False)
        said.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in said.replace("\\\\", "")


def _is_time_zone(value: str) -> bool:
    return value in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


_FORMATS: Mapping[str, Holds] = {"time-zone": _is_time_zone}
_GEOMETRIES: Mapping[str, Callable[[DataType, str], bool]] = {
    "geojson": is_geojson,
    "wkt": is_wkt,
    "wkb": is_wkb,
}
_TYPES: Mapping[str, Holds] = {
    "text": _is_text,
    "real": _is_real,
    "double precision": _is_double,
    "boolean": _is_boolean,
    "date": partial(_is_moment, _DAY),
    "timestamp without time zone": partial(_is_moment, TIMESTAMP),
    "timestamp with time zone": partial(_is_moment, TIMESTAMPTZ),
    "uuid": _is_uuid,
    "jsonb": _is_json,
}
