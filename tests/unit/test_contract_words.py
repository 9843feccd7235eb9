"""A contract as it is written, and every mistake that can be made in it."""

from typing import Any

import pytest

from catchment import contract_words
from catchment.contract import Column, Feed, Geometry, Limit, TimeZone
from catchment.mistakes import ContractError
from catchment.types import DataType
from catchment.vocabulary.feed import LIMIT


def column(name: str = "a", data_type: Any = "text", **meta: Any) -> dict[str, Any]:
    return {"name": name, "data_type": data_type, "config": {"meta": meta}}


def feed(*columns: dict[str, Any], name: str = "f", **words: Any) -> dict[str, Any]:
    meta = {"files": ["**/f/*.csv"], "format": "csv", **words}
    return {
        "name": name,
        "schema": "raw",
        "identifier": name,
        "original_file_path": "models/f.yml",
        "config": {"meta": {"feed": {k: v for k, v in meta.items() if v != ...}}},
        "columns": list(columns) or [column()],
    }


def mistakes(source: dict[str, Any]) -> list[str]:
    try:
        contract_words.parse(source)
    except ContractError as error:
        return [str(mistake) for mistake in error.mistakes]
    return []


def test_a_contract_is_read_with_all_its_words() -> None:
    words = {
        "header": ["MW", "Power"],
        "required": True,
        "minimum": -5,
        "maximum": 5000.5,
    }

    found = contract_words.parse(
        feed(
            column("megawatts", "double precision", **words),
            column("kind", enum="wind", pattern="^w", minLength=1, maxLength=4),
            column("x", "real", minimum=-90, maximum=90),
            column("geom", "geometry(Point, 4326)", geometry={"x": "x", "y": "x"}),
            name="readings",
            files="*.csv",
            delimiter=";",
            reject_limit="2.5%",
            on_reupload="append",
        )
    )

    assert found == Feed(
        name="readings",
        schema="raw",
        table="readings",
        files=("*.csv",),
        formats=("csv",),
        delimiter=";",
        reject_limit=Limit(0.025, is_share=True),
        on_reupload="append",
        file="models/f.yml",
        columns=(
            Column(
                "megawatts",
                DataType("double precision"),
                header=("MW", "Power"),
                required=True,
                minimum=-5,
                maximum=5000.5,
            ),
            Column(
                "kind",
                DataType("text"),
                header=("kind",),
                enum=("wind",),
                pattern="^w",
                min_length=1,
                max_length=4,
            ),
            Column("x", DataType("real"), header=("x",), minimum=-90, maximum=90),
            Column(
                "geom",
                DataType("geometry", shape="Point", srid=4326),
                header=("geom",),
                geometry=Geometry(x="x", y="x"),
            ),
        ),
    )
    assert [c.name for c in found.read_columns] == ["megawatts", "kind", "x"]


def test_a_contract_needs_only_files_format_and_columns() -> None:
    found = contract_words.parse(feed(column("a")))

    assert str(found.reject_limit) == "100%"
    assert (found.on_reupload, found.delimiter_of("csv")) == ("replace", ",")


def test_tsv_is_separated_by_tabs() -> None:
    assert contract_words.parse(feed(format="tsv")).delimiter_of("tsv") == "\t"


def test_columns_may_be_a_mapping_as_in_the_manifest() -> None:
    source = feed()
    source["columns"] = {"b": column("b"), "a": column("a")}

    assert [c.name for c in contract_words.parse(source).columns] == ["b", "a"]


def test_words_may_stand_under_meta_as_older_dbt_has_them() -> None:
    source = feed()
    source["columns"] = [{"name": "a", "data_type": "text", "meta": {"required": True}}]

    assert contract_words.parse(source).columns[0].required


