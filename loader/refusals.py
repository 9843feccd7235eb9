"""What Postgres refuses: whose fault it is, and in which words it is told."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from catchment.contract import Feed

# What is the file's fault, however often it is tried.
REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.StatementTooComplex,
)


class NotMigrated(RuntimeError):
    """The raw table does not look as the contract says."""


@contextmanager
def migrated(feed: Feed) -> Iterator[None]:
    """Say in plain words that the raw table of a feed is not as it should be."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise NotMigrated(
            f"{feed.schema}.{feed.table} is not as its contract says; run "
            f"`alembic upgrade head`: {error.diag.message_primary}"
        ) from error
