"""The world as databases, and ways to ask the API about it."""

import copy
import gzip
import json
import uuid
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import brotli
import psycopg
import pytest
from api_world import DOCUMENT, SCHEMA, fill, publish

from api import container
from api.handler import handler
from catchment import catalog


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def body(self) -> str:
        return self.data.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Get = Callable[..., Answer]
_UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress}


def ask(
    path: str,
    query: str = "",
    method: str = "GET",
    body: str | None = None,
    **headers: str,
) -> Answer:
    """Send an HTTP API v2 event and read the answer as a client would."""
    answer = handler(
        {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {
                "host": "api.example.org",
                "x-forwarded-proto": "https",
                **{name.replace("_", "-"): text for name, text in headers.items()},
            },
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "domainName": "abc.execute-api.eu-central-1.amazonaws.com",
            },
            **({} if body is None else {"body": body}),
            "isBase64Encoded": False,
        },
        None,
    )
    data = answer["body"].encode()
    headers_ = {name.lower(): text for name, text in answer["headers"].items()}
    if answer["isBase64Encoded"]:
        data = b64decode(data)
    if "content-encoding" in headers_:
        unpack = _UNPACKED[headers_["content-encoding"]]
        data = unpack(data) if data else data
    return Answer(answer["statusCode"], headers_, data)


def follow(url: str) -> Answer:
    """Ask for a link of an answer; an HTTP API decodes its path."""
    parts = urlsplit(url)
    return ask(unquote(parts.path), parts.query)


@pytest.fixture
def get() -> Get:
    """Ask `/aggregated-data`; parameters in order, a list repeats its name."""

    def get(dataset: str = "earthquakes_by_state", /, **parameters: Any) -> Answer:
        return ask(
            "/aggregated-data",
            urlencode({"dataset": dataset, **parameters}, doseq=True),
        )

    return get


@pytest.fixture
def send() -> Get:
    return ask


@pytest.fixture
def open_link() -> Callable[[str], Answer]:
    return follow


@pytest.fixture(scope="session")
def published() -> catalog.Catalog:
    return catalog.parse(DOCUMENT, "hash-1")


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a database that holds the world, for others to be copies of."""
    with _database(server_url, "template1") as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("create extension postgis")
            admin.execute(SCHEMA)
            publish(admin, DOCUMENT, "hash-1")
            fill(admin)
        yield urlsplit(url).path[1:]


@pytest.fixture(scope="session")
def shared_database(server_url: str, template: str) -> Iterator[str]:
    with _database(server_url, template) as url:
        yield url


@pytest.fixture
def world(
    shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[Any]]:
    """The published world as the API's database, to read; yields an admin in it."""
    with _served(shared_database, monkeypatch) as admin:
        yield admin


@pytest.fixture
def own_world(
    server_url: str, template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[Any]]:
    """A copy of the world that a test may change."""
    with _database(server_url, template) as url, _served(url, monkeypatch) as admin:
        yield admin


@contextmanager
def _database(server_url: str, template: str) -> Iterator[str]:
    name = f"test_api_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'create database "{name}" template "{template}"')
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        server.execute(f'drop database "{name}" with (force)')


@contextmanager
def _served(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[Any]]:
    # Under the API's role, without its password.
    role = urlencode({"options": "-c role=catchment_api"}, quote_via=quote)
    monkeypatch.setenv("DATABASE_URL", f"{url}?{role}")
    container.database.cache_clear()
    with psycopg.connect(url, autocommit=True) as admin:
        yield admin
    if container.database.cache_info().currsize:
        container.database().close()
    container.database.cache_clear()


@pytest.fixture
def republish(own_world: psycopg.Connection[Any]) -> Callable[..., None]:
    """Publish the world's document once more, with a change."""

    def republish(change: Callable[[Any], Any]) -> None:
        document = copy.deepcopy(DOCUMENT)
        change(document)
        publish(own_world, document, "hash-2")

    return republish
