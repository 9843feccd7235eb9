"""Commands that show the ledger, the quarantine, the log of refreshes and the queue."""

import os
from typing import Any

import click

from catchment.local import options
from catchment.local.complaints import database_url

STATUSES = ("loaded", "rejected", "failed", "superseded", "unloaded", "unmatched")


@click.command()
@click.argument("load_id", metavar="[LOAD]", type=int, required=False)
@click.option("--feed", help="Only of this feed.")
@click.option("--status", type=click.Choice(STATUSES), help="Only of this status.")
@options.limit(20, "How many, newest first.")
@click.option("--watch", is_flag=True, help="Go on showing what comes, until Ctrl-C.")
def loads(
    load_id: int | None, feed: str | None, status: str | None, limit: int, watch: bool
) -> None:
    """Show the ledger: which files came, and what became of them.

    With LOAD, a number of the ledger, the report of that load. With --watch the
    ledger as it grows, copies that are under way and what waits in the queue; where
    the output is no terminal, a line for each load that comes.
    """
    from rich.console import Console

    from catchment.local import queries, reports, tables, watching

    console = Console()
    if load_id is not None:
        if feed or status or watch:
            raise click.UsageError("LOAD takes no --feed, --status and --watch.")
        reports.show(load_id, _rows, console, limit)
        return
    _check(feed)
    query = queries.loads(feed, status)
    parameters = {"feed": feed, "status": status, "limit": limit}
    if watch:
        watching.watch(query, parameters, os.environ, console)
    elif rows := _rows(query, parameters):
        console.print(tables.loads(rows))
    elif feed or status:
        click.echo("There is no such load.")
    else:
        click.echo("No load yet: `catchment load FILE` makes one.")


def _check(feed: str | None) -> None:
    """One that is no more may still have loads; one that never was is a mistake.

    Raises:
        click.ClickException: naming the feeds that there are.
    """
    from catchment.local import queries

    if feed is None or _rows(queries.HAS_LOADS, {"feed": feed}):
        return
    known = [row["name"] for row in _rows(queries.FEEDS, {})]
    if feed not in known:
        names = ", ".join(known) or "none, until `make build` publishes them"
        raise click.ClickException(f"There is no feed {feed}. Known: {names}.")


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
@click.option("--model", help="Only of this rollup or mart.")
@click.option(
    "--status", type=click.Choice(["done", "failed"]), help="Only of this status."
)
@options.limit(20, "How many, newest first.")
def refreshes(model: str | None, status: str | None, limit: int) -> None:
    """Show the log of refreshes: which models, for which loads, and why not."""
    from rich.console import Console

    from catchment.local import queries, tables

    parameters = {"model": model, "status": status, "limit": limit}
    rows = _rows(queries.refreshes(model, status), parameters)
    if rows:
        Console().print(tables.refreshes(rows))
    else:
        click.echo("There is no such refresh.")


@click.command()
@click.option(
    "--redrive", is_flag=True, help="Send the dead letters back; nothing loads twice."
)
@options.limit(20, "How many dead letters to look at.")
def queue(redrive: bool, limit: int) -> None:
    """Show what waits in the queue, and what the dead letters are about.

    A dead letter is an event that was delivered as often as allowed, and that the
    loader could not deal with: mend the cause, then send it back.
    """
    from rich.console import Console

    from catchment.local import dead_letters, queries, tables
    from catchment.local.dead_letters import Queues

    queues = Queues.of(os.environ)
    if redrive:
        click.echo(f"{queues.send_back():,} dead letters are in the queue again.")
        return
    click.echo(dead_letters.described(queues.counts()))
    letters = queues.letters(limit)
    if not letters:
        return
    # A stack's database is out of reach: then the letters alone are told.
    asked = {"keys": [letter.key for letter in letters if letter.key]}
    rows = _rows(queries.BY_KEY, asked) if "DATABASE_URL" in os.environ else []
    Console().print(tables.dead_letters(letters, {row["key"]: row for row in rows}))
    click.echo(
        "Once the cause is mended, `catchment queue --redrive` sends them back: see "
        "docs/runbook.md."
    )


def _rows(query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(database_url(), row_factory=dict_row) as connection:
        return connection.execute(query, parameters).fetchall()


COMMANDS = (loads, rejects, refreshes, queue)
