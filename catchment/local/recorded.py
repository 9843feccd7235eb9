"""A stand-in for services that data are extracted from: what they once answered.

`examples/FEED/recorded/YEAR/*.json` are the pages of a year in the order of their
names, as the service gave them. Some of them are answered at the second try only,
for services do so; what is not recorded is not there (404).
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import urljoin, urlsplit

from catchment.contract import Feed
from catchment.extract import Extract
from loader.extract.pages import at

FOLDER = "recorded"
# Which pages are late is the same in every run.
SEED = 1
LATE_SHARE = 1 / 3


def years_of(examples: Path, feed: Feed) -> tuple[int, ...]:
    """The years of a feed that are recorded, oldest first."""
    folders = (examples / feed.name / FOLDER).glob("[0-9][0-9][0-9][0-9]")
    return tuple(sorted(int(folder.name) for folder in folders))


@contextmanager
def serving(examples: Path, feeds: Iterable[Feed]) -> Iterator[str]:
    """Answer as recorded at a free port of this machine; yields the base URL."""
    pages: dict[str, tuple[str, bytes]] = {}
    for feed in feeds:
        if feed.extract:
            for year in years_of(examples, feed):
                folder = examples / feed.name / FOLDER / str(year)
                pages |= _pages(folder, feed.extract, year)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pages(folder: Path, extract: Extract, year: int) -> dict[str, tuple[str, bytes]]:
    """The pages of a year by path and query, each with its service's origin."""
    found = {}
    url: str | None = extract.url_of(year)
    parts = urlsplit(extract.url)
    for path in sorted(folder.glob("*.json")):
        if url is None:
            break
        body = path.read_bytes()
        found[_target(url)] = (f"{parts.scheme}://{parts.netloc}", body)
        next_ = at(json.loads(body), extract.next)
        url = urljoin(url, next_) if next_ else None
    return found


def _target(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def late_pages(targets: Iterable[str]) -> set[str]:
    """The pages that are answered with 504 at the first try."""
    ordered = sorted(targets)
    count = max(1, round(len(ordered) * LATE_SHARE)) if ordered else 0
    return set(random.Random(SEED).sample(ordered, count))


def _handler(pages: Mapping[str, tuple[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    late, lock = late_pages(pages), Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path not in pages:
                self._answer(404, b'{"detail": "Not found."}')
                return
            with lock:
                is_late = self.path in late
                late.discard(self.path)
            if is_late:
                self._answer(504, b"<html>Gateway Timeout</html>")
                return
            origin, body = pages[self.path]
            here = f"http://{self.headers['Host']}"
            self._answer(200, body.replace(origin.encode(), here.encode()))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            kind = "application/json" if status != 504 else "text/html"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nobody reads the requests one by one."""

    return Handler
