"""The lineage site at /lineage of the local system; no Lambda has it."""

from pathlib import Path

from catchment.local.gateway import Answer

PATH = "/lineage"
_FILES = {
    "/": "index.html",
    "/index.html": "index.html",
    "/dbt/": "dbt/index.html",
    "/dbt/index.html": "dbt/index.html",
}
# Both pages hold all that they need; dbt's makes code of texts.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ABSENT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Lineage</title>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="/">Back to the API</a></p>
"""


def answer(folder: Path, method: str, path: str) -> Answer | None:
    """The answer to a request below /lineage; None for every other.

    Args:
        folder: where `make docs` writes the site.
        path: without its query, as it was sent.
    """
    if path == PATH:
        return Answer(308, (("location", f"{PATH}/"),), b"")
    if not path.startswith(f"{PATH}/"):
        return None
    if method not in ("GET", "HEAD"):
        return Answer(405, (("allow", "GET, HEAD"),), b"")
    name = _FILES.get(path.removeprefix(PATH))
    if name is None:
        return _html(404, _absent("There is no such page", "It has no other pages."))
    file = folder / name
    if not file.is_file():
        text = "Run <code>make docs</code>, and load this page again."
        return _html(404, _absent("The lineage site is not built yet", text))
    return _html(200, file.read_bytes())


def _absent(title: str, text: str) -> bytes:
    return _ABSENT.format(title=title, text=text).encode()


def _html(status: int, body: bytes) -> Answer:
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("content-security-policy", _POLICY),
    )
    return Answer(status, headers, body)
