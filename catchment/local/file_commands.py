"""Commands of daily work: files in, and a handler by hand."""

import os
from pathlib import Path
from typing import Any

import click

from catchment.local import options

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


COMMANDS = (load, invoke)
