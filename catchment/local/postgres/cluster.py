"""A private PostgreSQL cluster: made once, started by need, reached over TCP."""

import locale
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from catchment.local.postgres import owner, server
from catchment.local.postgres.server import Server, Unavailable
from catchment.local.process import free_port, tail, taken
from catchment.local.voice import Say

# For a laptop: little memory at rest, room for one bulk load; fsync stays on.
SETTINGS = """
# Catchment's private cluster.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 50
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def running(state_dir: Path) -> Server | None:
    """The cluster of this state folder, if it answers."""
    note = server.note_of(state_dir)
    if note.get("kind") != "cluster" or not Path(note["data_dir"]).exists():
        return None
    found = _server(state_dir, note, started=False)
    return found if found and server.answers(found.url) else None


def provide(state_dir: Path, programs: Path, say: Say) -> Server:
    """Find the cluster running, or start it, made before if there is none.

    Raises:
        Unavailable: where it cannot be made or started; with the log's end.
    """
    if found := running(state_dir):
        return found
    note = server.note_of(state_dir)
    if note.get("kind") != "cluster" or not Path(note["data_dir"]).exists():
        note = _make(state_dir, programs, say)
    for is_last in (False, False, True):
        note["port"] = free_port(note["port"])
        server.write_note(state_dir, note)
        try:
            _start(note)
        except Unavailable:
            # Another program may have taken the port since we looked.
            if is_last or not taken(note["port"]):
                raise
        else:
            break
    started = _server(state_dir, note, started=True)
    if started is None or not server.answers(started.url, seconds=10):
        raise Unavailable(f"the cluster in {note['data_dir']} does not answer")
    return started


def _make(state_dir: Path, programs: Path, say: Say) -> dict[str, Any]:
    """Lay out a new cluster, and return what has to be remembered of it."""
    user = owner.server_user()
    home = owner.home_of(state_dir, user)
    if home.parent == owner.ROOTS_HOME:
        say(f"PostgreSQL cannot run as root: user {user} keeps the data in {home}")
    note: dict[str, Any] = {
        "kind": "cluster",
        "data_dir": str(home / "data"),
        "log": str(home / "postgres.log"),
        "programs": str(programs),
        "user": user,
        "port": server.PREFERRED_PORT,
        "password": secrets.token_urlsafe(24),
    }
    _put_aside(note, say)
    draft = home / "data.new"  # an interrupted initdb leaves no half cluster
    shutil.rmtree(draft, ignore_errors=True)
    say(f"Making a private PostgreSQL cluster in {home}")
    with tempfile.NamedTemporaryFile("w", dir=home, prefix=".password-") as file:
        file.write(note["password"])
        file.flush()
        owner.give(Path(file.name), user)
        words = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"]
        words += [f"--locale={_locale()}", f"--pwfile={file.name}", f"--pgdata={draft}"]
        _run(note, "initdb", *words)
    with (draft / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    draft.rename(note["data_dir"])
    return note


def _put_aside(note: dict[str, Any], say: Say) -> None:
    """Make room where a former clone in this place has left its cluster, whose
    password went with it."""
    data, old = Path(note["data_dir"]), Path(f"{note['data_dir']}.old")
    if not data.exists():
        return
    if (data / "postmaster.pid").exists():
        with suppress(Unavailable):
            _run(note, "pg_ctl", "-D", str(data), "-m", "fast", "-w", "-s", "stop")
    shutil.rmtree(old, ignore_errors=True)
    data.rename(old)
    say(f"A former clone in this place has left data: they are put aside in {old}")


def _start(note: dict[str, Any]) -> None:
    words = ["-D", note["data_dir"], "-l", note["log"], "-o", f"-p {note['port']}"]
    _run(note, "pg_ctl", *words, "-w", "-s", "start")


def _server(state_dir: Path, note: dict[str, Any], started: bool) -> Server | None:
    """The running postmaster, after its own pid file."""
    data_dir = Path(note["data_dir"])
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, IndexError, ValueError):
        return None

    def stop() -> None:
        if (data_dir / "postmaster.pid").exists():
            _run(note, "pg_ctl", "-D", str(data_dir), "-m", "fast", "-w", "-s", "stop")

    return Server(
        url=server.admin_url(port, note["password"]),
        kind="cluster",
        started=started,
        pid=pid,
        data_dir=data_dir,
        log=Path(note["log"]),
        _stop=stop,
        _remove=lambda: remove(state_dir),
    )


def remove(state_dir: Path) -> None:
    """Delete the data of a cluster that is stopped."""
    note = server.note_of(state_dir)
    if note.get("kind") == "cluster":
        shutil.rmtree(Path(note["data_dir"]).parent, ignore_errors=True)
        server.forget(state_dir)


def _locale() -> str:
    """C.UTF-8 where the system has it: code point order, UTF-8 letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _run(note: dict[str, Any], program: str, *words: str) -> None:
    command: Sequence[str] = [str(Path(note["programs"]) / program), *words]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    answer = subprocess.run(
        command,
        **owner.identity(note["user"]),
        cwd=Path(note["data_dir"]).parent,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        log = Path(note["log"])  # of which pg_ctl says no more than to read it
        said = tail(log, 1) if log.exists() else answer.stderr.strip()
        raise Unavailable(f"{program} failed: {' '.join(said.split())} (log: {log})")
