"""docs/runbook.md: its questions can be asked, its alarms and commands exist."""

import re

import psycopg
import pytest
from click.testing import CliRunner

from catchment.cli import main
from tests.conftest import ROOT, Platform
from tests.docs.pages import blocks

PAGE = ROOT / "docs" / "runbook.md"
TEXT = PAGE.read_text()
OBSERVABILITY = ROOT / "terraform" / "modules" / "observability"
STATEMENTS = [
    statement.strip()
    for block in blocks(PAGE, "sql")
    for statement in block.split(";")
    if statement.strip()
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_its_questions_can_be_asked(built: Platform, statement: str) -> None:
    with psycopg.connect(built.owner) as connection:
        assert connection.execute(statement).description


def test_its_commands_take_the_words_that_it_says() -> None:
    for words in (["backup", "--to"], ["restore", "--into"]):
        shown = CliRunner().invoke(main, [words[0], "--help"]).output
        assert words[1] in shown
    for line in re.findall(r"^catchment (\S+)", TEXT, re.MULTILINE):
        assert line in main.commands


def test_every_alarm_that_it_names_exists() -> None:
    known = "".join(path.read_text() for path in OBSERVABILITY.glob("*.tf"))
    table = TEXT.partition("| alarm | go to |")[2].partition("\n\n")[0]
    first_cells = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    named = {name for cell in first_cells for name in re.findall(r"`(\S+?)`", cell)}

    assert len(named) > 8
    for name in named:
        # As they are written there: ${part}-errors, ${identifier}-storage, api-5xx.
        kind = name.split("-", 1)[1] if name[0] == "…" else name
        last = name.rsplit("-", 1)[-1]
        assert kind in known or f"}}-{last}" in known, name
