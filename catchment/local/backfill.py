"""Objects that are in a bucket already go through the queue, as if they came now.

The loader is asked what it knows of each: so nothing is sent twice, whoever stopped
the last run, and new files wait behind a few of these only.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from rich.console import Console

from catchment.local import storage
from catchment.local.backfill_bar import Bar
from catchment.local.loading import counted
from catchment.local.trouble import Trouble
from catchment.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# Objects that the loader is asked about at once; it takes 1,000.
ASKED_AT_ONCE = 200
SENT_AT_ONCE = 10  # SQS takes no more
SECONDS_BETWEEN_LOOKS = 1.0
# Have to be restored before anybody can read them.
FROZEN = ("GLACIER", "DEEP_ARCHIVE")

Ask = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Wish:
    """What to backfill.

    Attributes:
        feed: of this feed only.
        in_flight: how many objects may wait in the queue.
        patience: seconds until the next verdict.
    """

    bucket: str
    prefix: str = ""
    feed: str | None = None
    in_flight: int = 200
    patience: float = 600

    @classmethod
    def of(cls, place: str, *others: Any) -> "Wish":
        """Of an address `s3://BUCKET/PREFIX`.

        Raises:
            Trouble: where it is none, or is where the loader itself puts files.
        """
        scheme, _, rest = place.partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise Trouble(f"{place} is no place as s3://BUCKET/PREFIX.")
        if _is_put_away(prefix):
            raise Trouble(
                f"{place} is where the loader puts files that it had: `catchment "
                "replay LOAD` loads one again."
            )
        return cls(bucket, prefix, *others)


@dataclass(frozen=True)
class Found:
    """An object as it is listed."""

    key: str
    etag: str
    size: int
    version_id: str | None = None


@dataclass
class Totals:
    """What became of the objects; `bad` of those that were sent."""

    seen: int = 0
    unmatched: int = 0
    example: str = ""
    of_other_feeds: int = 0
    known: int = 0
    sent: int = 0
    settled: int = 0
    rows: int = 0
    rejects: int = 0
    bad: int = 0
    by_feed: Counter[str] = field(default_factory=Counter)


def run(
    wish: Wish,
    environ: Mapping[str, str],
    queue_url: str,
    ask: Ask,
    console: Console,
    dry_run: bool = False,
) -> Totals:
    """Send what the ledger does not know, and follow it until it does.

    Raises:
        Trouble: where the loader is away, or gives no verdict in time.
    """
    s3, sqs = storage.client("s3", environ), storage.client("sqs", environ)
    with console.status(f"counting s3://{wish.bucket}/{wish.prefix}"):
        count = sum(1 for _ in listed(s3, wish))
    with Bar(console, count) as bar:
        filler = _Filler(wish, sqs, queue_url, ask, bar)
        objects = listed(s3, wish)
        while chunk := list(islice(objects, ASKED_AT_ONCE)):
            filler.take(chunk, dry_run)
        filler.wait(until=0)
    told(filler.totals, console, dry_run)
    return filler.totals


def listed(s3: "S3Client", wish: Wish) -> Iterator[Found]:
    """The objects of a prefix that may be loaded, by key."""
    for entry in _entries(s3, wish):
        key = entry["Key"]
        if key.endswith("/") or _is_put_away(key):
            continue
        if entry.get("StorageClass") not in FROZEN:
            version_id = entry.get("VersionId")
            yield Found(
                key,
                entry["ETag"].strip('"'),
                entry["Size"],
                version_id if version_id != "null" else None,
            )


def _entries(s3: "S3Client", wish: Wish) -> Iterator[Mapping[str, Any]]:
    place: Any = {"Bucket": wish.bucket, "Prefix": wish.prefix}
    if _is_versioned(s3, wish.bucket):
        for page in s3.get_paginator("list_object_versions").paginate(**place):
            versions = page.get("Versions", [])
            yield from (dict(entry) for entry in versions if entry["IsLatest"])
        return
    for found in s3.get_paginator("list_objects_v2").paginate(**place):
        yield from (dict(entry) for entry in found.get("Contents", []))


def _is_versioned(s3: "S3Client", bucket: str) -> bool:
    """Also False where one may not ask: the etag then has to tell versions apart."""
    from botocore.exceptions import ClientError

    try:
        return s3.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        return False


def _is_put_away(key: str) -> bool:
    return key.startswith((Settings.processed, Settings.failed))


def message(bucket: str, found: Found) -> str:
    """A notification as S3 would have sent it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    about: dict[str, Any] = {
        "key": quote_plus(found.key, safe="/"),
        "size": found.size,
        "eTag": found.etag,
    }
    if found.version_id:
        about["versionId"] = found.version_id
    record = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Backfill",
        "s3": {"bucket": {"name": bucket}, "object": about},
    }
    return json.dumps({"Records": [record]})


