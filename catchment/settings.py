"""Settings of a process, from its environment and from nowhere else."""

import os
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """A setting that the process cannot do without is absent."""


@dataclass(frozen=True)
class Settings:
    """What a Lambda is told; the same words in AWS, in compose and locally.

    Attributes:
        database_url: libpq URL of this process's own role.
        incoming: the folder of the bucket that files are dropped into.
        processed: where an object goes once its load is committed.
        failed: where an object goes that could not be loaded.
    """

    database_url: str
    incoming: str = "incoming/"
    processed: str = "processed/"
    failed: str = "failed/"


def from_environment() -> Settings:
    """Read the settings.

    Raises:
        MissingSetting: where `DATABASE_URL` is not set.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise MissingSetting(
            "DATABASE_URL is not set: give the libpq URL of the database, as "
            "postgresql://catchment_loader@host:5432/catchment"
        )
    return Settings(database_url=url)
