"""Databases for tests: always a real PostgreSQL with PostGIS, never a mock.

The platform is built once a session, by alembic and dbt as users run them, into
a template; each test that writes gets a database of its own from it.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from psycopg import sql

from catchment.local import postgres
from catchment.local.postgres import binaries
from catchment.roles import ROLES, role_url, set_passwords

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
# Where dbt writes, instead of the folders that a person looks into.
_SCRATCH = tempfile.TemporaryDirectory(prefix="catchment-dbt-")


@pytest.fixture(autouse=True)
def _no_test_leaves_settings() -> Iterator[None]:
    """A command that is run in this process reads the `.env` of who runs the tests."""
    before = dict(os.environ)
    yield
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


# Rooms whose files take longest for each of their tests.
_SLOW = ("warehouse", "local", "docs", "examples")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow rooms first: begun last, one would keep a processor when others rest."""

    def place(item: pytest.Item) -> int:
        room = item.path.relative_to(ROOT / "tests").parts[0]
        return _SLOW.index(room) if room in _SLOW else len(_SLOW)

    items.sort(key=place)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server to create databases on: `DATABASE_URL`, else local programs, else
    Docker by testcontainers, else what `catchment up` would install."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
    elif binaries.find() is None and shutil.which("docker"):
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer("postgis/postgis:17-3.5", driver=None) as container:
            yield container.get_connection_url()
    else:
        server = postgres.provide(tmp_path_factory.mktemp("postgres"))
        yield server.url
        server.remove()


def new_database(server_url: str, template: str = "template1") -> str:
    """Create a database and return its URL."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def drop_database(server_url: str, url: str) -> None:
    name = urlsplit(url).path[1:]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def empty_database(server_url: str) -> Iterator[str]:
    """The admin's URL of a new database with PostGIS and nothing else."""
    url = new_database(server_url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension postgis")
    yield url
    drop_database(server_url, url)


@dataclass(frozen=True)
class Platform:
    """A database with the platform in it, and how each role reaches it."""

    admin: str
    password: str

    def url(self, role: str) -> str:
        return role_url(self.admin, role, self.password)

    @property
    def owner(self) -> str:
        return self.url("catchment_owner")

    @property
    def loader(self) -> str:
        return self.url("catchment_loader")

    @property
    def api(self) -> str:
        return self.url("catchment_api")

    @property
    def target(self) -> Path:
        """Where dbt leaves its manifest."""
        return Path(_SCRATCH.name) / urlsplit(self.admin).path[1:]

    @property
    def environment(self) -> dict[str, str]:
        """What `.env` would say, for a command run against this database."""
        parts = urlsplit(self.admin)
        return {
            **os.environ,
            "DATABASE_URL": self.admin,
            "WAREHOUSE_HOST": parts.hostname or "127.0.0.1",
            "WAREHOUSE_PORT": str(parts.port or 5432),
            "WAREHOUSE_DATABASE": unquote(parts.path[1:]),
            "WAREHOUSE_USER": "catchment_owner",
            "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": self.password,
            "NO_COLOR": "1",
        }

    def alembic(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(self, [str(BIN / "alembic"), *arguments], ROOT)

    def dbt(
        self, *arguments: str, project: Path = ROOT / "warehouse"
    ) -> subprocess.CompletedProcess[str]:
        """dbt as a user types it. Its own process: dbt-postgres gets slower with
        every run inside one (dbt-adapters#2136)."""
        paths = ["--target-path", str(self.target), "--log-path", str(self.target)]
        command = [str(BIN / "dbt"), "--no-use-colors", *arguments, *paths]
        return run(self, command, project)


def run(
    platform: Platform, command: list[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=platform.environment, capture_output=True, text=True
    )


@pytest.fixture(scope="session")
def role_password() -> str:
    """One password for the three roles, for this session."""
    return secrets.token_urlsafe()


@pytest.fixture(scope="session")
def migrated(server_url: str, role_password: str) -> Iterator[Platform]:
    """A template with the schema of the platform and no models. Read only."""
    platform = Platform(new_database(server_url), role_password)
    done = platform.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    with role_passwords(platform):
        yield platform
    drop_database(server_url, platform.admin)


@contextmanager
def role_passwords(platform: Platform) -> Iterator[None]:
    """Let the roles in with this session's password, and then as before: they
    belong to the server, and somebody may work on it."""
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        before = connection.execute(
            "select rolname, rolpassword from pg_authid where rolname = any(%s)",
            [list(ROLES)],
        ).fetchall()
        set_passwords(connection, dict.fromkeys(ROLES, platform.password))
    yield
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        for role, password in before:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )


@pytest.fixture(scope="session")
def built(server_url: str, migrated: Platform) -> Iterator[Platform]:
    """A template with schema, models and catalog, and no data. Read only.

    Without the models' own tests, two thirds of a build: tests/warehouse/test_commands
    and `.ci/run` run those.
    """
    platform = copy_of(server_url, migrated)
    done = platform.dbt("build", "--exclude-resource-type", "unit_test", "test")
    assert done.returncode == 0, done.stdout
    yield platform
    drop_database(server_url, platform.admin)


def copy_of(server_url: str, template: Platform) -> Platform:
    url = new_database(server_url, urlsplit(template.admin).path[1:])
    return Platform(url, template.password)


@pytest.fixture
def platform(server_url: str, built: Platform) -> Iterator[Platform]:
    """A platform of one's own, with models and catalog and no data."""
    mine = copy_of(server_url, built)
    yield mine
    drop_database(server_url, mine.admin)


@pytest.fixture
def bare_platform(server_url: str, migrated: Platform) -> Iterator[Platform]:
    """A platform of one's own, with its schema and no models yet."""
    mine = copy_of(server_url, migrated)
    yield mine
    drop_database(server_url, mine.admin)
