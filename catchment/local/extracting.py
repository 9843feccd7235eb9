"""Extracts followed by a person: page by page, until their rows are in the marts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console

from catchment import roles
from catchment.catalog import Catalog
from catchment.contract import Feed
from catchment.database import Database
from catchment.local import loading, queries, recorded, storage
from catchment.local.trouble import Trouble
from catchment.local.uploads import Sent, Upload
from catchment.local.voice import Voice, spoken
from loader.extract import handler as extract
from loader.extract.store import Store
from loader.extract.year import PageWritten, Result

EXAMPLES = "examples"


@dataclass(frozen=True)
class Wish:
    """What a person asks for.

    Attributes:
        feed: one feed, or all that are extracted.
        years: these, or all; where answers are recorded, all recorded ones.
        base_url: another host than the contract's; None is the stand-in.
        live: ask the contract's own host.
        again: also what is here already.
    """

    feed: str | None = None
    years: tuple[int, ...] = ()
    base_url: str | None = None
    live: bool = False
    again: bool = False


@dataclass
class _Seen:
    """What was put into the bucket: every page, and the year that it is of."""

    since: datetime
    voice: Voice
    sent: list[Sent] = field(default_factory=list)
    years: dict[str, str] = field(default_factory=dict)

    def hear(self, told: Result | PageWritten) -> None:
        if isinstance(told, Result):
            self.voice.say(described(told))
            return
        year = f"{told.feed} {told.year}"
        self.voice.tick(f"{year}: page {told.page}, {told.rows:,} rows")
        object_ = told.written
        self.years[object_.key] = year
        self.sent.append(
            Sent(
                upload=Upload(Path(object_.key), object_.key),
                bucket=object_.bucket,
                etag=object_.etag,
                version=object_.version_id or "",
                since=self.since,
            )
        )


def run(
    root: Path,
    wish: Wish,
    environ: Mapping[str, str],
    console: Console,
    seconds: float = 600,
) -> list[Result]:
    """Extract and wait until what came stands in the marts.

    Raises:
        Trouble: where there is nothing to extract, or a year or a page failed.
    """
    store = Store(storage.client("s3", environ), storage.Names.of(environ).bucket)
    with closing(Database(roles.own_url(roles.LOADER, environ))) as database:
        catalog = database.catalog()
    feeds = _feeds(catalog, wish.feed)
    with (
        psycopg.connect(environ["DATABASE_URL"], autocommit=True) as connection,
        _base_url(root, wish, feeds) as base_url,
        spoken(console) as voice,
    ):
        seen, results = _Seen(_now(connection), voice), []
        for feed in feeds:
            years = wish.years or _recorded_years(root, wish, feed)
            request = extract.Request(feed.name, years, base_url, wish.again)
            results += extract.run(catalog, store, request, tell=seen.hear)
        voice.tick("Waiting for the loader")
        outcomes = loading.follow(connection, seen.sent, _nothing, seconds)
        for line in _loaded(outcomes, seen.years):
            voice.say(line)
    check_complete(results)
    _check_loaded(outcomes)
    return results


def _feeds(catalog: Catalog, name: str | None) -> list[Feed]:
    feeds = {f.name: f for f in catalog.feeds.values() if f.extract}
    if not feeds:
        raise Trouble("No feed has meta.extract: docs/extract.md says how to add it.")
    if name is not None and name not in feeds:
        raise Trouble(
            f"Feed {name} is not extracted; those that are: {', '.join(sorted(feeds))}."
        )
    return [feed for feed in feeds.values() if name in (None, feed.name)]


@contextmanager
def _base_url(root: Path, wish: Wish, feeds: Sequence[Feed]) -> Iterator[str | None]:
    if wish.live or wish.base_url:
        yield wish.base_url
        return
    for feed in feeds:
        if not recorded.years_of(root / EXAMPLES, feed):
            raise Trouble(
                f"No answers are recorded in {EXAMPLES}/{feed.name}/{recorded.FOLDER}: "
                "ask the service itself with --live."
            )
    with recorded.serving(root / EXAMPLES, feeds) as url:
        yield url


def _recorded_years(root: Path, wish: Wish, feed: Feed) -> tuple[int, ...]:
    if wish.live or wish.base_url:
        return ()
    return recorded.years_of(root / EXAMPLES, feed)


def described(result: Result) -> str:
    """What became of a year, in a line."""
    amount = f"{result.pages} pages, {result.rows:,} rows"
    said = {
        "complete": amount,
        "present": f"here already ({amount}); --again fetches it anew",
        "unpublished": "not published yet, or not recorded here (--live asks)",
    }.get(result.status, f"{result.status}, {result.reason}")
    return f"{result.feed} {result.year}: {said}"


def _loaded(
    outcomes: Sequence[loading.Outcome], years: Mapping[str, str]
) -> Iterator[str]:
    """How many rows of each year the loader took."""
    rows, rejects = Counter[str](), Counter[str]()
    for outcome in outcomes:
        year = years[outcome.upload.key]
        rows[year] += (outcome.verdict and outcome.verdict.rows_loaded) or 0
        rejects[year] += (outcome.verdict and outcome.verdict.rows_rejected) or 0
    for year, count in rows.items():
        some = f", {rejects[year]:,} rejects (catchment loads)" if rejects[year] else ""
        yield f"{year}: {count:,} rows loaded{some}"


def check_complete(results: Sequence[Result]) -> None:
    """Raise Trouble where a year is not there after all."""
    missing = [result for result in results if result.status in ("failed", "left")]
    if missing:
        years = ", ".join(f"{result.feed} {result.year}" for result in missing)
        raise Trouble(f"Not complete: {years}. Run it again: what is here is kept.")


def _check_loaded(outcomes: Sequence[loading.Outcome]) -> None:
    bad = sum(not outcome.went_well for outcome in outcomes)
    if bad:
        raise Trouble(
            f"{bad} of {len(outcomes)} pages were not loaded; `catchment loads` and "
            "`catchment rejects LOAD` say why."
        )


def _now(connection: psycopg.Connection[Any]) -> datetime:
    row = connection.execute(queries.NOW).fetchone()
    return row[0] if row else datetime.min


def _nothing(*_: object) -> None:
    """Pages are too many for a bar each."""
