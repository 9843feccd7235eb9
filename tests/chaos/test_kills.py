"""kill -9 of a loader at every step; the event comes again to another one."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from loader.handler import handler
from tests.chaos import invariants, report
from tests.chaos.moments import LOADING, OF_LARGE_LOADS, REFRESHING, Moment
from tests.chaos.report import LARGE, SMALL
from tests.chaos.world import DONE, KEY, World, deletion_of, readings

SIZES = [LARGE] if report.IS_SHORT else [SMALL, LARGE]


_BEGIN = re.compile(r"^begin$", re.MULTILINE)


def cases(moments: dict[str, Moment]) -> list[object]:
    return [
        pytest.param(rows, name, id=f"{name}, {'large' if rows == LARGE else 'small'}")
        for rows in SIZES
        for name in moments
        if rows == LARGE or name not in OF_LARGE_LOADS
    ]


@pytest.mark.parametrize(("rows", "name"), cases(LOADING))
def test_killed_while_loading(world: World, rows: int, name: str) -> None:
    fault = f"kill -9 {name}"
    report.tried(fault)
    version = world.put(readings(rows))
    assert world.loader(version, LOADING[name], "kill").is_killed()

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the next delivery loads it, or finds it loaded and moves it")


@pytest.mark.parametrize("rows", SIZES)
def test_killed_while_replacing(world: World, rows: int) -> None:
    """The old rows stand until the new ones are there."""
    fault = "kill -9 while a new version replaces the old"
    report.tried(fault)
    world.deliver(world.put(readings(rows, seed=1)))
    version = world.put(readings(rows, seed=2))
    assert world.loader(version, LOADING["before the commit"], "kill").is_killed()
    assert world.statuses() == ["loaded"]
    invariants.check(world, left=[KEY])

    assert world.deliver(version) == DONE

    assert sorted(world.statuses()) == ["loaded", "superseded"]
    invariants.check(world)
    report.held(fault, "the old rows stay; the next delivery replaces them")


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_unloading(world: World, rows: int, when: str) -> None:
    """Its object is deleted, and the feed says that its rows go along."""
    fault = "kill -9 while the rows of a deleted object are taken out"
    report.tried(fault)
    world.deliver(world.put(readings(rows)))
    (load,) = world.ledger()
    world.bucket.client.delete_object(Bucket=world.bucket.name, Key=load["moved_to"])
    event = deletion_of(world.bucket.name, load["moved_to"])
    moment = Moment(when, r"^commit of .*ops\.remove_rows")
    assert world.loader(event, moment, "kill").is_killed()
    assert world.statuses() == ["loaded" if when == "before" else "unloaded"]

    assert handler(event, None) == DONE

    assert world.statuses() == ["unloaded"]
    assert not world.one("select count(*) from raw.observations")
    invariants.check(world, taken=[KEY])
    report.held(fault, "the next delivery takes them out, or refreshes what lies below")


@pytest.mark.parametrize(("rows", "name"), cases(REFRESHING))
def test_killed_while_refreshing(world: World, rows: int, name: str) -> None:
    fault = f"kill -9 {name}"
    report.tried(fault)
    version = world.put(readings(rows))
    moment = REFRESHING[name]
    with slow(world, moment) if moment.when == "within" else nullcontext():
        assert world.loader(version, moment, "kill").is_killed()

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the load stands; the next delivery refreshes what lies below")


@contextmanager
def slow(world: World, moment: Moment) -> Iterator[None]:
    """Half a second more for a function, so that one can be killed within it.

    The server goes on with it for a client that is dead.
    """
    function = (
        "refresh_rollup" if "refresh_rollup" in moment.pattern else "refresh_mart"
    )
    text = world.one("select pg_get_functiondef(%s::regproc)", f"ops.{function}")
    slowed, count = _BEGIN.subn("begin perform pg_sleep(0.5);", text, 1)
    assert count == 1
    world.admin.execute(slowed)
    yield
    world.admin.execute(text)
