"""What a reader hands over: records by column, and those it could not read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catchment.contract import Column


@dataclass(frozen=True)
class Broken:
    """A record that has no columns, for it breaks the format itself."""

    number: int
    line: int | None
    code: str
    message: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Some records of a file, by column; missing values are ''.

    Attributes:
        numbers: number of each record in its file, from 1.
        columns: the values of each column, as they were read.
        lines: the line on which each record begins; None for a JSON document.
        texts: each record as it stands in the file.
        broken: records between these which could not be read.
        is_copy_text: whether `texts` are rows of COPY already, as they stand.
    """

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]
    lines: Sequence[int | None]
    texts: Sequence[str]
    broken: Sequence[Broken] = field(default=())
    is_copy_text: bool = False


@dataclass(frozen=True)
class Records:
    """An opened file: its columns in their order, and its records."""

    columns: tuple[Column, ...]
    batches: Iterator[Batch]
    delimiter: str = "\t"
