"""The two sides of a range, by the type of their column.

They are the `from` and `to` of a path's own parameters, or stand in one value as
`from..to`. Both are inclusive. On a timestamp a plain date is the whole of its day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from api.question import periods, values
from api.question.periods import Period
from catchment.types import DataType

_LOCAL = "timestamp without time zone"
_TIMESTAMPS = (_LOCAL, "timestamp with time zone")
# A moment without a zone; an unescaped + in a query is a space.
_ZONELESS = re.compile(
    rf"{values.DATE.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?"
)


@dataclass(frozen=True)
class Edge:
    """One side of a range.

    Attributes:
        value: what is bound.
        place: the same as something that Python compares, where it can.
    """

    value: object
    place: Any = None
    closed: bool = True

    def is_before(self, start: "Edge") -> bool:
        """Whether nothing lies from `start` to here; False where only Postgres
        could tell."""
        if self.place is None or start.place is None:
            return False
        if self.closed:
            return bool(self.place < start.place)
        return bool(self.place <= start.place)


def edge(text: str, type_: DataType | None, operator: str) -> Edge:
    """The `from` or `to` of a column of this type.

    Raises:
        ValueError: where the text is no value of it.
    """
    if type_ and type_.name in _TIMESTAMPS:
        return _moment(text, type_.name, operator)
    if not values.fits(text, type_):
        raise ValueError(values.misfit(text, type_))
    if type_ and type_.name == "date" and values.DATE.fullmatch(text):
        day = date.fromisoformat(text)
        return Edge(day, day)
    return Edge(text, float(text) if type_ and type_.is_number else None)


def is_range(text: str, type_: DataType | None) -> bool:
    """Whether a text is `from..to`, which on a column of texts is only a text."""
    is_ordered = type_ and (type_.is_number or type_.name in values.TIME_TYPES)
    return bool(is_ordered) and ".." in text


def parse(text: str, type_: DataType | None) -> tuple[Edge | None, Edge | None]:
    """Both sides of `5..10`, `5..` or `..10`; `..` alone has none.

    Raises:
        ValueError: where a side is no value of the type, or they are in the wrong
            order.
    """
    first, _, last = text.partition("..")
    start = edge(first, type_, "from") if first else None
    end = edge(last, type_, "to") if last else None
    if start and end and end.is_before(start):
        raise ValueError(f"'{text}' ends before it starts")
    return start, end


def _moment(text: str, type_name: str, operator: str) -> Edge:
    start, end, closed = _period(text, type_name).bounds(type_name)
    return Edge(start, start) if operator == "from" else Edge(end, end, closed)


def _period(text: str, type_name: str) -> Period:
    """A day or an instant; one without a zone is UTC."""
    if _ZONELESS.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text.upper()).replace(tzinfo=UTC)
        except ValueError as error:
            raise ValueError(f"'{text}': {error}") from None
        return Period(moment, moment)
    if "/" in text:
        raise ValueError(f"'{text}' is no date and no time")
    period = periods.parse(text)
    if type_name == _LOCAL and not values.DATE.fullmatch(text):
        raise ValueError(f"'{text}' has a zone, and these times have none")
    return period
