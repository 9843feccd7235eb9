"""The database that the system lives in: made, migrated, built by dbt."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from catchment import roles
from catchment.local import dbt_command, queries
from catchment.local.process import tail
from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

DATABASE = "catchment"
# Databases that are there to log in to; ours is made beside them.
_MAINTENANCE = ("postgres", "template1")


def ensure_database(server_url: str) -> str:
    """The admin's URL of our database on this server; it is made if absent.

    A URL that names a database of somebody's own is taken as it is.

    Raises:
        Trouble: where the database is absent and may not be made.
    """
    with psycopg.connect(server_url, autocommit=True) as connection:
        if connection.info.dbname not in _MAINTENANCE:
            return roles.url_with(server_url)
        if not connection.execute(queries.DATABASE_EXISTS, [DATABASE]).fetchone():
            try:
                connection.execute(queries.create_database(DATABASE))
            except psycopg.errors.InsufficientPrivilege as error:
                raise Trouble(
                    f"The user {connection.info.user} may not create the database "
                    f"{DATABASE}: create it, and name it in DATABASE_URL."
                ) from error
    return roles.url_with(server_url, dbname=DATABASE)


def migrate(root: Path, admin_url: str, passwords: Mapping[str, str]) -> None:
    """Bring the schema to its newest revision and let the roles log in.

    Roles are given their passwords; on RDS those without one log in by IAM.

    Raises:
        Trouble: where there are no migrations, or one fails.
    """
    if not (root / "alembic.ini").is_file():
        raise Trouble(f"There is no alembic.ini in {root}: run this in the project.")
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    config = Config(str(root / "alembic.ini"))
    config.attributes["quiet"] = True  # logging is this process's own
    try:
        with _database_url(roles.url_with(admin_url)):
            command.upgrade(config, "head")
    except (CommandError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise Trouble(
            f"A migration failed, nothing of it was kept: {reason}"
        ) from error
    with psycopg.connect(admin_url, autocommit=True) as connection:
        roles.set_passwords(connection, passwords)
        roles.set_iam(connection, passwords)


@contextmanager
def _database_url(url: str) -> Iterator[None]:
    """Alembic's environment reads DATABASE_URL from the process."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    try:
        yield
    finally:
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before


def catalog_published(admin_url: str) -> bool:
    """Whether dbt has published a catalog into this database."""
    with psycopg.connect(admin_url) as connection:
        row = connection.execute(queries.CATALOG_PUBLISHED).fetchone()
    return bool(row and row[0])


def build(root: Path, words: Mapping[str, str], log: Path, voice: Voice) -> None:
    """Run `dbt build`; its output goes to `log`, its steps to `voice`.

    Raises:
        Trouble: with the end of the output, where it fails.
    """
    if dbt_command.run(root, ["build"], words, log, voice):
        raise Trouble(f"dbt build failed (log: {log}):\n{tail(log, 25)}")


def connect(words: Mapping[str, str]) -> psycopg.Connection[dict[str, Any]]:
    """The database that dbt works on, as `profiles.yml` finds it.

    Raises:
        psycopg.OperationalError: where it cannot be reached.
    """
    return psycopg.connect(
        host=words.get("WAREHOUSE_HOST", "127.0.0.1"),
        port=words.get("WAREHOUSE_PORT", "54320"),
        dbname=words.get("WAREHOUSE_DATABASE", "catchment"),
        user=words.get("WAREHOUSE_USER", roles.OWNER),
        password=words.get("DBT_ENV_SECRET_WAREHOUSE_PASSWORD") or None,
        client_encoding="utf8",
        connect_timeout=5,
        autocommit=True,
        row_factory=dict_row,
    )
