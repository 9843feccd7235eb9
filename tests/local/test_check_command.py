"""`catchment check`, as a person and a schedule run it, on a real warehouse."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from catchment.cli import main
from catchment.local import dbt_command, storage
from catchment.local.check import alert_box, alerts, dbt_run
from catchment.local.check.alerts import Alert, NotPosted
from catchment.local.check.dbt_run import NotChecked, NothingToCheck
from catchment.local.check.findings import Finding, Report, Status
from catchment.local.storage import Names
from tests.conftest import ROOT, Platform, copy_of, drop_database

WARNING = Finding(Status.WARN, "readings", 3, "3 rows are wrong")
WELL = (Finding(Status.PASS, "readings", 0, "0 rows are wrong"),) * 8
ERROR = replace(WARNING, status=Status.ERROR)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """What is posted, where it would be."""
    seen: list[Alert] = []

    def post(alert: Alert, _: Any) -> str:
        seen.append(alert)
        return "somewhere"

    monkeypatch.setattr(alerts, "post", post)
    return seen


def check(
    monkeypatch: pytest.MonkeyPatch, *findings: Finding, words: tuple[str, ...] = ()
) -> Result:
    """The command, where the checks have found this."""
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    monkeypatch.setattr(dbt_run, "run", lambda *_: Report((*findings, *WELL)))
    return CliRunner().invoke(main, ["check", *words])


@pytest.mark.parametrize(
    ("findings", "words", "code", "alerts_posted"),
    [
        ((), (), 0, 0),
        ((), ("--always",), 0, 1),
        ((WARNING,), (), 0, 1),
        ((WARNING, WARNING, ERROR), (), 1, 1),
        ((ERROR,), ("--no-alert",), 1, 0),
        ((ERROR,), ("--no-alert", "--always"), 1, 0),
    ],
)
def test_one_alert_and_a_code_that_says_how_bad_it_is(
    findings: tuple[Finding, ...],
    words: tuple[str, ...],
    code: int,
    alerts_posted: int,
    posted: list[Alert],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = check(monkeypatch, *findings, words=words)

    assert done.exit_code == code
    assert len(posted) == alerts_posted
    assert ("Posted to somewhere" in done.output) == bool(alerts_posted)
    assert done.output.count("readings: 3 rows are wrong") == len(findings)
    assert f"{len(findings) + 8} checks:" in done.output


def test_an_alert_that_is_not_posted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def post(*_: Any) -> None:
        raise NotPosted("Nobody was there.")

    monkeypatch.setattr(alerts, "post", post)

    done = check(monkeypatch, WARNING)

    assert done.exit_code == 2
    assert done.stderr == "Error: Nobody was there.\n"


def test_without_a_place_to_post_to_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(alerts.WEBHOOK, raising=False)
    monkeypatch.delenv(alerts.TOPIC, raising=False)

    done = check(monkeypatch, WARNING)

    assert done.exit_code == 0
    said = "Nothing was posted: set CATCHMENT_ALERT_WEBHOOK or CATCHMENT_ALERT_TOPIC."
    assert said in done.output


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone's dbt project, where dbt leaves what it makes."""
    root = tmp_path_factory.mktemp("check") / "project"
    leave_out = shutil.ignore_patterns("target", "logs")
    shutil.copytree(ROOT / "warehouse", root / "warehouse", ignore=leave_out)
    (root / "pyproject.toml").touch()
    return root


@pytest.fixture(scope="module")
def platform(server_url: str, built: Platform) -> Iterator[Platform]:
    mine = copy_of(server_url, built)
    yield mine
    drop_database(server_url, mine.admin)


def run(
    project: Path, words: dict[str, str], *command: str
) -> subprocess.CompletedProcess[str]:
    environ = {**words, "CATCHMENT_ENV_FILE": os.devnull, "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "catchment.cli", *command],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
    )


def with_topic(aws: dict[str, str], platform: Platform, name: str) -> dict[str, str]:
    names = Names(alerts=name)
    sns, sqs = storage.client("sns", aws), storage.client("sqs", aws)
    topic = storage.prepare_alerts(sns, sqs, names)
    return {**platform.environment, **aws, alerts.TOPIC: topic}


def test_an_empty_warehouse_is_told_and_is_no_failure(
    project: Path, platform: Platform, aws: dict[str, str]
) -> None:
    words = with_topic(aws, platform, "empty-warehouse")

    done = run(project, words, "check")
    shown = run(project, words, "alerts")

    assert done.returncode == 0, done.stdout + done.stderr
    for said in (done.stdout, shown.stdout):
        assert "observations: nothing loaded yet" in said
        assert "earthquakes: nothing loaded yet" in said
    assert " 0 errors, " in done.stdout
    assert f"Posted to {words[alerts.TOPIC]}" in done.stdout
    assert shown.stdout.startswith("Catchment, database ")


