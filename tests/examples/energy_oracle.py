"""What the files of `examples/energy` say, told by plain Python.

`python -m tests.examples.energy_oracle` writes the expected results from it.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parents[2] / "examples" / "energy"
EXPECTED = FOLDER / "expected"
PLACES = {
    "Bemmel": (5.9, 51.892),
    "Netterden": (6.329, 51.857),
    "Stadskanaal": (6.95, 52.989),
}
Row = dict[str, str]


@dataclass(frozen=True, order=True)
class Reading:
    park_name: str
    measured_at: datetime
    occurrence: int
    energy_type: str
    timezone: str
    megawatts: Decimal

    @property
    def instant(self) -> datetime:
        """Of a local time that comes twice `fold` tells the later one."""
        zone, fold = ZoneInfo(self.timezone), self.occurrence - 1
        return self.measured_at.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def parks() -> dict[str, Row]:
    with (FOLDER / "park_info.csv").open() as file:
        return {row["park_name"]: row for row in csv.DictReader(file)}


def readings() -> list[Reading]:
    """Every reading once, though two files of Netterden share some hours."""
    known = parks()
    found: dict[tuple[str, datetime], list[Reading]] = {}
    for path in sorted(FOLDER.glob("*/*.csv")):
        if path.parent == EXPECTED:
            continue
        park, times = known[path.stem], Counter[datetime]()
        of_file = defaultdict(list)
        for local, megawatts in _good_rows(path):
            times[local] += 1
            reading = Reading(
                park["park_name"],
                local,
                times[local],
                park["energy_type"],
                park["timezone"],
                megawatts,
            )
            of_file[park["park_name"], local].append(reading)
        found.update(of_file)
    return sorted(reading for same in found.values() for reading in same)


def _good_rows(path: Path) -> Iterator[tuple[datetime, Decimal]]:
    with path.open() as file:
        for row in csv.DictReader(file):
            try:
                yield datetime.fromisoformat(row["datetime"]), Decimal(row["MW"])
            except (ValueError, InvalidOperation):
                continue


def stats(name: str, of: Iterable[Reading]) -> list[Row]:
    """By `park_name` or `energy_type` and local date."""
    groups: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for reading in of:
        key = getattr(reading, name), f"{reading.measured_at:%Y-%m-%d}"
        groups[key].append(reading.megawatts)
    return [
        {
            name: key,
            "date": date,
            "min": str(min(values)),
            "max": str(max(values)),
            "sum": str(sum(values)),
            "count": str(len(values)),
            "energy_mwh": str(sum(values) / 4),
        }
        for (key, date), values in sorted(groups.items())
    ]


def repeated() -> list[Row]:
    """The readings of local times that came twice, with their instants."""
    found = readings()
    twice = {(r.park_name, r.measured_at) for r in found if r.occurrence == 2}
    return [
        {
            "park_name": r.park_name,
            "measured_at": r.measured_at.isoformat(),
            "instant": r.instant.isoformat(),
            "megawatts": str(r.megawatts),
        }
        for r in found
        if (r.park_name, r.measured_at) in twice
    ]


def parks_on_the_map() -> list[Row]:
    return [
        {
            **row,
            "longitude": str(PLACES.get(name, ("", ""))[0]),
            "latitude": str(PLACES.get(name, ("", ""))[1]),
        }
        for name, row in sorted(parks().items())
    ]


RESULTS: dict[str, Callable[[], list[Row]]] = {
    "parks.csv": parks_on_the_map,
    "repeated_local_times.csv": repeated,
    "stats_parks.csv": lambda: stats("park_name", readings()),
    "stats_energy_types.csv": lambda: stats("energy_type", readings()),
}


def read(name: str) -> list[Row]:
    with (EXPECTED / name).open() as file:
        return list(csv.DictReader(file))


def main() -> None:
    for name, result in RESULTS.items():
        rows = result()
        with (EXPECTED / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
