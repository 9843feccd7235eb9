"""The Lambda's handler: what it takes, what it answers, and when it fails."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest

from catchment import credentials
from catchment.credentials import NoPassword
from loader import container
from loader.events import ObjectVersion, UnknownEvent
from loader.refresh import RefreshFailed
from tests.conftest import ROOT, Platform
from tests.loader.conftest import (
    Bucket,
    Desk,
    Event,
    readings,
    s3_event,
    sample,
    sqs_event,
)

Call = Callable[..., Any]


def failures(answer: Any) -> list[str]:
    assert set(answer) == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def put(desk: Desk, name: str, *values: float) -> ObjectVersion:
    return desk.bucket.put(f"incoming/observations/{name}.csv", readings(*values))


def total(desk: Desk) -> int:
    return int(desk.one("select sum(n) from marts.observations_by_cell") or 0)


@contextmanager
def named_bucket(aws: dict[str, str], name: str) -> Iterator[Bucket]:
    """A bucket that a sample event names, emptied afterwards."""
    client: Any = boto3.client("s3", **aws)  # type: ignore[call-overload]
    client.create_bucket(Bucket=name)
    bucket = Bucket(client, name)
    yield bucket
    for key in bucket.keys():  # noqa: SIM118
        client.delete_object(Bucket=name, Key=key)
    client.delete_bucket(Bucket=name)


def about(details: Event, version: ObjectVersion) -> None:
    """Let a sample event tell of an object that is there."""
    details["bucket"]["name"] = version.bucket
    said = details["object"]
    said["etag" if "etag" in said else "eTag"] = version.etag
    for word in ("versionId", "version-id"):
        if word in said:
            said[word] = version.version_id or "null"


def test_the_sample_notification_loads_the_example_that_it_names(
    own_desk: Desk, call: Call, aws: dict[str, str]
) -> None:
    example = "usgs-earthquakes-2018-02.geojson"
    with named_bucket(aws, "catchment") as bucket:
        body = (ROOT / "examples" / "earthquakes" / example).read_bytes()
        bucket.put(f"incoming/earthquakes/{example}", body)

        answer = call(own_desk.platform, sample("s3-put"))

    seconds = answer["loads"][0].pop("seconds")
    assert set(seconds) == {"ledger", "fetch", "validate", "copy", "move"}
    assert answer == {
        "loads": [
            {
                "key": f"incoming/earthquakes/{example}",
                "status": "loaded",
                "feed": "earthquakes",
                "load_id": 1,
                "rows_read": 1707,
                "rows_loaded": 1707,
                "rows_rejected": 0,
                "reason": None,
            }
        ]
    }
    assert own_desk.one("select sum(n) from marts.earthquakes_by_cell") == 1707


def test_the_sample_reupload_replaces_what_the_sample_notification_loaded(
    own_desk: Desk, call: Call, versioned: Bucket
) -> None:
    for event, body in (
        (sample("s3-put"), '{"features": []}'),
        (sample("s3-reupload-versioned"), '{"features": [ ]}'),
    ):
        details = event["Records"][0]["s3"]
        version = versioned.put(details["object"]["key"], body)
        details["object"]["versionId"] = version.version_id
        about(details, version)
        call(own_desk.platform, event)

    assert own_desk.statuses() == ["superseded", "loaded"]


def test_the_sample_message_of_sqs_loads_a_key_with_blanks_and_umlauts(
    own_desk: Desk, call: Call
) -> None:
    key = "incoming/observations/sensors 2026-03 (nördlich).csv"
    event = sample("sqs-s3-put")
    body = json.loads(event["Records"][0]["body"])
    about(body["Records"][0]["s3"], own_desk.bucket.put(key, readings(1, 2)))
    event["Records"][0]["body"] = json.dumps(body)

    answer = call(own_desk.platform, event)

    assert failures(answer) == []
    assert own_desk.ledger()[0]["key"] == key
    assert total(own_desk) == 2


def test_the_sample_event_of_eventbridge_loads(
    own_desk: Desk, call: Call, versioned: Bucket
) -> None:
    event = sample("eventbridge-object-created")
    key = event["detail"]["object"]["key"]
    about(event["detail"], versioned.put(key, readings(1, 2)))

    answer = call(own_desk.platform, event)

    assert [load["status"] for load in answer["loads"]] == ["loaded"]
    assert own_desk.ledger()[0]["version"] == event["detail"]["object"]["version-id"]
    assert total(own_desk) == 2


def test_the_test_event_of_s3_does_nothing(desk: Desk, call: Call) -> None:
    event = sample("s3-test-event")

    assert call(desk.platform, event) == {"loads": []}
    assert failures(call(desk.platform, sqs_event(event))) == []


def test_every_message_of_a_batch_and_every_record_of_a_message_is_loaded(
    own_desk: Desk, call: Call
) -> None:
    versions = [put(own_desk, str(number), number) for number in range(4)]

    answer = call(
        own_desk.platform,
        sqs_event(s3_event(*versions[:3]), s3_event(versions[3])),
    )

    assert failures(answer) == []
    assert total(own_desk) == 4


def test_a_message_that_is_not_of_s3_fails_and_the_others_load(
    own_desk: Desk, call: Call
) -> None:
    good = [s3_event(put(own_desk, name, 1)) for name in "ab"]

    answer = call(own_desk.platform, sqs_event(good[0], {"hello": "world"}, good[1]))

    assert failures(answer) == ["m2"]
    assert own_desk.statuses() == ["loaded", "loaded"]
    assert total(own_desk) == 2


def test_an_event_that_is_not_of_s3_raises(desk: Desk, call: Call) -> None:
    with pytest.raises(UnknownEvent):
        call(desk.platform, {"hello": "world"})


def test_bad_files_are_no_failures_of_their_messages(
    own_desk: Desk, call: Call
) -> None:
    bodies = ["", "\xff", "a,b\n1,2\n", readings("x")]
    versions = [
        own_desk.bucket.put(f"incoming/observations/{n}.csv", body.encode("latin-1"))
        for n, body in enumerate(bodies)
    ]
    versions.append(own_desk.bucket.put("incoming/holiday.jpg", b"x"))

    answer = call(own_desk.platform, sqs_event(*map(s3_event, versions)))

    assert failures(answer) == []
    assert own_desk.statuses() == ["failed"] * 3 + ["rejected", "unmatched"]


def test_a_second_delivery_of_a_batch_changes_nothing(
    own_desk: Desk, call: Call
) -> None:
    event = sqs_event(s3_event(put(own_desk, "a", 1, 2)))

    answers = [call(own_desk.platform, event) for _ in range(3)]

    assert all(failures(answer) == [] for answer in answers)
    assert own_desk.statuses() == ["loaded"]
    assert total(own_desk) == 2


def test_a_broken_mart_fails_its_messages_until_it_is_mended(
    own_desk: Desk, call: Call
) -> None:
    event = sqs_event(s3_event(put(own_desk, "a", 1)), sample("s3-test-event"))
    rollup = "intermediate.rollup_observations_by_cell"
    own_desk.admin.execute(f"alter table {rollup} rename to gone")

    assert failures(call(own_desk.platform, event)) == ["m1"]
    assert own_desk.statuses() == ["loaded"]

    own_desk.admin.execute(
        "alter table intermediate.gone rename to rollup_observations_by_cell"
    )
    assert failures(call(own_desk.platform, event)) == []
    assert own_desk.statuses() == ["loaded"]
    assert total(own_desk) == 1


def test_a_broken_mart_fails_only_the_messages_of_its_feeds(
    own_desk: Desk, call: Call
) -> None:
    quake = own_desk.bucket.put("incoming/earthquakes/a.geojson", '{"features": []}')
    event = sqs_event(s3_event(put(own_desk, "a", 1)), s3_event(quake))
    own_desk.admin.execute("drop table marts.observations_by_cell")

    assert failures(call(own_desk.platform, event)) == ["m1"]
    assert own_desk.statuses() == ["loaded", "loaded"]


def test_what_there_is_no_time_for_is_left_to_the_next_delivery(
    own_desk: Desk, call: Call
) -> None:
    event = sqs_event(*(s3_event(put(own_desk, name, 1)) for name in "abc"))
    milliseconds = iter([300_000, 59_000, 58_000])
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: next(milliseconds))

    assert failures(call(own_desk.platform, event, context)) == ["m2", "m3"]
    assert own_desk.statuses() == ["loaded"]
    assert total(own_desk) == 1


def test_without_a_queue_a_broken_mart_raises(own_desk: Desk, call: Call) -> None:
    event = s3_event(put(own_desk, "a", 1))
    own_desk.admin.execute("drop table marts.observations_by_cell")

    with pytest.raises(RefreshFailed, match="observations_by_cell"):
        call(own_desk.platform, event)

    assert own_desk.statuses() == ["loaded"]


def test_a_load_whose_refresh_never_came_is_refreshed_by_its_second_delivery(
    own_desk: Desk, call: Call
) -> None:
    version = put(own_desk, "a", 1)
    own_desk.load(version)
    assert total(own_desk) == 0

    call(own_desk.platform, sqs_event(s3_event(version)))

    assert total(own_desk) == 1


# --- the database is away -------------------------------------------------------


def nowhere(platform: Platform) -> Platform:
    """The same platform where no server listens."""
    parts = urlsplit(platform.admin)
    place = parts.netloc.rpartition("@")[0] + "@127.0.0.1:1"
    return replace(platform, admin=parts._replace(netloc=place).geturl())


def test_without_a_database_every_message_fails_and_later_loads(
    own_desk: Desk, call: Call
) -> None:
    versions = [put(own_desk, name, 1) for name in "ab"]
    event = sqs_event(*map(s3_event, versions))
    keys = own_desk.bucket.keys()

    answer = call(nowhere(own_desk.platform), event)

    assert failures(answer) == ["m1", "m2"]
    assert own_desk.bucket.keys() == keys

    # Another container finds it again.
    container.forget()
    assert failures(call(own_desk.platform, event)) == []
    assert total(own_desk) == 2


def test_without_a_database_an_event_without_a_queue_raises(
    desk: Desk, call: Call
) -> None:
    with pytest.raises(psycopg.OperationalError):
        call(nowhere(desk.platform), s3_event(put(desk, "a", 1)))

    assert desk.statuses() == []
    assert len(desk.bucket.keys()) == 1


def test_a_secret_that_is_not_there_raises_and_shows_nothing(
    desk: Desk, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:catchment/loader"
    monkeypatch.setenv("DATABASE_PASSWORD_FROM", arn)
    credentials._session.cache_clear()
    event = s3_event(put(desk, "a", 1))

    with pytest.raises(NoPassword, match=r"cannot be read: .*NotFound") as error:
        call(desk.platform, event)
    assert failures(call(desk.platform, sqs_event(event))) == ["m1"]

    credentials._session.cache_clear()
    assert desk.platform.password not in str(error.value)
    assert desk.statuses() == []


@contextmanager
def away(platform: Platform, server_url: str) -> Iterator[None]:
    """The database takes nobody in and has thrown everybody out."""
    name = urlsplit(platform.admin).path[1:]
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'alter database "{name}" allow_connections false')
        server.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = %s",
            [name],
        )
        yield
        server.execute(f'alter database "{name}" allow_connections true')


def test_a_container_outlives_the_absence_of_its_database(
    platform: Platform, bucket: Bucket, call: Call, server_url: str
) -> None:
    first, second = (
        sqs_event(s3_event(bucket.put(f"incoming/observations/{n}.csv", readings(n))))
        for n in (1, 2)
    )
    assert failures(call(platform, first)) == []

    with away(platform, server_url):
        assert failures(call(platform, second)) == ["m1"]
        assert "incoming/observations/2.csv" in bucket.keys()  # noqa: SIM118

    assert failures(call(platform, second)) == []
    with psycopg.connect(platform.admin) as admin:
        found = admin.execute("select sum(n) from marts.observations_by_cell")
        assert found.fetchone() == (2,)


def test_a_connection_that_broke_between_invocations_is_opened_again(
    own_desk: Desk, call: Call
) -> None:
    call(own_desk.platform, sqs_event(s3_event(put(own_desk, "a", 1))))
    own_desk.ask(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
        "where usename = 'catchment_loader' and datname = current_database()"
    )

    answer = call(own_desk.platform, sqs_event(s3_event(put(own_desk, "b", 1))))

    assert failures(answer) == []
    assert total(own_desk) == 2


def test_a_database_without_a_catalog_asks_for_dbt_build(
    bare_platform: Platform, bucket: Bucket, call: Call
) -> None:
    version = bucket.put("incoming/observations/a.csv", readings(1))

    with pytest.raises(Exception, match="dbt build"):
        call(bare_platform, s3_event(version))
    assert len(bucket.keys()) == 1


def test_a_feed_published_between_invocations_is_known_at_once(
    own_desk: Desk, call: Call
) -> None:
    version = own_desk.bucket.put("incoming/new place/a.csv", readings(1))
    assert call(own_desk.platform, s3_event(version))["loads"][0]["status"] == (
        "unmatched"
    )
    ((document,),) = own_desk.ask("select document from ops.catalog")
    for entry in document["feeds"]:
        if entry["name"] == "observations":
            entry["config"]["meta"]["feed"]["files"].append("**/new place/*.csv")
    own_desk.admin.execute(
        "insert into ops.catalog (hash, document) values ('wider', %s)",
        [json.dumps(document)],
    )

    answer = call(own_desk.platform, s3_event(version))

    assert answer["loads"][0]["status"] == "loaded"
    assert total(own_desk) == 1
