"""Make the files of `examples/energy`: `python -m tests.examples.make_energy`.

Everything in them is made up. A quarter of an hour is a step of the world's
time; what a file says of it is what the park's clock showed. The rows are not
sorted: of two with the same time the first is the earlier one, as always.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parents[2] / "examples" / "energy"
STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Park:
    name: str
    zone: str
    energy_type: str
    days: tuple[str, ...] = ()


# Each has its clock moved on one of its days; De Wijk has no readings yet, and
# of Netterden a whole day is missing.
PARKS = (
    Park(
        "Netterden",
        "Europe/Amsterdam",
        "Wind",
        ("2020-10-23", "2020-10-24", "2020-10-25", "2020-10-27"),
    ),
    Park(
        "Stadskanaal",
        "Europe/Amsterdam",
        "Solar",
        ("2020-03-28", "2020-03-29", "2020-03-30", "2020-10-25"),
    ),
    Park(
        "Bemmel",
        "Australia/Lord_Howe",
        "Wind",
        ("2020-04-04", "2020-04-05", "2020-04-06"),
    ),
    Park("Lange Akker", "America/Chicago", "Solar", ("2020-10-25", "2020-11-01")),
    Park("De Wijk", "Europe/Lisbon", "Solar"),
)


def quarters(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Every quarter of an hour of a local date, in the order of time."""
    at = datetime.combine(day, time(), zone).astimezone(UTC)
    while (local := at.astimezone(zone)).date() == day:
        yield local
        at += STEP


def wind(chance: random.Random) -> str:
    """Megawatts; whole ones come without a point."""
    strength = max(-0.012, chance.gauss(6, 4))
    whole = f"{max(0, strength):.0f}"
    return chance.choice([f"{strength:.3f}", f"{strength:.3f}", whole])


def sun(local: datetime, chance: random.Random) -> str:
    """Megawatts; at night the park takes a little."""
    height = math.sin((local.hour + local.minute / 60 - 6) / 12 * math.pi)
    if height <= 0:
        return chance.choice(["0", "-0.02", "-0.015"])
    return f"{height * chance.uniform(3, 18):.{chance.choice([1, 3])}f}"


def rows(park: Park, days: tuple[str, ...], chance: random.Random) -> list[str]:
    zone = ZoneInfo(park.zone)
    return [
        f"{local:%Y-%m-%d %H:%M:%S},"
        + (wind(chance) if park.energy_type == "Wind" else sun(local, chance))
        for day in days
        for local in quarters(date.fromisoformat(day), zone)
    ]


def write(path: str, header: str, lines: list[str]) -> None:
    (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
    (FOLDER / path).write_text("\n".join([header, *lines]) + "\n", newline="")


def main() -> None:
    chance = random.Random(2020)
    write(
        "park_info.csv",
        "park_name,timezone,energy_type",
        [f"{park.name},{park.zone},{park.energy_type}" for park in PARKS],
    )
    for park in PARKS:
        if not park.days:
            continue
        lines = rows(park, park.days, chance)
        chance.shuffle(lines)
        if park.name == "Netterden":
            again = sorted(line for line in lines if line >= "2020-10-27 18")
            lines.insert(40, "2020-10-24 11:07:00,n/a")
            lines.insert(200, "2020-10-26 11:15:00,")
            lines.insert(300, "2020-10-32 00:00:00,7.5")
        write(f"readings/{park.name}.csv", "datetime,MW", lines)
    # The next file of the park, which says its last hours once more.
    more = rows(PARKS[0], ("2020-10-28",), chance)
    write("energy_readings/Netterden.csv", "datetime,MW", [*again, *more])


if __name__ == "__main__":
    main()
