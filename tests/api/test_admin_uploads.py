"""Addresses to put files to: where they lead, and for how long."""

import json
import urllib.request
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem
from moto.server import ThreadedMotoServer

from api import container
from api.access import gate
from api.admin import uploads
from api.problems import Problem
from catchment import catalog
from catchment.local import api_keys

FEEDS = [
    source("plain", {"id": {}}),
    source(
        "parks",
        {"park": {"required": True, "from_key": r"/power_([A-Z]+)_"}, "n": {}},
        files=["**/energy/readings/power_*.csv", "**/energy/old/*/r?.tsv"],
        format=["csv", "tsv"],
    ),
    source("placed", {"id": {}}, files=["incoming/here/**/*.json"], format="json"),
    source("any", {"id": {}}, files=["**/*.ndjson"], format="ndjson"),
]


@pytest.fixture(scope="module")
def published():
    return catalog.parse({"feeds": FEEDS, "models": []})


@pytest.mark.parametrize(
    ("feed", "name", "key"),
    [
        ("plain", "a.csv", "incoming/plain/a.csv"),
        ("plain", "A ü+%.CSV.gz", "incoming/plain/A ü+%.CSV.gz"),
        ("parks", "power_A_1.csv", "incoming/energy/readings/power_A_1.csv"),
        ("placed", "a.json", "incoming/here/a.json"),
        ("any", "a.ndjson", "incoming/a.ndjson"),
    ],
)
def test_a_key_is_one_of_the_feeds_own(published, feed, name, key):
    assert uploads.key_of(published, published.feeds[feed], name) == key
    assert published.feed_of(key).name == feed


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("plain", "a.txt"),
        ("plain", "../a.csv"),
        ("plain", "a/b.csv"),
        ("plain", "a\\b.csv"),
        ("plain", ".."),
        ("plain", ""),
        ("plain", "a\n.csv"),
        ("plain", "a" * 250 + ".csv"),
        ("parks", "power_a_1.csv"),
        ("parks", "r1.tsv"),
    ],
)
def test_a_name_that_the_feed_has_no_place_for_is_refused(published, feed, name):
    with pytest.raises(Problem) as found:
        uploads.key_of(published, published.feeds[feed], name)
    assert (found.value.status, found.value.parameter) == (400, "name")


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint, monkeypatch):
    words = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "its secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "CATCHMENT_BUCKET": "files",
    }
    for word, text in words.items():
        monkeypatch.setenv(word, text)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = boto3.client("s3")
    place = {"LocationConstraint": "eu-central-1"}
    if "files" not in [b["Name"] for b in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket="files", CreateBucketConfiguration=place)
    return client


@pytest.fixture
def post(bare_platform, monkeypatch, send):
    monkeypatch.setenv("DATABASE_URL", bare_platform.api)
    container.database.cache_clear()
    gate.gate.cache_clear()
    with psycopg.connect(bare_platform.admin, autocommit=True) as admin:
        publish_feeds(admin, *FEEDS)
    key, _ = api_keys.create(
        bare_platform.admin, api_keys.Wish("a test", scopes=["admin"])
    )

    def post(path="/uploads", method="POST", **document):
        return send(path, "", method, json.dumps(document), x_api_key=str(key))

    yield post
    gate.gate.cache_clear()
    container.database().close()
    container.database.cache_clear()


def put(found, body, **headers):
    request = urllib.request.Request(
        found["url"],
        data=body,
        method=found["method"],
        headers={**found["headers"], **headers},
    )
    with urllib.request.urlopen(request) as answer:
        return answer.status


def test_a_file_that_is_put_there_is_in_the_bucket(s3, post):
    answer = post(feed="plain", name="ü 1.csv", content_type="text/csv")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    found = answer.json
    assert found["key"] == "incoming/plain/ü 1.csv"
    assert found["headers"] == {"content-type": "text/csv"}
    assert found["largest_bytes"] == 5_000_000_000
    assert put(found, b"id\n1\n") == 200
    stored = s3.get_object(Bucket="files", Key=found["key"])
    assert stored["Body"].read() == b"id\n1\n"
    assert stored["ContentType"] == "text/csv"


def test_an_address_is_signed_for_five_minutes_and_one_key(s3, post):
    url = post(feed="plain", name="a.csv", content_type="text/csv").json["url"]
    signed = parse_qs(urlsplit(url).query)
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["300"]
    assert signed["X-Amz-SignedHeaders"] == ["content-type;host"]
    assert unquote(urlsplit(url).path).endswith("incoming/plain/a.csv")
    assert "its secret" not in url


def test_in_aws_the_address_is_the_buckets_own_in_its_region(monkeypatch):
    for word in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(word, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the function's role")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("CATCHMENT_BUCKET", "files")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    url = urlsplit(uploads.presigned("incoming/a.csv", None).url)
    assert url.netloc == "files.s3.eu-central-1.amazonaws.com"
    assert parse_qs(url.query)["X-Amz-Security-Token"] == ["of the function's role"]


@pytest.mark.parametrize(
    ("document", "status", "said"),
    [
        ({"feed": "plain"}, 400, "name is missing"),
        ({"name": "a.csv"}, 400, "feed is missing"),
        ({"feed": "none", "name": "a.csv"}, 404, "There is no such feed"),
        ({"feed": "plain", "name": 5}, 400, "name is no text"),
        ({"feed": "plain", "name": "a.csv", "size": "1"}, 400, "no word 'size'"),
        ({"feed": "plain", "name": "a.txt"}, 400, "patterns"),
        ({"feed": "plain", "name": "a.csv", "content_type": "x\r\ny: z"}, 400, "media"),
        ({"feed": "parks", "name": "power_x.csv"}, 400, "must hold park"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(s3, post, document, status, said):
    assert said in assert_problem(post(**document), status)["detail"]


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 100_000, '"a"', "\x00"])
def test_a_body_that_is_no_object_is_refused(post, send, body, bare_platform):
    key, _ = api_keys.create(bare_platform.admin, api_keys.Wish("b", scopes=["admin"]))
    assert_problem(send("/uploads", "", "POST", body, x_api_key=str(key)), 400)


def test_it_takes_post_alone_and_from_admins_alone(post, send):
    answer = post(method="GET")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"
    assert_problem(send("/uploads", "", "POST"), 401)


def test_without_a_bucket_it_is_a_503(post, monkeypatch):
    monkeypatch.delenv("CATCHMENT_BUCKET", raising=False)
    assert_problem(post(feed="plain", name="a.csv"), 503)
