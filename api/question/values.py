"""Values in a request: how they are listed, and which fit a column."""

import re

from catchment.catalog import Model
from catchment.types import DataType, parse_type
from catchment.values import DATE, fits

__all__ = ["DATE", "TIME_TYPES", "fits", "misfit", "split", "type_of"]

TIME_TYPES = ("date", "timestamp without time zone", "timestamp with time zone")
_WRITTEN = {
    "boolean": "true or false",
    "date": "2025-01-31",
    "timestamp without time zone": "2025-01-31T12:00:00",
    "timestamp with time zone": "2025-01-31T12:00:00Z",
}
# A value, quoted as in CSV if it holds a comma itself.
_ITEM = re.compile(r'(?:"((?:[^"]|"")*)"|([^,]*))(?:,|\Z)')


def type_of(model: Model, name: str) -> DataType | None:
    """The type that the model declares for a column; None if we know it not."""
    return parse_type(model.column(name).type)


def misfit(text: str, type_: DataType | None) -> str:
    """What is wrong with a text that is no value of a type, and how one is written."""
    told = f"'{text[:40]}' is no {type_ or 'text'}"
    if type_ is None:
        return told
    if text[:1] in ("<", ">") and (type_.is_number or type_.name in TIME_TYPES):
        return f"{told}: write a range as 5..10, 5.. or ..10"
    example = _WRITTEN.get(type_.name)
    return f"{told}, which is written as {example}" if example else told


def split(text: str) -> tuple[str, ...]:
    """`a,b` as two values; `"a,b"` as one, with `""` for a quote in it."""
    items, position = [], 0
    while match := _ITEM.match(text, position):
        quoted, plain = match.groups()
        items.append(plain if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if not match[0].endswith(","):
            break
    return tuple(items)
