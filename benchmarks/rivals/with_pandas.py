"""pandas into Postgres: `with_pandas.py URL FILE SCHEMA TABLE multi|copy`.

`multi`: many rows in each INSERT; chunks of 100 to 10,000 rows took the same time
within a tenth, and psycopg 3 took longer than psycopg2 with all but the smallest.
`copy`: the callable that pandas's own page shows,
https://pandas.pydata.org/docs/user_guide/io.html#insertion-method
"""

import csv
import sys
from collections.abc import Iterable
from io import StringIO
from typing import Any

import pandas
from sqlalchemy import create_engine

CHUNK = 1000


def main() -> None:
    url, path, schema, table, way = sys.argv[1:]
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg2:"))
    frame = pandas.read_csv(path, parse_dates=["observed_at"])
    how: dict[str, Any] = (
        {"method": "multi", "chunksize": CHUNK} if way == "multi" else {"method": copy}
    )
    frame.to_sql(table, engine, schema=schema, index=False, **how)


def copy(
    table: Any, connection: Any, keys: list[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    text = StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    names = ", ".join(f'"{key}"' for key in keys)
    statement = f"copy {table.schema}.{table.name} ({names}) from stdin with csv"
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(sql=statement, file=text)


if __name__ == "__main__":
    main()
