"""What a file would become under its contract, without a database.

The same readers and the same checks as in a load; nothing is written. Postgres
refuses no value that passed them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from catchment.contract import Feed
from loader.load import over_limit
from loader.outcome import Counts
from loader.readers import formats
from loader.readers.streams import Stream, Unreadable
from loader.validation import personal
from loader.validation.key_values import key_values
from loader.validation.personal import Personal
from loader.validation.validate import Reject, Validator

# First lines that are told of each kind of problem.
LINES = 3


@dataclass
class Problems:
    """Rejects that have the same first problem.

    Attributes:
        example: what is said of the first of them.
        lines: of the first few; their numbers, where the format has no lines.
    """

    example: str
    lines: list[int]
    count: int = 0


@dataclass(frozen=True)
class Inspection:
    """What a load of the file would say of it.

    Attributes:
        problems: by column and code, in the order in which they came.
        rejects: the first of them.
        unknown: columns of the file that the contract does not name.
        reason: why nothing of it would be published; None where it would be.
    """

    counts: Counts
    problems: dict[tuple[str | None, str], Problems]
    rejects: Sequence[Reject]
    unknown: Sequence[str] = ()
    reason: str | None = None


def inspect(stream: Stream, feed: Feed, key: str, most: int) -> Inspection:
    """Read a file to its end; `most` rejects of it are kept."""
    problems: dict[tuple[str | None, str], Problems] = {}
    rejects: list[Reject] = []
    unknown: Sequence[str] = ()
    counted: Counter[str] = Counter()
    try:
        # Columns that a contract ignores are told all the same: it may be wrong.
        curious = feed.unknown_columns == "ignore"
        told = replace(feed, unknown_columns="warn") if curious else feed
        records = formats.open_records(stream, told, key)
        unknown = records.unknown
        guard = Personal(feed.is_personal, b"")
        validator = Validator(records.columns, records.delimiter, feed.trim, guard)
        head = validator.head("0", *key_values(feed, key).values())
        for batch in records.batches:
            _, found = validator.sift(batch, head)
            counted["read"] += len(batch.numbers) + len(batch.broken)
            counted["rejected"] += len(found)
            rejects += islice(found, most - len(rejects))
            for reject in found:
                _note(problems, reject)
        reason = None
    except Unreadable as error:
        reason = f"the file {personal.told(feed, error)}"
    read, rejected = counted["read"], counted["rejected"]
    counts = Counts(read, read - rejected, rejected)
    if reason is None and feed.reject_limit.exceeded(rejected, read):
        reason = over_limit(counts, feed)
    return Inspection(counts, problems, rejects, list(unknown), reason)


def _note(problems: dict[tuple[str | None, str], Problems], reject: Reject) -> None:
    first = reject.problems[0]
    kind = (first.column, first.code)
    found = problems.setdefault(kind, Problems(first.message, []))
    found.count += 1
    if len(found.lines) < LINES:
        found.lines.append(reject.line or reject.number)
