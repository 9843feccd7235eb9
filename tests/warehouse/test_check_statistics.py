"""The statistics of the data checks, held against numpy and what one can count."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Platform, copy_of, drop_database

LOAD = """
insert into ops.load (
    feed, bucket, key, version, status, rows_read, rows_loaded, rows_rejected,
    finished_at
)
values (
    %(feed)s, 'b', %(key)s, gen_random_uuid()::text, %(status)s,
    %(rows)s::bigint + %(rejected)s, %(rows)s, %(rejected)s, %(when)s
)
"""


@pytest.fixture(scope="module")
def platform(server_url: str, migrated: Platform) -> Iterator[Platform]:
    mine = copy_of(server_url, migrated)
    yield mine
    drop_database(server_url, mine.admin)


@pytest.fixture
def db(platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    """As the owner; what a test writes is taken back."""
    with psycopg.connect(platform.owner) as connection:
        yield connection
        connection.rollback()


def one(db: psycopg.Connection[Any], question: str, *values: Any) -> Any:
    row = db.execute(question.encode(), values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


BAND = "select * from ops.band(%s::float8[], %s, %s)"


def test_a_band_is_the_median_and_its_robust_deviation(
    db: psycopg.Connection[Any],
) -> None:
    history = np.random.default_rng(1).normal(1000, 20, 40)
    history[3] = 90_000  # one that the band does not care about

    middle, low, high = one(db, BAND, history.tolist(), 0, 0)

    deviation = 1.4826 * np.median(np.abs(history - np.median(history)))
    assert middle == pytest.approx(np.median(history))
    assert low == pytest.approx(np.median(history) - 3.5 * deviation)
    assert high == pytest.approx(np.median(history) + 3.5 * deviation)


@pytest.mark.parametrize(
    ("history", "relative", "absolute", "band"),
    [
        ([100.0] * 8, 0.2, 0, (100, 80, 120)),
        ([0.0] * 8, 0, 0.05, (0, 0, 0.05)),
        # Two days of seven are like this.
        ([1000.0] * 20 + [300.0] * 8, 0.2, 0, (1000, 300, 1200)),
        ([100.0] * 7, 0.2, 0, (None, None, None)),
        (None, 0.2, 0, (None, None, None)),
    ],
    ids=["never alike to the row", "never below 0", "weekends", "too few", "none"],
)
def test_a_band_has_a_width_at_least_and_needs_eight_values(
    db: psycopg.Connection[Any],
    history: list[float] | None,
    relative: float,
    absolute: float,
    band: tuple[float | None, ...],
) -> None:
    found = one(db, BAND, history, relative, absolute)

    assert found == pytest.approx(band)


def psi(reference: dict[str, int], compared: dict[str, int]) -> float:
    bins = sorted({*reference, *compared})
    a, b = (
        np.array([counts.get(bin_, 0) + 0.5 for bin_ in bins])
        for counts in (reference, compared)
    )
    a, b = a / a.sum(), b / b.sum()
    return float(np.sum((b - a) * np.log(b / a)))


@pytest.mark.parametrize(
    ("reference", "compared", "index"),
    [
        ({"a": 50, "b": 50}, {"a": 500, "b": 500}, 0),
        ({"a": 100, "": 0}, {"a": 0, "": 100}, 10.5),
        ({"a": 90, "b": 10}, {"a": 70, "b": 30}, 0.265),
        ({"a": 100}, {"b": 100}, 10.5),
    ],
)
def test_the_index_is_that_of_the_books(
    db: psycopg.Connection[Any],
    reference: dict[str, int],
    compared: dict[str, int],
    index: float,
) -> None:
    found = one(db, "select ops.psi(%s, %s)", Jsonb(reference), Jsonb(compared))

    assert found == pytest.approx(psi(reference, compared))
    assert found == pytest.approx(index, abs=0.02)


@pytest.mark.parametrize("bins", [2, 10, 51])
def test_chance_alone_does_not_reach_the_index_that_it_may(
    db: psycopg.Connection[Any], bins: int
) -> None:
    drawn = np.random.default_rng(2)
    shares, (n, m) = np.full(bins, 1 / bins), (300, 6000)
    allowed = one(db, "select ops.psi_by_chance(%s, %s, %s)", bins, n, m)

    found = [
        psi(
            {str(i): int(c) for i, c in enumerate(drawn.multinomial(n, shares))},
            {str(i): int(c) for i, c in enumerate(drawn.multinomial(m, shares))},
        )
        for _ in range(1000)
    ]

    assert max(found) < allowed < 2.5 * max(found)


def load(
    db: psycopg.Connection[Any],
    rows: int,
    days_ago: float,
    key: str | None = None,
    **more: Any,
) -> None:
    when = datetime.now(UTC) - timedelta(days=days_ago)
    given = {"feed": "f", "status": "loaded", "rejected": 0, "rows": rows, **more}
    db.execute(
        LOAD.encode(), {**given, "key": key or f"f/{when:%Y-%m-%d}.csv", "when": when}
    )


NEWEST = """
select rows_loaded, low, high, high_share from ops.counts_of_loads('f', 60)
where series = ops.file_series(%s) and back = 1
"""


def test_a_load_is_compared_with_files_that_are_named_alike(
    db: psycopg.Connection[Any],
) -> None:
    for day in range(20, 0, -1):
        load(db, 1000, day)
        load(db, 10, day, f"f/small-{day}.csv")
    load(db, 500, 0)

    rows, low, high, _ = one(db, NEWEST, "f/2026-01-01.csv")
    assert (rows, low, high) == (500, 800, 1200)
    rows, low, high, _ = one(db, NEWEST, "f/small-1.csv")
    assert (rows, low, high) == (10, 8, 12)


def test_rejects_of_a_load_are_compared_with_those_before(
    db: psycopg.Connection[Any],
) -> None:
    for day in range(20, 0, -1):
        load(db, 990, day, rejected=10)
    load(db, 95, 0, rejected=5)

    *_, high_share = one(db, NEWEST, "f/2026-01-01.csv")

    # 1 % is usual; 2 % more may be, and 3 rows of the hundred.
    assert high_share == pytest.approx(0.01 + 0.02 + 3 / 100)


def periods(db: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    question = "select days, rows_loaded, low, high from ops.counts_of_periods('f', 99)"
    return db.execute(question).fetchall()


def test_a_day_on_which_nothing_came_counts(db: psycopg.Connection[Any]) -> None:
    for day in range(30, 1, -1):
        load(db, 1000, day)

    newest, before, *_ = periods(db)

    assert newest == (1, 0, 800, 1200)  # yesterday; today is not over
    assert before == (1, 1000, 800, 1200)


def test_a_sunday_is_compared_with_sundays(db: psycopg.Connection[Any]) -> None:
    """As soon as there are eight of them."""
    for day in range(100, 0, -1):
        load(db, 100 if day % 7 == 1 else 1000, day)

    newest, before, *_ = periods(db)

    assert newest == (1, 100, 80, 120)
    assert before == (1, 1000, 800, 1200)


def test_a_feed_that_comes_each_week_is_counted_by_the_week(
    db: psycopg.Connection[Any],
) -> None:
    for week in range(20, 0, -1):
        load(db, 1000, 7 * week)

    found = periods(db)

    assert {days for days, *_ in found} == {7}
    assert {rows for _, rows, *_ in found} == {1000}


def test_uploads_of_a_key_on_one_day_count_once_and_replays_not_at_all(
    db: psycopg.Connection[Any],
) -> None:
    for day in range(5, 0, -1):
        load(db, 7, day, "f/a.csv", status="superseded")
        load(db, 1000, day, "f/a.csv")
        load(db, 5, day, "f/b.csv")
    db.execute("update ops.load set replay_of = 1 where key = 'f/b.csv'")

    assert {rows for _, rows, *_ in periods(db)} == {1000}


def test_the_api_reads_what_was_found_and_no_values(platform: Platform) -> None:
    with psycopg.connect(platform.api, autocommit=True) as api:
        for allowed in (
            "table ops.check_run",
            "table ops.check_result",
            "select * from ops.profiles_of('f', 1)",
            "select * from ops.counts_of_loads('f', 1)",
        ):
            api.execute(allowed.encode())
        for refused in ("table ops.profile", "delete from ops.check_run"):
            with pytest.raises(psycopg.Error, match=r"permission denied|read-only"):
                api.execute(refused.encode())
    with psycopg.connect(platform.loader, autocommit=True) as loader:
        for refused in ("table ops.profile", "table ops.check_result"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                loader.execute(refused.encode())
