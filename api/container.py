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
        MissingSetting: where the environment does not say how to log in.
    """
    own = settings.from_environment()
    return Database.of(own, "catchment-api", reads_contracts=False)


def catalog() -> Catalog:
    """The newest catalog.

    Raises:
        Problem: 503, where none is published or it cannot be read.
        psycopg.OperationalError: where the database cannot be reached.
    """
    try:
        return database().catalog()
    except (NoCatalog, errors.UndefinedTable) as error:
        raise problems.no_catalog() from error
    except ContractError as error:
        raise problems.unavailable(
            "The published catalog cannot be read by this version of the API: "
            "deploy both from the same revision."
        ) from error


def model_paths() -> frozenset[str]:
    """The models' own paths as last read; the database is not asked."""
    if not database.cache_info().currsize:
        return frozenset()
    known = database().known_catalog
    return frozenset(known.paths) if known else frozenset()
