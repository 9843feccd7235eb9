"""What lies below a load is brought up to date, in order, and nothing else."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from catchment.database import Database
from catchment.roles import url_with
from loader.query import Db, refreshes
from loader.refresh import RefreshFailed, refresh
from tests.loader.conftest import Desk, readings

BELOW_OBSERVATIONS = {
    "rollup_observations_by_state",
    "rollup_observations_by_cell",
    "observations_by_state",
    "observations_by_cell",
}


def refreshed(desk: Desk, status: str = "done") -> list[str]:
    """The models refreshed so far, in the order in which it happened."""
    found = desk.ask(
        "select model from ops.refresh where status = %s order by refresh_id", status
    )
    return [model for (model,) in found]


def total(desk: Desk) -> int:
    return int(desk.one("select sum(n) from marts.observations_by_state") or 0)


def break_mart(desk: Desk) -> None:
    """A mart whose rollup is not there."""
    desk.admin.execute(
        "alter table intermediate.rollup_observations_by_cell rename to gone"
    )


def mend_mart(desk: Desk) -> None:
    desk.admin.execute(
        "alter table intermediate.gone rename to rollup_observations_by_cell"
    )


def test_only_what_lies_below_the_feed_is_refreshed(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))

    assert own_desk.refresh() == 1

    assert Counter(refreshed(own_desk)) == Counter(BELOW_OBSERVATIONS)


def test_a_rollup_is_refreshed_before_the_marts_on_it(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))

    own_desk.refresh()

    order = refreshed(own_desk)
    for kind in ("state", "cell"):
        rollup = order.index(f"rollup_observations_by_{kind}")
        assert rollup < order.index(f"observations_by_{kind}")


def test_a_refresh_is_logged_with_its_loads_time_and_rows(own_desk: Desk) -> None:
    loads = [own_desk.drop("observations", f"{n}.csv", readings(n)) for n in (1, 2)]

    own_desk.refresh()

    logged = own_desk.ask(
        "select model, load_ids, seconds > 0, started_at < now(), rows, status, "
        "message from ops.refresh where model ~ 'by_state' order by 1"
    )
    ids = [load.load_id for load in loads]
    assert logged == [
        ("observations_by_state", ids, True, True, 1, "done", None),
        ("rollup_observations_by_state", ids, True, True, 2, "done", None),
    ]
    assert all(load["refreshed_at"] for load in own_desk.ledger())


def test_where_nothing_waits_nothing_is_refreshed(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    own_desk.refresh()
    before = refreshed(own_desk)

    assert own_desk.refresh() == 0

    assert refreshed(own_desk) == before


def test_a_rejected_file_refreshes_nothing(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings("x"))

    assert own_desk.refresh() == 0
    assert refreshed(own_desk) == []


def test_twenty_loads_at_once_cost_at_most_two_refreshes_of_each_model(
    own_desk: Desk,
) -> None:
    keys = [f"incoming/observations/{number}.csv" for number in range(20)]
    versions = [own_desk.bucket.put(key, readings(1, 2)) for key in keys]
    loader = own_desk.loader()
    for version in versions[:-1]:
        loader.load(version)
    start = threading.Barrier(20)

    def come(number: int) -> int:
        database = own_desk.another()
        start.wait()
        if number == 19:
            own_desk.load(versions[-1])
        loads = refresh(database)
        database.close()
        return loads

    with ThreadPoolExecutor(20) as pool:
        covered = sum(pool.map(come, range(20)))

    assert covered == 20
    assert max(Counter(refreshed(own_desk)).values()) <= 2
    assert set(refreshed(own_desk)) == BELOW_OBSERVATIONS
    assert total(own_desk) == 40


def test_a_mart_that_fails_is_told_and_the_others_are_refreshed(
    own_desk: Desk,
) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    break_mart(own_desk)

    with pytest.raises(RefreshFailed) as told:
        own_desk.refresh()

    assert "rollup_observations_by_cell: " in str(told.value)
    assert "does not exist" in str(told.value)
    assert "observations_by_cell: stands on rollup_observations_by_cell" in str(
        told.value
    )
    assert total(own_desk) == 1
    assert refreshed(own_desk, "failed") == ["rollup_observations_by_cell"]
    message = own_desk.one("select message from ops.refresh where status = 'failed'")
    assert "does not exist" in message
    assert own_desk.ledger()[0]["refreshed_at"] is None


def test_loads_wait_for_the_mended_mart(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    break_mart(own_desk)
    with pytest.raises(RefreshFailed):
        own_desk.refresh()
    mend_mart(own_desk)

    assert own_desk.refresh() == 1

    assert own_desk.one("select sum(n) from marts.observations_by_cell") == 1
    assert own_desk.ledger()[0]["refreshed_at"]


def test_a_mart_that_failed_forgets_a_replaced_load_once_it_is_mended(
    own_desk: Desk,
) -> None:
    """Its rollup is up to date by then: only `ops.stale` tells of the former day."""
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    own_desk.refresh()
    query = "alter view marts.{} rename to {}"
    definition = "observations_by_state__definition"
    own_desk.admin.execute(query.format(definition, "gone"))
    on_the_next_day = readings(5).replace("2026-03-01", "2026-03-02")
    own_desk.drop("observations", "a.csv", on_the_next_day)
    with pytest.raises(RefreshFailed, match="observations_by_state"):
        own_desk.refresh()
    assert own_desk.ask("select n from marts.observations_by_state") == [(3,)]
    own_desk.admin.execute(query.format("gone", definition))

    assert own_desk.refresh() == 2

    shown = own_desk.ask("select day::text, n from marts.observations_by_state")
    assert shown == [("2026-03-02", 1)]


def test_a_broken_mart_holds_back_only_the_feeds_above_it(own_desk: Desk) -> None:
    own_desk.drop("observations", "a.csv", readings(1))
    quake = own_desk.drop("earthquakes", "a.geojson", '{"features": []}')
    break_mart(own_desk)

    with pytest.raises(RefreshFailed):
        own_desk.refresh()

    waiting = {load["feed"]: not load["refreshed_at"] for load in own_desk.ledger()}
    assert waiting == {"observations": True, "earthquakes": False}
    assert quake.status == "loaded"


def test_a_value_that_no_sum_can_take_holds_back_its_own_load_only(
    own_desk: Desk,
) -> None:
    good, bad = (
        own_desk.drop("observations", f"{name}.csv", readings(1)) for name in "ab"
    )
    own_desk.admin.execute(
        "update raw.observations set value = 1e200 where _load_id = %s", [bad.load_id]
    )

    with pytest.raises(RefreshFailed, match="overflow") as told:
        own_desk.refresh()

    assert told.value.load_ids == {bad.load_id}
    waiting = {load["load_id"]: not load["refreshed_at"] for load in own_desk.ledger()}
    assert waiting == {good.load_id: False, bad.load_id: True}
    assert total(own_desk) == 1


def test_a_load_replaced_while_it_is_refreshed_is_refreshed_again(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_desk.drop("observations", "a.csv", readings(1, 2, 3))
    other = own_desk.another()
    once = iter([True])

    def replace_meanwhile(db: Db, model: str) -> None:
        if next(once, False):
            own_desk.drop("observations", "a.csv", readings(5))
        db.execute("select ops.refresh_mart(%s)", [model])

    monkeypatch.setattr(refreshes, "refresh_mart", replace_meanwhile)
    refresh(other)
    other.close()

    own_desk.refresh()

    assert total(own_desk) == 1
    assert own_desk.one("select sum(n) from marts.observations_by_cell") == 1
    assert all(load["refreshed_at"] for load in own_desk.ledger())


def test_two_refreshes_of_one_mart_do_not_meet(own_desk: Desk) -> None:
    """The second waits, for the first holds the lock until it commits."""
    own_desk.drop("observations", "a.csv", readings(1))
    first = own_desk.another().connection()
    with first.transaction():
        refreshes.lock_refresh(first)
        impatient = Database(
            url_with(own_desk.platform.loader, options="-c lock_timeout=100ms")
        )
        with pytest.raises(psycopg.errors.LockNotAvailable):
            refresh(impatient)
        impatient.close()
    first.close()

    assert refreshed(own_desk) == []
    assert own_desk.refresh() == 1


def test_a_database_that_breaks_off_leaves_the_loads_waiting(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_desk.drop("observations", "a.csv", readings(1))

    def break_off(db: Db, model: str) -> None:
        db.execute("select pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(refreshes, "refresh_mart", break_off)
        with pytest.raises(psycopg.OperationalError):
            own_desk.refresh()

    assert own_desk.refresh() == 1


def test_a_refresh_takes_the_catalog_that_is_published_when_its_turn_comes(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build may publish a new model while a refresh waits for it to end."""
    own_desk.drop("observations", "a.csv", readings(1))
    lock = refreshes.lock_refresh

    def publish_then_lock(db: Db) -> None:
        own_desk.ask(
            "insert into ops.catalog (hash, document) select 'new', replace("
            'document::text, \'"name": "observations_by_cell"\', '
            '\'"name": "renamed"\')::json from ops.catalog returning hash'
        )
        lock(db)

    monkeypatch.setattr(refreshes, "lock_refresh", publish_then_lock)
    own_desk.refresh()

    assert "renamed" in refreshed(own_desk)


