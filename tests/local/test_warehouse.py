"""The database: made, migrated, its roles able to log in."""

from urllib.parse import urlsplit

import psycopg

from catchment.local import warehouse
from catchment.local.server import Server
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
