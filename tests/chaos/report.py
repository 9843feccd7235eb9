"""What was tried, and what happened: the table that `make chaos` prints."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.conftest import ROOT

# Set by `make chaos CASES=…`: so many sequences, and no fault that takes long.
CASES = int(os.environ.get("CHAOS_CASES") or 0)
IS_SHORT = bool(CASES)
# Rows of a small and of a large load; a short run takes one of them.
SMALL, LARGE = 300, 6_000
LARGE_FROM = 5_000
SIZES = {"small": SMALL} if IS_SHORT else {"small": SMALL, "large": LARGE}
HEAD = (
    "| fault | tried | what happened | invariants |",
    "| --- | ---: | --- | --- |",
)


@dataclass
class Line:
    """A fault: how often it was tried, what came of it, how often all held."""

    tried: int = 0
    held: int = 0
    happened: Counter[str] = field(default_factory=Counter)


_lines: dict[str, Line] = {}


def tried(fault: str, count: int = 1) -> Line:
    """Note that a fault is being tried; what follows may fail."""
    line = _lines.setdefault(fault, Line())
    line.tried += count
    return line


def held(fault: str, happened: str, count: int = 1) -> None:
    """Note what came of it, all invariants having held."""
    line = _lines[fault]
    line.held += count
    line.happened[happened] += count


def lines() -> Iterator[str]:
    """The table, in Markdown."""
    if not _lines:
        return
    yield from HEAD
    for fault, line in _lines.items():
        happened = "; ".join(line.happened) or "-"
        state = "held" if line.held == line.tried else f"{line.held} of {line.tried}"
        yield f"| {fault} | {line.tried} | {happened} | {state} |"


def keep() -> None:
    """Write the table to the file that `make chaos` names for a whole run."""
    path = os.environ.get("CHAOS_TABLE")
    if _lines and path and not IS_SHORT:
        (ROOT / path).write_text("\n".join(lines()) + "\n")
