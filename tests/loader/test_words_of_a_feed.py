"""Words by which a contract takes files as they come: no header, blanks, other
dates, values that stand in the name, several formats."""

import codecs
import gzip
from datetime import date, datetime
from typing import Any

import pytest

from catchment.contract import Feed
from loader.outcome import Outcome
from tests.loader.conftest import Desk, column

PEOPLE = [
    column("id", "integer", required=True),
    column("name"),
    column("hired_at", "timestamptz", header=["datetime", "hire_date"]),
]
THREE = [(1, "Ada O'Neil"), (2, "Bo"), (3, "Cy")]
ROWS = [
    "1,Ada O'Neil,2021-11-07T02:48:42Z",
    "2,Bo,2021-01-01T00:00:00.123456Z",
    "3,Cy,2021-12-31T23:59:59Z",
]


def hr(desk: Desk, **words: Any) -> Feed:
    return desk.feed(PEOPLE, header_line="optional", trim=True, **words)


def load(desk: Desk, feed: Feed, body: bytes | str, name: str = "a.csv") -> Outcome:
    return desk.drop(feed, name, body)


VARIANTS = {
    "headerless": "\n".join(ROWS) + "\n",
    "no final newline": "\n".join(ROWS),
    "a header": "\n".join(["id,name,datetime", *ROWS]),
    "another header": "\n".join(["ID, Name ,hire_date", *ROWS]),
    "columns in another order": "datetime,id,name\n"
    + "".join(f"{c},{a},{b}\n" for a, b, c in (row.split(",") for row in ROWS)),
    "byte order mark": codecs.BOM_UTF8 + "\n".join(ROWS).encode(),
    "carriage returns": "\r\n".join(ROWS) + "\r\n",
    "a blank after the comma": "\n".join(row.replace(",", ", ") for row in ROWS),
    "a blank before a quote": '1, "Ada O\'Neil",2021-11-07T02:48:42Z\n'
    + "\n".join(ROWS[1:]),
    "blank lines": "\n\n" + "\n\n".join(ROWS),
}


@pytest.mark.parametrize("body", VARIANTS.values(), ids=VARIANTS)
def test_variants_of_a_file_load_alike(desk: Desk, body: bytes | str) -> None:
    feed = hr(desk)

    outcome = load(desk, feed, body)

    assert desk.rejects(outcome) == []
    found = desk.rows(feed, outcome, "_row_number, id, name, hired_at is not null")
    assert found == [(n, n, name, True) for n, name in THREE]


def test_a_first_record_that_names_not_all_columns_is_a_row(desk: Desk) -> None:
    outcome = load(desk, hr(desk), "id,name,starts\n" + "\n".join(ROWS))

    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["column_name"]) == (1, "id")
    assert outcome.counts.loaded == 3


def test_without_a_header_the_fields_are_counted(desk: Desk) -> None:
    feed = desk.feed(PEOPLE, header_line="none")

    outcome = load(desk, feed, "id,name,datetime\n1,Ada\n2,Bo,2021-01-01T00:00:00Z\n")

    told = [(r["row_number"], r["line"], r["code"]) for r in desk.rejects(outcome)]
    assert told == [(1, 1, "type"), (2, 2, "fields")]
    assert desk.rows(feed, outcome, "id, name") == [(2, "Bo")]


def test_strict_wants_every_value_and_lenient_only_what_is_required(desk: Desk) -> None:
    body = "1,,2021-01-01T00:00:00Z\n2,Bo,\n3,Cy,2021-01-01T00:00:00Z\n,Di,\n"

    strict = load(desk, hr(desk, strict=True), body)
    lenient = load(desk, hr(desk), body)

    told = [(r["row_number"], r["column_name"]) for r in desk.rejects(strict)]
    assert told == [(1, "name"), (2, "hired_at"), (4, "id")]
    assert {r["code"] for r in desk.rejects(strict)} == {"required"}
    assert [r["row_number"] for r in desk.rejects(lenient)] == [4]
    assert (strict.counts.loaded, lenient.counts.loaded) == (1, 3)


