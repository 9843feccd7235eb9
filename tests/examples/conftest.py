"""All examples, loaded once a session, and the API over them."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from api import container
from api.handler import handler
from tests.conftest import Platform, copy_of, drop_database
from tests.examples.world import World, example_files
from tests.loader.conftest import Bucket, aws  # noqa: F401 (a fixture)

Answer = dict[str, Any]


def new_world(platform: Platform, aws: dict[str, str], name: str) -> World:  # noqa: F811
    client = boto3.client("s3", **aws)
    client.create_bucket(Bucket=name)
    return World(platform, Bucket(client, name), aws)


@pytest.fixture(scope="session")
def loaded(
    server_url: str,
    built: Platform,
    aws: dict[str, str],  # noqa: F811
) -> Iterator[World]:
    """A platform with every example file in it. Read only."""
    platform = copy_of(server_url, built)
    world = new_world(platform, aws, "examples")
    world.load(example_files())
    yield world
    drop_database(server_url, platform.admin)


@pytest.fixture
def own_world(platform: Platform, aws: dict[str, str]) -> World:  # noqa: F811
    """A platform of one's own, without data."""
    return new_world(platform, aws, platform.admin.rsplit("_", 1)[1])


@pytest.fixture
def get(
    loaded: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Answer]]:
    """Ask the API, under its own role, for a path and a query; its document."""
    monkeypatch.setenv("DATABASE_URL", loaded.platform.api)
    container.database.cache_clear()
    yield answer_of
    container.database().close()
    container.database.cache_clear()


def answer_of(target: str) -> Answer:
    path, _, query = target.partition("?")
    context = {"http": {"method": "GET", "path": path}, "stage": "$default"}
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.org", "x-forwarded-proto": "https"},
        "requestContext": {**context, "domainName": "api.example.org"},
        "isBase64Encoded": False,
    }
    answer = handler(event, None)
    body = answer["body"]
    if answer["isBase64Encoded"]:
        body = gzip.decompress(b64decode(body)).decode()
    assert answer["statusCode"] == 200, body
    document: Answer = json.loads(body)
    return document
