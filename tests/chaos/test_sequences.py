"""Uploads, deliveries, faults and refreshes in any order, against a plain model."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catchment.database import Database
from catchment.settings import Settings
from loader.events import Deletion
from loader.load import Loader
from loader.refresh import refresh
from loader.removal import of_object
from loader.replay import CannotReplay, replay
from tests.chaos import invariants, moments, report
from tests.chaos.memory import MemoryStorage
from tests.chaos.model import PLACES, Model, Row, Write, body
from tests.chaos.moments import LOADING, REFRESHING, Moment
from tests.chaos.world import World, empty_tables

SEQUENCES = report.CASES or 1_000
STEPS = 12
# So many rows make a large load here.
LARGE_FROM = 4
KEYS = [f"incoming/observations/{name}.csv" for name in "ab"]
ROWS = st.lists(
    st.builds(
        Row,
        state=st.sampled_from(list(PLACES)),
        day=st.sampled_from([None, 1, 2]),
        category=st.sampled_from(["a", "b"]),
        value=st.sampled_from([None, -1, 0, 1, 2, 7]),
    ),
    max_size=6,
)
# Until the commit a fault leaves nothing behind, and from then on all.
_BEFORE = list(LOADING).index("after the commit, before the move")
COMMITTED = set(list(LOADING)[_BEFORE:])
SHOWN = {"after the refresh committed"}
FAULTS = ("connection cut", "exception")
NO_FAULT = "fault whose moment did not come"
# A moment within a statement is one of time, and no two runs would be alike.
REFRESHES = [name for name, it in REFRESHING.items() if it.when != "within"]
PICK = st.integers(0, 99)


class Fault(Exception):
    """What the loader meets, where no connection is cut."""


class Sequences(RuleBasedStateMachine):
    """One loader, warm, and a database that is emptied between sequences."""

    world: ClassVar[World]
    database: ClassVar[Database]
    counted: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.counted["sequences"] += 1
        self.model, self.storage = Model(), MemoryStorage()
        self.writes: list[Write] = []
        empty_tables(self.world.admin, self.world.catalog, has_few=True)

    def count(self, what: str) -> None:
        self.counted[what] += 1

    @property
    def waiting(self) -> list[Write]:
        """Writes whose events were not handled to their end."""
        return [w for w in self.writes if w.number not in self.model.tries]

    @property
    def loader(self) -> Loader:
        catalog = self.database.catalog()
        settings_ = Settings(self.world.platform.loader)
        return Loader(self.database.connection(), self.storage, catalog, settings_)

    def load(self, write: Write) -> None:
        self.loader.load(write.version)

    def picked(self, writes: Iterable[Write], pick: int) -> Write:
        choice = list(writes)
        return choice[pick % len(choice)]

    @initialize(first=ROWS, second=ROWS)
    def upload_two(self, first: list[Row], second: list[Row]) -> None:
        """Versions of one key, so that there is something to do from the start."""
        for rows in (first, second):
            self.upload(KEYS[0], rows)

    @rule(key=st.sampled_from(KEYS), rows=ROWS)
    def upload(self, key: str, rows: list[Row]) -> None:
        is_new = all(write.key != key for write in self.writes)
        self.count("upload" if is_new else "re-upload")
        number = len(self.writes) + 1
        version = self.storage.put(key, body(rows).encode(), number)
        self.writes.append(Write(number, version, tuple(rows)))

    @precondition(lambda self: self.waiting)
    @rule(pick=PICK)
    def deliver(self, pick: int) -> None:
        """In any order."""
        write = self.picked(self.waiting, pick)
        is_late = any(
            other.key == write.key and number > write.number
            for number, other in self.model.writes.items()
        )
        self.count("delivery of an older version" if is_late else "delivery")
        self.load(write)
        self.model.deliver(write)

    @precondition(lambda self: self.model.writes)
    @rule(pick=PICK)
    def redeliver(self, pick: int) -> None:
        self.count("redelivery")
        self.load(self.picked(self.model.writes.values(), pick))

    @precondition(lambda self: self.waiting)
    @rule(pick=PICK, name=st.sampled_from([*LOADING]), how=st.sampled_from(FAULTS))
    def deliver_and_fail(self, pick: int, name: str, how: str) -> None:
        write = self.picked(self.waiting, pick)
        has_happened = self.try_(lambda: self.load(write), LOADING[name], name, how)
        if not has_happened or name in COMMITTED:
            self.model.deliver(write)

    @precondition(lambda self: self.waiting)
    @rule(pick=PICK)
    def delete_unread(self, pick: int) -> None:
        """An object is taken away before it is read."""
        if pick % 3:  # The others are to be delivered.
            return
        self.count("object deleted unread")
        write = self.picked(self.waiting, pick)
        self.storage.delete(write.version)
        self.model.gone.add(write.number)

    @property
    def settled(self) -> list[Write]:
        """Writes whose objects lie where they belong.

        After a move that broke off one is in two places until the next delivery, and
        who deletes one of them has not deleted it.
        """
        left = self.storage.objects
        known = self.model.writes.values()
        return [w for w in known if (w.key, w.version.version) not in left]

    @precondition(lambda self: self.settled)
    @rule(pick=PICK)
    def delete_loaded(self, pick: int) -> None:
        """An object is deleted where its load has put it, and its event comes."""
        write = self.picked(self.settled, pick)
        place = self.entry(write)["moved_to"]
        if place is None or not place.startswith("processed/"):
            return
        self.count("delete event")
        self.storage.moved.pop(place, None)
        of_object(self.loader, Deletion(write.version.bucket, place))
        self.model.unload(write)

    @precondition(lambda self: self.model.writes)
    @rule(pick=PICK)
    def replay(self, pick: int) -> None:
        write = self.picked(self.model.writes.values(), pick)
        load_id = self.entry(write)["load_id"]
        if self.model.replay(write):
            self.count("replay")
            replay(self.loader, load_id)
        else:
            self.count("replay refused")
            with pytest.raises(CannotReplay):
                replay(self.loader, load_id)

    def entry(self, write: Write) -> dict[str, Any]:
        """The ledger's last entry about a write."""
        entries = [e for e in self.world.ledger() if e["version"] == f"v{write.number}"]
        return entries[-1]

    @precondition(lambda self: self.model.waits)
    @rule()
    def refresh(self) -> None:
        self.count("refresh")
        refresh(self.database)
        self.model.refresh()

    @precondition(lambda self: self.model.waits)
    @rule(name=st.sampled_from(REFRESHES), how=st.sampled_from(FAULTS))
    def refresh_and_fail(self, name: str, how: str) -> None:
        moment = REFRESHING[name]
        has_happened = self.try_(lambda: refresh(self.database), moment, name, how)
        if not has_happened or name in SHOWN:
            self.model.refresh()

    def try_(
        self, work: Callable[[], object], moment: Moment, name: str, how: str
    ) -> bool:
        """Whether the fault happened in this work; without one it must succeed."""
        moments.arm(moment, _raise if how == "exception" else self.cut)
        has_failed = False
        try:
            work()
        except Exception:
            has_failed = True
        has_happened = not moments.disarm()
        assert has_happened >= has_failed, "it failed before its moment"
        self.count(f"fault: {how} {name}" if has_happened else NO_FAULT)
        return has_happened

    def cut(self) -> None:
        """The server ends the session; the loader learns it when it speaks next."""
        pid = self.database.connection().info.backend_pid
        self.world.ask("select pg_terminate_backend(%s, 5000)", pid)

    @invariant()
    def nothing_is_half_done(self) -> None:
        assert tries(self.world) == self.model.tries
        assert rows(self.world) == self.model.rows()
        assert shown(self.world) == self.model.shown

    def teardown(self) -> None:
        """What failed is delivered again, in the end."""
        for write in self.writes:
            self.load(write)
            self.model.deliver(write)
        refresh(self.database)
        self.model.refresh()
        self.nothing_is_half_done()
        self.world.stand_in = self.storage.keys
        taken = {self.writes[number - 1].key for number in self.model.gone}
        invariants.check(self.world, taken=taken)


