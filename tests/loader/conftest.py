"""A bucket on moto's server, and a desk from which files are loaded.

A desk loads like the Lambda: as the role `catchment_loader`, out of S3. Tests
that look at one file share a database and have a bucket of their own; those
that look at totals take `own_desk`, with a database of its own.
"""

import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer
from psycopg.rows import dict_row

from catchment import contract_words
from catchment.catalog import Catalog
from catchment.contract import Feed
from catchment.database import Database
from catchment.settings import Settings
from loader import container
from loader import handler as lambda_
from loader.events import ObjectVersion
from loader.load import Loader
from loader.outcome import Outcome
from loader.refresh import refresh
from loader.storage import Storage
from migrations.partitions import SHARED_BELOW
from tests.conftest import ROOT, Platform, copy_of, drop_database

Event = dict[str, Any]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, str]]:
    """How to reach a moto server of this session, in boto3's words."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "endpoint_url": f"http://{host}:{port}",
        "aws_access_key_id": "catchment",
        "aws_secret_access_key": "catchment",
        "region_name": "us-east-1",
    }
    server.stop()


@dataclass(frozen=True)
class Bucket:
    client: Any
    name: str

    def put(
        self, key: str, body: bytes | str, sequencer: str | None = None
    ) -> ObjectVersion:
        """Write an object; what its event would say."""
        body = body.encode() if isinstance(body, str) else body
        said = self.client.put_object(Bucket=self.name, Key=key, Body=body)
        version_id = said.get("VersionId")
        return ObjectVersion(
            bucket=self.name,
            key=key,
            etag=said["ETag"].strip('"'),
            version_id=None if version_id == "null" else version_id,
            sequencer=sequencer,
            size=len(body),
        )

    def keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def read(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body


@pytest.fixture
def bucket(aws: dict[str, str]) -> Bucket:
    """A bucket of one's own, without versions."""
    client = boto3.client("s3", **aws)
    name = f"bucket-{next(_numbers)}"
    client.create_bucket(Bucket=name)
    return Bucket(client, name)


@pytest.fixture
def versioned(bucket: Bucket) -> Bucket:
    bucket.client.put_bucket_versioning(
        Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
    )
    return bucket


@dataclass
class Desk:
    """A loader, and sight of all that it leaves behind."""

    platform: Platform
    bucket: Bucket
    storage: Storage
    database: Database
    admin: psycopg.Connection[Any]
    feeds: dict[str, Feed] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        """What dbt published, and the feeds of this test."""
        published = self.database.catalog()
        return replace(published, feeds={**published.feeds, **self.feeds})

    def feed(self, columns: list[Event], name: str = "", **words: Any) -> Feed:
        """A new feed with its raw table."""
        name = name or f"feed_{next(_numbers)}"
        feed = contract_words.parse(source(name, columns, **words))
        kinds = [
            f"{c.name} {c.type}{' not null' if c.required else ''}"
            for c in feed.columns
            if not c.generated and c.stored
        ]
        with self.admin.transaction():
            self.admin.execute("set local role catchment_owner")
            self.admin.execute(
                f"create table raw.{feed.table} "
                f"(_load_id bigint, _row_number bigint, {', '.join(kinds)}) "
                "partition by range (_load_id)"
            )
            self.admin.execute(
                f"create table raw.{feed.table}__shared partition of raw.{feed.table} "
                f"for values from (minvalue) to ({SHARED_BELOW})"
            )
        self.feeds[name] = feed
        return feed

    def loader(self, database: Database | None = None) -> Loader:
        connection = (database or self.database).connection()
        settings = Settings(self.platform.loader)
        return Loader(connection, self.storage, self.catalog, settings)

    def load(self, version: ObjectVersion) -> Outcome:
        return self.loader().load(version)

    def drop(
        self, feed: Feed | str, name: str, body: bytes | str, **words: Any
    ) -> Outcome:
        """Put a file where its feed looks for it, and load it."""
        folder = feed if isinstance(feed, str) else feed.name
        return self.load(self.bucket.put(f"incoming/{folder}/{name}", body, **words))

    def refresh(self) -> int:
        return refresh(self.database)

    def another(self) -> Database:
        """A connection of another process of the loader."""
        return Database(self.platform.loader)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.admin.execute(query, values).fetchall()

    def one(self, query: str, *values: Any) -> Any:
        ((value,),) = self.ask(query, *values)
        return value

    def rows(self, feed: Feed | str, outcome: Outcome, columns: str = "*") -> list[Any]:
        """Raw rows of a load in the order of their file."""
        table = feed if isinstance(feed, str) else feed.table
        return self.ask(
            f"select {columns} from raw.{table} where _load_id = %s "
            "order by _row_number",
            outcome.load_id,
        )

    def rejects(self, outcome: Outcome) -> list[dict[str, Any]]:
        with self.admin.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                "select * from ops.reject where load_id = %s order by row_number",
                [outcome.load_id],
            )
            return cursor.fetchall()

    def ledger(self) -> list[dict[str, Any]]:
        """What the ledger says of this bucket, oldest first."""
        with self.admin.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                "select * from ops.load where bucket = %s "
                "order by ops.load_number(load_id)",
                [self.bucket.name],
            )
            return cursor.fetchall()

    def statuses(self) -> list[str]:
        return [load["status"] for load in self.ledger()]


