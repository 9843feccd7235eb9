# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.4", "requests>=2.32"]
# ///
"""What did each park feed in, and what was its peak? By SQL, without a server.

    uv run clients/with_duckdb.py http://127.0.0.1:8000

Keeps the pages of a collection as files of Parquet, asks DuckDB about all of them at
once, and prints the answer as CSV. CATCHMENT_API_KEY is the key where the API asks
for one.
"""

import argparse
import os
import tempfile
from pathlib import Path

import duckdb
import requests

QUESTION = """
select
    park_name,
    count(*) as readings,
    round(sum(megawatts) / 4, 3) as megawatt_hours,  -- of a quarter of an hour each
    max(megawatts) as peak
from read_parquet($pages)
group by park_name
order by park_name
"""


def fetch(session: requests.Session, url: str, folder: Path) -> list[str]:
    """Write each page to a file; the header `Link` says where the next one is."""
    files: list[str] = []
    while url:
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        page = folder / f"{len(files)}.parquet"
        page.write_bytes(answer.content)
        files.append(str(page))
        url = answer.links.get("next", {}).get("url", "")
    return files


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    address = os.environ.get("CATCHMENT_API_URL", "http://127.0.0.1:8000")
    parser.add_argument("api", nargs="?", default=address, help="the API's address")
    parser.add_argument("--page", type=int, default=10_000, help="rows of a page")
    asked = parser.parse_args()

    session = requests.Session()
    if key := os.environ.get("CATCHMENT_API_KEY"):
        session.headers["x-api-key"] = key
    url = f"{asked.api.rstrip('/')}/collections/energy_readings/items"
    with tempfile.TemporaryDirectory() as folder:
        pages = fetch(session, f"{url}?f=parquet&limit={asked.page}", Path(folder))
        answer = duckdb.execute(QUESTION, {"pages": pages})
        print(",".join(column[0] for column in answer.description))
        for row in answer.fetchall():
            print(",".join(str(value) for value in row))


if __name__ == "__main__":
    main()
