"""A backup and its restore into an empty cluster; and what is wrong with either."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from benchmarks.one_load import LocalFile
from catchment import roles
from catchment.cli import main
from catchment.database import Database
from catchment.local import postgres
from catchment.local.backup import counts as backup_counts
from catchment.local.backup import dump as backup
from catchment.local.backup import manifests
from catchment.local.backup import programs as backup_programs
from catchment.local.backup import restore as backup_restore
from catchment.local.backup.manifests import Manifest, Table
from catchment.local.postgres import binaries
from catchment.local.postgres.server import Server
from catchment.local.trouble import Trouble
from catchment.local.uploads import uploads_of
from catchment.local.voice import Voice
from catchment.settings import Settings
from loader.events import ObjectVersion
from loader.load import Loader
from loader.refresh import refresh
from tests.conftest import ROOT, Platform, copy_of, drop_database, new_database

# Not the platform's, and not in a backup.
OTHERS = """
create schema theirs;
create table theirs.notes (n int);
create table public.scribbles (n int generated always as identity);
create view public.doodles as select 1 as n
"""


def query(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def source(server_url: str, built: Platform) -> Iterator[Platform]:
    """A platform with every example in it, and things of others beside it."""
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    platform = copy_of(server_url, built)
    load(platform, ROOT / "examples")
    query(platform.admin, OTHERS)
    yield platform
    drop_database(server_url, platform.admin)


def load(platform: Platform, folder: Path) -> None:
    with closing(Database(platform.loader)) as database:
        for upload in uploads_of(folder):
            loader = Loader(
                db=database.connection(),
                storage=LocalFile(upload.path),
                catalog=database.catalog(),
                settings=Settings(platform.loader),
            )
            loader.load(ObjectVersion("b", upload.key, "1"))
        refresh(database)


@pytest.fixture(scope="module")
def backed_up(source: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. Read only."""
    return backup.make(source.owner, tmp_path_factory.mktemp("backups"))


@pytest.fixture(scope="module")
def manifest(backed_up: Path) -> Manifest:
    return manifests.read(backed_up)


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A cluster that has never seen the platform: not even its roles."""
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    server = postgres.provide(tmp_path_factory.mktemp("cluster"), given_url="")
    yield server
    server.remove()


@pytest.fixture(scope="module")
def restored(backed_up: Path, empty_server: Server) -> Platform:
    """The backup, restored into the empty cluster by an administrator who is no
    superuser, as the master user of RDS."""
    query(empty_server.url, "create role test_master login createrole createdb")
    query(empty_server.url, "alter role test_master password 'x'")
    as_superuser = backup_restore.database(empty_server.url, "restored")
    query(as_superuser, "alter database restored owner to test_master")
    query(as_superuser, "create extension postgis")
    master = roles.role_url(as_superuser, "test_master", "x")
    backup_restore.restore(ROOT, backed_up, master)
    platform = Platform(as_superuser, "a-new-password")
    with psycopg.connect(as_superuser) as connection:
        roles.set_passwords(connection, dict.fromkeys(roles.ROLES, platform.password))
    return platform


def tables(url: str) -> dict[str, Table]:
    with psycopg.connect(url) as connection:
        return {table.name: table for table in backup_counts.tables(connection)}


def test_every_table_and_view_is_in_the_manifest(
    source: Platform, manifest: Manifest
) -> None:
    relations = query(
        source.admin,
        "select relnamespace::regnamespace || '.' || relname from pg_class "
        "where relkind in ('r', 'p', 'm') and not relispartition "
        "and relowner = 'catchment_owner'::regrole",
    )
    assert {table.name for table in manifest.tables} == {name for (name,) in relations}
    assert len(manifest.tables) > 40
    filled = {table.name for table in manifest.tables if table.rows}
    assert {"raw.earthquakes", "ops.load", "marts.parks", "seeds.us_states"} <= filled
    rows = {table.name: table.rows for table in manifest.tables}
    assert query(source.admin, "select count(*) from raw.earthquakes") == [
        (rows["raw.earthquakes"],)
    ]
    assert query(source.admin, "select hash from ops.catalog") == [
        (manifest.catalog_hash,)
    ]
    assert manifest.waiting == 0
    assert manifest.left_out == (
        "theirs",
        "public.doodles",
        "public.scribbles",
    )


def test_a_restored_platform_has_the_same_in_every_table_and_mart(
    source: Platform, restored: Platform, manifest: Manifest
) -> None:
    """Here the two databases are compared, not one with the other's manifest."""
    for name, table in tables(source.admin).items():
        if not table.is_view:
            assert query(restored.admin, f"table {name}") == query(
                source.admin, f"table {name}"
            ), name
    again = tables(restored.admin)
    assert manifests.differences(manifest.tables, [*again.values()]) == []


