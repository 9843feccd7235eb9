"""What became of an object version."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Counts:
    """Rows of a file: all records, those copied, those put into quarantine."""

    read: int = 0
    loaded: int = 0
    rejected: int = 0


NO_ROWS = Counts()


@dataclass(frozen=True)
class Outcome:
    """What became of an object version.

    Attributes:
        status: as in the ledger, or `duplicate` where it had been dealt with
            before and `ignored` where it is the loader's own.
        seconds: how long each part took (`loader.stopwatch`).
    """

    key: str
    status: str
    feed: str | None = None
    load_id: int | None = None
    counts: Counts = NO_ROWS
    reason: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def became(self) -> str | None:
        """The status that the ledger has; of a duplicate that of the load before."""
        return self.reason if self.status == "duplicate" else self.status
