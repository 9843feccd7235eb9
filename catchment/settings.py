"""Settings of a process, from its environment and from nowhere else."""

import os
from dataclasses import dataclass, field


class MissingSetting(RuntimeError):
    """A setting that the process cannot do without is absent."""


@dataclass(frozen=True)
class Settings:
    """What a process works with, the same in AWS, in compose and locally.

    Attributes:
        database_url: libpq URL of this process's own role.
        incoming: the folder of the bucket that files are dropped into.
        processed: where an object goes once its load is committed.
        failed: where an object goes that could not be loaded.
    """

    database_url: str = field(repr=False)
    incoming: str = "incoming/"
    processed: str = "processed/"
    failed: str = "failed/"


def from_environment() -> Settings:
    """Read the settings.

    Raises:
        MissingSetting: where `DATABASE_URL` is not set, or is no URL.
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
    return Settings(database_url=url)


def bucket() -> str:
    """The bucket that files fall into.

    Raises:
        MissingSetting: where `CATCHMENT_BUCKET` is not set.
    """
    name = os.environ.get("CATCHMENT_BUCKET")
    if not name:
        raise MissingSetting("CATCHMENT_BUCKET is not set: give the bucket's name")
    return name