class _Filler:
    """Keeps so many objects in the queue, and counts what becomes of them."""

    def __init__(
        self, wish: Wish, sqs: "SQSClient", queue_url: str, ask: Ask, bar: Bar
    ):
        self.totals = Totals()
        self._wish, self._sqs, self._queue_url = wish, sqs, queue_url
        self._ask, self._bar = ask, bar
        # What the ledger said last of each object under way.
        self._under_way: dict[Found, int | None] = {}
        self._moved_at = time.monotonic()

    def take(self, chunk: Sequence[Found], dry_run: bool) -> None:
        """Send those of some objects that the ledger does not know."""
        totals, wanted = self.totals, list[tuple[Found, int | None]]()
        for found, entry in zip(chunk, self._known(chunk), strict=True):
            if self._is_wanted(found, entry):
                wanted.append((found, entry.get("load_id")))
            else:
                self._bar.settle(totals.rows, totals.rejects, totals.bad)
        totals.sent += len(wanted)
        if dry_run:
            return
        size = min(SENT_AT_ONCE, self._wish.in_flight)
        for start in range(0, len(wanted), size):
            group = wanted[start : start + size]
            self.wait(until=self._wish.in_flight - len(group))
            self._send([found for found, _ in group])
            self._under_way.update(group)

    def _is_wanted(self, found: Found, entry: Mapping[str, Any]) -> bool:
        totals, feed = self.totals, entry["feed"]
        totals.seen += 1
        if feed is None:
            totals.unmatched += 1
            totals.example = totals.example or found.key
        elif self._wish.feed not in (None, feed):
            totals.of_other_feeds += 1
        elif entry.get("status") not in (None, "unmatched"):
            totals.known += 1
        else:
            totals.by_feed[feed] += 1
            return True
        return False

    def wait(self, until: int) -> None:
        """Wait until so many objects at most are under way.

        Raises:
            Trouble: where the loader has no verdict for a long time.
        """
        while len(self._under_way) > until:
            if self._look():
                self._moved_at = time.monotonic()
            elif time.monotonic() - self._moved_at > self._wish.patience:
                first = next(iter(self._under_way))
                raise Trouble(
                    f"{len(self._under_way)} files, as {first.key}, have no verdict "
                    f"after {self._wish.patience:g} s: see the loader's log and the "
                    "dead letters. The same command goes on from there."
                )
            else:
                time.sleep(SECONDS_BETWEEN_LOOKS)

    def _look(self) -> int:
        """Count those of which the ledger has news; returns how many."""
        under_way = list(self._under_way)
        settled = 0
        for found, entry in zip(under_way, self._known(under_way), strict=True):
            if entry.get("load_id") != self._under_way[found]:
                del self._under_way[found]
                self._count(entry)
                settled += 1
        return settled

    def _count(self, entry: Mapping[str, Any]) -> None:
        totals = self.totals
        totals.settled += 1
        totals.rows += entry["rows_loaded"]
        totals.rejects += entry["rows_rejected"]
        totals.bad += entry["status"] in ("rejected", "failed", "unmatched")
        self._bar.settle(totals.rows, totals.rejects, totals.bad)

    def _known(self, objects: Iterable[Found]) -> list[Mapping[str, Any]]:
        asked = [[found.key, found.etag, found.version_id] for found in objects]
        answer = self._ask("catchment.known", bucket=self._wish.bucket, objects=asked)
        return list(answer["objects"])

    def _send(self, group: Sequence[Found]) -> None:
        entries: Any = [
            {"Id": str(place), "MessageBody": message(self._wish.bucket, found)}
            for place, found in enumerate(group)
        ]
        answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        if failed := answer.get("Failed"):
            raise Trouble(
                f"The queue did not take {len(failed)} messages "
                f"({failed[0].get('Message') or failed[0]['Code']}): the same command "
                "goes on from there."
            )
        self._moved_at = time.monotonic()


def told(totals: Totals, console: Console, dry_run: bool = False) -> None:
    """What became of the objects, in a few lines."""

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    say(f"{counted(totals.seen, 'file')} found.")
    if totals.known:
        say(f"{totals.known:,} left out: the ledger knows them.")
    if totals.unmatched:
        say(f"{totals.unmatched:,} left out: no feed takes them, as {totals.example}.")
    if totals.of_other_feeds:
        say(f"{totals.of_other_feeds:,} left out: they are of other feeds.")
    feeds = ", ".join(f"{name} {n:,}" for name, n in totals.by_feed.most_common())
    if dry_run:
        say(f"{totals.sent:,} would be sent{': ' if feeds else ''}{feeds}.")
        return
    if not totals.sent:
        say("Nothing to send.")
        return
    say(
        f"{totals.sent:,} sent ({feeds}): "
        f"{counted(totals.rows, 'row')}, {counted(totals.rejects, 'reject')}, "
        f"{counted(totals.bad, 'file')} refused."
    )
