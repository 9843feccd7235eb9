"""Files of Parquet, made by another writer, read to the letter."""

import datetime
import decimal
import sys
import uuid

import pyarrow as pa
import pytest

from tests.loader.conftest import column

if sys.version_info >= (3, 14):
    pass
else:
    pass
from tests.loader.reading import NUMBERS, Read, a_feed, parquet, read, refused

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
