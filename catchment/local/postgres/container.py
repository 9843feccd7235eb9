"""PostgreSQL with PostGIS in a Docker container, its data in a named volume."""

import hashlib
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from catchment.local.postgres import server
from catchment.local.postgres.server import Server, Unavailable
from catchment.local.process import free_port
from catchment.local.voice import Say

IMAGE = "postgis/postgis:17-3.5"


def running(state_dir: Path) -> Server | None:
    """The container of this state folder, if its server answers."""
    note = server.note_of(state_dir)
    if note.get("kind") != "container":
        return None
    found = _server(state_dir, note, started=False)
    return found if server.answers(found.url) else None


def provide(state_dir: Path, say: Say) -> Server:
    """Find the container running, or start it, made before if there is none.

    Raises:
        Unavailable: where there is no engine, or the image cannot be had.
    """
    if found := running(state_dir):
        return found
    if not shutil.which("docker") or _docker("info", check=False).returncode:
        raise Unavailable("no Docker engine answers")
    note = server.note_of(state_dir)
    if note.get("kind") == "container" and _exists(note["name"]):
        _docker("start", note["name"])
    else:
        note = _make(state_dir, say)
    started = _server(state_dir, note, started=True)
    if not server.answers(started.url, seconds=60):
        raise Unavailable(f"the container {note['name']} does not answer")
    return started


def _make(state_dir: Path, say: Say) -> dict[str, Any]:
    digest = hashlib.sha256(str(state_dir.resolve()).encode()).hexdigest()[:12]
    note: dict[str, Any] = {
        "kind": "container",
        "name": f"catchment-postgres-{digest}",
        "port": free_port(server.PREFERRED_PORT),
        "password": secrets.token_urlsafe(24),
    }
    say(f"Starting {IMAGE} with Docker; the first time it is downloaded")
    # What an earlier project in this folder left has a password nobody knows.
    _docker("rm", "--force", note["name"], check=False)
    _docker("volume", "rm", "--force", note["name"], check=False)
    # The password goes by environment: arguments are open to every user. The
    # image's own data folder is the same in all its versions up to 17.
    words = ["--name", note["name"], "--env", "POSTGRES_PASSWORD", "--shm-size", "256m"]
    words += ["--env", "POSTGRES_INITDB_ARGS=--encoding=UTF8 --locale=C.UTF-8"]
    words += ["--publish", f"127.0.0.1:{note['port']}:5432"]
    words += ["--volume", f"{note['name']}:/var/lib/postgresql/data"]
    _docker("run", "--detach", *words, IMAGE, password=note["password"])
    server.write_note(state_dir, note)
    return note


def _exists(name: str) -> bool:
    return _docker("container", "inspect", name, check=False).returncode == 0


def _server(state_dir: Path, note: dict[str, Any], started: bool) -> Server:
    return Server(
        url=server.admin_url(note["port"], note["password"]),
        kind="container",
        started=started,
        _stop=lambda: _stop(note["name"]),
        _remove=lambda: remove(state_dir),
    )


def remove(state_dir: Path) -> None:
    """Delete the container and its data."""
    note = server.note_of(state_dir)
    if note.get("kind") == "container":
        _docker("rm", "--force", note["name"])
        _docker("volume", "rm", "--force", note["name"])
        server.forget(state_dir)


def _stop(name: str) -> None:
    _docker("stop", name)


def _docker(
    *words: str, check: bool = True, password: str | None = None
) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ)
    if password is not None:
        environ["POSTGRES_PASSWORD"] = password
    answer = subprocess.run(
        ["docker", *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if check and answer.returncode:
        said = (answer.stderr or answer.stdout).strip().splitlines() or ["no reason"]
        raise Unavailable(f"docker {words[0]} failed: {said[-1]}")
    return answer
