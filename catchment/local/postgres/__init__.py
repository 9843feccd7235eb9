"""A PostgreSQL server with PostGIS for this machine, by the nearest way.

`DATABASE_URL`; else local programs and a private cluster; else Docker; else
Debian's packages and then a private cluster; else one sentence.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from catchment.local import queries
from catchment.local.postgres import binaries, cluster, container, packages, server
from catchment.local.postgres.server import Server, Unavailable
from catchment.local.trouble import Trouble
from catchment.local.voice import Say, silent

__all__ = ["Server", "find", "provide"]


def provide(
    state_dir: Path, *, given_url: str | None = None, say: Say = silent
) -> Server:
    """A running server: found, or started, or made, or even installed.

    Args:
        state_dir: where a private server is remembered; its data lie here too
            unless root's server cannot reach it.
        given_url: a server that a person named; `DATABASE_URL` by default, and
            an empty text for none.
        say: is told what is being done.

    Raises:
        Trouble: where no way is open, or the given server will not do.
    """
    if given_url is None:
        given_url = os.environ.get("DATABASE_URL")
    if given_url:
        return _given(given_url)
    state_dir.mkdir(parents=True, exist_ok=True)
    if found := find(state_dir):
        return found
    reasons = []
    for way in _ways(state_dir):
        try:
            return way(state_dir, say)
        except Unavailable as reason:
            reasons.append(str(reason))
            if server.note_of(state_dir):
                # Another, empty server in its place would look like lost data.
                raise Trouble(
                    f"The private PostgreSQL server does not start: {reason}. Mend "
                    "that, or give up its data with `catchment down --delete-data`."
                ) from reason
    raise Trouble(
        "No PostgreSQL with PostGIS can be had here: set DATABASE_URL to one, or "
        "install it (Debian: apt-get install postgresql postgis; macOS: brew install "
        f"postgresql@17 postgis), or start Docker. Tried: {'; '.join(reasons)}."
    )


def _ways(state_dir: Path) -> Sequence[Callable[[Path, Say], Server]]:
    """The ways to a server, nearest first; the one taken before has no others."""
    if server.note_of(state_dir).get("kind") == "container":
        return (_from_docker,)
    return (_from_local_programs, _from_docker, _from_packages)


def find(state_dir: Path) -> Server | None:
    """Our own server of this state folder, if it is running."""
    return cluster.running(state_dir) or container.running(state_dir)


def remove(state_dir: Path) -> None:
    """Stop our own server of this state folder and delete its data."""
    if running := find(state_dir):
        running.remove()
    else:
        cluster.remove(state_dir)
        container.remove(state_dir)


def _given(url: str) -> Server:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            offered = connection.execute(queries.POSTGIS_OFFERED).fetchone()
    except psycopg.Error as error:
        raise Trouble(
            "DATABASE_URL names a server that does not let us in: "
            f"{str(error).strip()}. Mend DATABASE_URL, or unset it for a private one."
        ) from error
    if not offered:
        raise Trouble(
            "The server that DATABASE_URL names has no PostGIS: install it there, or "
            "unset DATABASE_URL for a private server."
        )
    return Server(url=url, kind="given")


def _from_local_programs(state_dir: Path, say: Say) -> Server:
    folder = binaries.find()
    if folder is None:
        raise Unavailable("no local PostgreSQL with PostGIS")
    return cluster.provide(state_dir, folder, say)


def _from_docker(state_dir: Path, say: Say) -> Server:
    return container.provide(state_dir, say)


def _from_packages(state_dir: Path, say: Say) -> Server:
    folder = packages.install(state_dir / "logs" / "apt.log", say)
    return cluster.provide(state_dir, folder, say)
