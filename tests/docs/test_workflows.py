"""What CI, pre-commit and Dependabot run and name is there, and is pinned."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from catchment.local import warehouse
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
    return lines + [hook["entry"] for hook in hooks()]


def hooks() -> list[dict[str, Any]]:
    """What a commit is checked by. A hook cloned from elsewhere has no place here."""
    (local,) = PRE_COMMIT["repos"]
    assert local["repo"] == "local"
    found = local["hooks"]
    assert isinstance(found, list)
    return found


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


def test_one_version_of_uv_is_installed_everywhere() -> None:
    files = [*WORKFLOWS, ROOT / "Dockerfile"]
    found = {
        path.name: set(re.findall(r"install .*\buv(\S*)$", path.read_text(), re.M))
        for path in files
    }

    assert set.union(*found.values()) == found["Dockerfile"], found
    assert re.fullmatch(r"\{'==[\d.]+'\}", str(found["Dockerfile"]))


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


def test_the_tests_are_given_the_database_that_up_takes() -> None:
    """Else alembic, whom the environment tells, looks into another one."""
    job = CI["jobs"]["tests"]

    assert urlsplit(job["env"]["DATABASE_URL"]).path == f"/{warehouse.DATABASE}"
    made = job["services"]["database"]["env"]["POSTGRES_DB"]
    assert made == warehouse.DATABASE


def test_dependabot_looks_where_something_is() -> None:
    updates = parsed(ROOT / ".github" / "dependabot.yml")["updates"]
    by_kind = {update["package-ecosystem"]: update for update in updates}

    assert {"uv", "github-actions", "terraform", "docker"} <= by_kind.keys()
    for update in updates:
        for folder in update.get("directories", [update.get("directory")]):
            assert list(ROOT.glob(folder.strip("/") or "*")), folder


def test_hooks_of_the_project_are_pinned_by_its_lock() -> None:
    assert len(hooks()) > 5
    for hook in hooks():
        assert hook["language"] == "system"
        assert hook["entry"].startswith(("./bootstrap run --locked ", "terraform "))


def test_ci_skips_no_hook_but_those_that_it_runs_by_other_names() -> None:
    (skip,) = [step["env"]["SKIP"] for step in steps() if "SKIP" in step.get("env", {})]

    # make lint runs the first three, the job of Terraform the last.
    assert skip.split(",") == ["ruff", "ruff-format", "sqlfluff", "terraform-fmt"]
    assert {*skip.split(",")} < {hook["id"] for hook in hooks()}
