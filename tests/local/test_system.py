"""The whole system, up and down, around handlers that only tell what they see."""

import json
import shutil
import socketserver
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from catchment.local import (
    plans,
    postgres,
    services,
    state,
    storage,
    system,
    tables,
    web,
)
from catchment.local.postgres import binaries
from catchment.local.system import System
from catchment.local.trouble import Trouble
from tests.conftest import ROOT

LOADER = """
import json, os, urllib.parse
import psycopg

def handler(event, context):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for record in event["Records"]:
            for s3 in json.loads(record["body"]).get("Records", []):
                s3 = s3["s3"]
                key = urllib.parse.unquote_plus(s3["object"]["key"])
                etag = s3["object"]["eTag"]
                connection.execute(
                    "insert into ops.load (bucket, key, version, etag, status, reason,"
                    " refreshed_at) values (%s, %s, %s, %s, 'loaded', current_user,"
                    " now())", [s3["bucket"]["name"], key, etag, etag])
    return {"batchItemFailures": []}
"""
API = """
import json, os
import psycopg

def handler(event, context):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("select current_user").fetchone()
    return {"statusCode": 200, "body": json.dumps({"role": row[0], **dict(os.environ)})}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with the real migrations, a space in its path, fake handlers."""
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    root = tmp_path_factory.mktemp("system") / "the project"
    (root / "warehouse").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    shutil.copy(ROOT / "alembic.ini", root)
    shutil.copytree(ROOT / "migrations", root / "migrations")
    for name, text in (("loader", LOADER), ("api", API)):
        (root / name).mkdir()
        (root / name / "__init__.py").touch()
        (root / name / "handler.py").write_text(text)
    (root / "data").mkdir()
    (root / "data" / "a b.csv").write_text("x\n")
    yield root
    system.down(root, delete_data=True)


@pytest.fixture(scope="module", autouse=True)
def no_given_server() -> Iterator[None]:
    """Else every `up` takes it, and gives its roles passwords of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def running(root: Path) -> System:
    return system.up(root, build=False)


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_a_first_up_starts_everything(running: System) -> None:
    assert sorted(running.started) == ["api", "poller", "postgres", "storage"]
    assert all(part.running for part in system.status(running.root))


def test_a_second_up_finds_everything(
    running: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `.env` loaded, as the command does it."""
    for word, text in running.words.items():
        monkeypatch.setenv(word, text)
    before = state.services(running.root)

    again = system.up(running.root, build=False)

    assert again.started == ()
    assert again.words == running.words
    assert state.services(running.root) == before


def test_env_leads_to_the_database_and_the_bucket(running: System) -> None:
    words = state.read_env(running.root / ".env")

    assert words == running.words
    with psycopg.connect(words["DATABASE_URL"]) as connection:
        assert connection.info.dbname == "catchment"
    owner = {
        "host": words["WAREHOUSE_HOST"],
        "port": words["WAREHOUSE_PORT"],
        "dbname": words["WAREHOUSE_DATABASE"],
        "user": words["WAREHOUSE_USER"],
        "password": words["DBT_ENV_SECRET_WAREHOUSE_PASSWORD"],
    }
    psycopg.connect(**owner).close()  # type: ignore[arg-type]
    s3 = storage.client("s3", words)
    assert s3.list_objects_v2(Bucket=words["CATCHMENT_BUCKET"])


