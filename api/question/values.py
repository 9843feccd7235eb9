"""Values in a request: how they are listed, and which fit a column."""

import re

from catchment.catalog import Model
from catchment.types import DataType, parse_type
from catchment.values import DATE, fits

__all__ = ["DATE", "TIME_TYPES", "fits", "split", "type_of"]

TIME_TYPES = ("date", "timestamp without time zone", "timestamp with time zone")
# A value, quoted as in CSV if it holds a comma itself.
_ITEM = re.compile(r'(?:"((?:[^"]|"")*)"|([^,]*))(?:,|\Z)')


def type_of(model: Model, name: str) -> DataType | None:
    """The type that the model declares for a column; None if we know it not."""
    return parse_type(model.column(name).type)


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
