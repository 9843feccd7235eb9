"""The pages of the documentation, and the blocks of code in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: its language and its text."""

    language: str
    text: str


def all_blocks(page: Path) -> list[Block]:
    """The blocks, in their order."""
    return [Block(*match) for match in _BLOCK.findall(page.read_text())]


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of one language, in their order."""
    return [block.text for block in all_blocks(page) if block.language == language]
