"""Commands of daily work: files in, what became of them, a handler by hand."""

import os
from pathlib import Path
from typing import Any

import click

from catchment.local import options
from catchment.local.complaints import database_url

EXISTING = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=EXISTING, metavar="PATH...")
@click.option(
    "--prefix",
    metavar="FOLDER",
    help="Put the files into this folder of incoming/.",
)
@options.timeout()
@click.option(
    "--no-wait",
    is_flag=True,
    help="Only upload, as to a bucket whose database is out of reach.",
)
def load(
    paths: tuple[Path, ...], prefix: str | None, timeout: float, no_wait: bool
) -> None:
    """Upload files or folders and follow them until they are loaded.

    A folder's files keep their places in it: `catchment load examples` puts
    examples/earthquakes/a.geojson to incoming/earthquakes/a.geojson. A file always
    keeps its folder's name. Folders named expected and recorded stay out. Exit
    code 1 if any file is not loaded.
    """
    from rich.console import Console

    from catchment.local import loading

    if no_wait:
        count = loading.copy(paths, os.environ, Console(), prefix)
        click.echo(f"{count} files uploaded; what became of them, the ledger knows.")
        return
    outcomes = loading.load(paths, os.environ, Console(), prefix, timeout)
    bad = sum(not outcome.went_well for outcome in outcomes)
    if bad:
        raise click.ClickException(
            f"{bad} of {len(outcomes)} files were not loaded; `catchment loads` and "
            "`catchment rejects LOAD` say why."
        )


@click.command()
@click.option("--feed", help="Only of this feed.")
@click.option(
    "--status",
    type=click.Choice(
        ["loaded", "rejected", "failed", "superseded", "unloaded", "unmatched"]
    ),
    help="Only of this status.",
)
@options.limit(20, "How many, newest first.")
def loads(feed: str | None, status: str | None, limit: int) -> None:
    """Show the ledger: which files came, and what became of them."""
    from rich.console import Console

    from catchment.local import queries, tables

    parameters = {"feed": feed, "status": status, "limit": limit}
    rows = _rows(queries.loads(feed, status), parameters)
    if rows:
        Console().print(tables.loads(rows))
        return
    if feed and feed not in (
        known := [row["name"] for row in _rows(queries.FEEDS, {})]
    ):
        names = ", ".join(known) or "none, until `make build` publishes them"
        raise click.ClickException(f"There is no feed {feed}. Known: {names}.")
    none_yet = "No load yet: `catchment load FILE` makes one."
    click.echo("There is no such load." if feed or status else none_yet)


@click.command()
@click.argument("load_id", metavar="LOAD", type=int)
@options.limit(20, "How many, from the top.")
def rejects(load_id: int, limit: int) -> None:
    """Show which records of a load broke the contract, and how.

    LOAD is the number that `catchment loads` shows.
    """
    from rich.console import Console

    from catchment.local import queries, tables

    parameters = {"load_id": load_id, "limit": limit}
    known = _rows(queries.REJECT_COUNT, parameters)
    if not known:
        raise click.ClickException(
            f"There is no load {load_id}: see `catchment loads`."
        )
    rows = _rows(queries.REJECTS, parameters)
    if rows:
        Console().print(tables.rejects(rows))
    click.echo(f"{len(rows)} shown; {known[0]['rows_rejected'] or 0} records rejected.")
    if rows:
        click.echo(
            f"`catchment replay {load_id} --rejects` tries them again, once the "
            "contract is mended."
        )


@click.command()
@click.argument("name", type=click.Choice(["loader", "api"]))
@click.argument("event", type=click.File("rb"), metavar="EVENT.json")
def invoke(name: str, event: Any) -> None:
    """Call a Lambda's handler in this process and print its answer.

    events/ has samples of every kind; - reads from standard input.
    """
    import contextlib
    import json
    import sys

    from catchment.local import lambdas

    try:
        document = json.load(event)
    except ValueError as error:
        raise click.ClickException(f"{event.name} holds no JSON: {error}") from error
    # Lambda's log is its standard output; ours is for the answer alone.
    with contextlib.redirect_stdout(sys.stderr):
        answer = lambdas.handler_of(name)(document, lambdas.context_of(name))
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def _rows(query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(database_url(), row_factory=dict_row) as connection:
        return connection.execute(query, parameters).fetchall()


COMMANDS = (load, loads, rejects, invoke)
