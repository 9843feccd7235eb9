"""What a Lambda container keeps between its invocations."""

from functools import cache

from psycopg import errors

from api import problems
from catchment import settings
from catchment.catalog import Catalog
from catchment.database import Database, NoCatalog
from catchment.mistakes import ContractError


@cache
def database() -> Database:
    """This container's database; it connects at its first use.

    Raises:
        MissingSetting: where `DATABASE_URL` is not set.
    """
    url = settings.from_environment().database_url
    return Database(url, application_name="catchment-api")


def catalog() -> Catalog:
    """The newest catalog.

    Raises:
        Problem: 503, where none is published or it cannot be read.
        psycopg.OperationalError: where the database cannot be reached.
    """
    try:
        return database().catalog()
    except (NoCatalog, errors.UndefinedTable) as error:
        raise problems.unavailable(
            "No catalog is published in this database: run `alembic upgrade head`, "
            "then `dbt build` in warehouse/."
        ) from error
    except ContractError as error:
        raise problems.unavailable(
            "The published catalog cannot be read by this version of the API: "
            "deploy both from the same revision."
        ) from error
