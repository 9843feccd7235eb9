"""The extract Lambda: what a service publishes by year falls into the bucket.

Each page of a year becomes one object under `incoming/`, where the loader finds
it. A year that is complete is remembered and not asked for again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from catchment import settings
from catchment.catalog import Catalog
from catchment.contract import Feed
from catchment.database import Database
from catchment.extract import Extract
from loader.extract.http import Http
from loader.extract.store import Store
from loader.extract.year import PageWritten, Result, Tell, Year
from loader.storage import Storage

logger = Logger(service="extract")

Event = Mapping[str, Any]
WORDS = ("feed", "years", "base_url", "again")


@dataclass(frozen=True)
class Request:
    """What to fetch: by default everything that is not there yet."""

    feed: str | None = None
    years: tuple[int, ...] = ()
    base_url: str | None = None
    again: bool = False


class ExtractFailed(RuntimeError):
    """Some years could not be fetched; the others were."""

    def __init__(self, results: list[Result]):
        self.results = results
        super().__init__("; ".join(str(r) for r in results if r.status == "failed"))


@cache
def _database() -> Database:
    return Database.of(settings.from_environment(), "catchment-extract")


def handler(event: Event, context: Any) -> dict[str, Any]:
    """Fetch what the event asks for; `{}` is everything that is not there yet.

    Returns:
        what became of each year, `{"extracts": […]}`.

    Raises:
        ExtractFailed: where a year failed, after all others were tried.
    """
    results = run(
        _database().catalog(),
        Store(Storage().client, settings.bucket()),
        request_of(event),
        left=lambda: _seconds_left(context),
        tell=_log,
    )
    if any(result.status == "failed" for result in results):
        raise ExtractFailed(results)
    return {"extracts": [asdict(result) for result in results]}


def request_of(event: Event) -> Request:
    """Read an event.

    Raises:
        ValueError: where it asks for something that does not exist.
    """
    if event.get("source") in ("aws.events", "aws.scheduler"):
        event = {}  # a schedule without an input of its own
    for word in event:
        if word not in WORDS:
            raise ValueError(f"unknown word '{word}'; known: {', '.join(WORDS)}")
    years = event.get("years") or ()
    years = (years,) if isinstance(years, int) else tuple(years)
    if not all(isinstance(year, int) and 1000 <= year <= 9999 for year in years):
        raise ValueError(f"years must be numbers of four digits, not {list(years)}")
    return Request(
        event.get("feed"), years, event.get("base_url"), bool(event.get("again"))
    )


def run(
    catalog: Catalog,
    store: Store,
    request: Request,
    left: Callable[[], float] = lambda: float("inf"),
    tell: Tell = lambda _: None,
) -> list[Result]:
    """Fetch year after year; `tell` hears of every page and year.

    Raises:
        ValueError: where the request names a feed that is not extracted.
    """
    results = []
    for feed, extract in _asked_for(catalog, request):
        http = Http(extract.attempts, extract.seconds, left)
        for year in request.years or extract.years.until(datetime.now(UTC).year):
            work = Year(feed, extract, year, store, http, tell)
            results.append(work.fetch(request.base_url, request.again))
            tell(results[-1])
    return results


def _asked_for(catalog: Catalog, request: Request) -> Iterator[tuple[Feed, Extract]]:
    known = {f.name: (f, f.extract) for f in catalog.feeds.values() if f.extract}
    if request.feed is None:
        yield from known.values()
    elif request.feed in known:
        yield known[request.feed]
    else:
        raise ValueError(
            f"feed '{request.feed}' has no meta.extract; those that have: "
            f"{', '.join(sorted(known)) or 'none'}"
        )


def _seconds_left(context: Any) -> float:
    if context is None:
        return float("inf")
    return float(context.get_remaining_time_in_millis()) / 1000


def _log(told: Result | PageWritten) -> None:
    name = "page" if isinstance(told, PageWritten) else "year"
    logger.info(name, extra=asdict(told))
