"""Processes that outlive the command that started them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from catchment.local.trouble import Trouble


@dataclass(frozen=True)
class Process:
    """A process and what identifies it beyond its number.

    A pid is used again by the system sooner or later: `identity`, its start
    time and command line, says whether it is still the one that was started.
    """

    pid: int
    identity: str

    @property
    def alive(self) -> bool:
        return bool(self.identity) and identity_of(self.pid) == self.identity


def identity_of(pid: int) -> str:
    """Start time and command line of a living process, else an empty text."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # a dead child of ours is no zombie for long
    folder = Path(f"/proc/{pid}")
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold anything; the 20th field after it is
            # the start time in clock ticks since boot, the first the state.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return ""
        command = b" ".join(words).decode(errors="replace").strip()
        return f"{fields[19]} {command}" if fields[0] != "Z" and command else ""
    question = ["ps", "-o", "lstart=,command=", "-p", str(pid)]
    return subprocess.run(question, capture_output=True, text=True).stdout.strip()


def spawn(
    command: Sequence[str], environ: Mapping[str, str], log: Path, cwd: Path
) -> Process:
    """Start a process of its own session; its output is appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while not (identity := identity_of(child.pid)):
        # For a moment after exec() the kernel shows no command line yet.
        if child.poll() is not None:
            break
    return Process(child.pid, identity)


def stop(process: Process, seconds: float = 15) -> bool:
    """End a process if it is still the one that was recorded.

    Returns:
        Whether there was something to end.
    """
    if not process.alive:
        return False
    os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            os.kill(process.pid, signal.SIGKILL)
            deadline = float("inf")
        time.sleep(0.02)
    return True


def free_port(preferred: int) -> int:
    """`preferred` if nothing listens there on this machine, else any free port."""
    for port in (preferred, 0):
        if port and taken(port):  # macOS lets one bind beside 0.0.0.0
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise Trouble("No port of 127.0.0.1 is free: end some programs and try again.")


def taken(port: int) -> bool:
    """Whether something listens at a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, or an empty text where there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - 20_000))
        return "\n".join(text.read().decode(errors="replace").splitlines()[-lines:])
