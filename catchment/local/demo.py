"""The whole way of the example files: bucket, queue, loader, marts, API."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from catchment.local import (
    asking,
    extracting,
    loading,
    questions,
    services,
    system,
    tables,
)
from catchment.local.system import System
from catchment.local.trouble import Trouble
from catchment.local.uploads import Verdict
from catchment.local.voice import spoken

EXAMPLES = "examples"
QUESTIONS = "demo.toml"
TOP = 10


def run(root: Path, console: Console, seconds: float = 600) -> None:
    """Start, build, load, ask, and stop again what was started.

    Raises:
        Trouble: where a step fails.
    """
    was_running = {part.name for part in system.status(root) if part.running}
    started = {*services.NAMES, system.POSTGRES} - was_running
    try:
        # Ours alone, and for a minute, it is open; one that ran before stays as it is.
        access: dict[str, str] | None = {} if services.API in started else None
        with spoken(console) as voice:
            running = system.up(root, build=True, voice=voice, access=access)
        console.print(tables.places(running))
        asking.get(f"{running.words['CATCHMENT_API_URL']}/aggregated-data")
        _load(running, console, seconds)
        extracting.run(root, extracting.Wish(), running.words, console, seconds)
        _show(running, console)
    finally:
        with console.status("Stopping what the demo started"):
            system.stop(root, started)
    if services.API in started:
        console.print(
            "All that the demo started is stopped again; its data stay. "
            "[bold]catchment up[/] (or make up) keeps it running, so that the lines "
            "above answer."
        )


def _load(running: System, console: Console, seconds: float) -> None:
    folder = running.root / EXAMPLES
    if not folder.is_dir():
        raise Trouble(f"There is no folder {folder}: run this in the project.")
    outcomes = loading.load([folder], running.words, console, seconds=seconds)
    broken = [one for one in outcomes if one.verdict is None or _failed(one.verdict)]
    if broken:
        raise Trouble(
            f"{len(broken)} of {len(outcomes)} example files were not loaded: see "
            f"{services.log_of(running.root, services.POLLER)}."
        )


def _failed(verdict: Verdict) -> bool:
    """A rejected example may well be meant so; a failed one is a fault."""
    return verdict.status == "failed" or not verdict.complete


def _show(running: System, console: Console) -> None:
    """One answer for each question, and a line that asks it again."""
    api_url = running.words["CATCHMENT_API_URL"]
    lines = []
    for question in questions.read(running.root / EXAMPLES / QUESTIONS):
        answer = asking.ask(api_url, question.path, question.parameters)
        if not answer.rows:
            raise Trouble(
                f"The API knows no rows of {question.path}, although files were loaded."
            )
        rows = shown(answer.rows, question.most)
        title = question.title
        if len(answer.rows) > len(rows):
            title += f" ({len(rows)} of {len(answer.rows)})"
        console.print(tables.aggregates(rows, title))
        lines.append(f"curl '{answer.url}'")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print()


def shown(
    rows: Sequence[Mapping[str, Any]], most: str | None
) -> Sequence[Mapping[str, Any]]:
    """The first rows, or those with the highest values of a measure."""
    if most is not None:
        rows = sorted(rows, key=lambda row: row.get(most) or 0, reverse=True)
    return rows[:TOP]
