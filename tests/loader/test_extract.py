"""The extract Lambda against a service that pages, and is not always there."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from catchment import contract_words
from catchment.catalog import Catalog
from loader.extract import handler as extract
from loader.extract import http
from loader.extract.http import Http, NoTimeLeft
from loader.extract.store import Note, Store
from loader.extract.year import PageWritten, Result
from tests.loader.conftest import Bucket, column, source

FIRST = "/v1/2021/items/"


@dataclass(frozen=True)
class Says:
    """One answer; `cut` bytes of what it promised do not come."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0


@dataclass
class Service:
    """A server that answers a script: for each target its answers, the last of
    them for ever."""

    url: str = ""
    script: dict[str, list[Says]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str) -> Says:
        self.asked.append(target)
        answers = self.script.get(target, [Says(status=404)])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def pages(self, year: int, *rows: int, count: int | None = None) -> None:
        """A year of pages with so many records each."""
        targets = [f"/v1/{year}/items/", *self._more(year, len(rows))]
        for number, (target, size) in enumerate(zip(targets, rows, strict=True)):
            is_last = number == len(rows) - 1
            document = {
                "count": sum(rows) if count is None else count,
                "next": None if is_last else self.url + targets[number + 1],
                "results": [{"id": f"{number}-{i}"} for i in range(size)],
            }
            self.script[target] = [Says(document)]

    def _more(self, year: int, pages: int) -> list[str]:
        return [f"/v1/{year}/items/?page={number}" for number in range(2, pages + 1)]


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            says = service.answer(self.path)
            body = bytes_of(says.body)
            self.send_response(says.status)
            for name, text in says.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - says.cut])
            self.close_connection = says.cut > 0

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


def bytes_of(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    return json.dumps(body).encode()


def catalog_of(service: Service, *names: str, **words: Any) -> Catalog:
    feeds = {}
    for name in names:
        feed_words = {"files": [f"**/{name}/**/*.json"], "format": "json"}
        table = source(name, [column("id")], records="results", **feed_words)
        table["config"]["meta"]["extract"] = {
            "url": service.url + "/v1/{year}/items/",
            "key": f"{name}/{{year}}/{{page:02}}.json",
            "years": [2021],
            "retry": {"attempts": 3, "seconds": 0},
            **words,
        }
        feeds[name] = contract_words.parse(table)
    return Catalog(hash="", feeds=feeds, models={})


@dataclass
class Extraction:
    """The extract Lambda of one feed, `items`, and what it leaves in the bucket."""

    service: Service
    bucket: Bucket
    told: list[Result | PageWritten] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.bucket.client, self.bucket.name)

    def run(self, left: Callable[[], float] = lambda: 900, **words: Any) -> Any:
        """The statuses by year."""
        self.told.clear()
        catalog = catalog_of(self.service, "items")
        request = extract.Request(**words)
        results = extract.run(catalog, self.store, request, left, self.told.append)
        return {result.year: result.status for result in results}

    @property
    def reason(self) -> str | None:
        last = self.told[-1]
        assert isinstance(last, Result)
        return last.reason

    def page(self, number: int, year: int = 2021) -> Any:
        return json.loads(self.bucket.read(f"incoming/items/{year}/{number:02}.json"))

    def ids(self, number: int) -> list[str]:
        return [record["id"] for record in self.page(number)["results"]]


@pytest.fixture
def extraction(service: Service, bucket: Bucket) -> Extraction:
    return Extraction(service, bucket)


def test_each_page_becomes_an_object_as_it_came(extraction: Extraction) -> None:
    extraction.service.pages(2021, 2, 1)
    odd = b'{"count":3,"next":"?page=2" ,\n"results":[{"id":1.50},{"id":"\xc3\xbc"}]}'
    extraction.service.script[FIRST] = [Says(odd)]

    assert extraction.run() == {2021: "complete"}

    assert extraction.bucket.keys() == [
        "extracts/items/2021.json",
        "incoming/items/2021/01.json",
        "incoming/items/2021/02.json",
    ]
    assert extraction.bucket.read("incoming/items/2021/01.json") == odd
    assert extraction.ids(2) == ["1-0"]


def test_what_is_done_is_told_page_by_page(extraction: Extraction) -> None:
    extraction.service.pages(2021, 2, 1)

    extraction.run()

    *pages, year = extraction.told
    assert [(told.page, told.rows) for told in pages] == [(1, 2), (2, 1)]  # type: ignore[union-attr]
    assert year == Result("items", 2021, "complete", pages=2, rows=3)


