"""Departments, jobs and hired employees: the examples, and every form of a file."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Platform, copy_of, drop_database
from tests.examples import hr_oracle as oracle
from tests.examples.conftest import new_world
from tests.examples.world import World

Get = Callable[[str], dict[str, Any]]
NUMBERS = ("id", "hired", "q1", "q2", "q3", "q4")


def numbers(rows: list[oracle.Row]) -> list[dict[str, Any]]:
    return [{k: int(v) if k in NUMBERS else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("name", oracle.RESULTS)
def test_what_is_expected_is_what_the_files_say(name: str) -> None:
    assert oracle.read(name) == oracle.RESULTS[name]()


@pytest.mark.parametrize("query", ["", "?year=2021"])
def test_hires_by_quarter_in_code_point_order(get: Get, query: str) -> None:
    answer = get(f"/stats/hires_by_quarter{query}")["data"]

    assert answer == numbers(oracle.read("hires_by_quarter_2021.csv"))
    departments = list(dict.fromkeys(row["department"] for row in answer))
    assert departments[0] == "Accounting"
    assert departments[-2:] == ["facilities", "\u00c9tudes"]


def test_code_points_order_whatever_the_database_speaks(loaded: World) -> None:
    assert loaded.ask(
        """
        select attname, collname from pg_attribute
        inner join pg_collation on attcollation = pg_collation.oid
        where attrelid = 'marts.hires_by_quarter'::regclass
        order by attnum
        """
    ) == [("department", "C"), ("job", "C")]


@pytest.mark.parametrize("year", [2020, 2022])
def test_hires_by_quarter_of_any_year(get: Get, year: int) -> None:
    answer = get(f"/stats/hires_by_quarter?year={year}")["data"]

    assert answer == numbers(oracle.hires_by_quarter(year))
    assert len(answer) > 10


@pytest.mark.parametrize(
    ("query", "year"), [("", 2021), ("?year=2021", 2021), ("?year=2022", 2022)]
)
def test_departments_above_the_mean(get: Get, query: str, year: int) -> None:
    answer = get(f"/stats/departments_above_mean{query}")["data"]

    assert answer == numbers(oracle.read(f"departments_above_mean_{year}.csv"))


def test_a_year_without_hires_is_empty(get: Get) -> None:
    assert get("/stats/hires_by_quarter?year=1999")["data"] == []
    assert get("/stats/departments_above_mean?year=1999")["data"] == []


def test_rejects_are_told(loaded: World) -> None:
    assert [
        dict(zip(("file", "row", "line", "column", "code"), map(str, row), strict=True))
        for row in loaded.rejects("hired_employees")
    ] == sorted(
        oracle.read("rejects.csv"), key=lambda row: (row["file"], int(row["row"]))
    )


def test_every_loaded_row_knows_its_file_and_place(loaded: World) -> None:
    """Also one that was sent again, or whose department nobody knows."""
    found = loaded.ask(
        """
        select filename, row_number::int, employee_id, load_update_ts is not null
        from intermediate.int_hired_employees
        """
    )

    assert sorted(found) == sorted(
        (record.file, record.number, int(record.fields[0]), True)
        for record in oracle.records("hired_employees*.csv")
        if not record.fault
    )


GOOD = (
    "1,Ama Brin,2021-11-07T02:48:42Z,2,6\n"
    "2,Nia O'Kelda,2021-05-30T05:43:46Z,8,6\n"
    "30,Bel Vole,2021-12-31T23:59:59Z,11,5\n"
)
ROWS = [
    (1, "Ama Brin", datetime(2021, 11, 7, 2, 48, 42, tzinfo=UTC), 2, 6),
    (2, "Nia O'Kelda", datetime(2021, 5, 30, 5, 43, 46, tzinfo=UTC), 8, 6),
    (30, "Bel Vole", datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC), 11, 5),
]
HEADER = "id,name,datetime,department_id,job_id\n"
BOM = "\ufeff"
FORMS = {
    "plain": GOOD,
    "with a byte order mark": BOM + GOOD,
    "with Windows line ends": GOOD.replace("\n", "\r\n"),
    "without a final line end": GOOD.removesuffix("\n"),
    "with a header": HEADER + GOOD,
    "with another header": HEADER.replace("datetime", "hire_date") + GOOD,
    "with a header of everything": BOM + (HEADER + GOOD).replace("\n", "\r\n"),
    "with blanks behind commas": GOOD.replace(",", ", "),
    "with quotes behind blanks": GOOD.replace("Ama Brin", ' "Ama Brin"'),
    "with microseconds": GOOD.replace("Z,", ".000000Z,"),
}
OF_LOAD = """
select id, name, hired_at, department_id, job_id from raw.hired_employees
where _load_id = %s order by _row_number
"""


@pytest.fixture(scope="module")
def world(server_url: str, built: Platform, aws: dict[str, str]) -> Iterator[World]:
    """For tests that look at their own loads only."""
    platform = copy_of(server_url, built)
    yield new_world(platform, aws, "forms")
    drop_database(server_url, platform.admin)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_loads_alike_in_every_form(world: World, form: str) -> None:
    folder = form.replace(" ", "-")

    outcome = world.drop(f"{folder}/hired_employees.csv", FORMS[form])

    assert (outcome.status, outcome.counts.rejected) == ("loaded", 0)
    assert world.ask(OF_LOAD, outcome.load_id) == ROWS


@pytest.mark.parametrize(
    ("key", "feed"),
    [
        ("hired_employees.csv", "hired_employees"),
        ("a/deep/folder/hired_employees_2.csv", "hired_employees"),
        ("departments.csv", "departments"),
        ("x/departments_new.csv", "departments"),
        ("jobs.csv", "jobs"),
        ("x/y/jobs2.csv", "jobs"),
    ],
)
def test_files_are_known_by_their_names_at_any_depth(
    world: World, key: str, feed: str
) -> None:
    body = GOOD if feed == "hired_employees" else "1,Something\n"

    outcome = world.drop(key, body)

    assert (outcome.feed, outcome.status) == (feed, "loaded")


def test_a_malformed_time_goes_to_quarantine(world: World) -> None:
    many = GOOD + GOOD + "7,Cor Tarn,2021-11-07T02 48 42Z,2,6\n"

    outcome = world.drop("malformed/hired_employees.csv", many)

    assert (outcome.counts.loaded, outcome.counts.rejected) == (6, 1)
    assert world.ask(
        "select row_number, line, column_name, code, record from ops.reject "
        "where load_id = %s",
        outcome.load_id,
    ) == [(7, 7, "hired_at", "type", "7,Cor Tarn,2021-11-07T02 48 42Z,2,6")]


# Four rows with one blank field each, and enough good ones beside them.
BLANKS = (
    "1,,2021-04-01T00:00:00Z,1,1\n"
    "2,Bel Vole,,1,1\n"
    "3,Cor Tarn,2021-04-01T00:00:00Z,,1\n"
    "4,Dra Mere,2021-04-01T00:00:00Z,1,\n"
) + "".join(f"{id_},Eli Nax,2021-01-01T00:00:00Z,1,1\n" for id_ in range(5, 25))


def set_strict(world: World, strict: bool) -> None:
    """Publish the catalog again with this one word of the contracts changed."""
    ((document,),) = world.ask(
        "select document from ops.catalog order by published_at desc limit 1"
    )
    for feed in document["feeds"]:
        words = feed["config"]["meta"]["feed"]
        if "strict" in words:
            words["strict"] = strict
    with world.admin() as db:
        db.execute(
            "insert into ops.catalog (hash, document) values (%s, %s)",
            [f"strict {strict}", json.dumps(document)],
        )


@pytest.mark.parametrize(
    ("strict", "loaded_rows", "by_quarter", "hired"),
    [
        (True, 20, (20, 0), 20),
        # Without a name a hire counts; without a time or a department nowhere;
        # without a job only where none is asked for.
        (False, 24, (20, 1), 22),
    ],
    ids=["strict", "lenient"],
)
def test_one_word_of_the_contract_lets_blank_fields_in(
    own_world: World,
    strict: bool,
    loaded_rows: int,
    by_quarter: tuple[int, int],
    hired: int,
) -> None:
    set_strict(own_world, strict)
    own_world.drop("departments.csv", "1,Sales\n2,Support\n")
    own_world.drop("jobs.csv", "1,Nurse\n")

    outcome = own_world.drop("hired_employees.csv", BLANKS)

    assert (outcome.counts.loaded, outcome.counts.read) == (loaded_rows, 24)
    assert own_world.ask("select q1::int, q2::int from marts.hires_by_quarter") == [
        by_quarter
    ]
    assert own_world.ask(
        "select id, hired::int from marts.departments_above_mean where year = 2021"
    ) == [(1, hired)]


def test_a_row_that_is_sent_again_counts_once_and_as_it_came_last(
    own_world: World,
) -> None:
    """In another file too: files of a feed are one table."""
    own_world.drop("departments.csv", "1,Sales\n2,Support\n")
    own_world.drop("jobs.csv", "1,Nurse\n")
    own_world.drop(
        "hired_employees.csv",
        "1,Ama Brin,2021-01-01T00:00:00Z,1,1\n2,Bel Vole,2021-01-01T00:00:00Z,1,1\n",
    )
    by_quarter = """
    select department, job, q1::int, q2::int from marts.hires_by_quarter order by 1
    """
    assert own_world.ask(by_quarter) == [("Sales", "Nurse", 2, 0)]

    own_world.drop("new/departments_2.csv", "1,Trade\n")
    own_world.drop(
        "new/hired_employees_2.csv",
        "2,Bel Vole,2021-04-01T00:00:00Z,2,1\n3,Cor Tarn,2021-01-01T00:00:00Z,9,1\n",
    )

    assert own_world.ask(by_quarter) == [
        ("Support", "Nurse", 0, 1),
        ("Trade", "Nurse", 1, 0),
    ]
