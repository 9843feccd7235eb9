"""A large load has a partition of its own, indexed when its rows are in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from loader import partitions
from loader.outcome import Outcome
from loader.query.loads import OWN_PARTITION
from tests.loader.conftest import Desk, reading, readings

FEW = 20


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a file of a test is a large one."""
    monkeypatch.setattr(partitions, "ROWS", FEW)


@pytest.fixture
def drop(own_desk: Desk) -> Callable[..., Outcome]:
    """Load a file of so many readings; each begins with another id."""

    def drop(name: str, count: int, first: int = 1, extra: str = "") -> Outcome:
        numbers = range(first, first + count)
        return own_desk.drop("observations", name, readings(*numbers) + extra)

    return drop


def own_partitions(desk: Desk) -> list[str]:
    return [
        name
        for (name,) in desk.ask(
            "select inhrelid::regclass::text from pg_inherits "
            "where inhparent = 'raw.observations'::regclass order by 1"
        )
        if not name.endswith("__shared")
    ]


def indexes(desk: Desk, table: str) -> set[str]:
    """The indexes of a table, without the names of their own."""
    found = desk.ask(
        "select pg_get_indexdef(indexrelid) from pg_index "
        "where indrelid = %s::regclass and indisvalid",
        table,
    )
    return {definition.partition(" USING ")[2] for (definition,) in found}


def counted(desk: Desk) -> int:
    return int(desk.one("select coalesce(sum(n), 0) from marts.observations_by_cell"))


def test_many_rows_get_a_partition_with_all_indexes(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    outcome = drop("a.csv", FEW)

    assert outcome.status == "loaded"
    assert outcome.load_id is not None
    assert outcome.load_id > OWN_PARTITION
    own = f"raw.observations__{outcome.load_id}"
    assert own_partitions(own_desk) == [own]
    assert indexes(own_desk, own) == indexes(own_desk, "raw.observations")
    assert len(indexes(own_desk, own)) >= 2
    assert own_desk.one(f"select count(*) from {own}") == FEW
    # What the planner needs for the refresh that comes next.
    assert own_desk.one(
        "select reltuples from pg_class where oid = %s::regclass", own
    ) == pytest.approx(FEW)


def test_fewer_rows_share_one(own_desk: Desk, drop: Callable[..., Outcome]) -> None:
    outcome = drop("a.csv", FEW - 1)

    assert outcome.load_id is not None
    assert outcome.load_id < OWN_PARTITION
    assert own_partitions(own_desk) == []


def test_so_do_many_where_there_are_many_partitions(
    own_desk: Desk, drop: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "MOST", 1)

    drop("a.csv", FEW)
    drop("b.csv", FEW)

    assert len(own_partitions(own_desk)) == 1
    assert own_desk.one("select count(*) from raw.observations") == 2 * FEW


def test_rows_of_both_kinds_are_counted_alike(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    drop("large.csv", FEW)
    drop("small.csv", 3, first=100)
    own_desk.refresh()

    assert counted(own_desk) == FEW + 3


@pytest.mark.parametrize("second", [FEW, 3], ids=["large", "small"])
def test_a_new_upload_takes_the_place_of_a_large_one(
    own_desk: Desk, drop: Callable[..., Outcome], second: int
) -> None:
    former = drop("a.csv", 2 * FEW)
    own_desk.refresh()
    assert counted(own_desk) == 2 * FEW

    newer = drop("a.csv", second, first=1000)

    assert own_desk.statuses() == ["superseded", "loaded"]
    assert own_desk.ask("select distinct _load_id from raw.observations") == [
        (newer.load_id,)
    ]
    own_desk.refresh()
    assert counted(own_desk) == second
    # Its partition is gone, and with it what each query would have to lock.
    assert f"raw.observations__{former.load_id}" not in own_partitions(own_desk)


def test_an_older_small_upload_is_told_from_a_newer_large_one(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    """Ids of large loads are above all others; what is newer is not told by them."""
    drop("a.csv", FEW)
    drop("a.csv", 3, first=50)
    last = drop("a.csv", 4, first=60)

    known = own_desk.ask(
        "select status, superseded_by from ops.load order by ops.load_number(load_id)"
    )

    assert [status for status, _ in known] == ["superseded", "superseded", "loaded"]
    assert known[1] == ("superseded", last.load_id)


def test_while_somebody_reads_it_a_partition_is_emptied_row_by_row(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    """As a backup does, for hours."""
    former = drop("a.csv", FEW)
    with reading_all(own_desk):
        drop("a.csv", 3, first=100)
        own_desk.refresh()

        assert own_desk.one("select count(*) from raw.observations") == 3
        assert counted(own_desk) == 3
        assert len(own_partitions(own_desk)) == 1

    # The next refresh that takes rows away finds it unused.
    drop("a.csv", 4, first=200)
    own_desk.refresh()
    assert own_partitions(own_desk) == []
    assert former.load_id is not None


@contextmanager
def reading_all(desk: Desk) -> Iterator[None]:
    with psycopg.connect(desk.platform.admin) as reader:
        reader.execute("select count(*) from raw.observations")
        yield


def test_above_the_reject_limit_nothing_is_left(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    bad = "".join(reading(n, "no number") for n in range(FEW))
    strict = own_desk.catalog.feeds["observations"]
    limit = replace(strict.reject_limit, value=0.1)
    own_desk.feeds["observations"] = replace(strict, reject_limit=limit)

    outcome = drop("a.csv", 2 * FEW, extra=bad.partition("\n")[2])

    assert (outcome.status, outcome.counts.loaded) == ("rejected", 0)
    assert outcome.counts.rejected > 0
    assert own_partitions(own_desk) == []
    tables = "select count(*) from pg_class where relname ~ '^observations__[0-9]'"
    assert own_desk.one(tables) == 0


def test_a_file_that_breaks_off_leaves_no_table(own_desk: Desk) -> None:
    text = readings(*range(2 * FEW)).encode() + b"1,\xff\n"

    outcome = own_desk.drop("observations", "a.csv", text)

    assert outcome.status == "failed"
    tables = "select count(*) from pg_class where relname ~ '^observations__[0-9]'"
    assert own_desk.one(tables) == 0


def test_two_large_files_of_a_feed_load_at_once(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    """Only to attach its partition does one wait for the other."""
    first, second = own_desk.another(), own_desk.another()
    versions = [
        own_desk.bucket.put(f"incoming/observations/{name}.csv", readings(*range(FEW)))
        for name in "ab"
    ]
    with first.connection().transaction():
        one = own_desk.loader(first).load(versions[0])
        assert one.status == "loaded"
        second.connection().execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable) as raised:
            own_desk.loader(second).load(versions[1])
        assert "attach_partition" in str(raised.value.diag.context)
    assert own_desk.loader(second).load(versions[1]).status == "loaded"
    first.close()
    second.close()


def test_a_load_says_how_long_its_parts_took(
    own_desk: Desk, drop: Callable[..., Outcome]
) -> None:
    outcome = drop("a.csv", FEW)

    parts: Any = ("ledger", "fetch", "validate", "copy", "index", "move")
    assert tuple(outcome.seconds) == parts
    assert all(took > 0 for took in outcome.seconds.values())
    kept = own_desk.ledger()[0]["seconds_by_part"]
    assert set(kept) == set(parts) - {"move"}
