"""Files read to the letter, without a database: what would be COPYed, what not."""

import csv
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xlsxwriter

from catchment import contract_words
from catchment.contract import Feed
from loader.readers import formats
from loader.readers.streams import Unreadable
from loader.validation.validate import Reject, Validator
from tests.loader.conftest import column, source

if sys.version_info >= (3, 14):
    pass
else:
    pass


@dataclass(frozen=True)
class Read:
    """What became of a file: rows of COPY without their audit columns, and rejects."""

    rows: list[list[str]]
    rejects: list[Reject]
    unknown: list[str]

    @property
    def told(self) -> list[tuple[int, str | None, str, str]]:
        """Of each reject: its number; column, code, message of its first problem."""
        return [
            (r.number, r.problems[0].column, r.problems[0].code, r.problems[0].message)
            for r in self.rejects
        ]


def a_feed(*columns: dict[str, Any], **words: Any) -> Feed:
    return contract_words.parse(source("f", list(columns), **words))


def read(feed: Feed, body: bytes | str, key: str = "f/a") -> Read:
    body = body.encode() if isinstance(body, str) else body
    records = formats.open_records(io.BytesIO(body), feed, key)
    validator = Validator(records.columns, records.delimiter, feed.trim)
    rows: list[list[str]] = []
    rejects: list[Reject] = []
    for batch in records.batches:
        assert len(batch.texts) == len(batch.lines) == len(batch.numbers)
        good, bad = validator.sift(batch, "load")
        lines = good.removesuffix("\n").split("\n") if good else []
        rows += [line.split(records.delimiter)[2:] for line in lines]
        rejects += bad
    return Read(rows, rejects, list(records.unknown))


def refused(feed: Feed, body: bytes | str, key: str = "f/a") -> str:
    with pytest.raises(Unreadable) as error:
        read(feed, body, key)
    return str(error.value)


def parquet(table: pa.Table, **words: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **words)
    return file.getvalue()


def xlsx(write: Callable[[Any, Any], None], *sheets: str) -> bytes:
    """A workbook whose first sheet, or the named ones, are written by a function."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for sheet in sheets or ("Sheet1",):
            write(book, book.add_worksheet(sheet))
    return file.getvalue()


def table_of(*rows: list[Any]) -> Callable[[Any, Any], None]:
    def write(book: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return write


NUMBERS = [column("id", "integer", required=True), column("note")]


def geometry(source: Any, kind: str = "geometry(Geometry,4326)") -> dict[str, Any]:
    return column("geom", kind, geometry=source)


def point_of(found: Read, place: int = -1) -> tuple[float, float, int]:
    point = shapely.from_wkb(found.rows[0][place])
    return point.x, point.y, shapely.get_srid(point)


def wkb_of(shape: Any) -> str:
    return str(shapely.to_wkb(shape, hex=True))


def cells(*texts: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([["n", "geom"], *enumerate(texts, 1)])
    return file.getvalue()
