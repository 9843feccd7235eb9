"""Texts and files as answers: compressed where it pays, never too large for Lambda."""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Literal

from aws_lambda_powertools.event_handler import Response

# Bytes. Lambda refuses answers above 6 MB, as they stand in its own JSON
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html);
# headers and a margin are left out.
LARGEST = 5_500_000
# Below about one packet compressing saves no time.
SMALLEST_TO_COMPRESS = 1_000
# 8.1 MB of GeoJSON take brotli 31 ms and gzip 44, and leave 2.36 and 2.59 MB. The
# next level takes 60 and 55 ms for 2 and 3 % less (docs/formats.md, "Compression").
BROTLI_LEVEL = 1
GZIP_LEVEL = 1

Coding = Literal["br", "gzip"]


def respond(
    body: str | bytes,
    media_type: str,
    accept_encoding: str,
    others: Mapping[str, str | list[str]] | None = None,
) -> Response[str] | None:
    """A 200 with a text or a file, or None where it is larger than an answer can be.

    Args:
        accept_encoding: the request's; empty for what is compressed already.
        others: headers beside those of the body itself.
    """
    compresses = len(body) > SMALLEST_TO_COMPRESS
    coding = accepted(accept_encoding) if compresses else None
    text, is_base64 = _written(body, coding)
    if (len(text) if is_base64 else _escaped_size(text)) > LARGEST:
        return None
    headers: dict[str, str | list[str]] = {"Vary": "Accept-Encoding", **(others or {})}
    if coding:
        headers["Content-Encoding"] = coding
    response = Response(200, content_type=media_type, headers=headers, body=text)
    # Not left to Powertools, which would write bytes of this type as JSON.
    response.base64_encoded = is_base64
    return response


def accepted(accept_encoding: str) -> Coding | None:
    """The coding that an `Accept-Encoding` header likes best (RFC 9110, 12.5.3).

    Of two alike br. `*` is taken for gzip alone: who says no more may know no more.
    """
    weights = {}
    for item in accept_encoding.lower().replace(" ", "").split(","):
        coding, _, weight = item.partition(";q=")
        weights[coding] = _weight(weight)
    br = weights.get("br", 0.0)
    gzip_ = weights.get("gzip", weights.get("*", 0.0))
    if not br and not gzip_:
        return None
    return "br" if br >= gzip_ else "gzip"


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _written(body: str | bytes, coding: Coding | None) -> tuple[str, bool]:
    """What Lambda is handed, and whether it is base64."""
    if isinstance(body, str) and not coding:
        return body, False
    data = body.encode() if isinstance(body, str) else body
    match coding:
        case "br":
            # Imported by who is asked for it.
            import brotli

            data = brotli.compress(data, quality=BROTLI_LEVEL)
        case "gzip":
            data = gzip.compress(data, GZIP_LEVEL, mtime=0)
    return b64encode(data).decode(), True


def _escaped_size(text: str) -> int:
    """Bytes that a text takes as a string of Lambda's JSON."""
    # Escapes at most sextuple a text: only a long one is worth measuring.
    if len(text) * 6 < LARGEST:
        return len(text)
    if not text.isascii():
        return len(json.dumps(text))
    # Counted where it can be: 5 MB take 1 ms instead of 6. JSON has no other control
    # characters, and the margin is for those that a line of CSV may have.
    return len(text) + sum(map(text.count, '"\\\n\r\t')) + 5 * text.count("\x1e")
