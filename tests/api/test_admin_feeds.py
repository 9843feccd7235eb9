"""The feeds, and what a row of one must hold: as JSON Schema, and as it is held."""

import psycopg
import pytest
from access_world import publish_feeds, source
from api_asserts import assert_problem
from jsonschema import Draft202012Validator

from api import container
from api.access import gate
from api.admin import feeds
from catchment import catalog
from catchment.local import api_keys
from catchment.types import KNOWN

NOTES = source(
    "notes",
    {
        "id": {"type": "integer", "required": True, "minimum": 1},
        "kind": {"enum": ["a", "b"], "header": ["Kind", "props.kind"]},
        "note": {"required": True, "maxLength": 9},
        "at": {"type": "timestamptz"},
        "x": {"type": "double precision", "minimum": -180, "maximum": 180},
        "y": {"type": "double precision", "minimum": -90, "maximum": 90},
        "geom": {"type": "geometry(Point, 4326)", "geometry": {"x": "x", "y": "y"}},
        "station": {"from_key": "([^/]+)[.]csv$", "required": True},
    },
)
STRICT = source("all", {"a": {}, "b": {"type": "boolean"}}, strict=True)
TYPES = [
    name for name in KNOWN if not name.startswith(("geometry", "numeric(", "jsonb"))
]


@pytest.fixture
def get(bare_platform, monkeypatch, send):
    monkeypatch.setenv("DATABASE_URL", bare_platform.api)
    container.database.cache_clear()
    gate.gate.cache_clear()
    with psycopg.connect(bare_platform.admin, autocommit=True) as connection:
        publish_feeds(connection, NOTES, STRICT)
    wish = api_keys.Wish("a test", scopes=["admin"])
    key = str(api_keys.create(bare_platform.admin, wish)[0])

    def get(path, query="", method="GET"):
        return send(path, query, method, x_api_key=key)

    yield get
    gate.gate.cache_clear()
    container.database().close()
    container.database.cache_clear()


def schema_of(feed):
    found = catalog.parse({"feeds": [feed], "models": []}).feeds
    return feeds.schema(found[feed["name"]], "https://a.example.org")


def fits(schema, row):
    return Draft202012Validator(schema).is_valid(row)


def test_the_list_leads_to_each(get, open_link):
    answer = get("/feeds")
    assert answer.headers["cache-control"] == "no-store"
    first, second = answer.json["feeds"]
    assert (first["name"], second["name"]) == ("all", "notes")
    assert second["files"] == ["**/notes/*.csv"]
    (link,) = second["links"]
    assert link["href"] == "https://api.example.org/feeds/notes"
    answer = get("/feeds/notes")
    assert answer.headers["content-type"] == link["type"] == "application/schema+json"
    assert answer.json["$id"] == link["href"]


def test_they_are_for_admins_and_can_only_be_read(get, send):
    for path in ("/feeds", "/feeds/notes"):
        assert_problem(send(path), 401)
        answer = get(path, method="POST")
        assert_problem(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"
        assert_problem(get(path, "limit=1"), 400)
    assert assert_problem(get("/feeds/no"), 404)["known"] == ["all", "notes"]


def test_a_schema_says_what_a_row_must_hold():
    schema = schema_of(NOTES)
    Draft202012Validator.check_schema(schema)
    # What Postgres makes is not sent; what a file's name would say is.
    names = {"id", "kind", "note", "at", "x", "y", "station"}
    assert {*schema["properties"]} == names
    assert {*schema["required"]} == {"id", "note", "station"}
    kind = schema["properties"]["kind"]
    assert kind["x-header"] == ["Kind", "props.kind"]
    assert schema["properties"]["at"]["x-type"] == "timestamp with time zone"
    row = {"id": 1, "note": "n", "station": "s"}
    assert fits(schema, row)
    assert fits(schema, {**row, "kind": "a", "x": 180, "at": None})
    for wrong in ({"id": 0}, {"id": None}, {"note": ""}, {"kind": "c"}, {"x": 181}):
        assert not fits(schema, {**row, **wrong}), wrong
    assert not fits(schema, {"id": 1, "note": "n"})


def test_a_strict_feed_wants_every_column():
    schema = schema_of(STRICT)
    assert schema["required"] == ["a", "b"]
    assert fits(schema, {"a": "x", "b": True})
    assert not fits(schema, {"a": "x", "b": None})


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_of_a_contract_has_a_schema(type_):
    schema = schema_of(source("f", {"a": {"type": type_}}))
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["a"]["type"][1] == "null"
    assert fits(schema, {"a": None})
    assert not fits(schema, {"a": {}})


def test_names_are_used_by_any_of_a_columns_own():
    feed = catalog.parse({"feeds": [NOTES], "models": []}).feeds["notes"]
    rows = ['{"id": 1, "Kind": 1, "props": {"x": 1}}', '{"station": 1, "geom": 1}']
    assert feeds.unused(feed, rows) == ["geom"]
