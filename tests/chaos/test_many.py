"""Many loaders at once, and events in the wrong order."""

import pytest

from tests.chaos import invariants, report
from tests.chaos.moments import LOADING
from tests.chaos.report import LARGE, SMALL
from tests.chaos.world import DONE, KEY, World, readings

SIZES = pytest.mark.parametrize("rows", report.SIZES.values(), ids=report.SIZES)


@SIZES
@pytest.mark.parametrize("is_killed", [False, True])
def test_two_loaders_of_one_object(world: World, rows: int, is_killed: bool) -> None:
    fault = "two loaders on one object"
    report.tried(fault)
    version = world.put(readings(rows))
    first = world.loader(version, LOADING["mid-COPY"], "pause")
    first.until_paused()
    second = world.loader(version)
    if is_killed:
        first.process.kill()
        first.process.wait()
    else:
        assert first.go_on()["response"] == DONE

    assert second.answer()["response"] == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the second waits, then finds it loaded, or loads it itself")


@SIZES
def test_eight_deliveries_at_once(world: World, rows: int) -> None:
    fault = "eight deliveries at once"
    report.tried(fault)
    version = world.put(readings(rows))

    loaders = [world.loader(version) for _ in range(8)]

    assert [loader.answer()["response"] for loader in loaders] == [DONE] * 8
    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "one loads it, seven find it loaded")


@SIZES
def test_eight_files_at_once(world: World, rows: int) -> None:
    fault = "eight files at once"
    report.tried(fault)
    keys = [KEY.replace("a.csv", f"{number}.csv") for number in range(8)]
    versions = [world.put(readings(rows, seed), key) for seed, key in enumerate(keys)]

    loaders = [world.loader(version) for version in versions]

    assert [loader.answer()["response"] for loader in loaders] == [DONE] * 8
    assert world.statuses() == ["loaded"] * 8
    invariants.check(world)
    report.held(fault, "all are loaded")


@SIZES
def test_an_old_version_comes_after_the_new(world: World, rows: int) -> None:
    fault = "old version after new"
    report.tried(fault)
    old = world.put(readings(rows, seed=1))
    new = world.put(readings(rows, seed=2))

    assert world.deliver(new) == DONE
    assert world.deliver(old) == DONE

    assert world.statuses() == ["loaded", "superseded"]
    invariants.check(world)
    report.held(fault, "the old one is noted as superseded, and not read")


@SIZES
def test_old_and_new_version_at_once(world: World, rows: int) -> None:
    fault = "new version while the old is being loaded"
    report.tried(fault)
    old = world.put(readings(rows, seed=1))
    new = world.put(readings(rows, seed=2))
    first = world.loader(old, LOADING["mid-COPY"], "pause")
    first.until_paused()
    second = world.loader(new)
    assert first.go_on()["response"] == DONE

    assert second.answer()["response"] == DONE

    assert sorted(world.statuses()) == ["loaded", "superseded"]
    invariants.check(world)
    report.held(fault, "it waits for the old one, and replaces it")


@pytest.mark.parametrize(("old", "new"), [(SMALL, LARGE), (LARGE, SMALL)])
def test_a_small_version_and_a_large(world: World, old: int, new: int) -> None:
    """Their ids are of two kinds: newer is not greater."""
    fault = "large version after small, and small after large"
    report.tried(fault)
    for seed, rows in enumerate((old, new)):
        assert world.deliver(world.put(readings(rows, seed))) == DONE

    assert sorted(world.statuses()) == ["loaded", "superseded"]
    assert world.ledger()[-1]["status"] == "loaded"
    invariants.check(world)
    report.held(fault, "the newer replaces the older")
