"""What the files of `examples/hr` say, told by plain Python.

`python -m tests.examples.hr_oracle` writes the expected results from it.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "examples" / "hr"
EXPECTED = FOLDER / "expected"
Row = dict[str, str]


@dataclass(frozen=True)
class Hire:
    year: int
    quarter: int
    department: str | None
    job: str | None
    department_id: int


@dataclass(frozen=True)
class Record:
    """One record of a file; `number` is 1 for the first."""

    file: str
    number: int
    line: int
    fields: tuple[str, ...]

    @property
    def fault(self) -> tuple[str, str] | None:
        """The first column that breaks the rules, and how: none may be blank."""
        names = ("id", "name", "hired_at", "department_id", "job_id")
        for name, field in zip(names, self.fields, strict=True):
            if not field:
                return name, "required"
        try:
            datetime.fromisoformat(self.fields[2])
        except ValueError:
            return "hired_at", "type"
        return None


def records(pattern: str) -> Iterator[Record]:
    for path in sorted(FOLDER.rglob(pattern)):
        if path.parent == EXPECTED:
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, skipinitialspace=True))
        has_header = rows[0][0] == "id"
        for number, row in enumerate(rows[has_header:], 1):
            yield Record(path.name, number, number + has_header, tuple(row))


def names(pattern: str) -> dict[int, str]:
    return {int(r.fields[0]): r.fields[1] for r in records(pattern)}


def hires() -> list[Hire]:
    """Each employee once, though some are sent again."""
    departments, jobs = names("departments*.csv"), names("jobs*.csv")
    found = {}
    for record in records("hired_employees*.csv"):
        if record.fault:
            continue
        id_, _, hired_at, department_id, job_id = record.fields
        at = datetime.fromisoformat(hired_at)
        found[id_] = Hire(
            at.year,
            (at.month + 2) // 3,
            departments.get(int(department_id)),
            jobs.get(int(job_id)),
            int(department_id),
        )
    return list(found.values())


def hires_by_quarter(year: int) -> list[Row]:
    found = Counter(
        (hire.department, hire.job, hire.quarter)
        for hire in hires()
        if hire.year == year and hire.department and hire.job
    )
    pairs = {(department or "", job or "") for department, job, _ in found}
    return [
        {"department": department, "job": job}
        | {
            f"q{quarter}": str(found[department, job, quarter])
            for quarter in range(1, 5)
        }
        for department, job in sorted(pairs)
    ]


def departments_above_mean(year: int) -> list[Row]:
    departments = names("departments*.csv")
    hired = Counter(
        hire.department_id
        for hire in hires()
        if hire.year == year and hire.department_id in departments
    )
    mean = hired.total() / len(departments)
    above = sorted((-n, id_) for id_, n in hired.items() if n > mean)
    return [
        {"id": str(id_), "department": departments[id_], "hired": str(-n)}
        for n, id_ in above
    ]


def rejects() -> list[Row]:
    return [
        {
            "file": record.file,
            "row": str(record.number),
            "line": str(record.line),
            "column": record.fault[0],
            "code": record.fault[1],
        }
        for record in records("hired_employees*.csv")
        if record.fault
    ]


RESULTS: dict[str, Callable[[], list[Row]]] = {
    "hires_by_quarter_2021.csv": lambda: hires_by_quarter(2021),
    "departments_above_mean_2021.csv": lambda: departments_above_mean(2021),
    "departments_above_mean_2022.csv": lambda: departments_above_mean(2022),
    "rejects.csv": rejects,
}


def read(name: str) -> list[Row]:
    with (EXPECTED / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    for name, result in RESULTS.items():
        rows = result()
        with (EXPECTED / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
