"""Rows by SQS, Kafka and Kinesis: each once, however batches are cut."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from catchment.contract import Feed
from loader import topic_events, topics
from loader.events import Message, UnknownEvent
from loader.outcome import Outcome
from loader.rows import Refused, Rows, UnknownFeed, load_message, of_message
from loader.topic_events import Part, Record
from tests.conftest import Platform
from tests.loader.conftest import Desk, Event, column, sample, sqs_event

Call = Callable[..., Any]
SOURCE = "arn:aws:kafka:eu-central-1:123456789012:cluster/sensors/1"
SEQUENCE = 49590338271490256608559692538361571095921575989136588898


@pytest.fixture
def feed(desk: Desk) -> Feed:
    name = "topic_" + desk.bucket.name.replace("-", "_")
    return desk.feed(
        [column("id", "integer", required=True), column("note")],
        name=name,
        files=[f"kafka/{name}/*", f"kinesis/{name}/*", f"**/{name}/*.csv"],
        reject_limit="0",
    )


def part(
    feed: Feed, first: int, *values: Any, of: str = SOURCE, shard: int = 0
) -> Part:
    """Records from an offset on; bytes as they are, all else as JSON."""
    found = (
        value if isinstance(value, bytes | None) else json.dumps(value).encode()
        for value in values
    )
    records = tuple(Record(offset, value) for offset, value in enumerate(found, first))
    return Part(f"kafka/{feed.name}/{shard}", of, records)


def rows(*ids: int) -> list[dict[str, Any]]:
    return [{"id": id_, "note": f"n{id_}"} for id_ in ids]


def load(desk: Desk, given: Part) -> Outcome:
    (outcome,) = topics.load(given, desk.loader())
    return outcome


def ids(desk: Desk, feed: Feed) -> list[int]:
    found = desk.ask(
        f"select id from raw.{feed.table} order by ops.load_number(_load_id),"
        " _row_number"
    )
    return [id_ for (id_,) in found]


def entries(desk: Desk, feed: Feed, columns: str) -> list[Any]:
    return desk.ask(
        f"select {columns} from ops.load where feed = %s order by load_id", feed.name
    )


def test_a_batch_is_a_load_by_its_last_offset(desk: Desk, feed: Feed) -> None:
    done = load(desk, part(feed, 15, *rows(1, 2, 3)))

    assert (done.status, done.counts.loaded) == ("loaded", 3)
    assert ids(desk, feed) == [1, 2, 3]
    assert entries(desk, feed, "bucket, key, version") == [
        ("", f"kafka/{feed.name}/0", f"17 {SOURCE}")
    ]


def test_what_comes_again_is_not_loaded_again(desk: Desk, feed: Feed) -> None:
    load(desk, part(feed, 0, *rows(1, 2, 3)))

    for first, last in ((0, 3), (1, 3), (0, 1)):
        again = load(desk, part(feed, first, *rows(1, 2, 3)[first:last]))
        assert again.status == "duplicate"
    overlapping = load(desk, part(feed, 1, *rows(2, 3, 4, 5)))

    assert overlapping.counts.loaded == 2
    assert ids(desk, feed) == [1, 2, 3, 4, 5]
    assert entries(desk, feed, "rows_loaded") == [(3,), (2,)]


def test_offsets_of_other_partitions_and_clusters_are_others(
    desk: Desk, feed: Feed
) -> None:
    load(desk, part(feed, 0, *rows(1, 2)))
    load(desk, part(feed, 0, *rows(3, 4), shard=1))
    load(desk, part(feed, 0, *rows(5, 6), of="another"))
    assert load(desk, part(feed, 0, *rows(1, 2))).status == "duplicate"
    assert ids(desk, feed) == [1, 2, 3, 4, 5, 6]


def test_bad_records_hold_no_good_ones_up(desk: Desk, feed: Feed) -> None:
    half = b'{"id": 3, "note": "\xff"}'
    broken_text = b'{"id": 4, "note": "a\nb"}'
    given = (
        {"id": 1},
        {"id": "x"},
        half,
        broken_text,
        None,
        b"",
        b"  ",
        b"[1]",
        b'{\r\n"id": 9}',
    )
    done = load(desk, part(feed, 100, *given))

    # Its limit is 0, and stands for files.
    assert (done.status, done.counts.loaded, done.counts.rejected) == ("loaded", 2, 7)
    assert ids(desk, feed) == [1, 9]
    rejects = desk.rejects(done)
    assert [(r["row_number"], r["line"], r["code"]) for r in rejects] == [
        (2, 101, "type"),
        (3, 102, "encoding"),
        (4, 103, "json"),
        (5, 104, "json"),
        (6, 105, "json"),
        (7, 106, "json"),
        (8, 107, "json"),
    ]
    assert rejects[1]["record"] == r'{"id": 3, "note": "\xff"}'
    assert rejects[2]["record"] == broken_text.decode()
    assert [r["message"] for r in rejects[3:5]] == [
        "is null: it holds no row",
        "is empty",
    ]


def test_a_batch_without_a_good_record_moves_on(desk: Desk, feed: Feed) -> None:
    done = load(desk, part(feed, 0, None, b"no"))
    assert (done.status, len(desk.rejects(done))) == ("rejected", 2)
    assert load(desk, part(feed, 0, None, b"no")).status == "duplicate"
    assert load(desk, part(feed, 1, b"no", *rows(3))).counts.loaded == 1


def test_a_record_that_postgres_refuses_is_found_among_its_neighbours(
    desk: Desk, feed: Feed
) -> None:
    desk.admin.execute(f"alter table raw.{feed.table} add check (id != 3)")

    outcomes = topics.load(part(feed, 10, *rows(1, 2, 3, 4, 5)), desk.loader())

    assert ids(desk, feed) == [1, 2, 4, 5]
    (refused,) = (outcome for outcome in outcomes if outcome.status == "rejected")
    (reject,) = desk.rejects(refused)
    assert (reject["line"], reject["code"]) == (12, "refused")
    assert json.loads(reject["record"])["id"] == 3
    assert load(desk, part(feed, 10, *rows(1, 2, 3, 4, 5))).status == "duplicate"


def test_a_record_that_no_parser_bears_holds_no_other_up(
    desk: Desk, feed: Feed
) -> None:
    deep = b'{"id": 2, "note": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"

    topics.load(part(feed, 0, {"id": 1}, deep, {"id": 3}), desk.loader())

    assert ids(desk, feed) == [1, 3]
    assert sum(n for (n,) in entries(desk, feed, "rows_rejected")) == 1


def test_numbers_keep_their_digits(desk: Desk) -> None:
    feed = desk.feed([column("amount", "numeric")], files=["kafka/amounts/*"])
    given = part(feed, 0, b'{"amount": 1.10}', b'{"amount": 12345678901234567890.5}')
    done = load(desk, given.__class__("kafka/amounts/0", SOURCE, given.records))
    found = desk.rows(feed, done, "amount::text")
    assert found == [("1.10",), ("12345678901234567890.5",)]


def test_without_a_feed_nothing_is_passed_over(desk: Desk, feed: Feed) -> None:
    given = Part("kafka/nobodys/0", SOURCE, (Record(0, b"{}"),))
    with pytest.raises(UnknownFeed, match="kafka/nobodys/0"):
        topics.load(given, desk.loader())


def test_kafka_tells_its_records_by_partition() -> None:
    first, second = topic_events.of(sample("kafka")) or []
    assert first.key == "kafka/observations/0"
    assert [record.offset for record in first.records] == [15, 16]
    assert json.loads(first.records[0].value or b"")["value"] == 21.5
    assert (second.key, second.first) == ("kafka/observations/1", 4)
    assert first.source == second.source == sample("kafka")["eventSourceArn"]


def test_self_managed_kafka_is_known_by_its_servers() -> None:
    event = sample("kafka")
    del event["eventSourceArn"]
    event |= {"eventSource": "SelfManagedKafka", "bootstrapServers": "b:9092,a:9092"}
    (first, _) = topic_events.of(event) or []
    assert first.source == "a:9092,b:9092"


def test_kinesis_tells_its_records_by_shard() -> None:
    (shard,) = topic_events.of(sample("kinesis")) or []
    assert shard.key == "kinesis/observations/shardId-000000000006"
    assert [record.offset - SEQUENCE for record in shard.records] == [0, 1, 2]
    event = sample("kinesis")
    for record in event["Records"]:
        record["eventSourceARN"] += "/consumer/mine:1795161600"
    assert topic_events.of(event) == [shard]


@pytest.mark.parametrize("name", ["s3-put", "sqs-rows", "freshness"])
def test_other_events_are_none_of_theirs(name: str) -> None:
    assert topic_events.of(sample(name)) is None


def test_an_event_that_lacks_what_aws_sends_is_told() -> None:
    event = sample("kinesis")
    del event["Records"][0]["kinesis"]
    with pytest.raises(UnknownEvent, match="Kafka or Kinesis"):
        topic_events.of(event)


def test_sequence_numbers_count_as_integers(desk: Desk, feed: Feed) -> None:
    def shard(*offsets: int) -> Part:
        records = tuple(Record(o, b'{"id": 1}') for o in offsets)
        return Part(f"kinesis/{feed.name}/shardId-0", SOURCE, records)

    assert load(desk, shard(SEQUENCE)).counts.loaded == 1
    assert load(desk, shard(9 * 10**54)).status == "duplicate"
    assert load(desk, shard(SEQUENCE, 10**56)).counts.loaded == 1
    bad = Part(f"kinesis/{feed.name}/shardId-0", SOURCE, (Record(10**57, b"no"),))
    (reject,) = desk.rejects(load(desk, bad))
    assert reject["line"] is None


def listening(desk: Desk) -> None:
    """Let the published feed `observations` take records of its name."""
    desk.admin.execute(
        "update ops.catalog set document = replace(document::text,"
        """ '"**/observations/*.csv"', '"**/observations/*.csv","""
        """ "kafka/observations/*", "kinesis/observations/*"')::json,"""
        " hash = hash || '-listening'"
    )


