"""DuckDB reads and checks, psycopg COPYs: `with_duckdb.py URL FILE`.

The way that was not taken (docs/decisions.md, 1), into the raw table itself. One
pass over the file; what it would take to fetch the rejects is left out, in DuckDB's
favour.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import psycopg

NUMBER = r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})([eE][+-]?[0-9]{1,2})?"
MOMENT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
# What Postgres reads, not what DuckDB casts: that makes 2 of the integer '1.5'.
GOOD = f"""
    regexp_full_match(id, '[+-]?[0-9]{{1,18}}')
    and regexp_full_match(latitude, '{NUMBER}')
    and try_cast(latitude as double) between -90 and 90
    and regexp_full_match(longitude, '{NUMBER}')
    and try_cast(longitude as double) between -180 and 180
    and category is not null and length(category) <= 100
    and regexp_full_match(value, '{NUMBER}')
    and (
        observed_at is null
        or regexp_full_match(observed_at, '{MOMENT}')
        and try_cast(observed_at as timestamptz) is not null
    )
"""
COLUMNS = ("id", "latitude", "longitude", "category", "value", "observed_at")
COPY = (
    f"copy raw.observations (_load_id, _row_number, {', '.join(COLUMNS)}) "
    "from stdin (format csv)"
)


def main() -> None:
    url, path = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "rows"
        os.mkfifo(pipe)
        reading = threading.Thread(target=read, args=(path, pipe, folder))
        reading.start()
        with (
            pipe.open("rb") as rows,
            psycopg.connect(url) as connection,
            connection.cursor() as cursor,
            cursor.copy(COPY) as copy,
        ):
            while block := rows.read(1 << 17):
                copy.write(block)
        reading.join()


def read(path: str, pipe: Path, folder: str) -> None:
    connection = duckdb.connect(
        config={"memory_limit": "200MB", "threads": 2, "temp_directory": folder}
    )
    types = ", ".join(f"'{name}': 'varchar'" for name in COLUMNS)
    connection.execute(f"""
        copy (
            select * from (
                select 1 as load_id, row_number() over () as number, *
                from read_csv(
                    '{path}', header = true, all_varchar = true, auto_detect = false,
                    delim = ',', quote = '"', escape = '"', store_rejects = true,
                    columns = {{{types}}}
                )
            )
            where {GOOD}
        ) to '{pipe}' (format csv, header false, use_tmp_file false)
    """)


if __name__ == "__main__":
    main()
