"""From PUT to visible: S3, queue, loader, refresh, API, all of them warm."""

import json
import logging
import os
import statistics
import time
from collections import defaultdict
from typing import Any
from unittest.mock import patch

from benchmarks import files
from benchmarks.bucket import Bucket, bucket
from benchmarks.platform import FOLDER, Platform, empty
from catchment.local import gateway, poller
from catchment.local.lambdas import Handler
from loader.stopwatch import PARTS

QUESTION = "/aggregated-data?dataset=observations_by_cell&group_by=category"
ROWS = 1000
PATIENCE = 60  # seconds
TOTAL, HANDLER, REFRESH, REST = (
    "PUT to visible",
    "in the handler",
    "refresh",
    "events, connection, log",
)
Seconds = dict[str, float]


def measure(platform: Platform, rounds: int) -> Seconds:
    """Seconds until the API counts the rows of a file, and of each part; medians."""
    empty(platform)
    body = files.observations(FOLDER, ROWS).read_bytes()
    urls = {role: platform.url(f"catchment_{role}") for role in ("loader", "api")}
    with bucket() as place, patch.dict(os.environ, DATABASE_URL=urls["loader"]):
        from loader import container
        from loader.handler import handler

        container.settings()
        try:
            with patch.dict(os.environ, DATABASE_URL=urls["api"]):
                # The first round opens connections.
                seen = [
                    _round(place, handler, f"observations/{number}.csv", body)
                    for number in range(rounds + 1)
                ][1:]
        finally:
            container.forget()
    return {
        part: round(statistics.median(took.get(part, 0) for took in seen), 4)
        for part in (TOTAL, HANDLER, *PARTS, REFRESH, REST)
        if any(part in took for took in seen)
    }


def _round(place: Bucket, handler: Handler, key: str, body: bytes) -> Seconds:
    """Seconds of one file.

    Raises:
        SystemExit: where it takes too long.
    """
    already = _visible_rows()
    listener, inside = _Listener(), []
    logger = logging.getLogger("loader")
    logger.handlers = [listener]
    logger.setLevel(logging.INFO)

    def timed(event: Any, context: Any) -> Any:
        began = time.perf_counter()
        answer = handler(event, context)
        inside.append(time.perf_counter() - began)
        return answer

    began = time.perf_counter()
    place.put(key, body)
    while _visible_rows() < already + ROWS:
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"{key} has not become visible")
        poller.deliver(poller.receive(place.queue), place.queue, timed)
    total, parts = time.perf_counter() - began, listener.seconds
    rest = sum(inside) - sum(parts.values())
    return {TOTAL: total, HANDLER: sum(inside), **parts, REST: rest}


class _Listener(logging.Handler):
    """Adds up the seconds of each part, as the loader's log tells them."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def emit(self, record: logging.LogRecord) -> None:
        took = getattr(record, "seconds", {})
        parts = took if isinstance(took, dict) else {REFRESH: took}
        for part, seconds in parts.items():
            self.seconds[part] += seconds


def _visible_rows() -> int:
    from api.handler import handler

    event = gateway.event_of("GET", QUESTION, [("Host", "localhost")], b"", "127.0.0.1")
    answer = handler(event, None)
    return sum(row["n"] for row in json.loads(answer["body"])["data"])


def table(measured: Seconds) -> list[str]:
    """As Markdown."""
    return [
        f"| a file of {ROWS:,} rows, all warm | ms |",
        "| --- | ---: |",
        *(f"| {part} | {took * 1000:.0f} |" for part, took in measured.items()),
    ]
