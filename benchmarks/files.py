"""Files to measure with: always the same, by their number of rows."""

import random
from datetime import datetime, timedelta
from pathlib import Path

CATEGORIES = ("temperature", "humidity", "pressure", "noise", "pm10")


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
        file.write("id,latitude,longitude,category,value,observed_at\n")
        for number in range(1, rows + 1):
            moment = begin + timedelta(seconds=chance.randrange(30 * 86_400))
            file.write(
                f"{number},{chance.uniform(-85, 85):.6f},"
                f"{chance.uniform(-180, 180):.6f},{chance.choice(CATEGORIES)},"
                f"{chance.gauss(20, 8):.2f},{moment:%Y-%m-%dT%H:%M:%SZ}\n"
            )
    part.rename(path)
    return path
