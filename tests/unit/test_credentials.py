"""Tokens of IAM: signed here, for exactly one place, and shown nowhere."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest

from catchment import credentials
from catchment.credentials import Secret, Token
from catchment.database import Database
from catchment.settings import MissingSetting, Settings

HOST = "prod.abc123.eu-west-1.rds.amazonaws.com"
URL = f"postgresql://catchment_loader@{HOST}:6432/catchment"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:catchment/api-AbCdEf"


@pytest.fixture(autouse=True)
def _lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment that Lambda gives, and no file of a person's own."""
    for word in ("AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(word, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a+session/token=")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    credentials._session.cache_clear()
    yield
    credentials._session.cache_clear()


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of botocore's signer stands still."""
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime", lambda: datetime(2026, 3, 1, 12)
    )


@pytest.mark.usefixtures("noon")
def test_a_token_names_host_port_and_user_and_lasts_a_quarter_of_an_hour() -> None:
    place, _, query = Token.of(URL).password().partition("/?")

    words = {word: text for word, (text,) in parse_qs(query).items()}
    assert place == f"{HOST}:6432"
    assert (words["Action"], words["DBUser"]) == ("connect", "catchment_loader")
    assert words["X-Amz-Expires"] == "900"
    assert words["X-Amz-Security-Token"] == "a+session/token="
    assert words["X-Amz-Date"] == "20260301T120000Z"
    scope = "AKIDEXAMPLE/20260301/eu-west-1/rds-db/aws4_request"
    assert words["X-Amz-Credential"] == scope
    assert "a-key" not in query


@pytest.mark.usefixtures("noon")
def test_a_token_is_the_one_that_the_client_of_rds_makes() -> None:
    client: Any = boto3.session.Session().client("rds", region_name="eu-west-1")  # type: ignore[call-overload]

    theirs = client.generate_db_auth_token(HOST, 6432, "catchment_loader")

    assert Token.of(URL).password() == theirs


def test_the_port_is_postgres_own_where_the_url_has_none() -> None:
    token = Token.of(f"postgresql://catchment_api@{HOST}/catchment").password()

    assert token.startswith(f"{HOST}:5432/?")


def test_the_region_is_that_of_a_persons_machine_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")

    assert "%2Fap-south-1%2Frds-db%2F" in Token.of(URL).password()


def test_without_a_region_the_process_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_REGION")

    with pytest.raises(MissingSetting, match="AWS_REGION is not set: give"):
        Token.of(URL)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///catchment",
        f"postgresql://{HOST}/catchment",
        "postgresql://a@h1,h2/x",
    ],
)
def test_a_url_that_no_token_can_be_signed_for_is_a_sentence(url: str) -> None:
    with pytest.raises(MissingSetting, match="no host and user"):
        Token.of(url)


def test_without_credentials_the_database_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for word in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(word)

    with pytest.raises(credentials.NoPassword, match="no AWS credentials"):
        Database.of(Settings(URL, password_from="iam"), "test").connection()


def test_nothing_shows_the_password() -> None:
    secret = Secret(ARN, "Geheim-7731")
    database = Database("postgresql://u:Geheim-7731@h/d", "test", secret)

    assert "Geheim" not in f"{secret!r} {secret} {database!r}"
