"""Passwords that are not in the environment, at a real server's door."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import psycopg
import pytest

from catchment import credentials, roles
from catchment.credentials import NoPassword, Secret, Token
from catchment.database import Database
from catchment.local.postgres.server import Server
from catchment.settings import Settings

ROLE = roles.LOADER
_numbers = itertools.count()


@pytest.fixture
def region(
    aws: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """AWS, as a Lambda's environment has it."""
    for word, text in aws.items():
        monkeypatch.setenv(word, text)
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    credentials._session.cache_clear()
    yield aws
    credentials._session.cache_clear()


@pytest.fixture
def secrets(region: dict[str, str]) -> Any:
    return boto3.session.Session().client(  # type: ignore[call-overload]
        "secretsmanager", region_name=region["AWS_DEFAULT_REGION"]
    )


@pytest.fixture
def admin(private_server: Server, ledger: str) -> Iterator[psycopg.Connection[Any]]:
    """An administrator, on a server that knows the roles."""
    with psycopg.connect(private_server.url, autocommit=True) as admin:
        yield admin


def made(secrets: Any, **value: Any) -> str:
    name = f"catchment/loader-{next(_numbers)}"
    return str(secrets.create_secret(Name=name, **value)["ARN"])


def database_of(server: Server, password_from: str) -> Database:
    url = roles.url_with(server.url, user=ROLE, password=None)
    return Database.of(Settings(url, password_from=password_from), "test")


def user_of(database: Database) -> str:
    ((user,),) = database.connection().execute("select current_user").fetchall()
    return str(user)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Secret]:
    """The secrets that are read from here on."""
    reads: list[Secret] = []
    read = Secret._read

    def counting(secret: Secret) -> str:
        reads.append(secret)
        return read(secret)

    monkeypatch.setattr(Secret, "_read", counting)
    return reads


def change(admin: psycopg.Connection[Any], password: str) -> None:
    roles.set_passwords(admin, {ROLE: password})


def test_a_role_logs_in_by_the_text_of_its_secret(
    private_server: Server, admin: psycopg.Connection[Any], secrets: Any
) -> None:
    change(admin, "the first one")
    arn = made(secrets, SecretString="the first one")

    database = database_of(private_server, arn)

    assert user_of(database) == ROLE
    database.close()


def test_a_secret_is_read_once_until_the_database_refuses_it(
    private_server: Server,
    admin: psycopg.Connection[Any],
    secrets: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(admin, "before")
    arn = made(secrets, SecretString="before")
    database = database_of(private_server, arn)
    reads = counted(monkeypatch)

    user_of(database)
    database.close()
    user_of(database)
    assert len(reads) == 1

    secrets.put_secret_value(SecretId=arn, SecretString="after")
    change(admin, "after")
    assert user_of(database) == ROLE, "an open connection is not touched"
    database.close()
    assert user_of(database) == ROLE
    assert len(reads) == 2
    database.close()


def test_a_password_that_is_simply_wrong_is_refused_and_not_repeated(
    private_server: Server, admin: psycopg.Connection[Any], secrets: Any
) -> None:
    change(admin, "the right one")
    database = database_of(private_server, made(secrets, SecretString="Geheim-7731"))

    with pytest.raises(psycopg.OperationalError, match="authentication failed") as no:
        database.connection()
    assert "Geheim" not in str(no.value)


def test_a_database_that_is_away_is_no_reason_to_read_a_secret_again(
    secrets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = made(secrets, SecretString="x")
    reads = counted(monkeypatch)
    away = Settings("postgresql://nobody@127.0.0.1:1/x", password_from=arn)

    with pytest.raises(psycopg.OperationalError, match="refused"):
        Database.of(away, "test").connection()
    assert len(reads) == 1


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (None, r"cannot be read: .*ResourceNotFoundException"),
        ({"SecretBinary": b"Geheim-7731"}, "holds no text"),
    ],
)
def test_a_secret_that_cannot_be_read_is_a_sentence(
    private_server: Server, secrets: Any, value: Any, complaint: str
) -> None:
    arn = made(secrets, **value or {"SecretString": "Geheim-7731"})
    arn = arn if value else f"{arn[:-6]}ZZZZZZ"

    with pytest.raises(NoPassword, match=complaint) as error:
        database_of(private_server, arn).connection()
    assert "Geheim" not in str(error.value)


def test_each_connection_has_a_token_of_its_own(
    private_server: Server,
    admin: psycopg.Connection[Any],
    region: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RDS alone can hold a token against AWS; here it is the role's password."""
    clock = [datetime(2026, 3, 1, 12)]
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: clock[0])
    database = database_of(private_server, "iam")
    token = Token.of(database.url).password
    first = token()
    change(admin, first)

    assert user_of(database) == ROLE
    clock[0] += timedelta(minutes=20)
    assert user_of(database) == ROLE, "an open connection outlives its token"

    database.close()
    assert token() != first
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        database.connection()
    change(admin, token())
    assert user_of(database) == ROLE
    database.close()
