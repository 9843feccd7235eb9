"""Every command of every page is run by a test, or at least known to its program."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs import examples, parsed
from tests.docs.pages import PAGES, all_blocks
from tests.docs.parsed import NotParsed
from tests.docs.test_examples import PAGES as RUN

# Pages whose commands tests run, each as its page says, and by which.
RUN_BY = {
    **dict.fromkeys(RUN, "test_examples.py"),
    "docs/add-a-feed.md": "test_add_a_feed.py",
}


def commands(page: Path) -> list[str]:
    return [one.command for block in all_blocks(page) for one in examples.of(block)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# `make` is in no page's run: the system of the tests has no Makefile.
READ = [
    (name_of(page), command)
    for page in PAGES
    for command in dict.fromkeys(commands(page))
    if name_of(page) not in RUN_BY or command.startswith("make")
]


@pytest.mark.parametrize(("page", "command"), READ)
def test_a_command_that_is_not_run_is_one(page: str, command: str) -> None:
    parsed.check(command)


def test_pages_that_are_run_exist_and_have_commands() -> None:
    for page, test in RUN_BY.items():
        assert commands(ROOT / page), page
        assert (ROOT / "tests" / "docs" / test).exists(), test


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("make deplyo", "deplyo"),
        ("catchment lods", "no lods"),
        ("catchment loads --wtach", "wtach"),
        ("catchment replay x", "not a valid integer"),
        ("aws rds restore-db-instance", "has no restore-db-instance"),
        ("aws sqs receive-message --queue URL", "queue"),
        ("terraform -chdir=terraform output -raw url", "no output url"),
        ('curl "$(terraform -chdir=terraform output -raw url)/health"', "output url"),
        ("python -m benchmarks.copiez", "no benchmarks/copiez"),
        ("ech 1", "nobody looks at ech"),
        ("echo 'open", "matching"),
    ],
)
def test_a_wrong_command_is_found(command: str, said: str) -> None:
    with pytest.raises(NotParsed) as error:
        parsed.check(command)
    assert said in str(error.value)
