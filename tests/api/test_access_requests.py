"""Requests through the whole API: who is let in, and which rows they see."""

import re

import psycopg
import pytest
from access_world import AUDIENCE, add_keys, running
from api_asserts import assert_problem

from api.access import ANYONE, Caller, gate, limited, scope_of
from api.problems import Problem
from api.query import select
from api.question import params
from api.routes.table import OPERATIONS
from catchment import catalog
from catchment.local import api_keys
from catchment.mistakes import ContractError


@pytest.fixture
def keys(own_world, monkeypatch):
    """Make keys for a world that only key holders may read."""
    add_keys(own_world)
    monkeypatch.setenv("API_ACCESS", "key")
    gate.gate.cache_clear()
    url = own_world.info.dsn

    def key(**wish):
        place = psycopg.conninfo.make_conninfo(
            url, password=own_world.info.password or None
        )
        return str(api_keys.create(place, api_keys.Wish("a test", **wish))[0])

    yield key
    gate.gate.cache_clear()


def restrict(document):
    api = {m["name"]: m["config"]["meta"].get("api") for m in document["models"]}
    api["earthquakes_by_state"]["restrict"] = {"state_fips": "region"}
    api["ranked"]["restrict"] = {"id": "unit"}


@pytest.fixture
def restricted(keys, republish):
    republish(restrict)
    return keys


