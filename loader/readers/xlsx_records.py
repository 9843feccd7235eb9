"""Records of a sheet of an XLSX file (ECMA-376), row by row.

A cell is the text of its value: numbers as short as they can be read back, without
the `.0` that a cell cannot have; dates and times as ISO 8601, a date where there is
no time of day. A formula is its last result, an error its name, as `#N/A`.
"""

import datetime
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from catchment.contract import Feed
from loader.readers import headers
from loader.readers.arrow_records import told
from loader.readers.exact_json import json_of
from loader.readers.headers import Layout
from loader.readers.records import Batch, Broken, LazyTexts, Records
from loader.readers.streams import Unreadable

# It warns of what it does not read, as styles and validations.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

# Where a sheet does not say its size, openpyxl 3.1 looks for it by reading all of it
# into memory; what it says may be wrong, so it is not asked.
ReadOnlyWorksheet._get_size = lambda self: None

KIND = "XLSX file"
BATCH = 1_000
# The texts of all cells stand in one part, which is kept in memory while reading.
LARGEST_TEXTS = 64 << 20
_TEXTS = "xl/sharedStrings.xml"
_MIDNIGHT = datetime.time()
# Of a sheet (ECMA-376); openpyxl keeps a little of each row, also of empty ones.
MOST_ROWS = 1 << 20

Row = tuple[int, list[str]]


def open_records(path: Path, feed: Feed) -> Records:
    """Read the header, if there is one, and then the rows by need.

    Raises:
        Unreadable: where it has not the sheet of the contract, or not its columns;
            while reading, where it is damaged.
    """
    rows = _rows(path, feed.sheet)
    first = next(rows, None)
    if first is None:
        raise Unreadable("has no header: its sheet is empty")
    layout, names, rest = _layout(first, rows, feed)
    batches = _batches(rest, layout, names)
    return Records(layout.columns, batches, unknown=layout.unknown)


def _layout(
    first: Row, rows: Iterator[Row], feed: Feed
) -> tuple[Layout, list[str], Iterator[Row]]:
    """The layout of the rows, the names of their cells, and the rows themselves."""
    _, header = first
    is_header = feed.header_line == "required" or (
        feed.header_line == "optional" and headers.names_columns(header, feed)
    )
    if is_header:
        return headers.layout(header, feed, ", ".join(header)), header, rows
    layout = headers.by_position(feed)
    names = [column.header[0] for column in layout.columns]
    return layout, names, chain([first], rows)


def _rows(path: Path, sheet: str) -> Iterator[Row]:
    """Each row that is not blank: its number, from 1, and its cells to the last."""
    with told(KIND), path.open("rb") as file:
        _check_size(path)
        book = load_workbook(file, read_only=True, data_only=True)
        table = _sheet(book, sheet)
        for number, cells in enumerate(table.iter_rows(values_only=True), 1):
            if number > MOST_ROWS:
                raise Unreadable(f"has more than {MOST_ROWS:,} rows, as no sheet has")
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                yield number, texts


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable(f"is no {KIND}, though a ZIP archive")
        texts = [i.file_size for i in archive.infolist() if i.filename == _TEXTS]
        if texts and texts[0] > LARGEST_TEXTS:
            raise Unreadable(
                f"has {texts[0]:,} bytes of different texts, more than "
                f"{LARGEST_TEXTS:,}; save it as CSV"
            )


def _sheet(book: Any, name: str) -> Any:
    """The sheet of this name, or the first."""
    if not name:
        return book.worksheets[0]
    for sheet in book.worksheets:
        if sheet.title.casefold() == name.casefold():
            return sheet
    said = ", ".join(sheet.title for sheet in book.worksheets)
    raise Unreadable(f"has no sheet {name}; its sheets: {said}")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
        )
    if isinstance(value, datetime.datetime) and value.time() == _MIDNIGHT:
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _batches(
    rows: Iterator[Row], layout: Layout, names: Sequence[str]
) -> Iterator[Batch]:
    number = 1
    while part := list(islice(rows, BATCH)):
        yield _batch(part, layout, names, number)
        number += len(part)


def _batch(
    rows: Sequence[Row], layout: Layout, names: Sequence[str], number: int
) -> Batch:
    """Cells that a row has not are missing; one with more than the header is broken."""
    width = layout.width
    numbers, lines, good, broken = [], [], [], []
    for place, (line, texts) in enumerate(rows, number):
        if len(texts) > width:
            said = f"has {len(texts)} cells, not {width}"
            broken.append(Broken(place, line, "fields", said, json_of(texts)))
            continue
        numbers.append(place)
        lines.append(line)
        good.append(texts + [""] * (width - len(texts)))
    cells = list(zip(*good, strict=True)) if good else [()] * width
    texts_of = LazyTexts(len(good), lambda place: _row_text(names, good[place]))
    return Batch(numbers, layout.pick(cells), lines, texts_of, broken)


def _row_text(names: Sequence[str], texts: Sequence[str]) -> str:
    """A row as a JSON object of what it has."""
    return json_of({n: t for n, t in zip(names, texts, strict=True) if t})
