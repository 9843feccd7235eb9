"""The line of a YAML file in which a mistake stands, for people to jump to."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from catchment.mistakes import ContractError, Mistake

_Node = yaml.Node | None


def report(error: ContractError, project: Path) -> str:
    """All mistakes, a line each: `file:line: feed x, column y: what is wrong`."""
    lines = [f"{len(error.mistakes)} mistake(s) in contracts:"]
    for mistake in error.mistakes:
        line = line_of(mistake, project)
        place = f"{mistake.file}:{line}" if line else mistake.file
        lines.append(f"  {place}: {mistake}" if place else f"  {mistake}")
    return "\n".join(lines)


def line_of(mistake: Mistake, project: Path) -> int | None:
    """The 1-based line of a mistake, or None where its file does not say."""
    path = project / mistake.file if mistake.file else None
    if path is None or path.suffix not in (".yml", ".yaml") or not path.is_file():
        return None
    tree = yaml.compose(path.read_text(), Loader=yaml.SafeLoader)
    place = _table(tree, mistake.name)
    if place and mistake.column:
        place = _named(_value(place, "columns"), mistake.column) or place
    if place and mistake.word:
        place = next(_keys(place, mistake.word), place)
    return place.start_mark.line + 1 if place else None


def _table(tree: _Node, name: str) -> _Node:
    """The mapping of a source table or model of this name."""
    for source in _items(_value(tree, "sources")):
        if table := _named(_value(source, "tables"), name):
            return table
    return _named(_value(tree, "models"), name)


def _items(node: _Node) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _value(node: _Node, key: str) -> _Node:
    pairs: list[tuple[yaml.Node, yaml.Node]] = (
        node.value if isinstance(node, yaml.MappingNode) else []
    )
    return next((value for name, value in pairs if name.value == key), None)


def _named(node: _Node, name: str) -> _Node:
    for item in _items(node):
        said = _value(item, "name")
        if said is not None and said.value == name:
            return item
    return None


def _keys(node: _Node, word: str) -> Iterator[yaml.Node]:
    """Every key of this name below a node, nearest first."""
    if isinstance(node, yaml.MappingNode):
        yield from (key for key, _ in node.value if key.value == word)
        for key, value in node.value:
            if key.value != "columns":
                yield from _keys(value, word)
