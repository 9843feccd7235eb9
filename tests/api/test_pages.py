"""Pages that a script makes, and the files they are made of, as a browser gets them."""

import re
from html import unescape
from pathlib import Path

import pytest

from api.html import PAGES, static_files

PATHS = ["/", "/docs", "/ops", "/ops/quality"]


@pytest.fixture(params=PATHS)
def page(request, send):
    return send(request.param, accept="text/html")


def test_a_page_names_nothing_of_another_host(page):
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href|data-\w+)="([^"]*)"', page.body)
    assert len(addresses) > 5
    for address in addresses:
        assert address.startswith(("https://api.example.org", "data:,"))
    assert "<script>" not in page.body


def test_the_browser_is_told_to_load_nothing_from_elsewhere(page):
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    for word in ("http:", "https:", "*", "unsafe"):
        assert word not in policy


def test_a_page_asks_for_a_key_where_one_is_wanted(page):
    assert '<dialog id="secret"' in page.body


def test_every_page_leads_to_the_others(world, page, send):
    for name, path in PAGES:
        link = rf'href="https://api.example.org{path}"[^>]*>{name}<'
        assert re.search(link, page.body), name
        answer = send(path, accept="text/html")
        assert answer.headers["content-type"].startswith("text/html")


def test_the_lineage_is_linked_where_it_is_somewhere(send, monkeypatch):
    assert "Lineage" not in send("/docs").body
    monkeypatch.setenv("LINEAGE_URL", "https://lineage.example.org/?a=1&b=2")
    link = re.search(r'href="([^"]*)">Lineage<', send("/docs").body)
    assert unescape(link[1]) == "https://lineage.example.org/?a=1&b=2"


@pytest.mark.parametrize("path", PATHS)
def test_a_host_cannot_put_markup_into_a_page(send, path):
    text = send(path, accept="text/html", host='a"><script>alert(1)</script>').body
    assert "<script>alert" not in text
    assert 'a"><' not in text


def test_what_the_document_is_shown_with(send):
    # Swagger UI would show the document to a host of its own.
    assert "validatorUrl: null" in static_files.text("docs.js")
    # The class that its own sheet knows.
    assert '"dark-mode"' in static_files.text("docs.js")
    assert "html.dark-mode" in static_files.text("swagger-ui.min.css")


def test_files_are_kept_for_ever_and_have_an_address_of_their_version(send):
    for name in static_files.names():
        path = f"/static/{static_files.version()}/{name}"
        answer = send(path, accept_encoding="gzip")
        assert answer.status == 200
        assert answer.headers["content-type"] == static_files.media_type(name)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.body == static_files.text(name)
    # Whole, it would be 1.5 MB at every first look.
    assert len(static_files.text("swagger-ui-bundle.min.js")) > 1_000_000


@pytest.mark.parametrize(
    "path",
    [
        "/static/0000000000000000/docs.js",
        "/static/{}/docs.html",
        "/static/{}/static_files.py",
        "/static/{}/..",
        "/static/{}/../static_files.py",
        "/static/{}",
        "/static/{}/docs.js/docs.js",
        "/static/{}/LICENSE.txt",
    ],
)
def test_nothing_else_is_served_beside_them(world, send, path):
    assert send(path.format(static_files.version())).status == 404


def test_another_file_is_another_version(monkeypatch):
    before = static_files.version()
    monkeypatch.setattr(static_files, "text", lambda name: "")
    static_files.version.cache_clear()
    assert static_files.version() != before
    static_files.version.cache_clear()


def test_no_file_hides_another_of_its_name():
    own = (Path(static_files.__file__).parent / "static").rglob("*")
    served = [path.name for path in own if static_files.media_type(path.name)]
    assert len(served) == len({*served})
