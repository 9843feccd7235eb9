"""The generic tests of the warehouse pass on good rows and find the bad ones.

A small project of its own holds nothing but them; what they are held against
are tables, each with a good and a bad twin.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from tests.conftest import ROOT, Platform, copy_of, drop_database
from tests.warehouse.dbt_process import dbt

PROJECT = {
    "name": "checked",
    "version": "1.0.0",
    "profile": "catchment",
    "flags": {"send_anonymous_usage_stats": False},
}
TABLES = """
insert into ops.load (load_id, feed, bucket, key, version, status, refreshed_at)
overriding system value
values
    (1, 'f', 'b', 'f/1.csv', '1', 'loaded', now()),
    (2, 'f', 'b', 'f/2.csv', '1', 'loaded', now()),
    (3, 'f', 'b', 'f/3.csv', '1', 'superseded', now()),
    (4, 'f', 'b', 'f/4.csv', '1', 'loaded', now()),
    (5, 'other', 'b', 'other/5.csv', '1', 'loaded', now()),
    (6, 'f', 'b', 'f/6.csv', '1', 'loaded', null);

create table staging.places as
select * from (values
    (1, 1, 'a', '12345', 10.0),
    (1, 2, 'a', null, null),
    (2, 1, 'b', '1234', 60.0),
    (2, 2, 'b', ' ', 99.0)
) as row (_load_id, _row_number, state, zip, value);

create table staging.plain as
select * from (values ('x', 5), ('y', -1), (null, 0)) as row (name, value);

create table staging.loads as
select load_id as _load_id
from (values (1, 10), (2, 14), (3, 500), (4, 30)) as load (load_id, n),
    generate_series(1, n);

create table staging.rolled_up as
select * from (values (1, 10), (1, 2), (2, 14), (4, 30)) as row (_load_id, n);

create table staging.emptied as select 1 as _load_id;

create table staging.years as
select * from (values
    ('up', 2019, 100), ('up', 2020, 110), ('up', 2021, 200),
    ('down', 2020, -100), ('down', 2021, -200),
    ('gap', 2019, 100), ('gap', 2021, 900),
    ('none', 2020, null), ('none', 2021, 900),
    ('zero', 2020, 0), ('zero', 2021, 900),
    ('small', 2020, 5), ('small', 2021, 50),
    (null, 2020, 100), (null, 2021, 40)
) as row (state, year, enrolled);

