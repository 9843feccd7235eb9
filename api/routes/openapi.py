"""`GET /api`: what can be asked here, as OpenAPI 3.0.3."""

import json
from hashlib import blake2b

from aws_lambda_powertools.event_handler import Response

from api import container, openapi
from api.answer import answers, caching, documents
from api.answer.caching import Validators
from api.media import Format
from api.problems import Problem
from api.request import Request
from catchment import settings
from catchment.catalog import Catalog
from catchment.settings import Access

PATH = "/api"
OPENAPI = Format("json", openapi.MEDIA_TYPE, "OpenAPI 3.0")

# By the catalog's hash, the base that was asked, and who may ask. The base is of the
# client's headers, so that there may be any number of them.
_MOST = 8
_written: dict[tuple[str, str, Access], str] = {}


def api(asked: Request) -> Response[str]:
    documents.chosen(asked, (OPENAPI,))
    catalog, access = container.catalog(), settings.access()
    validators = _validators(catalog, access, asked)
    if caching.has_it(asked, validators):
        return caching.not_modified(validators)
    response = answers.respond(
        _text(catalog, access, asked.base),
        OPENAPI.media_type,
        asked.accept_encoding,
        validators.headers(),
    )
    if response is None:
        raise Problem(500, "The document is larger than an answer can be.")
    return response


def _validators(catalog: Catalog, access: Access, asked: Request) -> Validators:
    """They change with all that the document is made of."""
    parts = "\n".join((caching.BUILD, catalog.hash, repr(access), asked.base))
    digest = blake2b(parts.encode(), digest_size=12).hexdigest()
    is_private = asked.caller.is_known
    return Validators(
        etag=f'W/"{digest}"',
        modified=None,
        cache_control="private, no-cache" if is_private else "public, no-cache",
        vary=caching.VARY_BY_CALLER if is_private else caching.VARY,
    )


def _text(catalog: Catalog, access: Access, base: str) -> str:
    key = catalog.hash, base, access
    if key not in _written:
        if len(_written) == _MOST:
            _written.clear()
        # Imported where there is a document to write: most requests ask for none.
        from api.openapi import document

        told = document.of(catalog, base, access)
        _written[key] = json.dumps(told, ensure_ascii=False)
    return _written[key]