def source(name: str, columns: list[Event], **words: Any) -> Event:
    """A source table as the manifest holds it."""
    words = {"files": [f"**/{name}/**/*"], "format": "csv", **words}
    return {
        "name": name,
        "schema": "raw",
        "identifier": name,
        "description": "",
        "config": {"meta": {"feed": words}},
        "columns": columns,
    }


def column(name: str, data_type: str = "text", **words: Any) -> Event:
    return {"name": name, "data_type": data_type, "config": {"meta": words}}


def _desk(platform: Platform, bucket: Bucket, aws: dict[str, str]) -> Iterator[Desk]:
    database = Database(platform.loader)
    with psycopg.connect(platform.admin, autocommit=True) as admin:
        yield Desk(platform, bucket, Storage(dict(aws)), database, admin)
    database.close()


@pytest.fixture(scope="session")
def shared_platform(server_url: str, built: Platform) -> Iterator[Platform]:
    """A platform for tests that look at their own loads only."""
    mine = copy_of(server_url, built)
    yield mine
    drop_database(server_url, mine.admin)


@pytest.fixture
def desk(
    shared_platform: Platform, bucket: Bucket, aws: dict[str, str]
) -> Iterator[Desk]:
    yield from _desk(shared_platform, bucket, aws)


@pytest.fixture
def own_desk(platform: Platform, bucket: Bucket, aws: dict[str, str]) -> Iterator[Desk]:
    yield from _desk(platform, bucket, aws)


@pytest.fixture
def call(
    aws: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Call the Lambda's handler as if in a container of its own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws["aws_secret_access_key"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws["region_name"])
    container.forget()

    def call(platform: Platform, event: Any, context: Any = None) -> Any:
        monkeypatch.setenv("DATABASE_URL", platform.loader)
        return lambda_.handler(event, context)

    yield call
    container.forget()


def s3_event(*versions: ObjectVersion, name: str = "ObjectCreated:Put") -> Event:
    """A notification of S3, its keys encoded as S3 does it."""
    return {"Records": [_record(version, name) for version in versions]}


def _record(version: ObjectVersion, name: str) -> Event:
    said: Event = {
        "key": quote_plus(version.key, safe="/"),
        "size": version.size,
        "eTag": version.etag,
    }
    if version.version_id:
        said["versionId"] = version.version_id
    if version.sequencer:
        said["sequencer"] = version.sequencer
    return {
        "eventSource": "aws:s3",
        "eventName": name,
        "s3": {"bucket": {"name": version.bucket}, "object": said},
    }


def sqs_event(*bodies: Mapping[str, Any] | str) -> Event:
    """SQS messages m1, m2, … of these bodies."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "body": body if isinstance(body, str) else json.dumps(body),
            }
            for number, body in enumerate(bodies, 1)
        ]
    }


def sample(name: str) -> Any:
    """One of the payloads in `events/`."""
    return json.loads(Path(ROOT / "events" / f"{name}.json").read_text())


READINGS_HEADER = "id,latitude,longitude,category,value,observed_at\n"


def reading(
    number: int = 1, value: float | str = 1.5, place: str = "40.7128,-74.0060"
) -> str:
    """A row of the feed `observations`, by default in New York City."""
    return f"{number},{place},temperature,{value},2026-03-01T12:00:00Z\n"


def readings(*values: float | str) -> str:
    """A file of the feed `observations`, a row for each value."""
    rows = [reading(number, value) for number, value in enumerate(values, 1)]
    return READINGS_HEADER + "".join(rows)


@pytest.fixture
def notes(desk: Desk) -> Feed:
    """A feed with one required number and free text."""
    return desk.feed(
        [
            column("id", "integer", required=True),
            column("note"),
            column("amount", "numeric(8,2)", maximum=1000),
        ]
    )


@pytest.fixture
def without_geo(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `geo` is not installed."""
    for name in ("pyogrio", "pyproj", "shapely"):
        monkeypatch.setitem(sys.modules, name, None)
