"""Conditional requests: an answer is named by the batch that it was made of.

The name is known before the data are asked for, so that a client who has the
newest answer costs one question (RFC 9110, 8.8 and 13; RFC 9111).
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from aws_lambda_powertools.event_handler import Response

from api.batches import Served
from api.media import Format
from api.request import Request

# Another build of this code may write the same data otherwise.
BUILD = os.environ.get("CATCHMENT_BUILD", "")
VARY = "Accept, Accept-Encoding"


@dataclass(frozen=True)
class Validators:
    """What tells one answer from the next to the same request.

    Attributes:
        etag: weak, for gzip and plain bytes share it.
        modified: to the second, which is past: within it the data might change
            once more and keep this date (RFC 9110, 8.8.2.2). None until then.
    """

    etag: str
    modified: datetime | None
    cache_control: str

    def headers(self) -> dict[str, str | list[str]]:
        headers: dict[str, str | list[str]] = {
            "ETag": self.etag,
            "Cache-Control": self.cache_control,
            "Vary": VARY,
        }
        if self.modified:
            headers["Last-Modified"] = format_datetime(self.modified, usegmt=True)
        return headers


def validators(served: Served, request: Request, format_: Format) -> Validators:
    """The validators of the answer to this request, in this format."""
    parts = (
        BUILD,
        served.catalog.hash,
        served.batch.id,
        request.address.href(),
        format_.media_type,
    )
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
    api = served.model.api
    return Validators(
        etag=f'W/"{digest}"',
        modified=_settled(served.batch.changed_at),
        cache_control=_cache_control(api.max_age if api else 0),
    )


def has_it(request: Request, validators: Validators) -> bool:
    """Whether the client holds the newest answer. A tag counts before a date."""
    if tags := request.headers.get("if-none-match"):
        return "*" in tags.split(",") or validators.etag in _tags(tags)
    since = _date(request.headers.get("if-modified-since", ""))
    return bool(since and validators.modified and validators.modified <= since)


def not_modified(validators: Validators) -> Response[str]:
    # With an empty body: Powertools would write the text "null" for None.
    return Response(304, headers=validators.headers(), body="")


def _tags(header: str) -> set[str]:
    """The tags of a list, all as weak ones: so they are compared (13.1.2)."""
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return {f"W/{tag}" for tag in tags}


def _settled(changed_at: datetime) -> datetime | None:
    second = changed_at.astimezone(UTC).replace(microsecond=0)
    return second if datetime.now(UTC) - second > timedelta(seconds=2) else None


def _cache_control(max_age: int) -> str:
    """Without an age an answer is kept and asked about each time, for a 304."""
    return f"public, max-age={max_age}" if max_age else "public, no-cache"


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
