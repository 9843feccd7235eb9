"""What follows from a feed's own history, and what of it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.rows import dict_row

from catchment import contract_words
from catchment.contract import Feed
from catchment.local.check import history, shown, watching
from catchment.local.check.findings import Finding, Kind, Report, Sample, Status
from tests.conftest import Platform

Database = psycopg.Connection[dict[str, Any]]
ROWS = 400
RAW = """
create table raw.readings (
    _load_id bigint, _row_number bigint, value double precision, category text,
    taken_at timestamptz, owner text
);
"""


def contract(**words: Any) -> Feed:
    def column(name: str, data_type: str, **meta: Any) -> dict[str, Any]:
        return {"name": name, "data_type": data_type, "config": {"meta": meta}}

    meta = {"files": "**/readings/*.csv", "format": "csv", **words}
    return contract_words.parse(
        {
            "name": "readings",
            "schema": "raw",
            "identifier": "readings",
            "config": {"meta": {"feed": meta}},
            "columns": [
                column("value", "double precision"),
                column("category", "text"),
                column("taken_at", "timestamptz"),
                column("owner", "text", pii="hash"),
            ],
        }
    )


@pytest.fixture
def db(bare_platform: Platform) -> Iterator[Database]:
    connection = psycopg.connect(
        bare_platform.owner, autocommit=True, row_factory=dict_row
    )
    with connection:
        connection.execute(RAW)
        yield connection


def load(
    db: Database,
    day: int,
    rows: int = ROWS,
    warmer: float = 0,
    rejected: int = 0,
    status: str = "loaded",
) -> int:
    """A day's file: values around 10, two categories, each moment of its day."""
    drawn = np.random.default_rng(day)
    made = db.execute(
        "insert into ops.load (feed, bucket, key, version, status, rows_read, "
        "rows_loaded, rows_rejected, finished_at) "
        "values ('readings', 'b', %s, 'v', %s, %s, %s, %s, %s) returning load_id",
        (
            f"incoming/readings/day-{day}.csv",
            status,
            rows + rejected,
            0 if status == "rejected" else rows,
            rejected,
            datetime.now(UTC) - timedelta(hours=100 - day),
        ),
    ).fetchone()
    assert made is not None
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    copy = "copy raw.readings from stdin"
    with db.cursor().copy(copy) as target:
        for number in range(rows):
            target.write_row(
                (
                    made["load_id"],
                    number,
                    drawn.normal(10 + warmer, 2),
                    drawn.choice(["wind", "sun"]),
                    moment + timedelta(seconds=float(drawn.uniform(0, 86_400))),
                    "a person",
                )
            )
    return int(made["load_id"])


def found(db: Database, feed: Feed | None = None) -> dict[str, Finding]:
    findings = watching.findings([feed or contract()], db)
    return {one.name: one for one in findings}


def statuses(findings: dict[str, Finding]) -> dict[str, str]:
    return {name: one.status.value for name, one in findings.items()}


def test_without_history_nothing_is_judged(db: Database) -> None:
    assert {*statuses(found(db)).values()} == {"waiting"}
    load(db, 1)
    assert {*statuses(found(db)).values()} == {"waiting"}


def test_files_as_usual_are_no_finding(db: Database) -> None:
    for day in range(1, 12):
        load(db, day, rows=ROWS + day)

    assert {*statuses(found(db)).values()} == {"pass"}


