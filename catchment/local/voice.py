"""How long work tells a person what it is doing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Voice:
    """`say` leaves a line; `tick` shows what is under way and leaves nothing."""

    say: Say = silent
    tick: Say = silent


SILENT = Voice()


@contextmanager
def spoken(console: "Console") -> Iterator[Voice]:
    """A voice on the console, with a spinner where it is a terminal."""
    from rich.markup import escape

    with console.status("…") as status:
        yield Voice(
            say=lambda text: console.print(
                escape(text), highlight=False, soft_wrap=True
            ),
            tick=lambda text: status.update(escape(text)),
        )
