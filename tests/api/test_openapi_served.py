"""`/api` as clients get it."""

import re

import pytest
from access_world import add_keys
from api_asserts import assert_problem

from api.access import gate
from api.handler import handler
from api.openapi import document
from catchment import settings
from catchment.settings import Access, Issuer

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"


def test_the_document_is_answered_as_ogcs_test_suite_and_owslib_ask_for_it(world, send):
    for accept in (MEDIA_TYPE, "application/json", "*/*", ""):
        answer = send("/api", accept=accept)
        assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    assert answer.json["openapi"] == "3.0.3"


def test_servers_is_the_root_that_was_asked(world, send):
    assert send("/api").json["servers"] == [{"url": "https://api.example.org"}]
    other = send("/api", host="other.example.org").json
    assert other["servers"] == [{"url": "https://other.example.org"}]


def test_the_stage_stands_in_servers_and_not_in_paths(world):
    event = {
        "version": "2.0",
        "rawPath": "/v1/api",
        "headers": {"host": "api.example.org"},
        "requestContext": {
            "http": {"method": "GET", "path": "/v1/api"},
            "stage": "v1",
            "domainName": "d",
        },
        "isBase64Encoded": False,
    }
    body = handler(event, None)["body"]
    assert '"servers": [{"url": "https://api.example.org/v1"}]' in body
    assert '"/health"' in body


def test_it_is_compressed(world, send):
    answer = send("/api", accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.body == send("/api").body


def test_who_has_it_is_told_so_until_the_catalog_changes(own_world, send, republish):
    held = send("/api").headers["etag"]
    assert send("/api", if_none_match=held).status == 304
    assert send("/api", if_none_match=held, host="other.example.org").status == 200

    def retitle(raw):
        raw["models"][0]["config"]["meta"]["api"]["title"] = "Quakes"

    republish(retitle)
    answer = send("/api", if_none_match=held)
    assert answer.status == 200
    assert answer.json["info"]["version"] == "hash-2"
    operation = answer.json["paths"]["/collections/earthquakes_by_state/items"]["get"]
    assert operation["summary"] == "Quakes"


def test_who_may_ask_is_a_part_of_it(world, send, monkeypatch):
    held = send("/api").headers["etag"]
    monkeypatch.setenv("JWT_ISSUER", "https://id.example.org")
    monkeypatch.setenv("JWT_AUDIENCE", "c")
    answer = send("/api", if_none_match=held)
    assert answer.status == 200
    assert {*answer.json["components"]["securitySchemes"]} == {"key", "token"}


def test_it_is_written_once_for_a_catalog_and_a_base(world, send, monkeypatch):
    send("/api", host="once.example.org")
    monkeypatch.setattr(document, "of", None)
    assert send("/api", host="once.example.org").status == 200


def test_hosts_that_a_client_makes_up_do_not_fill_the_memory(world, send):
    from api.routes import openapi as route

    for number in range(20):
        send("/api", host=f"h{number}.example.org")
    assert len(route._written) <= route._MOST


def test_it_takes_no_parameter_but_its_format(world, send):
    assert send("/api", "f=json").status == 200
    assert assert_problem(send("/api", "f=yaml"), 400)["known"] == ["json"]
    assert assert_problem(send("/api", "limit=1"), 400)["known"] == ["f"]


@pytest.fixture
def closed(own_world, monkeypatch):
    add_keys(own_world)
    monkeypatch.setenv("API_ACCESS", "key")
    gate.gate.cache_clear()
    yield
    gate.gate.cache_clear()


def test_in_a_closed_api_the_document_needs_a_key_and_the_page_asks_for_it(
    closed, send
):
    assert_problem(send("/api"), 401)
    text = send("/docs").body
    assert '<dialog id="secret"' in text
    for address in re.findall(r'src="https://api.example.org(\S+)"', text):
        assert send(address).status == 200


def test_what_needs_a_key_says_so(published):
    ways = Access(False, True, Issuer("https://id.example.org", ("c",)))
    told = document.of(published, "https://a.example.org", ways)
    assert told["security"] == [{"key": []}, {"token": []}]
    schemes = told["components"]["securitySchemes"]
    assert schemes["key"]["name"] == "x-api-key"
    assert schemes["token"]["bearerFormat"] == "JWT"
    for path, item in told["paths"].items():
        for operation in item.values():
            is_open = path in ("/", "/docs", "/health", "/ops", "/ops/quality")
            assert (operation.get("security") == []) == is_open, path
            refused = {"401", "403", "429"} & {*operation["responses"]}
            assert bool(refused) != is_open, path


def test_in_an_open_api_only_admins_paths_and_restricted_rows_need_a_key(
    published, republish, send
):
    def restrict(raw):
        for model in raw["models"]:
            if model["name"] == "ranked":
                model["config"]["meta"]["api"]["restrict"] = {"id": "unit"}

    assert settings.access().is_open
    told = document.of(published, "https://a.example.org")
    assert "security" not in told
    assert needing(told) == {
        "/loads",
        "/loads/{number}",
        "/loads/{number}/rejects",
        "/loads/{number}/reasons",
        "/loads/{number}/replay",
        "/loads/{number}/replay-rejects",
        "/refreshes",
        "/freshness",
        "/queue",
        "/uploads",
        "/feeds",
        "/feeds/{feed}",
        "/feeds/{feed}/rows",
        "/feeds/{feed}/history",
        "/checks",
        "/checks/{check}",
    }
    republish(restrict)
    more = needing(send("/api").json) - needing(told)
    assert {"/stats/ranked", "/collections/ranked/items"} <= more
    assert "/places" not in more


def needing(told):
    return {
        path
        for path, item in told["paths"].items()
        for operation in item.values()
        if operation.get("security")
    }