def test_a_value_too_large_for_an_index_holds_back_its_own_feed_only(
    own_desk: Desk,
) -> None:
    """psycopg calls it operational, as if the server were away."""
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 6000)))
    load_id = own_desk.one(
        "insert into ops.load (feed, bucket, key, version, status) "
        "values ('parks', 'b', 'k', 'v', 'loaded') returning load_id"
    )
    own_desk.admin.execute(
        "insert into raw.parks (_load_id, _row_number, park_name, timezone, "
        "energy_type) values (%s, 1, %s, 'UTC', 'Wind')",
        [load_id, name],
    )
    own_desk.drop("observations", "a.csv", readings(1, 2))

    with pytest.raises(RefreshFailed, match="index row") as failed:
        own_desk.refresh()

    assert failed.value.load_ids == {load_id}
    assert total(own_desk) == 2


def test_numbers_that_cannot_be_squared_are_refreshed(own_desk: Desk) -> None:
    """1e-170 is a legal value, and so is a place next to the equator."""
    body = (
        "id,latitude,longitude,category,value\n"
        "1,1e-300,1e-300,temperature,1e-170\n2,1e-300,-1e-300,temperature,-1e-200\n"
    )
    own_desk.drop("observations", "a.csv", body)

    own_desk.refresh()

    assert own_desk.one("select sum(n) from marts.observations_by_cell") == 2
