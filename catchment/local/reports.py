"""The report of one load, as the operators' page shows it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from catchment.local import queries, tables
from catchment.local.tables import moment, number
from catchment.local.trouble import Trouble

Row = Mapping[str, Any]
Rows = Callable[[str, dict[str, Any]], Sequence[Row]]
# Those that the loader replays; the reasons of others, it tells.
_REPLAYED = ("loaded", "rejected", "failed", "unmatched", "unloaded")


def show(load_id: int, rows: Rows, console: Console, limit: int) -> None:
    """Print the report of a load, with its first `limit` rejects.

    Raises:
        Trouble: where there is no such load.
    """
    asked = {"load_id": load_id, "limit": limit}
    found = rows(queries.LOAD, asked)
    if not found:
        raise Trouble(f"There is no load {load_id}: see `catchment loads`.")
    for part in report(
        found[0],
        rows(queries.REASONS, asked),
        rows(queries.REJECTS, asked),
        rows(queries.REFRESHES_OF, asked),
    ):
        console.print(part)


def report(
    load: Row, reasons: Sequence[Row], rejects: Sequence[Row], refreshes: Sequence[Row]
) -> Iterator[RenderableType]:
    yield _facts(load)
    if load["seconds_by_part"]:
        yield _parts(load["seconds_by_part"])
    if reasons:
        yield tables.reasons(reasons)
        yield tables.rejects(rejects)
    if refreshes:
        yield tables.refreshes(refreshes, with_loads=False)
    yield from _commands(load)


def _facts(load: Row) -> Table:
    table = Table(box=box.SIMPLE, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    took = load["seconds"]
    facts = {
        "load": str(load["load_id"]),
        "file": load["key"],
        "feed": load["feed"],
        "status": load["status"],
        "reason": load["reason"],
        "rows": number(load["rows_loaded"]),
        "records": number(load["rows_read"]),
        "rejects": number(load["rows_rejected"]),
        "bytes": number(load["size_bytes"]),
        "begun": moment(load["started_at"]),
        "took": "" if took is None else f"{took:.2f} s",
        "refreshed": moment(load["refreshed_at"]),
        "replaced": ", ".join(map(str, load["replaced"] or ())),
        "replaced by": _load(load["superseded_by"]),
        "another try of": _load(load["replay_of"]),
        "moved to": load["moved_to"],
        "unknown columns": ", ".join(load["unknown_columns"] or ()),
    }
    for name, text in facts.items():
        if text:
            table.add_row(name, Text(text))
    return table


def _load(load_id: int | None) -> str:
    """The number of a load, which is read without commas."""
    return "" if load_id is None else str(load_id)


def _parts(seconds: Mapping[str, float]) -> Table:
    """How long each part took, with a bar of its share."""
    table = tables.of(None, "part", "s", "")
    longest = max(seconds.values()) or 1
    for name, took in seconds.items():
        table.add_row(name, f"{took:.4f}", ProgressBar(longest, took, width=30))
    return table


def _commands(load: Row) -> Iterator[Text]:
    command = f"catchment replay {load['load_id']}"
    if load["status"] in _REPLAYED:
        yield Text(f"Its file once more: {command}")
    if load["rows_rejected"] and load["status"] != "superseded":
        yield Text(f"Its rejects once more: {command} --rejects")
