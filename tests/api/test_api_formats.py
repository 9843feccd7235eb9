"""CSV, NDJSON and GeoJSONSeq: lines that others read, and pages of them."""

import csv
import io
import json

import pytest
from format_asserts import next_link, ogrinfo, pages_of

from api.media import OF_ROWS

CELLS = "earthquakes_by_cell"
LINES = ["csv", "ndjson", "geojsonseq"]


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


def split(answer, f):
    """The rows of a page, without the head of a CSV."""
    if f == "csv":
        return answer.body.split("\r\n")[1:-1]
    return answer.body.splitlines()


def test_a_csv_names_its_columns_and_quotes_its_texts(world, get):
    answer = get(f="csv", group_by="state_fips,state_name", measures="n,avg")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="earthquakes_by_state.csv"'
    )
    lines = answer.body.split("\r\n")
    assert lines[0] == '"state_fips","state_name","n","avg","longitude","latitude"'
    assert lines[3] == '"98","Comma, Land",4,1,0,0'
    assert lines[4].startswith(",,6,3.3,")
    assert lines[5:] == [""]


def test_a_csv_tells_an_empty_text_from_none(own_world, get):
    own_world.execute(
        "insert into marts.state_rows (state_fips, state_name, n) values "
        "('', 'said \"so\"\r\nand went', 1), ('=1+1', null, -1)"
    )
    own_world.execute("refresh materialized view marts.earthquakes_by_state")
    answer = get(f="csv", measures="n", skipGeometry="true")
    lines = answer.body.split("\r\n", 3)
    assert '"","said ""so""\r\nand went",1' in answer.body
    # Nothing is altered: a spreadsheet is told to read texts as texts.
    assert '"=1+1",,-1\r\n' in answer.body
    assert lines[-1]
    assert len(rows_of(answer)) == 6


def test_a_csv_has_its_head_where_nothing_is_found(world, get):
    answer = get(f="csv", state_fips="none", measures="n")
    assert answer.body == '"state_fips","state_name","n","longitude","latitude"\r\n'
    assert answer.headers["ogc-numberreturned"] == "0"
    assert answer.headers["ogc-numbermatched"] == "0"


def test_a_csv_holds_what_json_does(world, get):
    asked = {"group_by": "cell,at,category,depth"}
    found = rows_of(get(CELLS, f="csv", **asked))
    expected = get(CELLS, **asked).json["data"]
    assert len(found) == len(expected) == 100
    for row, data in zip(found, expected, strict=True):
        for name, value in data.items():
            if isinstance(value, int | float):
                assert float(row[name]) == value
            else:
                assert row[name] == (value or "")
        cell = data["cell"]
        point = [float(cell[1:]) + 0.5] * 2 if cell else [None, None]
        assert [row["longitude"], row["latitude"]] == [
            "" if x is None else f"{x:g}" for x in point
        ]


def test_a_csv_of_rows_shows_where_they_are(world, send):
    rows = rows_of(send("/places", "f=csv"))
    places = {row["name"]: (row["longitude"], row["latitude"]) for row in rows}
    assert places["a"] == ("0", "50")
    assert places["Z"] == ("", "")
    bare = rows_of(send("/places", "f=csv&skipGeometry=true&properties=kind"))
    assert list(bare[0]) == ["kind"]
    # A line of one column that has no value is a record all the same.
    assert len(bare) == len(rows)


def test_times_stand_as_json_has_them(world, send):
    row = rows_of(send("/places/readings", "f=csv&names=North&value_from=2"))[0]
    assert row == {"place": "North", "read_at": "2020-03-01T23:59:59.5", "value": "2"}


def test_ndjson_is_an_object_a_line(world, get):
    answer = get(f="ndjson")
    assert answer.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert rows == get().json["data"]
    assert answer.body.endswith("}\n")


def test_a_geojson_sequence_separates_records_as_rfc_8142_does(world, get):
    answer = get(f="geojsonseq")
    assert answer.headers["content-type"] == "application/geo+json-seq"
    records = answer.body.split("\x1e")
    assert records[0] == ""
    assert all(record.endswith("\n") for record in records[1:])
    features = [json.loads(record) for record in records[1:]]
    assert features == get(f="geojson").json["features"]


@pytest.mark.parametrize("f", LINES)
def test_pages_of_lines_lead_on_by_their_header(world, get, open_link, f):
    whole = get(CELLS, f=f, group_by="cell,category")
    assert next_link(whole) == (None, None)
    found = list(
        pages_of(get(CELLS, f=f, group_by="cell,category", limit=7), open_link)
    )
    rows = [row for page in found for row in split(page, f)]
    assert rows == split(whole, f)
    assert [int(page.headers["ogc-numberreturned"]) for page in found] == [7] * 5 + [1]
    assert [page.headers.get("ogc-numbermatched") for page in found] == [
        "36", None, None, None, None, None,
    ]  # fmt: skip
    _, type_ = next_link(found[0])
    assert type_ == found[0].headers["content-type"]


@pytest.mark.parametrize("format_", OF_ROWS, ids=lambda format_: format_.name)
def test_every_format_can_be_asked_for_by_header(world, send, format_):
    type_ = format_.media_type.partition(";")[0]
    answer = send("/places", accept=f"text/plain, {type_};q=0.9, */*;q=0.1")
    assert answer.headers["content-type"] == format_.media_type


def test_gdal_reads_a_csv_with_its_points(world, send, tmp_path):
    seen = ogrinfo(
        send("/places", "f=csv").data,
        tmp_path / "places.csv",
        *("-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude"),
        *("-oo", "EMPTY_STRING_AS_NULL=YES", "-oo", "AUTODETECT_TYPE=YES"),
    )
    assert "Feature Count: 9" in seen
    assert "POINT (7 50)" in seen
    assert "name (String) = E,F" in seen


def test_gdal_reads_a_geojson_sequence(world, get, tmp_path):
    seen = ogrinfo(get(f="geojsonseq").data, tmp_path / "states.geojsons")
    assert "using driver `GeoJSONSeq'" in seen
    assert "Feature Count: 4" in seen
    assert "MULTIPOLYGON (((-124 32" in seen
