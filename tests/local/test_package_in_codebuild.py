"""The built package and the buildspecs, run as CodeBuild runs them: in a container
with nothing but Python, bash and what they install themselves.

Two tools stand in: `dnf` is Debian's, and `aws` has a folder as its S3 and one
password for all secrets. TLS is tested with the Lambdas' package.
"""

import platform as machine
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import yaml

from catchment.local import api_keys
from catchment.local.backup import restore as backup_restore
from catchment.local.deploy import package
from tests.conftest import ROOT, Platform, drop_database, new_database
from tests.local.lambda_service import IMAGE

pytestmark = pytest.mark.packages

BUILDSPECS = ROOT / "terraform" / "modules" / "warehouse" / "buildspecs"
NO_PROGRAMS = 75
TOOLS = {
    "dnf": f"""
        apt-get -qq update &&
            apt-get -qq install postgresql-client || exit {NO_PROGRAMS}
    """,
    "aws": """
        case "$1 $2" in
            "secretsmanager get-secret-value") echo "$PASSWORD" ;;
            "s3 cp")
                from=${@: -2:1} to=/s3/${@: -1} to=${to/s3:\\/\\//}
                mkdir -p "${to%/*}" && cp -RT "$from" "$to" ;;
            *) echo "aws $*" >&2; exit 1 ;;
        esac
    """,
}


@dataclass(frozen=True)
class CodeBuild:
    """A project's machine, new for each run; `s3` holds a folder per bucket."""

    package: Path
    tools: Path
    s3: Path

    def run(self, buildspec: str, **environ: str) -> None:
        words = [f"--env={name}={text}" for name, text in environ.items()]
        mounts = {
            self.package: "/package.zip:ro",
            self.tools: "/tools:ro",
            self.s3: "/s3",
        }
        volumes = [f"--volume={here}:{there}" for here, there in mounts.items()]
        done = subprocess.run(
            [
                *("docker", "run", "--rm", "--interactive", "--network=host"),
                *(*volumes, *words, IMAGE, "bash", "-e", "-s"),
            ],
            input=script(buildspec),
            capture_output=True,
            text=True,
        )
        if done.returncode == NO_PROGRAMS:
            pytest.skip("PostgreSQL's programs cannot be had in a container")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def script(buildspec: str) -> str:
    """The commands of a buildspec, in one shell, in the unpacked package."""
    phases = yaml.safe_load((BUILDSPECS / f"{buildspec}.yml").read_text())["phases"]
    return "\n".join(
        [
            "export PATH=/tools:$PATH DEBIAN_FRONTEND=noninteractive",
            "python -m zipfile -e /package.zip /source && cd /source",
            *phases["install"]["commands"],
            *phases["build"]["commands"],
        ]
    )


@pytest.fixture(scope="module")
def built_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("docker") is None:
        pytest.skip("no Docker engine on the machine's own network")
    if subprocess.run(
        ["docker", "image", "inspect", IMAGE], capture_output=True
    ).returncode:
        pytest.skip(f"no Docker engine that has the image {IMAGE}")
    architecture = "arm64" if machine.machine() == "aarch64" else "x86_64"
    zipped = tmp_path_factory.mktemp("dist") / "warehouse.zip"
    return package.build_warehouse(ROOT, architecture, "", zipped).path


@pytest.fixture
def codebuild(built_package: Path, tmp_path: Path) -> CodeBuild:
    tools, s3 = tmp_path / "tools", tmp_path / "s3"
    for folder in (tools, s3):
        folder.mkdir()
    for name, text in TOOLS.items():
        (tools / name).write_text(f"#!/bin/bash\n{text}")
        (tools / name).chmod(0o755)
    return CodeBuild(built_package, tools, s3)


@pytest.fixture
def empty(server_url: str, migrated: Platform) -> Iterator[Platform]:
    """A new database on a server that knows the roles, whose passwords the session
    puts back."""
    mine = Platform(new_database(server_url), migrated.password)
    yield mine
    drop_database(server_url, mine.admin)


def environ_of(platform: Platform) -> dict[str, str]:
    """As modules/warehouse sets it, but for the passwords' place."""
    names = ("HOST", "PORT", "DATABASE", "USER")
    words = {f"WAREHOUSE_{name}" for name in names}
    return {name: text for name, text in platform.environment.items() if name in words}


def test_an_empty_database_is_built_and_its_dump_restored(
    codebuild: CodeBuild, empty: Platform, server_url: str
) -> None:
    codebuild.run(
        "build",
        ARTIFACTS_BUCKET="artifacts",
        DATABASE_URL=empty.admin,
        OWNER_SECRET_ARN="owner",
        PASSWORD=empty.password,
        **environ_of(empty),
    )
    with psycopg.connect(empty.admin) as connection:
        (published,) = connection.execute(
            "select hash from ops.catalog"
        ).fetchone() or ("",)
    assert published
    lineage = codebuild.s3 / "artifacts" / "lineage" / "index.html"
    assert "stg_load" in lineage.read_text()

    codebuild.run(
        "dump", DATABASE_URL=empty.owner, DUMPS_BUCKET="dumps", POSTGRES_VERSION="17"
    )
    (folder,) = (codebuild.s3 / "dumps" / "dumps").iterdir()
    restored = new_database(server_url)
    try:
        manifest = backup_restore.restore(ROOT, folder, restored)
    finally:
        drop_database(server_url, restored)
    assert manifest is not None
    assert manifest.catalog_hash == published
    assert manifest.versions["catchment"] == "0.1.0"
    filled = {table.name for table in manifest.tables if table.rows}
    assert {"seeds.us_states", "ops.catalog"} <= filled


def test_a_key_is_entered_and_revoked_where_its_database_is(
    codebuild: CodeBuild, migrated: Platform
) -> None:
    key, statement = api_keys.create_elsewhere(api_keys.Wish("Anna's map", ["read"]))
    environ = environ_of(migrated) | {
        "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": migrated.password
    }

    def state() -> str | None:
        rows = {row["id"]: row["state"] for row in api_keys.known(migrated.owner)}
        return rows.get(key.id)

    try:
        codebuild.run("keys", STATEMENT=statement, **environ)
        assert state() == "valid"
        codebuild.run("keys", REVOKE=key.id, **environ)
        assert state() == "revoked"
    finally:
        with psycopg.connect(migrated.owner) as connection:
            connection.execute("delete from ops.api_key where id = %s", (key.id,))
