"""`.catchment/` and `.env`: for their owner only, and nobody's words are lost."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from catchment import roles
from catchment.local import state
from catchment.local.process import Process
from catchment.local.state import Service


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_reads_what_is_kept(project: Path) -> None:
    os.umask(os.umask(0o022))  # whatever the umask is, files are made closed
    state.passwords(project, {})
    state.record(project, "api", Service(Process(1, "x"), "http://x"))
    state.write_env(project, {"A": "b"})

    folder = project / ".catchment"
    assert mode(folder) == 0o700
    assert mode(folder / "passwords.json") == 0o600
    assert mode(folder / "state.json") == 0o600
    assert mode(project / ".env") == 0o600


def test_an_open_env_is_closed_when_passwords_go_into_it(project: Path) -> None:
    (project / ".env").write_text("MINE=1\n")
    (project / ".env").chmod(0o644)

    state.write_env(project, {"A": "b"})

    assert mode(project / ".env") == 0o600


def test_services_are_kept_and_forgotten(project: Path) -> None:
    service = Service(Process(42, "12 moto"), "http://127.0.0.1:5055", "abc")
    state.record(project, "storage", service)
    state.record(project, "api", Service(Process(43, "13 api"), "http://x"))

    state.record(project, "api", None)

    assert state.services(project) == {"storage": service}


def test_passwords_are_made_once_and_differ(project: Path) -> None:
    first = state.passwords(project, {})

    assert set(first) == set(roles.ROLES)
    assert len(set(first.values())) == len(roles.ROLES)
    assert state.passwords(project, {}) == first


def test_a_password_of_the_environment_counts(project: Path) -> None:
    state.passwords(project, {})

    current = state.passwords(project, {"CATCHMENT_API_PASSWORD": "mine"})

    assert current[roles.API] == "mine"
    assert state.passwords(project, {}) == current


def test_env_keeps_a_persons_own_lines(project: Path) -> None:
    env = project / ".env"
    env.write_text("# my notes\nMINE=1\nDATABASE_URL=old\nexport OTHER='two words'\n")

    state.write_env(project, {"DATABASE_URL": "new"})
    state.write_env(project, {"DATABASE_URL": "newer"})

    assert state.read_env(env) == {
        "MINE": "1",
        "OTHER": "two words",
        "DATABASE_URL": "newer",
    }
    assert env.read_text().count("# my notes") == 1
    assert env.read_text().count("Written by") == 1


@pytest.mark.parametrize(
    "text",
    ["a b", "it's", "$HOME", "x#y", 'say "hi"', "postgresql://u:p%40@h/d?a=b&c=d"],
)
def test_dotenv_and_shell_read_the_same(project: Path, text: str) -> None:
    state.write_env(project, {"WORD": text})

    command = 'set -a; . ./.env; printf %s "$WORD"'
    shell = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True)
    assert state.read_env(project / ".env")["WORD"] == text
    assert shell.stdout.decode() == text


def test_dotenv_reads_every_text(project: Path) -> None:
    text = """it's "5 $HOME" \\ `x`"""

    state.write_env(project, {"WORD": text})

    assert state.read_env(project / ".env")["WORD"] == text


def test_env_does_not_override(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state.write_env(project, {"CATCHMENT_TEST_A": "file", "CATCHMENT_TEST_B": "file"})
    monkeypatch.setenv("CATCHMENT_TEST_A", "shell")
    monkeypatch.setenv("CATCHMENT_TEST_B", "")
    monkeypatch.delenv("CATCHMENT_TEST_B")

    state.load_env(project)

    assert os.environ["CATCHMENT_TEST_A"] == "shell"
    assert os.environ["CATCHMENT_TEST_B"] == "file"


def test_the_url_that_we_wrote_is_not_taken_for_a_wish(project: Path) -> None:
    ours = {"DATABASE_URL": "postgresql://ours", state.SERVER_WORD: "cluster"}
    state.write_env(project, ours)

    assert state.given_database(project, ours) is None
    assert state.given_database(project, {}) is None
    other = {"DATABASE_URL": "postgresql://mine"}
    assert state.given_database(project, other) == "postgresql://mine"


def test_a_url_that_a_person_wrote_into_env_is_one(project: Path) -> None:
    (project / ".env").write_text("DATABASE_URL=postgresql://mine\n")
    environ = {"DATABASE_URL": "postgresql://mine"}
    assert state.given_database(project, environ) == "postgresql://mine"

    state.write_env(project, {**environ, state.SERVER_WORD: "given"})

    assert state.given_database(project, environ) == "postgresql://mine"


def test_the_project_is_found_from_within(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "warehouse")

    assert state.project_root() == project