def test_a_complete_year_is_remembered_and_fetched_again_only_if_asked(
    extraction: Extraction,
) -> None:
    extraction.service.pages(2021, 2, 1)
    extraction.run()
    note = extraction.store.note("items", 2021)
    asked = len(extraction.service.asked)

    assert extraction.run() == {2021: "present"}
    assert len(extraction.service.asked) == asked
    assert extraction.run(again=True) == {2021: "complete"}
    assert len(extraction.service.asked) == 2 * asked
    assert (note.pages, note.rows) == (2, 3)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_by_itself_is_asked_for_again(
    status: int, extraction: Extraction
) -> None:
    extraction.service.pages(2021, 1)
    extraction.service.script[FIRST][:0] = [Says(b"<html>", status)] * 2

    assert extraction.run() == {2021: "complete"}
    assert extraction.service.asked == [FIRST] * 3


def test_a_broken_connection_is_asked_for_again(extraction: Extraction) -> None:
    extraction.service.pages(2021, 5)
    (whole,) = extraction.service.script[FIRST]
    extraction.service.script[FIRST] = [Says(whole.body, cut=10), whole]

    assert extraction.run() == {2021: "complete"}
    assert len(extraction.ids(1)) == 5


def test_a_year_fails_after_the_last_attempt_and_the_others_go_on(
    extraction: Extraction,
) -> None:
    extraction.service.script["/v1/2020/items/"] = [Says(status=504)]
    extraction.service.pages(2021, 1)

    assert extraction.run(years=(2020, 2021)) == {2020: "failed", 2021: "complete"}

    failed = extraction.told[0]
    assert isinstance(failed, Result)
    assert failed.reason == (
        f"{extraction.service.url}/v1/2020/items/ answered with 504 at 3 attempts"
    )
    assert extraction.service.asked.count("/v1/2020/items/") == 3


def test_a_refusal_is_not_asked_for_again(extraction: Extraction) -> None:
    extraction.service.script[FIRST] = [Says(status=403)]

    assert extraction.run() == {2021: "failed"}
    assert extraction.service.asked == [FIRST]


def test_a_service_that_does_not_answer_at_all_fails_the_year(
    extraction: Extraction,
) -> None:
    assert extraction.run(base_url="http://127.0.0.1:9") == {2021: "failed"}
    assert extraction.reason is not None
    assert "did not answer at 3 attempts" in extraction.reason
    assert "Connection refused" in extraction.reason


@pytest.mark.parametrize(
    "answer", [Says(status=404), Says({"count": 0, "next": None, "results": []})]
)
def test_a_year_that_is_not_published_is_tried_at_the_next_run(
    answer: Says, extraction: Extraction
) -> None:
    extraction.service.script[FIRST] = [answer]

    assert extraction.run() == {2021: "unpublished"}
    assert extraction.bucket.keys() == []
    extraction.service.pages(2021, 1)
    assert extraction.run() == {2021: "complete"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Says(b"<html>busy</html>"), "page 1 is no JSON"),
        (Says({"results": {}}), "page 1 has no array of records at 'results'"),
        (Says(b'"text"'), "page 1 has no array of records at 'results'"),
        (
            Says({"count": "1", "results": [1]}),
            "page 1 has 'count' '1', which is no count",
        ),
        (Says({"next": 2, "results": [1]}), "'next' is 2, which is no address"),
        (
            Says({"next": "http://other.example.org/v1/2021/items/", "results": [1]}),
            "'next' leads to another host: other.example.org",
        ),
        (Says({"next": FIRST, "results": [1]}), "page 2 came before"),
        (Says({"next": "?page=9", "results": [1]}), "page 2 is not there (404)"),
        (Says({"count": 2, "results": [1]}), "1 pages hold 1 records, not 2 as told"),
        (Says({"results": ["x" * 2000]}), "is larger than 0 MB"),
        (
            Says(status=301, headers={"Location": "/v2/"}),
            "leads to /v2/: put that into url",
        ),
    ],
)
def test_an_answer_that_cannot_be_used_fails_the_year(
    answer: Says,
    reason: str,
    extraction: Extraction,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "LARGEST_PAGE", 1000)
    extraction.service.script[FIRST] = [answer]

    assert extraction.run() == {2021: "failed"}
    assert reason in str(extraction.reason)
    assert extraction.store.note("items", 2021).finished_at is None


