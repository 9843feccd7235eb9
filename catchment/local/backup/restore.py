"""A restore: into an empty database, computed anew, and compared with its backup."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from catchment import roles
from catchment.local import queries as local_queries
from catchment.local.backup import counts, manifests, programs, queries
from catchment.local.backup.dump import digest
from catchment.local.backup.manifests import Manifest
from catchment.local.trouble import Trouble
from catchment.local.voice import SILENT, Voice

# PostGIS and the roles that own things are there before anything else.
ROLES = Path("migrations/sql/0001_roles.sql")
_EXTENSION = re.compile(r"\d+; \d+ \d+ (EXTENSION -|COMMENT - EXTENSION) ")
_SYSTEMS = re.compile(r"\d+; \d+ \d+ TABLE DATA public spatial_ref_sys ")
_VIEW_ROWS = re.compile(r"\d+; \d+ \d+ MATERIALIZED VIEW DATA ")


def restore(
    root: Path, source: Path, url: str, voice: Voice = SILENT
) -> Manifest | None:
    """Bring a backup into the empty database of `url`, an administrator's.

    Every materialized view is computed anew from the restored tables; then each
    table and view is compared with the manifest.

    Args:
        source: a backup's folder; or a dump alone, with which nothing can be
            compared.

    Returns:
        The manifest, of which everything was found; None for a dump alone.

    Raises:
        Trouble: before anything is written, where the dump is damaged, the
            database is not empty, its server is older or lacks roles; and at the
            end, where something differs.
    """
    manifest = None if source.is_file() else manifests.read(source)
    dump = source / manifest.dump if manifest else source
    if manifest:
        _check_dump(dump, manifest, voice)
    with psycopg.connect(url, autocommit=True) as connection:
        major = connection.info.server_version // 10000
        _check_empty(connection)
        if manifest:
            _check_server(connection, manifest, major)
        binaries = programs.folder_for("pg_restore", major)
        voice.tick("Roles and PostGIS")
        with connection.transaction():
            connection.execute((root / ROLES).read_bytes())
            connection.execute(queries.LEND_PUBLIC)
        try:
            _fill(binaries, dump, url, connection, voice)
        except Trouble as trouble:
            raise Trouble(
                f"{trouble} The database {connection.info.dbname} may now hold a part "
                "of the backup: drop it, and restore into an empty one."
            ) from trouble
        connection.execute(queries.TAKE_PUBLIC_BACK)
        if manifest:
            compare(connection, manifest, voice)
    return manifest


def database(server_url: str, name: str) -> str:
    """The administrator's URL of a database on this server; it is made if absent."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if not connection.execute(local_queries.DATABASE_EXISTS, [name]).fetchone():
            connection.execute(local_queries.create_database(name))
    return roles.url_with(server_url, dbname=name)


def _check_dump(dump: Path, manifest: Manifest, voice: Voice) -> None:
    if not dump.is_file():
        raise Trouble(f"{dump} is missing: take another backup; nothing was restored.")
    if digest(dump, voice) != manifest.dump_sha256:
        raise Trouble(
            f"{dump} is not as it was written, its checksum differs from the "
            "manifest's: take another backup; nothing was restored."
        )


def _check_empty(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute(queries.OCCUPANTS, {}).fetchall()
    if found:
        there = ", ".join(occupant for (occupant,) in found)
        raise Trouble(
            f"The database {connection.info.dbname} is not empty, it holds {there}: "
            "restore into another one (make restore FROM=… INTO=name); nothing was "
            "restored."
        )


def _check_server(
    connection: psycopg.Connection[Any], manifest: Manifest, major: int
) -> None:
    if major < manifest.postgres:
        raise Trouble(
            f"The backup is of PostgreSQL {manifest.postgres}, the server is of "
            f"{major}: restore into {manifest.postgres} or later; nothing was restored."
        )
    known = connection.execute(queries.ROLES_THAT_EXIST, [list(manifest.grantees)])
    missing = sorted({*manifest.grantees} - {role for (role,) in known})
    if missing:
        raise Trouble(
            "The backup grants rights to roles that this server lacks: create "
            f"{', '.join(missing)} first; nothing was restored."
        )


def _fill(
    binaries: Path,
    dump: Path,
    url: str,
    connection: psycopg.Connection[Any],
    voice: Voice,
) -> None:
    """Tables first, then their statistics, by which views are computed fast."""
    listed = programs.run(binaries, "pg_restore", url, "--list", dump)
    entries = [line for line in listed.splitlines() if not _EXTENSION.match(line)]
    if connection.execute(queries.MAY_ADD_SYSTEMS).fetchone() != (True,):
        entries = [line for line in entries if not _SYSTEMS.match(line)]
    views = [line for line in entries if _VIEW_ROWS.match(line)]
    voice.tick("Tables")
    _restore(binaries, dump, url, [line for line in entries if line not in views])
    voice.say("Tables restored")
    voice.tick("Statistics")
    connection.execute("analyze")
    voice.tick(f"Refreshing {len(views)} materialized views")
    _restore(binaries, dump, url, views)
    voice.say(f"{len(views)} materialized views refreshed")


def _restore(binaries: Path, dump: Path, url: str, entries: list[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.write("\n".join(entries) + "\n")
        file.flush()
        programs.run(
            binaries,
            "pg_restore",
            url,
            "--exit-on-error",
            "--no-password",
            f"--jobs={min(4, os.cpu_count() or 1)}",
            # Everything else of the place comes by the environment.
            f"--dbname={psycopg.conninfo.make_conninfo(dbname=_name_of(url))}",
            f"--use-list={file.name}",
            dump,
        )


def _name_of(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


def compare(
    connection: psycopg.Connection[Any], manifest: Manifest, voice: Voice = SILENT
) -> None:
    """Hold the database against the manifest.

    Raises:
        Trouble: where something differs; it says what.
    """
    with connection.transaction():
        found = counts.tables(connection, voice.tick)
    # A load that waited when the backup was made is in the views only now.
    late = {
        table.name for table in manifest.tables if manifest.waiting and table.is_view
    }
    wrong = manifests.differences(
        [table for table in manifest.tables if table.name not in late],
        [table for table in found if table.name not in late],
    )
    if wrong:
        raise Trouble(
            f"Restored, but the database {connection.info.dbname} is not what was "
            f"backed up: {'; '.join(wrong)}."
        )
    if late:
        voice.say(
            f"{manifest.waiting} loads waited for their refresh when the backup was "
            "made: the materialized views may show more than then, and were not "
            "compared"
        )
