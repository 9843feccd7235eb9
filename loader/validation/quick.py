"""Whether a whole column is good, at the speed of C.

A quick test may refuse a column that is good, where a value is spelt unusually;
it never passes a bad one. Refused columns are halved until the exact checks
decide over single values, so their cost falls on the few rows around a fault.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from catchment.contract import Column
from loader.validation.checks import (
    INTEGER_BITS,
    TIMESTAMP,
    TIMESTAMPTZ,
    Check,
    checks_of,
)

Values = Sequence[str]
Test = Callable[[Values], bool]

# Fewer values are checked one by one.
FEW = 16


class ColumnTest:
    """The checks of one column, quick for many values and exact for each."""

    def __init__(self, column: Column):
        self.column = column
        self.checks = checks_of(column)
        self._passes = _quick(column, self.checks)

    def failures(self, values: Values, start: int = 0) -> Iterator[tuple[int, Check]]:
        """The places of bad values, each with the first check that it fails."""
        if self._pass(values):
            return
        if len(values) > FEW:
            half = len(values) // 2
            yield from self.failures(values[:half], start)
            yield from self.failures(values[half:], start + half)
            return
        for place, value in enumerate(values, start):
            failed = next((c for c in self.checks if not c.holds(value)), None)
            if failed:
                yield place, failed

    def _pass(self, values: Values) -> bool:
        if self.column.required and "" in values:
            return False
        try:
            return self._passes(values)
        except ValueError:
            return False


def _quick(column: Column, checks: Sequence[Check]) -> Test:
    """The quick test of a column's type and words; exact checks where none is."""
    name = column.type.name
    tests: list[Test] = []
    if name in INTEGER_BITS:
        tests.append(_integers(INTEGER_BITS[name]))
    elif name == "double precision":
        tests.append(_doubles)
    elif name in _MOMENTS:
        tests.append(_moments(_MOMENTS[name]))
    elif name == "text" and column.pattern is None and column.format is None:
        tests.append(_texts)
    else:
        return lambda values: all(
            check.holds(value) for value in values for check in checks
        )
    if column.minimum is not None or column.maximum is not None:
        tests.append(_ranged(column.minimum, column.maximum))
    if column.enum is not None:
        tests.append((frozenset(column.enum) | {""}).issuperset)
    if column.min_length is not None or column.max_length is not None:
        tests.append(_sized(column.min_length, column.max_length))
    return lambda values: all(test(values) for test in tests)


def _joined(values: Values) -> str | None:
    """The values, a line each; None where one has a line break inside."""
    joined = "\n".join(values) + "\n"
    return joined if joined.count("\n") == len(values) else None


def _integers(bits: int) -> Test:
    # As many digits as surely fit; a longer number is left to the exact check.
    digits = {16: 4, 32: 9, 64: 18}[bits]
    match = re.compile(rf"(?:[+-]?[0-9]{{1,{digits}}}+\n|\n)*").fullmatch

    def passes(values: Values) -> bool:
        joined = _joined(values)
        return joined is not None and match(joined) is not None

    return passes


_DOUBLE = re.compile(
    r"(?:[+-]?(?:[0-9]{1,100}+(?:\.[0-9]{0,100}+)?|\.[0-9]{1,100}+)"
    r"(?:[eE][+-]?[0-9]{1,2}+)?\n|\n)*"
).fullmatch


def _doubles(values: Values) -> bool:
    """Of digits, points and signs alone, float() reads what Postgres reads."""
    if max(map(len, values), default=0) > 100:
        return False
    if "".join(values).encode().translate(None, b"0123456789.-"):
        joined = _joined(values)
        return joined is not None and _DOUBLE(joined) is not None
    deque(map(float, filter(None, values)), maxlen=0)
    return True


def _ranged(minimum: float | None, maximum: float | None) -> Test:
    low = float("-inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum

    def passes(values: Values) -> bool:
        numbers = list(map(float, filter(None, values)))
        return not numbers or (low <= min(numbers) and max(numbers) <= high)

    return passes


def _sized(shortest: int | None, longest: int | None) -> Test:
    def passes(values: Values) -> bool:
        sizes = list(map(len, filter(None, values)))
        return not sizes or (
            (shortest is None or min(sizes) >= shortest)
            and (longest is None or max(sizes) <= longest)
        )

    return passes


_MOMENTS = {
    "timestamp without time zone": TIMESTAMP,
    "timestamp with time zone": TIMESTAMPTZ,
}
_ZEROS = str.maketrans("123456789", "000000000")


def _moments(grammar: str) -> Test:
    match = re.compile(rf"(?:{grammar}\n|\n)*").fullmatch
    usual = "0000-00-00T00:00:00" + ("Z\n" if grammar == TIMESTAMPTZ else "\n")

    def passes(values: Values) -> bool:
        joined = _joined(values)
        if joined is None:
            return False
        if joined.translate(_ZEROS) != usual * len(values) and not match(joined):
            return False
        # The grammar knows no calendar: February has no 30th.
        deque(map(datetime.fromisoformat, filter(None, values)), maxlen=0)
        return True

    return passes


def _texts(values: Values) -> bool:
    joined = "".join(values)
    return "\0" not in joined and (joined.isascii() or bool(joined.encode()))
