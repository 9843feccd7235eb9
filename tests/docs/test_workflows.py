"""What CI, pre-commit and Dependabot run and name is there, and is pinned."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import BIN, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()


def parsed(path: Path) -> dict[str, Any]:
    """A YAML file. (PyYAML takes a workflow's key `on` for true.)"""
    found = yaml.safe_load(path.read_text())
    assert isinstance(found, dict)
    return found


CI = parsed(ROOT / ".github" / "workflows" / "ci.yml")
PRE_COMMIT = parsed(ROOT / ".pre-commit-config.yaml")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in parsed(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


def steps() -> Iterator[dict[str, Any]]:
    for _, job in jobs():
        yield from job["steps"]


def commands() -> list[str]:
    """Every line that CI or pre-commit gives to a shell."""
    lines = [line for step in steps() for line in step.get("run", "").splitlines()]
    hooks = (hook for repo in PRE_COMMIT["repos"] for hook in repo["hooks"])
    return lines + [hook["entry"] for hook in hooks if "entry" in hook]


def test_every_make_target_exists() -> None:
    said = {match for line in commands() for match in re.findall(r"\bmake (\S+)", line)}

    assert {"install", "lint", "types", "test", "package"} <= said
    assert [t for t in said if not re.search(rf"^{t}:", MAKEFILE, re.M)] == []


def test_every_program_of_the_project_exists() -> None:
    said = {
        match
        for line in commands()
        for match in re.findall(r"\./bootstrap run --locked (\S+)", line)
    }

    assert {"ruff", "sqlfluff", "pytest"} <= said
    assert [program for program in said if not (BIN / program).exists()] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_say_their_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text())

    assert used
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_tools_are_pinned() -> None:
    installed = [
        match
        for line in commands()
        for match in re.findall(r"pipx install (\S+)", line)
    ]
    assert installed
    assert [tool for tool in installed if not re.search(r"==\d+\.\d+", tool)] == []
    assert {job["runs-on"] for _, job in jobs()} == {"ubuntu-24.04"}
    revs = [repo["rev"] for repo in PRE_COMMIT["repos"] if repo["repo"] != "local"]
    assert revs
    assert [rev for rev in revs if not re.fullmatch(r"v\d+\.\d+\.\d+", rev)] == []


def test_every_module_of_terraform_is_tested() -> None:
    folders = [path.parent for path in (ROOT / "terraform").rglob("main.tf")]
    wanted = {
        str(folder.relative_to(ROOT))
        for folder in folders
        if ".terraform" not in folder.parts and "tests" not in folder.parts
    }

    assert {*CI["jobs"]["terraform"]["strategy"]["matrix"]["folder"]} == wanted


def test_the_version_of_terraform_is_one_that_the_modules_take() -> None:
    asked = (ROOT / "terraform" / "terraform.tf").read_text()
    lowest = re.search(r'required_version = ">= (\d+)\.(\d+)', asked)
    assert lowest
    major, minor, _ = map(int, CI["env"]["TERRAFORM_VERSION"].split("."))

    assert (major, minor) >= (int(lowest[1]), int(lowest[2]))


def test_a_job_ends_and_may_do_no_more_than_it_needs() -> None:
    for path in WORKFLOWS:
        assert parsed(path)["permissions"] == {"contents": "read"}
    rights = {name: job["permissions"] for name, job in jobs() if "permissions" in job}
    assert rights == {
        "ci/plan": {"contents": "read", "id-token": "write"},
        "release/release": {"actions": "read", "contents": "write"},
    }
    assert [name for name, job in jobs() if "timeout-minutes" not in job] == []
    checkouts = [
        step for step in steps() if "actions/checkout@" in step.get("uses", "")
    ]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_fork_and_no_repository_without_a_role_plans() -> None:
    condition = CI["jobs"]["plan"]["if"]

    assert "vars.AWS_PLAN_ROLE_ARN != ''" in condition
    assert "head.repo.full_name == github.repository" in condition


def test_no_run_puts_what_others_wrote_into_a_script() -> None:
    """A pull request's title or branch would be run as shell."""
    for step in steps():
        for used in re.findall(r"\$\{\{(.+?)\}\}", step.get("run", "")):
            assert used.strip().startswith("matrix."), used


def test_the_tests_run_on_the_image_that_compose_runs() -> None:
    compose = parsed(ROOT / "docker-compose.yml")["services"]["database"]["image"]

    assert CI["jobs"]["tests"]["services"]["database"]["image"] == compose


def test_dependabot_looks_where_something_is() -> None:
    updates = parsed(ROOT / ".github" / "dependabot.yml")["updates"]
    by_kind = {update["package-ecosystem"]: update for update in updates}

    assert {"uv", "github-actions", "terraform", "docker"} <= by_kind.keys()
    for update in updates:
        for folder in update.get("directories", [update.get("directory")]):
            assert list(ROOT.glob(folder.strip("/") or "*")), folder


def test_hooks_of_the_project_are_pinned_by_its_lock() -> None:
    (local,) = [repo for repo in PRE_COMMIT["repos"] if repo["repo"] == "local"]

    for hook in local["hooks"]:
        assert hook["language"] == "system"
        program = shlex.split(hook["entry"])[0]
        assert program in ("./bootstrap", "terraform"), program