create table staging.months as
select * from (values
    (date '2026-01-01', 1), (date '2026-02-01', 1), (date '2026-03-01', 3)
) as row (month, n);
"""


@dataclass(frozen=True)
class Case:
    """One test on one table; `problems` are what its rows say, none if it passes."""

    table: str
    test: str
    arguments: dict[str, Any]
    problems: tuple[str | None, ...] = ()
    words: str = ""
    column: str | None = None
    config: dict[str, Any] | None = None
    status: str | None = None

    @property
    def expected(self) -> str:
        return self.status or ("fail" if self.problems else "pass")


CASES = {
    "in range": Case(
        "places", "is_between", {"minimum": 10, "maximum": 99}, column="value"
    ),
    "out of range": Case(
        "places",
        "is_between",
        {"minimum": 20, "maximum": 60},
        ("value is 10.0", "value is 99.0"),
        "{rows} of column value out of 20..60",
        column="value",
    ),
    "below a minimum, without loads": Case(
        "plain",
        "is_between",
        {"minimum": 0},
        ("value is -1",),
        "{rows} of column value below 0",
        column="value",
    ),
    "of the form": Case(
        "places", "matches", {"pattern": r"^(\d{4,5}|\s)$"}, column="zip"
    ),
    "not of the form": Case(
        "places",
        "matches",
        {"pattern": r"^\d{5}$"},
        (None, None),
        r"{rows} of column zip not of the form ^\d{5}$",
        column="zip",
    ),
    "an apostrophe in a pattern": Case(
        "plain",
        "matches",
        {"pattern": "^[^']$"},
        column="name",
    ),
    "missing as often as allowed": Case(
        "places", "is_missing_at_most", {"share": 0.5}, column="zip"
    ),
    "missing too often, blanks counted": Case(
        "places",
        "is_missing_at_most",
        {"share": 0.49},
        ("2 of 4 rows have no zip",),
        "column zip missing in more than 49 % of the rows",
        column="zip",
    ),
    "missing in a group": Case(
        "places",
        "is_missing_at_most",
        {"share": 0.125, "group_by": ["state"]},
        ("1 of 2 rows have no value",),
        "{groups} of state with column value missing in more than 12.5 % of the rows",
        column="value",
    ),
    "no row is missing nothing": Case(
        "plain",
        "is_missing_at_most",
        {"share": 0},
        column="name",
        config={"where": "false"},
    ),
    "loads of the expected size": Case(
        "loads",
        "rows_per_load_are_between",
        {"minimum": 10, "maximum": 30, "maximum_change": 1.5},
    ),
    "loads too small and too large": Case(
        "loads",
        "rows_per_load_are_between",
        {"minimum": 11, "maximum": 20},
        ("10 rows, less than 11", "30 rows, more than 20"),
        "{loads} out of 11..20 rows",
    ),
    "the newest load unlike those before": Case(
        "loads",
        "rows_per_load_are_between",
        {"maximum_change": 0.3},
        ("30 rows, on average 12 before",),
        "{loads} more than 30 % off the mean of those before",
    ),
    "rows of a load counted by a rollup": Case(
        "rolled_up",
        "rows_per_load_are_between",
        {"minimum": 13, "rows": "sum(n)"},
        ("12 rows, less than 13",),
        "{loads} below 13 rows",
    ),
    "a load of which nothing is left": Case(
        "emptied",
        "rows_per_load_are_between",
        {"minimum": 1},
        ("0 rows, less than 1", "0 rows, less than 1"),
        "{loads} below 1 rows",
    ),
    "changes as expected": Case(
        "years",
        "changes_at_most",
        {
            "measure": "sum(enrolled)",
            "period": "year",
            "group_by": ["state"],
            "share": 1,
            "minimum_base": 10,
        },
    ),
    "changes too large, up and down": Case(
        "years",
        "changes_at_most",
        {
            "measure": "sum(enrolled)",
            "period": "year",
            "group_by": "state",
            "share": 0.5,
            "minimum_base": 10,
        },
        (
            "-100.00 before, now -200.00 (-100.0 %)",
            "100.00 before, now 40.00 (-60.0 %)",
            "110.00 before, now 200.00 (+81.8 %)",
        ),
        "{changes} of sum(enrolled) by more than 50 % from one year to the next",
    ),
    "a small base counts if no minimum is said": Case(
        "years",
        "changes_at_most",
        {
            "measure": "sum(enrolled)",
            "period": "year",
            "group_by": ["state"],
            "share": 2,
        },
        ("5.00 before, now 50.00 (+900.0 %)",),
        "{changes} of sum(enrolled) by more than 200 % from one year to the next",
    ),
    "months that change": Case(
        "months",
        "changes_at_most",
        {
            "measure": "sum(n)",
            "period": "month",
            "share": 0.2,
            "step": "interval '1 month'",
        },
        ("1.00 before, now 3.00 (+200.0 %)",),
        "{changes} of sum(n) by more than 20 % from one month to the next",
    ),
    "a warning": Case(
        "plain",
        "is_between",
        {"maximum": 4},
        ("value is 5",),
        "{rows} of column value above 4",
        column="value",
        config={"severity": "warn"},
        status="warn",
    ),
    "fewer than are worth an error": Case(
        "plain",
        "is_between",
        {"minimum": 1},
        ("value is -1", "value is 0"),
        "{rows} of column value below 1",
        column="value",
        config={"warn_if": ">0", "error_if": ">2"},
        status="warn",
    ),
    "words of one's own": Case(
        "plain",
        "is_between",
        {"maximum": 3},
        ("value is 5",),
        "{rows} are too high",
        column="value",
        config={"meta": {"words": "{rows} are too high"}},
    ),
    "dbt's own not_null": Case("places", "not_null", {}, (None,), column="value"),
    "dbt's own unique": Case(
        "places", "unique", {}, ("comes 2 times", "comes 2 times"), column="state"
    ),
    "dbt's own unique, without loads": Case("plain", "unique", {}, column="name"),
    "dbt's own accepted_values": Case(
        "places", "accepted_values", {"values": ["a"]}, (None,), column="state"
    ),
    "accepted numbers, without loads": Case(
        "plain",
        "accepted_values",
        {"values": [0, 5], "quote": False},
        (None,),
        column="value",
    ),
    "dbt's own relationships": Case(
        "places",
        "relationships",
        {"to": "source('checked', 'plain')", "field": "name"},
        (None, None, None, None),
        column="state",
    ),
}


def source_of(table: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": table, "data_tests": [], "columns": []}
    for number, case in enumerate(CASES.values()):
        if case.table != table:
            continue
        test: dict[str, Any] = {"name": f"case_{number}", "arguments": case.arguments}
        if case.config:
            test["config"] = case.config
        tests = [{case.test: test}]
        if case.column is None:
            entry["data_tests"] += tests
        else:
            entry["columns"].append({"name": case.column, "data_tests": tests})
    return entry


@pytest.fixture(scope="module")
def checked(server_url: str, migrated: Platform) -> Iterator[Platform]:
    platform = copy_of(server_url, migrated)
    with psycopg.connect(platform.owner) as db:
        db.execute(TABLES.encode())
    yield platform
    drop_database(server_url, platform.admin)


@pytest.fixture(scope="module")
def results(
    checked: Platform, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What `dbt test` says of every case, with its node of the manifest."""
    project = tmp_path_factory.mktemp("generic") / "checked"
    write_project(project)
    dbt(checked, "test", project=project)
    (target,) = project.glob("target/*/run_results.json")
    nodes = json.loads((target.parent / "manifest.json").read_text())["nodes"]
    found = json.loads(target.read_text())["results"]
    by_name = {nodes[one["unique_id"]]["name"]: one for one in found}
    return {
        name: {**by_name[f"case_{number}"], "node": nodes[one["unique_id"]]}
        for number, name in enumerate(CASES)
        for one in [by_name[f"case_{number}"]]
    }


