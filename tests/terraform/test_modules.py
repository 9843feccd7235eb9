"""Each module by itself, and the stack: format, and the tests beside them."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.terraform.conftest import SOURCE, Terraform
from tests.terraform.tables import FOLDERS, blocks

MODULES = sorted(path.name for path in (SOURCE / "modules").iterdir())
FILES = sorted(SOURCE.rglob("*.tf"))
RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.M | re.S)
# By a workspace, which `terraform test` does not have: test_stack.py.
SEEN_IN_STACKS = {"terraform_data.protection"}


@pytest.mark.parametrize("module", [".", *(f"modules/{name}" for name in MODULES)])
def test_terraform_test_passes(terraform: Terraform, module: str) -> None:
    done = replace(terraform, folder=terraform.folder / module)("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* passed, 0 failed", done.stdout), done.stdout


@pytest.mark.skipif(not shutil.which("terraform"), reason="there is no terraform")
def test_files_are_formatted() -> None:
    done = subprocess.run(
        ["terraform", f"-chdir={SOURCE}", "fmt", "-check", "-recursive"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"run `terraform fmt -recursive`: {done.stdout}"


def refusals(folder: Path) -> Counter[str]:
    """How often the tests of a module expect a failure, by what fails: `var.name`,
    or a resource. A run counts once."""
    tests = "".join(path.read_text() for path in folder.glob("tests/*.tftest.hcl"))
    lists = re.findall(r"expect_failures = \[(.*?)\]", tests, re.S)
    return Counter(name for one in lists for name in set(re.findall(r"[\w.]+", one)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_validation_is_seen_to_refuse(folder: Path) -> None:
    """Each in a run of its own: one variable fails once, whichever of its
    validations refuses."""
    seen = refusals(folder)
    conditions = {
        f"var.{name}": count
        for name, block in blocks(folder / "variables.tf", "variable")
        if (count := block.count("validation {"))
    }
    assert {n: c for n, c in conditions.items() if seen[n] < c} == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_precondition_is_seen_to_refuse(folder: Path) -> None:
    seen = refusals(folder)
    preconditions = {
        f"{type_}.{name}"
        for path in folder.glob("*.tf")
        for type_, name, block in RESOURCE.findall(path.read_text())
        if "precondition {" in block
    }
    assert {name for name in preconditions if not seen[name]} <= SEEN_IN_STACKS


def test_every_refusal_says_a_sentence() -> None:
    """That names the variable, or a command, and ends as a sentence does."""
    told = [
        message
        for path in FILES
        for message in re.findall(r'error_message = "(.*)"', path.read_text())
    ]
    assert len(told) > 50
    assert [one for one in told if not re.search(r"\w [\w`].*\.$", one)] == []


def test_no_account_region_or_partition_is_written_down() -> None:
    fixed = re.compile(r"arn:aws:|\b\d{12}\b|[a-z]{2}-[a-z]+-\d[a-z]?\b")
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in FILES
        for line in path.read_text().splitlines()
        if fixed.search(line)
        and not re.search(r"description|error_message|default", line)
    ]
    assert found == []


def is_the_registrys(lock: str) -> bool:
    """Whether each provider has hashes that the registry has signed.

    Terraform writes `zh:` for these; what it finds on the disk, as a stand-in, has
    `h1:` alone
    (https://developer.hashicorp.com/terraform/language/files/dependency-lock).
    """
    providers = re.findall(r'^provider "[^"]+" \{\n(.*?)^\}', lock, re.M | re.S)
    return bool(providers) and all('"zh:' in one for one in providers)


LOCK = """provider "registry.terraform.io/hashicorp/aws" {{
  version = "6.28.0"
  hashes = [
    "h1:RwoFuX1yGMVaKJaUmXDKklEaQ/yUCEdt5k2kz+/g08c=",{}
  ]
}}
"""


def test_a_lock_that_is_committed_is_not_the_stand_ins() -> None:
    assert is_the_registrys(LOCK.format('\n    "zh:0cc4c8e2cd1d1b1c",'))
    assert not is_the_registrys(LOCK.format(""))
    found = SOURCE / ".terraform.lock.hcl"
    assert not found.exists() or is_the_registrys(found.read_text())


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
@pytest.mark.parametrize(
    ("path", "is_ignored"),
    [(".terraform.lock.hcl", False), ("modules/api/.terraform.lock.hcl", True)],
)
def test_the_lock_of_the_stack_can_be_committed(path: str, is_ignored: bool) -> None:
    done = subprocess.run(["git", "-C", SOURCE, "check-ignore", "-q", path])
    if done.returncode == 128:
        pytest.skip("this is no clone")
    assert (done.returncode == 0) == is_ignored


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_is_about_one_thing(path: object) -> None:
    lines = len(path.read_text().splitlines())  # type: ignore[attr-defined]
    limit = 330 if path.name == "variables.tf" else 200  # type: ignore[attr-defined]
    assert lines <= limit
