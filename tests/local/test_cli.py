"""The command: help everywhere, one sentence where something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catchment.cli import main
from catchment.local import process

COMMANDS = sorted(main.commands)
EVENTS = Path(__file__).parents[2] / "events"


def run(
    *words: str, cwd: Path, environ: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "catchment.cli", *words],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **(environ or {})},
        input=stdin,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    with pytest.raises(SystemExit) as end:
        main([command, "--help"], prog_name="catchment")

    said = capsys.readouterr().out
    assert end.value.code == 0
    assert said.startswith(f"Usage: catchment {command}")
    assert len(said.split("\n\n")[1].split()) > 5  # a sentence that says what it does
    options = main.commands[command].params
    assert all(getattr(option, "help", "given") for option in options)


def test_help_is_there_at_once(project: Path) -> None:
    """Nothing of weight is imported before a command is known."""
    question = "import sys, catchment.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True
    ).stdout.split()

    heavy = {"boto3", "botocore", "psycopg", "rich", "alembic", "moto", "dbt", "api"}
    assert not heavy & set(loaded)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["migrate"], "DATABASE_URL is not set"),
        (["loads"], "DATABASE_URL is not set"),
        (["rejects", "1"], "DATABASE_URL is not set"),
        (["poll"], "DATABASE_URL is not set"),
        (["serve"], "DATABASE_URL is not set"),
        (["load", "."], "DATABASE_URL is not set"),
        (["load", "absent.csv"], "does not exist"),
        (["invoke", "api", "pyproject.toml"], "holds no JSON"),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(
    words: list[str], said: str, project: Path
) -> None:
    (project / "a.csv").write_text("x")

    done = run(*words, cwd=project)

    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["loads"], ["rejects", "1"], ["up"]])
def test_a_database_that_is_away_is_told_in_a_sentence(
    command: list[str], project: Path
) -> None:
    url = f"postgresql://u:secret@127.0.0.1:{process.free_port(0)}/catchment"

    done = run(*command, cwd=project, environ={"DATABASE_URL": url})

    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_poll_and_serve_refuse_an_administrators_url(project: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://postgres:x@127.0.0.1/catchment"}

    done = run("poll", cwd=project, environ=environ)

    assert done.returncode == 1
    assert "CATCHMENT_LOADER_PASSWORD" in done.stderr


FAKE_HANDLER = """
import os

def handler(event, context):
    print("a line of the log")
    url = os.environ["DATABASE_URL"]
    return {"url": url, "event": event, "ü": context.function_name}
"""


def test_invoke_calls_the_handler_under_its_role(project: Path) -> None:
    (project / "loader").mkdir()
    (project / "loader" / "__init__.py").touch()
    (project / "loader" / "handler.py").write_text(FAKE_HANDLER)
    (project / ".env").write_text(
        "DATABASE_URL=postgresql://postgres:x@db/catchment\n"
        "CATCHMENT_LOADER_PASSWORD=secret\n"
    )
    event = EVENTS / "s3-put.json"

    done = run("invoke", "loader", str(event), cwd=project)

    answer = json.loads(done.stdout)
    assert "a line of the log" in done.stderr
    assert answer == {
        "url": "postgresql://catchment_loader:secret@db/catchment",
        "event": json.loads(event.read_text()),
        "ü": "catchment-loader",
    }


def test_status_of_nothing_is_stopped(project: Path) -> None:
    done = run("status", cwd=project)

    assert done.returncode == 1
    assert done.stdout.count("stopped") == 4


def test_what_outlives_the_data_is_named(project: Path) -> None:
    (project / ".env").write_text("API_ACCESS=key\n")

    done = run("down", "--delete-data", cwd=project)

    assert "Kept: .env, which sets API_ACCESS, and .catchment" in done.stdout


def test_down_of_nothing_says_so(project: Path) -> None:
    done = run("down", cwd=project)

    assert done.returncode == 0
    assert "none of it was running" in done.stdout


def test_storage_setup_works_from_the_environment_alone(
    project: Path, aws: dict[str, str]
) -> None:
    environ = {**aws, "CATCHMENT_BUCKET": "from-environment"}

    done = run("storage-setup", cwd=project, environ=environ)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("s3://from-environment/incoming/ notifies http")
