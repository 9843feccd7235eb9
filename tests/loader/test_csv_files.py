"""Delimited files as people send them, through S3 into the raw table."""

import gzip
from typing import Any

import pytest

from catchment.contract import Feed
from loader.outcome import Counts, Outcome
from tests.loader.conftest import Desk, column, reading, readings


def load(
    desk: Desk, feed: Feed, body: bytes | str, name: str = "a.csv"
) -> tuple[Outcome, list[Any]]:
    outcome = desk.drop(feed, name, body)
    return outcome, desk.rows(feed, outcome, "id, note, amount::text")


LOOK_ALIKE = {
    "as usual": "id,note,amount\n1,a,1.50\n2,,\n",
    "in upper case": "ID,NOTE,AMOUNT\n1,a,1.50\n2,,\n",
    "blanks around names": " id , note,amount \n1,a,1.50\n2,,\n",
    "byte order mark": "\ufeffid,note,amount\n1,a,1.50\n2,,\n",
    "columns in another order": "note,amount,id\na,1.50,1\n,,2\n",
    "further columns": "x,id,y,note,amount,z\n,1,,a,1.50,\n,2,9,,,\n",
    "unnamed columns": "id,,note,amount,\n1,,a,1.50,\n2,,,,\n",
    "CR LF": "id,note,amount\r\n1,a,1.50\r\n2,,\r\n",
    "CR LF and LF": "id,note,amount\r\n1,a,1.50\n2,,\r\n",
    "CR alone": "id,note,amount\r1,a,1.50\r2,,\r",
    "no final newline": "id,note,amount\n1,a,1.50\n2,,",
    "CR LF, no final newline": "id,note,amount\r\n1,a,1.50\r\n2,,",
    "blank lines": "\n\nid,note,amount\n\n1,a,1.50\n\n\n2,,\n\n",
    "blank lines, CR LF": "id,note,amount\r\n\r\n1,a,1.50\r\n2,,\r\n\r\n",
    "quotes everywhere": '"id","note","amount"\n"1","a","1.50"\n"2","",""\n',
    "some quotes": 'id,"note",amount\n1,"a",1.50\n2,"",\n',
}


@pytest.mark.parametrize("body", LOOK_ALIKE.values(), ids=LOOK_ALIKE)
def test_the_same_rows_come_of(desk: Desk, notes: Feed, body: str) -> None:
    outcome, rows = load(desk, notes, body)

    assert outcome.status == "loaded"
    assert outcome.counts.loaded == 2
    assert rows == [(1, "a", "1.50"), (2, None, None)]


def test_a_packed_file_loads_like_an_unpacked_one(desk: Desk, notes: Feed) -> None:
    body = gzip.compress(b"id,note\n1,a\n") + gzip.compress(b"2,b\n")

    outcome, rows = load(desk, notes, body, "a.csv.gz")

    assert rows == [(1, "a", None), (2, "b", None)]
    assert desk.bucket.keys()[0].endswith("/a.csv.gz")
    assert outcome.status == "loaded"


def test_a_missing_optional_column_is_null(desk: Desk, notes: Feed) -> None:
    assert load(desk, notes, "id\n1\n2\n")[1] == [(1, None, None), (2, None, None)]


def test_a_header_alone_is_a_file_of_no_rows(desk: Desk, notes: Feed) -> None:
    for body in ("id,note\n", "id,note", "id,note\r\n\r\n"):
        outcome, rows = load(desk, notes, body)
        assert (outcome.status, outcome.counts.read, rows) == ("loaded", 0, [])


def test_one_header_of_several_may_name_a_column(desk: Desk) -> None:
    feed = desk.feed([column("phone", header=["Phone", "Phone#"], required=True)])

    for header in ("Phone", "phone#", "PHONE"):
        outcome = desk.drop(feed, "a.csv", f"{header}\n555-0100\n")
        assert desk.rows(feed, outcome, "phone") == [("555-0100",)]