A_MISTAKE: list[tuple[dict[str, Any], str]] = [
    (feed(files=...), "feed f: files is missing"),
    (feed(format=...), "feed f: format is missing"),
    (feed(files=[]), "feed f: files: [] is no list of texts"),
    (feed(format="xml"), "feed f: format: 'xml' is none of csv, tsv, json, ndjson, "
     "geojson, geojsonseq, parquet, xlsx, shapefile, geopackage"),
    (feed(files=["/a"]), "feed f: files '/a': keys do not begin with /"),
    (feed(files=["*.csv.gz"]), "feed f: files '*.csv.gz': leave .gz away, packed "
     "files match without it"),
    (feed(on_reupload="merge"), "feed f: on_reupload: 'merge' is none of replace, "
     "append"),
    (feed(reject_limit="some"), "feed f: reject_limit: 'some' is neither a count nor "
     "a share such as 5%"),
    (feed(reject_limit="101%"), "feed f: reject_limit: '101%' is neither a count nor "
     "a share such as 5%"),
    (feed(reject_limit=-1), "feed f: reject_limit: '-1' is neither a count nor a "
     "share such as 5%"),
    (feed(delimiter=5), "feed f: delimiter: 5 is no text"),
    (feed(format="json", delimiter=";"), "feed f: delimiter is a word of csv, tsv"),
    (feed(records="data"), "feed f: records is a word of json"),
    (feed(sheet="a"), "feed f: sheet is a word of xlsx"),
    (feed(layer="a"), "feed f: layer is a word of shapefile, geopackage"),
    (feed(unknown_columns="drop"), "feed f: unknown_columns: 'drop' is none of ignore, "
     "warn, reject"),
    (feed(files=["*.csv.zst"]), "feed f: files '*.csv.zst': leave .zst away, packed "
     "files match without it"),
    (feed(reject_limt=1), "feed f: unknown word 'reject_limt'; did you mean "
     "'reject_limit'?"),
    (feed(colour=1), "feed f: unknown word 'colour'; known: delimiter, encoding, "
     "files, format, header_line, layer, null_values, on_delete, on_reupload, records, "
     "reject_limit, sheet, strict, trim, unknown_columns, varies, yields"),
    (feed(varies=["counts"]), "feed f: varies: 'counts' is none of count, rejects, "
     "drift"),
    (feed(column(varies="yes")), "feed f, column a: varies: 'yes' is neither true nor "
     "false"),
    (feed(column(data_type="varchar")), "feed f, column a: unknown type 'varchar'; "
     "known: bigint, boolean, date, double precision, integer, jsonb, numeric, real, "
     "smallint, text, timestamp with time zone, timestamp without time zone, uuid, "
     "numeric(p,s), geometry(Point,4326)"),
    (feed(column("A")), "feed f, column A: name must be lower case letters, digits "
     "and _"),
    (feed(column("a" * 64)), f"feed f, column {'a' * 64}: name must be lower case "
     "letters, digits and _"),
    (feed(column("_load_id")), "feed f, column _load_id: this name is the platform's "
     "own"),
    (feed(column(minimum=1)), "feed f, column a: minimum needs a number, not text"),
    (feed(column(data_type="real", minimum="1")), "feed f, column a: minimum: '1' is "
     "no number"),
    (feed(column(data_type="real", maximum=True)), "feed f, column a: maximum: True "
     "is no number"),
    (feed(column(data_type="real", minimum=2, maximum=1)), "feed f, column a: minimum "
     "is above maximum"),
    (feed(column(data_type="date", pattern="x")), "feed f, column a: pattern needs "
     "text, not date"),
    (feed(column(data_type="numeric(4,1)", maxLength=2)), "feed f, column a: maxLength "
     "needs text, not numeric(4,1)"),
    (feed(column(minLength=-1)), "feed f, column a: minLength: -1 is no count"),
    (feed(column(pattern="(")), "feed f, column a: pattern: '(' is no regular "
     "expression: missing ), unterminated subpattern at position 0"),
    (feed(column(required="yes")), "feed f, column a: required: 'yes' is neither true "
     "nor false"),
    (feed(column(enum=[True, False])), "feed f, column a: enum: [True, False] is no "
     "list of texts; put yes, no, null in quotes"),
    (feed(column(reqired=True)), "feed f, column a: unknown word 'reqired'; did you "
     "mean 'required'?"),
    (feed(column(geometry="geojson"), format="json"), "feed f, column a: geometry on a "
     "column of type text"),
    (feed(column(data_type="geometry(Point,4326)")), "feed f, column a: geometry must "
     "say where it comes from: {x: …, y: …}, geojson, wkt, wkb"),
    (feed(column(data_type="geometry(Point,4326)", geometry="gml")), "feed f, column "
     "a: geometry: 'gml' is neither {x: …, y: …} nor one of geojson, wkt, wkb"),
    (feed(column(data_type="geometry(Point,4326)", geometry={"source": "wkt",
          "srid": "28992"})),
     "feed f, column a: geometry: srid '28992' is no number of a reference system"),
    (feed(column("a", "geometry(Point,4326)",
                 geometry={"x": "b", "y": "c", "srid": 28992}),
          column("b", "real", minimum=0, maximum=3e5), column("c", "real", minimum=0)),
     "feed f, column c: what is transformed to 4326 needs a minimum and a maximum"),
    (feed(column("a", "geometry(Point,28992)",
                 geometry={"x": "b", "y": "b", "srid": 4326}),
          column("b", "real", minimum=-91, maximum=90)),
     "feed f, column b: degrees need a minimum and a maximum within ±90"),
    (feed(column(data_type="geometry(PointM,4326)", geometry="geojson"), format="json"),
     "feed f, column a: GeoJSON has no M"),
    (feed(column(data_type="geometry(Point,4326)", geometry={"x": "x", "y": "a"})),
     "feed f, column a: geometry from a missing column 'x'"),
    (feed(column(data_type="geometry(Point,4326)", geometry={"x": "b", "y": "b"}),
          column("b", "real"), column("c", "geometry(Point,4326)",
          geometry={"x": "b", "y": "d"}), column("d")),
     "feed f, column c: geometry from 'd', which is no number"),
    (feed(format=["csv", "xml"]), "feed f: format: 'xml' is none of csv, tsv, json, "
     "ndjson, geojson, geojsonseq, parquet, xlsx, shapefile, geopackage"),
    (feed(format=["csv", "json"], files="*.txt"), "feed f: files '*.txt': of several "
     "formats a file's is told by its suffix, which must be one of .csv, .json"),
    (feed(format=["json", "ndjson"], header_line="none", files=["*.json"]),
     "feed f: header_line is a word of csv, tsv, xlsx"),
    (feed(encoding=["utf-8", "ebcdic"]), "feed f: encoding: 'ebcdic' is none of utf-8"
     ", windows-1252, latin-1"),
    (feed(column(data_type="date", date_format="%m/%d")), "feed f, column a: "
     "date_format: '%m/%d' does not tell year, month and day"),
    (feed(header_line="no"), "feed f: header_line: 'no' is none of required, "
     "optional, none"),
    (feed(column(from_key="a.csv")), "feed f, column a: from_key: 'a.csv' needs one "
     "group, (…), which is the value"),
    (feed(column(from_key="(a)", header="a"), column("b")), "feed f, column a: a value "
     "of the key has no header"),
    (feed(column(from_key="(a)")), "feed f: has no column that a file holds"),
    (feed(column(data_type="date", date_format="D/M/Y")), "feed f, column a: "
     "date_format: 'D/M/Y' has no field such as %d; see strptime"),
    (feed(column(data_type="date", date_format="%d %s")), "feed f, column a: "
     "date_format: '%d %s' is no format that strptime reads"),
    (feed(column(date_format="%d")), "feed f, column a: date_format needs a date or a "
     "timestamp, not text"),
    (feed(column(data_type="real", format="time-zone")), "feed f, column a: format "
     "needs text, not real"),
    (feed(column(data_type="timestamptz", time_zone="UTC")), "feed f, column a: "
     "time_zone needs a timestamp without time zone, not timestamp with time zone"),
    (feed(column(data_type="timestamp", time_zone="Mars")), "feed f, column a: "
     "time_zone: there is no zone 'Mars'"),
    (feed(column(data_type="timestamp", time_zone={"feed": "g"})), "feed f, column a: "
     "time_zone: '{'feed': 'g'}' is neither a zone's name nor {feed, key, column}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "said"), A_MISTAKE, ids=[said[:60] for _, said in A_MISTAKE]
)
def test_a_mistake_is_told(source: dict[str, Any], said: str) -> None:
    assert said in mistakes(source)


@pytest.mark.parametrize(
    "delimiter", ["ab", "a", "Z", "1", ".", '"', "\\", "\n", "\r", "¦", "€", "\0"]
)
def test_a_delimiter_that_copy_or_csv_cannot_take_is_told(delimiter: str) -> None:
    assert mistakes(feed(delimiter=delimiter)) == [
        "feed f: delimiter must be one ASCII character, and no letter, digit, point, "
        "quote, backslash or line end"
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t", "^", " ", ":", "~", "\x1f"])
def test_a_usual_delimiter_is_taken(delimiter: str) -> None:
    assert mistakes(feed(delimiter=delimiter)) == []


def test_a_feed_without_columns_is_told() -> None:
    source = feed()
    source["columns"] = []

    assert mistakes(source) == ["feed f: has no columns"]


def test_a_column_without_a_type_is_told() -> None:
    (said,) = mistakes(feed({"name": "a"}))

    assert said.startswith("feed f, column a: has no data_type; known: ")


def test_all_mistakes_of_all_contracts_are_told_at_once() -> None:
    one = feed(column("A", "varchar"), column(minimum=1), name="one", formt="csv")
    two = feed(name="two", files="x", on_reupload="merge")

    with pytest.raises(ContractError) as told:
        contract_words.parse_all([one, two])

    found = [(m.owner, m.column, m.word) for m in told.value.mistakes]
    assert found == [
        ("feed one", "A", "data_type"),
        ("feed one", "A", None),
        ("feed one", "a", "minimum"),
        ("feed one", None, "formt"),
        ("feed two", None, "on_reupload"),
    ]
    assert str(told.value).count("\n") == 4


def test_no_key_may_belong_to_two_feeds() -> None:
    one = feed(name="one", files=["**/a/*.csv", "b.csv"])
    two = feed(name="two", files=["c.csv", "x/a/*"])

    with pytest.raises(ContractError) as told:
        contract_words.parse_all([one, two])

    (said,) = told.value.mistakes
    assert str(said) == (
        "feed two: files 'x/a/*' can match the same key as '**/a/*.csv' of feed one"
    )
    assert (said.word, said.file) == ("files", "models/f.yml")


def test_no_two_feeds_have_one_name() -> None:
    with pytest.raises(ContractError, match=r"another feed in models/f.yml has this"):
        contract_words.parse_all([feed(files="a"), feed(files="b")])


def test_a_packed_file_belongs_to_the_feed_of_the_unpacked_one() -> None:
    found = contract_words.parse(feed(files=["**/f/*.csv"]))

    assert found.matches("incoming/f/a.csv")
    assert found.matches("incoming/f/a.csv.gz")
    assert not found.matches("incoming/f/a.csv.zip")


@pytest.mark.parametrize(
    ("written", "rejected", "rows", "is_over"),
    [
        ("5%", 5, 100, False),
        ("5%", 6, 100, True),
        ("0%", 0, 0, False),
        ("0.5%", 1, 199, True),
        ("100%", 8, 9, False),
        # A file without one good row replaces nothing.
        ("100%", 9, 9, True),
        (20, 20, 21, False),
        (20, 20, 20, True),
        ("20", 21, 10_000, True),
        (0, 1, 10, True),
    ],
)
def test_a_limit_is_a_share_or_a_count(
    written: Any, rejected: int, rows: int, is_over: bool
) -> None:
    assert LIMIT.read(written).exceeded(rejected, rows) is is_over


@pytest.mark.parametrize("written", ["5%", "0.5%", "20", "100%", "0"])
def test_a_limit_reads_as_it_was_written(written: str) -> None:
    assert str(LIMIT.read(written)) == written


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (feed(name="a__b"), "its name must be lower case"),
        (feed(name="My-Feed"), "its name must be lower case"),
        ({**feed(), "schema": "sensors"}, "the schema of its source must be raw"),
        (
            feed(
                column("x", "real", minimum=-180, maximum=180),
                column("y", "real", minimum=-90, maximum=90),
                column("geom", "geometry(PointZ,4326)", geometry={"x": "x", "y": "y"}),
            ),
            "makes a Point, not a PointZ",
        ),
        (
            feed(
                column("x", "real"),
                column("y", "real", minimum=-90, maximum=90),
                column("geom", "geometry(Point,4326)", geometry={"x": "x", "y": "y"}),
            ),
            "degrees need a minimum and a maximum within ±180",
        ),
        (
            feed(
                column("x", "real", minimum=-180, maximum=180),
                column("y", "real", minimum=-90, maximum=90),
                column(
                    "geom",
                    "geometry(Point,4326)",
                    geometry={"x": "x", "y": "y"},
                    required=True,
                ),
            ),
            "required on a column that Postgres makes",
        ),
    ],
)
def test_what_would_fail_every_file_is_a_mistake(
    source: dict[str, Any], said: str
) -> None:
    assert any(said in mistake for mistake in mistakes(source))


