"""Rows that come without a file, up to 1,000 at a time: by the API, or by the queue.

They are loaded as a file of NDJSON would be, by the same protocol: a contract that
is held, a quarantine, a row of the ledger. Its bucket is '', its version the
request's own key, so that a request that is sent twice is loaded once.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import IO, Any

from catchment.contract import Column, Feed, Limit
from loader.events import Event, Message, ObjectVersion, UnknownEvent
from loader.load import Loader
from loader.outcome import Outcome
from loader.query import Db, loads
from loader.query import rows as raw_rows
from loader.readers.exact_json import json_of
from loader.storage import Gone, Storage

# No bucket of S3 has this name.
NO_BUCKET = ""
# As in POST /feeds/{feed}/rows; a message of SQS ends at 1 MB in any case.
MOST = 1_000


class UnknownFeed(LookupError):
    """The catalog has no such feed."""


class Refused(RuntimeError):
    """The database took none of the rows of a message."""


@dataclass(frozen=True)
class Rows:
    """A request: `texts` are JSON objects, `request` its own key."""

    feed: str
    request: str
    texts: tuple[str, ...]

    @property
    def body(self) -> bytes:
        """A line for each row."""
        return "\n".join(map(_line, self.texts)).encode()

    @property
    def version(self) -> ObjectVersion:
        return ObjectVersion(
            bucket=NO_BUCKET,
            # With a suffix of its own, so that none in the request tells of a packing.
            key=f"rows/{self.feed}/{self.request}.ndjson",
            etag=hashlib.sha256(self.body).hexdigest(),
            version_id=self.request,
            size=len(self.body),
        )


def in_a_line(text: str) -> str:
    """JSON without line breaks, which may stand between its words, and in no text.

    Raises:
        ValueError, RecursionError: where it has some, and is no JSON.
    """
    if "\n" not in text and "\r" not in text:
        return text
    json.loads(text)
    return text.replace("\r", " ").replace("\n", " ")


def _line(text: str) -> str:
    """A row as a line: what is no JSON stays none by the mark for its line breaks."""
    try:
        return in_a_line(text)
    except (ValueError, RecursionError):
        return text.replace("\r", "\v").replace("\n", "\v")


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


def of_message(message: Message) -> Rows | None:
    """The rows of an SQS message, objects or texts of such; None of another message.

    Raises:
        UnknownEvent: where it has rows, and they are none.
    """
    try:
        said = json.loads(message.body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UnknownEvent("the message is no JSON") from error
    if not isinstance(said, dict) or "rows" not in said:
        return None
    match said:
        case {"feed": str(feed), "rows": [_, *_] as found} if len(found) <= MOST:
            texts = (row if isinstance(row, str) else json_of(row) for row in found)
            return Rows(feed, _request(said, message), tuple(texts))
    raise UnknownEvent(f"a message of rows has a feed, and 1 to {MOST:,} rows")


def _request(said: Mapping[str, Any], message: Message) -> str:
    request = said.get("request", message.id)
    if not isinstance(request, str) or not request:
        raise UnknownEvent("the request of a message of rows is a text")
    return request


def load(rows: Rows, loader: Loader) -> Outcome:
    """Load the rows, once.

    Raises:
        UnknownFeed: where the catalog has no such feed.
        psycopg.Error, NotMigrated: as of `Loader.load`.
    """
    return _load(rows, loader, known(loader, rows.feed))


def load_message(rows: Rows, loader: Loader) -> Outcome:
    """The same, where nobody waits for the answer, to mend and send them again.

    Rows that keep their contract are loaded, however many do not.

    Raises:
        UnknownFeed, psycopg.Error, NotMigrated: as of `load`.
        Refused: where it was the database that refused them.
    """
    outcome = _load(rows, loader, unlimited(known(loader, rows.feed)))
    if outcome.became not in ("loaded", "rejected", "superseded", "unloaded"):
        raise Refused(f"load {outcome.load_id}: {outcome.reason}")
    return outcome


def known(loader: Loader, name: str) -> Feed:
    feed = loader.catalog.feeds.get(name)
    if feed is None:
        raise UnknownFeed(f"the catalog has no feed {name}")
    return feed


def unlimited(feed: Feed) -> Feed:
    """The feed without its reject limit: good rows would not come again."""
    return replace(feed, reject_limit=Limit(1.0, is_share=True))


def _load(rows: Rows, loader: Loader, feed: Feed) -> Outcome:
    version = rows.version
    alone = replace(loader.catalog, feeds={feed.name: as_lines(feed, version.key)})
    given = replace(loader, storage=_Given(body=rows.body), catalog=alone)
    return given.load(version)


def report(db: Db, rows: Rows, outcome: Outcome) -> Mapping[str, Any]:
    """What became of a request, now or when it came first, record by record."""
    if outcome.load_id is None:
        raise ValueError("rows without a load")
    entry = loads.entry(db, outcome.load_id)
    return {
        "load_id": outcome.load_id,
        "is_repeated": outcome.status == "duplicate",
        # The key was used for other rows before: these here were not looked at.
        "is_other": entry.pop("etag") != rows.version.etag,
        **entry,
        "rejects": raw_rows.rejects(db, outcome.load_id),
    }


@dataclass
class _Given(Storage):
    """In place of S3: one object, which is nowhere else."""

    body: bytes = b""

    def open(self, version: ObjectVersion) -> IO[bytes]:
        return io.BytesIO(self.body)

    def move(self, version: ObjectVersion, key: str) -> None:
        raise Gone(version.key)


def as_lines(feed: Feed, key: str) -> Feed:
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
