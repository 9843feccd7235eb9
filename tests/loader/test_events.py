"""What S3 tells, by each way on which it may come."""

import json
from typing import Any

import pytest

from loader.events import (
    ObjectVersion,
    UnknownEvent,
    is_older,
    messages,
    objects,
)
from tests.loader.conftest import s3_event, sample, sqs_event

A_FILE = ObjectVersion("lake", "incoming/a.csv", "e1", size=3)


def key_read_from(encoded: str) -> str:
    event = s3_event(A_FILE)
    event["Records"][0]["s3"]["object"]["key"] = encoded
    (found,) = objects(event)
    return found.key


def eventbridge(key: str, **words: Any) -> dict[str, Any]:
    event = sample("eventbridge-object-created")
    event["detail"]["object"] |= {"key": key, **words}
    assert isinstance(event, dict)
    return event


def test_a_notification_tells_bucket_key_etag_sequencer_and_size() -> None:
    (found,) = objects(sample("s3-put"))

    assert found == ObjectVersion(
        bucket="catchment",
        key="incoming/earthquakes/usgs-earthquakes-2018-02.geojson",
        etag="08d602445ae8d0b47d3b5429d45d2c40",
        sequencer="0A1B2C3D4E5F678901",
        size=1219853,
    )
    assert found.version == found.etag


def test_a_reupload_into_a_versioned_bucket_is_known_by_its_version_id() -> None:
    (first,) = objects(sample("s3-put"))
    (again,) = objects(sample("s3-reupload-versioned"))

    assert again.key == first.key
    assert again.version == again.version_id == "3HL4kqtJvjVBH40Nrjfkd.example2"
    assert is_older(first.sequencer, again.sequencer)


def test_a_message_of_sqs_carries_the_notification_in_its_body() -> None:
    (message,) = messages(sample("sqs-s3-put")) or []

    (found,) = objects(message.body)

    assert message.id == "19dd0b57-b21e-4ac1-bd88-01bbb068cb78"
    assert found.key == "incoming/observations/sensors 2026-03 (nördlich).csv"
    assert found.size == 20480


def test_eventbridge_and_sqs_tell_of_the_same_object() -> None:
    (by_bridge,) = objects(sample("eventbridge-object-created"))
    (by_queue,) = objects(sample("sqs-s3-put")["Records"][0]["body"])

    assert by_bridge.key == by_queue.key
    assert by_bridge.etag == by_queue.etag
    assert by_bridge.sequencer == by_queue.sequencer
    assert by_bridge.version_id == "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"


def test_every_record_of_a_notification_is_read() -> None:
    other = ObjectVersion("lake", "incoming/b.csv", "e2", size=4)

    assert objects(s3_event(A_FILE, other)) == [A_FILE, other]


def test_the_test_event_of_s3_tells_of_no_object() -> None:
    assert objects(sample("s3-test-event")) == []
    assert messages(sample("s3-test-event")) is None


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "ObjectRestore:Post"])
def test_only_created_objects_are_read(name: str) -> None:
    assert objects(s3_event(A_FILE, name=name)) == []


@pytest.mark.parametrize(
    "name", ["Put", "Post", "Copy", "CompleteMultipartUpload", "SomethingNew"]
)
def test_an_object_may_be_created_in_any_way(name: str) -> None:
    assert objects(s3_event(A_FILE, name=f"ObjectCreated:{name}")) == [A_FILE]


def test_a_deletion_by_eventbridge_is_ignored() -> None:
    deleted = {**eventbridge("incoming/a.csv"), "detail-type": "Object Deleted"}

    assert objects(deleted) == []


def test_the_object_that_stands_for_a_folder_is_ignored() -> None:
    assert objects(s3_event(ObjectVersion("lake", "incoming/new folder/", "e"))) == []
    assert objects(eventbridge("incoming/new folder/")) == []


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("a+b.csv", "a b.csv"),
        ("a%20b.csv", "a b.csv"),
        ("a%2Bb.csv", "a+b.csv"),
        ("incoming%2Fa.csv", "incoming/a.csv"),
        ("day%3D2026-03-01/a.csv", "day=2026-03-01/a.csv"),
        ("day=2026-03-01/a.csv", "day=2026-03-01/a.csv"),
        ("n%C3%B6rdlich.csv", "nördlich.csv"),
        ("a%2520b.csv", "a%20b.csv"),
        ("a%26b%3Fc%23d.csv", "a&b?c#d.csv"),
        ("%F0%9F%92%A7.csv", "💧.csv"),
    ],
)
def test_keys_of_notifications_are_decoded_once(encoded: str, key: str) -> None:
    assert key_read_from(encoded) == key


@pytest.mark.parametrize("key", ["a+b.csv", "a%2Bb.csv", "a b=ö.csv"])
def test_keys_of_eventbridge_are_taken_as_they_are(key: str) -> None:
    (found,) = objects(eventbridge(key))

    assert found.key == key


@pytest.mark.parametrize("said", ["null", "", None])
def test_an_object_written_without_versioning_has_no_version_id(
    said: str | None,
) -> None:
    event = s3_event(A_FILE)
    event["Records"][0]["s3"]["object"]["versionId"] = said

    assert objects(event) == [A_FILE]
    (bridged,) = objects(eventbridge("a.csv", **{"version-id": said}))
    assert bridged.version_id is None


def test_an_etag_is_taken_without_its_quotes() -> None:
    event = s3_event(A_FILE)
    event["Records"][0]["s3"]["object"]["eTag"] = '"e1"'

    assert objects(event) == [A_FILE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0055AED6DCD90281E5", "0055AED6DCD90281E6"),
        ("0055AED6DCD90281E5", "0055AED6DCD90281E501"),
        ("0055AE", "0055AF00"),
        ("0055ae", "0055AF"),
        ("0a", "0B"),
    ],
)
def test_the_lower_sequencer_is_the_older_write(one: str, other: str) -> None:
    assert is_older(one, other)
    assert not is_older(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("0A", "0A"), ("0A", "0a"), ("0A", "0A00"), (None, "0A"), ("0A", None)],
)
def test_without_a_difference_no_write_is_older(
    one: str | None, other: str | None
) -> None:
    assert not is_older(one, other)
    assert not is_older(other, one)


NO_EVENTS_OF_S3: list[Any] = [
    {},
    {"Records": [{"eventSource": "aws:sns", "Sns": {}}]},
    {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]},
    {"Records": "none"},
    {"source": "aws.s3"},
    {"source": "aws.ec2", "detail-type": "Object Created", "detail": {}},
    [],
    None,
]


@pytest.mark.parametrize("event", NO_EVENTS_OF_S3)
def test_anything_else_is_an_unknown_event(event: Any) -> None:
    with pytest.raises(UnknownEvent, match="no event of S3"):
        objects(event)
    with pytest.raises(UnknownEvent, match="no event of S3"):
        objects(json.dumps(event))


@pytest.mark.parametrize("body", ["", "{", "Hello"])
def test_a_message_that_is_no_json_is_an_unknown_event(body: str) -> None:
    with pytest.raises(UnknownEvent):
        objects(body)


def test_only_sqs_brings_messages() -> None:
    assert messages(s3_event(A_FILE)) is None
    assert messages(sample("eventbridge-object-created")) is None
    found = messages(sqs_event(s3_event(A_FILE), "x"))
    assert [message.id for message in found or []] == ["m1", "m2"]
