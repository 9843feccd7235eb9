"""The handler beside the bare SQL that it asks, in one process, by turns."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.platform import Platform
from catchment.local import gateway

POLYGONS = "/collections/polygons/items"
GROUPS = "/aggregated-data?dataset=cells"
# What is asked, and how often.
QUESTIONS = {
    "10,000 polygons": (f"{POLYGONS}?limit=10000", 15),
    "10,000 polygons, gzip": (f"{POLYGONS}?limit=10000&gzip", 15),
    "100 polygons": (f"{POLYGONS}?limit=100", 300),
    "5 M rows: one day by category": (
        f"{GROUPS}&group_by=category&datetime=2025-03-01",
        100,
    ),
    "5 M rows: one cell by day": (f"{GROUPS}&group_by=day&cell=c77", 100),
    "5 M rows: a box of cells by cell": (
        f"{GROUPS}&group_by=cell&bbox=0,0,20,10&f=geojson",
        40,
    ),
    "5 M rows: one day by cell": (
        f"{GROUPS}&group_by=cell&datetime=2025-03-01&limit=1000",
        40,
    ),
    "5 M rows: all by category": (f"{GROUPS}&group_by=category", 5),
}


@dataclass(frozen=True)
class Row:
    """Milliseconds of the handler; of the bare SQL, where there is one of it."""

    what: str
    p50: float
    p95: float
    p99: float
    sql_p50: float | None = None
    sql_p99: float | None = None

    @property
    def ratio(self) -> float | None:
        return round(self.p50 / self.sql_p50, 2) if self.sql_p50 else None


def measure(platform: Platform, scale: float = 1.0) -> list[Row]:
    """Every question, its handler and its SQL by turns."""
    os.environ["DATABASE_URL"] = platform.url("catchment_api")
    os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
    return [
        _beside_sql(what, question, max(3, int(times * scale)))
        for what, (question, times) in QUESTIONS.items()
    ] + [
        _not_modified(int(300 * scale) + 3),
        _tile("z0", "0/0/0", scale),
        _tile("z3", "3/3/4", scale),
    ]


def _beside_sql(what: str, question: str, times: int) -> Row:
    encoding = "gzip" if question.endswith("&gzip") else "identity"
    event = _event(question.removesuffix("&gzip"), encoding)
    ours, bare = by_turns(lambda: _answer(event), _bare(event), times)
    return Row(what, *_percentiles(ours), _p(bare, 50), _p(bare, 99))


def _not_modified(times: int) -> Row:
    """A 304 beside the cheapest question there is."""
    event = _event(f"{POLYGONS}?limit=100", "identity")
    tag = _answer(event)["headers"]["ETag"]
    event["headers"]["if-none-match"] = tag
    from api import container

    connection = container.database().connection()
    ours, bare = by_turns(
        lambda: _answer(event, 304),
        lambda: connection.execute("select 1").fetchone(),
        times,
    )
    return Row("304; select 1", *_percentiles(ours), _p(bare, 50), _p(bare, 99))


def _tile(what: str, place: str, scale: float) -> Row:
    path = f"/collections/polygons/tiles/WebMercatorQuad/{place}"
    event = _event(path, "gzip")
    took = [_timed(lambda: _answer(event)) for _ in range(int(30 * scale) + 3)]
    return Row(f"tile {what}", *_percentiles(took))


def by_turns(
    one: Callable[[], Any], other: Callable[[], Any], times: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of each, after a first time that is not counted."""
    one(), other()
    pairs = [(_timed(one), _timed(other)) for _ in range(times)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _bare(event: dict[str, Any]) -> Callable[[], Any]:
    """The rows' texts and nothing else: the same SQL, fetched and joined."""
    from api import container
    from api.query import select
    from api.question import params

    catalog = container.catalog()
    path, pairs = event["rawPath"], tuple(parse_qsl(event["rawQueryString"]))
    if path == POLYGONS:
        model, route = catalog.models["polygons"], params.ITEMS
    else:
        model, route = catalog.models["cells"], params.AGGREGATED_DATA
    query = params.of_model(pairs, model, route)
    statement, bound = select(query, catalog)
    connection = container.database().connection()
    text = statement.as_string(connection)

    def ask() -> str:
        rows = connection.execute(text.encode(), bound).fetchall()
        return ",".join(row[0] for row in rows)

    return ask


def _event(question: str, encoding: str) -> dict[str, Any]:
    parts = urlsplit(question)
    headers = [("host", "localhost"), ("accept-encoding", encoding)]
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return gateway.event_of("GET", target, headers, b"", "127.0.0.1")


def _answer(event: dict[str, Any], status: int = 200) -> dict[str, Any]:
    from api.handler import handler

    answer = handler(event, None)
    if answer["statusCode"] != status:
        raise SystemExit(f"{event['rawPath']}: {answer['statusCode']} {answer['body']}")
    return answer


def _timed(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1000


def _percentiles(took: list[float]) -> tuple[float, float, float]:
    return _p(took, 50), _p(took, 95), _p(took, 99)


def _p(took: list[float], percent: int) -> float:
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return round(cuts[percent - 1], 2)
