"""Which texts are values of a type, so that a wrong one is named in time.

Postgres itself infers the type of a bound text from the column that it is compared
with. What passes here and fails there is an error too, only without its name.
"""

import math
import re
import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from catchment.types import DataType

_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# Numbers and dates that Postgres writes, so that a cursor may hold them.
_NO_NUMBERS = {"NaN", "Infinity", "-Infinity"}
_NO_DATES = {"infinity", "-infinity"}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A half of a pair, which JSON can write and UTF-8 cannot.
_LONE = re.compile("[\ud800-\udfff]")
# Postgres takes offsets to 15:59.
_FARTHEST = timedelta(hours=16)
_BOOLEANS = {"true", "false", "t", "f", "yes", "no", "on", "off", "1", "0"}


def fits(value: str, type_: DataType | None) -> bool:
    """Whether Postgres would take `value` as one of `type_`."""
    if "\x00" in value or _LONE.search(value):  # no text of Postgres may hold it
        return False
    check = CHECKS.get(type_.name) if type_ else None
    try:
        return check is None or bool(check(value, type_))
    except (ValueError, OverflowError):
        return False


def _is_integer(value: str, type_: Any) -> bool:
    bits = _BITS[type_.name]
    return bool(_INTEGER.fullmatch(value)) and -(1 << bits) <= int(value) < 1 << bits


def _is_float(value: str, type_: Any) -> bool:
    """Postgres refuses what is too near to 0 as it does what is too large."""
    if value in _NO_NUMBERS:
        return True
    match = _NUMBER.fullmatch(value)
    if not match:
        return False
    number = float(value)
    if type_.name == "real":
        (number,) = struct.unpack("f", struct.pack("f", number))
    is_zero = not match[1].strip("0.")
    return not math.isinf(number) and (number != 0) == (not is_zero)


def _is_date(value: str, _: Any) -> bool:
    return value in _NO_DATES or bool(
        DATE.fullmatch(value) and date.fromisoformat(value)
    )


def _is_timestamp(value: str, type_: Any) -> bool:
    """Postgres would overlook the offset of a text where the type has none."""
    if value in _NO_DATES:
        return True
    offset = datetime.fromisoformat(value).utcoffset()
    takes_offset = type_.name == "timestamp with time zone"
    fits_offset = offset is None or (takes_offset and abs(offset) < _FARTHEST)
    return len(value) >= 10 and fits_offset


CHECKS: dict[str, Callable[[str, Any], object]] = {
    **dict.fromkeys(_BITS, _is_integer),
    "numeric": lambda value, _: value in _NO_NUMBERS or _NUMBER.fullmatch(value),
    "real": _is_float,
    "double precision": _is_float,
    "boolean": lambda value, _: value.lower() in _BOOLEANS,
    "date": _is_date,
    "timestamp without time zone": _is_timestamp,
    "timestamp with time zone": _is_timestamp,
    "uuid": lambda value, _: _UUID.fullmatch(value),
}
