"""Hold records against their contract: rows of COPY, or rejects."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress, repeat

from catchment.contract import Column
from loader.readers.records import Batch, Broken
from loader.validation import personal
from loader.validation.changes import changed, changes_of
from loader.validation.personal import NOT_PERSONAL, Personal
from loader.validation.quick import ColumnTest

# What COPY's text format reads as something else, and how to write it
# (https://www.postgresql.org/docs/current/sql-copy.html, "Text Format").
COPY_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value, in the words of its contract."""

    column: str | None
    code: str
    message: str


@dataclass(frozen=True)
class Reject:
    """A record that breaks its contract; problems, first first.

    `text` is the record as it was read, or what may be shown of a personal one.
    """

    number: int
    line: int | None
    text: str
    problems: tuple[Problem, ...]


class Validator:
    """The contract of the columns of one file."""

    def __init__(
        self,
        columns: Sequence[Column],
        delimiter: str,
        trim: bool = False,
        guard: Personal = NOT_PERSONAL,
    ):
        self._columns = columns
        self._guard = guard
        self._tests = [ColumnTest(column) for column in columns]
        self._changes = [changes_of(column, trim) for column in columns]
        self._delimiter = delimiter
        self._escapes = {ord(delimiter): "\\" + delimiter, **COPY_ESCAPES}

    def head(self, *values: str) -> str:
        """The beginning of every row, of values that are the same for all."""
        return self._delimiter.join(self._escaped(values))

    def sift(self, batch: Batch, head: str) -> tuple[str, list[Reject]]:
        """COPY rows of the good records, and the others.

        Each row begins with `head` and the record's number.
        """
        batch = self._changed(batch)
        problems = self._problems(batch)
        rejects = [
            Reject(batch.numbers[p], batch.lines[p], self._text(batch, p), tuple(found))
            for p, found in problems.items()
        ]
        rejects += map(self._unread, batch.broken)
        rejects.sort(key=lambda reject: reject.number)
        keep = [place not in problems for place in range(len(batch.numbers))]
        return self._rows(batch, head, keep if problems else None), rejects

    def _text(self, batch: Batch, place: int) -> str:
        if not self._guard.is_on:
            return batch.texts[place]
        values = [values[place] for values in batch.columns]
        return personal.record(self._columns, values)

    def _unread(self, broken: Broken) -> Reject:
        if self._guard.is_on:
            broken = personal.withheld(broken)
        problem = Problem(None, broken.code, broken.message)
        return Reject(broken.number, broken.line, broken.text, (problem,))

    def _changed(self, batch: Batch) -> Batch:
        """The batch with what the contract declares done to its values."""
        if not any(self._changes):
            return batch
        columns = list(map(changed, batch.columns, self._changes))
        if all(map(operator.is_, columns, batch.columns)):
            return batch
        return replace(batch, columns=columns, is_copy_text=False)

    def _problems(self, batch: Batch) -> dict[int, list[Problem]]:
        found: dict[int, list[Problem]] = {}
        for test, values in zip(self._tests, batch.columns, strict=True):
            for place, check in test.failures(values):
                value = values[place]
                is_shown = value and not test.column.pii
                said = f"{value[:80]!r} {check.message}" if is_shown else check.message
                problem = Problem(test.column.name, check.code, said)
                found.setdefault(place, []).append(problem)
        return found

    def _rows(self, batch: Batch, head: str, keep: Sequence[bool] | None) -> str:
        numbers: Iterable[int] = batch.numbers
        stored = self._guard.stored(self._columns, batch.columns)
        if batch.is_copy_text and stored is batch.columns:
            bodies: Iterable[str] = batch.texts
        else:
            columns = [self._escaped(values) for values in stored]
            bodies = map(self._delimiter.join, zip(*columns, strict=True))
        if keep is not None:
            numbers, bodies = compress(numbers, keep), compress(bodies, keep)
        rows = zip(repeat(head), map(str, numbers), *([bodies] if stored else []))
        return "".join(f"{row}\n" for row in map(self._delimiter.join, rows))

    def _escaped(self, values: Sequence[str]) -> Sequence[str]:
        joined = "".join(values)
        if not any(chr(code) in joined for code in self._escapes):
            return values
        return [value.translate(self._escapes) for value in values]
