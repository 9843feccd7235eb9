"""Terraform, run against a stand-in for the AWS provider.

`TERRAFORM_STANDIN` names the command that takes terraform's arguments. Where it
is not set these tests are skipped: CI with a network runs `terraform test` with
the real provider.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.terraform.stacks import STACKS

WORD = "TERRAFORM_STANDIN"
SOURCE = ROOT / "terraform"


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder of a copy of terraform/."""

    command: str
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, f"-chdir={self.folder}", *arguments, "-no-color"],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
        )

    def apply(self, *variables: str) -> None:
        done = self("apply", "-auto-approve", "-input=false", *variables)
        assert done.returncode == 0, done.stderr

    def state(self) -> list[str]:
        """The addresses of what the state holds, without what is only read."""
        listed = self("state", "list").stdout.splitlines()
        return [address for address in listed if "data" not in address.split(".")]


@dataclass(frozen=True)
class Stack:
    """A stack that is applied.

    Attributes:
        name: as in stacks.py.
        resources: what `terraform show -json` says of all resources, of every
            module: address, type, values.
    """

    name: str
    terraform: Terraform
    resources: tuple[dict[str, Any], ...]

    def of_type(self, *types: str) -> list[dict[str, Any]]:
        return [one for one in self.resources if one["type"] in types]


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (r for r in module.get("resources", []) if r["mode"] == "managed")
    for child in module.get("child_modules", []):
        yield from _resources(child)


@pytest.fixture(scope="session")
def standin() -> str:
    """The command; its first run builds what it needs, in about a minute."""
    command = os.environ.get(WORD)
    if not command or not shutil.which(command):
        pytest.skip(f"{WORD} names no command that runs terraform offline")
    if not shutil.which("terraform"):
        pytest.skip("there is no terraform on this machine")
    return command


@pytest.fixture
def terraform(standin: str, tmp_path: Path) -> Terraform:
    """A copy of terraform/ with packages beside it, and no state."""
    return copy_to(tmp_path, standin)


@pytest.fixture(scope="session", params=STACKS)
def stack(
    request: pytest.FixtureRequest,
    standin: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Stack:
    """Each stack of stacks.py, applied. Read only."""
    terraform = copy_to(tmp_path_factory.mktemp(request.param), standin)
    (terraform.folder / "terraform.tfvars").write_text(STACKS[request.param])
    terraform.apply()
    shown = json.loads(terraform("show", "-json").stdout)
    return Stack(
        request.param, terraform, tuple(_resources(shown["values"]["root_module"]))
    )


def copy_to(folder: Path, command: str) -> Terraform:
    copy = folder / "terraform"
    leftovers = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    shutil.copytree(SOURCE, copy, ignore=leftovers)
    (folder / "dist").mkdir()
    for name in ("lambda", "warehouse"):
        (folder / "dist" / f"{name}.zip").write_bytes(b"not looked into")
    return Terraform(command, copy)
