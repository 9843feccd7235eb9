"""Role URLs, and passwords that no server's log ever sees."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from catchment import roles
from catchment.local.postgres.server import Server

ADMIN = "postgresql://postgres:dev@db.example:5433/catchment?sslmode=require"


@pytest.mark.parametrize(
    "url",
    [
        ADMIN,
        "host=db.example port=5433 dbname=catchment user=postgres sslmode=require",
    ],
)
def test_role_url_keeps_the_place_and_changes_the_login(url: str) -> None:
    password = "p@ss/wörd :?#%"

    words = conninfo_to_dict(roles.role_url(url, roles.LOADER, password))

    assert words == {
        "host": "db.example",
        "port": "5433",
        "dbname": "catchment",
        "user": "catchment_loader",
        "password": password,
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///catchment?host=/var/run/postgresql",
        "postgresql://u@/catchment?host=a,b&port=1,2",
        "postgresql://u@[::1]:5432/catchment",
        "postgresql://u@db/a%20database",
    ],
)
def test_url_with_means_to_libpq_what_the_url_meant(url: str) -> None:
    assert conninfo_to_dict(roles.url_with(url)) == conninfo_to_dict(url)


def test_a_word_that_is_none_is_left_out() -> None:
    assert "dev" not in roles.url_with(ADMIN, password=None)


def test_own_url_is_taken_as_it_is_where_it_names_the_role() -> None:
    url = "postgresql://catchment_api:x@db/catchment"

    assert roles.own_url(roles.API, {"DATABASE_URL": url}) == url


def test_own_url_is_derived_from_the_admins_and_a_password() -> None:
    environ = {"DATABASE_URL": ADMIN, "CATCHMENT_API_PASSWORD": "secret"}

    url = roles.own_url(roles.API, environ)

    assert url.startswith("postgresql://catchment_api:secret@db.example:5433/")


@pytest.mark.parametrize("environ", [{}, {"DATABASE_URL": ADMIN}])
def test_no_process_runs_as_administrator(environ: dict[str, str]) -> None:
    with pytest.raises(roles.WrongRole, match=r"DATABASE_URL|CATCHMENT_API_PASSWORD"):
        roles.own_url(roles.API, environ)


def test_no_password_reaches_the_servers_log(private_server: Server) -> None:
    passwords = {role: f"Geheim-{role}-7731" for role in roles.ROLES}
    with psycopg.connect(private_server.url, autocommit=True) as connection:
        present = connection.execute("select rolname from pg_roles").fetchall()
        for role in {*roles.ROLES} - {name for (name,) in present}:
            connection.execute(f"create role {role} login")
        connection.execute("set log_statement = 'all'")
        roles.set_passwords(connection, passwords)

    assert private_server.log is not None
    log = private_server.log.read_text()
    assert 'alter role "catchment_owner" password' in log  # it does log statements
    assert "Geheim" not in log
    for role, password in passwords.items():
        url = roles.role_url(private_server.url, role, password)
        psycopg.connect(url).close()
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(roles.role_url(url, role, "another"))


def test_only_our_roles_are_given_passwords(private_server: Server) -> None:
    with (
        psycopg.connect(private_server.url) as connection,
        pytest.raises(KeyError, match="postgres"),
    ):
        roles.set_passwords(connection, {"postgres": "x"})
