"""Each module by itself, and the stack: format, and the tests beside them."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from tests.terraform.conftest import SOURCE, Terraform

MODULES = sorted(path.name for path in (SOURCE / "modules").iterdir())
FILES = sorted(SOURCE.rglob("*.tf"))


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


@pytest.mark.parametrize("module", MODULES)
def test_every_validation_is_seen_to_refuse(module: str) -> None:
    folder = SOURCE / "modules" / module
    variables = (folder / "variables.tf").read_text()
    tests = "".join(path.read_text() for path in folder.glob("tests/*.tftest.hcl"))
    blocks = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', variables, re.M | re.S)
    fewer = {
        name: (conditions, refusals)
        for name, block in blocks
        if (conditions := block.count("validation {"))
        > (refusals := len(re.findall(rf"\bvar\.{name}\b(?=[,\]])", tests)))
    }
    assert fewer == {}


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_is_about_one_thing(path: object) -> None:
    lines = len(path.read_text().splitlines())  # type: ignore[attr-defined]
    limit = 330 if path.name == "variables.tf" else 200  # type: ignore[attr-defined]
    assert lines <= limit
