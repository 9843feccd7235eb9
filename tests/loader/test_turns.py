"""Many loads at once are shown by few refreshes, and none is forgotten."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from loader import refresh as refresher
from loader.query import Db, refreshes
from loader.refresh import RefreshFailed, refresh
from loader.removal import unload
from tests.loader.conftest import Desk, readings, s3_event, sqs_event
from tests.loader.test_refresh import break_mart, refreshed, total


@contextmanager
def turn_taken(desk: Desk) -> Iterator[None]:
    """Another loader has the turn."""
    other = desk.another()
    with other.connection().transaction():
        assert refreshes.take_turn(other.connection(), waits=False)
        yield
    other.close()


def shows_all(desk: Desk) -> bool:
    return all(load["refreshed_at"] for load in desk.ledger())


def test_a_turn_that_is_taken_is_left_to_who_has_it(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))

    with turn_taken(own_desk):
        assert refresh(own_desk.database, "leave") == 0
        assert refreshed(own_desk) == []

    assert refresh(own_desk.database, "leave") == 1
    assert shows_all(own_desk)


def test_who_has_the_turn_looks_again_when_it_is_given_up(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left to it while it refreshes is not forgotten."""
    own_desk.drop("observations", "a.csv", readings(1))
    other = own_desk.another()
    left: list[int] = []

    def load_meanwhile(db: Db, model: str) -> None:
        if not left:
            own_desk.drop("observations", "b.csv", readings(2, 3))
            left.append(refresh(own_desk.database, "leave"))
        db.execute("select ops.refresh_mart(%s)", [model])

    monkeypatch.setattr(refreshes, "refresh_mart", load_meanwhile)

    assert refresh(other, "leave") == 2

    other.close()
    assert left == [0]
    assert (total(own_desk), shows_all(own_desk)) == (3, True)
    assert max(Counter(refreshed(own_desk)).values()) == 2


def test_a_moment_is_waited_for_others_that_are_loading(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    own_desk.database.close()
    other, third = own_desk.another(), own_desk.another()
    loading = own_desk.loader(other).db
    shown: list[int] = []
    with loading.transaction():
        loading.execute("select 1")
        alone = threading.Thread(target=lambda: shown.append(refresh(third, "leave")))
        alone.start()
        time.sleep(0.3)
        assert shown == []
        own_desk.drop("observations", "b.csv", readings(2))
    alone.join()

    assert shown == [2]
    assert set(Counter(refreshed(own_desk)).values()) == {1}
    other.close()
    third.close()


def test_but_not_for_one_that_goes_on_and_on(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "PATIENCE", 0.1)
    own_desk.drop("observations", "a.csv", readings(1))
    other = own_desk.another()
    with other.connection().transaction():
        other.connection().execute("select 1")
        assert refresh(own_desk.database, "leave") == 1
    other.close()


def test_a_loader_alone_does_not_wait(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    others = (
        "select count(*) from pg_stat_activity where usename = 'catchment_loader' "
        "and pid != %s and datname = current_database()"
    )
    db = own_desk.database.connection()
    assert own_desk.one(others, db.info.backend_pid) == 0

    with db.transaction():
        assert not refreshes.others_load(db)


def test_a_build_by_dbt_is_waited_for_and_not_left_to(own_desk: Desk) -> None:
    """dbt knows nothing of a loader that came while it was building."""
    own_desk.drop("observations", "a.csv", readings(1))
    with psycopg.connect(own_desk.platform.admin) as build:
        build.execute(
            "select pg_advisory_xact_lock_shared(hashtextextended('ops.refresh', 0))"
        )
        impatient = own_desk.another()
        impatient.connection().execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            refresh(impatient, "leave")
        impatient.close()


def test_loads_that_come_all_the_time_end_a_refresh_at_last(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "MOST_TURNS", 2)
    names = iter("bcdefghi")

    def load_meanwhile(db: Db, model: str) -> None:
        if model == "observations_by_cell":
            own_desk.drop("observations", f"{next(names)}.csv", readings(2))
        db.execute("select ops.refresh_mart(%s)", [model])

    monkeypatch.setattr(refreshes, "refresh_mart", load_meanwhile)
    own_desk.drop("observations", "a.csv", readings(1))
    other = own_desk.another()

    with pytest.raises(RefreshFailed, match="faster than refreshes") as raised:
        refresh(other)

    other.close()
    last = own_desk.ledger()[-1]["load_id"]
    assert raised.value.load_ids == {last}


def test_a_load_that_was_left_and_fails_brings_a_message_again(
    own_desk: Desk, call: Callable[..., Any]
) -> None:
    """Its own message is done with: the loader that left it has answered."""
    own_desk.drop("observations", "left.csv", readings(1))
    break_mart(own_desk)
    version = own_desk.bucket.put(
        "incoming/earthquakes/a.geojson",
        '{"type": "FeatureCollection", "features": []}',
    )

    answer = call(own_desk.platform, sqs_event(s3_event(version)))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_a_load_that_changes_while_it_is_refreshed_waits_again(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken out, or with rows of its quarantine beside."""
    first = own_desk.drop("observations", "a.csv", readings(1))
    second = own_desk.drop("observations", "b.csv", readings(2))
    other = own_desk.another()
    once = iter([True])

    def change_meanwhile(db: Db, model: str) -> None:
        if next(once, False):
            own_desk.admin.execute(
                "update ops.load set rows_loaded = 2 where load_id = %s",
                [first.load_id],
            )
            own_desk.admin.execute(
                "insert into raw.observations (_load_id, _row_number, id, latitude, "
                "longitude, category, value) select _load_id, 2, 9, latitude, "
                "longitude, category, value from raw.observations "
                "where _load_id = %s",
                [first.load_id],
            )
            unload(
                own_desk.database.connection(),
                own_desk.catalog,
                int(second.load_id or 0),
                "test",
            )
        db.execute("select ops.refresh_mart(%s)", [model])

    monkeypatch.setattr(refreshes, "refresh_mart", change_meanwhile)
    refresh(other, "leave")
    other.close()

    assert own_desk.one("select sum(n) from marts.observations_by_cell") == 2
    assert shows_all(own_desk)


def test_nothing_is_left_to_who_is_not_called_again(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one who loads rows of a request, and answers whatever the refresh does."""
    own_desk.drop("observations", "a.csv", readings(1))
    other = own_desk.another()
    was_free: list[bool] = []

    def look(db: Db, model: str) -> None:
        third = own_desk.another()
        with third.connection().transaction():
            was_free.append(refreshes.take_turn(third.connection(), waits=False))
        third.close()
        db.execute("select ops.refresh_mart(%s)", [model])

    monkeypatch.setattr(refreshes, "refresh_mart", look)
    assert refresh(other, "none") == 1
    other.close()

    assert all(was_free)
