"""Sheets of XLSX, made by another writer, read to the letter."""

import datetime
import sys
from typing import Any

import pytest

from tests.loader.conftest import column

if sys.version_info >= (3, 14):
    pass
else:
    pass
from tests.loader.reading import NUMBERS, a_feed, read, refused, table_of, xlsx


def test_cells_of_xlsx_are_exact_texts() -> None:
    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        at = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, ["n", "d", "at", "f", "b", "t", "e", "sum"])
        sheet.write_row(2, 0, [3.0])
        sheet.write_datetime(2, 1, datetime.datetime(2024, 2, 29), day)
        sheet.write_datetime(2, 2, datetime.datetime(2024, 2, 29, 13, 5, 7), at)
        sheet.write_row(2, 3, [0.1, True, " ö\n", "007"])
        sheet.write_formula(2, 7, "=1+1", None, 2)
        sheet.write_row(3, 0, [2.5])
        sheet.write_row(4, 0, [1e15, "", "", 1.1])

    feed = a_feed(
        column("n", "bigint"),
        column("d", "date"),
        column("at", "timestamp"),
        column("f", "numeric"),
        column("b", "boolean"),
        column("t"),
        column("e"),
        column("sum", "integer"),
        format="xlsx",
    )

    found = read(feed, xlsx(write))

    first = ["3", "2024-02-29", "2024-02-29T13:05:07", "0.1", "true"]
    assert found.rows[0] == [*first, r" ö\n", "007", "2"]
    assert found.rows[1][:4] == ["1000000000000000", "", "", "1.1"]
    (reject,) = found.rejects
    assert (reject.number, reject.line, reject.text) == (2, 4, '{"n":"2.5"}')


def test_an_error_of_xlsx_is_no_number() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id"])
        sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")

    found = read(a_feed(column("id", "integer"), format="xlsx"), xlsx(write))

    assert found.told == [(1, "id", "type", "'#DIV/0!' is no integer")]


def test_a_row_of_xlsx_with_more_cells_than_the_header_is_a_reject() -> None:
    body = xlsx(table_of(["id", "note", ""], [1, "a"], [2, "b", "", "see below"], [3]))

    found = read(a_feed(*NUMBERS, format="xlsx"), body)

    assert found.rows == [["1", "a"], ["3", ""]]
    assert found.told == [(2, None, "fields", "has 4 cells, not 2")]
    assert found.rejects[0].text == '["2","b","","see below"]'


def test_the_sheet_is_the_first_or_the_named_one() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["id", "note"])
        sheet.write_row(1, 0, [1, sheet.get_name()])

    body = xlsx(write, "Cover", "Data 2026")

    assert read(a_feed(*NUMBERS, format="xlsx"), body).rows == [["1", "Cover"]]
    feed = a_feed(*NUMBERS, format="xlsx", sheet="data 2026")
    assert read(feed, body).rows == [["1", "Data 2026"]]
    feed = a_feed(*NUMBERS, format="xlsx", sheet="Data")
    assert refused(feed, body) == "has no sheet Data; its sheets: Cover, Data 2026"


@pytest.mark.parametrize("header_line", ["none", "optional"])
def test_a_sheet_may_have_no_header(header_line: str) -> None:
    feed = a_feed(*NUMBERS, format="xlsx", header_line=header_line)

    found = read(feed, xlsx(table_of([1, "a"], ["x", "b"])))

    assert found.rows == [["1", "a"]]
    assert found.rejects[0].text == '{"id":"x","note":"b"}'


def test_an_empty_sheet_has_no_header() -> None:
    feed = a_feed(*NUMBERS, format="xlsx")

    assert refused(feed, xlsx(table_of())) == "has no header: its sheet is empty"


def test_more_texts_than_fit_into_memory_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("loader.readers.xlsx_records.LARGEST_TEXTS", 1000)
    body = xlsx(table_of(["id", "note"], *([n, f"text {n}"] for n in range(99))))

    said = refused(a_feed(*NUMBERS, format="xlsx"), body)
    assert "bytes of different texts, more than 1,000; save it as CSV" in said


# --- GeoJSON text sequences ---------------------------------------------------------
