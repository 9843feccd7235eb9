"""A reject says where it stood, what is wrong with it, and keeps the record."""

from typing import Any

import pytest

from catchment.contract import Feed
from loader.outcome import Outcome
from tests.loader.conftest import READINGS_HEADER, Desk, column, reading

WORDS = [
    column("id", "integer", required=True),
    column("share", "double precision", minimum=0, maximum=100),
    column("kind", enum=["sun", "wind"]),
    column("code", pattern="^[A-Z]+$"),
    column("name", minLength=2, maxLength=5),
    column("at", "timestamptz"),
    column("day", "date"),
    column("flag", "boolean"),
    column("size", "numeric(4,1)"),
]
HEADER = "id,share,kind,code,name,at,day,flag,size\n"


@pytest.fixture
def words(desk: Desk) -> Feed:
    return desk.feed(WORDS)


def told(desk: Desk, outcome: Outcome) -> list[Any]:
    return [
        (r["row_number"], r["line"], r["column_name"], r["code"], r["message"])
        for r in desk.rejects(outcome)
    ]


@pytest.mark.parametrize(
    ("record", "column_name", "code", "message"),
    [
        (",,,,,,,,", "id", "required", "is missing"),
        ("1.5,,,,,,,,", "id", "type", "'1.5' is no integer"),
        ("1,x,,,,,,,", "share", "type", "'x' is no double precision"),
        ("1,-0.5,,,,,,,", "share", "minimum", "'-0.5' is below 0"),
        ("1,100.5,,,,,,,", "share", "maximum", "'100.5' is above 100"),
        ("1,,rain,,,,,,", "kind", "enum", "'rain' is none of sun, wind"),
        ("1,,,abc,,,,,", "code", "pattern", "'abc' does not match ^[A-Z]+$"),
        ("1,,,,a,,,,", "name", "minLength", "'a' is shorter than 2"),
        ("1,,,,abcdef,,,,", "name", "maxLength", "'abcdef' is longer than 5"),
        (
            "1,,,,,2021-11-07T02 48 42Z,,,",
            "at",
            "type",
            "'2021-11-07T02 48 42Z' is no timestamp with time zone",
        ),
        ("1,,,,,,2021-02-30,,", "day", "type", "'2021-02-30' is no date"),
        ("1,,,,,,,maybe,", "flag", "type", "'maybe' is no boolean"),
        ("1,,,,,,,,1.25", "size", "type", "'1.25' is no numeric(4,1)"),
        ("1,2", None, "fields", "has 2 fields, not 9"),
        ("1,,,,,,,,,", None, "fields", "has 10 fields, not 9"),
        ('1,"a"b,,,,,,,', None, "quoting", "',' expected after '\"'"),
    ],
)
def test_a_reject_tells_column_code_and_value(
    desk: Desk,
    words: Feed,
    record: str,
    column_name: str | None,
    code: str,
    message: str,
) -> None:
    outcome = desk.drop(words, "a.csv", f"{HEADER}1,,,,,,,,\n{record}\n3,,,,,,,,\n")

    assert told(desk, outcome) == [(2, 3, column_name, code, message)]
    (reject,) = desk.rejects(outcome)
    assert reject["record"] == record
    assert reject["also"] is None
    assert len(desk.rows(words, outcome)) == 2


def test_the_four_classic_mistakes_are_kept_and_the_others_load(desk: Desk) -> None:
    header = "id,latitude,longitude,category,value\n"
    bad = [
        "2,not-a-number,-74.0055,temperature,22.1",
        "3,95.0,-74.0040,temperature,21.8",
        "4,34.0522,-118.2437,,54.0",
    ]
    good = "1,40.7128,-74.0060,temperature,21.5"
    body = header + "\n".join([good, *bad, good.replace("1", "5", 1), good, ""])

    outcome = desk.drop("observations", "a.csv", body)

    assert told(desk, outcome) == [
        (2, 3, "latitude", "type", "'not-a-number' is no double precision"),
        (3, 4, "latitude", "maximum", "'95.0' is above 90"),
        (4, 5, "category", "required", "is missing"),
    ]
    assert [reject["record"] for reject in desk.rejects(outcome)] == bad
    assert len(desk.rows("observations", outcome)) == 3


def test_a_second_problem_of_a_record_is_told_as_well(desk: Desk, words: Feed) -> None:
    outcome = desk.drop(words, "a.csv", f"{HEADER}x,200,rain,,,,,,\n")

    (reject,) = desk.rejects(outcome)
    assert reject["column_name"] == "id"
    assert reject["also"] == [
        {"column": "share", "code": "maximum", "message": "'200' is above 100"},
        {"column": "kind", "code": "enum", "message": "'rain' is none of sun, wind"},
    ]


