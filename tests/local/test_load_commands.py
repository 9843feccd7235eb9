"""Commands about loads: what they ask of the loader, and what they say."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from catchment.catalog import Catalog
from catchment.cli import main
from catchment.contract_words import parse
from catchment.local import backfill, contracts, functions, storage, validating
from catchment.local.backfill import Found, Totals, Wish
from catchment.local.lambdas import LambdaContext
from catchment.local.storage import Names
from catchment.local.trouble import Trouble
from loader import events
from loader.inspection import inspect
from tests.loader.conftest import column, source

Answer = dict[str, Any]
COLUMNS = [
    column("id", "integer", required=True),
    column("name", pii="hash"),
    column("amount", "integer", maximum=100),
]
FILE = "id,name,amount,extra\n1,Ann,1,x\nb,Bob,2,x\nc,Cid,3,x\n4,Dan,400,x\n"


def catalog(**words: Any) -> Catalog:
    feed = parse(source("sales", COLUMNS, files=["**/sales/*.csv"], **words))
    return Catalog("", {"sales": feed}, {})


# validate


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    path = tmp_path / "sales" / "a.csv"
    path.parent.mkdir()
    path.write_text(FILE)
    return path


def validated(
    path: Path, found: Catalog | None = None, **words: Any
) -> tuple[validating.Finding, str]:
    """What is found of one file, and what is said of it."""
    said = StringIO()
    console = Console(file=said, width=120)
    (finding,) = validating.validate([path], found or catalog(), console, **words)
    return finding, said.getvalue()


def test_a_file_is_told_as_a_load_would_tell_it(sales: Path) -> None:
    finding, said = validated(sales)

    assert finding.would_be_published
    inspection = finding.inspection
    assert inspection is not None
    counts = inspection.counts
    assert (counts.read, counts.loaded, counts.rejected) == (4, 1, 3)
    problems = inspection.problems
    assert {kind: (p.count, p.lines) for kind, p in problems.items()} == {
        ("id", "type"): (2, [3, 4]),
        ("amount", "maximum"): (1, [5]),
    }
    assert list(inspection.unknown) == ["extra"]
    assert "feed sales (files: **/sales/*.csv); 4 records" in said
    assert "1 row would be published, 3 rejects would wait in quarantine" in said
    assert "Columns that no contract names: extra" in said
    assert "'b' is no integer" in said


def test_rejects_are_shown_where_they_are_asked_for_without_personal_data(
    sales: Path,
) -> None:
    finding, said = validated(sales, limit=2)

    assert finding.inspection is not None
    assert [r.line for r in finding.inspection.rejects] == [3, 4]
    assert "[pii]" in said
    assert "Bob" not in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"reject_limit": 2}, "3 of 4 rows break the contract, more than its"),
        ({"unknown_columns": "reject"}, "its contract does not name"),
        ({"delimiter": ";"}, "the file "),
    ],
)
def test_what_would_not_be_published_says_why(
    sales: Path, words: dict[str, Any], reason: str
) -> None:
    finding, said = validated(sales, catalog(**words))

    assert not finding.would_be_published
    assert "nothing would be published: " in said
    assert reason in said


def test_a_packed_file_and_a_folder_are_read_as_load_reads_them(
    sales: Path,
) -> None:
    sales.with_suffix(".csv.gz").write_bytes(gzip.compress(FILE.encode()))
    (sales.parent / "notes.md").write_text("no data")

    found = validating.validate([sales.parent], catalog(), Console(file=StringIO()))

    assert [finding.upload.path.name for finding in found] == ["a.csv", "a.csv.gz"]
    assert [f.inspection.counts.read for f in found if f.inspection] == [4, 4]


def test_a_file_without_a_feed_is_held_against_the_one_that_is_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "b.csv"
    path.write_text("id,name,amount\n1,a,1\n")

    lost, said = validated(path)
    found, _ = validated(path, feed="sales")
    _, as_placed = validated(path, prefix="sales")

    assert not lost.would_be_published
    assert "no feed takes incoming/" in said
    assert found.would_be_published
    assert "all of them good" in as_placed
    with pytest.raises(Trouble, match=r"no feed nosuch\. Known: sales\."):
        validated(path, feed="nosuch")


def test_standard_input_is_read_as_the_feed_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stdin:
        buffer = BytesIO(FILE.encode())

    monkeypatch.setattr("sys.stdin", Stdin)

    finding, _ = validated(Path("-"), feed="sales")

    assert finding.inspection is not None
    assert finding.inspection.counts.read == 4
    with pytest.raises(Trouble, match="give --feed"):
        validated(Path("-"))


def test_a_damaged_file_tells_how_far_it_was_read() -> None:
    """By the very checks of a load; what it could not read is no record."""
    feed = catalog().feeds["sales"]
    packed = gzip.compress(FILE.encode() * 20_000)[:-20]

    found = inspect(BytesIO(packed), feed, "incoming/sales/a.csv.gz", 0)

    assert found.reason is not None
    assert "cut off" in found.reason


def test_contracts_are_kept_until_the_project_changes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []

    def manifest(folder: Path) -> Answer:
        readings.append(folder)
        return {"sources": {}, "nodes": {}}

    monkeypatch.setattr(contracts, "manifest", manifest)
    for _ in range(2):
        contracts.catalog_of(project)
    assert len(readings) == 1
    (project / "warehouse" / "sources.yml").write_text("version: 2")
    contracts.catalog_of(project)
    assert len(readings) == 2


def test_dbts_own_words_tell_of_a_project_that_it_cannot_read(project: Path) -> None:
    with pytest.raises(contracts.WrongProject, match=r"dbt_project\.yml"):
        contracts.catalog_of(project)


# replay and unload


@contextmanager
def serving(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[Answer], Answer]
) -> Iterator[list[Answer]]:
    """A loader that answers so; the events that it was asked."""
    asked: list[Answer] = []

    def handler(event: Any, _: LambdaContext) -> Answer:
        asked.append(event)
        return answer(event)

    with functions.served("127.0.0.1", 0, handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
        monkeypatch.setenv("LOADER_FUNCTION", functions.NAME)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
        yield asked


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


@pytest.fixture(autouse=True)
def no_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", "/dev/null")


def told(status: str, load_id: int, *counts: int, **words: Any) -> Answer:
    names = ("rows_read", "rows_loaded", "rows_rejected")
    return {
        "status": status,
        "load_id": load_id,
        "reason": None,
        "is_refreshed": True,
        **dict(zip(names, counts or (0, 0, 0), strict=True)),
        **words,
    }


@pytest.mark.parametrize(
    ("words", "answer", "code", "said"),
    [
        (
            ["replay", "7"],
            told("loaded", 9, 4, 3, 1),
            0,
            ["Load 9 has taken the place of load 7: 3 rows.", "(catchment rejects 9)"],
        ),
        (
            ["replay", "7"],
            told("rejected", 9, 4, 0, 4, reason="no row keeps the contract"),
            1,
            ["refused again, as load 9", "load 7 stays", "no row keeps the contract"],
        ),
        (
            ["replay", "7", "--rejects"],
            told("loaded", 7, 4, 3, 1),
            0,
            ["3 of 4 rejects are rows of load 7 now.", "(catchment rejects 7)"],
        ),
        (
            ["replay", "7"],
            told("loaded", 9, 4, 4, 0, is_refreshed=False),
            0,
            ["could not be refreshed"],
        ),
        (["replay", "7"], {"refused": "there is no load 7"}, 1, ["Not done: there is"]),
        (["unload", "7", "--yes"], told("unloaded", 7), 0, ["`catchment replay 7`"]),
        (
            ["unload", "7", "--yes"],
            told("duplicate", 7, reason="unloaded"),
            0,
            ["unloaded already"],
        ),
        (
            ["unload", "7", "--yes"],
            told("duplicate", 7, reason="superseded"),
            0,
            ["is superseded: it has no rows"],
        ),
    ],
)
def test_what_the_loader_answers_is_said(
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    answer: Answer,
    code: int,
    said: list[str],
) -> None:
    with serving(monkeypatch, lambda _: answer) as asked:
        done = run(*words)

    assert done.exit_code == code, done.output
    assert all(text in done.output for text in said), done.output
    (event,) = asked
    assert (event["source"], event["load_id"]) == (f"catchment.{words[0]}", 7)
    assert event.get("only_rejects", False) == ("--rejects" in words)


def test_nothing_is_unloaded_without_a_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, lambda _: told("unloaded", 7)) as asked:
        done = run("unload", "7", stdin="n\n")
        assert (done.exit_code, asked) == (1, [])
        assert run("unload", "7", stdin="y\n").exit_code == 0


def test_a_loader_that_fails_or_is_away_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: Answer) -> Answer:
        raise RuntimeError("a secret")

    with serving(monkeypatch, fail):
        failed = run("replay", "7")
    away = run("replay", "7")
    monkeypatch.delenv("LOADER_FUNCTION")
    unset = run("replay", "7")

    assert "could not do it (RuntimeError): its log says why" in failed.output
    # Above it stands what the loader, in this very process, wrote to its log.
    assert "a secret" not in failed.output.splitlines()[-1]
    assert "run `catchment up`" in away.output
    assert "LOADER_FUNCTION is not set: run `catchment up` first" in unset.output
    assert {failed.exit_code, away.exit_code, unset.exit_code} == {1}


# backfill


class Loader:
    """What the loader would know; it takes messages where `works`."""

    def __init__(self, sqs: Any, queue_url: str):
        self.sqs, self.queue_url = sqs, queue_url
        self.works = True
        self.entries: dict[str, Answer] = {}
        self.taken: list[events.ObjectVersion] = []
        self.waited: list[int] = []

    def ask(self, source: str, bucket: str, objects: list[Any]) -> Answer:
        assert source == "catchment.known"
        assert len(objects) <= backfill.ASKED_AT_ONCE
        if self.works:
            self._take()
        return {"objects": [self._entry(key) for key, *_ in objects]}

    def _entry(self, key: str) -> Answer:
        feed = "sales" if "sales" in key else "other" if "other" in key else None
        return {"feed": feed, **self.entries.get(key, {})}

    def _take(self) -> None:
        waiting = 0
        while found := self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10
        ).get("Messages"):
            waiting += len(found)
            for message in found:
                for version in events.objects(message["Body"]):
                    self.taken.append(version)
                    self.note(version.key)
                self.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        self.waited.append(waiting)

    def note(self, key: str, status: str = "loaded") -> None:
        self.entries[key] = {
            "load_id": len(self.entries) + 1,
            "status": status,
            "rows_loaded": 3,
            "rows_rejected": 1,
        }


@pytest.fixture
def archive(
    aws: dict[str, str], names: Names, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Any, Loader, Callable[..., Totals]]]:
    """A bucket, the loader, and how to backfill a prefix of the one by the other."""
    monkeypatch.setattr(backfill, "SECONDS_BETWEEN_LOOKS", 0.01)
    s3, sqs = storage.client("s3", aws), storage.client("sqs", aws)
    queue_url = storage.prepare(s3, sqs, names)
    loader = Loader(sqs, queue_url)

    def put(*keys: str) -> None:
        for key in keys:
            s3.put_object(Bucket=names.bucket, Key=key, Body=key.encode())

    def run(prefix: str, **words: Any) -> Totals:
        dry_run = words.pop("dry_run", False)
        wish = Wish(names.bucket, prefix, patience=0.3, **words)
        console = Console(file=StringIO())
        return backfill.run(wish, aws, queue_url, loader.ask, console, dry_run)

    yield put, loader, run
    sqs.purge_queue(QueueUrl=queue_url)


Archive = tuple[Any, Loader, Callable[..., Totals]]


def test_objects_go_through_the_queue_once(archive: Archive) -> None:
    put, loader, run = archive
    keys = [f"archive/sales/{n} ü+.csv" for n in range(25)]
    put(*keys, "archive/sales/", "archive/nobody.csv", "elsewhere/sales/a.csv")

    first = run("archive/")
    second = run("archive/")

    assert sorted(version.key for version in loader.taken) == sorted(keys)
    assert all(version.version_id and version.size for version in loader.taken)
    counted = (first.seen, first.sent, first.settled, first.unmatched, first.rows)
    assert counted == (26, 25, 25, 1, 75)
    assert (second.sent, second.known, second.unmatched) == (0, 25, 1)


def test_few_of_them_wait_at_a_time(archive: Archive) -> None:
    put, loader, run = archive
    put(*(f"sales/{n}.csv" for n in range(30)))

    assert run("sales/", in_flight=4).settled == 30

    assert max(loader.waited) <= 4


def test_only_what_is_asked_for_is_sent(archive: Archive) -> None:
    put, loader, run = archive
    put("a/sales.csv", "a/other.csv")

    assert run("a/", dry_run=True).by_feed == {"sales": 1, "other": 1}
    assert loader.taken == []
    totals = run("a/", feed="sales")

    assert [version.key for version in loader.taken] == ["a/sales.csv"]
    assert (totals.sent, totals.of_other_feeds) == (1, 1)


def test_what_has_a_feed_by_now_is_sent_again(archive: Archive) -> None:
    put, loader, run = archive
    put("a/sales.csv", "a/sales-2.csv")
    loader.note("a/sales.csv", "unmatched")
    loader.note("a/sales-2.csv", "failed")

    totals = run("a/")

    assert [version.key for version in loader.taken] == ["a/sales.csv"]
    assert (totals.sent, totals.known, totals.bad) == (1, 1, 0)


def test_a_loader_that_stands_still_ends_it_and_the_next_run_goes_on(
    archive: Archive,
) -> None:
    put, loader, run = archive
    put(*(f"sales/{n}.csv" for n in range(20)))
    loader.works = False
    with pytest.raises(Trouble, match=r"10 files, as sales/0\.csv, have no"):
        run("sales/", in_flight=10)

    loader.works = True
    run("sales/")

    assert {version.key for version in loader.taken} == {
        f"sales/{n}.csv" for n in range(20)
    }


def test_the_current_versions_are_listed_and_deleted_ones_are_not(
    archive: Archive, aws: dict[str, str], names: Names
) -> None:
    put, _, _ = archive
    s3 = storage.client("s3", aws)
    put("v/sales.csv", "v/sales.csv", "v/gone.csv")
    s3.delete_object(Bucket=names.bucket, Key="v/gone.csv")
    newest = s3.head_object(Bucket=names.bucket, Key="v/sales.csv")

    (found,) = backfill.listed(s3, Wish(names.bucket, "v/"))

    etag = newest["ETag"].strip('"')
    assert found == Found("v/sales.csv", etag, 11, newest["VersionId"])


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("bucket/prefix", "no place as s3://BUCKET/PREFIX"),
        ("s3://bucket/processed/sales", "catchment replay LOAD"),
        ("s3://bucket/failed/", "catchment replay LOAD"),
    ],
)
def test_a_place_that_cannot_be_backfilled_is_refused(place: str, said: str) -> None:
    with pytest.raises(Trouble, match=said):
        Wish.of(place)


def test_an_interrupted_run_says_that_the_same_command_goes_on(
    archive: Archive,
    aws: dict[str, str],
    names: Names,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put, loader, _ = archive
    put("a/sales.csv")
    for word, text in aws.items():
        monkeypatch.setenv(word, text)
    monkeypatch.setenv("CATCHMENT_QUEUE_URL", loader.queue_url)
    monkeypatch.setattr(backfill, "SECONDS_BETWEEN_LOOKS", 0)

    def answer(_: Answer) -> Answer:
        return {"objects": [{"feed": "sales"}]}

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("catchment.local.backfill.time.sleep", stop)
    with serving(monkeypatch, answer) as asked:
        done = run("backfill", f"s3://{names.bucket}/a/")

    assert done.exit_code == 130
    assert "The same command goes on from there." in done.output
    assert {event["source"] for event in asked} == {"catchment.known"}
