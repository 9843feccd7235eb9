"""The command that writes the lineage site."""

import os
from pathlib import Path

import click


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write it; dist/lineage by default, which /lineage shows.",
)
def docs(folder: Path | None) -> None:
    """Write the lineage site: each column from its files to the endpoints.

    index.html is the lineage, dbt/index.html dbt's own docs. Needs a database that the
    models are built in. The API of `catchment up` shows it at /lineage.
    """
    from rich.console import Console

    from catchment.local import state
    from catchment.local.lineage import site
    from catchment.local.voice import spoken

    root = state.project_root()
    with spoken(Console()) as voice:
        made = site.build(root, os.environ, folder or root / state.LINEAGE, voice)
    click.echo(f"{len(made.nodes)} nodes, {made.columns:,} columns")
    shown = os.environ.get("CATCHMENT_API_URL")
    if folder is None and shown:
        click.echo(f"It is at {shown}/lineage/ while the system runs.")
    click.echo(made.folder / "index.html")


COMMANDS = (docs,)
