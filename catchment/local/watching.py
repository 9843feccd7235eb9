"""The ledger as it grows, copies that are under way, and what waits in the queue."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from psycopg.rows import dict_row
from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from catchment.local import dead_letters, queries, tables
from catchment.local.complaints import database_url
from catchment.local.dead_letters import Count, Queues
from catchment.local.loading import counted

Row = Mapping[str, Any]
SECONDS = 1.0


@dataclass
class Watch:
    """What is seen at a moment.

    Attributes:
        newest: the ledger's newest loads, newest first.
        copies: tables that are copied into, and how many rows so far.
        counts: of the queue and of the dead letters; None where there is no way to
            them.
        done: how many loads came since the watch began.
    """

    newest: Sequence[Row] = ()
    copies: Sequence[Row] = ()
    counts: tuple[Count | None, Count] | None = None
    done: int = 0
    known: set[int] = field(default_factory=set)

    def see(self, loads: Sequence[Row]) -> list[Row]:
        """Takes the ledger's newest loads; returns those that came, oldest first."""
        came = [load for load in reversed(loads) if load["load_id"] not in self.known]
        if self.newest:
            self.done += len(came)
        self.newest = loads
        self.known |= {load["load_id"] for load in loads}
        return came


def watch(
    query: str,
    parameters: dict[str, Any],
    environ: Mapping[str, str],
    console: Console,
    seconds: float = SECONDS,
) -> None:
    """Show it until Ctrl-C; where the console is no terminal, a line for each load."""
    queues = _queues(environ)
    seen = Watch()
    with psycopg.connect(
        database_url(), autocommit=True, row_factory=dict_row
    ) as connection:
        try:
            with Live(console=console, auto_refresh=False) as live:
                while True:
                    came = seen.see(connection.execute(query, parameters).fetchall())
                    if console.is_terminal:
                        seen.copies = connection.execute(queries.COPIES).fetchall()
                        seen.counts = _counts(queues)
                        live.update(drawn(seen), refresh=True)
                    else:
                        for load in came:
                            console.print(
                                line(load),
                                markup=False,
                                highlight=False,
                                soft_wrap=True,
                            )
                    time.sleep(seconds)
        except KeyboardInterrupt:
            return


def _queues(environ: Mapping[str, str]) -> Queues | None:
    return Queues.of(environ) if environ.get("CATCHMENT_QUEUE_URL") else None


def _counts(queues: Queues | None) -> tuple[Count | None, Count] | None:
    """A queue that is away keeps nobody from the ledger."""
    try:
        return queues.counts() if queues else None
    except (BotoCoreError, ClientError):
        return None


def line(load: Row) -> str:
    """`24 loaded: 5 rows, 3 rejects, incoming/a.csv`."""
    rows = counted(load["rows_loaded"] or 0, "row")
    rejects = counted(load["rows_rejected"] or 0, "reject")
    told = f"{load['load_id']} {load['status']}: {rows}, {rejects}, {load['key']}"
    return f"{told}: {load['reason']}" if load["reason"] else told


def drawn(seen: Watch) -> RenderableType:
    parts: list[RenderableType] = [tables.loads(seen.newest)]
    if seen.copies or _waits(seen):
        parts.append(_bars(seen))
    if seen.counts:
        parts.append(Text(dead_letters.described(seen.counts)))
    parts.append(Text("Ctrl-C ends.", "dim"))
    return Group(*parts)


def _waits(seen: Watch) -> int:
    queue = seen.counts[0] if seen.counts else None
    return queue.waiting + queue.in_flight if queue else 0


def _bars(seen: Watch) -> Table:
    """How far the queue is, and how many rows each copy has.

    How many a copy will have, nobody knows before its end: its bar only moves.
    """
    table = Table(box=box.SIMPLE, show_header=False)
    if waits := _waits(seen):
        bar = ProgressBar(seen.done + waits, seen.done, width=30)
        table.add_row("queue", bar, f"{seen.done:,} loads done, {waits:,} to come")
    for copy in seen.copies:
        bar = ProgressBar(None, pulse=True, width=30, animation_time=time.monotonic())
        table.add_row(copy["relation"], bar, f"{copy['rows']:,} rows so far")
    return table
