"""What goes wrong, told in a sentence that says what to do; no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def told() -> Iterator[None]:
    """Turn errors that a person can do something about into messages.

    Raises:
        click.ClickException: in place of every such error. All others are
            faults of ours and keep their traceback.
    """
    try:
        yield
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise click.ClickException(sentence) from error


def _sentence(error: Exception) -> str | None:
    """The message for an error, where there is one.

    The libraries are looked up, not imported: one that no command has imported
    has raised nothing.
    """
    if _is(error, "catchment.local.trouble", "Trouble") or _is(
        error, "catchment.roles", "WrongRole"
    ):
        return str(error)
    if _is(error, "catchment.settings", "MissingSetting"):
        return str(error)
    if _is(error, "catchment.database", "NoCatalog"):
        return str(error)
    if _is(error, "psycopg.errors", "UndefinedTable"):
        return "The database has no such table yet: run `catchment migrate` first."
    if _is(error, "psycopg", "OperationalError"):
        first = (str(error).strip().splitlines() or ["no reason given"])[0]
        return (
            f"The database does not answer ({first}): run `catchment up`, or mend "
            "DATABASE_URL."
        )
    if _is(error, "psycopg", "ProgrammingError"):
        return f"DATABASE_URL or its rights are wrong: {str(error).strip()}"
    if _is(error, "botocore.exceptions", "EndpointConnectionError"):
        return f"{error} Run `catchment up`, or mend AWS_ENDPOINT_URL."
    for module, name in (
        ("botocore.exceptions", "BotoCoreError"),
        ("botocore.exceptions", "ClientError"),
        ("boto3.exceptions", "Boto3Error"),
    ):
        if _is(error, module, name):
            return f"AWS did not do it: {error}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    return None


def _is(error: Exception, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def setting(word: str) -> str:
    """A setting of the environment.

    Raises:
        click.ClickException: where it is not set.
    """
    value = os.environ.get(word)
    if not value:
        raise click.ClickException(
            f"{word} is not set: run `catchment up` first, or name a stack's file "
            "in CATCHMENT_ENV_FILE."
        )
    return value


def database_url() -> str:
    """The administrator's URL that the environment gives.

    Raises:
        click.ClickException: where there is none.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise click.ClickException(
            "DATABASE_URL is not set: run `catchment up`, or give an administrator's "
            "URL, as postgresql://postgres@localhost:5432/catchment."
        )
    return url
