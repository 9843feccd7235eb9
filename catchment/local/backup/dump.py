"""A backup: a dump of the platform, and a manifest of what is in it.

Both show the database at one moment: they read by the same snapshot, while loads
go on.
"""

import hashlib
import shutil
import tomllib
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psycopg

from catchment import roles
from catchment.local import state
from catchment.local.backup import counts, manifests, programs, queries
from catchment.local.backup.manifests import Manifest
from catchment.local.trouble import Trouble
from catchment.local.voice import SILENT, Voice

DUMP = "database.dump"


def make(url: str, parent: Path, voice: Voice = SILENT) -> Path:
    """Write a backup into a new folder of `parent`, named after the moment.

    Args:
        url: of an administrator, or of the owner.

    Returns:
        The folder; it appears whole or not at all.

    Raises:
        Trouble: where the database is no platform, or pg_dump fails.
    """
    now = datetime.now(UTC)
    folder = parent / now.strftime("%Y%m%dT%H%M%SZ")
    draft = parent / f".{folder.name}.part"
    if folder.exists() or draft.exists():
        raise Trouble(f"{folder} is there already, or being made: try again.")
    parent.mkdir(parents=True, exist_ok=True)
    draft.mkdir(mode=0o700)
    try:
        manifests.write(draft, _write(url, draft, now, voice))
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write(url: str, folder: Path, now: datetime, voice: Voice) -> Manifest:
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if not _one(connection, queries.IS_PLATFORM)[0]:
            raise Trouble(
                f"The database {connection.info.dbname} holds no platform to back up: "
                "run `catchment up`, or mend DATABASE_URL."
            )
        (snapshot,) = _one(connection, queries.EXPORT_SNAPSHOT)
        major, postgres, postgis = _one(connection, queries.VERSIONS)
        binaries = programs.folder_for("pg_dump", major)
        schemas = _names(connection, queries.SCHEMAS_OF_OTHERS)
        others = _names(connection, queries.TABLES_OF_OTHERS)
        voice.tick("Dumping")
        dump = folder / DUMP
        words = ["--format=custom", "--no-password", f"--snapshot={snapshot}"]
        words += [f"--file={dump}"]
        words += [f"--exclude-schema={name}" for name in schemas]
        words += [f"--exclude-table={name}" for name in others]
        programs.run(binaries, "pg_dump", url, *words)
        dump.chmod(0o600)
        revision, catalog_hash, waiting = _one(connection, queries.STATE)
        return Manifest(
            made_at=now.isoformat(timespec="seconds"),
            postgres=major,
            versions={
                "catchment": _own_version(),
                "postgres": postgres,
                "postgis": postgis or "",
                "pg_dump": programs.run(binaries, "pg_dump", url, "--version")
                .strip()
                .rpartition(") ")[2],
            },
            revision=revision,
            catalog_hash=catalog_hash,
            waiting=waiting,
            grantees=_names(connection, queries.GRANTEES),
            left_out=(*schemas, *others),
            dump=DUMP,
            dump_bytes=dump.stat().st_size,
            dump_sha256=digest(dump, voice),
            tables=counts.tables(connection, voice.tick),
        )


def digest(path: Path, voice: Voice = SILENT) -> str:
    """The SHA-256 of a file."""
    voice.tick(f"Checksum of {path.name}")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _own_version() -> str:
    """Catchment's version; CodeBuild runs the project's folder, uninstalled."""
    try:
        return version("catchment")
    except PackageNotFoundError:
        project = (state.project_root() / "pyproject.toml").read_text()
        return str(tomllib.loads(project)["project"]["version"])


def _one(connection: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(row)


def _names(connection: psycopg.Connection[Any], query: str) -> tuple[str, ...]:
    words = {**counts.OWNER, "roles": list(roles.ROLES)}
    return tuple(name for (name,) in connection.execute(query.encode(), words))
