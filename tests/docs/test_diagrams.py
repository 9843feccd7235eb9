"""The arrows between modules in docs/design.md are the imports of the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.pages import blocks

DIAGRAMS = [
    text
    for text in blocks(ROOT / "docs" / "design.md", "mermaid")
    if "%% arrows are imports" in text
]
_NODE = re.compile(r'(\w+)\["?([\w., ]+?)"?\]')
_ARROW = re.compile(r"^\s*(.+?) --> (.+?)\s*$", re.MULTILINE)


def nodes(diagram: str) -> dict[str, list[str]]:
    """The modules that each node stands for, which its label lists."""
    return {name: label.split(", ") for name, label in _NODE.findall(diagram)}


def arrows(diagram: str) -> set[tuple[str, str]]:
    """Pairs of nodes; `a & b --> c & d` are four."""
    return {
        (start, end)
        for starts, ends in _ARROW.findall(_NODE.sub(r"\1", diagram))
        for start in starts.split(" & ")
        for end in ends.split(" & ")
    }


def node_of(module: str, known: dict[str, list[str]]) -> str | None:
    """The node with the longest label that a module is or lies in."""
    fits = [
        (len(label), name)
        for name, labels in known.items()
        for label in labels
        if f"{module}.".startswith(f"{label}.")
    ]
    return max(fits)[1] if fits else None


def imported(path: Path) -> Iterator[str]:
    """What a file imports anywhere in it, by full names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(known: dict[str, list[str]]) -> set[tuple[str, str]]:
    """The arrows that the code has between these nodes."""
    rooms = {label.split(".")[0] for labels in known.values() for label in labels}
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    files += [path for room in rooms if (path := ROOT / f"{room}.py").exists()]
    found = set()
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        start = node_of(".".join(parts).removesuffix(".__init__"), known)
        found |= {(start, node_of(module, known)) for module in imported(path)}
    return {(a, b) for a, b in found if a and b and a != b}


def test_the_design_shows_the_rooms_and_the_insides_of_both_lambdas() -> None:
    assert len(DIAGRAMS) == 3


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_every_arrow_is_an_import_and_every_import_an_arrow(diagram: str) -> None:
    known = nodes(diagram)

    assert len(known) > 5
    assert arrows(diagram) == imports(known)


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_every_node_is_a_module(diagram: str) -> None:
    for labels in nodes(diagram).values():
        for label in labels:
            path = ROOT / label.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").is_file(), label


def test_an_arrow_of_several_nodes_is_read_as_each_of_them() -> None:
    drawn = '  a["x.cli, x.local"] --> b & c\n  b --> c\n'
    assert nodes(drawn) == {"a": ["x.cli", "x.local"]}
    assert arrows(drawn) == {("a", "b"), ("a", "c"), ("b", "c")}