def test_the_same_page_under_two_addresses_is_a_circle(extraction: Extraction) -> None:
    page = Says({"next": "?page=2", "results": [{"id": 1}]})
    extraction.service.script |= {FIRST: [page], f"{FIRST}?page=2": [page]}

    assert extraction.run() == {2021: "failed"}
    assert "page 2 came before" in str(extraction.reason)


def test_next_may_lack_the_scheme_that_we_came_by(extraction: Extraction) -> None:
    """Services behind a proxy write http:// into it; we stay where we began."""
    extraction.service.pages(2021, 1, 1)
    first = extraction.service.script[FIRST][0].body
    first["next"] = "https://127.0.0.1/v1/2021/items/?page=2"

    assert extraction.run() == {2021: "complete"}


def test_an_array_is_a_page_by_itself(extraction: Extraction) -> None:
    extraction.service.script[FIRST] = [Says([{"id": 1}, {"id": 2}])]

    assert extraction.run() == {2021: "complete"}
    assert extraction.store.note("items", 2021).rows == 2


def test_a_year_broken_in_the_middle_starts_over(extraction: Extraction) -> None:
    extraction.service.pages(2021, 2, 2)
    second = extraction.service.script[f"{FIRST}?page=2"]
    extraction.service.script[f"{FIRST}?page=2"] = [Says(status=500), *second]

    assert extraction.run() == {2021: "failed"}
    assert extraction.run() == {2021: "complete"}

    assert extraction.ids(1) + extraction.ids(2) == ["0-0", "0-1", "1-0", "1-1"]
    assert extraction.service.asked.count(FIRST) == 2


def test_pages_that_a_year_no_longer_has_become_empty(extraction: Extraction) -> None:
    """A file of no rows replaces the rows that it had before."""
    extraction.service.pages(2021, 1, 1, 1)
    extraction.run()
    extraction.service.pages(2021, 4)

    assert extraction.run(again=True) == {2021: "complete"}

    assert len(extraction.ids(1)) == 4
    assert extraction.page(2) == extraction.page(3) == {"results": []}
    assert extraction.store.note("items", 2021).pages == 1


def test_pages_of_a_broken_run_become_empty_too(extraction: Extraction) -> None:
    extraction.service.pages(2021, 1)
    extraction.run()
    extraction.service.pages(2021, 1, 1, 1)
    extraction.service.script[f"{FIRST}?page=3"] = [Says(status=500)]
    assert extraction.run(again=True) == {2021: "failed"}
    extraction.service.pages(2021, 1)

    assert extraction.run() == {2021: "complete"}

    assert extraction.page(2) == {"results": []}


def test_a_year_that_is_withdrawn_keeps_what_is_there(extraction: Extraction) -> None:
    extraction.service.pages(2021, 1)
    extraction.run()
    extraction.service.script[FIRST] = [Says(status=404)]

    assert extraction.run(again=True) == {2021: "unpublished"}
    assert len(extraction.ids(1)) == 1
    assert extraction.run() == {2021: "present"}


def test_without_time_for_another_page_the_rest_is_left(extraction: Extraction) -> None:
    extraction.service.pages(2020, 1)
    extraction.service.pages(2021, 1, 1)
    extraction.service.pages(2022, 1)

    def left() -> float:
        """Time is over once the second year's first page was asked for."""
        return 900 if len(extraction.service.asked) < 2 else 10

    statuses = extraction.run(left, years=(2020, 2021, 2022))

    assert statuses == {2020: "complete", 2021: "left", 2022: "left"}
    assert "/v1/2022/items/" not in extraction.service.asked
    assert extraction.run(years=(2020, 2021, 2022)) == {
        2020: "present",
        2021: "complete",
        2022: "complete",
    }


def test_a_pause_is_as_long_as_the_service_asks_for(service: Service) -> None:
    service.script["/a"] = [Says(status=503, headers={"Retry-After": "7"}), Says([])]
    pauses: list[float] = []

    assert Http(3, 1, lambda: 900, pauses.append).get(f"{service.url}/a") == b"[]"
    assert pauses == [7]


def test_a_pause_beyond_the_invocation_is_not_begun(service: Service) -> None:
    service.script["/a"] = [Says(status=429, headers={"Retry-After": "120"})]
    pauses: list[float] = []

    with pytest.raises(NoTimeLeft, match="asks to wait 120 s"):
        Http(3, 1, lambda: 100, pauses.append).get(f"{service.url}/a")
    assert pauses == []


