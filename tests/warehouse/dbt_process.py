"""dbt's command line without its start-up time.

Importing dbt takes longer than most of what it does here. A fork server imports
it once; each call is then a process of its own, with its own environment and
folder, as from a shell.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import ROOT, Platform

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    ["pytest", "psycopg", "dbt.cli.main", "dbt.task.build", "dbt.adapters.postgres"]
)


def dbt(
    platform: Platform, *arguments: str, project: Path = ROOT / "warehouse"
) -> subprocess.CompletedProcess[str]:
    """What `platform.dbt(…)` does, in half the time."""
    target = f"target/{urlsplit(platform.admin).path[1:]}"
    command = ["--no-use-colors", *arguments, "--target-path", target]
    with tempfile.NamedTemporaryFile("w+") as output:
        process = _SERVER.Process(
            target=_run, args=(command, project, platform.environment, output.name)
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            command, process.exitcode, Path(output.name).read_text()
        )


def succeed(platform: Platform, *arguments: str, **options: Path) -> str:
    """Run dbt, which must succeed, and return what it printed."""
    done = dbt(platform, *arguments, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


def refuse(platform: Platform, *arguments: str, **options: Path) -> str:
    """Run dbt, which must fail, and return what it said, on one line."""
    done = dbt(platform, *arguments, **options)
    assert done.returncode != 0, done.stdout
    return " ".join(done.stdout.split())


def _run(
    command: list[str], project: Path, environment: dict[str, str], output: str
) -> None:
    file = os.open(output, os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(project)
    sys.argv = ["dbt", *command]
    from dbt.cli.main import cli

    cli(command)
