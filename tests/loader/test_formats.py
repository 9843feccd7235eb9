"""Files of every format, made by other people's writers, read to the letter.

Without a database: what would be COPYed, and what goes into quarantine.
"""

import datetime
import decimal
import gzip
import io
import json
import sys
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from catchment import contract_words
from catchment.contract import Feed
from loader.readers import formats, streams
from loader.readers.streams import NoSpace, Unreadable
from loader.validation.validate import Reject, Validator
from tests.loader.conftest import column, source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


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


# --- packed ---------------------------------------------------------------------


def test_a_file_packed_by_zstd_is_read() -> None:
    feed = a_feed(*NUMBERS)
    packed = zstd.compress(b"id,note\n1,a\n") + zstd.compress(b"2,b\n")

    assert read(feed, packed, "f/a.csv.zst").rows == [["1", "a"], ["2", "b"]]
    assert feed.matches("f/x/a.csv.zst")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_packed_file_that_is_damaged_says_so(suffix: str) -> None:
    feed = a_feed(*NUMBERS)
    pack = gzip.compress if suffix == ".gz" else zstd.compress
    packed = pack(b"id,note\n" + b"".join(b"%d,a\n" % n for n in range(50_000)))

    assert "is cut off: the compressed file" in refused(feed, packed[:-9], f"a{suffix}")
    kind = {".gz": "gzip", ".zst": "zstd"}[suffix]
    assert f"is no sound {kind} file" in refused(feed, b"id,note\n1,a\n", f"a{suffix}")


def test_a_packed_parquet_file_is_read() -> None:
    feed = a_feed(*NUMBERS, format="parquet")
    body = parquet(pa.table({"id": [1], "note": ["a"]}))

    assert read(feed, gzip.compress(body), "f/a.parquet.gz").rows == [["1", "a"]]


def test_what_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bomb in a format that must lie on disk as a whole; nothing stays there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("loader.readers.formats.LARGEST_UNPACKED", 1_000_000)
    feed = a_feed(*NUMBERS, format="parquet")

    said = refused(feed, gzip.compress(b"PAR1" + bytes(5_000_000)), "a.parquet.gz")

    assert said == "unpacks to more than 1,000,000 bytes"
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_of_text_is_given_up_in_bounded_memory() -> None:
    feed = a_feed(*NUMBERS)

    said = refused(feed, gzip.compress(b"id,note\n1," + bytes(200_000_000)), "a.csv.gz")

    assert "has a line longer than" in said


@pytest.mark.parametrize("value", ['"x{}"', "[{}]", '{{"a": [{}]}}'])
def test_a_record_of_json_without_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr("loader.readers.json_records.LONGEST_LINE", 100_000)
    feed = a_feed(*NUMBERS, format="json", records="rows")
    long = value.format(",".join(["1"] * 100_000))

    within = f'{{"a": {json.dumps([1] * 100_000)}, "rows": [{{"id": 1}}], "b": [1]}}'
    assert read(feed, within).rows == [["1", ""]]
    said = refused(feed, f'{{"rows": [{{"id": 1}}, {{"id": 2, "note": {long}}}]}}')
    assert "has a record longer than 100,000 bytes" in said


def test_a_full_disk_is_no_fault_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    feed = a_feed(*NUMBERS, format="parquet")
    table = pa.table({"id": list(range(100_000)), "note": ["a"] * 100_000})
    open_ = Path.open
    monkeypatch.setattr(
        Path, "open", lambda _, mode: open_(Path("/dev/full"), mode, buffering=0)
    )

    with pytest.raises(NoSpace, match="no room on the disk to unpack the file"):
        read(feed, parquet(table), "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_file_on_disk_goes_with_its_last_batch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    feed = a_feed(*NUMBERS, format="parquet")
    body = parquet(pa.table({"id": list(range(20_000)), "note": ["a"] * 20_000}))

    records = formats.open_records(io.BytesIO(body), feed, "a")
    next(records.batches)
    assert len(list(tmp_path.iterdir())) == 1
    del records

    assert list(tmp_path.iterdir()) == []


# --- wrong names ------------------------------------------------------------------


def kinds() -> dict[str, bytes]:
    return {
        "a Parquet file": parquet(pa.table({"id": [1]})),
        "a ZIP archive, as XLSX and zipped shapefiles are": xlsx(table_of(["id"], [1])),
        "packed by gzip; its name must end in .gz": gzip.compress(b"id\n1\n"),
        "packed by zstd; its name must end in .zst": zstd.compress(b"id\n1\n"),
        "an SQLite file, as GeoPackage is": b"SQLite format 3\0" + bytes(100),
        "an old Office file, as .xls is": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(9),
        "a PDF": b"%PDF-1.7\n",
    }


FORMATS = contract_words.FORMATS


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_that_is_not_what_its_name_says_is_refused(format_: str) -> None:
    feed = a_feed(column("id", "integer", required=True), format=format_)
    own = {"parquet": 0, "xlsx": 1, "shapefile": 1, "geopackage": 4}.get(format_)

    for number, (kind, body) in enumerate(kinds().items()):
        said = refused(feed, body) if number != own else ""
        assert number == own or said.endswith(f" but {kind}"), said


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    "body",
    [
        b"hello, world",
        bytes(range(256)),
        b"PAR1" + bytes(200) + b"PAR1",
        b"PK\x03\x04" + bytes(200),
        b"SQLite format 3\0" + bytes(4000),
        b"<html></html>",
    ],
    ids=["text", "bytes", "Parquet", "ZIP", "SQLite", "HTML"],
)
def test_rubbish_is_refused_in_words(format_: str, body: bytes) -> None:
    feed = a_feed(column("id", "integer", required=True), format=format_)
    try:
        rows = read(feed, body).rows
    except Unreadable as error:
        rows = str(error).splitlines()[1:]
    assert rows == []


