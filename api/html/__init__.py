"""Pages for people: Jinja templates, a style of our own, nothing of another host.

A document as a page has no script, may load nothing at all, and says so to the
browser: its style stands in it, and is known by its hash
(https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy).
A page that a script makes holds no data, and loads what lies in `static/`.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from api import ogc, tiles
from api.html import static_files
from api.links import Link
from api.media import JSON
from api.ogc import collections, landing
from api.request import Request
from catchment import settings

# The pages that every page leads to.
PAGES = (
    ("Map", "/"),
    ("Collections", ogc.COLLECTIONS),
    ("Operations", "/ops"),
    ("Quality", "/ops/quality"),
    ("API", "/docs"),
)
_FOLDER = Path(__file__).parent / "templates"


def render(
    template: str, asked: Request, document: Mapping[str, Any], **shown: Any
) -> str:
    """A document as a page.

    Args:
        asked: whose path the page's trail follows.
        shown: what the template shows beside the document.
    """
    return (
        environment()
        .get_template(template)
        .render(
            document=document,
            **_around(asked),
            trail=trail(asked),
            links=by_rel(document.get("links") or [_as_json(asked)]),
            **shown,
        )
    )


def page(template: str, asked: Request, **shown: Any) -> str:
    """A page that a script makes, whose policy is `page_policy`."""
    static = static_files.folder(asked.base)
    made = environment().get_template(template)
    return made.render(static=static, **_around(asked), **shown)


def page_policy() -> str:
    """What a page that a script makes may load: nothing of another host.

    Pictures as data are the arrows and locks of Swagger UI's own sheet; a worker as a
    blob is MapLibre's.
    """
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' '{_style()[1]}'; "
        "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _around(asked: Request) -> dict[str, Any]:
    """What the head of every page is made of."""
    menu = [(name, asked.base + path) for name, path in PAGES]
    if lineage := settings.lineage_url():
        menu.append(("Lineage", lineage))
    return {"base": asked.base, "menu": menu, "here": asked.base + asked.path}


@cache
def _style() -> tuple[str, str]:
    """The style of all pages, and how a policy names it."""
    style = (_FOLDER / "style.css").read_text()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, f"sha256-{digest}"


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, digest = _style()
    made.globals.update(
        site=landing.TITLE,
        style=Markup(style),  # our own file, which is no one's input
        rels={"tilesets": tiles.TILESETS_REL, "queryables": collections.QUERYABLES_REL},
        policy=f"default-src 'none'; style-src '{digest}'; base-uri 'none'",
    )
    made.filters.update(degrees=degrees, segment=segment, shown=shown)
    return made


def trail(asked: Request) -> list[tuple[str, str]]:
    """The pages above this one and itself, as names and addresses."""
    steps = [(landing.TITLE, f"{asked.base}/")]
    url = asked.base
    for part in asked.path.split("/", 4)[1:]:
        if part:
            url += "/" + quote(part, "")
            steps.append((part, url))
    return steps


def by_rel(links: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """The links of a document, by their relations."""
    found: dict[str, list[dict[str, str]]] = {}
    for link in links:
        found.setdefault(link["rel"], []).append(link)
    return found


def _as_json(asked: Request) -> dict[str, str]:
    """The way back from the page of a schema, which has no room for links."""
    href = asked.address.href(f=JSON.name)
    return Link("alternate", JSON.media_type, href, "Schema as JSON").document()


def degrees(value: float, positive: str, negative: str) -> str:
    """Degrees with their side: `120.5° W`."""
    return f"{abs(value):.4g}° {negative if value < 0 else positive}"


def segment(value: object) -> str:
    """A name or id as one segment of a path."""
    return quote(str(value), "")


def shown(value: Any) -> str:
    """A value of a row as people read it."""
    match value:
        case None:
            return "\N{EN DASH}"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
        case {"type": "Point", "coordinates": [x, y, *_]}:
            return f"{x:.4f}, {y:.4f}"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
