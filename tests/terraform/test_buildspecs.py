"""The buildspecs' own commands, with the tools that they call made visible.

Each tool is a script that notes how it was called. What it does to a database,
tests/local/test_package_in_codebuild.py shows.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from tests.terraform.conftest import SOURCE

BUILDSPECS = SOURCE / "modules" / "warehouse" / "buildspecs"
TOOLS = ("aws", "dbt", "openssl", "pg_restore", "python")
SCRIPT = """#!/bin/bash
echo "{tool} $*" >>"$NOTES"
[[ {tool} != dbt ]] || env >"$NOTES.env"
{said}
"""
NO_VALUE = "An error occurred (ResourceNotFoundException) when calling GetSecretValue"
DENIED = "An error occurred (AccessDeniedException) when calling GetSecretValue"


def commands(name: str) -> str:
    document = yaml.safe_load((BUILDSPECS / f"{name}.yml").read_text())
    return "\n".join(document["phases"]["build"]["commands"])


@dataclass
class Builder:
    """A folder with tools; `says` are the lines that a tool's script begins with."""

    folder: Path
    says: dict[str, str] = field(default_factory=dict)

    def run(self, name: str, **environ: str) -> subprocess.CompletedProcess[str]:
        tools = self.folder / "tools"
        tools.mkdir()
        (self.folder / "warehouse").mkdir()
        for tool in TOOLS:
            said = self.says.get(tool, "")
            (tools / tool).write_text(SCRIPT.format(tool=tool, said=said))
            (tools / tool).chmod(0o755)
        path = f"{tools}:/usr/bin:/bin"
        # The buildspec puts its own environment first; here the tools are that.
        script = commands(name).replace("/tmp/venv/bin", str(tools))
        script = script.replace("/tmp/backups", str(self.folder / "backups"))
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env={"PATH": path, "NOTES": str(self.folder / "notes"), **environ},
            capture_output=True,
            text=True,
        )

    @property
    def called(self) -> list[str]:
        notes = self.folder / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    @property
    def environ(self) -> dict[str, str]:
        """What dbt saw."""
        lines = (self.folder / "notes.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


BUILD = {
    "ARTIFACTS_BUCKET": "artifacts",
    "OWNER_SECRET_ARN": "owner-arn",
    "PGPASSWORD": "of-the-administrator",
}
HAS_VALUE = '[[ $2 != get-secret-value ]] || echo "password-of-$4"'
FAILS = '[[ $2 != get-secret-value ]] || {{ echo "{0}" >&2; exit 254; }}'


def test_a_build_migrates_before_it_builds(builder: Builder) -> None:
    builder.says["aws"] = HAS_VALUE
    done = builder.run("build", **BUILD)
    assert done.returncode == 0, done.stderr
    assert [line.split(" --")[0] for line in builder.called] == [
        "aws secretsmanager get-secret-value",
        "python -m catchment.cli migrate",
        "dbt build",
        "python -m catchment.cli docs",
        "aws s3 cp",
    ]


def test_dbt_has_the_owners_password_and_no_other(builder: Builder) -> None:
    builder.says["aws"] = HAS_VALUE
    builder.run("build", **BUILD)
    owners = "password-of-owner-arn"
    assert builder.environ["DBT_ENV_SECRET_WAREHOUSE_PASSWORD"] == owners
    assert "PGPASSWORD" not in builder.environ
    assert builder.environ["PGSSLROOTCERT"] == str(builder.folder / "rds-ca.pem")


def test_a_secret_without_a_value_gets_one(builder: Builder) -> None:
    builder.says["aws"] = FAILS.format(NO_VALUE)
    builder.says["openssl"] = "echo made-up"
    done = builder.run("build", **BUILD)
    assert done.returncode == 0, done.stderr
    (written,) = [line for line in builder.called if "put-secret-value" in line]
    assert written.endswith("--secret-id owner-arn --secret-string made-up")
    assert builder.environ["DBT_ENV_SECRET_WAREHOUSE_PASSWORD"] == "made-up"


def test_a_secret_that_may_not_be_read_stops_and_is_not_overwritten(
    builder: Builder,
) -> None:
    builder.says["aws"] = FAILS.format(DENIED)
    done = builder.run("build", **BUILD)
    assert done.returncode != 0
    assert "AccessDeniedException" in done.stderr
    assert len(builder.called) == 1


def test_roles_without_iam_get_their_passwords_too(builder: Builder) -> None:
    builder.says["aws"] = HAS_VALUE
    arns = {"LOADER_SECRET_ARN": "loader-arn", "API_SECRET_ARN": "api-arn"}
    builder.run("build", **BUILD, **arns)
    words = ("CATCHMENT_LOADER_PASSWORD", "CATCHMENT_API_PASSWORD")
    found = [builder.environ[word] for word in words]
    assert found == ["password-of-loader-arn", "password-of-api-arn"]


@pytest.mark.parametrize("tool", ["python", "dbt"])
def test_what_fails_ends_the_build(builder: Builder, tool: str) -> None:
    builder.says = {"aws": HAS_VALUE, tool: "exit 1"}
    done = builder.run("build", **BUILD)
    assert done.returncode != 0
    assert builder.called[-1].startswith(tool)


def test_a_check_fails_as_the_command_does(builder: Builder) -> None:
    builder.says["python"] = "exit 1"
    assert builder.run("check").returncode == 1
    assert builder.called == ["python -m catchment.cli check"]


KEYS = {
    "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": "of-the-owner",
    "WAREHOUSE_DATABASE": "catchment",
    "WAREHOUSE_HOST": "db",
    "WAREHOUSE_PORT": "5432",
    "WAREHOUSE_USER": "catchment_owner",
}


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ({}, []),
        ({"STATEMENT": "insert …"}, ["python -c"]),
        ({"REVOKE": "k3v9x2ab"}, ["python -m catchment.cli keys revoke k3v9x2ab"]),
    ],
)
def test_keys_are_entered_or_revoked_by_the_owner_and_listed(
    builder: Builder, words: dict[str, str], before: list[str]
) -> None:
    builder.says["python"] = 'env >"$NOTES.env"'
    done = builder.run("keys", **KEYS, **words)
    assert done.returncode == 0, done.stderr
    called = [line.split(" import")[0] for line in builder.called]
    assert called == [*before, "python -m catchment.cli keys list"]
    url = "postgresql://catchment_owner@db:5432/catchment"
    assert builder.environ["DATABASE_URL"] == url
    assert builder.environ["PGPASSWORD"] == "of-the-owner"