def test_the_api_has_its_role_and_no_other_password(
    running: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the command that starts it has loaded all of `.env`."""
    for word, text in running.words.items():
        monkeypatch.setenv(word, text)
    services.stop(running.root, "api")
    again = system.up(running.root, build=False)

    seen = get(again.words["CATCHMENT_API_URL"])

    assert seen.pop("role") == "catchment_api"
    others = [
        text
        for word, text in running.words.items()
        if word.endswith("_PASSWORD") and "API" not in word
    ]
    others.append(running.words["DATABASE_URL"])
    environment = " ".join(seen.values())
    assert not [text for text in others if text in environment]


def test_who_may_ask_is_told_to_the_api_and_stays_out_of_env(
    running: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word that changes starts the API anew; nothing else is told of it."""
    monkeypatch.setenv("API_ACCESS", "key")
    closed = system.up(running.root, build=False)
    seen = get(closed.words["CATCHMENT_API_URL"])
    opened = system.up(running.root, build=False, access={})

    assert (closed.started, opened.started) == (("api",), ("api",))
    assert seen["API_ACCESS"] == "key"
    assert "API_ACCESS" not in get(opened.words["CATCHMENT_API_URL"])
    assert "API_ACCESS" not in closed.words


def test_what_is_printed_leads_to_pages_and_tells_of_a_port_that_was_taken(
    running: System,
) -> None:
    def shown(url: str) -> str:
        console = Console(file=StringIO(), width=160)
        words = {**running.words, "CATCHMENT_API_URL": url}
        console.print(tables.places(replace(running, words=words)))
        return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]

    assert "http://127.0.0.1:8123/docs" in shown("http://127.0.0.1:8123")
    assert "port 8000 was taken" in shown("http://127.0.0.1:8123")
    assert "was taken" not in shown("http://127.0.0.1:8000")


def test_a_file_is_followed_from_the_command_to_the_ledger(running: System) -> None:
    command = [sys.executable, "-m", "catchment.cli", "load", "data", "--prefix", "x"]
    first = subprocess.run(command, cwd=running.root, capture_output=True, text=True)
    shown = subprocess.run(
        [sys.executable, "-m", "catchment.cli", "loads"],
        cwd=running.root,
        capture_output=True,
        text=True,
    )

    assert first.returncode == 0, first.stderr
    assert "x/a b.csv: loaded" in first.stdout
    assert "incoming/x/a b.csv" in shown.stdout
    assert "catchment_loader" in shown.stdout  # the role that the loader saw


def test_a_service_that_died_is_started_again(running: System) -> None:
    died = state.services(running.root)["poller"]
    services.stop(running.root, "poller")

    again = system.up(running.root, build=False)

    # The API is told where the loader is, which moves where its port was taken.
    moved = again.words[plans.LOADER_WORD] != running.words[plans.LOADER_WORD]
    assert again.started == (("poller", "api") if moved else ("poller",))
    assert state.services(running.root)["poller"].process != died.process


def test_another_program_on_our_port_is_not_taken_for_ours(
    root: Path, running: System
) -> None:
    """It may take the port between our look at it and our start."""
    with socketserver.TCPServer(("127.0.0.1", 0), None) as other:  # type: ignore[arg-type]
        port = str(other.server_address[1])
        command = (sys.executable, "-m", "catchment.cli", "serve", "--port", port)
        words = {"DATABASE_URL": "postgresql://catchment_api@127.0.0.1/none"}
        services.start(root, services.Plan("other", command, "", words))

        with pytest.raises(Trouble, match="name another port"):
            services.wait(root, "other", web.READY)

    services.stop(root, "other")


def test_a_port_that_was_taken_meanwhile_is_changed_for_another(
    running: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.stop(running.root, "api")
    with socketserver.TCPServer(("127.0.0.1", 0), None) as other:  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{other.server_address[1]}"
        with monkeypatch.context() as patch:
            patch.setattr(services, "url_of", partial(_url, url))
            again = system.up(running.root, build=False)

    assert again.words["CATCHMENT_API_URL"] != url
    assert get(again.words["CATCHMENT_API_URL"])["role"] == "catchment_api"
    assert state.read_env(running.root / ".env") == again.words


def _url(taken: str, root: Path, name: str, _: int) -> str:
    """What was free when it was looked at, and is not any more."""
    return taken if name == "api" else state.services(root)[name].url


def test_down_ends_all_and_data_stay(root: Path, running: System) -> None:
    processes = [service.process for service in state.services(root).values()]

    stopped = system.down(root)

    assert sorted(stopped) == ["api", "poller", "postgres", "storage"]
    assert not any(process.alive for process in processes)
    assert postgres.find(state.folder_of(root)) is None
    assert system.down(root) == ()
    server = postgres.provide(state.folder_of(root), given_url="")
    with psycopg.connect(running.words["DATABASE_URL"]) as connection:
        row = connection.execute("select count(*) > 0 from ops.load").fetchone()
    server.stop()
    assert row == (True,)
