"""Arrows one way: loader → catchment ← api."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What a room may import of the others.
MAY_KNOW = {
    "loader": {"catchment"},
    "api": {"catchment"},
    "catchment": set(),
    "migrations": {"catchment"},
}
# They run the handlers; everything else of the room must not know them.
RUN_HANDLERS = ("catchment/cli.py", "catchment/local/")
ROOMS = set(MAY_KNOW) | {"dbt_catchment", "benchmarks", "tests"}


def imports(path: Path) -> set[str]:
    """The rooms whose modules a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module).split(".")[0])
    return found & ROOMS


@pytest.mark.parametrize("room", MAY_KNOW)
def test_a_room_knows_only_what_the_design_lets_it(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        name = str(path.relative_to(ROOT))
        allowed = MAY_KNOW[room] | {room}
        if name.startswith(RUN_HANDLERS):
            allowed |= {"loader", "api"}
        assert imports(path) <= allowed, name


@pytest.mark.parametrize("room", ["loader", "api", "catchment"])
def test_no_dataset_is_named_in_the_rooms_of_the_lambdas(room: str) -> None:
    """A feed is a dbt source: its name in Python would be a special case."""
    feeds = ("observation", "earthquake", "usgs", "magnitude")
    for path in (ROOT / room).rglob("*.py"):
        if not str(path.relative_to(ROOT)).startswith(RUN_HANDLERS):
            text = path.read_text().casefold()
            assert not [name for name in feeds if name in text], path


# A question is read without the database; nothing stands on the routes but the
# handler.
BASE = {"links", "media", "problems"}


@pytest.mark.parametrize(
    ("part", "may_know"),
    [
        ("question", BASE | {"question"}),
        ("query", BASE | {"question", "query", "tiles"}),
    ],
)
def test_a_part_of_the_api_knows_only_those_below_it(
    part: str, may_know: set[str]
) -> None:
    files = list((ROOT / "api" / part).rglob("*.py"))
    assert files
    for path in files:
        assert parts(path) <= may_know, path


def test_only_the_handler_knows_the_routes() -> None:
    for path in (ROOT / "api").rglob("*.py"):
        if path.parent.name != "routes" and path.name != "handler.py":
            assert "routes" not in parts(path), path


def parts(path: Path) -> set[str]:
    """The parts of the API that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        first, *rest = str(node.module).split(".")
        if first == "api":
            found |= {rest[0]} if rest else {alias.name for alias in node.names}
    return found
