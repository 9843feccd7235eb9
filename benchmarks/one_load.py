"""Load one local file by the loading protocol: `one_load DATABASE_URL FILE`.

The file stands in for the object in S3, so that the rate is the loader's and
the database's. A process of its own, so that its memory can be read.
"""

import sys
from pathlib import Path
from typing import IO

from catchment.database import Database
from catchment.settings import Settings
from loader.events import ObjectVersion
from loader.load import Loader
from loader.storage import Storage


class LocalFile(Storage):
    """S3 with one object, which lies on the disk and stays where it is."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def open(self, version: ObjectVersion) -> IO[bytes]:
        return self.path.open("rb")

    def move(self, version: ObjectVersion, key: str) -> None:
        pass


def main() -> None:
    url, path = sys.argv[1], Path(sys.argv[2])
    database = Database(url)
    loader = Loader(
        catalog=database.catalog(),
        db=database.connection(),
        storage=LocalFile(path),
        settings=Settings(url),
    )
    key = f"incoming/observations/{path.name}"
    outcome = loader.load(ObjectVersion("bench", key, etag="1"))
    if outcome.status != "loaded" or outcome.counts.rejected:
        raise SystemExit(str(outcome))


if __name__ == "__main__":
    main()
