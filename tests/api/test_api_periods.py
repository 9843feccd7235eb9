"""The `datetime` parameter."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.question import periods


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end", "days"),
    [
        ("2025-01-01", utc(2025, 1, 1), utc(2025, 1, 2), (1, 1)),
        ("2025-01-01T00:00:00Z", utc(2025, 1, 1), utc(2025, 1, 1), (1, 1)),
        (
            "2025-01-01t23:00:00.250-02:00",
            utc(2025, 1, 2, 1, 0, 0, 250_000),
            utc(2025, 1, 2, 1, 0, 0, 250_000),
            (2, 2),
        ),
        ("2025-01-02T01:00:00 02:00", utc(2025, 1, 1, 23), utc(2025, 1, 1, 23), (1, 1)),
        ("2025-01-01/2025-01-03", utc(2025, 1, 1), utc(2025, 1, 4), (1, 3)),
        ("2025-01-01/2025-01-01", utc(2025, 1, 1), utc(2025, 1, 2), (1, 1)),
        ("2025-01-01/P2D", utc(2025, 1, 1), utc(2025, 1, 3), (1, 2)),
        ("2025-01-01/P1W", utc(2025, 1, 1), utc(2025, 1, 8), (1, 7)),
        ("2025-01-31/P1M", utc(2025, 1, 31), utc(2025, 2, 28), (31, 27)),
        ("2024-12-01/P1Y2M", utc(2024, 12, 1), utc(2026, 2, 1), (1, 31)),
        ("2025-01-01T12:00:00Z/PT36H", utc(2025, 1, 1, 12), utc(2025, 1, 3), (1, 2)),
        ("2025-01-01/P0D", utc(2025, 1, 1), utc(2025, 1, 1), (1, 1)),
        ("../2025-01-03", None, utc(2025, 1, 4), (None, 3)),
        ("/2025-01-03", None, utc(2025, 1, 4), (None, 3)),
        ("2025-01-03/..", utc(2025, 1, 3), None, (3, None)),
        ("2025-01-03/", utc(2025, 1, 3), None, (3, None)),
        ("../..", None, None, (None, None)),
    ],
)
def test_periods(text, start, end, days):
    period = periods.parse(text)
    assert (period.start, period.end) == (start, end)
    first, last, _ = period.bounds("date")
    assert (first and first.day, last and last.day) == days


def test_the_last_day_of_all_has_an_end():
    period = periods.parse("2025-01-01/9999-12-31")
    assert period.bounds("date") == (date(2025, 1, 1), date.max, True)


@given(st.text(alphabet="0123456789-:TZPDMYWHS/.+ ", max_size=40))
def test_any_text_is_a_period_or_a_value_error(text):
    try:
        period = periods.parse(text)
    except ValueError:
        return
    assert not period.is_empty
