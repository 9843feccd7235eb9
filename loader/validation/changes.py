"""What a contract declares to be done to values before they are checked.

Nothing else ever alters a value. A change hands back the very sequence that it
was given where nothing in it was to be changed, which is how the quick way is
kept for such blocks.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from catchment.contract import Column

Values = Sequence[str]
Change = Callable[[Values], Values]

# Dates of a file repeat: strptime takes 6 µs, a look into the cache 0.1.
DATES_KEPT = 10_000


def changes_of(column: Column, trim: bool) -> tuple[Change, ...]:
    """The changes of a column's values, in their order."""
    changes: list[Change] = []
    if trim:
        changes.append(_trimmed)
    if column.null_values:
        changes.append(_with_nulls(frozenset(column.null_values)))
    if column.date_format:
        changes.append(_as_iso(column.date_format, column.type.name == "date"))
    return tuple(changes)


def changed(values: Values, changes: Sequence[Change]) -> Values:
    for change in changes:
        values = change(values)
    return values


def _trimmed(values: Values) -> Values:
    stripped = [value.strip() for value in values]
    return values if stripped == list(values) else stripped


def _with_nulls(tokens: frozenset[str]) -> Change:
    def change(values: Values) -> Values:
        if tokens.isdisjoint(values):
            return values
        return ["" if value in tokens else value for value in values]

    return change


def _as_iso(formats: Sequence[str], is_date: bool) -> Change:
    """ISO 8601 of moments written otherwise; what fits no format stays as it is,
    and is checked as ISO 8601."""

    @lru_cache(DATES_KEPT)
    def iso(value: str) -> str:
        for format_ in formats:
            try:
                moment = datetime.strptime(value, format_)
            except ValueError:
                continue
            return (moment.date() if is_date else moment).isoformat()
        return value

    def change(values: Values) -> Values:
        read = [iso(value) if value else value for value in values]
        return values if read == list(values) else read

    return change
