"""dlt into Postgres: `with_dlt.py URL FILE SCHEMA TABLE default|best`.

`default`: the filesystem source with `read_csv`, which ends in INSERTs.
`best`: batches of Arrow to Parquet, which ADBC copies; 500,000 rows in 4.6 s, where
its CSV files and COPY took 7.6 s.
https://dlthub.com/docs/dlt-ecosystem/destinations/postgres
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# It would call home. https://dlthub.com/docs/reference/telemetry
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from dlt.sources.filesystem import filesystem, read_csv
from pyarrow import csv


def main() -> None:
    url, path, schema, table, way = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "rival",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(url),
            dataset_name=schema,
        )
        if way == "default":
            files = filesystem(Path(path).parent.as_uri(), file_glob=Path(path).name)
            info = pipeline.run((files | read_csv()).with_name(table))
        else:
            rows = dlt.resource(batches(path), name=table)
            info = pipeline.run(rows, loader_file_format="parquet")
        info.raise_on_failed_jobs()


def batches(path: str) -> Iterator[Any]:
    yield from csv.open_csv(path, read_options=csv.ReadOptions(block_size=16 << 20))


if __name__ == "__main__":
    main()
