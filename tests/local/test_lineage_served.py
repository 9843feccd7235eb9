"""The lineage site over HTTP, beside the API of the local system."""

import http.client
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catchment.local import web

Get = Callable[..., http.client.HTTPResponse]


def handler(event: Any, context: Any) -> Any:
    return {"statusCode": 200, "body": "the API"}


@pytest.fixture
def get(tmp_path: Path) -> Iterator[Get]:
    with web.GatewayServer(("127.0.0.1", 0), handler, tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)

        def get(path: str, method: str = "GET") -> http.client.HTTPResponse:
            client.close()
            client.request(method, path)
            return client.getresponse()

        yield get
        client.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def built(tmp_path: Path) -> None:
    (tmp_path / "dbt").mkdir()
    (tmp_path / "index.html").write_text("lineage")
    (tmp_path / "dbt" / "index.html").write_text("dbt's docs")
    (tmp_path / "secret.txt").write_text("secret")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/lineage/", b"lineage"),
        ("/lineage/?x=1", b"lineage"),
        ("/lineage/index.html", b"lineage"),
        ("/lineage/dbt/index.html", b"dbt's docs"),
    ],
)
def test_its_pages_are_shown(get: Get, path: str, text: bytes) -> None:
    answer = get(path)
    assert (answer.status, answer.read()) == (200, text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_folder_is_found_without_its_slash(get: Get) -> None:
    answer = get("/lineage")
    assert (answer.status, answer.headers["location"]) == (308, "/lineage/")


def test_a_site_that_is_not_built_says_how_to_build_it(get: Get) -> None:
    answer = get("/lineage/")
    assert answer.status == 404
    assert b"<code>make docs</code>" in answer.read()


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path", ["/lineage/secret.txt", "/lineage/../secret.txt", "/lineage/%2e%2e/x"]
)
def test_no_other_file_is_shown(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status == 404
    assert b"secret" not in answer.read()


def test_it_is_read_only(get: Get) -> None:
    assert get("/lineage/", "POST").status == 405


@pytest.mark.parametrize("path", ["/", "/lineages", "/stats/lineage"])
def test_every_other_path_is_the_apis(get: Get, path: str) -> None:
    assert get(path).read() == b"the API"
