"""The commands `check` and `alerts`."""

import os
from typing import TYPE_CHECKING

import click

from catchment.local import options

if TYPE_CHECKING:
    from catchment.local.check.alerts import Alert

NOT_DONE = 2
# A deployed stack's own checks: its database is reached from its network alone.
PROJECT = "CATCHMENT_CHECK_PROJECT"


@click.command()
@click.option(
    "--select",
    multiple=True,
    metavar="SELECTOR",
    help="Only these, in dbt's words: a model, source:NAME, tag:NAME; repeatable.",
)
@click.option("--no-alert", is_flag=True, help="Show what is wrong, post nothing.")
@click.option("--always", is_flag=True, help="Post also when all is well.")
def check(select: tuple[str, ...], no_alert: bool, always: bool) -> None:
    """Check the data, and post what is wrong.

    Runs dbt's source freshness and data tests, compares what each feed brought with
    what it brought before, and keeps the result. If any check warns or fails, one
    message goes to the webhook CATCHMENT_ALERT_WEBHOOK (Slack's format), else to the
    SNS topic CATCHMENT_ALERT_TOPIC. Exit code 1 if a check of severity error fails, 2
    if the checks do not run or the message is not posted.

    Of a deployed stack (CATCHMENT_CHECK_PROJECT) CodeBuild runs them, as it does each
    morning, and takes no options; exit code 1 for all that is wrong.
    """
    if project := os.environ.get(PROJECT):
        if select or no_alert or always:
            raise click.UsageError("The checks of a deployed stack take no options.")
        _deployed(project)
        return
    from rich.console import Console

    from catchment.local import state
    from catchment.local.check import dbt_run, shown
    from catchment.local.voice import spoken

    console = Console()
    try:
        with spoken(console) as voice:
            report = dbt_run.run(state.project_root(), os.environ, select, voice)
    except (dbt_run.NotChecked, dbt_run.NothingToCheck) as error:
        click.echo(f"Error: {error}", err=True)
        if isinstance(error, dbt_run.NotChecked) and not no_alert:
            _post(shown.alert_of_silence(error))
        raise SystemExit(NOT_DONE) from None
    if report.findings:
        console.print(shown.table(report))
    click.echo("\n".join(shown.summary(report)))
    if (report.findings or always) and not no_alert:
        database = os.environ.get("WAREHOUSE_DATABASE", "catchment")
        _post(shown.alert(report, database))
    raise SystemExit(1 if report.failed else 0)


def _deployed(project: str) -> None:
    from rich.console import Console

    from catchment.local import storage
    from catchment.local.deploy import codebuild
    from catchment.local.trouble import Trouble
    from catchment.local.voice import spoken

    try:
        with spoken(Console()) as voice:
            client = storage.client("codebuild", os.environ)
            codebuild.run(client, project, "checks the data", voice)
    except Trouble as trouble:
        raise Trouble(f"{trouble} A check that failed was posted.") from trouble
    click.echo("No check failed; warnings were posted to the topic.")


def _post(alert: "Alert") -> None:
    from catchment.local.check import alerts

    try:
        place = alerts.post(alert, os.environ)
    except alerts.NotPosted as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(NOT_DONE) from None
    if place:
        click.echo(f"Posted to {place}")
    else:
        click.echo(f"Nothing was posted: set {alerts.WEBHOOK} or {alerts.TOPIC}.")


@click.command("alerts")
@options.limit(5, "How many, the newest.")
def alerts_posted(limit: int) -> None:
    """Show the alerts that were posted to the local topic.

    The local system keeps them in a queue until it is stopped. In AWS they go to
    whoever has subscribed to the topic.
    """
    from catchment.local import storage
    from catchment.local.check import alert_box

    queue = storage.Names.of(os.environ).alerts
    found = alert_box.posted(storage.client("sqs", os.environ), queue)
    for alert in found[-limit:]:
        click.secho(alert.subject, bold=True)
        click.echo(f"{alert.text}\n")
    if not found:
        click.echo("No alert yet: `catchment check` posts what it finds.")


@click.command("checks")
@click.option("--of", metavar="NAME", help="Only of this feed or model.")
@click.option("--wrong", is_flag=True, help="Only what warns or fails.")
def checks_kept(of: str | None, wrong: bool) -> None:
    """Show every check as it stood last, and how it ended in the runs before.

    One sign for each of the last 30 runs: a cross for an error, ! for a warning, a dot
    where all was well, a blank where there was too little history.
    """
    from rich.console import Console

    from catchment.local import warehouse
    from catchment.local.check import history, shown

    with warehouse.connect(os.environ) as database:
        found = history.checks(database, of)
    if wrong:
        found = [one for one in found if one["status"] in shown.WRONG]
    if found:
        Console().print(shown.history(found))
    else:
        click.echo("No such check yet: `catchment check` keeps what it finds.")


COMMANDS = (check, checks_kept, alerts_posted)
