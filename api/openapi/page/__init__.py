"""The page at `/docs`: Swagger UI, with everything that it needs from our own host.

Swagger UI itself (Apache License 2.0, https://github.com/swagger-api/swagger-ui)
comes with Powertools, of which nothing is imported for it.
"""

import hashlib
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

_SWAGGER_UI = files("aws_lambda_powertools.event_handler") / "openapi" / "swagger_ui"
_OWN = files(__name__)
_JAVASCRIPT = "text/javascript; charset=utf-8"
_CSS = "text/css; charset=utf-8"
# Each with its media type.
ASSETS = {
    "swagger-ui-bundle.min.js": _JAVASCRIPT,
    "swagger-ui.min.css": _CSS,
    "page.js": _JAVASCRIPT,
    "page.css": _CSS,
}
# Nothing but from our own host, and no script or style within the page. Pictures as
# data are the arrows and locks of Swagger UI's own sheet.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def asset(name: str) -> str:
    """The text of an asset."""
    folder = _SWAGGER_UI if name.startswith("swagger-ui") else _OWN
    return (folder / name).read_text(encoding="utf-8")


@cache
def version() -> str:
    """Names the assets as they are: other ones have another version."""
    digest = hashlib.blake2b(digest_size=8)
    for name in ASSETS:
        digest.update(asset(name).encode())
    return digest.hexdigest()


def html(root: str, api: str, assets: str) -> str:
    """The page.

    Args:
        root: the address of the landing page.
        api: the address of the document that it shows.
        assets: the address that its assets are below.
    """
    page = (_OWN / "index.html").read_text(encoding="utf-8")
    # The base of all is what the client sent as `Host`.
    given = {"root": root, "api": api, "assets": assets}
    return Template(page).substitute({word: escape(url) for word, url in given.items()})
