"""FlatGeobuf and GeoParquet, read by GDAL and by Arrow's own reader."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from format_asserts import next_link, ogrinfo, pages_of

from api.answer import answers

CELLS = "earthquakes_by_cell"
# A model with a column of every type that a contract may name.
TYPED = {
    "id": "integer",
    "small": "smallint",
    "big": "bigint",
    "decimal": "numeric(12,3)",
    "number": "numeric",
    "single": "real",
    "float": "double precision",
    "flag": "boolean",
    "day": "date",
    "clock": "timestamp",
    "moment": "timestamptz",
    "name": "text",
    "code": "uuid",
    "document": "jsonb",
    "list": "",
    "geometry": "text",
    "shape": "geometry(Geometry,4326)",
}
UUID = "01234567-89ab-cdef-0123-456789abcdef"
ROWS = f"""
create table marts.typed (
    id integer, small smallint, big bigint, "decimal" numeric(12, 3), number numeric,
    single real, "float" double precision, flag boolean, day date, clock timestamp,
    moment timestamptz, name varchar(20), code uuid, document jsonb, list text[],
    geometry text, shape geometry
);
insert into marts.typed values
    (1, -2, 9007199254740993, 123456789.125, 0.5, 1.5, 'NaN', true, '2020-02-29',
     '2020-03-29 02:30:00.5', '2020-03-29 02:30+02', 'é "x", y', '{UUID}',
     '{{"a": [1]}}', '{{a,"b,c"}}', 'g', st_point(1, 2, 4326)),
    (2, null, null, null, null, null, null, null, null, null, null, null, null, null,
     null, null, null),
    (3, 1, 1, 'NaN', 'NaN', 'Infinity', 1e300, false, '0001-01-01',
     '-infinity', 'infinity', '', '{UUID}', 'null', '{{}}', '',
     st_geomfromtext('POLYGON((0 0,0 1,1 1,0 0))', 4326))
