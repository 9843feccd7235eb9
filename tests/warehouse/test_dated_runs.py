"""A run kept in a dated schema: `dbt run-operation keep_run` and `drop_run`."""

from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from catchment.database import Database
from loader.refresh import refresh
from tests.conftest import Platform
from tests.warehouse.dbt_process import refuse, succeed
from tests.warehouse.world import execute, query, scalar

RUN = "leads_20251105"
DATE = "{date: 20251105}"
TABLES = [
    "addresscode",
    "contact",
    "dim_addresscode",
    "dim_contact",
    "dim_license",
    "facility",
    "fact_facility",
    "lead",
    "license",
]


@pytest.fixture
def platform(platform: Platform) -> Platform:
    """With what the migration grants and a copied database lacks."""
    with psycopg.connect(platform.admin) as admin:
        name = admin.info.dbname
        admin.execute(f'grant create on database "{name}" to catchment_owner')
    return platform


def register(platform: Platform, day: str, *operations: str) -> None:
    """Load a register of Texas with these operations."""
    load_id = scalar(
        platform,
        """
        insert into ops.load (feed, bucket, key, version, status, finished_at)
        values ('texas_childcare', 'b', %s, '1', 'loaded', now())
        returning load_id
        """,
        day,
    )
    for number, name in enumerate(operations, 1):
        execute(
            platform,
            """
            insert into raw.texas_childcare (
                _load_id, _row_number, register_date, operation_number, operation_name
            )
            values (%s, %s, %s, %s, %s)
            """,
            *(load_id, number, day, str(number), name),
        )
    database = Database(platform.loader)
    refresh(database)
    database.close()


def keep(platform: Platform, arguments: str = DATE) -> str:
    return succeed(platform, "run-operation", "keep_run", "--args", arguments)


def drop(platform: Platform) -> str:
    return succeed(platform, "run-operation", "drop_run", "--args", DATE)


def companies(platform: Platform) -> list[Any]:
    rows = query(platform, f"select company from {RUN}.lead order by 1")
    return [company for (company,) in rows]


def schemas(platform: Platform) -> set[str]:
    rows = query(platform, "select nspname from pg_namespace where nspname ~ '^leads'")
    return {name for (name,) in rows}


def test_a_run_is_kept_as_tables_with_comments_and_keys(platform: Platform) -> None:
    register(platform, "2023-07-07", "Acorn Club", "Echo House")

    said = keep(platform)

    kept = query(
        platform,
        "select relname, relkind::text from pg_class where relkind in ('r', 'v', 'm') "
        'and relnamespace = %s::regnamespace order by relname collate "C"',
        RUN,
    )
    assert kept == [(name, "r") for name in TABLES]
    for name in TABLES:
        rows = f"select to_jsonb(t) from {{}}.{name} as t order by 1"
        found = query(platform, rows.format(RUN))
        assert found == query(platform, rows.format("marts"))
        assert len(found) == (1 if "addresscode" in name else 2)
    assert scalar(platform, f"select obj_description('{RUN}.lead'::regclass)")
    assert scalar(platform, f"select col_description('{RUN}.lead'::regclass, 1)")
    constraints = query(
        platform,
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = %s::regnamespace",
        RUN,
    )
    assert {
        (f"{RUN}.facility", "PRIMARY KEY (facility_id)"),
        (
            f"{RUN}.facility",
            f"FOREIGN KEY (license_id) REFERENCES {RUN}.license(license_id)",
        ),
        (
            f"{RUN}.fact_facility",
            f"FOREIGN KEY (contact_id) REFERENCES {RUN}.dim_contact(contact_id)",
        ),
    } <= set(constraints)
    assert "its owner catchment_owner may read it" in said
    with (
        psycopg.connect(platform.api) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute(f"select * from {RUN}.lead")


def test_a_run_stays_as_it_was_until_it_is_kept_again(platform: Platform) -> None:
    """And whoever reads it meanwhile always finds one."""
    register(platform, "2023-07-07", "Acorn Club")
    keep(platform)
    register(platform, "2023-07-14", "Echo House")
    assert companies(platform) == ["Acorn Club"]
    done, seen, errors = Event(), set(), []

    def read() -> None:
        try:
            with psycopg.connect(platform.owner, autocommit=True) as reader:
                while not done.is_set():
                    found = reader.execute(f"select company from {RUN}.lead")
                    seen.add(tuple(found.fetchall()))
        except psycopg.Error as error:
            errors.append(error)

    reader = Thread(target=read)
    reader.start()
    keep(platform)
    done.set()
    reader.join()

    assert companies(platform) == ["Echo House"]
    assert errors == []
    assert seen <= {(("Acorn Club",),), (("Echo House",),)}
    assert schemas(platform) == {RUN}


def test_a_run_is_dropped_and_nothing_else(platform: Platform) -> None:
    keep(platform)
    keep(platform, "{date: 20251106}")

    assert f"dropped schema {RUN}" in drop(platform)
    assert schemas(platform) == {"leads_20251106"}
    assert f"there is no schema {RUN}" in drop(platform)


@pytest.mark.parametrize("operation", ["keep_run", "drop_run"])
def test_a_schema_that_no_run_made_is_left_alone(
    platform: Platform, operation: str
) -> None:
    execute(platform, f"create schema {RUN}")

    said = refuse(platform, "run-operation", operation, "--args", DATE)

    assert f"schema {RUN} was not made by keep_run; rename it first" in said
    assert schemas(platform) == {RUN}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("{date: 20251131}", "a day in eight digits, as 20251105; it is '20251131'"),
        ("{date: '2025-11-05'}", "as 20251105; it is '2025-11-05'"),
        ("{date: 20251105, name: 'x; --'}", "name must be lower-case letters"),
    ],
)
def test_a_wrong_date_or_name_is_told(
    built: Platform, arguments: str, message: str
) -> None:
    assert message in refuse(built, "run-operation", "keep_run", "--args", arguments)
