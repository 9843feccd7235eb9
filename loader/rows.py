"""Rows that come without a file: from the API, as one request of up to 1,000.

They are loaded as a file of NDJSON would be, by the same protocol: a contract that
is held, a quarantine, a row of the ledger. Its bucket is '', its version the
request's own key, so that a request that is sent twice is loaded once.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any

from catchment.catalog import Catalog
from catchment.contract import Column, Feed
from catchment.settings import Settings
from loader import ledger
from loader.events import Event, ObjectVersion, UnknownEvent
from loader.ledger import Db
from loader.load import Loader, Outcome
from loader.storage import Gone, Storage

# No bucket of S3 has this name.
NO_BUCKET = ""


class UnknownFeed(LookupError):
    """The catalog has no such feed."""


@dataclass(frozen=True)
class Rows:
    """A request: `texts` are JSON objects, `request` its own key."""

    feed: str
    request: str
    texts: tuple[str, ...]

    @property
    def body(self) -> bytes:
        """A line for each row: a line break within one stands between its words."""
        lines = (text.replace("\r", " ").replace("\n", " ") for text in self.texts)
        return "\n".join(lines).encode()

    @property
    def version(self) -> ObjectVersion:
        return ObjectVersion(
            bucket=NO_BUCKET,
            key=f"rows/{self.feed}/{self.request}",
            etag=hashlib.sha256(self.body).hexdigest(),
            version_id=self.request,
            size=len(self.body),
        )


def of(event: Event) -> Rows | None:
    """The rows of an event; None where it is another.

    Raises:
        UnknownEvent: where it has rows, and they are none.
    """
    if "rows" not in event:
        return None
    match event:
        case {"feed": str(feed), "request": str(request), "rows": [*texts]} if all(
            isinstance(text, str) for text in texts
        ):
            return Rows(feed, request, tuple(texts))
    raise UnknownEvent("rows come as texts, with a feed and the key of the request")


def load(rows: Rows, catalog: Catalog, db: Db, settings: Settings) -> Outcome:
    """Load the rows, once.

    Raises:
        UnknownFeed: where the catalog has no such feed.
        psycopg.Error, NotMigrated: as of `Loader.load`.
    """
    feed = catalog.feeds.get(rows.feed)
    if feed is None:
        raise UnknownFeed(rows.feed)
    version = rows.version
    alone = replace(catalog, feeds={feed.name: _as_lines(feed, version.key)})
    return Loader(db, _Given(body=rows.body), alone, settings).load(version)


def report(db: Db, rows: Rows, outcome: Outcome) -> Mapping[str, Any]:
    """What became of a request, now or when it came first, record by record."""
    if outcome.load_id is None:
        raise ValueError("rows without a load")
    entry = ledger.entry(db, outcome.load_id)
    return {
        "load_id": outcome.load_id,
        "is_repeated": outcome.status == "duplicate",
        # The key was used for other rows before: these here were not looked at.
        "is_other": entry.pop("etag") != rows.version.etag,
        **entry,
        "rejects": ledger.rejects(db, outcome.load_id),
    }


@dataclass
class _Given(Storage):
    """In place of S3: one object, which is nowhere else."""

    body: bytes = b""

    def open(self, version: ObjectVersion) -> IO[bytes]:
        return io.BytesIO(self.body)

    def move(self, version: ObjectVersion, key: str) -> None:
        raise Gone(version.key)


def _as_lines(feed: Feed, key: str) -> Feed:
    """The feed as one of NDJSON, of which this key is the only file.

    What a file's name would say stands in each row. Nothing is replaced: rows come
    beside those that are there.
    """
    return replace(
        feed,
        files=(key,),
        formats=("ndjson",),
        columns=tuple(map(_named, feed.columns)),
        on_reupload="append",
    )


def _named(column: Column) -> Column:
    """A column that is found by its own name too."""
    header = tuple(dict.fromkeys((*column.header, column.name)))
    return replace(column, header=header, from_key=None)
