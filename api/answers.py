"""Texts as answers: compressed where that pays, and never too large for Lambda."""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping

from aws_lambda_powertools.event_handler import Response

# Bytes. Lambda refuses answers above 6 MB, as they stand in its own JSON
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html);
# headers and a margin are left out.
LARGEST = 5_500_000
# Below about one packet gzip saves no time.
SMALLEST_TO_COMPRESS = 1_000
# 8.4 MB of GeoJSON: level 1 takes 46 ms and leaves 2.5 MB, level 9 takes 579 ms
# and leaves 2.1 MB (docs/performance.md, "Serving").
LEVEL = 1


def respond(
    text: str,
    media_type: str,
    accept_encoding: str,
    others: Mapping[str, str | list[str]] | None = None,
) -> Response[str] | None:
    """A 200 with `text`, or None where it is larger than an answer can be.

    Args:
        others: headers beside those of the body itself.
    """
    compresses = len(text) > SMALLEST_TO_COMPRESS and accepts_gzip(accept_encoding)
    body = _compressed(text) if compresses else text
    if (len(body) if compresses else _escaped_size(text)) > LARGEST:
        return None
    headers: dict[str, str | list[str]] = {"Vary": "Accept-Encoding", **(others or {})}
    if compresses:
        headers["Content-Encoding"] = "gzip"
    response = Response(200, content_type=media_type, headers=headers, body=body)
    # Not left to Powertools, which would write bytes of this type as JSON.
    response.base64_encoded = compresses
    return response


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an `Accept-Encoding` header names gzip, and not with `q=0`."""
    weights = {}
    for item in accept_encoding.lower().split(","):
        coding, _, weight = item.replace(" ", "").partition(";q=")
        weights[coding] = weight or "1"
    weight = weights.get("gzip", weights.get("*", "0"))
    return weight.strip("0.") != ""


def _compressed(text: str) -> str:
    return b64encode(gzip.compress(text.encode(), LEVEL, mtime=0)).decode()


def _escaped_size(text: str) -> int:
    """Bytes that a text takes as a string of Lambda's JSON."""
    # Escapes at most sextuple a text: only a long one is worth measuring.
    return len(text) if len(text) * 6 < LARGEST else len(json.dumps(text))
