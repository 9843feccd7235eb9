"""The servers that are measured: ours and its rivals, each one process.

Rivals run in environments of their own (`uv run --with`), set as their own
documentation says for speed: tipg with its limits raised, pygeoapi under uvicorn.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from psycopg.conninfo import conninfo_to_dict

from benchmarks.api.pygeoapi_config import write_config
from benchmarks.platform import FOLDER, ROOT, Platform

TIPG = ("tipg==1.6.1", "uvicorn")
PYGEOAPI = (
    "pygeoapi==0.21.0",
    "psycopg2-binary",
    "geoalchemy2",
    "starlette",
    "uvicorn",
)


@dataclass(frozen=True)
class Server:
    """A server that answers at `url`; `items` are the polygons there."""

    name: str
    url: str
    items: str


@contextmanager
def ours(platform: Platform) -> Iterator[Server]:
    port = _free_port()
    catchment = str(Path(sys.executable).parent / "catchment")
    command = [catchment, "serve", "--port", str(port)]
    environment = {
        "DATABASE_URL": platform.url("catchment_api"),
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    url = f"http://127.0.0.1:{port}"
    with _running(command, environment, f"{url}/health"):
        yield Server("catchment", url, f"{url}/collections/polygons/items?")


@contextmanager
def tipg(platform: Platform) -> Iterator[Server]:
    port = _free_port()
    command = [
        *_with(TIPG),
        *("uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"),
    ]
    environment = {
        # It makes functions of its own at its start.
        "DATABASE_URL": platform.admin,
        "TIPG_DB_SCHEMAS": '["marts"]',
        "TIPG_TABLE_CONFIG__marts_polygons__pk": "id",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    url = f"http://127.0.0.1:{port}"
    with _running(command, environment, f"{url}/healthz"):
        yield Server(
            "tipg 1.6.1", url, f"{url}/collections/marts.polygons/items?f=geojson&"
        )


@contextmanager
def pygeoapi(platform: Platform) -> Iterator[Server]:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    place = conninfo_to_dict(platform.url("catchment_api"))
    environment = write_config(FOLDER, url, place)
    command = [
        *_with(PYGEOAPI),
        *("uvicorn", "pygeoapi.starlette_app:APP", "--port", str(port)),
        *("--log-level", "warning"),
    ]
    with _running(command, environment, f"{url}/conformance?f=json"):
        yield Server("pygeoapi 0.21", url, f"{url}/collections/polygons/items?f=json&")


def _with(packages: tuple[str, ...]) -> list[str]:
    return [
        *("uv", "run", "--no-project", "--quiet"),
        *(part for package in packages for part in ("--with", package)),
    ]


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], alive: str
) -> Iterator[None]:
    """A server while the block runs; its output goes to a log."""
    log = Path(FOLDER) / f"server-{alive.rsplit(':', 1)[1].partition('/')[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, alive, log)
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", alive: str, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urlopen(alive, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{alive} does not answer:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
