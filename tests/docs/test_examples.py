"""Each line of the API's pages does what the page says, against the examples."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.conftest import BIN, ROOT, Platform
from tests.docs import examples
from tests.docs.examples import Example
from tests.docs.pages import Block, all_blocks
from tests.running import Running, running

PAGES = (
    "README.md",
    *("docs/quick-start.md", "docs/api.md", "docs/ogc.md", "docs/formats.md"),
    *("docs/tiles.md", "docs/access.md", "docs/extract.md", "docs/clients.md"),
)
# Lines that need what is not here: a provider of tokens.
NOT_RUN = {"docs/access.md": 2}
# What a page says in place of a value that its reader has: here a load with rejects.
PLACEHOLDERS = {"README.md": {"LOAD": "$LOAD", "FILE": "examples/hr/jobs.csv"}}
# Targets that are run all the same. CI runs `make demo`, which takes a minute.
MADE = {"make up": "catchment up"}
# Without these a line is left out; without curl and jq, all of them.
OPTIONAL = {"ogrinfo", "ogr2ogr", "psql"}


def blocks_of(page: str) -> list[Block]:
    return all_blocks(ROOT / page)


@pytest.fixture(scope="module")
def system(
    server_url: str, built: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A system that runs, as `make up` starts it, and holds the examples."""
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("curl or jq is not installed")
    root = tmp_path_factory.mktemp("docs") / "project"
    with running(server_url, built, root) as started:
        (root / ".venv").symlink_to(BIN.parent)
        yield started


@pytest.fixture
def project(system: Running) -> Path:
    return system.root


@pytest.fixture
def environ(system: Running) -> dict[str, str]:
    """That of a person who has just activated the project's environment, and who has
    seen a load with rejects in the ledger."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    with psycopg.connect(system.admin) as connection:
        row = connection.execute(
            "select max(load_id) from ops.load "
            "where rows_rejected > 0 and status = 'loaded' and key like '%.csv'"
        ).fetchone()
    words = {"PATH": path, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
    return {**words, "LOAD": str((row or [None])[0])}


def filled(page: str, one: Example) -> Example:
    """A line with values in place of the words that stand for them."""
    command = MADE.get(one.command, one.command)
    for word, value in PLACEHOLDERS.get(page, {}).items():
        command = re.sub(rf"\b{word}\b", value, command)
    return replace(one, command=command)


def can_be_run(one: Example) -> bool:
    """`make` is not: the project of a test has no Makefile."""
    return one.command in MADE or not one.command.startswith("make")


@pytest.mark.parametrize("target", MADE)
def test_a_target_is_the_command_that_is_run_for_it(target: str) -> None:
    make = ["make", "-n", "--no-print-directory", *target.split()[1:]]
    made = subprocess.check_output(make, cwd=ROOT)
    assert made.decode() == f"./bootstrap run --locked {MADE[target]}\n"


@pytest.mark.parametrize("page", PAGES)
def test_lines_of_a_page_do_what_it_says(
    page: str, project: Path, environ: dict[str, str]
) -> None:
    missing = {name for name in OPTIONAL if not shutil.which(name)}
    found = [one for block in blocks_of(page) for one in examples.of(block)]
    lines = [
        filled(page, one)
        for one in found
        if not one.programs & missing and can_be_run(one)
    ]

    outcomes = examples.run(lines, project, environ)

    assert len(outcomes) == len(lines) > 0
    for one, outcome in zip(lines, outcomes, strict=True):
        assert outcome.status == 0, (one.command, outcome)
        assert "ERROR" not in outcome.complained, (one.command, outcome)
        if one.shown:
            assert examples.is_as_shown(outcome.said, one.shown), (one, outcome.said)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_which_lines_cannot_be_run(page: str) -> None:
    """They stand in a block of `text`, and are counted here."""
    others = [one for one in blocks_of(page) if one.language not in ("sh", "console")]
    lines = [line for one in others for line in examples.PROGRAM.findall(one.text)]

    assert len(lines) == NOT_RUN.get(page, 0)
    assert all(
        one.language == "text" for one in others if examples.PROGRAM.search(one.text)
    )


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ('curl "$CATCHMENT_API_URL/aggregated-data?dataset=earthquake"', "{…}"),
        ('curl "$CATCHMENT_API_URL/health"', '{"status": "ill", …}'),
        ("catchment load nothing.csv", ""),
        ('LOAD=$(curl "$CATCHMENT_API_URL/nowhere" | jq .status)', ""),
    ],
)
def test_a_wrong_line_is_found(
    project: Path, environ: dict[str, str], command: str, shown: str
) -> None:
    lines = [Example("set -a; . ./.env; set +a"), Example(command, shown)]

    first, second = examples.run(lines, project, environ)

    assert first.status == 0
    as_shown = examples.is_as_shown(second.said, shown)
    assert second.status != 0 or not as_shown
