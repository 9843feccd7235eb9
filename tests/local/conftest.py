"""A real moto server and a private PostgreSQL cluster, for this room's tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from catchment.local import postgres, process, storage, uploads, warehouse
from catchment.local.postgres import binaries
from catchment.local.postgres.server import Server
from catchment.local.storage import Names
from catchment.local.uploads import Sent
from tests.conftest import ROOT, drop_database, new_database


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment words of a moto server."""
    folder = tmp_path_factory.mktemp("moto")
    port = process.free_port(0)
    moto = process.spawn(storage.command(port), os.environ, folder / "log", folder)
    words = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "catchment",
        "AWS_SECRET_ACCESS_KEY": "catchment",
        "AWS_DEFAULT_REGION": storage.REGION,
    }
    storage.wait(words, 60)
    yield words
    process.stop(moto)


@pytest.fixture
def names(request: pytest.FixtureRequest) -> Names:
    """A bucket and queues of the test's own."""
    name = request.node.name.replace("_", "-").partition("[")[0][:40].strip("-")
    return Names(name, f"{name}-loads", f"{name}-loads-dead")


@pytest.fixture(scope="session")
def private_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A cluster of our own, whose roles may be altered."""
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    server = postgres.provide(tmp_path_factory.mktemp("cluster"), given_url="")
    yield server
    server.remove()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that is taken for a project."""
    root = tmp_path / "a project"
    (root / "warehouse").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    return root


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    folder = tmp_path / "examples"
    for name in ("quakes/a.geojson", "energy/readings/b ü.csv", "README.md", ".hidden"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


@pytest.fixture(scope="session")
def ledger(private_server: Server) -> Iterator[str]:
    """A database with the real schema."""
    url = new_database(private_server.url)
    warehouse.migrate(ROOT, url, {})
    yield url
    drop_database(private_server.url, url)


@pytest.fixture
def connection(ledger: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(ledger, autocommit=True) as connection:
        connection.execute("truncate ops.load cascade")
        yield connection


@pytest.fixture
def sent(
    aws: dict[str, str],
    names: Names,
    connection: psycopg.Connection[Any],
    examples: Path,
) -> Sent:
    s3 = storage.client("s3", aws)
    storage.prepare(s3, storage.client("sqs", aws), names)
    (upload,) = uploads.uploads_of(examples / "quakes")
    return uploads.send(s3, connection, names.bucket, upload, lambda _: None)
