"""Commands for the keys of the API. They need an administrator's database."""

import os
from typing import TYPE_CHECKING, Any

import click

from catchment.api_keys import SCOPES
from catchment.local.complaints import database_url

if TYPE_CHECKING:
    from datetime import timedelta


def _span(
    _: click.Context, __: click.Parameter, text: str | None
) -> "timedelta | None":
    from catchment.local import api_keys

    try:
        return api_keys.span(text) if text else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


def _claims(
    _: click.Context, __: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, list[str]]:
    from catchment.local import api_keys

    try:
        return api_keys.claims(pairs)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@click.group()
def keys() -> None:
    """Make, list and revoke keys of the API.

    They are kept in the database that DATABASE_URL names, and that has to be
    reached as its administrator. Of a deployed stack it stands in a private
    subnet: docs/access.md says how to reach it.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=["read"],
    show_default=True,
    help="What it is good for; may come twice.",
)
@click.option(
    "--expires",
    callback=_span,
    metavar="SPAN",
    help="When it runs out, as 12h, 90d or 4w; never where this is not said.",
)
@click.option(
    "--rate",
    type=click.IntRange(min=1, max=1_000_000),
    help="Requests a minute, of each container; no limit where this is not said.",
)
@click.option(
    "--claim",
    "claims",
    callback=_claims,
    multiple=True,
    metavar="NAME=VALUE",
    help="What rows it may see of models that restrict them; may come repeatedly.",
)
@click.option(
    "--sql",
    "is_elsewhere",
    is_flag=True,
    help="Print the statement that enters it, for a database out of reach.",
)
def create(
    name: str,
    scopes: tuple[str, ...],
    expires: "timedelta | None",
    rate: int | None,
    claims: dict[str, list[str]],
    is_elsewhere: bool,
) -> None:
    """Make a key and show it, this once.

    NAME is for people: who has it, and what for. The key goes to standard output,
    all else to standard error; with --sql the statement, which holds no secret, goes
    to standard output and the key to standard error.
    """
    from catchment.local import api_keys

    wish = api_keys.Wish(name, scopes, expires, rate, claims)
    if is_elsewhere:
        key, statement = api_keys.create_elsewhere(wish)
        click.echo(statement)
        click.echo(f"The key, once this has been run: {key}", err=True)
        return
    key, end = api_keys.create(database_url(), wish)
    click.echo(str(key))
    until = f"until {end:%Y-%m-%d %H:%M %Z}" if end else "until it is revoked"
    click.echo(
        f"Good for {', '.join(sorted(set(scopes)))}, {until}. Nobody can show it "
        f"again; `catchment keys revoke {key.id}` takes it back.",
        err=True,
    )
    api_url = os.environ.get("CATCHMENT_API_URL", "https://…")
    # What a key without `read` may ask in an API that is closed.
    path = "/aggregated-data" if "read" in scopes else "/loads"
    click.echo(f"curl -H 'x-api-key: {key}' '{api_url}{path}'", err=True)


@keys.command("list")
def list_() -> None:
    """Show every key: what it is good for, and whether it is valid still."""
    from rich.console import Console

    from catchment.local import api_keys, tables

    rows: list[dict[str, Any]] = api_keys.known(database_url())
    if not rows:
        click.echo("There is no key: `catchment keys create NAME` makes one.")
        return
    Console().print(tables.keys(rows))


@keys.command()
@click.argument("key", metavar="ID")
def revoke(key: str) -> None:
    """Take a key back; a container of the API may take it for a minute more.

    ID is what `catchment keys list` shows. To do so twice does no harm.
    """
    from catchment.local import api_keys

    name, is_new = api_keys.revoke(database_url(), key)
    said = "is revoked" if is_new else "had been revoked before"
    click.echo(f"The key of {name} {said}.")


COMMANDS = (keys,)
