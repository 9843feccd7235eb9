"""The command that fetches what services publish."""

import os
import re

import click

from catchment.local import options


@click.command()
@click.argument("feed", required=False)
@click.option(
    "--years",
    metavar="YEARS",
    help='As "2020 2021"; by default all that the contract wants, or are recorded.',
)
@click.option("--from", "base_url", metavar="URL", help="Ask this host instead.")
@click.option("--live", is_flag=True, help="Ask the contract's own host.")
@click.option("--again", is_flag=True, help="Also fetch years that are here already.")
@options.timeout()
def extract(
    feed: str | None,
    years: str | None,
    base_url: str | None,
    live: bool,
    again: bool,
    timeout: float,
) -> None:
    """Fetch what a service publishes by year, and load it.

    By default the answers come from examples/FEED/recorded, by a stand-in of the
    service on this machine. A year that is complete is not fetched again. With
    CATCHMENT_EXTRACT_FUNCTION the deployed Lambda of that name does it all.
    """
    from rich.console import Console

    from catchment.local import extract_deployed, extracting, state
    from catchment.local.voice import spoken

    if live and base_url:
        raise click.UsageError("--live and --from exclude each other.")
    wish = extracting.Wish(feed, years_of(years), base_url, live, again)
    console = Console()
    if function := os.environ.get(extract_deployed.FUNCTION_WORD):
        client = extract_deployed.client(os.environ)
        with spoken(console) as voice:
            extract_deployed.run(wish, function, client, voice.say)
        return
    extracting.run(state.project_root(), wish, os.environ, console, timeout)


def years_of(text: str | None) -> tuple[int, ...]:
    """Years out of a text, blanks or commas between them."""
    words = [word for word in re.split(r"[\s,]+", text or "") if word]
    if wrong := [word for word in words if not re.fullmatch(r"[1-9]\d{3}", word)]:
        raise click.BadParameter(
            f"'{wrong[0]}' is no year of four digits", param_hint="--years"
        )
    return tuple(map(int, words))


COMMANDS = (extract,)
