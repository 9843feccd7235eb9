"""Binary COPY and ADBC beside the text that the loader sends: a trial, not of `make
bench`.

    python -m benchmarks.copies [--rows N] [--rounds N]

The same valid file into a table like the raw one but without indexes, as a large
load's partition is while it is filled; by turns, each in a process of its own.
"""

import argparse
import statistics
from pathlib import Path

import psycopg

from benchmarks import files, rivals
from benchmarks.platform import FOLDER, Platform, fresh
from benchmarks.timing import timed

TABLE = "rivals.copied"
PREPARE = f"""
    drop schema if exists rivals cascade;
    create schema rivals;
    create table {TABLE} (like raw.observations including all excluding indexes);
"""
WAYS = {
    "text": "text, the lines as they stand",
    "binary": "psycopg's binary rows, of int(), float(), fromisoformat()",
    "adbc": "ADBC, batches of Arrow that pyarrow reads",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    python = rivals.environment()
    if python is None:
        raise SystemExit("Nothing to measure with: see above.")
    path = files.observations(FOLDER, options.rows)
    with fresh(with_models=False) as platform:
        seen = measure(platform, python, path, options.rounds)
    text = statistics.median(seconds for seconds, _ in seen["text"])
    print(f"| {options.rows:,} rows | seconds | text = 1 | peak memory |")
    print("| --- | ---: | ---: | ---: |")
    for way, took in seen.items():
        seconds = statistics.median(seconds for seconds, _ in took)
        peak = max(peak for _, peak in took)
        print(f"| {WAYS[way]} | {seconds:.2f} | {text / seconds:.2f} | {peak} MB |")


def measure(
    platform: Platform, python: Path, path: Path, rounds: int
) -> dict[str, list[tuple[float, int]]]:
    """Seconds and MB of each round, by way."""
    seen: dict[str, list[tuple[float, int]]] = {way: [] for way in WAYS}
    script = Path(rivals.__file__).parent / "with_copy.py"
    for _ in range(rounds):
        for way in WAYS:
            with psycopg.connect(platform.admin, autocommit=True) as connection:
                connection.execute(PREPARE)
                connection.execute("checkpoint")
            words = [platform.admin, str(path), TABLE, way]
            seen[way].append(timed([str(python), str(script), *words]))
    return seen


if __name__ == "__main__":
    main()