PATHS = ["/aggregated-data", "/places", "/stats/ranked", "/nowhere", "/api"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_without_a_key_no_path_answers(keys, send, path, method):
    answer = send(path, "", method)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="catchment"'
    assert answer.headers["cache-control"] == "no-store"
    if method != "HEAD":
        assert "known" not in assert_problem(answer, 401)


def test_every_route_is_behind_the_gate(keys, send):
    """A route that somebody adds is closed unless scopes.OPEN names it."""
    paths = [re.sub(r"{\w+}", "1", operation.template) for operation in OPERATIONS]
    for path in (*paths, "/anything"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if scope_of(path, method):
                assert send(path, "", method).status == 401, (method, path)


def test_health_is_open(keys, send):
    assert send("/health").status == 200
    assert send("/health", "", "POST").status == 405


def test_a_key_reads(keys, send):
    answer = send("/places", x_api_key=keys(requests_per_minute=10))
    assert answer.status == 200
    assert answer.headers["ratelimit"] == '"key";r=9;t=6'
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "X-Api-Key" in answer.headers["vary"]


def test_a_key_that_asks_too_often_is_told_when_to_come_back(keys, send):
    key = keys(requests_per_minute=1)
    assert send("/places", x_api_key=key).status == 200
    answer = send("/places", x_api_key=key)
    assert_problem(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-policy"] == '"key";q=1;w=60'


@pytest.mark.parametrize("path", ["/loads", "/loads/1", "/uploads", "/feeds/a/rows"])
def test_admin_paths_need_the_scope_admin(keys, send, path):
    answer = send(path, x_api_key=keys(scopes=["read"]))
    assert "'admin'" in assert_problem(answer, 403)["detail"]
    assert "insufficient_scope" in answer.headers["www-authenticate"]


def test_a_log_names_the_caller_and_holds_no_secret(keys, send, caplog):
    key = keys()
    send("/places", x_api_key=key)
    assert_problem(send("/places", f"key={key}"), 400)
    text = str([vars(record) for record in caplog.records])
    assert f"'key {key[:12]}'" in text
    assert "key=***" in text
    assert_problem(send("/places", f"{key}=1"), 400)
    assert_problem(send("/places", f"a={key.replace('c', '%63', 1)}"), 400)
    send(f"/places/{key}")
    text = str([vars(record) for record in caplog.records])
    assert key not in text
    assert key[1:] not in text
    assert key[13:] not in text


def test_an_open_api_asks_nobody(own_world, send, monkeypatch):
    monkeypatch.delenv("API_ACCESS", raising=False)
    gate.gate.cache_clear()
    answer = send("/places")
    assert (answer.status, answer.headers["cache-control"]) == (200, "public, no-cache")
    assert "ratelimit" not in answer.headers
    assert_problem(send("/loads"), 401)


def test_settings_that_are_not_sure_answer_503(own_world, send, monkeypatch):
    monkeypatch.setenv("API_ACCESS", "everybody")
    gate.gate.cache_clear()
    assert "everybody" not in str(assert_problem(send("/places"), 503))
    assert send("/health").status == 200


def test_tokens_from_an_issuer_and_one_that_is_away(own_world, send, monkeypatch):
    with running() as oidc:
        oidc.new_key("es", "ES256")
        words = {"API_ACCESS": "jwt", "JWT_ISSUER": oidc.url, "JWT_AUDIENCE": AUDIENCE}
        for word, text in words.items():
            monkeypatch.setenv(word, text)
        gate.gate.cache_clear()
        good = {"authorization": f"Bearer {oidc.token()}"}
        oidc.is_away = True
        answer = send("/places", **good)
        assert "issuer" in assert_problem(answer, 503)["detail"]
        assert answer.headers["retry-after"] == "5"
        oidc.is_away = False
        gate.gate.cache_clear()
        assert send("/places", **good).status == 200
        assert_problem(send("/places", authorization="Bearer a.b.c"), 401)
    gate.gate.cache_clear()


def by_state(send, key, **parameters):
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    query = f"dataset=earthquakes_by_state&{query}"
    return send("/aggregated-data", query, x_api_key=key)


def test_rows_of_others_are_in_no_group_and_no_total(restricted, send):
    one = restricted(claims={"region": ["06"]})
    two = restricted(claims={"region": ["06", "02", "no such state"]})
    rows = by_state(send, one, group_by="state_fips").json["data"]
    assert [(row["state_fips"], row["n"]) for row in rows] == [("06", 7)]
    total = by_state(send, one, group_by="").json["data"]
    assert total[0]["n"] == 7
    assert by_state(send, two, group_by="").json["data"][0]["n"] == 10
    # A filter narrows what is seen and cannot widen it.
    assert by_state(send, one, state_fips="02").json["data"] == []
    assert by_state(send, one, group_by="day", category="strong").json["data"] == [
        {"day": "2025-01-02", "n": 1, "sum": 6.4, "min": 6.4, "max": 6.4, "avg": 6.4}
        | {"centroid": rows_centroid(send, one)}
    ]
    features = by_state(send, one, f="geojson", bbox="-180,-90,180,90").json["features"]
    assert [f["properties"]["state_fips"] for f in features] == ["06"]


def rows_centroid(send, key):
    (row,) = by_state(send, key, group_by="day", category="strong").json["data"]
    return row["centroid"]


def test_rows_of_a_row_model_are_compared_by_the_type_of_their_column(restricted, send):
    everything = send("/stats/ranked", "year=", x_api_key=restricted(claims={}))
    assert_problem(everything, 403)
    key = restricted(claims={"unit": ["8", "x", "99999999999999999999"]})
    rows = send("/stats/ranked", "year=", x_api_key=key).json["data"]
    assert rows
    assert {row["id"] for row in rows} == {8}


def test_a_caller_without_the_claim_is_told_which(restricted, send, monkeypatch):
    problem = assert_problem(by_state(send, restricted(claims={"unit": ["1"]})), 403)
    assert "'region'" in problem["detail"]
    # No value of the claim can be one of the column.
    key = restricted(claims={"unit": ["north"]})
    assert_problem(send("/stats/ranked", x_api_key=key), 403)
    monkeypatch.setenv("API_ACCESS", "open")
    gate.gate.cache_clear()
    answer = send("/stats/ranked")
    assert_problem(answer, 401)
    assert "www-authenticate" in answer.headers
    assert send("/places").status == 200


def test_an_answer_is_named_by_what_the_caller_sees(restricted, send):
    one, same, other = (
        restricted(claims={"region": states}) for states in (["06"], ["06"], ["02"])
    )
    tags = [by_state(send, key).headers["etag"] for key in (one, same, other)]
    assert tags[0] == tags[1] != tags[2]
    answer = send(
        "/aggregated-data",
        "dataset=earthquakes_by_state",
        x_api_key=other,
        if_none_match=tags[0],
    )
    assert answer.status == 200
    assert answer.headers["cache-control"].startswith("private")


def test_pages_of_one_caller_show_no_rows_of_another_to_whom_they_are_given(
    restricted, send, open_link
):
    wide = restricted(claims={"region": ["06", "02"]})
    narrow = restricted(claims={"region": ["06"]})
    first = by_state(send, wide, limit=1, group_by="state_fips").json
    (next_,) = (k["href"] for k in first["links"] if k["rel"] == "next")
    query = next_.partition("?")[2]
    theirs = send("/aggregated-data", query, x_api_key=narrow).json["data"]
    assert {row["state_fips"] for row in theirs} <= {"06"}


def test_a_query_that_forgot_the_restriction_is_no_statement(published):
    model = published.datasets["earthquakes_by_state"]
    document = {"restrict": (("state_fips", "region"),)}
    changed = type(model.api)(**{**vars(model.api), **document})
    model = type(model)(**{**vars(model), "api": changed})
    query = params.of_model((), model)
    with pytest.raises(RuntimeError, match="without its restrict"):
        select(query, published)
    caller = Caller("key", claims={"region": ("06",)})
    _, bound = select(limited(query, caller), published)
    assert "06" in bound.values()
    with pytest.raises(Problem):
        limited(query, ANYONE)


@pytest.mark.parametrize(
    ("restrict", "said"),
    [
        ({}, "expected columns"),
        (["state_fips"], "expected columns"),
        ({"state_fips": 1}, "a claim is a text"),
        ({"county": "region"}, "no column 'county'"),
    ],
)
def test_a_wrong_restriction_is_a_mistake_of_the_contract(restrict, said):
    from api_world import DOCUMENT

    document = {**DOCUMENT, "models": [dict(m) for m in DOCUMENT["models"]]}
    first = document["models"][0]
    api = {**first["config"]["meta"]["api"], "restrict": restrict}
    first["config"] = {**first["config"], "meta": {"api": api}}
    with pytest.raises(ContractError, match=said):
        catalog.parse(document)


def test_every_way_to_a_restricted_models_rows_shows_the_callers_alone(
    restricted, send
):
    wide = restricted(claims={"unit": [str(n) for n in range(20)]})
    narrow = restricted(claims={"unit": ["8"]})
    items = "/collections/ranked/items"
    everything = send(items, x_api_key=wide).json
    mine = send(items, x_api_key=narrow).json
    assert 0 < mine["numberMatched"] < everything["numberMatched"]
    hits = send(items, "resultType=hits", x_api_key=narrow).json
    assert hits["numberMatched"] == mine["numberMatched"]
    widened = send(items, "filter=id%3C100%20OR%20TRUE%3DTRUE", x_api_key=narrow)
    if widened.status == 200:
        assert widened.json["numberMatched"] == mine["numberMatched"]
    own = {feature["id"] for feature in mine["features"]}
    for feature in everything["features"]:
        answer = send(f"{items}/{feature['id']}", x_api_key=narrow)
        assert answer.status == (200 if feature["id"] in own else 404)
    assert_problem(send(f"{items}/{mine['features'][0]['id']}"), 401)


@pytest.mark.parametrize(
    "path",
    [
        "/collections/earthquakes_by_state/items",
        "/collections/earthquakes_by_state/tiles/WebMercatorQuad/0/0/0",
        "/aggregated-data?dataset=earthquakes_by_state",
    ],
)
def test_no_way_to_a_restricted_model_is_open(restricted, send, monkeypatch, path):
    path, _, query = path.partition("?")
    assert send(path, query, x_api_key=restricted()).status == 403
    key = restricted(claims={"region": ["06"]})
    answer = send(path, query, x_api_key=key)
    assert answer.status == 200, answer.body
    assert answer.headers["cache-control"].startswith("private")