def test_pauses_grow_by_twice_and_are_never_the_same(service: Service) -> None:
    service.script["/a"] = [*[Says(status=504)] * 4, Says([])]
    pauses: list[float] = []

    Http(5, 1, lambda: 900, pauses.append).get(f"{service.url}/a")

    assert [int(pause) for pause in pauses] == [2, 4, 8]
    assert all(pause != int(pause) for pause in pauses)


def test_a_page_may_come_packed(extraction: Extraction) -> None:
    import gzip

    body = json.dumps({"results": [{"id": 1}]}).encode()
    packed = Says(gzip.compress(body), headers={"Content-Encoding": "gzip"})
    extraction.service.script[FIRST] = [packed]

    assert extraction.run() == {2021: "complete"}
    assert extraction.bucket.read("incoming/items/2021/01.json") == body


def test_a_note_is_plain_json(extraction: Extraction) -> None:
    note = Note(pages=2, rows=3, finished_at="2026-01-01T00:00:00+00:00")
    extraction.store.write_note("items", 2021, note)

    assert json.loads(extraction.bucket.read("extracts/items/2021.json")) == {
        "pages": 2,
        "rows": 3,
        "finished_at": "2026-01-01T00:00:00+00:00",
    }
    assert extraction.store.note("items", 2021) == note
    assert extraction.store.note("items", 2020) == Note()


@pytest.fixture
def call(
    service: Service,
    bucket: Bucket,
    aws: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """The Lambda's handler, for the feeds `items` and `others`."""
    catalog = catalog_of(service, "items", "others")
    database = SimpleNamespace(catalog=lambda: catalog)
    monkeypatch.setattr(extract, "_database", lambda: database)
    monkeypatch.setenv("CATCHMENT_BUCKET", bucket.name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws["aws_secret_access_key"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws["region_name"])
    return extract.handler


def test_an_empty_event_fetches_all_that_is_not_there(
    call: Callable[..., Any], service: Service
) -> None:
    service.pages(2021, 2)
    scheduled = {"source": "aws.scheduler", "detail-type": "Scheduled Event"}

    first, second = call({}, None), call(scheduled, None)

    assert [
        [(one["feed"], one["status"], one["rows"]) for one in answer["extracts"]]
        for answer in (first, second)
    ] == [
        [("items", "complete", 2), ("others", "complete", 2)],
        [("items", "present", 2), ("others", "present", 2)],
    ]


def test_an_event_names_feed_years_and_host(
    call: Callable[..., Any], service: Service
) -> None:
    service.pages(2019, 1)
    service.script["/mirror/v1/2019/items/"] = service.script.pop("/v1/2019/items/")

    answer = call(
        {"feed": "others", "years": [2019], "base_url": f"{service.url}/mirror"}, None
    )

    assert [(one["feed"], one["year"]) for one in answer["extracts"]] == [
        ("others", 2019)
    ]
    assert service.asked == ["/mirror/v1/2019/items/"]


def test_a_year_that_failed_is_raised_after_the_others_were_tried(
    call: Callable[..., Any], service: Service, bucket: Bucket
) -> None:
    service.script["/v1/2020/items/"] = [Says(status=500)]
    service.pages(2021, 1)

    with pytest.raises(extract.ExtractFailed, match=r"items 2020 failed: .* with 500"):
        call({"feed": "items", "years": [2020, 2021]}, None)

    assert "incoming/items/2021/01.json" in bucket.keys()  # noqa: SIM118


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"feed": "none"}, "feed 'none' has no meta.extract; those that have: items"),
        ({"year": 2020}, "unknown word 'year'; known: feed, years, base_url, again"),
        ({"years": ["2020"]}, "years must be numbers of four digits"),
        ({"years": [20]}, "years must be numbers of four digits"),
    ],
)
def test_an_event_that_asks_for_nothing_is_an_error(
    event: dict[str, Any], said: str, call: Callable[..., Any]
) -> None:
    with pytest.raises(ValueError, match=said):
        call(event, None)


def test_the_time_of_the_invocation_is_asked_of_its_context(
    call: Callable[..., Any], service: Service
) -> None:
    service.pages(2021, 1)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 5_000)

    answer = call({"feed": "items"}, context)

    assert [one["status"] for one in answer["extracts"]] == ["left"]
    assert service.asked == []
