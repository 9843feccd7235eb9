"""Databases for tests: always a real PostgreSQL with PostGIS, never a mock."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server to create databases on: `DATABASE_URL`, local binaries, Docker."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from catchment.local import postgres

    server = postgres.provide(tmp_path_factory.mktemp("postgres"))
    yield server.url
    server.stop()


def new_database(server_url: str, template: str = "template1") -> str:
    """Create a database and return its URL."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def drop_database(server_url: str, url: str) -> None:
    name = urlsplit(url).path[1:]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def empty_database(server_url: str) -> Iterator[str]:
    """The admin's URL of a new database with PostGIS and nothing else."""
    url = new_database(server_url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension postgis")
    yield url
    drop_database(server_url, url)
