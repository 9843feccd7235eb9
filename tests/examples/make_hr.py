"""Make the files of `examples/hr`: `python -m tests.examples.make_hr`.

No name in them is a real person's: all are made of syllables.
"""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "hr"
BOM = "\ufeff"
# Two begin with a small letter and one with an accent: code points order them
# behind all others.
DEPARTMENTS = (
    "Accounting",
    "Business Development",
    "Engineering",
    "Legal",
    "Marketing",
    "Product",
    "Research and Development",
    "Sales",
    "Support",
    "Training",
    "facilities",
    "\u00c9tudes",
)
JOBS = (
    "Account Coordinator",
    "Analyst Programmer",
    "Civil Engineer",
    "Data Engineer",
    "Nurse",
    "Recruiter",
    "Technical Writer",
    "VP, Quality",
    "web Designer I",
)
# Nobody is hired by Training, and everybody likes Engineering.
LIKED = (3, 2, 9, 1, 2, 4, 7, 5, 6, 0, 1, 2)
FIRST = ("Ama", "Bel", "Cor", "Dra", "Eli", "Fen", "Gil", "Hanno")
LAST = ("brin", "dova", "lisk", "mere", "nax", "quill", "tarn", "vole")
Row = list[str]


def employees(
    first: int, last: int, start: datetime, chance: random.Random
) -> list[Row]:
    """Hires of about a year and a half, one row for each id."""
    return [employee(id_, start, chance) for id_ in range(first, last + 1)]


def employee(id_: int, start: datetime, chance: random.Random) -> Row:
    hired_at = start + timedelta(seconds=chance.randrange(550 * 86400))
    name = f"{chance.choice(FIRST)}{chance.choice('aeo')} "
    name += f"{chance.choice(FIRST)}{chance.choice(LAST)}"
    department_id = chance.choices(range(1, 13), LIKED)[0]
    return [
        str(id_),
        name,
        f"{hired_at:%Y-%m-%dT%H:%M:%SZ}",
        str(department_id),
        str(chance.randint(1, len(JOBS))),
    ]


def blank_one_in_thirty(rows: list[Row], chance: random.Random) -> None:
    """Of a row in thirty one field, but for the id."""
    for place in range(7, len(rows), 30):
        rows[place][chance.randint(1, 4)] = ""


def text(rows: list[Row], comma: str = ",", end: str = "\n") -> str:
    quoted = ([f'"{v}"' if "," in v else v for v in row] for row in rows)
    return "".join(comma.join(row) + end for row in quoted)


def write(path: str, content: str) -> None:
    (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
    (FOLDER / path).write_text(content, "utf-8", newline="")


def numbered(names: tuple[str, ...]) -> list[Row]:
    return [[str(number), name] for number, name in enumerate(names, 1)]


def main() -> None:
    # Of these numbers one department of 2021 lies at the mean, and one above it that
    # would not, were Training left out.
    chance = random.Random(58)
    write("departments.csv", BOM + text(numbered(DEPARTMENTS)))
    write("jobs.csv", text(numbered(JOBS), end="\r\n"))

    first = employees(1, 240, datetime(2020, 10, 1, tzinfo=UTC), chance)
    blank_one_in_thirty(first, chance)
    first[19][1] = "Nia O'Kelda"
    first[59][2] = "2021-11-07T02 48 42Z"
    # The quarter changes at midnight in UTC; nobody knows this department.
    first[79][2] = "2021-03-31T23:59:59Z"
    first[80][2] = "2021-04-01T00:00:00Z"
    first[99][3] = "99"
    write("hired_employees.csv", text(first).removesuffix("\n"))

    # With a header, blanks behind the commas, and three rows sent before.
    header = ["id", "name", "datetime", "department_id", "job_id"]
    second = employees(241, 330, datetime(2021, 1, 1, tzinfo=UTC), chance)
    blank_one_in_thirty(second, chance)
    again = first[10:13]
    write(
        "2022/hired_employees_2.csv",
        text([header, *again, *second], comma=", ", end="\r\n"),
    )

    # The other header, microseconds, and a byte order mark.
    header[2] = "hire_date"
    third = employees(331, 390, datetime(2021, 6, 1, tzinfo=UTC), chance)
    for row in third:
        row[2] = row[2].replace("Z", f".{chance.randrange(10**6):06}Z")
    write("2022/late/hired_employees_3.csv", BOM + text([header, *third]))


if __name__ == "__main__":
    main()
