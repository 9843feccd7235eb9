"""What the files of points say, told by plain Python: no PostGIS, no models.

`python -m tests.examples.points_oracle` writes the expected results from it.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SEED = ROOT / "warehouse" / "seeds" / "us_states.csv"
Row = dict[str, str]
Ring = list[list[float]]


@dataclass(frozen=True)
class Point:
    """A value at a place; `day` in UTC, '' where the file does not say."""

    longitude: float
    latitude: float
    category: str
    value: float | None
    day: str


@dataclass(frozen=True)
class Reject:
    file: str
    row_number: int
    line: int
    column: str
    code: str


def earthquakes() -> Iterator[Point]:
    (path,) = (EXAMPLES / "earthquakes").glob("*.geojson")
    for feature in json.loads(path.read_text())["features"]:
        properties, place = feature["properties"], feature["geometry"]["coordinates"]
        at = datetime.fromtimestamp(properties["time"] / 1000, UTC)
        yield Point(
            place[0],
            place[1],
            properties["type"],
            properties["mag"],
            at.date().isoformat(),
        )


def observations() -> Iterator[Point]:
    return (row for row in _observed() if isinstance(row, Point))


def rejects() -> Iterator[Reject]:
    return (row for row in _observed() if isinstance(row, Reject))


def _observed() -> Iterator[Point | Reject]:
    for path in sorted((EXAMPLES / "observations").glob("*.csv")):
        with path.open(newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 1):
                fault = next(_faults(row), None)
                if fault:
                    yield Reject(path.name, number, number + 1, *fault)
                    continue
                yield Point(
                    float(row["longitude"]),
                    float(row["latitude"]),
                    row["category"],
                    float(row["value"]),
                    row.get("observed_at", "")[:10],
                )


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    """What is wrong, in the order of the file's columns."""
    if None in row or None in row.values():
        yield "", "fields"
        return
    bounds = {"latitude": 90, "longitude": 180}
    for column, text in row.items():
        if text == "" and column != "observed_at":
            yield column, "required"
        elif column == "observed_at" and text:
            try:
                datetime.fromisoformat(text)
            except ValueError:
                yield column, "type"
        elif column in ("id", *bounds, "value"):
            try:
                number = float(text)
            except ValueError:
                yield column, "type"
                continue
            if number != number or abs(number) == float("inf"):
                yield column, "type"
            elif column in bounds and abs(number) > bounds[column]:
                yield column, "maximum" if number > 0 else "minimum"


@cache
def states() -> list[tuple[str, list[list[Ring]]]]:
    """Names and polygons; the first ring of each is its outside."""
    # The limit is the whole process's, and the loader has its own.
    former = csv.field_size_limit(1 << 24)
    with SEED.open(newline="") as file:
        found = [
            (row["state_name"], _polygons(json.loads(row["geom"])))
            for row in csv.DictReader(file)
        ]
    csv.field_size_limit(former)
    return found


def _polygons(geometry: Any) -> list[list[Ring]]:
    one = geometry["type"] == "Polygon"
    found: list[list[Ring]] = geometry["coordinates"]
    return [found] if one else found  # type: ignore[list-item]


def state_of(point: Point) -> str | None:
    for name, polygons in states():
        for outside, *holes in polygons:
            if _is_in(point, outside) and not any(_is_in(point, h) for h in holes):
                return name
    return None


def _is_in(point: Point, ring: Ring) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    x, y, inside = point.longitude, point.latitude, False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def summed(
    points: Iterator[Point], name: str, key: Callable[[Point], str | None]
) -> list[Row]:
    """Count, sum, least and greatest value by a key and category, in order."""
    groups: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        member = key(point)
        if member is not None:
            groups[member, point.category].append(point)
    return [
        {name: member, "category": category, **_measures(members)}
        for (member, category), members in sorted(groups.items())
    ]


def _measures(points: list[Point]) -> Row:
    values = [point.value for point in points if point.value is not None]
    return {
        "n": str(len(points)),
        "sum": f"{sum(values):.4f}" if values else "",
        "min": f"{min(values):g}" if values else "",
        "max": f"{max(values):g}" if values else "",
    }


RESULTS: dict[str, Callable[[], list[Row]]] = {
    "earthquakes/expected/by_state.csv": lambda: summed(
        earthquakes(), "state_name", state_of
    ),
    "earthquakes/expected/by_day.csv": lambda: summed(
        earthquakes(), "day", lambda point: point.day
    ),
    "observations/expected/by_state.csv": lambda: summed(
        observations(), "state_name", state_of
    ),
    "observations/expected/by_day.csv": lambda: summed(
        observations(), "day", lambda point: point.day
    ),
    "observations/expected/rejects.csv": lambda: [
        {name: str(value) for name, value in vars(reject).items()}
        for reject in rejects()
    ],
}


def read(name: str) -> list[Row]:
    with (EXAMPLES / name).open(newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    for name, result in RESULTS.items():
        rows = result()
        path = EXAMPLES / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
