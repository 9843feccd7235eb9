"""Settings of a process, from its environment and from nowhere else."""

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# The folder of the bucket that files are dropped into.
INCOMING = "incoming/"
# The value of DATABASE_PASSWORD_FROM that is no secret's ARN.
IAM = "iam"
# Of a shorter one some can be found by trying.
SHORTEST_KEY = 32
_SECRET = re.compile(r"arn:[\w-]+:secretsmanager:[\w-]+:\d+:secret:\S+")


class MissingSetting(RuntimeError):
    """A setting that the process cannot do without is absent, or no such one."""


@dataclass(frozen=True)
class Settings:
    """What a process works with, the same in AWS, in compose and locally.

    Attributes:
        database_url: libpq URL of this process's own role.
        incoming: the folder of the bucket that files are dropped into.
        processed: where an object goes once its load is committed.
        failed: where an object goes that could not be loaded.
        password_from: where the password comes from: `iam`, or the ARN of a
            secret; None where the URL, or libpq's own words, have it.
        pii_key: what personal data are hashed with (`pii: hash` of a contract).
        pii_key_from: the ARN of the secret that holds it, where it is in AWS.
    """

    database_url: str = field(repr=False)
    incoming: str = INCOMING
    processed: str = "processed/"
    failed: str = "failed/"
    password_from: str | None = None
    pii_key: str | None = field(default=None, repr=False)
    pii_key_from: str | None = None


def from_environment() -> Settings:
    """Read the settings.

    Raises:
        MissingSetting: where `DATABASE_URL` is not set, or is no URL; where
            `DATABASE_PASSWORD_FROM` is nothing that a password comes from;
            where `PII_KEY` or `PII_KEY_FROM` is no key, and no place of one.
    """
    url = _named(
        "DATABASE_URL",
        "the libpq URL of the database, as "
        "postgresql://catchment_loader@host:5432/catchment",
    )
    if not url.startswith(("postgresql://", "postgres://")):
        # Not quoted: whatever it is, it may hold a password.
        raise MissingSetting("DATABASE_URL is no URL that begins with postgresql://")
    return Settings(
        database_url=url,
        password_from=_password_from(),
        pii_key=_pii_key(),
        pii_key_from=_pii_key_from(),
    )


def _password_from() -> str | None:
    where = os.environ.get("DATABASE_PASSWORD_FROM")
    if not where:
        return None
    if where != IAM and not _SECRET.fullmatch(where):
        # Not quoted: somebody may have put the password itself there.
        raise MissingSetting(
            "DATABASE_PASSWORD_FROM is neither 'iam' nor the ARN of a secret in "
            "Secrets Manager: give one of them, or unset it"
        )
    return where


def _pii_key() -> str | None:
    key = os.environ.get("PII_KEY")
    if key and len(key) < SHORTEST_KEY:
        raise MissingSetting(
            f"PII_KEY has fewer than {SHORTEST_KEY} characters: make one with "
            "`openssl rand -hex 32`"
        )
    return key or None


def _pii_key_from() -> str | None:
    where = os.environ.get("PII_KEY_FROM")
    if where and not _SECRET.fullmatch(where):
        # Not quoted: somebody may have put the key itself there.
        raise MissingSetting(
            "PII_KEY_FROM is no ARN of a secret in Secrets Manager: give one, or "
            "unset it and set PII_KEY"
        )
    return where or None


def bucket() -> str:
    """The bucket that files fall into.

    Raises:
        MissingSetting: where `CATCHMENT_BUCKET` is not set.
    """
    return _named("CATCHMENT_BUCKET", "the bucket's name")


@dataclass(frozen=True)
class Issuer:
    """Who gives the tokens that the API takes.

    Attributes:
        url: as it stands in a token's `iss`.
        audience: what may stand in its `aud`, or in the `client_id` of a token of
            Cognito's; and what may stand before a scope, as `catchment/read`.
        jwks_url: where its keys are; None where its own document says it.
    """

    url: str
    audience: tuple[str, ...]
    jwks_url: str | None = None


@dataclass(frozen=True)
class Access:
    """Who may ask the API.

    Attributes:
        is_open: whether reading needs nothing; the scope `admin` always does.
        takes_keys: whether `ops.api_key` is looked into.
        issuer: of the tokens that are taken; None where none are.
    """

    is_open: bool = True
    takes_keys: bool = True
    issuer: Issuer | None = None


def access() -> Access:
    """Read `API_ACCESS`: `open`, `key`, `jwt` or `key,jwt`.

    An open API takes keys, and tokens where an issuer is named, for what is not
    open to all.

    Raises:
        MissingSetting: where it is none of these, or `jwt` and the issuer or the
            audience is not set or is no such one.
    """
    given = os.environ.get("API_ACCESS") or "open"
    words = {word.strip() for word in given.split(",")}
    if words != {"open"} and not words <= {"key", "jwt"}:
        raise MissingSetting(
            "API_ACCESS is none of open, key, jwt and key,jwt: give one of them"
        )
    if "jwt" not in words and "open" not in words:
        return Access(is_open=False)
    issuer = _issuer()
    if issuer is None and "jwt" in words:
        raise MissingSetting(
            "JWT_ISSUER is not set, and API_ACCESS takes tokens: give the issuer's URL"
        )
    return Access("open" in words, bool(words & {"open", "key"}), issuer)


def _issuer() -> Issuer | None:
    url = os.environ.get("JWT_ISSUER")
    if not url:
        return None
    given = os.environ.get("JWT_AUDIENCE", "").split(",")
    audience = tuple(text.strip() for text in given if text.strip())
    if not audience:
        # Without one, a token that the issuer gave for any other service would do.
        raise MissingSetting(
            "JWT_AUDIENCE is not set: give what stands in the `aud` of the tokens "
            "(Cognito: the ids of the clients), several with commas"
        )
    jwks_url = os.environ.get("JWT_JWKS_URL") or None
    for word, text in (("JWT_ISSUER", url), ("JWT_JWKS_URL", jwks_url)):
        if text and not is_safe(text):
            raise MissingSetting(
                f"{word} is no URL with https: keys must not be forged"
            )
    return Issuer(url, audience, jwks_url)


def is_safe(url: str) -> bool:
    """Whether nobody between can alter what is read at a URL."""
    parts = urlsplit(url)
    is_own = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_own)
    )


def loader_function() -> str:
    """The name of the loader's Lambda, which the API hands rows to.

    Raises:
        MissingSetting: where `LOADER_FUNCTION` is not set.
    """
    return _named("LOADER_FUNCTION", "the loader's name")


def _named(word: str, what: str) -> str:
    """What the environment has to say under this word."""
    text = os.environ.get(word)
    if not text:
        raise MissingSetting(f"{word} is not set: give {what}")
    return text


@dataclass(frozen=True)
class Queues:
    """The queue of events of files, and that of its dead letters, by their URLs.

    Attributes:
        loads: None where S3 calls the loader by itself.
    """

    loads: str | None
    dead_letters: str | None


def queues() -> Queues:
    """What a process is told of queues; nothing where it may ask none."""
    word = os.environ.get
    return Queues(
        word("CATCHMENT_QUEUE_URL") or None, word("CATCHMENT_DEAD_LETTERS_URL") or None
    )


def lineage_url() -> str | None:
    """Where the lineage site is; None where it is nowhere."""
    return os.environ.get("LINEAGE_URL") or None
