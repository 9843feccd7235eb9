"""COPY in one of three ways: `with_copy.py URL FILE TABLE text|binary|adbc`.

Values are taken for valid. `text`: lines as they stand, as the loader does.
`binary`: psycopg writes rows of Python's values. `adbc`: batches of Arrow. The last
two have to make values of texts, which the first leaves to Postgres.
"""

import csv
import sys
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

COLUMNS = ("id", "latitude", "longitude", "category", "value", "observed_at")
NAMES = ("_load_id", "_row_number", *COLUMNS)
TYPES = ("int8", "int8", "int8", "float8", "float8", "text", "float8", "timestamptz")
BLOCK = 1 << 16


def main() -> None:
    url, path, table, way = sys.argv[1:]
    {"text": text, "binary": binary, "adbc": adbc}[way](url, path, table)


def text(url: str, path: str, table: str) -> None:
    import psycopg

    statement = f"copy {table} ({', '.join(NAMES)}) from stdin (delimiter ',', null '')"
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
        Path(path).open() as file,
    ):
        next(file)
        number = 0
        while lines := file.readlines(BLOCK):
            rows = (f"1,{n},{line}" for n, line in enumerate(lines, number + 1))
            copy.write("".join(rows))
            number += len(lines)


def binary(url: str, path: str, table: str) -> None:
    import psycopg

    statement = f"copy {table} ({', '.join(NAMES)}) from stdin (format binary)"
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
        Path(path).open(newline="") as file,
    ):
        copy.set_types(TYPES)
        records = csv.reader(file)
        next(records)
        for number, (id_, y, x, category, value, moment) in enumerate(records, 1):
            copy.write_row(
                (
                    *(1, number, int(id_), float(y), float(x), category),
                    *(float(value), datetime.fromisoformat(moment)),
                )
            )


def adbc(url: str, path: str, table: str) -> None:
    import pyarrow
    from adbc_driver_postgresql import dbapi
    from pyarrow import csv

    schema, _, name = table.partition(".")
    types = csv.ConvertOptions(
        column_types={
            "id": pyarrow.int64(),
            "latitude": pyarrow.float64(),
            "longitude": pyarrow.float64(),
            "category": pyarrow.string(),
            "value": pyarrow.float64(),
            "observed_at": pyarrow.timestamp("us", "UTC"),
        }
    )
    with csv.open_csv(path, convert_options=types) as reader:
        first = numbered(reader.read_next_batch(), 0)
        batches = pyarrow.RecordBatchReader.from_batches(
            first.schema, chain([first], rest(reader, first.num_rows))
        )
        with dbapi.connect(url) as connection, connection.cursor() as cursor:
            cursor.adbc_ingest(name, batches, mode="append", db_schema_name=schema)
            connection.commit()


def rest(reader: Any, number: int) -> Any:
    for batch in reader:
        yield numbered(batch, number)
        number += batch.num_rows


def numbered(batch: Any, number: int) -> Any:
    import pyarrow

    loads = pyarrow.repeat(1, batch.num_rows)
    numbers = pyarrow.arange(number + 1, number + batch.num_rows + 1)
    return pyarrow.RecordBatch.from_arrays(
        [loads.cast("int64"), numbers, *batch.columns], names=NAMES
    )


if __name__ == "__main__":
    main()
