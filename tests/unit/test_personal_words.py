"""Words of a contract on personal data and deletions, and what follows from them."""

from typing import Any

import pytest
import sqlalchemy as sa

from catchment import contract_words, settings
from catchment.mistakes import ContractError
from catchment.settings import MissingSetting
from migrations import contracts
from tests.unit.test_contract_words import column, feed, mistakes

LONGITUDE = {"minimum": -180, "maximum": 180}
LATITUDE = {"minimum": -90, "maximum": 90}


def test_a_column_is_hashed_or_dropped() -> None:
    found = contract_words.parse(
        feed(column("a"), column("b", pii="hash"), column("c", "date", pii="drop"))
    )
    assert [(c.pii, c.stored) for c in found.columns] == [
        (None, True),
        ("hash", True),
        ("drop", False),
    ]
    assert found.is_personal
    assert [c.name for c in found.read_columns] == ["a", "b", "c"]
    assert not contract_words.parse(feed()).is_personal


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (feed(column(pii="mask")), "column a: pii: 'mask' is none of hash, drop"),
        (
            feed(column(pii="hash", data_type="bigint")),
            "column a: pii: hash needs text, not bigint",
        ),
        (
            feed(column(), column("b", from_key="(x)", pii="drop")),
            "column b: personal data in a file's name are in the ledger too",
        ),
        (
            feed(
                column("x", "real", **LONGITUDE, pii="drop"),
                column("y", "real", **LATITUDE),
                column("geom", "geometry(Point,4326)", geometry={"x": "x", "y": "y"}),
            ),
            "column geom: geometry from 'x', which is dropped",
        ),
        (feed(column(pii="drop")), "keeps no column: all are dropped"),
        (feed(on_delete="forget"), "on_delete: 'forget' is none of keep, remove"),
    ],
)
def test_a_mistake_is_told(source: dict[str, Any], said: str) -> None:
    assert [
        message.partition("feed f")[2].lstrip(":, ") for message in mistakes(source)
    ] == [said]


def test_rows_outlive_their_file_unless_the_feed_says_otherwise() -> None:
    assert contract_words.parse(feed()).on_delete == "keep"
    assert contract_words.parse(feed(on_delete="remove")).on_delete == "remove"


def test_the_raw_table_lacks_what_is_dropped() -> None:
    found = contract_words.parse(
        feed(column("a"), column("b", pii="hash"), column("c", pii="drop"))
    )
    table = contracts.table(found, sa.MetaData())
    assert list(table.columns.keys()) == ["_load_id", "_row_number", "a", "b"]


def test_a_zone_that_is_dropped_is_no_zone() -> None:
    clock = column(
        "at", "timestamp", time_zone={"feed": "p", "key": "k", "column": "z"}
    )
    zones = feed(column("k"), column("z", pii="drop"), name="p", files="p/*")
    with pytest.raises(ContractError, match="feed p has no column z"):
        contract_words.parse_all([feed(column("k"), clock), zones])


def test_nothing_is_tested_of_what_is_dropped() -> None:
    dropped = {"name": "mail", "config": {"meta": {"pii": "drop"}}}
    source = {
        "name": "f",
        "original_file_path": "f.yml",
        "columns": {"mail": dropped, "id": {"name": "id"}},
    }
    test = {"resource_type": "test", "depends_on": {"nodes": ["source.p.s.f"]}}
    manifest = {
        "sources": {"source.p.s.f": source},
        "nodes": {
            "good": {**test, "column_name": "id"},
            "of_the_table": {**test, "column_name": None},
            "bad": {**test, "column_name": "mail"},
            "model": {"resource_type": "model", "depends_on": {}},
        },
    }
    (mistake,) = contract_words.tests_of_dropped(manifest)
    assert (mistake.column, mistake.word, mistake.file) == (
        "mail",
        "data_tests",
        "f.yml",
    )


def test_patterns_of_records_meet_those_of_files_only_in_a_record() -> None:
    records = feed(files=["kafka/f/*", "kinesis/f/*"], format=["csv", "json"])
    by_name = feed(name="g", files="**/*_north.csv")
    assert len(contract_words.parse_all([records, by_name])) == 2
    for pattern in ("**/f/*", "kafka/f/*", "**/shardId-*"):
        with pytest.raises(ContractError, match="can match the same key"):
            contract_words.parse_all([records, feed(name="g", files=pattern)])


@pytest.fixture
def _url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@y/z")


@pytest.mark.usefixtures("_url")
@pytest.mark.parametrize(
    ("word", "text"),
    [("PII_KEY", "Geheim-7731"), ("PII_KEY_FROM", "Geheim-7731" * 4)],
)
def test_a_key_that_is_none_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, word: str, text: str
) -> None:
    monkeypatch.setenv(word, text)
    with pytest.raises(MissingSetting, match=f"^{word} ") as error:
        settings.from_environment()
    assert "Geheim" not in str(error.value)


@pytest.mark.usefixtures("_url")
def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PII_KEY", "k" * 32)
    found = settings.from_environment()
    assert found.pii_key == "k" * 32
    assert "kkkk" not in repr(found)
