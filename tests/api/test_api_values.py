"""Values: how they are listed, and which fit a type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.question import values
from catchment.types import DataType
from catchment.values import CHECKS


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ("a,", ["a", ""]),
        ('"a,b"', ["a,b"]),
        ('"a,b",c', ["a,b", "c"]),
        ('"say ""hi"""', ['say "hi"']),
        ('"open,b', ['"open', "b"]),
        ('a"b,c"', ['a"b', 'c"']),
        ('"",', ["", ""]),
        ("a\nb", ["a\nb"]),
    ],
)
def test_commas_separate_unless_quoted(text, items):
    assert values.split(text) == tuple(items)


@given(st.lists(st.text(), min_size=1))
def test_any_values_can_be_written_as_a_list(items):
    quoted = ",".join('"' + item.replace('"', '""') + '"' for item in items)
    assert values.split(quoted) == tuple(items)


@given(st.text())
def test_any_text_splits_and_loses_nothing(text):
    items = values.split(text)
    assert items
    if '"' not in text:
        assert ",".join(items) == text


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (
            "smallint",
            ["1", "-32768", "+7"],
            ["32768", "1e3", "", " 1", "1_0", "\u0661"],
        ),
        ("bigint", ["9223372036854775807"], ["9223372036854775808", "1.0"]),
        ("numeric", ["1.5", ".5", "5.", "1e-30", "NaN"], ["1,5", "x", "", "1e", "0x1"]),
        ("double precision", ["1e308", "-Infinity"], ["1e309", "inf", "nan"]),
        ("boolean", ["true", "F", "1"], ["2", "", "wahr"]),
        ("date", ["2025-02-28", "infinity"], ["2025-02-29", "20250228", "today", ""]),
        (
            "timestamp with time zone",
            ["2025-01-01", "2025-01-01T00:00:00.5+00:00"],
            ["now", "12:00"],
        ),
        ("uuid", ["0e37df36-f698-11e6-8dd4-cb9ced3df976"], ["0e37", ""]),
        ("text", ["", "anything ' \" %"], ["\x00"]),
    ],
)
def test_values_fit_their_type(type_, good, bad):
    assert [v for v in good if not values.fits(v, DataType(type_))] == []
    assert [v for v in bad if values.fits(v, DataType(type_))] == []


def test_what_fits_is_what_postgres_takes(world):
    samples = ["1", "-1", "1.5", ".5", "5.", "1e3", "NaN", "Infinity", "true", "F", ""]
    samples += ["2025-01-01", "2025-01-01T10:00:00Z", "infinity", "99999", "+7", "on"]
    samples += ["2025-13-01", "0e37df36-f698-11e6-8dd4-cb9ced3df976", " ", "1_0", "0x1"]
    for name in CHECKS:
        for sample in filter(lambda s: values.fits(s, DataType(name)), samples):
            world.execute(f"select %s::text::{name}", [sample])
