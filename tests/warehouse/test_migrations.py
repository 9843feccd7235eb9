"""Migrations: there and back, from the contracts, by any administrator."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from catchment.local.postgres import binaries
from catchment.roles import ROLES, role_url
from tests.conftest import BIN, ROOT, Platform, drop_database, new_database

WEATHER = """
sources:
  - name: weather
    description: Weather stations.
    schema: raw
    tables:
      - name: weather
        description: One reading of one station.
        config: {meta: {feed: {files: ["**/weather/*.csv"], format: csv}}}
        columns:
          - {name: station, data_type: text, config: {meta: {required: true}}}
          - name: lon
            data_type: double precision
            config: {meta: {minimum: -180, maximum: 180}}
          - name: lat
            data_type: double precision
            config: {meta: {minimum: -90, maximum: 90}}
          - {name: wind, data_type: "numeric(5,2)"}
          - name: geom
            data_type: geometry(Point, 4326)
            config: {meta: {geometry: {x: lon, y: lat}}}
"""


def dump(platform: Platform) -> str:
    """The schema, as pg_dump writes it."""
    folder = binaries.find()
    program = str(folder / "pg_dump") if folder else shutil.which("pg_dump")
    if program is None:
        pytest.skip("no pg_dump here")
    command = [program, "--schema-only", "--dbname", platform.admin]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Newer versions write a random key on these lines.
    lines = done.stdout.splitlines()
    return "\n".join(ln for ln in lines if not ln.startswith(("\\restrict", "\\unres")))


def alembic(platform: Platform, *arguments: str, root: Path = ROOT) -> str:
    """alembic as a user types it in a repository; what it printed."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(BIN / "alembic"), *arguments],
        cwd=root,
        env={**platform.environment, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def empty_platform(empty_database: str) -> Platform:
    return Platform(empty_database, "")


def test_down_and_up_again_leaves_the_same(
    empty_platform: Platform, server_url: str
) -> None:
    """And so does the SQL for those who may not run Python near a database."""
    before = dump(empty_platform)
    alembic(empty_platform, "upgrade", "head")
    up = dump(empty_platform)
    alembic(empty_platform, "downgrade", "base")
    with psycopg.connect(empty_platform.admin) as db:
        db.execute("drop table alembic_version")
    assert dump(empty_platform) == before
    alembic(empty_platform, "upgrade", "head")
    assert dump(empty_platform) == up

    script = alembic(empty_platform, "upgrade", "head", "--sql")
    by_sql = Platform(new_database(server_url), "")
    try:
        with psycopg.connect(by_sql.admin, autocommit=True) as db:
            db.execute(script)
        assert dump(by_sql) == up
    finally:
        drop_database(server_url, by_sql.admin)


def test_sql_from_a_later_revision_is_the_owners_too(empty_platform: Platform) -> None:
    script = alembic(empty_platform, "upgrade", "0001:head", "--sql")
    assert script.index("set role catchment_owner") < script.index("CREATE TABLE")


def test_a_new_feed_becomes_a_migration(
    bare_platform: Platform, tmp_path: Path
) -> None:
    """YAML, one command, and the raw table is there; and can be taken back."""
    leave_out = shutil.ignore_patterns("target", "logs", "__pycache__")
    for folder in ("migrations", "warehouse"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave_out)
    shutil.copy(ROOT / "alembic.ini", tmp_path)
    before = dump(bare_platform)

    (tmp_path / "warehouse/models/staging/_weather.yml").write_text(WEATHER)
    versions = set((tmp_path / "migrations/versions").glob("*.py"))
    alembic(bare_platform, "revision", "--autogenerate", "-m", "weather", root=tmp_path)
    (new,) = set((tmp_path / "migrations/versions").glob("*.py")) - versions
    assert new.name == f"{len(versions) + 1:04d}_weather.py"
    assert "earthquakes" not in new.read_text()

    alembic(bare_platform, "upgrade", "head", root=tmp_path)
    with psycopg.connect(bare_platform.loader) as db:
        db.execute(
            "insert into raw.weather (_load_id, _row_number, station, lon, lat) "
            "values (1, 1, 'x', 7.5, 47.5)"
        )
        row = db.execute(
            "select tableoid::regclass::text, st_astext(geom) from raw.weather"
        ).fetchone()
        assert row == ("raw.weather__shared", "POINT(7.5 47.5)")
        indexes = db.execute(
            "select indexdef from pg_indexes where tablename = 'weather'"
        ).fetchall()
        shapes = sorted(text.split(" USING ")[1] for (text,) in indexes)
        assert shapes == ["btree (_load_id)", "gist (geom)"]
        owner = db.execute(
            "select tableowner from pg_tables where tablename = 'weather'"
        ).fetchone()
        assert owner == ("catchment_owner",)
    # Of all feeds: those of the repository are among them.
    assert "No new upgrade" in alembic(bare_platform, "check", root=tmp_path)

    alembic(bare_platform, "downgrade", "-1", root=tmp_path)
    assert dump(bare_platform) == before


def test_an_administrator_need_not_be_superuser(
    empty_database: str, server_url: str
) -> None:
    """As the master user of RDS, who owns the database and may create roles."""
    name, database = "test_master", urlsplit(empty_database).path[1:]
    with psycopg.connect(server_url, autocommit=True) as db:
        db.execute(f"create role {name} login createrole createdb password 'x'")
        # Roles that another database's migration made are that one's to give.
        if db.info.server_version >= 160000:
            db.execute(f"grant {', '.join(ROLES)} to {name} with admin option")
        db.execute(f'alter database "{database}" owner to {name}')
    try:
        master = Platform(role_url(empty_database, name, "x"), "")
        alembic(master, "upgrade", "head")
        with psycopg.connect(master.admin) as db:
            owners = db.execute(
                "select distinct tableowner from pg_tables where schemaname in "
                "('raw', 'ops') or tablename = 'alembic_version'"
            ).fetchall()
            creators = db.execute(
                "select has_schema_privilege('catchment_owner', 'public', 'create')"
            ).fetchone()
        assert owners == [("catchment_owner",)]
        assert creators == (False,)
        alembic(master, "downgrade", "base")
        alembic(master, "upgrade", "head")
    finally:
        drop_database(server_url, empty_database)
        with psycopg.connect(server_url, autocommit=True) as db:
            db.execute(f"drop owned by {name} cascade")
            db.execute(f"drop role {name}")


PRIVILEGES = {
    "catchment_loader": {
        "raw.observations": {"select", "insert", "delete"},
        "ops.catalog": {"select"},
        "ops.load": {"select", "insert", "update"},
        "ops.reject": {"select", "insert", "delete"},
        "ops.refresh": {"select", "insert"},
    },
    "catchment_api": {
        "ops.catalog": {"select"},
        "ops.check_result": {"select"},
        "ops.check_run": {"select"},
        "ops.loads": {"select"},
        "ops.refresh": {"select"},
        "marts.states": {"select"},
        "marts.observations_by_cell": {"select"},
    },
}
FUNCTIONS = {
    "catchment_loader": [
        "attach_partition",
        "drop_emptied_partitions",
        "load_number",
        "open_partition",
        "own_partition",
        "refresh_mart",
        "refresh_rollup",
        "remove_rows",
    ],
    "catchment_api": [
        "api_key_of",
        "counts_of_loads",
        "counts_of_periods",
        "load_number",
        "profiles_of",
        "reasons_of",
        "rejects_of",
    ],
}


@pytest.mark.parametrize("role", PRIVILEGES)
def test_a_role_may_do_its_work_and_nothing_else(built: Platform, role: str) -> None:
    """Also with what dbt made after the migrations had granted."""
    with psycopg.connect(built.owner) as db:
        found = db.execute(
            """
            select relation, array_agg(privilege)
            from (
                select format('%%I.%%I', nspname, relname) as relation, pg_class.oid
                from pg_class
                inner join pg_namespace on pg_namespace.oid = relnamespace
                where
                    nspname in (
                        'raw', 'ops', 'seeds', 'staging', 'intermediate', 'marts'
                    )
                    and relkind in ('r', 'p', 'v', 'm')
                    and relname not like '%%\\_\\_shared'
                    and has_schema_privilege(%(role)s, pg_namespace.oid, 'usage')
            ) as relations
            cross join unnest(array[
                'select', 'insert', 'update', 'delete', 'truncate'
            ]) as privilege
            where has_table_privilege(%(role)s, oid, privilege)
            group by relation
            """,
            {"role": role},
        ).fetchall()
        can_execute = db.execute(
            "select proname from pg_proc where pronamespace = 'ops'::regnamespace "
            "and has_function_privilege(%s, oid, 'execute') order by 1",
            [role],
        ).fetchall()
    privileges = {relation: set(words) for relation, words in found}
    assert PRIVILEGES[role].items() <= privileges.items()
    schemas = {relation.split(".")[0] for relation in PRIVILEGES[role]}
    assert {relation.split(".")[0] for relation in privileges} == schemas
    assert {
        relation: words
        for relation, words in privileges.items()
        if relation.startswith("ops.")
    } == {
        relation: words
        for relation, words in PRIVILEGES[role].items()
        if relation.startswith("ops.")
    }
    assert [name for (name,) in can_execute] == FUNCTIONS[role]


def test_the_loader_refreshes_only_what_is_published(platform: Platform) -> None:
    for statement in (
        "select ops.refresh_rollup('stg_observations', '{1}')",
        "select ops.refresh_mart('pg_class')",
        "select ops.refresh_mart('rollup_observations_by_cell')",
    ):
        with (
            psycopg.connect(platform.loader) as db,
            pytest.raises(psycopg.errors.RaiseException, match="the catalog has no"),
        ):
            db.execute(statement)


def test_the_api_only_reads(platform: Platform) -> None:
    with psycopg.connect(platform.api) as db:
        assert db.execute("show default_transaction_read_only").fetchone() == ("on",)
        assert db.execute("show statement_timeout").fetchone() == ("10s",)