"""


@pytest.fixture
def typed(own_world, republish):
    """A row model `/typed` of all types; yields an admin in its database."""

    def change(document):
        model = json.loads(json.dumps(document["models"][-1]))
        columns = [
            {"name": n, "data_type": t, "description": ""} for n, t in TYPED.items()
        ]
        model |= {
            "name": "typed",
            "alias": "typed",
            "unique_id": "model.catchment.typed",
        }
        api = {
            "path": "/typed",
            "key": ["id"],
            "columns": [name for name in TYPED if name != "shape"],
            "geometry": {"column": "shape"},
        }
        model["config"]["meta"] = {"api": api}
        document["models"].append({**model, "columns": columns})

    own_world.execute(ROWS)
    republish(change)
    return own_world


def table_of(answer):
    assert answer.status == 200, answer.body
    return pq.read_table(io.BytesIO(answer.data))


def geo_of(answer):
    return json.loads(pq.read_metadata(io.BytesIO(answer.data)).metadata[b"geo"])


def test_parquet_has_the_types_that_are_declared(typed, send):
    answer = send("/typed", "f=parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = table_of(answer)
    types = {field.name: field.type for field in table.schema}
    box = pa.struct(
        [(corner, pa.float64()) for corner in ("xmin", "ymin", "xmax", "ymax")]
    )
    assert types == {
        "id": pa.int32(),
        "small": pa.int16(),
        "big": pa.int64(),
        "decimal": pa.decimal128(12, 3),
        "number": pa.float64(),
        "single": pa.float32(),
        "float": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "clock": pa.timestamp("us"),
        "moment": pa.timestamp("us", tz="UTC"),
        "name": pa.string(),
        "code": pa.string(),
        "document": pa.string(),
        "list": pa.string(),
        "geometry": pa.string(),
        # The model's own column of this name stays what it is.
        "geometry_": pa.binary(),
        "bbox": box,
    }


def test_parquet_has_every_value(typed, send):
    first, empty, last = table_of(send("/typed", "f=parquet")).to_pylist()
    assert str(first.pop("float")) == "nan"
    assert first == {
        "id": 1,
        "small": -2,
        "big": 9007199254740993,
        "decimal": Decimal("123456789.125"),
        "number": 0.5,
        "single": 1.5,
        "flag": True,
        "day": date(2020, 2, 29),
        "clock": datetime(2020, 3, 29, 2, 30, 0, 500_000),
        "moment": datetime(2020, 3, 29, 0, 30, tzinfo=UTC),
        "name": 'é "x", y',
        "code": UUID,
        "document": '{"a": [1]}',
        "list": '["a", "b,c"]',
        "geometry": "g",
        "geometry_": bytes.fromhex("0101000000000000000000f03f0000000000000040"),
        "bbox": {"xmin": 1.0, "ymin": 2.0, "xmax": 1.0, "ymax": 2.0},
    }
    box = empty.pop("bbox")
    assert set(box.values()) == {None}
    assert {name for name, value in empty.items() if value is not None} == {"id"}
    # What Parquet has no word for is null, and never a reason to fail.
    assert last["decimal"] is last["clock"] is last["moment"] is None
    assert (last["single"], last["day"]) == (float("inf"), date(1, 1, 1))
    assert (last["name"], last["list"]) == ("", "[]")


def test_geoparquet_tells_where_its_geometry_is(world, get):
    answer = get(f="parquet")
    assert geo_of(answer) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": [],
                "bbox": [-180, 32, 180, 71],
                "covering": {
                    "bbox": {c: ["bbox", c] for c in ("xmin", "ymin", "xmax", "ymax")}
                },
            }
        },
    }
    names = table_of(answer).schema.names
    assert names[:3] == ["state_fips", "state_name", "n"]
    column = pq.read_metadata(io.BytesIO(answer.data)).row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_parquet_goes_without_a_geometry(world, get):
    answer = get("categories", f="parquet")
    assert pq.read_metadata(io.BytesIO(answer.data)).metadata.get(b"geo") is None
    table = table_of(answer)
    expected = get("categories").json["data"]
    found = [
        {k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()}
        for row in table.to_pylist()
    ]
    assert found == [{k: pytest.approx(v) if isinstance(v, float) else v
                      for k, v in row.items()} for row in expected]  # fmt: skip
    assert table.schema.field("n").type == pa.int64()


@pytest.mark.parametrize("f", ["parquet", "flatgeobuf"])
def test_files_of_nothing_tell_their_columns(world, get, tmp_path, f):
    asked = {"state_fips": "none", "measures": "n"}
    answer = get(f=f, **asked)
    assert answer.headers["ogc-numberreturned"] == "0"
    if f == "parquet":
        table = table_of(answer)
        assert table.num_rows == 0
        assert table.schema.names[:3] == ["state_fips", "state_name", "n"]
        assert "bbox" not in geo_of(answer)["columns"]["geometry"]
    else:
        seen = ogrinfo(answer.data, tmp_path / "none.fgb")
        assert "Feature Count: 0" in seen
        assert "n: Integer64" in seen


def test_gdal_reads_flatgeobuf(world, get, tmp_path):
    answer = get(f="flatgeobuf", measures="n,avg")
    assert answer.headers["content-type"] == "application/flatgeobuf"
    assert (
        'filename="earthquakes_by_state.fgb"' in answer.headers["content-disposition"]
    )
    seen = ogrinfo(answer.data, tmp_path / "states.fgb")
    assert "Feature Count: 4" in seen
    assert "Geometry: Multi Polygon" in seen
    assert "Extent: (-180.000000, 32.000000) - (180.000000, 71.000000)" in seen
    assert 'ID["EPSG",4326]' in seen
    assert "state_name (String) = Comma, Land" in seen
    assert "n: Integer64" in seen
    assert "avg: Real" in seen


def test_flatgeobuf_has_types_that_gdal_reads(typed, send, tmp_path):
    seen = ogrinfo(send("/typed", "f=flatgeobuf").data, tmp_path / "typed.fgb")
    assert "Feature Count: 3" in seen
    for line in (
        "small (Integer(Int16)) = -2",
        "big (Integer64) = 9007199254740993",
        "decimal (Real) = 123456789.125",
        "flag (Integer(Boolean)) = 1",
        "day (DateTime) = 2020/02/29 00:00:00",
        "clock (DateTime) = 2020/03/29 02:30:00.500",
        "moment (DateTime) = 2020/03/29 00:30:00+00",
        'name (String) = é "x", y',
        'document (String) = {"a": [1]}',
        "geometry (String) = g",
        # Of several kinds, or of none: each is what it was.
        "Geometry: Unknown (any)",
        "  POINT (1 2)",
        "  POLYGON ((0 0,1 1,0 1,0 0))",
    ):
        assert line in seen, seen


@pytest.mark.parametrize(
    ("kept", "type_"),
    [
        ("1", "Point"),
        ("3", "Polygon"),
        ("2", "Unknown (any)"),
        ("3,4", "Unknown (any)"),
        ("4", "Multi Polygon"),
        ("5", "3D Point"),
        ("1,5", "3D Point"),
    ],
)
def test_flatgeobuf_is_of_one_type_where_its_geometries_are(
    typed, send, tmp_path, kept, type_
):
    typed.execute(
        "insert into marts.typed (id, shape) values (4, st_geomfromtext('MULTIPOLYGON"
        "(((5 5,5 6,6 6,5 5)))', 4326)), (5, st_geomfromtext('POINT Z(1 2 3)', 4326))"
    )
    typed.execute("delete from marts.typed where id != all(%s::int[])", [f"{{{kept}}}"])
    seen = ogrinfo(send("/typed", "f=flatgeobuf").data, tmp_path / "kept.fgb")
    assert f"Geometry: {type_}\n" in seen
    assert f"Feature Count: {kept.count(',') + 1}" in seen


@pytest.mark.parametrize("accept_encoding", ["", "gzip", "br"])
@pytest.mark.parametrize(("f", "largest"), [("flatgeobuf", 3_000), ("parquet", 8_000)])
def test_files_that_are_too_large_shrink_and_go_on(
    world, get, send, open_link, monkeypatch, tmp_path, f, largest, accept_encoding
):
    query = f"dataset={CELLS}&group_by=at,cell&f={f}"
    whole = send("/aggregated-data", query, accept_encoding=accept_encoding)
    assert whole.headers["ogc-numberreturned"] == "100"
    monkeypatch.setattr(answers, "LARGEST", largest)
    first = send("/aggregated-data", query, accept_encoding=accept_encoding)
    found = list(pages_of(first, open_link))
    numbers = [int(page.headers["ogc-numberreturned"]) for page in found]
    assert sum(numbers) == 100
    assert max(numbers) < 100
    assert first.headers["ogc-numbermatched"] == "100"
    assert next_link(first)[1] == first.headers["content-type"]
    if f == "parquet":
        rows = [row for page in found for row in table_of(page).to_pylist()]
        assert rows == table_of(whole).to_pylist()
    else:
        counted = [ogrinfo(page.data, tmp_path / "p.fgb", "-so") for page in found]
        assert [
            f"Feature Count: {n}" in c for n, c in zip(numbers, counted, strict=True)
        ]


def test_parquet_is_not_compressed_twice(world, get, send):
    asked = "dataset=earthquakes_by_cell&group_by=at,cell&f="
    packed = send("/aggregated-data", asked + "parquet", accept_encoding="gzip, br")
    assert "content-encoding" not in packed.headers
    other = send("/aggregated-data", asked + "flatgeobuf", accept_encoding="gzip, br")
    assert other.headers["content-encoding"] == "br"


NASTY = '\u2028 \x01\x1e\t"",\r\n\\ \x85 \U0001f30d {"a": %s} ~'


def test_every_format_gives_back_the_text_it_was_given(typed, send, tmp_path):
    typed.execute("delete from marts.typed where id > 1")
    typed.execute("update marts.typed set name = null, geometry = %s", [NASTY])
    asked = "properties=name,geometry&f="
    (data,) = send("/typed", asked + "json").json["data"]
    assert data == {"name": None, "geometry": NASTY}
    assert json.loads(send("/typed", asked + "ndjson").body.removesuffix("\n")) == data
    sequence = send("/typed", asked + "geojsonseq").body
    assert json.loads(sequence[1:])["properties"] == data
    lines = csv.reader(io.StringIO(send("/typed", asked + "csv").body, newline=""))
    assert list(lines)[1] == ["", NASTY, "1", "2"]
    (row,) = table_of(send("/typed", asked + "parquet")).to_pylist()
    assert (row["name"], row["geometry"]) == (None, NASTY)
    seen = ogrinfo(send("/typed", asked + "flatgeobuf").data, tmp_path / "nasty.fgb")
    assert NASTY.split("\n")[1] in seen


SHAPES = [
    "POINT (1 2)",
    "LINESTRING (1 2,3 4,5 6)",
    "POLYGON ((0 0,9 0,9 9,0 0))",
    "POLYGON ((0 0,9 0,9 9,0 0),(5 1,6 2,6 1,5 1))",
    "MULTIPOINT ((1 2),(3 4))",
    "MULTILINESTRING ((1 2,3 4),(5 6,7 8,9 9))",
    "MULTIPOLYGON (((0 0,1 0,1 1,0 0)),((5 5,9 5,9 9,5 5),(7 6,8 7,8 6,7 6)))",
    "GEOMETRYCOLLECTION (POINT (1 2),LINESTRING (1 2,3 4),POLYGON ((0 0,1 0,1 1,0 0)))",
    "POINT Z (1 2 3)",
    "POLYGON Z ((0 0 1,9 0 2,9 9 3,0 0 1),(5 1 4,6 2 6,6 1 5,5 1 4))",
    "MULTIPOLYGON Z (((0 0 1,1 0 2,1 1 3,0 0 1)))",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_gdal_reads_every_kind_of_geometry(typed, send, tmp_path, shape):
    typed.execute(
        "update marts.typed set shape = st_geomfromtext(%s, 4326) where id = 1", [shape]
    )
    typed.execute("update marts.typed set shape = 'srid=4326;point empty' where id = 3")
    answer = send("/typed", "f=flatgeobuf&properties=id")
    seen = ogrinfo(answer.data, tmp_path / "shape.fgb")
    assert f"  {shape}\n" in seen
    assert seen.count("OGRFeature") == 3
    assert seen.count("  id (Integer) = ") == 3
    # A line runs on as it did, in GeoJSON too.
    features = send("/typed", "f=geojson&properties=id").data
    assert f"  {shape}\n" in ogrinfo(features, tmp_path / "shape.geojson")


def test_coordinates_are_as_fine_as_they_are_asked_for(typed, send):
    typed.execute("update marts.typed set shape = st_point(1/3.0, 2/3.0, 4326)")

    def x(asked):
        return table_of(send("/typed", f"f=parquet{asked}")).to_pylist()[0]["bbox"][
            "xmin"
        ]

    assert x("&precision=15") == pytest.approx(1 / 3, abs=1e-15)
    assert x("") == pytest.approx(1 / 3, abs=1e-6)
    assert x("") != pytest.approx(1 / 3, abs=1e-9)
