"""Records of one file become rows of its raw table, or of the quarantine."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import psycopg

from catchment.contract import Feed
from loader import partitions
from loader.outcome import Counts
from loader.query import Db, loads, rows
from loader.readers import formats
from loader.readers.records import Records
from loader.readers.streams import Stream
from loader.stopwatch import Stopwatch
from loader.validation.key_values import key_values
from loader.validation.personal import Personal
from loader.validation.validate import COPY_ESCAPES, Reject, Validator

# Rejects wait in memory up to this size, then on disk.
SPOOL = 4 << 20


@dataclass(frozen=True)
class Opened:
    """A file whose first records are read, and what its name says."""

    feed: Feed
    key: str
    records: Records
    is_large: bool


def opened(stream: Stream, feed: Feed, key: str, watch: Stopwatch) -> Opened:
    """Read as far as it takes to see whether the file is a large one.

    Raises:
        Unreadable: where it is none of its feed.
    """
    with watch.part("validate"):
        records = formats.open_records(watch.fetching(stream), feed, key)
        return begun(records, feed, key)


def begun(records: Records, feed: Feed, key: str) -> Opened:
    """The same for records that were opened otherwise."""
    return Opened(feed, key, *partitions.begun(records))


def copy(
    db: Db, load_id: int, file: Opened, guard: Personal, watch: Stopwatch
) -> Counts:
    """COPY the good rows, and put the others into quarantine.

    Above the reject limit no row is copied, and none of the counts is `loaded`.

    Raises:
        Unreadable: where the file is damaged.
        psycopg.Error: where the database fails, or refuses a row.
    """
    limit = file.feed.reject_limit
    with tempfile.SpooledTemporaryFile(SPOOL, "w+", encoding="utf-8") as rejects:
        with db.transaction() as good_rows:
            counts = _copy_rows(db, load_id, file, guard, rejects, watch)
            if limit.exceeded(counts.rejected, counts.read):
                counts = Counts(counts.read, 0, counts.rejected)
                raise psycopg.Rollback(good_rows)
        with watch.part("copy"):
            copy_rejects(db, rejects)
    return counts


def _copy_rows(
    db: Db,
    load_id: int,
    file: Opened,
    guard: Personal,
    rejects: IO[str],
    watch: Stopwatch,
) -> Counts:
    feed = file.feed
    if load_id < loads.OWN_PARTITION:
        return fill(db, feed.table, load_id, file, guard, rejects, watch)
    own = rows.open_partition(db, feed, load_id)
    counts = fill(db, own, load_id, file, guard, rejects, watch)
    # Not for a load of which nothing will be left.
    if not feed.reject_limit.exceeded(counts.rejected, counts.read):
        with watch.part("index"):
            rows.attach_partition(db, feed, load_id)
    return counts


def fill(
    db: Db,
    table: str,
    load_id: int,
    file: Opened,
    guard: Personal,
    spool: IO[str],
    watch: Stopwatch,
) -> Counts:
    """COPY the good rows into a table; the others go to the spool."""
    feed, records = file.feed, file.records
    validator = Validator(records.columns, records.delimiter, feed.trim, guard)
    of_key = key_values(feed, file.key)
    head = validator.head(str(load_id), *of_key.values())
    loaded = rejected = 0
    statement = rows.copy_rows(
        feed.schema,
        table,
        of_key,
        (column for column in records.columns if column.stored),
        records.delimiter,
    )
    with (
        watch.part("copy"),
        db.cursor() as cursor,
        cursor.copy(statement) as copy,
        watch.part("validate"),
    ):
        for batch in records.batches:
            good, rejects = validator.sift(batch, head)
            with watch.part("copy"):
                copy.write(good)
            spool.writelines(_reject_rows(load_id, rejects))
            loaded += len(batch.numbers) + len(batch.broken) - len(rejects)
            rejected += len(rejects)
    return Counts(loaded + rejected, loaded, rejected)


def copy_rejects(db: Db, spool: IO[str]) -> None:
    """Put what `fill` left in a spool into quarantine."""
    spool.seek(0)
    with db.cursor() as cursor, cursor.copy(rows.COPY_REJECTS) as copy:
        while chunk := spool.read(1 << 16):
            copy.write(chunk)


def _reject_rows(load_id: int, rejects: Iterable[Reject]) -> Iterable[str]:
    """Rejects as COPY text, in the order of `rows.COPY_REJECTS`."""
    for reject in rejects:
        first, *others = reject.problems
        also = [
            {"column": p.column, "code": p.code, "message": p.message} for p in others
        ]
        values = (
            load_id,
            reject.number,
            reject.line,
            first.column,
            first.code,
            first.message,
            reject.text.replace("\0", "\ufffd"),
            json.dumps(also) if also else None,
        )
        yield "\t".join(map(_copy_value, values)) + "\n"


def _copy_value(value: object) -> str:
    return r"\N" if value is None else str(value).translate(COPY_ESCAPES)