DUMP = {"DATABASE_URL": "postgresql://owner@db/catchment", "DUMPS_BUCKET": "dumps"}
MAKES_FOLDER = 'mkdir -p "$5/20261120T030012Z"'


def test_a_dump_is_a_backup_read_before_it_is_kept_and_its_manifest_comes_last(
    builder: Builder,
) -> None:
    builder.says["python"] = MAKES_FOLDER
    done = builder.run("dump", **DUMP)
    assert done.returncode == 0, done.stderr
    backups = builder.folder / "backups"
    made = backups / "20261120T030012Z"
    there = "s3://dumps/dumps/20261120T030012Z"
    copy = "aws s3 cp --checksum-algorithm SHA256"
    assert builder.called == [
        f"python -m catchment.cli backup --to {backups}",
        f"pg_restore --list {made}/database.dump",
        f"{copy} {made}/database.dump {there}/database.dump",
        f"{copy} {made}/manifest.json {there}/manifest.json",
    ]


@pytest.mark.parametrize("tool", ["python", "pg_restore"])
def test_a_broken_dump_is_not_kept(builder: Builder, tool: str) -> None:
    builder.says = {"python": MAKES_FOLDER, tool: "exit 1"}
    assert builder.run("dump", **DUMP).returncode != 0
    assert not any(line.startswith("aws") for line in builder.called)
