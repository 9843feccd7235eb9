"""Commands that keep the data safe."""

import os
from pathlib import Path

import click

from catchment.local.complaints import database_url


@click.command()
@click.option(
    "--to",
    "parent",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put it; .catchment/backups by default.",
)
def backup(parent: Path | None) -> None:
    """Write a backup of the database: a dump, and a manifest of what is in it.

    Loading goes on meanwhile. It gets a new folder, named after the moment. Files
    in the bucket are not part of it, nor are passwords.
    """
    from rich.console import Console

    from catchment.local import state
    from catchment.local.backup import dump, manifests
    from catchment.local.voice import spoken

    url = database_url()
    if parent is None:
        parent = state.folder_of(state.project_root()) / "backups"
    with spoken(Console()) as voice:
        folder = dump.make(url, parent, voice)
    manifest = manifests.read(folder)
    if manifest.left_out:
        click.echo(f"Left out, not the platform's: {', '.join(manifest.left_out)}")
    if manifest.waiting:
        click.echo(f"{manifest.waiting} loads wait for their refresh.")
    rows = sum(table.rows or 0 for table in manifest.tables)
    click.echo(
        f"{folder}: {len(manifest.tables)} tables and views, {rows:,} rows, "
        f"{manifest.dump_bytes / 1e6:.1f} MB"
    )


@click.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into",
    "name",
    metavar="NAME",
    help="Database on the same server, made if absent; else the one of `up`.",
)
def restore(source: Path, name: str | None) -> None:
    """Restore a backup into an empty database, and compare it with its manifest.

    SOURCE is a folder that `catchment backup` has written, here or in AWS; or a dump
    alone, with which nothing is compared. A private server is started by need.
    Afterwards `catchment up` works with what was restored.
    """
    from rich.console import Console

    from catchment.local import postgres, state, warehouse
    from catchment.local.backup import restore
    from catchment.local.voice import spoken

    root = state.project_root()
    given = state.given_database(root, os.environ)
    with spoken(Console()) as voice:
        server = postgres.provide(
            state.folder_of(root), given_url=given or "", say=voice.say
        )
        if name is None:
            url = warehouse.ensure_database(server.url)
        else:
            url = restore.database(server.url, name)
        manifest = restore.restore(root, source, url, voice)
    if manifest is None:
        click.echo(f"Restored {source}; it has no manifest to compare with.")
        return
    rows = sum(table.rows or 0 for table in manifest.tables)
    click.echo(
        f"Restored what was backed up at {manifest.made_at}: {len(manifest.tables)} "
        f"tables and views, {rows:,} rows, all as they were."
    )
    click.echo(
        f"The schema is at revision {manifest.revision}: "
        "`catchment up` brings it to the project's."
    )


COMMANDS = (backup, restore)
