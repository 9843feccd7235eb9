"""What a reader hands over: records by column, and those it could not read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from catchment.contract import Column


@dataclass(frozen=True)
class Broken:
    """A record that has no columns, for it breaks the format itself."""

    number: int
    line: int | None
    code: str
    message: str
    text: str


class LazyTexts(Sequence[str]):
    """The `texts` of a batch, each made when it is asked for: of rejects alone."""

    def __init__(self, count: int, text_of: Callable[[int], str]):
        self._count, self._text_of = count, text_of

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        places = range(self._count)
        if isinstance(place, slice):
            return [self._text_of(one) for one in places[place]]
        return self._text_of(places[place])


@dataclass(frozen=True)
class Batch:
    """Some records of a file, by column; missing values are ''.

    Attributes:
        numbers: number of each record in its file, from 1.
        columns: the values of each column, as they were read.
        lines: the line on which each record begins; None for a JSON document.
        texts: each record as it stands in the file; as JSON, where that is no text.
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
    """An opened file: its columns in their order, and its records.

    Attributes:
        unknown: columns of the file that the contract does not name; of JSON it
            grows while the records are read.
        systems: the reference system of each geometry column for which the file
            names one, in words of PROJ: `EPSG:28992`, WKT or PROJJSON.
    """

    columns: tuple[Column, ...]
    batches: Iterator[Batch]
    delimiter: str = "\t"
    unknown: Sequence[str] = ()
    systems: Mapping[str, str] = field(default_factory=dict)
