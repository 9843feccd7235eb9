"""Write `examples/enrollment`: python -m tests.examples.make_enrollment

Made-up schools whose children sum to the totals below, exactly; those of the ten
largest states in 2021 are the published ones. The expected results are counted
here, in plain Python, and know nothing of the models.
"""

import csv
import json
import random
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

FOLDER = ROOT / "examples" / "enrollment"
URL = "https://educationdata.urban.org/api/v1/schools/ccd/enrollment/{}/grade-pk/"
PAGE = 500
NAMES = (
    "year",
    "ncessch",
    "ncessch_num",
    "grade",
    "race",
    "sex",
    "enrollment",
    "fips",
    "leaid",
)
TOTAL = 99
# Missing, not applicable, suppressed.
NO_NUMBER = (-1, -2, -3)

# Children in Pre-K by year and state. California has no rows at all; 59 is the
# Bureau of Indian Education, in no list of states. From 2020 to 2021 Puerto Rico
# (72) leaps, and Montana (30) is gone.
TOTALS: Mapping[int, Mapping[int, int]] = {
    2021: {
        48: 245135, 17: 71078, 12: 58900, 36: 56452, 55: 51159,
        13: 46841, 34: 43884, 39: 39632, 40: 37733, 51: 30979,
        1: 9240, 2: 3105, 11: 12875, 44: 2950, 50: 5660, 56: 815, 59: 1204, 72: 14021,
    },
    2020: {
        48: 196560, 17: 65410, 12: 50220, 36: 49873, 55: 46002,
        13: 42150, 34: 39020, 39: 34127, 40: 36310, 51: 27466,
        1: 8420, 2: 2790, 11: 12010, 30: 1330, 44: 2610, 50: 5120, 56: 690,
        59: 1010, 72: 6180,
    },
    2019: {
        48: 248410, 17: 78011, 12: 61904, 36: 58218, 55: 53870,
        13: 50114, 34: 47350, 39: 41002, 40: 42877, 51: 33105,
        1: 9012, 2: 3320, 11: 13104, 30: 1408, 44: 2740, 50: 5905, 56: 801,
        59: 1190, 72: 6904,
    },
    2018: {1: 9310, 13: 48630, 39: 42350, 55: 52890},
    2017: {1: 8977, 13: 47980},
    2016: {2: 3010, 11: 12800},
}  # fmt: skip
RECORDED = (2019, 2020, 2021)
# Schools beside, which have a Pre-K and no number; 60 has no others.
WITHOUT_NUMBER = {1: 4, 48: 11, 56: 2, 60: 3}
# States of which the parts by race and by sex are there too.
IN_PARTS = (2, 11, 44)

Row = dict[str, Any]
Year = list[Row]


def year_of(year: int) -> Year:
    """All records of a year, ordered as a service would."""
    chance = random.Random(year)
    rows: Year = []
    for fips in sorted({*TOTALS[year], *(WITHOUT_NUMBER if year in RECORDED else ())}):
        numbers = [
            *schools_of(TOTALS[year].get(fips, 0), chance),
            *without_number(fips, year),
        ]
        chance.shuffle(numbers)
        for number, children in enumerate(numbers, 1):
            rows.extend(school(year, fips, number, children))
    return rows


def schools_of(total: int, chance: random.Random) -> Iterator[int]:
    """How many children each school has, so that they sum to a total."""
    while total > 0:
        children = min(total, chance.randint(120, 980))
        yield children
        total -= children


def without_number(fips: int, year: int) -> Iterator[int]:
    count = WITHOUT_NUMBER.get(fips, 0) if year in RECORDED else 0
    return (NO_NUMBER[number % 3] for number in range(count))


