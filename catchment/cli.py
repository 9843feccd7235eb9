"""The command `catchment`: the system on one machine, and its daily work.

Imports of weight stand inside the commands, so that `--help` answers at once.
"""

import os
from typing import TYPE_CHECKING, Any

import click

from catchment.local import (
    complaints,
    extract_commands,
    file_commands,
    key_commands,
    ledger_commands,
    load_commands,
    options,
    part_commands,
    target_commands,
)
from catchment.local.backup import commands as backup_commands
from catchment.local.deploy import commands as deploy_commands
from catchment.local.lineage import command as lineage_command

if TYPE_CHECKING:
    from rich.console import Console


class _Catchment(click.Group):
    """Loads `.env` before a command, and turns what goes wrong to a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        from catchment.local import state

        with complaints.told():
            state.load_env(state.project_root())
            _keep_off_proxies()
            return super().invoke(ctx)


def _keep_off_proxies() -> None:
    """A company's proxy knows nothing of this machine's own ports."""
    for word in ("NO_PROXY", "no_proxy"):
        hosts = [os.environ[word]] if os.environ.get(word) else []
        os.environ[word] = ",".join([*hosts, "127.0.0.1", "localhost"])


@click.group(cls=_Catchment, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="catchment")
def main() -> None:
    """Files fall into a bucket; SQL carries them downhill; one endpoint lets
    them out.

    Begin with `catchment demo`. `catchment up` starts the system on this machine
    and leaves it running, `catchment load FILE` feeds it.
    """


@main.command()
@click.option(
    "--build/--no-build",
    default=None,
    help="Run `dbt build`, or do not; by default only into an empty database.",
)
def up(build: bool | None) -> None:
    """Start the system on this machine and leave it running.

    PostgreSQL with PostGIS is the server that DATABASE_URL names; else a private
    one of the local programs, Docker or Debian's packages. What runs already is
    found. Where everything is goes to .env, for dbt and all other tools.
    """
    from catchment.local import state, system, tables
    from catchment.local.voice import spoken

    console = _console()
    with spoken(console) as voice:
        running = system.up(state.project_root(), build=build, voice=voice)
    started = ", ".join(running.started) or "nothing, all of it was running"
    console.print(f"Started: {started}", highlight=False)
    console.print(tables.places(running))


@main.command()
@click.option(
    "--delete-data",
    is_flag=True,
    help="Also delete the private PostgreSQL server with all that it holds.",
)
def down(delete_data: bool) -> None:
    """Stop what `catchment up` started; data stay.

    A server that DATABASE_URL names is not ours and keeps running. Objects and
    messages are lost with the local bucket, which is kept in memory.
    """
    from catchment.local import plans, state, system

    root = state.project_root()
    stopped = system.down(root, delete_data)
    click.echo(f"Stopped: {', '.join(stopped) or 'nothing, none of it was running'}")
    if delete_data:
        click.echo("Deleted: the private server, if there was one.")
        closed = ", ".join(plans.access_of(state.read_env(root / state.ENV_FILE)))
        kept = f".env, which sets {closed}" if closed else ".env"
        click.echo(f"Kept: {kept}, and .catchment with the passwords and logs.")


@main.command()
def status() -> None:
    """Show what runs and where; exit code 1 if any part is stopped."""
    from catchment.local import state, system, tables

    parts = system.status(state.project_root())
    _console().print(tables.status(parts))
    if not all(part.running for part in parts):
        raise SystemExit(1)


@main.command()
@options.timeout()
def demo(timeout: float) -> None:
    """Load the examples and show what the API makes of them.

    Starts the system, runs `dbt build`, loads examples/, asks the API, and stops
    again what it started. A second run loads nothing twice.
    """
    from catchment.local import demo as demonstration
    from catchment.local import state

    demonstration.run(state.project_root(), _console(), timeout)


def _console() -> "Console":
    from rich.console import Console

    return Console()


for _commands in (
    part_commands,
    file_commands,
    ledger_commands,
    load_commands,
    extract_commands,
    target_commands,
    key_commands,
    deploy_commands,
    backup_commands,
    lineage_command,
):
    for _command in _commands.COMMANDS:
        main.add_command(_command)


if __name__ == "__main__":
    main()