@pytest.mark.parametrize(
    ("format_", "delimiter", "separator"),
    [
        ("csv", ";", ";"),
        ("csv", "|", "|"),
        ("csv", "\t", "\t"),
        ("csv", "^", "^"),
        ("csv", " ", " "),
        ("tsv", None, "\t"),
    ],
)
def test_fields_may_be_separated_otherwise(
    desk: Desk, format_: str, delimiter: str | None, separator: str
) -> None:
    words = {"delimiter": delimiter} if delimiter else {}
    feed = desk.feed([column("id", "integer"), column("note")], format=format_, **words)
    lines = [
        ["id", "note"],
        ["1", "1,5"],
        ["2", f'"a{separator}b"'],
        ["3", "back\\slash"],
        ["4", '"tab\t"'],
        ["5", "x"],
    ]

    outcome = desk.drop(feed, "a", "".join(f"{separator.join(li)}\n" for li in lines))

    assert desk.rows(feed, outcome, "note") == [
        ("1,5",),
        (f"a{separator}b",),
        ("back\\slash",),
        ("tab\t",),
        ("x",),
    ]


TEXTS = {
    "a comma": ('"a,b"', "a,b"),
    "doubled quotes": ('"""K"" Street, LLC"', '"K" Street, LLC'),
    "a quote inside": ('5" pipe', '5" pipe'),
    "a line break": ('"a\nb"', "a\nb"),
    "a blank line": ('"a\n\nb"', "a\n\nb"),
    "CR LF": ('"a\r\nb"', "a\r\nb"),
    "a backslash": ("a\\b", "a\\b"),
    "a backslash at the end": ("a\\", "a\\"),
    "what COPY takes for a tab": ("a\\tb", "a\\tb"),
    "what COPY takes for null": ("\\N", "\\N"),
    "what COPY takes for the end": ("\\.", "\\."),
    "an escaped comma": ('"\\,"', "\\,"),
    "an octal escape": ("\\101", "\\101"),
    "a tab": ("a\tb", "a\tb"),
    "umlauts": ("nördlich", "nördlich"),
    "an emoji": ("💧", "💧"),
    "a line separator": (
        "a\u2028b\x0bc\x0cd\x85e\x1cf",
        "a\u2028b\x0bc\x0cd\x85e\x1cf",
    ),
    "blanks": ("  a  ", "  a  "),
    "the word null": ("NULL", "NULL"),
    "an apostrophe": ("O'Neill", "O'Neill"),
    "a byte order mark in the midst": ("\ufeffa", "\ufeffa"),
}


