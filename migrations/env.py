"""Alembic's environment: what the raw tables should be, and how to get there.

Alembic owns extensions, schemas, roles, `ops` and the `raw` tables; dbt owns
all else, so only `raw` is compared. The raw tables come from the contracts,
which only `alembic check` and `alembic revision --autogenerate` need to read.
"""

import os
from logging.config import fileConfig
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.migration import MigrationContext
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory
from dotenv import dotenv_values, find_dotenv
from geoalchemy2 import alembic_helpers

from catchment.roles import OWNER
from migrations import contracts, partitions

VERSION_SCHEMA = "public"
ROOT = Path(__file__).parent.parent


def main() -> None:
    if context.config.config_file_name and not context.config.attributes:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            dialect_opts={"paramstyle": "named"},  # else `%` is written `%%`
            literal_binds=True,
            version_table_schema=VERSION_SCHEMA,
        )
        with context.begin_transaction():
            if context.get_starting_revision_argument():
                context.execute(f"set role {OWNER}")
            context.run_migrations()
        return
    engine = sa.create_engine(database_url(), poolclass=sa.NullPool)
    with engine.connect() as connection:
        act_as_owner(connection)
        context.configure(
            connection=connection,
            target_metadata=wanted_metadata(),
            include_schemas=True,
            include_name=is_ours,
            include_object=alembic_helpers.include_object,
            process_revision_directives=write_revision,
            render_item=alembic_helpers.render_item,
            version_table_schema=VERSION_SCHEMA,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def database_url() -> str:
    settings = {**dotenv_values(find_dotenv(usecwd=True)), **os.environ}
    url = settings.get("DATABASE_URL")
    if not url:
        raise SystemExit(
            "DATABASE_URL is not set: run `catchment up` for a local database, or "
            "give the URL of one, as postgresql://postgres@localhost:5432/catchment"
        )
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def act_as_owner(connection: sa.Connection) -> None:
    """Make what the owner will own, once the first migration made the owner."""
    known = connection.scalar(
        sa.text(
            "select true from pg_catalog.pg_tables where schemaname = 'public' "
            "and tablename = 'alembic_version' and tableowner = :owner"
        ),
        {"owner": OWNER},
    )
    if known:
        connection.execute(sa.text(f"set role {OWNER}"))
    connection.commit()


def wanted_metadata() -> sa.MetaData | None:
    """The raw tables of the contracts; None where nothing is compared."""
    options = context.config.cmd_opts
    comparing = getattr(options, "autogenerate", False) or (
        options is not None and getattr(options, "cmd", [None])[0].__name__ == "check"
    )
    return contracts.metadata(ROOT / "warehouse") if comparing else None


def is_ours(name: str | None, type_: str, parent_names: Any) -> bool:
    """Whether autogenerate may compare what has this name."""
    if type_ == "schema":
        return name == contracts.SCHEMA
    return not (type_ == "table" and partitions.is_partition(name or ""))


def write_revision(
    migration: MigrationContext, revision: Any, directives: list[MigrationScript]
) -> None:
    """Number the new migration and add what SQLAlchemy cannot say.

    One that would do nothing is not written.
    """
    if getattr(context.config.cmd_opts, "autogenerate", False) and all(
        script.upgrade_ops is None or script.upgrade_ops.is_empty()
        for script in directives
    ):
        directives.clear()
        print("The raw tables are as the contracts say: no migration is needed.")
        return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    for script in directives:
        script.rev_id = f"{int(head or 0) + 1:04d}"
    partitions.writer(migration, revision, directives)


main()