def _raise() -> None:
    raise Fault


def tries(world: World) -> dict[int, list[str]]:
    """What the ledger says of each write, oldest try first."""
    found = world.ask(
        """
        select
            ('x' || sequencer)::bit(64)::bigint,
            array_agg(status order by ops.load_number(load_id))
        from ops.load
        group by 1
        """
    )
    return dict(found)


def rows(world: World) -> dict[str, int]:
    """Rows in raw by key, of loads that count; the others have none."""
    found = world.ask(
        """
        select key, count(_load_id)
        from ops.load
        full join raw.observations on _load_id = load_id
        where status = 'loaded' or status is null or _load_id is not null
        group by 1
        """
    )
    return dict(found)


def shown(world: World) -> dict[Any, Any]:
    """The marts, by state, day and category; what lies at sea from the cells."""
    found = world.ask(
        """
        select
            state_fips, extract(day from day)::int, category,
            n::int, value_sum, value_min, value_max
        from marts.observations_by_state
        union all
        select
            '', extract(day from day)::int, category,
            n::int, value_sum, value_min, value_max
        from marts.observations_by_cell
        where abs(st_x(centroid) + 30) < 5
        """
    )
    return {row[:3]: row[3:] for row in found}


def test_sequences(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = "sequences of uploads, deliveries, faults and refreshes"
    monkeypatch.setattr("loader.partitions.ROWS", LARGE_FROM)
    Sequences.world, Sequences.counted = world, Counter()
    Sequences.database = Database(world.platform.loader)
    bounded = settings(
        max_examples=SEQUENCES,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    counted = Sequences.counted
    try:
        with moments.listening():
            run_state_machine_as_test(Sequences, settings=bounded)
    finally:
        Sequences.database.close()
        report.tried(fault, counted["sequences"])
    told = ", ".join(f"{what} {n:,}" for what, n in _summary(counted).items())
    report.held(fault, told, counted["sequences"])
    assert counted["sequences"] >= SEQUENCES


def _summary(counted: Counter[str]) -> dict[str, int]:
    """The faults in one sum, and by how many moments they came."""
    faults = {what: n for what, n in counted.items() if what.startswith("fault: ")}
    others = {w: n for w, n in counted.items() if w not in faults and w != "sequences"}
    name = f"faults at {len(faults)} moments"
    return {**dict(sorted(others.items())), name: sum(faults.values())}
