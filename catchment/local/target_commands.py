"""Commands that look at a system from outside: this machine's, or a deployed one.

Which one, the environment says: `.env` of `catchment up`, or the file that
CATCHMENT_ENV_FILE names (`make … STACK=name`).
"""

import os

import click

from catchment.local import options
from catchment.local.complaints import setting


@click.command()
@click.argument("path", metavar="PATH")
@click.argument("filters", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--title", help="What to write above the table.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def query(
    path: str, filters: tuple[str, ...], title: str | None, as_json: bool
) -> None:
    """Ask the API for a path and print its rows as a table.

    PATH is one that `catchment query /aggregated-data` lists, as /stats/parks. A
    NAME may come more than once.
    """
    import json

    from catchment.local import asking

    pairs = [_pair(text) for text in filters]
    answer = asking.ask(setting("CATCHMENT_API_URL"), path, pairs)
    if as_json:
        click.echo(json.dumps(answer.rows, indent=2, ensure_ascii=False))
        return
    _show(answer.rows, title, answer.more)
    click.echo(f"curl '{answer.url}'")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"'{text}' is no NAME=VALUE, as year=2021")
    return name, value


def _show(rows: object, title: str | None, more: bool) -> None:
    from rich.console import Console

    from catchment.local import tables

    assert isinstance(rows, list)
    if not rows:
        click.echo("No rows: nothing is loaded that the question is about.")
        return
    Console().print(tables.aggregates(rows, title or ""))
    if more:
        click.echo(f"The first {len(rows):,}; limit=… shows more.")


@click.command()
@click.option("--prefix", default="", help="Only keys that begin like this.")
@options.limit(200, "How many at most.")
def files(prefix: str, limit: int) -> None:
    """List the objects of the bucket: what waits, what was loaded, what failed.

    incoming/ is waiting for the loader; processed/<feed>/<load>/ and failed/…
    is where it puts them.
    """
    from rich.console import Console

    from catchment.local import storage, tables

    bucket = storage.Names.of(os.environ).bucket
    found = storage.objects(storage.client("s3", os.environ), bucket, prefix)
    rows = list(found)
    if not rows:
        click.echo(f"s3://{bucket}/{prefix} holds no object.")
        return
    Console().print(tables.objects(rows[:limit]))
    size = sum(row.size for row in rows)
    click.echo(f"{len(rows):,} objects, {size:,} bytes in s3://{bucket}/{prefix}")
    if len(rows) > limit:
        click.echo(f"The first {limit:,} are shown; --limit shows more.")


@click.command()
def config() -> None:
    """Show the settings in force and where they come from; no secret among them."""
    from rich.console import Console

    from catchment.local import configuration, tables

    Console().print(tables.settings(configuration.settings(os.environ)))


@click.command()
def rollout() -> None:
    """Run the build of a deployed stack, wait for it, and look at the API.

    The build migrates the database and builds the models inside of the stack's
    network. `make deploy STACK=name` ends with this.
    """
    from rich.console import Console

    from catchment.local import asking, storage
    from catchment.local.deploy import rollout as last_step
    from catchment.local.voice import spoken

    project, api_url = setting("CATCHMENT_BUILD_PROJECT"), setting("CATCHMENT_API_URL")
    try:
        with spoken(Console()) as voice:
            client = storage.client("codebuild", os.environ)
            health = last_step.run(client, project, api_url, voice)
    except asking.Refused as refused:
        click.echo(f"The build succeeded; nobody looked at the API. {refused}")
        return
    count = len(health["datasets"]) + len(health["row_models"])
    click.echo(f"{api_url} is well and serves {count} models")


COMMANDS = (query, files, config, rollout)
