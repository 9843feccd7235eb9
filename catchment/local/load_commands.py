"""Commands about loads: try a file before, replay, unload, backfill an archive."""

import os
from pathlib import Path
from typing import Any

import click

from catchment.local import options

FILE = click.Path(exists=True, path_type=Path, allow_dash=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("--feed", help="Hold them against this feed's contract.")
@click.option("--prefix", metavar="FOLDER", help="As if in this folder of incoming/.")
@click.option(
    "--limit",
    default=0,
    type=click.IntRange(min=0),
    metavar="N",
    help="Show the first N rejects of each file too.",
)
def validate(
    paths: tuple[Path, ...], feed: str | None, prefix: str | None, limit: int
) -> None:
    """Hold files against their contracts; nothing is written.

    Contracts are read from the project's YAML, files by the loader's own readers:
    no database and no bucket are needed. A file's feed is found as `catchment load`
    would find it. - reads standard input, as --feed's. Exit code 1 if of any file
    nothing would be published.
    """
    from rich.console import Console

    from catchment.local import contracts, state, validating
    from catchment.local.voice import spoken

    console = Console()
    with spoken(console) as voice:
        voice.tick("reading the contracts")
        catalog = contracts.catalog_of(state.project_root())
    found = validating.validate(paths, catalog, console, prefix, feed, limit)
    if not all(finding.would_be_published for finding in found):
        raise SystemExit(1)


@click.command()
@click.argument("load_id", metavar="LOAD", type=int)
@click.option(
    "--rejects",
    "only_rejects",
    is_flag=True,
    help="Only its rejects: the good ones are added to the load.",
)
def replay(load_id: int, only_rejects: bool) -> None:
    """Load the file of a load again, under the contract that holds now.

    LOAD is the number that `catchment loads` shows. A new load takes its place, or
    leaves it as it is where the file is refused again. For loads that are loaded,
    rejected, failed, unmatched or unloaded.
    """
    from catchment.local.loading import counted
    from catchment.local.operating import Operator

    answer = Operator().ask(
        "catchment.replay", load_id=load_id, only_rejects=only_rejects
    )
    if only_rejects:
        tried, good = answer["rows_read"], answer["rows_loaded"]
        click.echo(f"{good:,} of {tried:,} rejects are rows of load {load_id} now.")
    elif answer["status"] == "loaded":
        click.echo(
            f"Load {answer['load_id']} has taken the place of load {load_id}: "
            f"{counted(answer['rows_loaded'], 'row')}."
        )
    else:
        raise click.ClickException(
            f"The file is refused again, as load {answer['load_id']}, and load "
            f"{load_id} stays as it was: {answer['reason']}."
        )
    if rejected := answer["rows_rejected"]:
        click.echo(
            f"In quarantine: {counted(rejected, 'record')} (catchment rejects "
            f"{answer['load_id']})."
        )
    _tell_refresh(answer)


@click.command()
@click.argument("load_id", metavar="LOAD", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
def unload(load_id: int, yes: bool) -> None:
    """Take the rows of a load out of the database, as if it had not come.

    They leave the raw table, rollups and marts; the file stays in the bucket, and
    the ledger keeps the load. What it had replaced does not come back. `catchment
    replay LOAD` loads it again.
    """
    from catchment.local.operating import Operator

    if not yes:
        click.confirm(f"Take out all rows of load {load_id}?", abort=True)
    answer = Operator().ask("catchment.unload", load_id=load_id)
    if answer["status"] == "unloaded":
        click.echo(
            f"Load {load_id} is unloaded; `catchment replay {load_id}` brings it back."
        )
        _tell_refresh(answer)
    elif answer["reason"] == "unloaded":
        click.echo(f"Load {load_id} is unloaded already.")
    else:
        click.echo(f"Load {load_id} is {answer['reason']}: it has no rows to take out.")


def _tell_refresh(answer: dict[str, Any]) -> None:
    if not answer["is_refreshed"]:
        click.echo(
            "What lies below could not be refreshed; see Stuck refresh in "
            "docs/runbook.md.",
            err=True,
        )


@click.command()
@click.argument("place", metavar="s3://BUCKET/PREFIX")
@click.option("--feed", help="Only objects of this feed.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
@click.option(
    "--in-flight",
    default=200,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="How many may wait in the queue, so that new files are not kept waiting.",
)
@options.timeout(meaning="How long to wait for the loader's next verdict.")
def backfill(
    place: str, feed: str | None, dry_run: bool, in_flight: int, timeout: float
) -> None:
    """Load objects that are in a bucket already, as if they came now.

    They go through the queue, and stay where they are unless that is incoming/.
    What the ledger knows is left out, so the same command goes on after a stop, and
    a second one sends nothing. Objects that no feed takes are left out too.
    """
    from rich.console import Console

    from catchment.local import backfill as backfilling
    from catchment.local.complaints import setting
    from catchment.local.operating import Operator

    wish = backfilling.Wish.of(place, feed, in_flight, timeout)
    queue_url = setting("CATCHMENT_QUEUE_URL")
    ask = Operator(attempts=5).ask
    console = Console()
    try:
        totals = backfilling.run(wish, os.environ, queue_url, ask, console, dry_run)
    except KeyboardInterrupt:
        click.echo(
            "Stopped; what was sent is loaded all the same. The same command "
            "goes on from there.",
            err=True,
        )
        raise SystemExit(130) from None
    if totals.bad:
        raise click.ClickException(
            f"{totals.bad:,} of {totals.sent:,} files were not loaded; `catchment "
            "loads` says why, and `catchment replay LOAD` tries one again."
        )


COMMANDS = (validate, replay, unload, backfill)
