"""Records of JSON files: an array at some path, GeoJSON features, lines, sequences.

A GeoJSON text sequence (RFC 8142) begins each record with RS, which may then span
lines; without RS each line is a record, as newline-delimited GeoJSON has it.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from typing import Any, NamedTuple

import ijson

from catchment.contract import Feed
from loader.readers.exact_json import json_of
from loader.readers.headers import MOST_UNKNOWN
from loader.readers.records import Batch, Broken, Records
from loader.readers.streams import (
    LONGEST_LINE,
    Begun,
    Stream,
    Unreadable,
    decoding,
    text_blocks,
)

# ijson's C parser crashes on an integer that int() refuses for its length.
sys.set_int_max_str_digits(0)

BATCH = 2_000
# Bytes of long records that are read at a time.
LARGEST_BATCH = 4 << 20
# ijson writes out the path of every level, for a buffer at a time: what both
# hold grows with the square of the depth. Larger buffers were no faster.
BUFFER = 4096
LONGEST_PATH = 10_000
# Where GeoJSON has its records (RFC 7946, 3.3).
FEATURES = "features"
# Members that the standard gives a feature; its own stand in `properties`.
_OF_A_FEATURE = {"type", "id", "geometry", "properties", "bbox"}
RS = "\x1e"
_MISSING: dict[str, Any] = {}


class _Record(NamedTuple):
    """A record: its text, where it begins on a `line`; else what it holds.

    `size` is what it took of the file, in bytes or characters.
    """

    line: int | None
    value: Any
    size: int


@dataclass
class _Names:
    """The names in records that the contract does not know, as far as it asks.

    They are the records' own members or, where a feature's are given by the
    standard, those of its `properties`.
    """

    feed: Feed
    of_features: bool
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        paths = [name for c in self.feed.read_columns for name in c.header]
        self._known = {path.split(".")[0] for path in paths}
        if self.of_features:
            within = [path.split(".") for path in paths]
            self._known |= _OF_A_FEATURE
            self._inside = {p[1] for p in within if p[0] == "properties" and p[1:]}

    def unknown(self, record: dict[str, Any]) -> list[str]:
        """The unknown names of one record, which are kept."""
        if self.feed.unknown_columns == "ignore":
            return []
        names = [name for name in record if name not in self._known]
        inside = record.get("properties") if self.of_features else None
        if isinstance(inside, dict):
            names += [f"properties.{n}" for n in inside if n not in self._inside]
        for name in names:
            if name not in self.found and len(self.found) < MOST_UNKNOWN:
                self.found.append(name)
        return names

    @property
    def refuses(self) -> bool:
        return self.feed.unknown_columns == "reject"


def open_records(stream: Begun, feed: Feed, format_: str) -> Records:
    """Read the records as they are asked for.

    Raises:
        Unreadable: while reading, where it is no JSON, is cut off or lacks the
            feed's array.
    """
    names = _Names(feed, of_features=format_ in ("geojson", "geojsonseq"))
    batches = _batches(_records(stream, feed, format_), feed, names)
    return Records(feed.read_columns, batches, unknown=names.found)


def _records(stream: Begun, feed: Feed, format_: str) -> Iterator[_Record]:
    if format_ == "geojsonseq" and stream.head.lstrip().startswith(RS.encode()):
        return _sequence(stream)
    if format_ in ("ndjson", "geojsonseq"):
        return _lines(stream)
    return _array(stream, FEATURES if format_ == "geojson" else feed.records)


def _batches(records: Iterator[_Record], feed: Feed, names: _Names) -> Iterator[Batch]:
    numbered = enumerate(records, 1)
    paths = [[name.split(".") for name in c.header] for c in feed.read_columns]
    while part := list(_part(numbered)):
        try:
            batch = _batch(part, paths, names)
        except RecursionError:
            raise Unreadable("is nested too deeply") from None
        part.clear()
        yield batch


def _part(numbered: Iterator[tuple[int, _Record]]) -> Iterator[tuple[int, _Record]]:
    """So many records as are read at a time; few of them where they are long."""
    size = 0
    for number, record in islice(numbered, BATCH):
        yield number, record
        size += record.size
        if size > LARGEST_BATCH:
            return


class _Counted:
    """Counts what is read of a stream since a record began, which may be so long."""

    def __init__(self, stream: Stream):
        self._stream = stream
        self.size = 0

    def read(self, size: int, /) -> bytes:
        chunk = self._stream.read(size)
        self.size += len(chunk)
        if self.size > LONGEST_LINE:
            raise Unreadable(f"has a record longer than {LONGEST_LINE:,} bytes")
        return chunk


def _array(stream: Stream, path: str) -> Iterator[_Record]:
    """The elements of the array at a path, one at a time, with exact numbers.

    A document that is an array itself needs no envelope.
    """
    found = inside = False
    counted = _Counted(stream)

    def watched() -> Iterator[Any]:
        nonlocal found, inside
        for event in ijson.parse(counted, buf_size=BUFFER):
            if len(event[0]) > LONGEST_PATH:
                raise Unreadable("is nested too deeply")
            if event[0] == path and event[1] in ("start_array", "end_array"):
                found, inside = True, event[1] == "start_array"
            if not inside:
                counted.size = 0
            yield event

    try:
        with decoding():
            events = watched()
            first = next(events)
            if first[1] == "start_array" and path != FEATURES:
                path, found, inside = "", True, True
            place = f"{path}.item" if path else "item"
            for record in ijson.items(chain([first], events), place):
                size, counted.size = counted.size, 0
                yield _Record(None, record, size)
    except ijson.IncompleteJSONError as error:
        raise Unreadable(f"is cut off or no JSON: {_told(error)}") from None
    except (ijson.JSONError, ArithmeticError) as error:
        raise Unreadable(f"is no JSON: {_told(error)}") from None
    if not found:
        raise Unreadable(f"has no array {f'at {path}' if path else 'of records'}")


def _lines(stream: Stream) -> Iterator[_Record]:
    lines = (
        line
        for block in text_blocks(stream)
        for line in block.removesuffix("\n").split("\n")
    )
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _Record(number, line.removesuffix("\r"), len(line))


def _sequence(stream: Stream) -> Iterator[_Record]:
    """Texts that each begin with RS (RFC 8142, and RFC 7464 on which it stands)."""
    line = 1
    for block in text_blocks(stream, end=RS.encode()):
        for text in block.split(RS):
            if text.strip():
                yield _Record(line, text.strip(), len(text))
            line += text.count("\n")


def _batch(
    part: Sequence[tuple[int, _Record]],
    paths: list[list[list[str]]],
    names: _Names,
) -> Batch:
    broken, numbers, lines, rows, texts = [], [], [], [], []
    for number, (line, record, _) in part:
        text = record if line else json_of(record)
        if line:
            try:
                record = json.loads(record, parse_float=Decimal)
            except (ValueError, ArithmeticError, RecursionError) as error:
                broken.append(Broken(number, line, "json", _told(error), text))
                continue
        if not isinstance(record, dict):
            said = f"is {type(record).__name__}, not an object"
            broken.append(Broken(number, line, "json", said, text))
            continue
        if (unknown := names.unknown(record)) and names.refuses:
            said = f"has members that its contract does not name: {', '.join(unknown)}"
            broken.append(Broken(number, line, "unknown_columns", said[:200], text))
            continue
        numbers.append(number)
        lines.append(line)
        texts.append(text)
        rows.append([_text(_first(record, names)) for names in paths])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(paths)
    return Batch(numbers, columns, lines, texts, broken)


def _told(error: Exception) -> str:
    if isinstance(error, ArithmeticError):
        return "a number has an exponent beyond all measure"
    return " ".join(str(error).split())


def _first(record: Any, names: Iterable[Sequence[str]]) -> Any:
    """What stands at the first of some paths that the record has."""
    for path in names:
        value = record
        for step in path:
            value = value.get(step, _MISSING) if isinstance(value, dict) else _MISSING
        if value is not _MISSING:
            return value
    return None


def _text(value: Any) -> str:
    """A value as COPY takes it: numbers as they were written, null as ''."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else json_of(value)
