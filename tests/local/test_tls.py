"""TLS to the database: nothing of ours but libpq's own words, which must hold."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from catchment.database import Database
from catchment.local.postgres import owner
from catchment.local.postgres.server import Server

OPENSSL = shutil.which("openssl")


def openssl(folder: Path, *words: str) -> None:
    assert OPENSSL is not None
    subprocess.run([OPENSSL, *words], cwd=folder, check=True, capture_output=True)


def authority(folder: Path, name: str) -> Path:
    """A certificate authority; its key lies beside it."""
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"]
    openssl(folder, *words, *files)
    return folder / f"{name}.pem"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, another one, and a server's certificate for 127.0.0.1."""
    if OPENSSL is None:
        pytest.skip("no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("certificates")
    authority(folder, "ca")
    authority(folder, "another")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    words = ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key"]
    openssl(folder, *words, "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    signed = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"]
    more = ["-CAcreateserial", "-days", "2", "-extfile", "names"]
    openssl(folder, *signed, *more, "-out", "server.crt")
    return folder


@pytest.fixture(scope="module")
def tls_server(private_server: Server, certificates: Path) -> Iterator[Server]:
    """The cluster, speaking TLS for these tests."""
    assert private_server.data_dir is not None
    for name in ("server.key", "server.crt"):
        there = private_server.data_dir / name
        shutil.copyfile(certificates / name, there)
        there.chmod(0o600)
        owner.give(there, owner.server_user())
    with psycopg.connect(private_server.url, autocommit=True) as admin:
        admin.execute("alter system set ssl = on")
        admin.execute("select pg_reload_conf()")
        yield private_server
        admin.execute("alter system reset ssl")
        admin.execute("select pg_reload_conf()")


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, certificates: Path) -> pytest.MonkeyPatch:
    """What the functions are told, see terraform/README.md."""
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(certificates / "ca.pem"))
    return monkeypatch


def test_the_connection_is_encrypted_and_the_server_verified(
    tls_server: Server, verify: pytest.MonkeyPatch
) -> None:
    database = Database(tls_server.url)

    row = (
        database.connection()
        .execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        .fetchone()
    )
    database.close()
    assert row == (True,)


def test_a_server_of_another_authority_is_refused(
    tls_server: Server, verify: pytest.MonkeyPatch, certificates: Path
) -> None:
    verify.setenv("PGSSLROOTCERT", str(certificates / "another.pem"))

    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        Database(tls_server.url).connection()


def test_a_server_of_another_name_is_refused(
    tls_server: Server, verify: pytest.MonkeyPatch
) -> None:
    url = tls_server.url.replace("127.0.0.1", "localhost")

    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        Database(url).connection()


def test_a_bundle_that_was_not_packed_is_told_by_its_path(
    tls_server: Server, verify: pytest.MonkeyPatch
) -> None:
    verify.setenv("PGSSLROOTCERT", "/var/task/no-such.pem")

    with pytest.raises(psycopg.OperationalError, match=r"/var/task/no-such\.pem"):
        Database(tls_server.url).connection()
