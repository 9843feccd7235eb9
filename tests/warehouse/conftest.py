"""Platforms under one name, and a copy of the dbt project to change.

A test's database always has the same name here, for dbt parses the whole
project anew for another one: half the time of a short run.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conftest import ROOT, Platform, drop_database

DATABASE = f"test_warehouse_{os.getpid()}"


def copies_of(template: Platform, server_url: str) -> Iterator[Platform]:
    url = urlsplit(server_url)._replace(path=f"/{DATABASE}").geturl()
    name = urlsplit(template.admin).path[1:]
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'create database "{DATABASE}" template "{name}"')
    yield Platform(url, template.password)
    drop_database(server_url, url)


@pytest.fixture
def platform(server_url: str, built: Platform) -> Iterator[Platform]:
    """A platform of one's own, with models and catalog and no data."""
    yield from copies_of(built, server_url)


@pytest.fixture
def bare_platform(server_url: str, migrated: Platform) -> Iterator[Platform]:
    """A platform of one's own, with its schema and no models yet."""
    yield from copies_of(migrated, server_url)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The dbt project, to be changed by one test, with what dbt knows of it."""
    copy = tmp_path / "warehouse"
    leave_out = shutil.ignore_patterns("target", "logs")
    shutil.copytree(ROOT / "warehouse", copy, ignore=leave_out)
    known = Path("target", DATABASE, "partial_parse.msgpack")
    if (ROOT / "warehouse" / known).exists():
        (copy / known).parent.mkdir(parents=True)
        shutil.copy(ROOT / "warehouse" / known, copy / known)
    return copy


@pytest.fixture(scope="session", autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    shutil.rmtree(ROOT / "warehouse" / "target" / DATABASE, ignore_errors=True)
