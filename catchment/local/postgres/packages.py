"""PostgreSQL with PostGIS from the packages of Debian and Ubuntu."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from catchment.local.postgres import binaries
from catchment.local.postgres.server import Unavailable
from catchment.local.process import tail
from catchment.local.voice import Say

# Debian's packages start a cluster `main` of their own on port 5432; this word,
# laid down before and taken away after, makes them leave that.
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/catchment.conf")


def install(log: Path, say: Say) -> Path:
    """Install the newest PostgreSQL with PostGIS; returns its programs' folder.

    Raises:
        Unavailable: where there is no apt-get, no right to use it, or it fails.
    """
    become = _become_root()
    say("Reading the package lists (apt-get update)")
    _apt(become, log, "update")
    package = _newest_package()
    say(f"Installing {package} with apt-get; a minute or two, once (log: {log})")
    dropped_in = not NO_MAIN_CLUSTER.exists()
    if dropped_in:
        _root(become, log, "mkdir", "-p", str(NO_MAIN_CLUSTER.parent))
        line = f"echo create_main_cluster = false >{NO_MAIN_CLUSTER}"
        _root(become, log, "sh", "-c", line)
    try:
        _apt(become, log, "install", "-y", "--no-install-recommends", package)
    finally:
        if dropped_in:
            _root(become, log, "rm", "-f", str(NO_MAIN_CLUSTER))
    folder = binaries.find()
    if folder is None:
        raise Unavailable(
            f"apt-get installed {package}, but its programs are not found"
        )
    return folder


def _become_root() -> list[str]:
    """What goes before a command so that root runs it."""
    if not shutil.which("apt-get"):
        raise Unavailable("there is no apt-get")
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        question = ["sudo", "-n", "true"]
        if subprocess.run(question, capture_output=True).returncode == 0:
            return ["sudo", "-n"]
    raise Unavailable("apt-get needs root, or sudo without a password")


def _newest_package() -> str:
    """The name `postgresql-<version>-postgis-3` of the highest version offered."""
    pattern = "^postgresql-[0-9]+-postgis-3$"
    question = ["apt-cache", "search", "--names-only", pattern]
    offered = subprocess.run(question, capture_output=True, text=True).stdout
    names = re.findall(r"^(postgresql-(\d+)-postgis-3) ", offered, re.MULTILINE)
    if not names:
        raise Unavailable("apt offers no postgresql-<version>-postgis-3")
    return str(max(names, key=lambda name: int(name[1]))[0])


def _apt(become: list[str], log: Path, *words: str) -> None:
    _root(become, log, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *words)


def _root(become: list[str], log: Path, *command: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            [*become, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        raise Unavailable(f"{' '.join(command)} failed: {tail(log, 2)}")
