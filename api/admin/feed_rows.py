"""Rows of a request, by way of the loader: it alone may write."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.admin import loader
from api.problems import Problem

MOST = 1_000
# Bytes; Lambda takes 6 MB of an event whose answer is waited for
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
LARGEST = 5_500_000
REQUEST = re.compile(r"[A-Za-z0-9_-]{1,64}")


def load(feed: str, request: str, texts: Sequence[str]) -> Mapping[str, Any]:
    """What the loader made of rows: the report of `loader.rows`.

    Args:
        request: the key under which the same rows may be sent again.
        texts: the rows, each as JSON.

    Raises:
        Problem: 413 for too much at once, 503 where the loader is away, 504 where
            it takes longer than may be waited for.
        MissingSetting: where the loader's name is not known.
    """
    event = {"feed": feed, "request": request, "rows": list(texts)}
    payload = json.dumps(event, ensure_ascii=False).encode()
    if len(payload) > LARGEST:
        raise Problem(
            413,
            f"These rows are over {LARGEST:,} bytes: send fewer at once, or a file by "
            "way of POST /uploads.",
        )
    return loader.send(payload, _LATE, _AWAY)


def told(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each row with what became of it, in the order they were sent."""
    rejected = {reject["row_number"]: reject for reject in report["rejects"]}
    good = "loaded" if report["status"] == "loaded" else "not loaded"
    return [
        {"row": number, **_told(rejected.get(number), good)}
        for number in range(1, report["rows_read"] + 1)
    ]


def _told(reject: Mapping[str, Any] | None, good: str) -> dict[str, Any]:
    if reject is None:
        return {"status": good}
    return {"status": "rejected", "problems": list(_problems(reject))}


def _problems(reject: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield {word: reject[word] for word in ("column", "code", "message")}
    yield from reject["also"] or ()


_LATE = (
    "The loader takes longer than may be waited for. Send the same rows with the same "
    "Idempotency-Key again: they are loaded once."
)
_AWAY = (
    "The loader cannot take rows at the moment. Send them again, with the same "
    "Idempotency-Key."
)