def test_a_restored_platform_has_the_same_objects_owners_and_rights(
    source: Platform, restored: Platform
) -> None:
    # The order of an ACL is that of the roles' numbers, which each server gives anew.
    acl = "(select array_agg(one::text order by one::text) from unnest({}) as one)"
    rights = f"""
        select relnamespace::regnamespace || '.' || relname, relkind::text,
            relowner::regrole::text, {acl.format("relacl")}
        from pg_class
        where relnamespace::regnamespace::text = any(%s)
        order by 1
    """
    defaults = f"""
        select defaclnamespace::regnamespace::text, {acl.format("defaclacl")}
        from pg_default_acl order by 1
    """
    indexes = "select indexdef from pg_indexes where schemaname = any(%s) order by 1"
    views = """
        select viewname, definition from pg_views where schemaname = any(%s)
        union all
        select matviewname, definition from pg_matviews where schemaname = any(%s)
        order by 1
    """
    comments = """
        select objoid::regclass::text, objsubid, description from pg_description
        where classoid = 'pg_class'::regclass and objoid in (
            select oid from pg_class where relnamespace::regnamespace::text = any(%s)
        )
        order by 1, 2
    """
    functions = f"""
        select oid::regprocedure::text, prosecdef, {acl.format("proacl")},
            proowner::regrole::text
        from pg_proc where pronamespace = 'ops'::regnamespace order by 1
    """
    schemas = ["raw", "ops", "seeds", "staging", "intermediate", "marts"]
    for question in (rights, indexes, views, comments):
        words = [schemas] * question.count("%s")
        found = query(source.admin, question, *words)
        assert found
        assert query(restored.admin, question, *words) == found
    assert query(restored.admin, defaults) == query(source.admin, defaults)
    assert query(restored.admin, functions) == query(source.admin, functions)
    assert query(
        restored.admin,
        "select has_database_privilege('catchment_owner', current_database(), "
        "'create'), has_schema_privilege('catchment_owner', 'public', 'create')",
    ) == [(True, False)]


def test_a_restored_platform_loads_and_serves_on(
    restored: Platform, tmp_path: Path, empty_server: Server
) -> None:
    mine = copy_of(empty_server.url, restored)
    file = ROOT / "examples" / "observations"
    shutil.copytree(file, tmp_path / "more" / "observations")
    before = query(mine.api, "select sum(n) from marts.observations_by_state")
    newest = query(mine.admin, "select max(load_id) from ops.load")

    with closing(Database(mine.loader)) as database:
        for upload in uploads_of(tmp_path / "more"):
            loader = Loader(
                db=database.connection(),
                storage=LocalFile(upload.path),
                catalog=database.catalog(),
                settings=Settings(mine.loader),
            )
            outcome = loader.load(ObjectVersion("b", f"again/{upload.key}", "2"))
            assert outcome.load_id is not None
            assert outcome.load_id > newest[0][0]
        refresh(database)

    after = query(mine.api, "select sum(n) from marts.observations_by_state")
    assert after[0][0] > before[0][0]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(mine.api, "table raw.observations")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "update raw.earthquakes set magnitude = magnitude + 1 "
            "where _row_number = 3",
            "raw.earthquakes has other values",
        ),
        ("delete from ops.reject where row_number = (select max(row_number) "
         "from ops.reject)", "ops.reject has"),
        ("drop table raw.observations cascade", "raw.observations is missing"),
        ("create table raw.more (n int)", "raw.more was not in the backup"),
        (
            "update marts.observations_by_state set n = n + 1",
            "marts.observations_by_state has other values",
        ),
    ],
)  # fmt: skip
def test_what_was_changed_is_noticed(
    restored: Platform, manifest: Manifest, change: str, said: str
) -> None:
    with psycopg.connect(restored.owner) as connection:
        for statement in change.split("; "):
            connection.execute(statement)
        found = backup_counts.tables(connection)
        connection.rollback()

    told = manifests.differences(manifest.tables, found)

    assert any(said in phrase for phrase in told), told


