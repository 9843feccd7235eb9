"""Records of a file of columns, out of batches of Arrow."""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from arro3.core import RecordBatch

from catchment.contract import Column, Feed, Geometry
from loader.readers import arrow_values, headers
from loader.readers.exact_json import json_of
from loader.readers.headers import Layout
from loader.readers.records import Batch, LazyTexts, Records
from loader.readers.streams import Unreadable

# A batch should take so many bytes, whatever the rows are: of polygons a few.
BYTES = 4 << 20
MOST_ROWS = 8_192
SAMPLE = 64


@dataclass(frozen=True)
class Table:
    """A file of columns.

    Attributes:
        batches: opens it, in batches of so many rows.
        geometry: the name of its own geometry column, if it has one.
        systems: the reference systems of its geometry columns, by their names.
        kind: what it is, for people.
    """

    batches: Callable[[int], Iterable[RecordBatch]]
    names: tuple[str, ...]
    kind: str
    geometry: str | None = None
    systems: Mapping[str, str] | None = None


def open_records(table: Table, feed: Feed) -> Records:
    """Match the columns with the contract's; the records come by need.

    Raises:
        Unreadable: where the file lacks a required column; while reading, where it
            is damaged.
    """
    names = list(table.names)
    own = names.index(table.geometry) if table.geometry in names else None
    layout = headers.layout(names, feed, ", ".join(names), own)
    systems = table.systems or {}
    columns = tuple(
        _column(column, names[place], systems)
        for column, place in zip(layout.columns, layout.places, strict=True)
    )
    layout = replace(layout, columns=columns)
    stated = {
        column.name: systems[names[place]]
        for column, place in zip(columns, layout.places, strict=True)
        if systems.get(names[place])
    }
    batches = _batches(table, layout)
    return Records(columns, batches, unknown=layout.unknown, systems=stated)


def _column(column: Column, name: str, systems: Mapping[str, str]) -> Column:
    """The column, of which a geometry of the file's own is WKB in any contract."""
    if column.geometry is None or name not in systems:
        return column
    return replace(column, geometry=Geometry(source="wkb", srid=column.geometry.srid))


def _batches(table: Table, layout: Layout) -> Iterator[Batch]:
    number = 1
    for batch in _sized(table):
        yield _batch(batch, layout, number)
        number += batch.num_rows


def _sized(table: Table) -> Iterator[RecordBatch]:
    """Batches of a fit size: the first rows tell how long rows are."""
    with told(table.kind):
        sample = next(iter(table.batches(SAMPLE)), None)
        if sample is None or not sample.num_rows:
            return
        size = max(1, sample.nbytes // sample.num_rows)
        del sample
        rows = max(1, min(MOST_ROWS, BYTES // size))
        yield from table.batches(rows)


def _batch(batch: RecordBatch, layout: Layout, number: int) -> Batch:
    columns = [
        arrow_values.texts(batch.column(place), column.type)
        for column, place in zip(layout.columns, layout.places, strict=True)
    ]
    count = batch.num_rows
    return Batch(
        numbers=range(number, number + count),
        columns=columns,
        lines=[None] * count,
        texts=LazyTexts(count, lambda place: row_text(batch.slice(place, 1))),
    )


def row_text(row: RecordBatch) -> str:
    """A batch of one row as JSON; numbers that JSON has not are in quotes."""
    members = []
    for name, array in zip(row.column_names, row.columns, strict=True):
        (text,) = arrow_values.texts(array)
        if arrow_values.is_missing(array, text):
            text = "null"
        elif not arrow_values.is_json(array.type, text):
            text = json_of(text)
        members.append(f"{json_of(name)}:{text}")
    return f"{{{','.join(members)}}}"


@contextmanager
def told(kind: str) -> Iterator[None]:
    """Say in plain words that a file is damaged.

    Where arrow-rs gives up on one it raises a `PanicException`, which is no Exception
    and has no name to import. A fault of the machine (with a number) stays what it is.
    """
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            said = " ".join(str(error).split())[:200]
            raise Unreadable(f"is damaged, or no {kind}: {said}") from None
        raise
