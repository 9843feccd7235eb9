"""What a container of the Lambda keeps from one invocation to the next."""

from functools import cache

from aws_lambda_powertools import Logger

from catchment import settings as settings_
from catchment.database import Database
from catchment.settings import Settings
from loader.load import Loader
from loader.storage import Storage

logger = Logger(service="loader")


@cache
def settings() -> Settings:
    return settings_.from_environment()


@cache
def database() -> Database:
    return Database.of(settings(), "catchment-loader")


@cache
def storage() -> Storage:
    return Storage()


def loader() -> Loader:
    """A loader with the catalog that holds now.

    Raises:
        NoCatalog: where none is published.
        psycopg.Error: where the database fails.
    """
    # The catalog first: its question finds a broken connection.
    catalog = database().catalog()
    return Loader(database().connection(), storage(), catalog, settings())


def forget() -> None:
    """As if the container were a new one."""
    if database.cache_info().currsize:
        database().close()
    for kept in (settings, database, storage):
        kept.cache_clear()
