"""The example files, loaded as the Lambda loads them, by as many as one likes."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from catchment.database import Database
from catchment.local.uploads import Upload, uploads_of
from catchment.settings import Settings
from loader.events import ObjectVersion
from loader.load import Loader
from loader.outcome import Outcome
from loader.refresh import refresh
from loader.storage import Storage
from tests.conftest import ROOT, Platform
from tests.loader.conftest import Bucket

EXAMPLES = ROOT / "examples"


def example_files() -> tuple[Upload, ...]:
    """Every file that `catchment load examples` would load, with its key."""
    return uploads_of(EXAMPLES)


@dataclass(frozen=True)
class World:
    """A platform, a bucket, and everything that was loaded from it."""

    platform: Platform
    bucket: Bucket
    aws: dict[str, str]

    def load(self, files: Sequence[Upload], workers: int = 1) -> list[Outcome]:
        """Load files side by side, each as a Lambda of its own, and refresh."""
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(self._load, files))

    def drop(self, key: str, body: bytes | str) -> Outcome:
        return self._load_version(self.bucket.put(f"incoming/{key}", body))

    def _load(self, file: Upload) -> Outcome:
        return self._load_version(self.bucket.put(file.key, file.path.read_bytes()))

    def _load_version(self, version: ObjectVersion) -> Outcome:
        with closing(Database(self.platform.loader)) as database:
            loader = Loader(
                db=database.connection(),
                storage=Storage(dict(self.aws)),
                catalog=database.catalog(),
                settings=Settings(self.platform.loader),
            )
            outcome = loader.load(version)
            if outcome.feed is not None:
                refresh(database)
        return outcome

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.platform.admin, autocommit=True) as connection:
            yield connection

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query, as the owner of all."""
        with self.admin() as connection:
            return connection.execute(query, values).fetchall()

    def rejects(self, feed: str) -> list[tuple[Any, ...]]:
        """File, row, line, column and code of every reject of a feed, in order."""
        return self.ask(
            """
            select regexp_replace(key, '^.*/', ''), row_number, line, column_name, code
            from ops.reject
            inner join ops.load using (load_id)
            where feed = %s
            order by 1, 2
            """,
            feed,
        )


def expected(path: str) -> Path:
    """A file of expected results below `examples/`."""
    found = EXAMPLES / path
    assert found.is_file(), found
    return found