def school(year: int, fips: int, number: int, children: int) -> Iterator[Row]:
    """The records of a school: the total and, in some states, its parts."""
    district = f"{fips:02}{(number - 1) // 8 + 1:05}"
    id_ = f"{district}{number:05}"

    def row(race: int, sex: int, enrollment: int) -> Row:
        values = (year, id_, int(id_), -1, race, sex, enrollment, fips, district)
        return dict(zip(NAMES, values, strict=True))

    yield row(TOTAL, TOTAL, children)
    if fips in IN_PARTS:
        parts = [children // 7] * 6
        for race, part in enumerate([*parts, children - sum(parts)], 1):
            yield row(race, TOTAL, part)
        yield row(TOTAL, 1, children // 2)
        yield row(TOTAL, 2, children - children // 2)


def pages_of(year: int, rows: Year) -> Iterator[tuple[str, str]]:
    """What the service answers, page after page, with the page's name."""
    url = URL.format(year)
    last = (len(rows) - 1) // PAGE + 1

    def address(page: int) -> str | None:
        if not 1 <= page <= last:
            return None
        return url if page == 1 else f"{url}?page={page}"

    for page in range(1, last + 1):
        envelope = {
            "count": len(rows),
            "next": address(page + 1),
            "previous": address(page - 1),
        }
        yield (
            f"recorded/{year}/page-{page:04}.json",
            enveloped(envelope, rows[(page - 1) * PAGE : page * PAGE]),
        )


def enveloped(envelope: Row, rows: Year) -> str:
    head = json.dumps(envelope, indent=0)[:-2]
    return f'{head},\n"results": {array(rows)}}}\n'


def array(rows: Year) -> str:
    """A record on each line."""
    return "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]"


def table(rows: Year) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, NAMES, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def variants(years: Mapping[int, Year]) -> Iterator[tuple[str, str]]:
    """The other forms that data come in: CSV, NDJSON, an array, an envelope.

    The CSV went through a spreadsheet, where one school lost its leading zero and
    another its state. The NDJSON repeats a part of the CSV, these two among it, and
    has a line that was cut off.
    """
    spoiled = [dict(row) for row in years[2018]]
    spoiled[9]["ncessch"] = spoiled[9]["ncessch"].removeprefix("0")
    spoiled[99]["fips"] = None
    yield "schools-2018.csv", table(spoiled)
    lines = [json.dumps(row) for row in years[2018][:120]]
    lines.insert(60, lines[60][:70])
    yield "schools-2018-part.ndjson", "\n".join(lines) + "\n"
    yield "schools-2017.json", array(years[2017]) + "\n"
    envelope = {"count": len(years[2016]), "next": None, "previous": None}
    yield "schools-2016.json", enveloped(envelope, years[2016])


REJECTS = """\
file,row,line,column,code
schools-2018-part.ndjson,61,61,,json
schools-2018.csv,10,11,ncessch,pattern
schools-2018.csv,100,101,fips,required
"""


def expected(years: Mapping[int, Year]) -> Iterator[tuple[str, str]]:
    """What the endpoints must answer."""
    by_state = {
        year: [
            json.dumps([f"{fips:02}", children, schools, without])
            for fips, children, schools, without in sorted(
                states_of(rows), key=lambda s: (s[1] is None, -(s[1] or 0), s[0])
            )
        ]
        for year, rows in years.items()
    }
    text = ",\n".join(
        f'"{year}": [\n  ' + ",\n  ".join(rows) + "\n]"
        for year, rows in sorted(by_state.items())
    )
    yield "expected/enrollment_by_state.json", f"{{\n{text}\n}}\n"
    counts = [
        json.dumps(
            {
                "year": year,
                "records": len(rows),
                "pre_k_records": sum(schools + no for _, _, schools, no in found),
                "schools": sum(schools for _, _, schools, _ in found),
                "enrollment": sum(children or 0 for _, children, _, _ in found),
                "states": len(found),
            }
        )
        for year, rows in sorted(years.items())
        for found in [list(states_of(rows))]
    ]
    yield "expected/enrollment_counts.json", "[\n" + ",\n".join(counts) + "\n]\n"
    yield "expected/rejects.csv", REJECTS


def states_of(rows: Year) -> Iterator[tuple[int, int | None, int, int]]:
    """State, children, schools with a number and without, of a year."""
    for fips in sorted({row["fips"] for row in rows}):
        totals = [
            row["enrollment"]
            for row in rows
            if (row["fips"], row["race"], row["sex"]) == (fips, TOTAL, TOTAL)
        ]
        numbers = [children for children in totals if children >= 0]
        children = sum(numbers) if numbers else None
        yield fips, children, len(numbers), len(totals) - len(numbers)


def files() -> dict[str, str]:
    """Every file of the example, by its path in the folder."""
    years = {year: year_of(year) for year in TOTALS}
    return dict(
        [
            *(page for year in RECORDED for page in pages_of(year, years[year])),
            *variants(years),
            *expected(years),
        ]
    )


def write(folder: Path = FOLDER) -> None:
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    write()
