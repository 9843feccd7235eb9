"""Settings of a process, from its environment and from nowhere else."""

import os
import re
from dataclasses import dataclass, field

# The value of DATABASE_PASSWORD_FROM that is no secret's ARN.
IAM = "iam"
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
    """

    database_url: str = field(repr=False)
    incoming: str = "incoming/"
    processed: str = "processed/"
    failed: str = "failed/"
    password_from: str | None = None


def from_environment() -> Settings:
    """Read the settings.

    Raises:
        MissingSetting: where `DATABASE_URL` is not set, or is no URL; where
            `DATABASE_PASSWORD_FROM` is nothing that a password comes from.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise MissingSetting(
            "DATABASE_URL is not set: give the libpq URL of the database, as "
            "postgresql://catchment_loader@host:5432/catchment"
        )
    if not url.startswith(("postgresql://", "postgres://")):
        # Not quoted: whatever it is, it may hold a password.
        raise MissingSetting("DATABASE_URL is no URL that begins with postgresql://")
    return Settings(database_url=url, password_from=_password_from())


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


def bucket() -> str:
    """The bucket that files fall into.

    Raises:
        MissingSetting: where `CATCHMENT_BUCKET` is not set.
    """
    name = os.environ.get("CATCHMENT_BUCKET")
    if not name:
        raise MissingSetting("CATCHMENT_BUCKET is not set: give the bucket's name")
    return name
