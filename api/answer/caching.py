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

from api import access
from api.answer.batches import Batch, Served
from api.media import Format
from api.request import Request
from catchment.catalog import Catalog

# Another version of this code may write the same data otherwise; Lambda numbers them.
BUILD = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
VARY = "Accept, Accept-Encoding"
VARY_BY_CALLER = f"{VARY}, Authorization, X-Api-Key"


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
    vary: str = VARY

    def headers(self) -> dict[str, str | list[str]]:
        headers: dict[str, str | list[str]] = {
            "ETag": self.etag,
            "Cache-Control": self.cache_control,
            "Vary": self.vary,
        }
        if self.modified:
            headers["Last-Modified"] = format_datetime(self.modified, usegmt=True)
        return headers


def validators(served: Served, request: Request, format_: Format) -> Validators:
    """The validators of the answer to this request, in this format."""
    api = served.model.api
    return _validators(
        _tag(
            served.catalog.hash,
            served.batch.id,
            request.address.href(),
            format_.media_type,
            *access.share(served.model, request.caller),
        ),
        served.batch,
        api.max_age if api else 0,
        access.is_private(served.model, request.caller),
    )


def of_document(
    catalog: Catalog, batch: Batch, request: Request, format_: Format
) -> Validators:
    """The validators of a document about models, which holds none of their rows."""
    parts = (catalog.hash, batch.id, request.address.href(), format_.media_type)
    return _validators(_tag(*parts), batch, 0, request.caller.is_known)


def _tag(*parts: str) -> str:
    text = "\n".join((BUILD, *parts))
    return f'W/"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'


def _validators(tag: str, batch: Batch, max_age: int, is_private: bool) -> Validators:
    return Validators(
        etag=tag,
        # What one caller sees of a batch another does not: a date tells not whose.
        modified=None if is_private else _settled(batch.changed_at),
        cache_control=_cache_control(max_age, is_private),
        vary=VARY_BY_CALLER if is_private else VARY,
    )


def has_it(request: Request, validators: Validators) -> bool:
    """Whether the client holds the newest answer. A tag counts before a date."""
    if tags := request.headers.get("if-none-match"):
        # Not for `*`: what is asked for may not be there, which only Postgres knows.
        return validators.etag in _tags(tags)
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


def _cache_control(max_age: int, is_private: bool) -> str:
    """Without an age an answer is kept and asked about each time, for a 304."""
    whose = "private" if is_private else "public"
    return f"{whose}, max-age={max_age}" if max_age else f"{whose}, no-cache"


def _date(header: str) -> datetime | None:
    try:
        since = parsedate_to_datetime(header)
        # An offset of -0000 comes without a zone, and is UTC (RFC 5322, 3.3).
        return since if since.tzinfo else since.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
