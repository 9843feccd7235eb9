"""Files of every format, made by other people's writers, read or refused in words."""

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from catchment.contract import DISK_FORMATS, JSON_FORMATS, TEXT_FORMATS, Feed
from loader.readers import formats, streams
from loader.readers.streams import NoSpace, Unreadable
from tests.loader.conftest import column

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd
from tests.loader.reading import (
    NUMBERS,
    Read,
    a_feed,
    parquet,
    read,
    refused,
    table_of,
    xlsx,
)


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


FORMATS = (*TEXT_FORMATS, *JSON_FORMATS, *DISK_FORMATS)


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
