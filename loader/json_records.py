"""Records of JSON files: an array at some path, GeoJSON features, or lines."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

import ijson

from catchment.contract import Feed
from loader.records import Batch, Broken, Records
from loader.streams import Stream, Unreadable, text_blocks, unpacking

# ijson's C parser crashes on an integer that int() refuses for its length.
sys.set_int_max_str_digits(0)

BATCH = 2_000
# ijson writes out the path of every level, for a buffer at a time: what both
# hold grows with the square of the depth. Larger buffers were no faster.
BUFFER = 4096
LONGEST_PATH = 10_000
# Where GeoJSON has its records (RFC 7946, 3.3).
FEATURES = "features"
# Stands around numbers in `_json`: half a character, which is in no UTF-8 text.
_MARK = "\udfff"
_MISSING: dict[str, Any] = {}


def open_records(stream: Stream, feed: Feed, format_: str) -> Records:
    """Read the records as they are asked for.

    Raises:
        Unreadable: while reading, where it is no JSON, is cut off or lacks the
            feed's array.
    """
    return Records(feed.read_columns, _batches(stream, feed, format_))


def _batches(stream: Stream, feed: Feed, format_: str) -> Iterator[Batch]:
    path = FEATURES if format_ == "geojson" else feed.records
    records = _lines(stream) if format_ == "ndjson" else _array(stream, path)
    numbered = enumerate(records, 1)
    paths = [[name.split(".") for name in c.header] for c in feed.read_columns]
    while part := list(islice(numbered, BATCH)):
        try:
            batch = _batch(part, paths)
        except RecursionError:
            raise Unreadable("is nested too deeply") from None
        yield batch


def _array(stream: Stream, path: str) -> Iterator[tuple[None, Any]]:
    """The elements of the array at a path, one at a time, with exact numbers.

    A document that is an array itself needs no envelope.
    """
    found = False

    def watched() -> Iterator[Any]:
        nonlocal found
        for event in ijson.parse(stream, buf_size=BUFFER):
            if len(event[0]) > LONGEST_PATH:
                raise Unreadable("is nested too deeply")
            found = found or event[:2] == (path, "start_array")
            yield event

    try:
        with unpacking():
            events = watched()
            first = next(events)
            if first[1] == "start_array" and path != FEATURES:
                path, found = "", True
            place = f"{path}.item" if path else "item"
            for record in ijson.items(chain([first], events), place):
                yield None, record
    except ijson.IncompleteJSONError as error:
        raise Unreadable(f"is cut off or no JSON: {error}") from None
    except (ijson.JSONError, ArithmeticError) as error:
        raise Unreadable(f"is no JSON: {_told(error)}") from None
    if not found:
        raise Unreadable(f"has no array {f'at {path}' if path else 'of records'}")


def _lines(stream: Stream) -> Iterator[tuple[int, Any]]:
    lines = (
        line
        for block in text_blocks(stream)
        for line in block.removesuffix("\n").split("\n")
    )
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line.removesuffix("\r")


def _batch(
    part: Sequence[tuple[int, tuple[int | None, Any]]], paths: list[list[list[str]]]
) -> Batch:
    broken, numbers, lines, rows, texts = [], [], [], [], []
    for number, (line, record) in part:
        text = record if line else _json(record)
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
        numbers.append(number)
        lines.append(line)
        texts.append(text)
        rows.append([_text(_first(record, names)) for names in paths])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(paths)
    return Batch(numbers, columns, lines, texts, broken)


def _told(error: Exception) -> str:
    if isinstance(error, ArithmeticError):
        return "a number has an exponent beyond all measure"
    return str(error)


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
    return str(value) if isinstance(value, int | Decimal) else _json(value)


def _json(value: Any) -> str:
    """Compact JSON, numbers with all the digits that they were written with.

    The json module knows no Decimal: they pass it as marked strings.
    """
    said = json.dumps(
        value,
        default=lambda number: f"{_MARK}{number}{_MARK}",
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return said.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")