def test_of_one_value_only_the_first_broken_rule_is_told(
    desk: Desk, words: Feed
) -> None:
    outcome = desk.drop(words, "a.csv", f"{HEADER}1,x,,,,,,,\n")

    (reject,) = desk.rejects(outcome)
    assert reject["code"] == "type"
    assert reject["also"] is None


def test_lines_are_those_of_the_file_and_rows_are_records(
    desk: Desk, notes: Feed
) -> None:
    body = 'id,note\n1,"two\nlines"\n\nx,a\n2,"three\n\nlines"\ny,"b\nc"\n3,d\nz,e\n'

    outcome = desk.drop(notes, "a.csv", body)

    assert [(row, line) for row, line, *_ in told(desk, outcome)] == [
        (2, 5),
        (4, 9),
        (6, 12),
    ]
    records = [reject["record"] for reject in desk.rejects(outcome)]
    assert records == ["x,a", 'y,"b\nc"', "z,e"]
    assert desk.rows(notes, outcome, "_row_number") == [(1,), (3,), (5,)]


def test_lines_are_counted_alike_with_cr_lf_and_below_a_long_header(
    desk: Desk, notes: Feed
) -> None:
    body = '\r\nid,"no\r\nte",note\r\n1,,a\r\nx,,b\r\n'

    outcome = desk.drop(notes, "a.csv", body)

    assert [(row, line) for row, line, *_ in told(desk, outcome)] == [(2, 5)]
    assert desk.rejects(outcome)[0]["record"] == "x,,b"


def test_of_a_quote_that_is_not_closed_only_its_line_is_given_up(
    desk: Desk, notes: Feed
) -> None:
    rest = "".join(f"{number},b\n" for number in range(3, 30_000))
    body = f'id,note\n1,a\n2,"open\n{rest}'

    outcome = desk.drop(notes, "a.csv", body)

    assert told(desk, outcome) == [(2, 3, None, "quoting", "unexpected end of data")]
    assert desk.rejects(outcome)[0]["record"] == '2,"open'
    assert outcome.counts.loaded == 29_998


RECORDS = [
    "x,tab\there",
    "x,back\\slash \\t \\. \\N",
    'x,"a ""quoted"" word"',
    'x,"line\nbreak"',
    'x,"carriage\rreturn"',
    "x,nördlich 💧",
    "x,  blanks  ",
    "\\.,a",
    "x" * 100_000 + ",a",
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: repr(record)[:20])
def test_the_record_is_kept_as_it_stands(desk: Desk, notes: Feed, record: str) -> None:
    outcome = desk.drop(notes, "a.csv", f"id,note\n{record}\n1,a\n")

    (reject,) = desk.rejects(outcome)
    assert reject["record"] == record
    assert (reject["row_number"], reject["line"]) == (1, 2)
    assert len(desk.rows(notes, outcome)) == 1


@pytest.mark.parametrize("place", ["in a text", "in a number", "beside the columns"])
def test_nul_is_kept_as_the_sign_for_what_cannot_be_shown(
    desk: Desk, notes: Feed, place: str
) -> None:
    records = {
        "in a text": "1,a\0b",
        "in a number": "1\0,a",
        "beside the columns": "1,a,b\0",
    }

    outcome = desk.drop(notes, "a.csv", f"id,note\n{records[place]}\n2,b\n")

    (reject,) = desk.rejects(outcome)
    assert reject["record"] == records[place].replace("\0", "\ufffd")
    assert "\0" not in reject["message"]
    assert len(desk.rows(notes, outcome)) == 1


def test_a_message_shows_the_beginning_of_a_long_value(desk: Desk, notes: Feed) -> None:
    outcome = desk.drop(notes, "a.csv", f"id\n{'9' * 500}\n")

    assert desk.rejects(outcome)[0]["message"] == f"'{'9' * 80}' is no integer"


def test_many_rejects_go_by_the_disk_and_all_arrive(
    desk: Desk, notes: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.copying.SPOOL", 1000)
    lines = [f"x{number},nördlich\t{number}" for number in range(5000)]

    outcome = desk.drop(notes, "a.csv", "\n".join(["id,note", *lines]))

    assert outcome.counts.rejected == 5000
    assert [reject["record"] for reject in desk.rejects(outcome)] == lines


def test_a_bad_row_among_many_is_found_at_its_place(desk: Desk) -> None:
    rows = [reading(number) for number in range(1, 5001)]
    bad = {1: "x", 2500: "1e999", 4999: "NaN", 5000: " 5"}
    for number, value in bad.items():
        rows[number - 1] = reading(number, value)

    outcome = desk.drop("observations", "a.csv", READINGS_HEADER + "".join(rows))

    found = [(r["row_number"], r["line"]) for r in desk.rejects(outcome)]
    assert found == [(number, number + 1) for number in bad]
    assert outcome.counts.loaded == 4996