def write_project(project: Path) -> None:
    shutil.copytree(ROOT / "warehouse/macros/checks", project / "macros/checks")
    shutil.copytree(ROOT / "warehouse/tests/generic", project / "tests/generic")
    shutil.copy(ROOT / "warehouse/macros/quoted.sql", project / "macros")
    shutil.copy(ROOT / "warehouse/profiles.yml", project)
    (project / "dbt_project.yml").write_text(yaml.safe_dump(PROJECT))
    tables = [source_of(table) for table in sorted({c.table for c in CASES.values()})]
    sources = {"sources": [{"name": "checked", "schema": "staging", "tables": tables}]}
    (project / "models").mkdir()
    (project / "models" / "sources.yml").write_text(yaml.safe_dump(sources))


def rows_of(platform: Platform, result: dict[str, Any]) -> list[dict[str, Any]]:
    with psycopg.connect(platform.owner, row_factory=dict_row) as db:
        return db.execute(result["compiled_code"]).fetchall()


@pytest.mark.parametrize("name", CASES)
def test_a_generic_test_finds_what_is_wrong_and_nothing_else(
    name: str, checked: Platform, results: dict[str, dict[str, Any]]
) -> None:
    case, result = CASES[name], results[name]
    rows = rows_of(checked, result)

    assert result["status"] == case.expected, result["message"]
    problems = sorted(str(row.get("problem")) for row in rows)
    assert problems == sorted(str(problem) for problem in case.problems)
    if case.words:
        assert result["node"]["config"]["meta"]["words"] == case.words


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("out of range", {(1, 1, "f/1.csv"), (2, 2, "f/2.csv")}),
        ("not of the form", {(2, 1, "f/2.csv"), (2, 2, "f/2.csv")}),
        ("dbt's own not_null", {(1, 2, "f/1.csv")}),
        ("dbt's own unique", {(1, None, "f/1.csv"), (2, None, "f/2.csv")}),
        ("dbt's own accepted_values", {(2, None, "f/2.csv")}),
        ("accepted numbers, without loads", {(None, None, None)}),
        (
            "dbt's own relationships",
            {(n, m, f"f/{n}.csv") for n in (1, 2) for m in (1, 2)},
        ),
        (
            "loads too small and too large",
            {(1, None, "f/1.csv"), (4, None, "f/4.csv")},
        ),
    ],
)
def test_a_row_names_the_file_that_brought_it(
    name: str,
    keys: set[tuple[Any, ...]],
    checked: Platform,
    results: dict[str, dict[str, Any]],
) -> None:
    rows = rows_of(checked, results[name])

    found = {(row["_load_id"], row.get("_row_number"), row["file"]) for row in rows}
    assert found == keys


def test_a_change_names_its_group_and_period(
    checked: Platform, results: dict[str, dict[str, Any]]
) -> None:
    result = results["changes too large, up and down"]
    rows = rows_of(checked, result)

    assert result["node"]["config"]["meta"]["key"] == ["state", "year"]
    found = {(row["state"], row["year"]) for row in rows}
    assert found == {("down", 2021), ("up", 2021), (None, 2021)}
