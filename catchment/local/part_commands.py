"""Commands that run one part of the system; they need an environment alone.

`catchment up` runs them as its processes, a compose file as its containers.
"""

import os

import click

from catchment.local import options
from catchment.local.check import command
from catchment.local.complaints import database_url


@click.command()
def migrate() -> None:
    """Bring the database's schema to its newest revision.

    DATABASE_URL must be an administrator's. Then the roles are given the
    passwords CATCHMENT_OWNER_PASSWORD, CATCHMENT_LOADER_PASSWORD and
    CATCHMENT_API_PASSWORD, as far as these are set.
    """
    from catchment import roles
    from catchment.local import state, warehouse

    passwords = roles.passwords_of(os.environ)
    warehouse.migrate(state.project_root(), database_url(), passwords)
    given = f"; passwords given to {', '.join(passwords)}" if passwords else ""
    click.echo(f"The schema is at its newest revision{given}.")


@click.command("storage-setup")
@options.timeout(30.0, "How long to wait for the endpoint.")
def storage_setup(timeout: float) -> None:
    """Make bucket, queues, notification and alerts' topic at AWS_ENDPOINT_URL.

    What is there already stays. The names come from CATCHMENT_BUCKET,
    CATCHMENT_QUEUE_URL and CATCHMENT_ALERT_TOPIC.
    """
    from catchment.local import storage

    names = storage.Names.of(os.environ)
    storage.wait(os.environ, timeout)
    s3, sqs = storage.client("s3", os.environ), storage.client("sqs", os.environ)
    queue = storage.prepare(s3, sqs, names)
    click.echo(f"s3://{names.bucket}/{storage.INCOMING} notifies {queue}")
    topic = storage.prepare_alerts(storage.client("sns", os.environ), sqs, names)
    click.echo(f"Alerts go to {topic}")


@click.command()
@click.option(
    "--retry-seconds",
    default=5,
    show_default=True,
    help="When a message that failed comes back.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Where the API may call the loader; nowhere where this is not said.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
def poll(retry_seconds: int, port: int | None, host: str) -> None:
    """Carry messages from the queue to the loader, until stopped.

    `catchment up` runs this by itself. Needs DATABASE_URL of catchment_loader (or
    an administrator's, and CATCHMENT_LOADER_PASSWORD).
    """
    from contextlib import nullcontext

    from catchment.local import functions, lambdas, poller, storage

    handler = functions.one_at_a_time(lambdas.handler_of("loader"))
    sqs = storage.client("sqs", os.environ)
    name = storage.Names.of(os.environ).queue
    with nullcontext() if port is None else functions.served(host, port, handler):
        poller.run(
            lambda: poller.queue_of(sqs, name, retry_seconds=retry_seconds), handler
        )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, help="0 takes any free port.")
def serve(host: str, port: int) -> None:
    """Serve the API over HTTP, until stopped.

    `catchment up` runs this by itself. Needs DATABASE_URL of catchment_api (or an
    administrator's, and CATCHMENT_API_PASSWORD). What `catchment docs` has written
    is shown at /lineage.
    """
    from catchment.local import lambdas, state, web

    lineage = state.project_root() / state.LINEAGE
    web.serve(host, port, lambdas.handler_of("api"), lineage)


COMMANDS = (migrate, storage_setup, poll, serve, *command.COMMANDS)