def test_blanks_are_kept_where_the_contract_does_not_drop_them(desk: Desk) -> None:
    feed = desk.feed([column("a"), column("b")])

    assert desk.rows(feed, load(desk, feed, "a,b\n x , y\n"), "a, b") == [(" x ", " y")]


def test_values_that_mean_none_are_null(desk: Desk) -> None:
    feed = desk.feed(
        [column("a"), column("b", null_values=["-"]), column("n", "integer")],
        null_values=["N/A", "none"],
    )

    outcome = load(desk, feed, "a,b,n\nN/A,N/A,1\nnone,-,none\nn/a,b,N/A\n-,,2\n")

    assert desk.rows(feed, outcome, "a, b, n") == [
        (None, "N/A", 1),
        (None, None, None),
        ("n/a", "b", None),
        ("-", None, 2),
    ]


def test_a_value_that_means_none_is_missing_where_one_is_required(desk: Desk) -> None:
    feed = desk.feed([column("a", required=True), column("b")], null_values=["N/A"])

    outcome = load(desk, feed, "a,b\nN/A,1\nx,2\n")

    (reject,) = desk.rejects(outcome)
    assert (reject["code"], reject["record"]) == ("required", "N/A,1")


US_DATES = ["%m/%d/%Y", "%m/%d/%y"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7/4/2023", date(2023, 7, 4)),
        ("07/04/2023", date(2023, 7, 4)),
        ("7/4/23", date(2023, 7, 4)),
        ("12/31/69", date(1969, 12, 31)),
        ("12/31/68", date(2068, 12, 31)),
        ("2023-07-04", date(2023, 7, 4)),
        ("", None),
    ],
)
def test_dates_are_read_by_the_formats_of_the_contract(
    desk: Desk, written: str, meant: date | None
) -> None:
    feed = desk.feed([column("id"), column("d", "date", date_format=US_DATES)])

    assert desk.rows(feed, load(desk, feed, f"id,d\n1,{written}\n"), "d") == [(meant,)]


@pytest.mark.parametrize("written", ["13/01/2023", "2/30/2023", "7.4.2023", "soon"])
def test_a_date_that_fits_no_format_is_a_reject(desk: Desk, written: str) -> None:
    feed = desk.feed([column("id"), column("d", "date", date_format=US_DATES)])

    outcome = load(desk, feed, f"id,d\n1,{written}\n2,1/2/2023\n")

    (reject,) = desk.rejects(outcome)
    assert (reject["code"], reject["message"]) == ("type", f"'{written}' is no date")
    assert reject["record"] == f"1,{written}"


def test_timestamps_are_read_by_a_format_too(desk: Desk) -> None:
    feed = desk.feed([column("at", "timestamp", date_format="%d.%m.%Y %H:%M")])

    outcome = load(desk, feed, "at\n04.07.2023 18:30\n")

    assert desk.rows(feed, outcome, "at") == [(datetime(2023, 7, 4, 18, 30),)]


def parks(desk: Desk, **words: Any) -> Feed:
    return desk.feed(
        [
            column("park", from_key=r"([^/]+)\.csv$", required=True),
            column("day", "date", from_key="/([0-9-]+)/", date_format="%d-%m-%Y"),
            column("mw", "numeric"),
        ],
        **words,
    )


def test_a_value_of_the_key_stands_in_every_row(desk: Desk) -> None:
    feed = parks(desk)

    outcome = load(desk, feed, "mw\n1.5\nx\n2\n", "01-02-2023/North Sea, tab\t1.csv")

    assert desk.rows(feed, outcome, "_row_number, park, day, mw::text") == [
        (1, "North Sea, tab\t1", date(2023, 2, 1), "1.5"),
        (3, "North Sea, tab\t1", date(2023, 2, 1), "2"),
    ]


