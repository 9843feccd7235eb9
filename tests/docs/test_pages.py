"""The documentation says what is so: links, words, commands, arrows."""

import re
import subprocess
from pathlib import Path

import pytest

from catchment.types import KNOWN
from tests.conftest import BIN, ROOT
from tests.docs.pages import PAGES, blocks

CONTRACT = (ROOT / "docs" / "contract.md").read_text()


def test_no_page_waits_for_its_content() -> None:
    assert [page.name for page in PAGES if "<!--" in page.read_text()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_type_of_the_code_stands_in_the_reference() -> None:
    known = [name.split(" with")[0] for name in KNOWN if "geometry" not in name]
    assert [name for name in known if f"`{name}" not in CONTRACT] == []


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    listed = set(
        re.findall(r'^    "([\w-]+)(?:\[[\w,]+\])?(?:[><=]|",$)', project, re.M)
    )
    page = (ROOT / "docs" / "dependencies.md").read_text().casefold()
    assert len(listed) > 15
    assert [
        name for name in listed - {"catchment"} if name.casefold() not in page
    ] == []


def test_make_targets_of_the_pages_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    said = {
        target
        for page in PAGES
        for block in blocks(page, "sh")
        for target in re.findall(r"^make ([\w-]+)", block, re.MULTILINE)
    }
    assert {"demo", "test"} <= said
    assert [name for name in said if not re.search(rf"^{name}:", makefile, re.M)] == []


def test_subcommands_of_the_pages_exist() -> None:
    shown = subprocess.check_output([str(BIN / "catchment"), "--help"], text=True)
    said = {
        name
        for page in PAGES
        for block in blocks(page, "sh")
        for name in re.findall(r"^catchment (\w+)", block, re.MULTILINE)
    }
    assert said
    assert [name for name in said if not re.search(rf"^  {name}\b", shown, re.M)] == []