def test_of_a_view_null_is_not_zero_and_a_last_digit_is_nothing(
    restored: Platform,
) -> None:
    def differences(expression: str) -> list[str]:
        """Of a view with this double, from one with 0.3."""
        found = []
        for text in ("0.3::float8", expression):
            with psycopg.connect(restored.owner) as connection:
                connection.execute(f"create materialized view marts.v as select {text}")
                found.append(backup_counts.tables(connection))
                connection.rollback()
        return manifests.differences(*found)

    assert differences("0.1::float8 + 0.2::float8 as float8") == []
    assert differences("0.30001::float8") == ["marts.v has another float8"]
    assert differences("null::float8") == ["marts.v has other values in its 1 rows"]


def test_a_restore_that_brought_something_else_is_an_error(
    restored: Platform, manifest: Manifest
) -> None:
    with psycopg.connect(restored.owner) as connection:
        connection.execute("update ops.load set key = 'x' where load_id = 1")

        with pytest.raises(
            Trouble, match=r"Restored, but .* not what .*: ops\.load has"
        ):
            backup_restore.compare(connection, manifest)

        connection.rollback()


def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


@pytest.fixture
def new(empty_server: Server) -> Iterator[str]:
    url = new_database(empty_server.url)
    yield url
    drop_database(empty_server.url, url)


def is_empty(url: str) -> bool:
    return query(url, "select count(*) from pg_namespace where nspname = 'raw'") == [
        (0,)
    ]


def test_a_damaged_dump_is_not_restored(
    backed_up: Path, tmp_path: Path, new: str
) -> None:
    damaged = copied(backed_up, tmp_path)
    with (damaged / backup.DUMP).open("r+b") as dump:
        dump.seek(-100, os.SEEK_END)
        byte = dump.read(1)[0]
        dump.seek(-1, os.SEEK_CUR)
        dump.write(bytes([byte ^ 1]))

    with pytest.raises(Trouble, match=r"checksum differs.*nothing was restored"):
        backup_restore.restore(ROOT, damaged, new)

    assert is_empty(new)


def test_a_database_that_holds_something_is_left_alone(
    backed_up: Path, restored: Platform
) -> None:
    with pytest.raises(Trouble, match=r"is not empty, it holds .*nothing was restored"):
        backup_restore.restore(ROOT, backed_up, restored.admin)


def test_one_table_of_somebody_is_something(backed_up: Path, new: str) -> None:
    query(new, "create table theirs (n int)")

    with pytest.raises(Trouble, match=r"holds public\.theirs:"):
        backup_restore.restore(ROOT, backed_up, new)


def test_a_role_that_the_server_lacks_is_told_before_anything_is_restored(
    source: Platform, server_url: str, tmp_path: Path, new: str
) -> None:
    query(server_url, "create role test_analyst")
    try:
        query(source.admin, "grant select on marts.parks to test_analyst")
        made = backup.make(source.admin, tmp_path)
    finally:
        query(source.admin, "drop owned by test_analyst")
        query(server_url, "drop role test_analyst")

    with pytest.raises(Trouble, match="create test_analyst first; nothing"):
        backup_restore.restore(ROOT, made, new)

    assert is_empty(new)


def test_a_newer_servers_backup_is_not_restored_into_an_older_one(
    backed_up: Path, tmp_path: Path, new: str
) -> None:
    newer = copied(backed_up, tmp_path)
    path = newer / manifests.NAME
    text = path.read_text()
    major = manifests.read(newer).postgres
    path.write_text(text.replace(f'"postgres": {major}', '"postgres": 99'))

    with pytest.raises(Trouble, match="of PostgreSQL 99, the server is of"):
        backup_restore.restore(ROOT, newer, new)


@pytest.mark.parametrize("text", [None, "{", "{}", '{"format": 7}'])
def test_what_is_no_backup_is_told(tmp_path: Path, text: str | None) -> None:
    if text:
        (tmp_path / manifests.NAME).write_text(text)

    with pytest.raises(Trouble, match=r"is no backup|cannot be read"):
        manifests.read(tmp_path)


def test_a_dump_alone_is_restored_too(
    bare_platform: Platform, tmp_path: Path, new: str
) -> None:
    """As anybody's `pg_dump` writes it, by the owner: there is no manifest."""
    dump = tmp_path / "030000Z.dump"
    query(bare_platform.owner, "insert into ops.catalog values ('h', '{}')")
    programs = backup_programs.folder_for("pg_dump", 1)
    words = ("--format=custom", "--compress=6", f"--file={dump}")
    backup_programs.run(programs, "pg_dump", bare_platform.owner, *words)

    assert backup_restore.restore(ROOT, dump, new) is None

    assert query(new, "select hash from ops.catalog") == [("h",)]