def test_an_archive_without_a_workbook_is_no_xlsx() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "id\n1\n")

    feed = a_feed(column("id"), format="xlsx")
    assert refused(feed, file.getvalue()) == "is no XLSX file, though a ZIP archive"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_parquet_file_that_is_cut_off_is_refused(part: float) -> None:
    feed = a_feed(*NUMBERS, format="parquet")
    body = parquet(pa.table({"id": list(range(9999)), "note": ["a"] * 9999}))

    assert "is damaged, or no Parquet file" in refused(
        feed, body[: int(len(body) * part)]
    )


def test_a_parquet_file_that_is_damaged_within_is_refused() -> None:
    feed = a_feed(*NUMBERS, format="parquet")
    body = parquet(pa.table({"id": list(range(99999)), "note": ["a"] * 99999}))
    body = body[:2000] + bytes(3000) + body[5000:]

    assert "is damaged, or no Parquet file" in refused(feed, body)


# --- Parquet ----------------------------------------------------------------------

MOMENT = datetime.datetime(2026, 3, 1, 12, 30, 0, 120000)
EXACT: list[tuple[str, pa.Array, list[str]]] = [
    ("text", pa.array(["a\tb\nc\\", "ö💧", "", None]), [r"a\tb\nc\\", "ö💧", "", ""]),
    ("text", pa.array(["a", "b", None]).dictionary_encode(), ["a", "b", ""]),
    ("text", pa.array(["a", None], pa.large_string()), ["a", ""]),
    ("text", pa.array([b"\x01\xff", None]), ["01ff", ""]),
    ("bigint", pa.array([2**63 - 1, None]), [str(2**63 - 1), ""]),
    ("bigint", pa.array([-(2**63)]), [str(-(2**63))]),
    ("numeric", pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
    ("integer", pa.array([3.0, -0.0, None]), ["3", "-0", ""]),
    ("text", pa.array([3.0]), ["3.0"]),
    (
        "double precision",
        pa.array([0.1, 1e22, 5e-324, 1.7976931348623157e308, -0.0]),
        ["0.1", "1e22", "5e-324", "1.7976931348623157e308", "-0.0"],
    ),
    ("real", pa.array([0.1, 16777216.0], pa.float32()), ["0.1", "16777216.0"]),
    (
        "numeric(10,2)",
        pa.array([decimal.Decimal("1.10"), decimal.Decimal("-0.01")]),
        ["1.10", "-0.01"],
    ),
    ("boolean", pa.array([True, False, None]), ["true", "false", ""]),
    ("date", pa.array([datetime.date(2024, 2, 29)]), ["2024-02-29"]),
    ("date", pa.array([datetime.date(2024, 2, 29)], pa.date64()), ["2024-02-29"]),
    ("timestamp", pa.array([MOMENT]), ["2026-03-01T12:30:00.120"]),
    ("timestamp", pa.array([0], pa.timestamp("ns")), ["1970-01-01T00:00:00"]),
    (
        "timestamptz",
        pa.array([MOMENT], pa.timestamp("us", "UTC")),
        ["2026-03-01T12:30:00.120Z"],
    ),
    (
        "timestamptz",
        pa.array([MOMENT], pa.timestamp("ms", "Asia/Kolkata")),
        ["2026-03-01T12:30:00.120Z"],
    ),
    (
        "uuid",
        pa.array([uuid.UUID(int=5).bytes, None], pa.uuid()),
        ["00000000-0000-0000-0000-000000000005", ""],
    ),
    ("text", pa.array([datetime.time(1, 2, 3)]), ["01:02:03"]),
    ("jsonb", pa.array([[1.5, None], None, []]), ["[1.5,null]", "", "[]"]),
    ("text", pa.nulls(2), ["", ""]),
]  # fmt: skip
NESTED = pa.struct(
    [
        ("name", pa.string()),
        ("price", pa.decimal128(5, 2)),
        ("tags", pa.map_(pa.string(), pa.int32())),
        ("day", pa.date32()),
    ]
)


@pytest.mark.parametrize(
    ("kind", "array", "texts"), EXACT, ids=lambda value: str(getattr(value, "type", ""))
)
def test_a_value_of_parquet_is_its_exact_text(
    kind: str, array: pa.Array, texts: list[str]
) -> None:
    feed = a_feed(column("v", kind), column("n", "integer"), format="parquet")
    table = pa.table({"v": array, "n": list(range(len(array)))})

    found = read(feed, parquet(table))

    assert found.rejects == []
    assert [row[0] for row in found.rows] == texts


def test_nested_values_of_parquet_are_json() -> None:
    feed = a_feed(column("v", "jsonb"), format="parquet")
    value = {
        "name": 'ö"',
        "price": decimal.Decimal("1.10"),
        "tags": [("k", 1)],
        "day": datetime.date(2024, 2, 29),
    }

    found = read(feed, parquet(pa.table({"v": pa.array([value], NESTED)})))

    ((text,),) = found.rows
    assert text.replace("\\\\", "\\") == (
        '{"name":"ö\\"","price":1.10,"tags":{"k":1},"day":"2024-02-29"}'
    )


REFUSED: list[tuple[str, pa.Array, str]] = [
    ("double precision", pa.array([float("nan")]), "'NaN' is no double precision"),
    ("double precision", pa.array([float("inf")]), "'inf' is no double precision"),
    ("integer", pa.array([2.5]), "'2.5' is no integer"),
    ("integer", pa.array([2**31]), "'2147483648' is no integer"),
    ("numeric(4,1)", pa.array([decimal.Decimal("1.25")]), "'1.25' is no numeric(4,1)"),
    ("date", pa.array([-719529], pa.date32()), "'-0001-12-31' is no date"),
    ("date", pa.array([3000000], pa.date32()), "'+10183-09-21' is no date"),
    ("date", pa.array([2**30], pa.date32()), "'1073741824 days since 1970' is no date"),
    ("timestamptz", pa.array([2**62], pa.timestamp("ms", "UTC")),
     "'4611686018427387904 ms since 1970' is no timestamp with time zone"),
    ("timestamp", pa.array([2**58], pa.timestamp("us")),
     "'+11103-08-29T17:22:31.711744' is no timestamp without time zone"),
    ("timestamp", pa.array([1], pa.timestamp("ns")),
     "'1970-01-01T00:00:00.000000001' is no timestamp without time zone"),
    ("timestamp", pa.array([0], pa.timestamp("s", "UTC")),
     "'1970-01-01T00:00:00Z' is no timestamp without time zone"),
    ("jsonb", pa.array([[float("nan")]]), "'[NaN]' is no jsonb"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "array", "said"), REFUSED)
def test_a_value_of_parquet_that_is_none_is_a_reject(
    kind: str, array: pa.Array, said: str
) -> None:
    feed = a_feed(column("v", kind), column("n", "integer"), format="parquet")
    good = pa.nulls(1, array.type)
    table = pa.table({"v": pa.chunked_array([good, array, good]), "n": [1, 2, 3]})

    found = read(feed, parquet(table))

    assert [row[1] for row in found.rows] == ["1", "3"]
    assert found.told == [(2, "v", "type", said)]


def test_a_reject_of_parquet_is_its_row_as_json() -> None:
    feed = a_feed(column("id", "integer"), format="parquet")
    table = pa.table(
        {
            "id": pa.array([2.5]),
            "x": pa.array([float("nan")]),
            "price": pa.array([decimal.Decimal("1.10")]),
            "note": ['a "b"\n'],
            "at": pa.array([MOMENT], pa.timestamp("us", "UTC")),
            "none": pa.nulls(1, pa.int8()),
            "tags": [["a", "b"]],
            "raw": [b"\x01"],
        }
    )

    (reject,) = read(feed, parquet(table)).rejects

    assert reject.text == (
        '{"id":2.5,"x":"NaN","price":1.10,"note":"a \\"b\\"\\n",'
        '"at":"2026-03-01T12:30:00.120Z","none":null,"tags":["a","b"],"raw":"01"}'
    )


def test_rows_of_parquet_are_numbered_through_all_groups() -> None:
    feed = a_feed(*NUMBERS, format="parquet")
    table = pa.table({"note": ["a"] * 30_000, "id": [str(n) for n in range(30_000)]})
    table = table.set_column(1, "id", pa.array(["x", *map(str, range(29_999))]))

    found = read(feed, parquet(table, row_group_size=7_000))

    assert len(found.rows) == 29_999
    assert found.rows[-1] == ["a", "29998"]
    assert [r.number for r in found.rejects] == [1]


def test_a_parquet_file_without_rows_has_none() -> None:
    feed = a_feed(*NUMBERS, format="parquet")
    schema = pa.schema([("id", pa.int64()), ("note", pa.string())])

    assert read(feed, parquet(schema.empty_table())) == Read([], [], [])


def test_a_parquet_file_needs_the_columns_that_are_required() -> None:
    feed = a_feed(*NUMBERS, format="parquet")

    said = refused(feed, parquet(pa.table({"note": ["a"], "iD ": [1], "id": [2]})))
    assert said == "has column id twice in its header"
    said = refused(feed, parquet(pa.table({"note": ["a"], "x": [1]})))
    assert said == "has no column id in its header, which is: note, x"


# --- XLSX -------------------------------------------------------------------------


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

FEATURES = [
    {"type": "Feature", "properties": {"id": n}, "geometry": None} for n in range(1, 4)
]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_sequence_of_features_is_read(indent: int | None) -> None:
    feed = a_feed(column("id", header="properties.id"), format="geojsonseq")
    texts = [json.dumps(feature, indent=indent) for feature in FEATURES]
    texts[1] = texts[1][:-9]

    found = read(feed, "".join(f"\x1e{text}\n" for text in texts))

    assert found.rows == [["1"], ["3"]]
    (reject,) = found.rejects
    assert (reject.number, reject.text) == (2, texts[1])
    assert reject.line == 1 + (texts[0] + "\n").count("\n")


def test_features_line_by_line_are_read() -> None:
    feed = a_feed(
        column("id", header="properties.id"),
        format=["geojson", "geojsonseq"],
        files=["*.geojson", "*.geojsonl"],
    )
    body = "\n".join(map(json.dumps, FEATURES))

    assert read(feed, body, "a.geojsonl").rows == [["1"], ["2"], ["3"]]
    body = json.dumps({"type": "FeatureCollection", "features": FEATURES})
    assert read(feed, body, "a.geojson").rows == [["1"], ["2"], ["3"]]


def test_a_sequence_may_be_longer_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BLOCK", 1000)
    feed = a_feed(column("id", "integer", header="properties.id"), format="geojsonseq")
    texts = [json.dumps({"properties": {"id": n, "a": "x\n" * n}}) for n in range(999)]

    found = read(feed, "".join(f"\x1e{text}\n" for text in texts))

    assert [row[0] for row in found.rows] == [str(n) for n in range(999)]


# --- columns that the contract does not name ----------------------------------------

UNKNOWN: dict[str, tuple[str, bytes]] = {
    "csv": ("csv", b"id,more,,note,Extra\n1,2,3,4,5\n"),
    "parquet": (
        "parquet",
        parquet(pa.table({"id": [1], "more": [2], "Extra": [5], "note": ["4"]})),
    ),
    "xlsx": ("xlsx", xlsx(table_of(["id", "more", "", "note", "Extra"], [1, 2, 3, 4]))),
}
LINES = '{"id": 1}\n{"id": 2, "more": 1, "note": "a"}\n{"id": 3, "Extra": {"a": 1}}\n'


@pytest.mark.parametrize(("format_", "body"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_columns_are_ignored_told_or_refused(format_: str, body: bytes) -> None:
    def feed(word: str) -> Feed:
        return a_feed(*NUMBERS, format=format_, unknown_columns=word)

    assert read(feed("ignore"), body) == Read([["1", "4"]], [], [])
    assert read(feed("warn"), body) == Read([["1", "4"]], [], ["more", "Extra"])
    said = "has columns that its contract does not name: more, Extra"
    assert refused(feed("reject"), body) == said


def test_unknown_members_of_json_are_told_or_their_record_refused() -> None:
    def feed(word: str) -> Feed:
        return a_feed(*NUMBERS, format="ndjson", unknown_columns=word)

    assert read(feed("ignore"), LINES).unknown == []
    warned = read(feed("warn"), LINES)
    assert (len(warned.rows), warned.unknown) == (3, ["more", "Extra"])
    found = read(feed("reject"), LINES)
    assert found.rows == [["1", ""]]
    assert found.told[0] == (
        2,
        None,
        "unknown_columns",
        "has members that its contract does not name: more",
    )
    assert found.rejects[1].text == '{"id": 3, "Extra": {"a": 1}}'


def test_of_features_the_properties_are_known_or_not() -> None:
    feed = a_feed(
        column("id", header="properties.id"), format="geojson", unknown_columns="warn"
    )
    feature = {**FEATURES[0], "bbox": [1], "properties": {"id": 1, "b": 2}, "title": ""}

    body = json.dumps({"type": "FeatureCollection", "features": [feature]})

    assert read(feed, body).unknown == ["title", "properties.b"]