@pytest.mark.parametrize(("written", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("others", ["plain", "quoted"])
def test_text_arrives_unaltered(
    desk: Desk, notes: Feed, written: str, text: str, others: str
) -> None:
    other = '"x"' if others == "quoted" else "x"
    body = f"id,note\n1,{other}\n2,{written}\n3,{other}\n"

    outcome, rows = load(desk, notes, body)

    assert outcome.counts.rejected == 0
    assert [note for _, note, _ in rows] == ["x", text, "x"]


def test_a_record_may_be_a_backslash_and_a_point_alone(desk: Desk) -> None:
    feed = desk.feed([column("note")])

    outcome = desk.drop(feed, "a.csv", "note\na\n\\.\nb\n")

    assert desk.rows(feed, outcome, "note") == [("a",), ("\\.",), ("b",)]


@pytest.mark.parametrize("size", [100_000, 131_073, 3_000_000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("is_quoted", [False, True])
def test_a_very_long_field_is_one_value(
    desk: Desk, notes: Feed, size: int, end: str, is_quoted: bool
) -> None:
    text = "x" * size
    written = f'"{text}"' if is_quoted else text

    outcome, rows = load(
        desk, notes, end.join(["id,note", "1,a", f"2,{written}", "3,b"])
    )

    assert [note for _, note, _ in rows] == ["a", text, "b"]
    assert outcome.counts.rejected == 0


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the file is empty"),
    "a byte order mark alone": (b"\xef\xbb\xbf", "the file is empty"),
    "blank lines": (b"\n\r\n  \n,,\n", "the file has no header: it is blank"),
    "no UTF-8": ("id,note\n1,nördlich\n".encode("latin-1"), "byte 0xf6"),
    "UTF-16": ("id,note\n1,a\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    "UTF-16, big end first": (
        b"\xfe\xff" + "id\n1\n".encode("utf-16-be"),
        "is UTF-16",
    ),
    "no required column": (
        b"note,amount\na,1\n",
        "has no column id in its header, which is: note,amount",
    ),
    "no header": (b"1,a,2\n2,b,3\n", "has no column id in its header"),
    "a column twice": (b"id,note,ID\n1,a,2\n", "has column id twice in its header"),
    "a header that never ends": (
        b"x" * 900_000,
        "has no column id in its header",
    ),
    "a quote that never ends in the header": (
        b'"' + b"x" * 2_000_000 + b"\n1,2\n",
        "has no column id in its header",
    ),
    "HTML": (b"<!doctype html>\n<html>\n", "has no column id"),
}


@pytest.mark.parametrize(("body", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_fails_that_is(desk: Desk, notes: Feed, body: bytes, said: str) -> None:
    outcome, rows = load(desk, notes, body)

    assert outcome.status == "failed"
    assert said in (outcome.reason or "")
    assert len(outcome.reason or "") < 500
    assert rows == []
    (entry,) = desk.ledger()
    assert (entry["status"], entry["reason"]) == ("failed", outcome.reason)
    assert desk.bucket.keys()[0].startswith(f"failed/{notes.name}/")


def test_a_file_without_any_column_of_its_feed_fails(desk: Desk) -> None:
    feed = desk.feed([column("a"), column("b")])

    outcome = desk.drop(feed, "a.csv", "x,y\n1,2\n")

    assert outcome.status == "failed"
    assert "none of its columns in its header, which is: x,y" in (outcome.reason or "")


DAMAGED: dict[str, tuple[bytes, str]] = {
    "cut off": (gzip.compress(b"id,note\n" + b"1,abc\n" * 9999)[:-20], "is cut off"),
    "cut off at once": (gzip.compress(b"id\n1\n")[:5], "is cut off"),
    "not packed": (b"id,note\n1,a\n", "is no sound gzip file"),
    "damaged in the midst": (
        gzip.compress(b"id\n1\n2\n3\n", 1)[:12]
        + b"\xff\xff"
        + gzip.compress(b"id\n1\n2\n3\n", 1)[14:],
        "is no sound gzip file",
    ),
    "empty": (b"", "is empty"),
    "packed nothing": (gzip.compress(b""), "is empty"),
}


@pytest.mark.parametrize(("body", "said"), DAMAGED.values(), ids=DAMAGED)
def test_a_packed_file_fails_that_is(
    desk: Desk, notes: Feed, body: bytes, said: str
) -> None:
    outcome = desk.drop(notes, "a.csv.gz", body)

    assert outcome.status == "failed"
    assert said in (outcome.reason or "")
    assert desk.rows(notes, outcome) == []


def test_a_byte_that_is_no_utf8_late_in_the_file_leaves_no_row(
    desk: Desk, notes: Feed
) -> None:
    outcome, rows = load(desk, notes, b"id,note\n" + b"1,a\n" * 50_000 + b"2,\xff\n")

    assert outcome.status == "failed"
    assert rows == []
    assert desk.rejects(outcome) == []


def test_a_line_without_end_fails_the_file(
    desk: Desk, notes: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.readers.streams.LONGEST_LINE", 200_000)

    outcome, rows = load(desk, notes, "id,note\n1," + "x" * 500_000)

    assert "has a line longer than 200,000 bytes" in (outcome.reason or "")
    assert rows == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks_of_blank_lines_are_no_records_and_are_counted(
    desk: Desk, end: str
) -> None:
    blank = end * 200_000

    outcome = desk.drop(
        "observations", "a.csv", readings(1) + blank + reading(2, "no number")
    )

    assert outcome.counts == Counts(2, 1, 1)
    assert desk.rejects(outcome)[0]["line"] == 200_003
