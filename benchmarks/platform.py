"""A platform of one's own to measure on: PostGIS, migrations, models."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from catchment import roles
from catchment.local import postgres, warehouse
from catchment.local.voice import silent

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".catchment" / "bench"
PASSWORDS = dict.fromkeys(roles.ROLES, "bench")


@dataclass(frozen=True)
class Platform:
    """A database with the platform in it, and nothing loaded."""

    admin: str

    def url(self, role: str) -> str:
        return roles.role_url(self.admin, role, PASSWORDS[role])


@contextmanager
def fresh(*, with_models: bool = True) -> Iterator[Platform]:
    """A new database on a new private server, with our models or without."""
    server = postgres.provide(FOLDER, given_url="", say=silent)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("drop database if exists catchment_bench with (force)")
            connection.execute("create database catchment_bench")
        platform = Platform(roles.url_with(server.url, dbname="catchment_bench"))
        warehouse.migrate(ROOT, platform.admin, PASSWORDS)
        if with_models:
            build(platform)
        yield platform
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("drop database catchment_bench with (force)")
    finally:
        server.remove()


def build(platform: Platform) -> None:
    """`dbt run`: the models and the catalog."""
    with psycopg.connect(platform.admin) as connection:
        place = connection.info
        environment = {
            **os.environ,
            "WAREHOUSE_HOST": place.host,
            "WAREHOUSE_PORT": str(place.port),
            "WAREHOUSE_DATABASE": place.dbname,
            "WAREHOUSE_USER": roles.OWNER,
            "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": PASSWORDS[roles.OWNER],
        }
    dbt = str(Path(sys.executable).parent / "dbt")
    command = [dbt, "--quiet", "build", "--exclude", "resource_type:test"]
    subprocess.run(command, cwd=ROOT / "warehouse", env=environment, check=True)


def empty(platform: Platform) -> None:
    """Take all loads out again, and write to the disk what is still to be written."""
    with psycopg.connect(platform.admin, autocommit=True) as connection:
        own = connection.execute(
            "select c.relname from pg_inherits as i "
            "inner join pg_class as c on c.oid = i.inhrelid "
            "where c.relnamespace = 'raw'::regnamespace and c.relkind = 'r' "
            "and c.relname ~ '__[0-9]+$'"
        ).fetchall()
        for (name,) in own:
            drop = sql.SQL("drop table {}").format(sql.Identifier("raw", name))
            connection.execute(drop)
        tables = connection.execute(
            "select schemaname, tablename from pg_tables "
            "where schemaname in ('raw', 'intermediate', 'marts')"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
        connection.execute(sql.SQL("truncate {}").format(names))
        connection.execute("truncate ops.load, ops.reject, ops.refresh")
        connection.execute("checkpoint")