def total(desk: Desk) -> int:
    return int(desk.one("select sum(n) from marts.observations_by_cell") or 0)


def test_the_handler_loads_and_refreshes(own_desk: Desk, call: Call) -> None:
    listening(own_desk)
    assert call(own_desk.platform, sample("kafka")) == {}
    assert total(own_desk) == 3
    assert call(own_desk.platform, sample("kinesis")) == {"batchItemFailures": []}
    assert total(own_desk) == 6
    assert call(own_desk.platform, sqs_event(sample("sqs-rows")["Records"][0]["body"]))
    assert total(own_desk) == 9

    for name in ("kafka", "kinesis", "sqs-rows"):
        call(own_desk.platform, sample(name))
    # Its sample has a message id of its own.
    assert total(own_desk) == 12
    call(own_desk.platform, sample("sqs-rows"))
    assert total(own_desk) == 12


def test_what_fails_comes_again(built: Platform, call: Call) -> None:
    """Nothing takes these records as long as no feed listens."""
    answer = call(built, sample("kinesis"))
    assert answer == {"batchItemFailures": [{"itemIdentifier": str(SEQUENCE)}]}
    with pytest.raises(
        RuntimeError, match="kafka/observations/0, kafka/observations/1"
    ):
        call(built, sample("kafka"))


