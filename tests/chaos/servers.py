"""A PostgreSQL that may be stopped at any moment, and a wire that may be cut."""

import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from catchment.local import postgres
from catchment.local.postgres import owner, server
from catchment.local.postgres.server import Server
from catchment.local.process import free_port


@dataclass
class Postgres:
    """A private cluster of its own."""

    state_dir: Path
    server: Server

    @classmethod
    def start(cls, state_dir: Path) -> "Postgres":
        found = postgres.provide(state_dir, given_url="")
        with psycopg.connect(found.url, autocommit=True) as db:
            # What was written to the kernel outlives every process of the server;
            # only the machine itself must not stop.
            db.execute("alter system set fsync = off")
            db.execute("select pg_reload_conf()")
        return cls(state_dir, found)

    @property
    def may_crash(self) -> bool:
        """Whether it is a process of this machine, and not a container."""
        return self.server.kind == "cluster"

    def crash(self) -> None:
        """Stop it: what is not committed is lost."""
        note = server.note_of(self.state_dir)
        subprocess.run(
            [
                str(Path(note["programs"]) / "pg_ctl"),
                *("-D", note["data_dir"], "-m", "immediate", "-w", "-s", "stop"),
            ],
            **owner.identity(note["user"]),
            cwd="/",
            check=True,
        )

    def restart(self) -> None:
        """Start it after a crash; it recovers from its log."""
        url = self.server.url
        self.server = postgres.provide(self.state_dir, given_url="")
        assert self.server.url == url, "it came up at another port"


class Proxy:
    """A wire to a server on loopback; `cut` breaks all that goes over it."""

    def __init__(self, port: int):
        self.to = port
        self.port = free_port(port + 1000)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()

    def cut(self) -> None:
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self.cut()
        self._listener.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(1 << 16):
            sink.sendall(block)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
