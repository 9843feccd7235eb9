"""The checks themselves can fail: each is broken by hand."""

import psycopg
import pytest

from tests.chaos import invariants
from tests.chaos.invariants import complaints
from tests.chaos.world import DONE, KEY, World, readings

LOADED = "select max(load_id) from ops.load where status = 'loaded'"
BROKEN = {
    "a row of raw is lost": (
        f"delete from raw.observations where _row_number = 1 and _load_id = ({LOADED})",
        ["rows of load", "records has", "rollup_observations_by_cell has"],
    ),
    "a row is there twice": (
        f"""
        insert into raw.observations
            (_load_id, _row_number, id, latitude, longitude, category, value)
        select _load_id, _row_number, id, latitude, longitude, category, value
        from raw.observations
        where _row_number = 1 and _load_id = ({LOADED})
        """,
        ["rows of load", "distinct"],
    ),
    "rows of no load": (
        """
        insert into raw.observations
            (_load_id, _row_number, id, latitude, longitude, category, value)
        values (77, 1, 1, 40, -74, 'a', 1)
        """,
        ["no load that counts"],
    ),
    "a reject is lost": (
        f"delete from ops.reject where row_number = 10 and load_id = ({LOADED})",
        ["rejects counted", "records has"],
    ),
    "a load counts too many": (
        f"update ops.load set rows_read = rows_read + 1 where load_id = ({LOADED})",
        ["accounted", "records has"],
    ),
    "a replaced load counts": (
        "update ops.load set status = 'loaded' where status = 'superseded'",
        ["count at once", "rows of load"],
    ),
    "a newer load does not count": (
        "update ops.load set sequencer = 'FF' || sequencer where status = 'superseded'",
        ["of a newer write does not"],
    ),
    "a load was not moved": (
        f"update ops.load set moved_to = null where load_id = ({LOADED})",
        ["was not moved", "the ledger does not know it"],
    ),
    "an object is elsewhere": (
        f"update ops.load set moved_to = 'processed/x' where load_id = ({LOADED})",
        ["where nothing is"],
    ),
    "a load waits": (
        f"update ops.load set refreshed_at = null where load_id = ({LOADED})",
        ["waits to be refreshed"],
    ),
    "a mart has something to show": (
        "insert into ops.stale (mart) values ('observations_by_state')",
        ["observations_by_state has yet to show 1 values"],
    ),
    "a rollup is wrong": (
        """
        update intermediate.rollup_observations_by_state set n = n + 1
        where ctid = (
            select min(ctid) from intermediate.rollup_observations_by_state
        )
        """,
        ["rollup_observations_by_state has"],
    ),
    "a partition is left": (
        "create table raw.observations__2000000000077 (_load_id bigint)",
        ["is a partition of nothing", "is of a load that does not count"],
    ),
    "a load is under way for ever": (
        f"update ops.load set status = 'loading' where load_id = ({LOADED})",
        ["was committed while it was under way"],
    ),
}


@pytest.fixture
def loaded(world: World) -> World:
    for seed in (1, 2):
        assert world.deliver(world.put(readings(50, seed))) == DONE
    invariants.check(world)
    return world


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_told(loaded: World, what: str) -> None:
    statement, said = BROKEN[what]
    loaded.admin.execute(statement)

    found = list(complaints(loaded))

    for words in said:
        assert any(words in complaint for complaint in found), found


def test_a_wrong_mart_is_told(loaded: World) -> None:
    """Past all models too, where rollups are changed with raw."""
    loaded.admin.execute("update raw.observations set value = value + 1")
    loads = [load["load_id"] for load in loaded.ledger()]
    for model in ("rollup_observations_by_cell", "rollup_observations_by_state"):
        loaded.ask("select ops.refresh_rollup(%s, %s)", model, loads)

    found = list(complaints(loaded))

    for mart in ("observations_by_cell", "observations_by_state"):
        told = [complaint for complaint in found if complaint.startswith(f"{mart} has")]
        assert "of raw.observations" in told[-1], found
        assert len(told) == 3, found


def test_an_object_left_behind_is_told(loaded: World) -> None:
    loaded.put("x")

    assert any("still lies" in complaint for complaint in complaints(loaded))
    assert not list(complaints(loaded, left=[KEY]))


def test_what_is_held_is_told(loaded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "SECONDS_TO_LET_GO", 0)
    with psycopg.connect(loaded.platform.admin) as other:
        other.execute("select pg_advisory_lock(1)")
        other.commit()
        assert "is idle: " in next(complaints(loaded))
        other.execute("select 1")
        assert "is idle in transaction: " in next(complaints(loaded))
