"""The whole way of the example files: bucket, queue, loader, marts, API."""

import json
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

from rich.console import Console

from catchment.local import loading, services, system, tables
from catchment.local.system import System
from catchment.local.trouble import Trouble
from catchment.local.uploads import Verdict
from catchment.local.voice import spoken

EXAMPLES = "examples"
DATASET = "earthquakes_by_state"
TOP = 10


def run(root: Path, console: Console, seconds: float = 600) -> None:
    """Start, build, load, ask, and stop again what was started.

    Raises:
        Trouble: where a step fails.
    """
    was_running = {part.name for part in system.status(root) if part.running}
    started = {*services.NAMES, system.POSTGRES} - was_running
    try:
        with spoken(console) as voice:
            running = system.up(root, build=True, voice=voice)
        console.print(tables.places(running))
        _load(running, console, seconds)
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
    url = f"{running.words['CATCHMENT_API_URL']}/aggregated-data"
    rows = get(f"{url}?{urlencode({'dataset': DATASET})}")["data"]
    if not rows:
        raise Trouble(
            f"The API knows no rows of {DATASET}, although files were loaded."
        )
    title = f"{DATASET.replace('_', ' ').capitalize()}, the first {TOP} of {len(rows)}"
    console.print(tables.aggregates(most(rows), title))
    for line in curl_lines(running.words["CATCHMENT_API_URL"]):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print()


def most(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of the highest counts."""
    return sorted(rows, key=lambda row: row.get("n") or 0, reverse=True)[:TOP]


def curl_lines(api_url: str) -> tuple[str, ...]:
    """What to try next."""
    data = f"{api_url}/aggregated-data?dataset={DATASET}"
    return (
        f"curl '{data}'",
        f"curl '{data}&bbox=-125,32,-114,42'",
        f"curl '{api_url}/aggregated-data?dataset={DATASET}&group_by=day,category'",
        f"curl '{api_url}/aggregated-data?dataset=earthquakes_by_cell&f=geojson'",
    )


def get(url: str) -> Any:
    """The JSON document at a URL of this machine, past any proxy.

    Raises:
        Trouble: where the API does not answer with one.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=60) as answer:
            return json.load(answer)
    except HTTPError as error:
        said = error.read(500).decode(errors="replace")
        raise Trouble(f"The API answers {url} with {error.code}: {said}") from error
    except (URLError, ValueError) as error:
        raise Trouble(f"The API does not answer {url}: {error}") from error
