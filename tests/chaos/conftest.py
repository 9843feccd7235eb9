"""A platform on a PostgreSQL of its own, which the tests may stop and start.

It is built once a session, of the shipped project as far as it stands above the
aggregates of one feed; each test begins with it empty.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import feeds, report
from tests.chaos.servers import Postgres
from tests.chaos.world import World
from tests.conftest import Platform
from tests.loader.conftest import aws  # noqa: F401 (a fixture)

HERE = Path(__file__).parent
MODELS = ["+observations_by_cell", "+observations_by_state", "+states"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder, and what takes seconds of it only in a whole run."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("chaos")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    running = Postgres.start(tmp_path_factory.mktemp("chaos"))
    yield running
    running.server.remove()


@pytest.fixture(scope="session")
def server_url(server: Postgres) -> str:
    """In place of the server that other tests share."""
    return server.server.url


@pytest.fixture(scope="session")
def built(migrated: Platform) -> Platform:
    """The schema, the models that the tests need, and feeds of theirs."""
    no_tests = ["--exclude-resource-type", "test", "unit_test"]
    done = migrated.dbt("build", *no_tests, "--select", *MODELS)
    assert done.returncode == 0, done.stdout
    feeds.publish(migrated)
    return migrated


@pytest.fixture(scope="session")
def _world(
    server: Postgres,
    built: Platform,
    aws: dict[str, str],  # noqa: F811
) -> Iterator[World]:
    with World.open(server, built, aws) as world:
        yield world


@pytest.fixture
def world(_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The platform without data, and a bucket of one's own that keeps versions.

    Loads are large from far fewer rows than 50,000.
    """
    monkeypatch.setattr("loader.partitions.ROWS", report.LARGE_FROM)
    _world.empty()
    return _world


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of what was tried, where anything was."""
    for line in report.lines():
        terminalreporter.write_line(line)
    report.keep()