def test_one_partition_does_not_wait_for_another(own_desk: Desk, call: Call) -> None:
    listening(own_desk)
    event = sample("kafka")
    (record,) = event["records"]["observations-1"]
    event["records"]["nobodys-0"] = [{**record, "topic": "nobodys", "partition": 0}]
    with pytest.raises(RuntimeError, match="not loaded: kafka/nobodys/0; "):
        call(own_desk.platform, event)
    assert total(own_desk) == 3


def test_a_refresh_that_fails_holds_no_partition_up(own_desk: Desk, call: Call) -> None:
    listening(own_desk)
    own_desk.admin.execute("alter function ops.refresh_mart rename to gone")
    assert call(own_desk.platform, sample("kafka")) == {}
    assert call(own_desk.platform, sample("kinesis")) == {"batchItemFailures": []}
    own_desk.admin.execute("alter function ops.gone rename to refresh_mart")

    event = sample("kafka")
    (record,) = event["records"]["observations-1"]
    event["records"] = {"observations-1": [{**record, "offset": 5}]}
    call(own_desk.platform, event)
    assert total(own_desk) == 7


def message(**said: Any) -> Message:
    return Message("m1", json.dumps(said))


def test_rows_of_a_message_are_objects_or_texts() -> None:
    given = of_message(Message("m1", '{"feed": "f", "rows": [{"a": 1.10}, "{}"]}'))
    assert given == Rows("f", "m1", ('{"a":1.10}', "{}"))
    named = of_message(message(feed="f", rows=[{}], request="mine"))
    assert named
    assert named.request == "mine"
    assert of_message(message(Records=[])) is None


@pytest.mark.parametrize(
    "said",
    [
        {"rows": [{}]},
        {"feed": "f", "rows": []},
        {"feed": "f", "rows": [{}] * 1001},
        {"feed": "f", "rows": {}},
        {"feed": "f", "rows": [{}], "request": 7},
    ],
)
def test_a_message_of_other_rows_fails(said: Event) -> None:
    with pytest.raises(UnknownEvent):
        of_message(message(**said))


def test_a_message_that_comes_twice_is_loaded_once(desk: Desk, feed: Feed) -> None:
    given = of_message(message(feed=feed.name, rows=[*rows(1, 2), {"id": "x"}, [1]]))
    assert given is not None

    done = load_message(given, desk.loader())
    assert (done.counts.loaded, done.counts.rejected) == (2, 2)
    assert load_message(given, desk.loader()).status == "duplicate"
    assert ids(desk, feed) == [1, 2]


def test_a_message_that_postgres_refuses_is_kept_by_the_queue(
    desk: Desk, feed: Feed
) -> None:
    desk.admin.execute(f"alter table raw.{feed.table} add check (id != 3)")
    given = of_message(message(feed=feed.name, rows=rows(1, 3)))
    assert given is not None
    for _ in range(2):
        with pytest.raises(Refused, match=r"load \d+"):
            load_message(given, desk.loader())
    assert ids(desk, feed) == []


def test_messages_fail_one_by_one(own_desk: Desk, call: Call) -> None:
    good = json.loads(sample("sqs-rows")["Records"][0]["body"])
    event = sqs_event({**good, "feed": "nobodys"}, good, "no JSON", {"rows": []})
    answer = call(own_desk.platform, event)
    ids = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert ids == ["m1", "m3", "m4"]
    assert total(own_desk) == 3


def test_values_are_base64() -> None:
    event = sample("kafka")
    event["records"]["observations-1"][0]["value"] = "***"
    with pytest.raises(UnknownEvent, match="base64"):
        topic_events.of(event)
    good = base64.b64encode(b"{}").decode()
    event["records"]["observations-1"][0]["value"] = good
    assert topic_events.of(event)
