"""The files that pages are made of beside their markup: scripts and styles.

All of them come from our own host. Swagger UI (Apache License 2.0,
https://github.com/swagger-api/swagger-ui) comes with Powertools, of which nothing is
imported for it; everything else lies in `static/`.
"""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

# The path of a file: its version names all files as they are.
PATH = "/static/{version}/{name}"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
}
_OWN = Path(__file__).parent / "static"
_SWAGGER_UI = files("aws_lambda_powertools.event_handler") / "openapi" / "swagger_ui"
_OF_SWAGGER_UI = ("swagger-ui-bundle.min.js", "swagger-ui.min.css")


@cache
def names() -> dict[str, Traversable]:
    """Every file by its name."""
    own = (p for p in _OWN.rglob("*") if media_type(p.name))
    found: dict[str, Traversable] = {path.name: path for path in own}
    return found | {name: _SWAGGER_UI / name for name in _OF_SWAGGER_UI}


@cache
def modules(page: str) -> tuple[str, ...]:
    """The scripts of a page, which a browser else finds one import after the other."""
    own = sorted(path.name for path in (_OWN / page).glob("*.js"))
    return ("asking.js", "elements.js", *own)


def media_type(name: str) -> str | None:
    """The media type of a file; None of what is not served."""
    return _MEDIA_TYPES.get(name[name.rfind(".") :])


@cache
def text(name: str) -> str:
    """The text of a file.

    Raises:
        KeyError: where there is no such file.
    """
    return names()[name].read_text(encoding="utf-8")


@cache
def version() -> str:
    """Names the files as they are: with another one it is another."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(names()):
        digest.update(text(name).encode())
    return digest.hexdigest()


def folder(base: str) -> str:
    """The address that the files are below."""
    return base + PATH.format(version=version(), name="")[:-1]
