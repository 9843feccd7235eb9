"""Pages, formats, links, compression: the answer as a document."""

import gzip
from urllib.parse import parse_qsl, urlsplit

import pytest
from api_asserts import links

from api.answer import answers
from api.media import OF_ROWS

CELLS = "earthquakes_by_cell"


def alternates(answer):
    found = answer.json["links"]
    return {link["type"] for link in found if link["rel"] == "alternate"}


def test_the_same_parameters_stand_in_every_link(world, get):
    answer = get(CELLS, group_by=["cell", "category"], category="minor,strong", limit=1)
    for rel, link in links(answer).items():
        parts = urlsplit(link["href"])
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
        assert (parts.scheme, parts.netloc) == ("https", "api.example.org")
        assert parts.path == "/aggregated-data"
        assert [v for n, v in pairs if n == "group_by"] == ["cell", "category"]
        assert ("category", "minor,strong") in pairs
        assert link["title"], rel
    assert set(links(answer)) == {"self", "alternate", "next"}
    # GDAL stops silently at a `next` of another type.
    assert links(answer)["next"]["type"] == "application/json"
    assert alternates(answer) == {f.media_type for f in OF_ROWS if f.name != "json"}
    features = get(CELLS, f="geojson", limit=1)
    assert links(features)["next"]["type"] == "application/geo+json"
    assert "application/json" in alternates(features)


def test_an_answer_is_compressed_for_who_takes_it(world, get, send):
    query = f"dataset={CELLS}&group_by=at"
    plain = send("/aggregated-data", query)
    packed = send("/aggregated-data", query, accept_encoding="gzip;q=0.5, br")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "br"
    assert packed.body == plain.body
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding"
    small = send("/aggregated-data", "dataset=x", accept_encoding="gzip")
    assert "content-encoding" not in small.headers


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br, gzip", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("gzip;q=0.2, br;q=0.5", "br"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000", None),
        ("gzip;q=0.1", "gzip"),
        ("gzip;q=nonsense", None),
        # Who names no coding may know no other.
        ("*", "gzip"),
        ("*;q=0", None),
        ("gzip;q=0, *", None),
        ("x-gzip-like", None),
    ],
)
def test_accept_encoding_is_read_with_its_weights(header, coding):
    assert answers.accepted(header) == coding


@pytest.mark.parametrize(
    ("accept_encoding", "largest"), [("", 5_000), ("gzip", 1_600), ("br", 1_600)]
)
@pytest.mark.parametrize("f", ["json", "geojson"])
def test_a_page_that_is_too_large_shrinks_and_goes_on(
    world, get, send, open_link, monkeypatch, accept_encoding, largest, f
):
    query = f"dataset={CELLS}&group_by=at&f={f}"
    word = "features" if f == "geojson" else "data"
    whole = send("/aggregated-data", query).json[word]
    monkeypatch.setattr(answers, "LARGEST", largest)
    rows, url = [], f"https://api.example.org/aggregated-data?{query}"
    while url and len(rows) <= len(whole):
        parts = urlsplit(url)
        answer = send(parts.path, parts.query, accept_encoding=accept_encoding)
        assert 0 < answer.json["numberReturned"] < 100
        rows += answer.json[word]
        url = links(answer).get("next", {}).get("href")
    assert rows == whole


def test_a_group_that_fits_into_no_answer_is_an_error(world, get, monkeypatch):
    monkeypatch.setattr(answers, "LARGEST", 500)
    answer = get(CELLS)
    assert answer.status == 500
    assert "f=json" in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/health", ""),
        ("/aggregated-data", ""),
        ("/aggregated-data", f"dataset={CELLS}"),
        ("/aggregated-data", "dataset=none"),
    ],
)
def test_head_is_get_without_its_body(world, send, path, query):
    get = send(path, query, accept_encoding="gzip")
    head = send(path, query, "HEAD", accept_encoding="gzip")
    assert head.status == get.status
    assert get.body
    assert head.body == ""
    length = head.headers.pop("content-length")
    assert int(length) == len(gzip.compress(get.body.encode(), 1, mtime=0)) or (
        int(length) == len(get.body.encode())
    )
    assert head.headers == get.headers


def test_the_list_tells_all_there_is_to_ask(world, send, open_link):
    document = send("/aggregated-data").json
    names = [dataset["name"] for dataset in document["datasets"]]
    assert names == [
        "categories",
        "earthquakes_by_cell",
        "earthquakes_by_state",
        "place_days",
    ]
    states = document["datasets"][2]
    assert states["title"] == "Earthquakes by state"
    assert states["description"] == "What earthquakes_by_state holds."
    assert states["dimensions"][2] == {
        "name": "day",
        "type": "date",
        "description": "The day.",
    }
    assert states["measures"][4] == {
        "name": "avg",
        "description": "Average. The magnitude_sum, by: The magnitude_n.",
    }
    assert (states["time"], states["geometry"]) == ("day", "state_fips")
    for entry in (*document["datasets"], *document["paths"]):
        assert entry["links"]
        for link in entry["links"]:
            answer = open_link(link["href"])
            assert answer.status == 200
            assert answer.headers["content-type"] == link["type"]
            assert answer.data


def test_the_list_tells_every_path_and_its_parameters(world, send):
    document = send("/aggregated-data").json
    paths = {entry["path"]: entry for entry in document["paths"]}
    assert list(paths) == [
        "/places",
        "/places/readings",
        "/stats/places",
        "/stats/ranked",
    ]
    ranked = paths["/stats/ranked"]
    assert (ranked["model"], ranked["title"]) == ("ranked", "Ranked")
    assert ranked["description"] == "What ranked holds."
    assert ranked["parameters"] == [
        {
            "name": "year",
            "operator": "equals",
            "column": "year",
            "type": "integer",
            "default": ["2021"],
            "description": "The year.",
        }
    ]
    assert [d["name"] for d in ranked["dimensions"]] == ["team"]
    dated = paths["/stats/places"]["parameters"]
    assert [(p["name"], p["operator"], p["default"]) for p in dated] == [
        ("names", "equals", None),
        ("start_date", "from", None),
        ("end_date", "to", None),
    ]
    hrefs = [link["href"] for link in document["datasets"][3]["links"]]
    assert "https://api.example.org/stats/places?f=json" in hrefs


def test_health_names_the_catalog_and_how_fresh_the_data_is(world, send):
    answer = send("/health")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json == {
        "status": "ok",
        "catalog": "hash-1",
        "datasets": [
            {"name": "categories", "refreshed_at": None},
            {"name": "earthquakes_by_cell", "refreshed_at": None},
            # The last that succeeded, when it was done.
            {"name": "earthquakes_by_state", "refreshed_at": "2025-02-02T12:00:30Z"},
            {"name": "place_days", "refreshed_at": None},
        ],
        "row_models": [
            {"name": "hidden", "refreshed_at": None},
            {"name": "places", "refreshed_at": None},
            {"name": "ranked", "refreshed_at": None},
            {"name": "readings", "refreshed_at": "2025-02-04T12:00:00Z"},
        ],
    }


@pytest.mark.parametrize(
    "statement",
    ["drop table ops.refresh", "revoke select on ops.refresh from catchment_api"],
)
def test_health_goes_without_what_it_may_not_read(own_world, send, statement):
    own_world.execute(statement)
    assert send("/health").json["datasets"][2]["refreshed_at"] is None
