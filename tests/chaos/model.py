"""What must be visible, in plain Python: the oracle of the sequences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loader.events import ObjectVersion
from tests.loader.conftest import READINGS_HEADER

# Two places, and the states that contain them by us_states; one is at sea.
PLACES = {"36": "40.7128,-74.0060", "06": "34.0500,-118.2400", "": "0.0,-30.0"}


@dataclass(frozen=True)
class Row:
    """A reading, bad where it has no value."""

    state: str
    day: int | None
    category: str
    value: int | None

    def line(self, number: int) -> str:
        value = "none" if self.value is None else self.value
        day = "" if self.day is None else f"2026-03-{self.day:02d}T12:00:00Z"
        return f"{number},{PLACES[self.state]},{self.category},{value},{day}\n"


@dataclass(frozen=True)
class Write:
    """One write to a key; later ones have greater numbers."""

    number: int
    version: ObjectVersion
    rows: tuple[Row, ...]

    @property
    def key(self) -> str:
        return self.version.key

    @property
    def good(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.value is not None)

    @property
    def is_bad(self) -> bool:
        """No row of it keeps the contract."""
        return bool(self.rows) and not self.good


def body(rows: Iterable[Row]) -> str:
    lines = (row.line(number) for number, row in enumerate(rows, 1))
    return READINGS_HEADER + "".join(lines)


# State, or place at sea; day; category.
Group = tuple[str, int | None, str]
# n, sum, min, max.
Totals = Mapping[Group, tuple[int, float, float, float]]


@dataclass
class Model:
    """Writes, and what became of them.

    Attributes:
        tries: what each try to load a write has come to, in their order.
        gone: writes whose object somebody deleted.
        shown: what the last refresh showed.
    """

    tries: dict[int, list[str]] = field(default_factory=dict)
    writes: dict[int, Write] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    shown: Totals = field(default_factory=dict)

    def deliver(self, write: Write) -> None:
        """An event of a write is handled to its end."""
        if write.number in self.tries:
            return
        self.writes[write.number] = write
        if self._is_newer_than(write, "loaded", "unloaded"):
            self.tries[write.number] = ["superseded"]
        elif write.number in self.gone:
            self.tries[write.number] = ["failed"]
        else:
            self._load(write)

    def replay(self, write: Write) -> bool:
        """Its file is loaded once more; whether that may be."""
        is_over = self.status(write) in ("superseded", "failed")
        if is_over or write.number in self.gone or self._is_newer_than(write, "loaded"):
            return False
        self._load(write)
        return True

    def unload(self, write: Write) -> None:
        """Its object is deleted after it was loaded."""
        self.gone.add(write.number)
        if self.status(write) == "loaded":
            self.tries[write.number][-1] = "unloaded"

    def status(self, write: Write) -> str:
        return self.tries[write.number][-1]

    def _load(self, write: Write) -> None:
        if not write.is_bad:
            for other in self._loaded():
                if other.key == write.key:
                    self.tries[other.number][-1] = "superseded"
        status = "rejected" if write.is_bad else "loaded"
        self.tries.setdefault(write.number, []).append(status)

    def _is_newer_than(self, write: Write, *statuses: str) -> bool:
        """Whether a later write to its key has one of these statuses."""
        return any(
            other.key == write.key
            and number > write.number
            and self.tries.get(number, [""])[-1] in statuses
            for number, other in self.writes.items()
        )

    def _loaded(self) -> list[Write]:
        return [w for w in self.writes.values() if self._counts(w)]

    def _counts(self, write: Write) -> bool:
        return self.tries.get(write.number, [""])[-1] == "loaded"

    @property
    def waits(self) -> bool:
        """Whether a refresh would show something else."""
        return self.shown != self.totals()

    def refresh(self) -> None:
        self.shown = self.totals()

    def rows(self) -> dict[str, int]:
        """How many rows each key has in the raw table."""
        return {write.key: len(write.good) for write in self._loaded()}

    def totals(self) -> Totals:
        groups: dict[Group, list[int]] = {}
        for row in (row for write in self._loaded() for row in write.good):
            assert row.value is not None
            group = (row.state, row.day, row.category)
            groups.setdefault(group, []).append(row.value)
        return {g: (len(v), sum(v), min(v), max(v)) for g, v in groups.items()}
