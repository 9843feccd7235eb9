"""Records of delimited text, read in blocks of whole lines.

A block without quotes, backslashes and carriage returns needs no parser: its
lines are rows of COPY as they stand, and splitting it yields the columns. That
is the case of nearly every sensor file.
Any other block is parsed (RFC 4180), and only what is irregular, record by
record.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from typing import Any

from catchment.contract import Feed
from loader.readers import headers
from loader.readers.headers import Layout
from loader.readers.records import Batch, Broken, Records
from loader.readers.streams import LONGEST_LINE, Stream, Unreadable, text_blocks

csv.field_size_limit(LONGEST_LINE)
# A quote that is not closed after so many characters is given up.
LONGEST_QUOTE = 1 << 20
# With none of these a block is COPY text as it stands.
SPECIAL = ('"', "\\", "\r")
# A block with one broken line is halved down to this many characters, so that
# it spoils the quick way for its neighbours only.
SMALL = 2048


@dataclass(frozen=True)
class _Dialect:
    """How fields are told apart; `trim` lets blanks stand before a quote."""

    delimiter: str
    trim: bool

    def reader(self, lines: Iterable[str], strict: bool) -> Any:
        return csv.reader(
            lines, delimiter=self.delimiter, skipinitialspace=self.trim, strict=strict
        )


def open_records(stream: Stream, feed: Feed, format_: str) -> Records:
    """Read the header, if there is one, and then the records by need.

    Raises:
        Unreadable: where the header lacks a required column or is ambiguous;
            while reading, where the file is damaged.
    """
    dialect = _Dialect(feed.delimiter_of(format_), feed.trim)
    blocks = text_blocks(stream, feed.encoding)
    first = next(blocks, "")
    layout, rest, line = _opened(first, feed, dialect)
    batches = _Reader(layout, dialect, line).batches(rest, blocks)
    return Records(layout.columns, batches, dialect.delimiter, layout.unknown)


def _opened(text: str, feed: Feed, dialect: _Dialect) -> tuple[Layout, str, int]:
    """The layout of the fields, what follows the header, and its first line."""
    if feed.header_line == "none":
        return headers.by_position(feed), text, 1
    header, rest, line = _header(text, dialect)
    if feed.header_line == "optional" and not headers.names_columns(header, feed):
        return headers.by_position(feed), text, 1
    said = dialect.delimiter.join(header)
    return headers.layout(header, feed, said), rest, line


def _header(text: str, dialect: _Dialect) -> tuple[list[str], str, int]:
    """The first record that is not blank, what follows it, and its next line."""
    lines = list(StringIO(text, newline=""))
    reader = dialect.reader(lines, strict=False)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                rest = "".join(lines[reader.line_num :])
                return fields, rest, reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"has no header that can be read: {error}") from None
    raise Unreadable("has no header: it is blank")


class _Reader:
    """Keeps count of records and lines while it goes through a file."""

    def __init__(self, layout: Layout, dialect: _Dialect, line: int):
        self.layout = layout
        self.dialect = dialect
        self.line = line
        self.number = 1
        self._rest = ""

    def batches(self, first: str, blocks: Iterator[str]) -> Iterator[Batch]:
        self._rest = first
        for block in blocks:
            text, self._rest = self._rest + block, ""
            yield from self._read(text, last=False)
        if self._rest:
            yield from self._read(self._rest, last=True)

    def _read(self, text: str, last: bool) -> Iterator[Batch]:
        """Batches; a record that goes on in the next block stays in `_rest`."""
        if not text.strip("\r\n"):
            # Line by line, a file of 10 GB that is packed to 10 MB would take hours.
            self.line += _unix(text).count("\n")
            return
        quick = _unix(text) if len(text) <= LONGEST_QUOTE else ""
        if quick.endswith("\n") and not any(mark in quick for mark in SPECIAL):
            columns = _split(quick, self.dialect.delimiter, self.layout.width)
            if columns is not None:
                yield self._plain(quick, columns)
                return
            cut = quick.index("\n", len(quick) // 2) + 1
            if len(quick) > SMALL and cut < len(quick):
                # Without quotes no record spans the halves.
                yield from self._read(quick[:cut], last=True)
                yield from self._read(quick[cut:], last=True)
                return
        lines = list(StringIO(text, newline=""))
        if not last and lines and not lines[-1].endswith("\n"):
            self._rest = text
            return
        yield self._regular(lines) or self._irregular(lines, last)

    def _plain(self, text: str, fields: list[Sequence[str]]) -> Batch:
        texts = text.split("\n")
        texts.pop()
        count = len(texts)
        batch = Batch(
            numbers=range(self.number, self.number + count),
            columns=self.layout.pick(fields),
            lines=range(self.line, self.line + count),
            texts=texts,
            is_copy_text=self.layout.is_whole,
        )
        self.number += count
        self.line += count
        return batch

    def _irregular(self, lines: list[str], last: bool) -> Batch:
        """The batch where lines are blank, span records or are broken."""
        width = self.layout.width
        numbers, starts, texts, rows, broken = [], [], [], [], []
        used = 0
        for start, end, fields in _records(lines, self.dialect, last):
            text = "".join(lines[start:end]).rstrip("\r\n")
            if isinstance(fields, list) and len(fields) == width:
                numbers.append(self.number)
                starts.append(self.line + start)
                texts.append(text)
                rows.append(fields)
            else:
                code, said = "quoting", fields
                if isinstance(fields, list):
                    code, said = "fields", f"has {len(fields)} fields, not {width}"
                broken.append(
                    Broken(self.number, self.line + start, code, str(said), text)
                )
            self.number += 1
            used = end
        if last or all(not line.strip("\r\n") for line in lines[used:]):
            used = len(lines)
        self.line += used
        fields_by_column = list(zip(*rows, strict=True)) if rows else [()] * width
        columns = self.layout.pick(fields_by_column)
        self._rest = "".join(lines[used:])
        return Batch(numbers, columns, starts, texts, broken)

    def _regular(self, lines: list[str]) -> Batch | None:
        """The batch where every line is a record of the right width."""
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows = list(self.dialect.reader(lines, strict=True))
        count = len(lines)
        if len(rows) != count or set(map(len, rows)) != {self.layout.width}:
            return None
        batch = Batch(
            numbers=range(self.number, self.number + count),
            columns=self.layout.pick(list(zip(*rows, strict=True))),
            lines=range(self.line, self.line + count),
            texts=[line.rstrip("\r\n") for line in lines],
        )
        self.number += count
        self.line += count
        return batch


def _unix(text: str) -> str:
    """The text with \\n for \\r\\n, unless a carriage return stands alone."""
    ends = text.count("\r")
    return text.replace("\r\n", "\n") if ends and ends == text.count("\r\n") else text


def _split(text: str, delimiter: str, width: int) -> list[Sequence[str]] | None:
    """The columns of lines without quotes, if each line has `width` fields.

    Line ends are made fields of their own: they stand in every last place of
    `width + 1` if, and only if, all lines have the same number of fields.
    """
    if width == 1:
        # A blank line would pass for a record with one empty field.
        return None
    step = width + 1
    flat = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    ends = flat[width::step]
    if not len(flat) // step == len(ends) == ends.count("\n") == text.count("\n"):
        return None
    flat.pop()
    return [flat[place::step] for place in range(width)]


def _records(
    lines: list[str], dialect: _Dialect, last: bool
) -> Iterator[tuple[int, int, list[str] | str]]:
    """Each record: its first line, the line after it, its fields or its fault.

    Of a record that cannot be read only the first line is given up, and reading
    goes on with the second. A record that reaches the end of the lines is left
    to the next block, unless there is none. Blank lines are no records.
    """
    position = 0
    while position < len(lines):
        reader = dialect.reader(lines[position:], strict=True)
        base = start = position
        try:
            for fields in reader:
                end = base + reader.line_num
                if fields:
                    yield start, end, fields
                start = end
            return
        except csv.Error as error:
            is_open = base + reader.line_num >= len(lines) and not last
            if is_open and sum(map(len, lines[start:])) < LONGEST_QUOTE:
                return
            yield start, start + 1, str(error)
            position = start + 1
