"""However a file is cut into blocks, the same records come out of it."""

import csv
import io
import random
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment import contract_words
from catchment.contract import Feed
from loader.readers import csv_records, streams
from loader.readers.records import Batch
from loader.validation.validate import Validator
from tests.loader.conftest import column, source

FEED = contract_words.parse(source("f", [column("a"), column("b"), column("c")]))
ONE = contract_words.parse(source("f", [column("a")]))
SIZES = [7, 50, 200, 1000, 1 << 16, 1 << 20]
Record = tuple[int, int | None, str, tuple[str, ...]]


@pytest.fixture(autouse=True)
def sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests change is set back."""
    monkeypatch.setattr(streams, "BLOCK", streams.BLOCK)
    monkeypatch.setattr(csv_records, "SMALL", 60)


def batches(text: str, size: int, feed: Feed = FEED) -> list[Batch]:
    streams.BLOCK = size
    stream = io.BytesIO(text.encode())
    return list(csv_records.open_records(stream, feed, "csv").batches)


def records(text: str, size: int, feed: Feed = FEED) -> list[Record]:
    """Number, line, text and fields (or the fault) of each record."""
    found: list[Record] = []
    for batch in batches(text, size, feed):
        fields = zip(*batch.columns, strict=True)
        found += zip(batch.numbers, batch.lines, batch.texts, fields, strict=True)
        found += [(b.number, b.line, b.text, (b.code, b.message)) for b in batch.broken]
    return sorted(found)


def oracle(text: str, width: int) -> list[Record]:
    """The same by the csv module over the whole text.

    Raises:
        csv.Error: where a quote is wrong.
    """
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, strict=True)
    found: list[Record] = []
    next(reader)
    start = reader.line_num
    for fields in reader:
        if fields:
            said = tuple(fields)
            if len(fields) != width:
                said = ("fields", f"has {len(fields)} fields, not {width}")
            whole = "".join(lines[start : reader.line_num]).rstrip("\r\n")
            found.append((len(found) + 1, start + 1, whole, said))
        start = reader.line_num
    return found


LINES = [
    "1,b,c", "1,b,c", "1,b,c", "1,b,c", "1,,", "", "1,b", "1,b,c,d", "1,é💧,c", ",,",
    "1,a\\b,\\.", '1,"b",c', '1,"b,b",c', '1,"b ""q"" b",c', '1,"b\nb",c', '1,"\n\n",c',
    "1,b,c\r", '1,"b\r\nb",c\r', "\r", "1,b\tb,c", '1,b"b,c', "1,b\u2028b,c", "1,b\0,c",
    "1," + "b" * 300 + ",c",
]  # fmt: skip
BROKEN = ['1,"b,c', '1,"b"b,c', '"', '1,b,c"', '"1",b,"c', '1,""b"",c']


def files(lines: list[str]) -> st.SearchStrategy[str]:
    body = st.lists(st.sampled_from(lines), max_size=40).map("\n".join)
    return st.tuples(body, st.sampled_from(["", "\n", "\r\n", "\n\n"])).map(
        lambda parts: f"a,b,c\n{''.join(parts)}"
    )


@settings(max_examples=250, deadline=None, derandomize=True)
@given(text=files(LINES))
def test_records_are_those_that_the_csv_module_reads(text: str) -> None:
    expected = oracle(text, 3)

    for size in SIZES:
        assert records(text, size) == expected, size


@settings(max_examples=250, deadline=None, derandomize=True)
@given(text=files([*LINES, *BROKEN]))
def test_broken_quotes_are_told_alike_by_blocks_of_any_size(text: str) -> None:
    expected = records(text, 1 << 20)

    for size in SIZES:
        assert records(text, size) == expected, size
    numbers = [number for number, *_ in expected]
    assert numbers == list(range(1, len(numbers) + 1))
    lines = [line for _, line, *_ in expected]
    assert lines == sorted(lines)  # type: ignore[type-var]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    lines=st.lists(st.sampled_from(["a", "", '""', '"a\nb"', " ", "a\\", "é"])),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
def test_a_file_of_one_column_has_no_blank_records(lines: list[str], end: str) -> None:
    text = "\n".join(["a", *lines]) + end

    for size in SIZES:
        assert records(text, size, ONE) == oracle(text, 1)


@pytest.mark.parametrize("seed", range(5))
def test_a_long_file_is_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    usual = ["1,b,c"] * 300
    text = "a,b,c\n" + "\n".join(chance.choices([*LINES, *usual], k=3000))

    expected = oracle(text, 3)

    for size in (1000, 1 << 14, 1 << 16):
        assert records(text, size) == expected


def test_a_quote_that_closes_far_below_gives_up_the_same_lines() -> None:
    text = 'a,b,c\n1,"open,c\n' + "1,b,c\n" * 20_000 + '1,"b",c\n' * 3 + "1,b,c\n"

    expected = records(text, 1 << 20)

    assert [record for record in expected if record[3][0] == "quoting"] == [
        (1, 2, '1,"open,c', ("quoting", "',' expected after '\"'"))
    ]
    assert len(expected) == 20_005
    for size in (5000, 1 << 16):
        assert records(text, size) == expected


def copy_values(row: str, delimiter: str) -> list[str]:
    """The values of a row of COPY text, by the letter of the manual."""
    values, value, characters = [], "", iter(row)
    for character in characters:
        if character == "\\":
            following = next(characters)
            value += {"n": "\n", "r": "\r", "t": "\t"}.get(following, following)
        elif character == delimiter:
            values.append(value)
            value = ""
        else:
            value += character
    return [*values, value]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=files([line for line in LINES if "\0" not in line]))
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_rows_of_copy_are_the_values_that_were_read(text: str, delimiter: str) -> None:
    good = [
        (number, fields)
        for number, _, _, fields in oracle(text, 3)
        if fields[0] != "fields"
    ]
    validator = Validator(FEED.columns, ",")
    by_other = Validator(FEED.columns, delimiter)

    for size in (50, 1 << 16):
        parts = batches(text, size)
        if delimiter != ",":
            parts = [Batch(p.numbers, p.columns, p.lines, p.texts) for p in parts]
        by = validator if delimiter == "," else by_other
        rows = "".join(by.sift(part, "17")[0] for part in parts)
        found = [copy_values(row, delimiter) for row in rows.split("\n")[:-1]]
        assert found == [["17", str(number), *fields] for number, fields in good]


def test_memory_stays_the_same_however_long_the_file_is() -> None:
    """60,000 rows of which each tenth is bad; all of them would be 20 MB."""
    import tracemalloc

    feed = contract_words.parse(
        source(
            "f",
            [
                column("id", "bigint"),
                column("note"),
                column("value", "double precision", minimum=0),
                column("at", "timestamptz"),
            ],
        )
    )
    row = '{0},"note ""{0}""",{1},2026-03-01T00:00:00Z\n'
    lines = (row.format(n, -1 if n % 10 == 0 else n) for n in range(60_000))
    stream = Lines(chain(["id,note,value,at\n"], lines))
    opened = csv_records.open_records(stream, feed, "csv")
    validator = Validator(opened.columns, opened.delimiter)
    streams.BLOCK = 1 << 16

    tracemalloc.start()
    good = bad = 0
    for batch in opened.batches:
        rows, rejects = validator.sift(batch, "1")
        good += rows.count("\n")
        bad += len(rejects)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (good, bad) == (54_000, 6_000)
    assert peak < 4 << 20


class Lines:
    """A stream that makes its lines when they are asked for."""

    def __init__(self, lines: chain[str]):
        self._lines, self._rest = lines, b""

    def read(self, size: int, /) -> bytes:
        while len(self._rest) < size and (line := next(self._lines, None)):
            self._rest += line.encode()
        read, self._rest = self._rest[:size], self._rest[size:]
        return read
