"""Where the password of a database connection comes from, and the loader's key.

On one's own machine it stands in `DATABASE_URL`. In AWS the environment holds
none: it is a token, signed for each connection, or a secret of Secrets Manager.
What botocore needs is imported at the first connection, and only in AWS.
"""

import os
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from psycopg.conninfo import conninfo_to_dict

from catchment.settings import IAM, SHORTEST_KEY, MissingSetting, Settings

if TYPE_CHECKING:
    from botocore.session import Session

# Seconds; RDS takes tokens of no other age.
TOKEN_SECONDS = 900


class NoPassword(psycopg.OperationalError):
    """The database cannot be reached, because its password cannot be had."""


class Credentials(Protocol):
    """What a connection asks for its password."""

    def password(self) -> str | None:
        """The password of the next connection; None leaves it to the URL.

        Raises:
            NoPassword: where AWS does not give it.
        """

    def renew(self) -> bool:
        """Whether there is another password than the one that was refused."""


def of(settings: Settings) -> Credentials:
    """The credentials that the settings name.

    Raises:
        MissingSetting: where a word that signing needs is absent.
    """
    if settings.password_from is None:
        return OfUrl()
    if settings.password_from == IAM:
        return Token.of(settings.database_url)
    return Secret(settings.password_from)


@dataclass(frozen=True)
class OfUrl:
    """What the URL, or libpq's own words, say."""

    def password(self) -> None:
        return None

    def renew(self) -> bool:
        return False


@dataclass(frozen=True)
class Token:
    """IAM authentication: a token for exactly this host, port and user."""

    host: str
    port: str
    user: str
    region: str

    @classmethod
    def of(cls, url: str) -> "Token":
        """The token of a URL.

        Raises:
            MissingSetting: where the URL lacks host or user, or AWS_REGION is
                not set.
        """
        words = conninfo_to_dict(url)
        host, user = str(words.get("host") or ""), str(words.get("user") or "")
        if not host or "," in host or not user:
            raise MissingSetting(
                "DATABASE_URL has no host and user that a token could be signed for: "
                "give both, as postgresql://catchment_loader@host:5432/catchment"
            )
        environ = os.environ
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise MissingSetting(
                "AWS_REGION is not set: give the region of the database, for which "
                "DATABASE_PASSWORD_FROM=iam signs"
            )
        return cls(host, str(words.get("port") or 5432), user, region)

    def password(self) -> str:
        """A new token; nobody is asked for it.

        What boto3's `generate_db_auth_token` does, without a client of RDS.
        """
        from botocore.auth import SigV4QueryAuth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError

        try:
            found = _session().get_credentials()
            # Some run out and are asked for again at this point.
            now = found.get_frozen_credentials() if found else None
        except BotoCoreError as error:
            raise NoPassword(f"AWS credentials cannot be read: {error}") from error
        if now is None:
            raise NoPassword("no token can be signed: there are no AWS credentials")
        request = AWSRequest(
            "GET",
            f"https://{self.host}:{self.port}/",
            params={"Action": "connect", "DBUser": self.user},
        )
        SigV4QueryAuth(now, "rds-db", self.region, TOKEN_SECONDS).add_auth(request)
        return str(request.url).removeprefix("https://")

    def renew(self) -> bool:
        return False  # It was new already.


@dataclass
class Secret:
    """A secret that holds the password as plain text; kept once it is read."""

    arn: str
    _kept: str | None = field(default=None, repr=False)

    def password(self) -> str:
        if self._kept is None:
            self._kept = self._read()
        return self._kept

    def renew(self) -> bool:
        refused, self._kept = self._kept, self._read()
        return self._kept != refused

    def _read(self) -> str:
        try:
            password = _text_of(self.arn)
        except _NoSecret as error:
            raise NoPassword(
                f"the secret that DATABASE_PASSWORD_FROM names cannot be read: {error}"
            ) from error
        if not password:
            raise NoPassword(
                "the secret that DATABASE_PASSWORD_FROM names holds no text: put the "
                "role's password into it"
            )
        return password


def pii_key(settings: Settings) -> bytes:
    """What personal data are hashed with; a secret is read once a process.

    Raises:
        MissingSetting: where there is no key, or none that can be read.
    """
    if settings.pii_key:
        return settings.pii_key.encode()
    if not settings.pii_key_from:
        raise MissingSetting(
            "PII_KEY is not set, and this feed has columns with pii: hash: give the "
            "loader a key (`openssl rand -hex 32`), or PII_KEY_FROM, the ARN of a "
            "secret that holds one"
        )
    return _key_of(settings.pii_key_from)


@cache
def _key_of(arn: str) -> bytes:
    try:
        key = _text_of(arn)
    except _NoSecret as error:
        raise MissingSetting(
            f"the secret that PII_KEY_FROM names cannot be read: {error}"
        ) from error
    if len(key) < SHORTEST_KEY:
        raise MissingSetting(
            "the secret that PII_KEY_FROM names holds no text of at least "
            f"{SHORTEST_KEY} characters: put `openssl rand -hex 32` into it"
        )
    return key.encode()


class _NoSecret(Exception):
    """Secrets Manager does not give a secret; the message says why."""


def _text_of(arn: str) -> str:
    """The text of a secret; '' where it holds none."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    # API Gateway waits 30 s, and the database has to be asked after that.
    patience = Config(
        connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2}
    )
    try:
        client: Any = _session().create_client(
            "secretsmanager", region_name=arn.split(":")[3], config=patience
        )
        said = client.get_secret_value(SecretId=arn)
    except (BotoCoreError, ClientError) as error:
        raise _NoSecret(str(error)) from error
    return str(said.get("SecretString") or "")


@cache
def _session() -> "Session":
    """One a process: it renews credentials of its own that run out."""
    from botocore.session import Session

    return Session()
