"""The questions of the demo: `examples/demo.toml`, so that the code names no feed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catchment.local.trouble import Trouble


@dataclass(frozen=True)
class Question:
    """A path of the API and its parameters.

    Attributes:
        most: show the rows with the highest values of this measure; else the
            first ones, in the order of the answer.
    """

    title: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    most: str | None = None


def read(path: Path) -> tuple[Question, ...]:
    """The questions of a file.

    Raises:
        Trouble: where it is missing or cannot be read.
    """
    try:
        entries = tomllib.loads(path.read_text())["question"]
        return tuple(_question(entry) for entry in entries)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from error


def _question(entry: Mapping[str, Any]) -> Question:
    pairs = [
        (name, str(value))
        for name, given in entry.get("parameters", {}).items()
        for value in (given if isinstance(given, list) else [given])
    ]
    return Question(entry["title"], entry["path"], tuple(pairs), entry.get("most"))
