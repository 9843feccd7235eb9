"""The types that a contract may name."""

import pytest

from catchment.types import DataType, parse_type


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("text", "text"),
        ("TEXT", "text"),
        ("int", "integer"),
        ("double  precision", "double precision"),
        ("timestamptz", "timestamp with time zone"),
        ("timestamp", "timestamp without time zone"),
        ("Timestamp With Time Zone", "timestamp with time zone"),
        ("numeric", "numeric"),
        ("numeric(8)", "numeric(8,0)"),
        ("numeric(8,2)", "numeric(8,2)"),
        ("Numeric(8, 2)", "numeric(8,2)"),
        ("geometry(Point,4326)", "geometry(Point,4326)"),
        ("geometry(pointz, 4326)", "geometry(PointZ,4326)"),
        ("GEOMETRY(MULTIPOLYGONZM,3857)", "geometry(MultiPolygonZM,3857)"),
    ],
)
def test_a_type_is_printed_as_postgres_prints_it(written: str, printed: str) -> None:
    assert str(parse_type(written)) == printed


@pytest.mark.parametrize(
    "written",
    ["", "varchar", "varchar(10)", "numeric()", "geometry", "geometry(Point)",
     "geometry(Circle,4326)", "text[]", "serial", "geography(Point,4326)", "float"],
)  # fmt: skip
def test_an_unknown_type_is_none(written: str) -> None:
    assert parse_type(written) is None


def test_what_stands_in_brackets_is_kept() -> None:
    assert parse_type("numeric(8,2)") == DataType("numeric", 8, 2)
    assert parse_type("geometry(PointZ,4326)") == DataType(
        "geometry", shape="PointZ", srid=4326
    )


@pytest.mark.parametrize(
    ("shape", "has_z", "has_m"),
    [
        ("Point", False, False),
        ("PointZ", True, False),
        ("PointM", False, True),
        ("PointZM", True, True),
        ("MultiPolygonZ", True, False),
    ],
)
def test_shapes_tell_their_ordinates(shape: str, has_z: bool, has_m: bool) -> None:
    type_ = parse_type(f"geometry({shape},4326)")

    assert type_ is not None
    assert (type_.has_z, type_.has_m) == (has_z, has_m)


def test_numbers_are_known_as_such() -> None:
    for name in ("smallint", "integer", "bigint", "numeric(3,1)", "real"):
        type_ = parse_type(name)
        assert type_ is not None
        assert type_.is_number
    for name in ("text", "date", "uuid", "boolean", "geometry(Point,4326)"):
        type_ = parse_type(name)
        assert type_ is not None
        assert not type_.is_number
