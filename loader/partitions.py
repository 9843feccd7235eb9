"""Whether a load is large enough for a partition of its own.

It is then copied into a table without indexes, which are built over all rows at once:
docs/performance.md, "What costs", has the figures. A partition costs a few locks of
every query that reads the raw table as a whole, so small loads share one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from loader.readers.records import Batch, LazyTexts, Records

# From so many records, or characters of wide ones, a load is large.
ROWS = 50_000
CHARACTERS = 16 << 20
# Postgres keeps max_locks_per_transaction (64) x max_connections (100) locks, and a
# query of the whole raw table takes some three for each partition. Beyond, loads
# share: that is slower, and no error.
MOST = 1_000


def begun(records: Records) -> tuple[Records, bool]:
    """The same records, and whether there are many.

    So many of them are read, and kept until they are asked for.
    """
    kept: list[Batch] = []
    count = characters = 0
    batches = iter(records.batches)
    for batch in batches:
        kept.append(batch)
        # Broken ones too: a file may be made of nothing else.
        count += len(batch.numbers) + len(batch.broken)
        characters += _characters(batch)
        if count >= ROWS or characters >= CHARACTERS:
            return replace(records, batches=_given_back(kept, batches)), True
    return replace(records, batches=_given_back(kept, iter(()))), False


def _characters(batch: Batch) -> int:
    """Of the records, also of what no contract names; or of the values alone, where
    records are made into texts by need."""
    parts: Iterable[Sequence[str]] = [batch.texts]
    if isinstance(batch.texts, LazyTexts):
        parts = batch.columns
    broken = sum(len(one.text) for one in batch.broken)
    return broken + sum(sum(map(len, part)) for part in parts)


def _given_back(kept: list[Batch], rest: Iterator[Batch]) -> Iterator[Batch]:
    """What was kept, let go of as it is taken, and the rest."""
    kept.reverse()
    while kept:
        yield kept.pop()
    yield from rest
