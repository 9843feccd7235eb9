"""Files as nobody wants them, and what has to become of each."""

import gzip
import io
import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow
import pyarrow.parquet

from tests.chaos.world import KEY
from tests.loader.conftest import READINGS_HEADER as HEAD
from tests.loader.conftest import reading

TYPED, SHAPES = "incoming/typed/a.csv", "incoming/shapes/a.geojson"
NARROW = "incoming/narrow/a.csv"
_TYPED_AS = "incoming/typed/a.{}"
GOOD = reading(1) + reading(2, 2.5)


@dataclass(frozen=True)
class File:
    """A file, and what the ledger must say of it.

    Attributes:
        counts: rows loaded, rows rejected.
        reason: what the reason of a failure has in it.
        codes: of the rejects, in their order.
    """

    fault: str
    body: Callable[[], bytes | str]
    status: str = "loaded"
    counts: tuple[int, int] = (0, 0)
    reason: str = ""
    codes: tuple[str, ...] = ()
    key: str = KEY
    is_slow: bool = False


def _typed(*rows: str) -> Callable[[], str]:
    return lambda: "id,small,amount,ratio,day,at,note\n" + "\n".join(rows) + "\n"


def _shape(geometry: object) -> Callable[[], str]:
    feature = {"type": "Feature", "properties": {"name": "a"}, "geometry": geometry}
    return lambda: json.dumps({"type": "FeatureCollection", "features": [feature]})


def _many_columns(rows: int) -> str:
    names = "".join(f",extra_{number}" for number in range(1_994))
    values = "," + ",".join("0" for _ in range(1_994)) + "\n"
    lines = (reading(number).rstrip() + values for number in range(1, rows + 1))
    return HEAD.rstrip() + names + "\n" + "".join(lines)


def _long_line() -> bytes:
    return (HEAD + GOOD).encode() + b"3,40,-74,a,1," + b"9" * 100_000_000 + b"\n"


def bomb(block: bytes, times: int) -> bytes:
    """A gzip file of two good rows, and a block again and again."""
    return gzip.compress((HEAD + GOOD).encode()) + gzip.compress(block, 9) * times


def polygon(vertices: int) -> str:
    """A circle of so many vertices about New York, written without blanks."""
    points = io.StringIO()
    for number in range(vertices):
        angle = 2 * math.pi * number / vertices
        x, y = -74 + math.cos(angle), 40 + math.sin(angle)
        points.write(f"[{x:.12f},{y:.12f}],")
    return (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        '{"name":"circle"},"geometry":{"type":"Polygon","coordinates":'
        f"[[{points.getvalue()}[-73.000000000000,40.000000000000]]]}}}}]}}"
    )


def _parquet() -> bytes:
    file = io.BytesIO()
    ids = pyarrow.array(range(1_000), pyarrow.int64())
    pyarrow.parquet.write_table(pyarrow.table({"id": ids, "small": ids}), file)
    return file.getvalue()


