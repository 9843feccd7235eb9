"""Files to measure with: always the same, by their number of rows or megabytes."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

CATEGORIES = ("temperature", "humidity", "pressure", "noise", "pm10")
HEADER = "id,latitude,longitude,category,value,observed_at\n"
BLOCK_ROWS = 1_600_000  # 102 MB
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Repeated:
    """A file of so many rows."""

    path: Path
    rows: int


def observations(folder: Path, rows: int) -> Path:
    """A CSV of so many good readings over the whole world; made once."""
    path = folder / f"observations-{rows}.csv"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(rows)
    begin = datetime(2026, 1, 1)
    part = path.with_suffix(".part")
    with part.open("w") as file:
        file.write(HEADER)
        for number in range(1, rows + 1):
            moment = begin + timedelta(seconds=chance.randrange(30 * 86_400))
            file.write(
                f"{number},{chance.uniform(-85, 85):.6f},"
                f"{chance.uniform(-180, 180):.6f},{chance.choice(CATEGORIES)},"
                f"{chance.gauss(20, 8):.2f},{moment:%Y-%m-%dT%H:%M:%SZ}\n"
            )
    part.rename(path)
    return path


@contextmanager
def repeated(folder: Path, megabytes: int) -> Iterator[Repeated]:
    """A CSV of so many MB: 100 MB of good readings again and again; deleted after.

    A smaller one has a part of them.
    """
    once = observations(folder, BLOCK_ROWS).read_bytes().removeprefix(HEADER.encode())
    size = min(megabytes, 100) * MEGABYTE
    block = once[: once.rindex(b"\n", 0, size) + 1]
    times = max(1, round(megabytes * MEGABYTE / len(block)))
    path = folder / f"repeated-{megabytes}.csv"
    try:
        with path.open("wb") as file:
            file.write(HEADER.encode())
            for _ in range(times):
                file.write(block)
        yield Repeated(path, times * block.count(b"\n"))
    finally:
        path.unlink(missing_ok=True)