def test_a_file_of_half_the_rows_is_named(db: Database) -> None:
    for day in range(1, 12):
        load(db, day)
    half = load(db, 12, rows=ROWS // 2)

    findings = found(db)

    assert statuses(findings) == {
        **dict.fromkeys(statuses(findings), "pass"),
        "count": "warn",
    }
    key = "incoming/readings/day-12.csv"
    assert findings["count"].samples == (
        Sample(f"200 rows, usually 320 to 480 (load {half}, {key})", half, key),
    )


def test_of_two_columns_the_one_that_drifted_is_found(db: Database) -> None:
    for day in range(1, 12):
        load(db, day)
    warm = load(db, 12, warmer=4)

    findings = found(db)

    wrong = {name for name, one in findings.items() if one.is_wrong}
    assert wrong == {"value"}
    (sample,) = findings["value"].samples
    assert sample.load_id == warm
    assert sample.words.endswith(
        f"expected up to 0.25 (load {warm}, incoming/readings/day-12.csv)"
    )


def test_more_rejects_than_usual_and_a_refused_file(db: Database) -> None:
    for day in range(1, 12):
        load(db, day, rejected=4)
    load(db, 12, rejected=40)
    refused = found(db)["rejects"]
    assert refused.samples[0].words.startswith(
        "40 of 440 rows rejected (9.1%), expected up to 3.7%"
    )

    load(db, 13, rejected=400, status="rejected")
    words = [sample.words for sample in found(db)["rejects"].samples]
    assert any("nothing was published, the limit is 100%" in text for text in words)


def test_what_varies_is_not_judged(db: Database) -> None:
    names = {*found(db)}
    assert names == {"count", "rejects", "value", "category", "taken_at", "owner"}
    assert {*found(db, contract(varies=["count", "drift"]))} == {"rejects"}

    feed = contract()
    columns = tuple(replace(c, varies=c.name == "value") for c in feed.columns)
    assert {*found(db, replace(feed, columns=columns))} == names - {"value"}


def test_of_personal_values_only_their_absence_is_counted(db: Database) -> None:
    load(db, 1)
    found(db)

    kept = db.execute(
        "select kind, counts from ops.profile where column_name = 'owner'"
    ).fetchall()

    assert kept == [{"kind": "other", "counts": {"*": ROWS}}]


def test_a_load_is_read_once(db: Database) -> None:
    """Its rows may be gone afterwards."""
    for day in range(1, 5):
        load(db, day)
    found(db)
    db.execute("truncate raw.readings")
    load(db, 5)

    assert found(db)["value"].status == Status.PASS


def test_of_a_large_load_a_part_is_read(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching.queries, "SAMPLE", 100)
    load(db, 1, rows=20_000)
    found(db)

    (read,) = db.execute("select distinct rows from ops.profile").fetchall()

    assert 0 < read["rows"] <= 100


def test_a_column_that_the_table_has_not_yet_is_waited_for(db: Database) -> None:
    load(db, 1)
    db.execute("alter table raw.readings drop column category")

    assert found(db)["value"].status == Status.WAITING


# The history of runs


WRONG = Finding(
    Status.WARN, "readings", 1, "1 row is wrong", "select 1", name="a", kind=Kind.TEST
)
WELL = replace(WRONG, status=Status.PASS, rows=0, words="0 rows are wrong", query="")


def keep(db: Database, *findings: Finding, days_ago: float = 0) -> Report:
    when = datetime.now(UTC) - timedelta(days=days_ago)
    return history.keep(Report(findings), db, when, (), {})


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([[WRONG]], "1 new"),
        ([[WELL], [WRONG]], "1 new"),
        ([[WRONG], [WRONG]], "1 still wrong"),
        ([[WRONG], [WELL]], "1 mended"),
        ([[WRONG], [WELL], [WRONG]], "1 new"),
        ([[WRONG], [], [WRONG]], "1 still wrong"),  # a run of other checks alone
        ([[WRONG], [WELL, replace(WRONG, name="b")]], "1 new, 1 mended"),
        ([[WELL], [WELL]], ""),
    ],
)
def test_a_run_says_what_changed(
    db: Database, runs: Sequence[Sequence[Finding]], said: str
) -> None:
    reports = [keep(db, *findings) for findings in runs]

    assert shown.changes(reports[-1]) == said


def test_since_when_a_check_is_wrong(db: Database) -> None:
    for days_ago, finding in ((9, WRONG), (8, WELL), (7, WRONG), (6, WRONG)):
        keep(db, finding, days_ago=days_ago)

    report = keep(db, WRONG)

    week = datetime.now(UTC) - report.since[WRONG.id]
    assert week.days == 7
    assert f"- since {shown.since(report, WRONG)}" in shown.alert(report, "d").text


def test_an_alert_tells_what_is_new_first_and_what_was_mended(db: Database) -> None:
    other = replace(WRONG, model="a_model", name="b", words="1 row is odd")
    keep(db, WRONG, other)
    new = replace(WRONG, name="c", words="1 row is new")

    alert = shown.alert(keep(db, WRONG, replace(other, status=Status.PASS), new), "d")

    text = alert.text
    assert "Of them 1 new, 1 still wrong, 1 mended." in text
    assert "MENDED\n- a_model: 1 row is odd" in text
    assert text.index("1 row is new") < text.index("1 row is wrong")


def test_what_is_older_than_400_days_goes(db: Database) -> None:
    keep(db, WRONG, days_ago=401)
    keep(db, WRONG, days_ago=399)
    keep(db, WRONG)

    assert db.execute("select count(*) as n from ops.check_result").fetchone() == {
        "n": 2
    }


def test_every_check_is_listed_with_how_it_ended_before(db: Database) -> None:
    for finding in (WELL, WRONG, WRONG):
        keep(db, finding, replace(WELL, model="other"))

    listed = history.checks(db, None)

    assert [one["subject"] for one in listed] == ["readings", "other"]
    assert listed[0]["marks"] == ["warn", "warn", "pass"]
    assert [one["subject"] for one in history.checks(db, "other")] == ["other"]
