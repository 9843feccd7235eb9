"""The `datetime` parameter: an instant or an interval, in UTC."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
_MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([Tt](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?)"
    # An unescaped + in a query is a space; nothing else can stand there.
    r"(?P<zone>[Zz]|[-+ ][0-9]{2}:[0-9]{2}))?"
)
_DURATION = re.compile(
    r"P(?=[0-9T])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?=[0-9])(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Period:
    """From `start` on until `end`, in UTC; None is unbounded.

    `end` itself belongs to the period only if it is `closed`.
    """

    start: datetime | None
    end: datetime | None
    closed: bool = True

    @property
    def is_empty(self) -> bool:
        if self.start is None or self.end is None:
            return False
        return self.start > self.end if self.closed else self.start >= self.end

    def bounds(self, type_name: str) -> tuple[date | None, date | None, bool]:
        """Start, end and whether it is closed, as values of a column's type."""
        match type_name:
            case "date":
                return *self._days(), True
            case "timestamp without time zone":
                start, end = (
                    t and t.replace(tzinfo=None) for t in (self.start, self.end)
                )
                return start, end, self.closed
        return self.start, self.end, self.closed

    def _days(self) -> tuple[date | None, date | None]:
        """The first and the last UTC date that the period touches."""
        first = self.start and self.start.date()
        if self.end is None:
            return first, None
        ends_at_midnight = not self.closed and self.end.time() == time()
        return first, (self.end - DAY if ends_at_midnight else self.end).date()


def parse(text: str) -> Period:
    """An instant, `start/end`, `start/..`, `../end` or `start/P2D`.

    A plain date is the whole of its day. An interval that ends with a duration
    does not contain its last instant: `2025-01-01/P2D` is two days.

    Raises:
        ValueError: saying what is wrong with the text.
    """
    start_text, slash, end_text = text.partition("/")
    try:
        if not slash:
            return _moment(text)
        start = None if start_text in ("", "..") else _moment(start_text).start
        if end_text in ("", ".."):
            return Period(start, None)
        if end_text.startswith("P") and start:
            later = _later(start, end_text)
            return Period(start, later, closed=later == start)
        end = _moment(end_text)
    except OverflowError:
        raise ValueError("outside of the years 1 to 9999") from None
    period = Period(start, end.end, end.closed)
    if period.is_empty:
        raise ValueError("the interval ends before it starts")
    return period


def _moment(text: str) -> Period:
    """An RFC 3339 instant, or a plain date as its whole day."""
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(
            f"'{text}' is neither a date nor an RFC 3339 instant such as "
            "2025-01-31T12:00:00Z"
        )
    try:
        if match["time"] is None:
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            # 9999-12-31 often stands for "no end"; there is no day after it.
            if day.date() == date.max:
                return Period(day, datetime.max.replace(tzinfo=UTC))
            return Period(day, day + DAY, closed=False)
        zone = match["zone"].upper().replace(" ", "+")
        moment = datetime.fromisoformat(f"{match['date']}T{match['time']}{zone}")
    except ValueError as error:
        raise ValueError(f"'{text}': {error}") from None
    moment = moment.astimezone(UTC)
    return Period(moment, moment)


def _later(start: datetime, text: str) -> datetime:
    """`start` and an ISO 8601 duration; months end no later than their last day."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is no ISO 8601 duration such as P2D or PT6H")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    month = start.month - 1 + months
    year = start.year + years + month // 12
    if year > 9999:
        raise OverflowError
    month = month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day) + timedelta(
        weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
    )