def clock(**zone: str) -> dict[str, Any]:
    """A feed whose local time is that of a zone in the feed `places`."""
    zone = {"feed": "places", "key": "place", "column": "zone", **zone}
    columns = [column("at", "timestamp", time_zone=zone), column("place")]
    return feed(*columns, name="readings", files="r/*")


PLACES = feed(column("place"), column("zone"), name="places", files="p/*")


def test_the_zone_of_a_local_time_may_be_in_another_feed() -> None:
    readings, _ = contract_words.parse_all([clock(), PLACES])

    assert readings.columns[0].time_zone == TimeZone(None, "places", "place", "zone")


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ({"feed": "parks"}, "there is no feed 'parks'"),
        ({"column": "tz"}, "feed places has no column tz"),
        ({"key": "zone"}, "this feed has no column zone"),
    ],
)
def test_a_zone_that_is_not_there_is_told(zone: dict[str, str], said: str) -> None:
    with pytest.raises(ContractError) as error:
        contract_words.parse_all([clock(**zone), PLACES])

    assert str(error.value) == f"feed readings, column at: time_zone: {said}"


def test_a_feed_that_yields_may_share_keys_with_others() -> None:
    by_name = feed(name="jobs", files="**/jobs*.csv", yields=True)
    by_folder = feed(name="readings", files="**/readings/*.csv")

    assert len(contract_words.parse_all([by_name, by_folder])) == 2
    also = feed(name="work", files="**/*work*.csv", yields=True)
    with pytest.raises(ContractError, match="can match the same key as"):
        contract_words.parse_all([by_name, also])