def _cut_parquet() -> bytes:
    whole = _parquet()
    return whole[: len(whole) // 2] + whole[-8:]


def _deep_json() -> str:
    """A record nested deeper than any parser follows, between good ones."""
    deep = "[" * 100_000 + "]" * 100_000
    return f'{{"id": 1}}\n{{"id": 2, "note": {deep}}}\n{{"id": 3}}\n'


def sheet(rows: int) -> bytes:
    """A workbook with a header, a row, and so many empty rows, which pack well."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/a.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "a.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="a" sheetId="1" r:id="r"/></sheets></workbook>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        with archive.open("xl/a.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{_SHEETS}"><sheetData>'.encode())
            part.write(b'<row><c t="inlineStr"><is><t>id</t></is></c></row>')
            part.write(b"<row><c><v>7</v></c></row>")
            for _ in range(rows // 10_000):
                part.write(b"<row/>" * 10_000)
            part.write(b"</sheetData></worksheet>")
    return file.getvalue()


_XML = "http://schemas.openxmlformats.org"
_SHEETS, _PACKAGE = f"{_XML}/spreadsheetml/2006/main", f"{_XML}/package/2006"
_OFFICE = f"{_XML}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


_PLAIN = (HEAD + GOOD).encode() * 1_000
_PACKED = gzip.compress(_PLAIN)
_BOW_TIE = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]

FILES = (
    File("empty", lambda: b"", "failed", reason="is empty"),
    File("header only", lambda: HEAD),
    File("one column", lambda: "note\na\nb\n", counts=(2, 0), key=NARROW),
    File("2,000 columns", lambda: _many_columns(2), counts=(2, 0)),
    File(
        "100 MB of 2,000 columns",
        lambda: _many_columns(25_000),
        counts=(25_000, 0),
        is_slow=True,
    ),
    File(
        "one line of 100 MB",
        _long_line,
        "failed",
        reason="has a line longer than",
        is_slow=True,
    ),
    File(
        "NUL bytes",
        lambda: HEAD + GOOD + reading(3).replace("temp", "te\0mp"),
        counts=(2, 1),
        codes=("type",),
    ),
    File("byte order mark", lambda: "\ufeff" + HEAD + GOOD, counts=(2, 0)),
    File("UTF-16", lambda: (HEAD + GOOD).encode("utf-16"), "failed", reason="UTF-16"),
    File(
        "Latin-1",
        lambda: (HEAD + GOOD + reading(3).replace("e", "\xe9")).encode("latin-1"),
        "failed",
        reason="is not UTF-8: it has a byte 0xe9",
    ),
    File(
        "mixed line ends",
        lambda: (
            (HEAD + GOOD).replace("\n", "\r\n") + reading(3) + reading(4)[:-1] + "\r"
        ),
        counts=(4, 0),
    ),
    File(
        "unclosed quote",
        lambda: HEAD + reading(1).replace("temp", '"temp') + reading(2) + reading(3),
        counts=(2, 1),
        codes=("quoting",),
    ),
    File(
        "quoted line ends",
        lambda: HEAD + reading(1).replace("temperature", '"a\nb""c\r\nd"') + reading(2),
        counts=(2, 0),
    ),
    File(
        "ragged rows",
        lambda: HEAD + GOOD + "3,40,-74\n" + reading(4).rstrip() + ",more\n",
        counts=(2, 2),
        codes=("fields", "fields"),
    ),
    File(
        "truncated gzip",
        lambda: _PACKED[: len(_PACKED) // 2],
        "failed",
        reason="is cut off",
        key=KEY + ".gz",
    ),
    File(
        "damaged gzip",
        lambda: _PACKED[:40] + b"\xff" * 8 + _PACKED[48:],
        "failed",
        reason="is no sound gzip file",
        key=KEY + ".gz",
    ),
    File(
        "wrong extension: gzip as .csv",
        lambda: _PACKED,
        "failed",
        reason="packed by gzip; its name must end in .gz",
    ),
    File(
        "wrong extension: JSON as .csv",
        lambda: '{"type": "FeatureCollection", "features": []}\n',
        "failed",
        reason="in its header, which is:",
    ),
    File(
        "wrong extension: .csv as .geojson",
        lambda: HEAD + GOOD,
        "failed",
        reason="JSON",
        key=SHAPES,
    ),
    File(
        "truncated zstd",
        lambda: pyarrow.compress(_PLAIN, "zstd", asbytes=True)[:40],
        "failed",
        reason="is cut off",
        key=KEY + ".zst",
    ),
    File("Parquet", _parquet, counts=(1_000, 0), key=_TYPED_AS.format("parquet")),
    File(
        "damaged Parquet",
        _cut_parquet,
        "failed",
        reason="Parquet file",
        key=_TYPED_AS.format("parquet"),
    ),
    File(
        "wrong extension: .csv as .parquet",
        lambda: "id,small\n1,2\n",
        "failed",
        reason="is no Parquet file",
        key=_TYPED_AS.format("parquet"),
    ),
    File(
        "JSON nested 100,000 deep",
        _deep_json,
        counts=(2, 1),
        codes=("json",),
        key=_TYPED_AS.format("ndjson"),
    ),
    File(
        "JSON with half a character, a NUL and a number of 10,000 digits",
        lambda: (
            '{"id": 1, "note": "\\ud800"}\n{"id": 2, "note": "\\u0000"}\n'
            f'{{"id": 3, "ratio": {"9" * 10_000}}}\n{{"id": 4}}\n'
        ),
        counts=(1, 3),
        codes=("type", "type", "type"),
        key=_TYPED_AS.format("ndjson"),
    ),
    File(
        "numbers out of range",
        _typed(
            "1,32768,,,,,",
            "9223372036854775808,,,,,,",
            "3,,1000000.00,,,,",
            "4,,,1e400,,,",
            "5,1.5,,,,,",
            "6,32767,999999.99,1.7976931348623157e308,,,",
        ),
        counts=(1, 5),
        codes=("type",) * 5,
        key=TYPED,
    ),
    File(
        "dates of year 0, 99999 and no calendar",
        _typed(
            "1,,,,0000-01-01,,",
            "2,,,,99999-01-01,,",
            "3,,,,2026-02-30,,",
            "4,,,,,0000-01-01T00:00:00Z,",
            "5,,,,,99999-01-01T00:00:00Z,",
            "6,,,,0001-01-01,9999-12-31T23:59:59Z,",
        ),
        counts=(1, 5),
        codes=("type",) * 5,
        key=TYPED,
    ),
    File(
        "NaN and Infinity",
        lambda: HEAD + GOOD + reading(3, "NaN") + reading(4, "Infinity"),
        counts=(2, 2),
        codes=("type", "type"),
    ),
    File(
        "coordinates swapped",
        lambda: (
            HEAD + GOOD + reading(3, 1, "-105.2,39.7") + reading(4, 1, "-74.0,40.7")
        ),
        counts=(3, 1),
        codes=("minimum",),
    ),
    File(
        "empty geometry",
        _shape({"type": "Polygon", "coordinates": []}),
        counts=(1, 0),
        key=SHAPES,
    ),
    File(
        "no geometry where one is required",
        _shape(None),
        "rejected",
        (0, 1),
        reason="no row keeps the contract",
        codes=("required",),
        key=SHAPES,
    ),
    File(
        "self-crossing polygon",
        _shape({"type": "Polygon", "coordinates": _BOW_TIE}),
        counts=(1, 0),
        key=SHAPES,
    ),
)
