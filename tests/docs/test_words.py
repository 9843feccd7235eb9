"""The glossary has words that are used, and pages quote models as they are."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.pages import blocks

DOCS = ROOT / "docs"
WORDS = re.findall(r"^\| \*\*(.+?)\*\* \|", (DOCS / "glossary.md").read_text(), re.M)
ROOMS = ("api", "catchment", "loader", "migrations", "terraform", "warehouse")
QUOTED = re.findall(r"`(warehouse/models/\S+\.sql)`", (DOCS / "models.md").read_text())


def code() -> str:
    """All that the project's rooms say, without their READMEs."""
    listed = subprocess.check_output(["git", "ls-files", *ROOMS], cwd=ROOT, text=True)
    paths = [ROOT / name for name in listed.splitlines()]
    texts = (".py", ".sql", ".yml", ".tf", ".js")
    return "\n".join(p.read_text() for p in paths if p.suffix in texts).casefold()


def test_every_word_of_the_glossary_stands_in_the_code() -> None:
    said = code()
    assert len(WORDS) > 30
    assert [w for w in WORDS if not re.search(rf"\b{w}s?\b|_{w}|{w}_", said)] == []


def test_every_word_stands_in_the_glossary_once() -> None:
    assert sorted(set(WORDS)) == sorted(WORDS)


@pytest.mark.parametrize("number", range(len(QUOTED)))
def test_a_model_that_a_page_quotes_begins_as_the_page_says(number: int) -> None:
    shown = blocks(DOCS / "models.md", "sql")
    assert len(shown) == len(QUOTED)
    assert (ROOT / QUOTED[number]).read_text().startswith(shown[number])


def test_every_page_stands_in_the_table_of_contents() -> None:
    listed = set(re.findall(r"\]\((\w[\w-]*\.md)\)", (DOCS / "README.md").read_text()))
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert pages - listed == set()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_a_page_begins_with_what_it_is_good_for(page: Path) -> None:
    """A title, and a sentence: neither a heading nor a table nor code."""
    title, _, first, *_ = page.read_text().splitlines()
    assert title.startswith("# ")
    assert re.match(r"[A-Z`\[]", first), first
