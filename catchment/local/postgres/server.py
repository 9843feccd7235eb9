"""A PostgreSQL server with PostGIS, wherever it came from."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from catchment import roles
from catchment.local.state import write_private
from catchment.local.trouble import Trouble

PREFERRED_PORT = 54320


class Unavailable(Trouble):
    """This way of having a server is not open here; the text says why."""


def _nothing() -> None:
    """A server that is not ours is neither stopped nor removed."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: libpq URL of an administrator on the server's default database.
        kind: `given` (DATABASE_URL), `cluster` (a private one) or `container`.
        started: whether this call started it, or found it running.
        pid: of the postmaster, where it is a process of this machine's.
        data_dir: where a private cluster's data lie.
        log: where a private cluster writes what happens.
    """

    url: str = field(repr=False)  # holds a password
    kind: str
    started: bool = False
    pid: int | None = None
    data_dir: Path | None = None
    log: Path | None = None
    _stop: Callable[[], None] = field(default=_nothing, repr=False)
    _remove: Callable[[], None] = field(default=_nothing, repr=False)

    def stop(self) -> None:
        """Stop the server if it is ours; its data stay."""
        self._stop()

    def remove(self) -> None:
        """Stop the server if it is ours and delete its data."""
        self._stop()
        self._remove()


def admin_url(port: int, password: str) -> str:
    """The superuser's URL of a server that we set up ourselves."""
    return roles.url_with(
        "",
        user="postgres",
        password=password,
        host="127.0.0.1",
        port=str(port),
        dbname="postgres",
    )


def answers(url: str, seconds: float = 0) -> bool:
    """Whether a login succeeds, now or within some seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.2)
        else:
            return True


def note_of(state_dir: Path) -> dict[str, Any]:
    """What we wrote down of our server, or nothing where there is none."""
    path = state_dir / "postgres.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def write_note(state_dir: Path, note: dict[str, Any]) -> None:
    """Keep the server's place and its superuser's password (mode 0600)."""
    write_private(state_dir / "postgres.json", json.dumps(note, indent=2) + "\n")


def forget(state_dir: Path) -> None:
    (state_dir / "postgres.json").unlink(missing_ok=True)