def test_what_is_no_dump_is_told(tmp_path: Path, new: str) -> None:
    (tmp_path / "notes.txt").write_text("to do")

    with pytest.raises(Trouble, match=r"pg_restore failed: .*archive.* drop it"):
        backup_restore.restore(ROOT, tmp_path / "notes.txt", new)


def test_a_database_without_the_platform_is_told(
    empty_database: str, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match="holds no platform"):
        backup.make(empty_database, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_loads_that_wait_or_come_meanwhile_do_not_look_like_damage(
    server_url: str, source: Platform, tmp_path: Path, new: str
) -> None:
    mine = copy_of(server_url, source)
    query(
        mine.owner,
        "update ops.load set refreshed_at = null where load_id = "
        "(select max(load_id) from ops.load where status = 'loaded')",
    )
    query(mine.owner, "delete from intermediate.rollup_observations_by_state")

    def meanwhile(step: str) -> None:
        if step == "Dumping":
            query(
                mine.owner,
                "insert into ops.refresh (model, load_ids, started_at, seconds, status)"
                " values ('of now', '{}', now(), 0, 'done')",
            )

    made = backup.make(mine.owner, tmp_path, Voice(tick=meanwhile))
    drop_database(server_url, mine.admin)

    done = backup_restore.restore(ROOT, made, new)

    assert done is not None
    assert done.waiting == 1
    assert query(new, "select from ops.refresh where model = 'of now'") == []


def test_no_program_is_told_a_password_by_its_words() -> None:
    url = "postgresql://me:s3cret@db.example:5433/c?sslmode=verify-full&sslrootcert=/ca"

    environment = backup_programs.environment(url, {"PATH": "/bin"})

    assert environment == {
        "PATH": "/bin",
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "s3cret",
        "PGDATABASE": "c",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca",
    }


def test_a_backup_holds_no_password_and_only_its_owner_reads_it(
    source: Platform, backed_up: Path
) -> None:
    for path in (backed_up, *backed_up.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path
    programs = backup_programs.folder_for("pg_restore", 1)
    shown = backup_programs.run(
        programs, "pg_restore", source.admin, "--file=-", backed_up / backup.DUMP
    )
    assert "create schema raw".casefold() in shown.casefold()
    texts = shown + (backed_up / manifests.NAME).read_text()
    assert source.password not in texts
    assert "SCRAM-SHA-256$" not in texts


def test_programs_that_are_too_old_are_told() -> None:
    with pytest.raises(Trouble, match=r"is PostgreSQL 99, .*postgresql-client-99"):
        backup_programs.folder_for("pg_dump", 99)


def catchment(*words: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner().invoke(main, words)


def test_the_commands_say_what_they_did(
    source: Platform,
    empty_server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = catchment(
        "backup", "--to", str(tmp_path), url=source.admin, monkeypatch=monkeypatch
    )
    assert made.exit_code == 0, made.output
    assert "Left out, not the platform's: theirs, public.doodles" in made.output
    (folder,) = tmp_path.iterdir()
    assert f"{folder}: " in made.output.replace("\n", "")

    done = catchment(
        *("restore", str(folder), "--into", "drill"),
        url=empty_server.url,
        monkeypatch=monkeypatch,
    )
    assert done.exit_code == 0, done.output
    assert "all as they were" in done.output

    again = catchment(
        *("restore", str(folder), "--into", "drill"),
        url=empty_server.url,
        monkeypatch=monkeypatch,
    )
    assert again.exit_code == 1
    assert "not empty" in again.output
    assert source.password not in made.output + done.output + again.output


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["backup"], "catchment backup"),
        (["backup", "TO=/my backups"], 'catchment backup --to "/my backups"'),
        (["restore", "FROM=b"], 'catchment restore "b"'),
        (["restore", "FROM=b", "INTO=d"], 'catchment restore "b" --into "d"'),
        (["restore"], "Say what: make restore FROM=folder"),
        (["backup", "STACK=prod"], "database of this machine only"),
    ],
)
def test_what_the_targets_run(words: list[str], runs: str) -> None:
    dry = [] if "Say what" in runs or "STACK=prod" in words else ["-n"]
    done = subprocess.run(
        ["make", *dry, *words], cwd=ROOT, capture_output=True, text=True
    )

    assert runs in done.stdout + done.stderr
