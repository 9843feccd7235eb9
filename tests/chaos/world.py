"""A platform, a bucket, and the ways in which events reach the loader."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from catchment.catalog import Catalog
from catchment.database import Database
from catchment.roles import url_with
from loader import container, partitions
from loader.events import ObjectVersion
from loader.handler import handler
from tests.chaos.moments import Moment
from tests.chaos.servers import Postgres
from tests.conftest import ROOT, Platform
from tests.loader.conftest import READINGS_HEADER, Bucket, s3_event, sqs_event

KEY = "incoming/observations/a.csv"
_OWN_PARTITION = "__[0-9]+$"


@dataclass
class World:
    """What the tests do; each begins with `empty`."""

    server: Postgres
    platform: Platform
    aws: dict[str, str]
    bucket: Bucket
    sequence: int = 0
    # Tells the keys of another bucket than S3's.
    stand_in: Callable[[], list[str]] | None = None
    log: Path = field(default_factory=lambda: Path(tempfile.mkdtemp()) / "loader.log")

    @classmethod
    @contextmanager
    def open(
        cls, server: Postgres, platform: Platform, aws: dict[str, str]
    ) -> Iterator["World"]:
        client = boto3.client("s3", **aws)  # type: ignore[call-overload]
        world = cls(server, platform, aws, Bucket(client, ""))
        os.environ.update(world.environment())
        yield world
        world.admin.close()
        container.forget()

    def empty(self) -> None:
        """No data, no memory of the last test, and a new bucket."""
        container.forget()
        self.stand_in = None
        name = f"chaos-{random.randrange(1 << 40):x}"
        self.bucket.client.create_bucket(Bucket=name)
        self.bucket = Bucket(self.bucket.client, name)
        self.keep_versions("Enabled")
        self.log.write_text("")
        empty_tables(self.admin, self.catalog)

    def keep_versions(self, status: str) -> None:
        self.bucket.client.put_bucket_versioning(
            Bucket=self.bucket.name, VersioningConfiguration={"Status": status}
        )

    def environment(self, url: str = "", **more: str) -> dict[str, str]:
        """What a loader's process is given."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.aws["endpoint_url"],
            "AWS_ACCESS_KEY_ID": self.aws["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.aws["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": self.aws["region_name"],
            "DATABASE_URL": url or self.platform.loader,
            "POWERTOOLS_METRICS_NAMESPACE": "Chaos",
            **more,
        }

    @property
    def admin(self) -> psycopg.Connection[Any]:
        """An administrator's connection; a new one after a crash."""
        if self._admin is None or self._admin.closed:
            self._admin = psycopg.connect(self.platform.admin, autocommit=True)
        return self._admin

    _admin: psycopg.Connection[Any] | None = field(default=None, repr=False)

    def crash(self) -> None:
        """Stop PostgreSQL."""
        self.admin.close()
        self.server.crash()

    @cached_property
    def catalog(self) -> Catalog:
        with closing(Database(self.platform.loader)) as database:
            return database.catalog()

    def ask(self, query: Any, *values: Any) -> list[tuple[Any, ...]]:
        return self.admin.execute(query, values or None).fetchall()

    def one(self, query: Any, *values: Any) -> Any:
        ((value,),) = self.ask(query, *values)
        return value

    def keys(self) -> list[str]:
        """What lies in the bucket."""
        return self.stand_in() if self.stand_in else self.bucket.keys()

    def ledger(self) -> list[dict[str, Any]]:
        """Its entries, oldest first."""
        with self.admin.cursor(row_factory=dict_row) as cursor:
            cursor.execute("select * from ops.load order by started_at, load_id")
            return cursor.fetchall()

    def statuses(self) -> list[str]:
        return [load["status"] for load in self.ledger()]

    def put(self, body: bytes | str, key: str = KEY) -> ObjectVersion:
        """Write an object; what its event says, with the order of the writes."""
        self.sequence += 1
        return self.bucket.put(key, body, sequencer=f"{self.sequence:016X}")

    def deliver(self, *versions: ObjectVersion) -> dict[str, Any]:
        """Handle their event in a loader that is warm: its answer."""
        return handler(event_of(*versions), None)

    def loader(
        self,
        about: ObjectVersion | dict[str, Any],
        moment: Moment | None = None,
        do: str = "",
        url: str = "",
        file_size: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> "Loader":
        """A loader's process that handles an event, or that of an object."""
        order = {
            "event": event_of(about) if isinstance(about, ObjectVersion) else about,
            "moment": [moment.when, moment.pattern, moment.nth] if moment else None,
            "do": do,
            "file_size": file_size,
            "large": partitions.ROWS,
        }
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.driver"],
                cwd=ROOT,
                env=self.environment(url, **(environment or {})),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        loader = Loader(process)
        loader.say(json.dumps(order))
        return loader

    def proxied(self, port: int) -> str:
        return url_with(self.platform.loader, port=str(port))


@dataclass
class Loader:
    """A loader's process, seen from outside."""

    process: "subprocess.Popen[str]"

    def say(self, line: str) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def until_paused(self) -> None:
        assert self._line().get("paused"), "the moment did not come"

    def go_on(self) -> Mapping[str, Any]:
        self.say("")
        return self.answer()

    def answer(self) -> Mapping[str, Any]:
        """`{response, raised, peak_mb}`; the process is over then."""
        said = self._line()
        self.process.communicate()
        return said

    def is_killed(self) -> bool:
        """Whether the moment came, and the process died of it."""
        self.process.communicate()
        return self.process.returncode == -9

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the loader's process died"
        return dict(json.loads(line))


def event_of(*versions: ObjectVersion) -> dict[str, Any]:
    """What SQS hands to the loader: a message m1, m2, … for each."""
    return sqs_event(*(s3_event(version) for version in versions))


def deletion_of(bucket: str, key: str) -> dict[str, Any]:
    """What SQS hands to the loader when somebody has deleted an object."""
    version = ObjectVersion(bucket, key, etag="")
    return sqs_event(s3_event(version, name="ObjectRemoved:Delete"))


def again(count: int = 1) -> dict[str, Any]:
    """The answer that has SQS deliver the first messages again."""
    failures = [{"itemIdentifier": f"m{number}"} for number in range(1, count + 1)]
    return {"batchItemFailures": failures}


DONE = again(0)


def empty_tables(
    db: psycopg.Connection[Any], catalog: Catalog, *, has_few: bool = False
) -> None:
    """Take all rows out, and all partitions of one load.

    Args:
        has_few: whether there are few of one feed, which are quicker deleted.
    """
    for (table,) in db.execute(
        "select oid::regclass::text from pg_class "
        "where relnamespace = 'raw'::regnamespace and relkind = 'r' and relname ~ %s",
        [_OWN_PARTITION],
    ).fetchall():
        db.execute(f"drop table {table}")
    feeds = ["observations"] if has_few else list(catalog.feeds)
    models = catalog.refresh_order(set(feeds))
    kept = [("ops", name) for name in ("reject", "refresh", "stale", "load")]
    kept += [(f.schema, f.table) for f in map(catalog.feeds.__getitem__, feeds)]
    kept += [
        (m.schema, m.table) for m in models if m.materialized != "materialized_view"
    ]
    names = [sql.Identifier(*name) for name in kept]
    if has_few:
        for name in names:
            db.execute(sql.SQL("delete from {}").format(name))
    else:
        truncate = sql.SQL("truncate {} cascade")
        db.execute(truncate.format(sql.SQL(", ").join(names)))
    for model in models:
        if model.materialized == "materialized_view":
            view = sql.Identifier(model.schema, model.table)
            db.execute(sql.SQL("refresh materialized view {}").format(view))


def readings(count: int, seed: int = 1, days: int = 3) -> str:
    """A file of the feed `observations`: a row in ten breaks its contract."""
    dice = random.Random(seed)
    lines = [READINGS_HEADER]
    for number in range(1, count + 1):
        latitude, longitude = dice.uniform(28, 48), dice.uniform(-122, -72)
        value = "none" if number % 10 == 0 else f"{dice.gauss(20, 8):.3f}"
        day = 1 + dice.randrange(days)
        lines.append(
            f"{number},{latitude:.4f},{longitude:.4f},{dice.choice('ab')},{value},"
            f"2026-03-{day:02d}T12:00:00Z\n"
        )
    return "".join(lines)
