"""One year of one feed, from a service into the bucket."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aws_lambda_powertools import Logger

from catchment.contract import Feed
from catchment.extract import Extract
from loader.extract.http import Failed, Http, NoTimeLeft
from loader.extract.pages import NotPublished, Page, pages
from loader.extract.store import Note, Store, Written

logger = Logger(service="extract")


@dataclass(frozen=True)
class PageWritten:
    """A page that is in the bucket now; one left over from before has no rows."""

    feed: str
    year: int
    page: int
    rows: int
    written: Written


@dataclass(frozen=True)
class Result:
    """What became of a year: `complete`, `present` (it was before), `unpublished`,
    `failed`, or `left` for the next run."""

    feed: str
    year: int
    status: str
    pages: int = 0
    rows: int = 0
    reason: str | None = None

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.feed} {self.year} {self.status}{reason}"


Tell = Callable[[Result | PageWritten], None]


@dataclass
class Year:
    """One year of one feed on its way into the bucket."""

    feed: Feed
    extract: Extract
    year: int
    store: Store
    http: Http
    tell: Tell
    pages: int = 0
    rows: int = 0

    def fetch(self, base_url: str | None = None, again: bool = False) -> Result:
        """Fetch it, unless it is there; nothing that goes wrong is raised."""
        try:
            note = self.store.note(self.feed.name, self.year)
            if note.finished_at and not again:
                return self._result("present", note.pages, note.rows or 0)
            self._fetch(note, base_url)
        except NotPublished:
            return self._result("unpublished")
        except NoTimeLeft as error:
            return self._result("left", self.pages, self.rows, str(error))
        except Failed as error:
            return self._result("failed", self.pages, self.rows, str(error))
        except Exception as error:
            logger.exception("year failed")
            return self._result("failed", self.pages, self.rows, repr(error))
        return self._result("complete", self.pages, self.rows)

    def _fetch(self, note: Note, base_url: str | None) -> None:
        """Write the pages, then empty those that a former run had beyond."""
        most, page = note.pages, None
        found = pages(self.http, self.extract, self.feed.records, self.year, base_url)
        for page in found:
            # Before the page: what a broken run left must be known to the next.
            if page.number == 1 or page.number > most:
                most = max(most, page.number)
                self._write_note(Note(pages=most))
            self._put(page.number, page.body, page.rows)
            self.pages, self.rows = page.number, self.rows + page.rows
        for number in range(self.pages + 1, most + 1):
            self._put(number, _empty(page), 0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._write_note(Note(self.pages, self.rows, now))

    def _put(self, number: int, body: bytes, rows: int) -> None:
        written = self.store.put(self.extract.key_of(self.year, number), body)
        self.tell(PageWritten(self.feed.name, self.year, number, rows, written))

    def _write_note(self, note: Note) -> None:
        self.store.write_note(self.feed.name, self.year, note)

    def _result(
        self, status: str, pages: int = 0, rows: int = 0, reason: str | None = None
    ) -> Result:
        return Result(self.feed.name, self.year, status, pages, rows, reason)


def _empty(page: Page | None) -> bytes:
    return page.empty if page else b"[]"
