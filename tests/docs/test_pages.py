"""The documentation says what is so: links, types, dependencies."""

import re
from pathlib import Path

import pytest

from catchment.types import KNOWN
from tests.conftest import ROOT
from tests.docs.pages import PAGES

CONTRACT = (ROOT / "docs" / "contract.md").read_text()


def test_no_page_waits_for_its_content() -> None:
    assert [page.name for page in PAGES if "<!--" in page.read_text()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)", page.read_text()):
        name, _, heading = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not heading or heading in anchors(path), target


def anchors(page: Path) -> set[str]:
    """The headings of a page, as GitHub names them in an address."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    return {
        re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.M)
    }


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