READINGS = """
insert into ops.load (load_id, feed, bucket, key, version, status)
overriding system value
values (77, 'observations', 'b', 'incoming/observations/a.csv', '1', 'loaded');
insert into raw.observations (
    _load_id, _row_number, id, latitude, longitude, category, value
)
select 77, n, n, 40, -100, 'humidity', case when n = 5 then 101 else n end
from generate_series(1, 20) as n
"""


def test_what_is_wrong_is_told_with_its_rows(
    project: Path, platform: Platform, aws: dict[str, str]
) -> None:
    """A reading out of range, and a rollup that nobody refreshed."""
    with psycopg.connect(platform.owner) as db:
        db.execute(READINGS.encode())
    words = with_topic(aws, platform, "what-is-wrong")
    models = ("stg_observations", "rollup_observations_by_cell")
    select = [word for model in models for word in ("--select", model)]

    done = run(project, words, "check", *select)

    (alert,) = alert_box.posted(storage.client("sqs", aws), "what-is-wrong")
    assert done.returncode == 1, done.stdout + done.stderr
    lines = alert.text.splitlines()
    assert "ERROR rollup_observations_by_cell: column n loses or doubles rows" in lines
    assert "- 20 rows, counted are 0" in lines
    assert (
        "WARN stg_observations: 1 row of column value out of 0..100 where "
        "category = 'humidity'" in lines
    )
    assert "- value is 101 (load 77, row 5, incoming/observations/a.csv)" in lines
    assert lines[0].endswith(f"in database {words['WAREHOUSE_DATABASE']}.")
    assert "load 77, row 5, incoming/observations/a.csv" in done.stdout


def dbt_that(code: int, results: dict[str, str]) -> Any:
    """A dbt that ends with this code and leaves these documents."""

    def run(root: Path, *_: Any) -> int:
        for name, text in results.items():
            (root / "warehouse" / "target" / name).write_text(text)
        return code

    return run


EMPTY = {
    "sources.json": '{"results": []}',
    "run_results.json": '{"results": []}',
    "manifest.json": '{"nodes": {}, "sources": {}}',
}


@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_a_former_run_left_is_not_taken_for_this_ones(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "warehouse" / "target").mkdir(parents=True)
    dbt_that(0, EMPTY)(tmp_path)
    monkeypatch.setattr(dbt_command, "run", dbt_that(code, {}))

    with pytest.raises(NotChecked, match="dbt source freshness did not run"):
        dbt_run.run(tmp_path, {"WAREHOUSE_HOST": "here"})


def test_a_dbt_that_breaks_off_has_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "warehouse" / "target").mkdir(parents=True)
    monkeypatch.setattr(dbt_command, "run", dbt_that(2, EMPTY))

    with pytest.raises(NotChecked, match="did not run"):
        dbt_run.run(tmp_path, {"WAREHOUSE_HOST": "here"})


def test_a_selection_of_nothing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "warehouse" / "target").mkdir(parents=True)
    monkeypatch.setattr(dbt_command, "run", dbt_that(0, EMPTY))

    with pytest.raises(NothingToCheck, match="No check is selected by no_such_model"):
        dbt_run.run(tmp_path, {"WAREHOUSE_HOST": "here"}, ["no_such_model"])


@pytest.mark.parametrize(
    ("error", "alerts_posted"),
    [
        (NotChecked("dbt test did not run (log: x):\npassword=hunter2"), 1),
        (NothingToCheck("No check is selected."), 0),
    ],
)
def test_checks_that_do_not_run_are_an_alert_of_their_own(
    error: Exception,
    alerts_posted: int,
    posted: list[Alert],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end of dbt's log is for the terminal; a wrong selection is no alert."""

    def run(*_: Any) -> None:
        raise error

    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    monkeypatch.setattr(dbt_run, "run", run)
    done = CliRunner().invoke(main, ["check"])

    assert done.exit_code == 2
    assert str(error) in done.stderr
    assert len(posted) == alerts_posted
    for alert in posted:
        assert "dbt test did not run" in alert.text
        assert "hunter2" not in alert.text


def test_without_a_warehouse_it_says_what_to_do(project: Path) -> None:
    done = run(project, {"PATH": os.environ["PATH"], "HOME": str(project)}, "check")

    assert done.returncode == 2
    assert "WAREHOUSE_HOST is not set: run `catchment up`" in done.stderr
    assert "Traceback" not in done.stderr