def test_a_packed_file_has_the_same_name(desk: Desk) -> None:
    feed = parks(desk)

    outcome = load(desk, feed, gzip.compress(b"mw\n1\n"), "East.csv.gz")

    assert desk.rows(feed, outcome, "park, day") == [("East", None)]


def test_a_key_without_its_value_fails_the_file(desk: Desk) -> None:
    outcome = load(desk, parks(desk), "mw\n1\n", "a.txt")

    assert outcome.reason == "the file has a name that does not fit: park is missing"


def test_a_value_of_the_key_is_held_against_the_contract(desk: Desk) -> None:
    outcome = load(desk, parks(desk), "mw\n1\n", "31-02-2023/a.csv")

    assert outcome.reason == (
        "the file has a name that does not fit: day '31-02-2023' is no date"
    )


def test_a_zone_must_be_one_of_the_world(desk: Desk) -> None:
    feed = desk.feed([column("zone", format="time-zone"), column("n")])
    body = "zone,n\nEurope/Amsterdam,1\nAustralia/Lord_Howe,2\nEurope/Atlantis,3\n,4\n"

    outcome = load(desk, feed, body)

    (reject,) = desk.rejects(outcome)
    assert (reject["row_number"], reject["code"]) == (3, "format")
    assert reject["message"] == "'Europe/Atlantis' is no time-zone"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", "school,year\n012,2021\n"),
        ("a.csv.gz", gzip.compress(b"school,year\n012,2021\n", mtime=0)),
        ("a.tsv", "school\tyear\n012\t2021\n"),
        ("a.ndjson", '{"school": "012", "year": 2021}\n'),
        ("a.jsonl", '{"school": "012", "year": 2021}'),
        ("a.json", '{"count": 1, "results": [{"school": "012", "year": 2021}]}'),
        ("b.json", ' [{"school": "012", "year": 2021}]'),
    ],
)
def test_of_several_formats_the_suffix_tells(
    desk: Desk, name: str, body: bytes | str
) -> None:
    feed = desk.feed(
        [column("school"), column("year", "integer")],
        files=[
            f"**/*.{suffix}" for suffix in ("csv", "tsv", "json", "ndjson", "jsonl")
        ],
        format=["csv", "tsv", "json", "ndjson"],
        records="results",
    )

    assert desk.rows(feed, load(desk, feed, body, name), "school, year") == [
        ("012", 2021)
    ]


def test_a_line_is_read_in_the_first_encoding_that_it_is_of(desk: Desk) -> None:
    feed = desk.feed([column("name")], encoding=["utf-8", "windows-1252"])
    body = (
        "name\nNi\u00f1os\n".encode() + "Ni\u00f1os\u2019\n".encode("cp1252") + b"Ann\n"
    )

    rows = desk.rows(feed, load(desk, feed, body), "_row_number, name")

    assert rows == [(1, "Ni\u00f1os"), (2, "Ni\u00f1os\u2019"), (3, "Ann")]


def test_a_line_of_no_encoding_fails_the_file(desk: Desk) -> None:
    one = desk.feed([column("name")])
    two = desk.feed([column("name")], encoding=["utf-8", "windows-1252"])

    said = load(desk, one, b"name\nNi\xf1os\n").reason
    assert said == "the file is not UTF-8: it has a byte 0xf1"
    said = load(desk, two, b"name\n\x81\n").reason
    assert said == "the file is not in any of its encodings: it has a byte 0x81"


def test_capitals_of_a_name_do_not_matter(desk: Desk) -> None:
    feed = parks(desk, files=["**/parks/*.csv"])
    version = desk.bucket.put("incoming/Parks/East.CSV", "mw\n1\n")

    outcome = desk.load(version)

    assert (outcome.feed, outcome.status) == (feed.name, "failed")
    assert "park is missing" in (outcome.reason or "")  # its from_key has no (?i)
