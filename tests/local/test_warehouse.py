"""The database: made, migrated, its roles able to log in."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from catchment.local import warehouse
from catchment.local.postgres.server import Server
from tests.conftest import ROOT


def test_migrating_gives_the_roles_their_passwords(
    private_server: Server, ledger: str
) -> None:
    warehouse.migrate(ROOT, ledger, {"catchment_loader": "a-password"})

    place = urlsplit(ledger)
    url = place._replace(
        netloc=f"catchment_loader:a-password@{place.hostname}:{place.port}"
    ).geturl()
    with psycopg.connect(url) as connection:
        row = connection.execute("select current_user").fetchone()
    assert row == ("catchment_loader",)


def test_our_database_is_made_beside_the_maintenance_one(
    private_server: Server,
) -> None:
    url = warehouse.ensure_database(private_server.url)

    assert urlsplit(url).path == "/catchment"
    assert warehouse.ensure_database(private_server.url) == url
    psycopg.connect(url).close()


def test_a_database_of_a_persons_own_is_taken(ledger: str) -> None:
    assert warehouse.ensure_database(ledger) == ledger


@pytest.fixture
def rds(private_server: Server, ledger: str) -> Iterator[psycopg.Connection[Any]]:
    """An administrator on a server that knows the role of RDS."""
    with psycopg.connect(private_server.url, autocommit=True) as admin:
        admin.execute("create role rds_iam")
        yield admin
        admin.execute("drop role rds_iam")


def members(admin: psycopg.Connection[Any]) -> set[str]:
    """Who logs in by IAM."""
    rows = admin.execute(
        "select member::regrole::text from pg_auth_members "
        "where roleid = 'rds_iam'::regrole"
    )
    return {name for (name,) in rows}


def test_on_rds_the_lambdas_without_a_password_log_in_by_iam(
    rds: psycopg.Connection[Any], ledger: str
) -> None:
    warehouse.migrate(ROOT, ledger, {"catchment_owner": "x"})
    assert members(rds) == {"catchment_loader", "catchment_api"}

    warehouse.migrate(ROOT, ledger, {"catchment_loader": "x"})
    assert members(rds) == {"catchment_api"}, "RDS would refuse the loader's password"

    warehouse.migrate(ROOT, ledger, {})
    assert members(rds) == {"catchment_loader", "catchment_api"}


def test_the_owner_is_let_in_by_password_alone(
    rds: psycopg.Connection[Any], ledger: str
) -> None:
    warehouse.migrate(ROOT, ledger, {})
    assert "catchment_owner" not in members(rds)

    rds.execute("grant rds_iam to catchment_owner")
    warehouse.migrate(ROOT, ledger, {"catchment_owner": "x"})
    assert "catchment_owner" not in members(rds)
