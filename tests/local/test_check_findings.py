"""What dbt leaves behind, read as findings in sentences."""

from typing import Any

import pytest

from catchment.local.check import findings, samples, sentences, shown
from catchment.local.check.findings import Finding, Report, Sample, Status
from catchment.local.check.lineage import Lineage

MODEL = "model.catchment.readings"
SOURCE = "source.catchment.sensors.readings"


def a_test(
    name: str = "is_between",
    column: str | None = "value",
    kwargs: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A test as `manifest.json` describes it."""
    return {
        "name": f"{name}_of_readings",
        "attached_node": MODEL,
        "column_name": column,
        "description": "",
        "config": {"meta": {}},
        "unrendered_config": {},
        "test_metadata": {
            "name": name,
            "kwargs": {"column_name": column, **(kwargs or {})},
        },
        **more,
    }


def result(status: str, failures: int | None = 0, **more: Any) -> dict[str, Any]:
    return {"status": status, "failures": failures, "message": None, **more}


def report_of(
    tests: list[tuple[dict[str, Any], dict[str, Any]]],
    sources: list[dict[str, Any]] | None = None,
) -> Report:
    ids = [f"test.catchment.{number}" for number in range(len(tests))]
    manifest = {
        "nodes": {
            MODEL: {"name": "readings"},
            **{id_: node for id_, (node, _) in zip(ids, tests, strict=True)},
        },
        "sources": {SOURCE: {"name": "readings"}},
    }
    results = [
        {"unique_id": id_, **one} for id_, (_, one) in zip(ids, tests, strict=True)
    ]
    # A hook at the end of the run is no check.
    results.append({"unique_id": "operation.catchment.hook", **result("success")})
    freshness = [{"unique_id": SOURCE, **one} for one in sources or []]
    return findings.report({"results": results}, {"results": freshness}, manifest)


def only(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def test_errors_come_first_and_passes_are_counted() -> None:
    report = report_of(
        [
            (a_test(), result("warn", 3)),
            (a_test(), result("pass")),
            (a_test(), result("fail", 1)),
            (a_test(), result("error", None, message="no such column")),
        ]
    )

    severities = [one.status for one in report.findings]
    assert severities == [Status.ERROR, Status.ERROR, Status.WARN]
    assert (len(report.results), report.failed) == (4, True)
    assert shown.totals(report) == "4 checks: 2 errors, 1 warning, 1 passed"


def test_warnings_alone_are_no_failure() -> None:
    assert not report_of([(a_test(), result("warn", 3))]).failed


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (
            a_test(config={"meta": {"words": "{rows} of column value out of -50..60"}}),
            "readings: 3 rows of column value out of -50..60",
        ),
        (
            a_test(
                config={
                    "meta": {"words": "{rows} of column value above 60"},
                    "where": "category = 'temperature'",
                }
            ),
            "readings: 3 rows of column value above 60 where category = 'temperature'",
        ),
        (
            a_test(config={"meta": {"words": "column zip missing too often"}}),
            "readings: column zip missing too often",
        ),
        (
            a_test(
                description="A reading is warm.",
                config={"meta": {"words": "what the macro says"}},
            ),
            "readings: 3 rows: A reading is warm.",
        ),
        (
            a_test(
                description="A reading is warm.",
                config={"meta": {"words": "{rows} are cold"}},
                unrendered_config={"meta": {"words": "{rows} are cold"}},
            ),
            "readings: 3 rows are cold",
        ),
        (a_test("not_null"), "readings: 3 rows without a value in column value"),
        (
            a_test("unique"),
            "readings: 3 values of column value that come more than once",
        ),
        (
            a_test("accepted_values", kwargs={"values": ["a", "b"]}),
            "readings: 3 values of column value that are none of a, b",
        ),
        (
            a_test("relationships", kwargs={"to": "ref('states')", "field": "id"}),
            "readings: 3 values of column value that states does not know",
        ),
        (
            a_test("of_somebody", column=None),
            "readings: 3 rows of the test of_somebody_of_readings",
        ),
        (
            a_test(
                "not_null",
                attached_node=None,
                kwargs={
                    "model": "{{ get_where_subquery(source('sensors', 'raw_ones')) }}"
                },
            ),
            "raw_ones: 3 rows without a value in column value",
        ),
        (
            a_test(attached_node=None, test_metadata=None),
            "3 rows of the test is_between_of_readings",
        ),
    ],
)
def test_a_finding_is_a_sentence(node: dict[str, Any], sentence: str) -> None:
    assert only(report_of([(node, result("warn", 3))])).sentence == sentence


def test_one_row_is_no_rows() -> None:
    finding = only(report_of([(a_test("not_null"), result("fail", 1))]))

    assert finding.words == "1 row without a value in column value"


def test_a_test_that_does_not_run_is_an_error_without_rows() -> None:
    broken = result(
        "error", None, message='Database Error\n  column "x" is away', compiled_code="x"
    )

    finding = only(report_of([(a_test(), broken)]))

    assert finding.words == ('the test does not run: Database Error column "x" is away')
    assert (finding.rows, finding.query) == (None, "")


CRITERIA = {
    "warn_after": {"count": 1, "period": "day"},
    "error_after": {"count": 30, "period": "day"},
}


@pytest.mark.parametrize(
    ("status", "ago", "words"),
    [
        ("warn", 90000, "last loaded 25 hours ago, expected within 1 day"),
        ("error", 35 * 86400, "last loaded 35 days ago, expected within 30 days"),
    ],
)
def test_a_source_that_is_stale(status: str, ago: float, words: str) -> None:
    stale = {
        "status": status,
        "max_loaded_at": "2026-01-01T00:00:00+00:00",
        "max_loaded_at_time_ago_in_s": ago,
        "criteria": CRITERIA,
    }

    finding = only(report_of([], [stale]))

    assert (finding.status, finding.words) == (Status(status), words)


@pytest.mark.parametrize("status", ["warn", "error", "pass"])
def test_a_source_without_any_load_is_a_warning(status: str) -> None:
    """Whatever its `error_after`: a new database is empty."""
    never = {
        "status": status,
        "max_loaded_at": "0001-01-01T00:00:00+00:00",
        "max_loaded_at_time_ago_in_s": 6e10,
        "criteria": CRITERIA,
    }

    finding = only(report_of([], [never]))

    assert finding.sentence == "readings: nothing loaded yet"
    assert finding.status == Status.WARN


def test_a_source_that_cannot_be_asked_is_an_error() -> None:
    unknown = {"status": "runtime error", "error": "permission denied"}

    finding = only(report_of([], [unknown]))

    assert finding.status == Status.ERROR
    assert finding.words == "its freshness is not known: permission denied"


@pytest.mark.parametrize(
    "of", [{}, {"attached_node": None, "kwargs": {"model": "source('a', 'b')"}}]
)
@pytest.mark.parametrize("key", [["state"], "state"])
def test_a_row_is_known_by_its_keys(key: object, of: dict[str, Any]) -> None:
    unique = a_test("unique", column="reading_id", **of)
    between = a_test(config={"meta": {"key": key, "words": "{rows}"}}, **of)

    report = report_of(
        [(unique, result("pass")), (between, result("fail", 1, compiled_code="select"))]
    )

    assert only(report).keys == ("state", "reading_id")
    assert only(report).query == "select"


def test_a_row_shows_its_keys_and_nothing_else() -> None:
    row = {
        "name": "A Person",
        "phone": "555-0100",
        "state": "NV",
        "_load_id": 12,
        "_row_number": 3,
        "file": "incoming/a.csv",
        "problem": "value is 99",
    }

    said = samples.row_in_words(row, ["state"])

    assert said == "value is 99 (state NV, load 12, row 3, incoming/a.csv)"


def test_a_personal_value_is_told_of_no_row() -> None:
    """Whatever the test calls it."""
    column = {"name": "phone", "config": {"meta": {"pii": "hash"}}}
    source = {
        "name": "people",
        "config": {"meta": {"feed": {}}},
        "columns": {"phone": column},
    }
    model = {"depends_on": {"nodes": ["model.between"]}}
    between = {"depends_on": {"nodes": ["source.people"]}}
    above = Lineage(
        {
            "nodes": {"model.mart": model, "model.between": between},
            "sources": {"source.people": source},
        }
    )
    feeds = above.feeds("model.mart")
    row = {"unique_field": "5f3a", "phone": "5f3a", "_load_id": 1}

    said = samples.row_in_words(row, ["phone"], above.personal(feeds, "phone"))

    assert feeds == ("people",)
    assert said == "phone [pii], value [pii], load 1"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"unique_field": "x", "n_records": 2}, "value x"),
        ({"problem": "4 rows, less than 10"}, "4 rows, less than 10"),
        ({"_load_id": 1, "file": None}, "load 1"),
        ({"name": "A Person"}, ""),
    ],
)
def test_rows_of_other_tests(row: dict[str, Any], said: str) -> None:
    assert samples.row_in_words(row, []) == said


def test_a_value_is_cut_and_kept_on_one_line() -> None:
    row = {"unique_field": "a\nb\x1b[31m" + "c" * 100}

    said = samples.row_in_words(row, [])

    assert said.startswith("value a b [31mccc")
    assert len(said) == len("value ") + samples.LONGEST_VALUE


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(90, "90 seconds"), (120, "2 minutes"), (7200, "2 hours"), (3e6, "35 days")],
)
def test_spans(seconds: float, said: str) -> None:
    assert sentences.span(seconds) == said


WELL = (Finding(Status.PASS, "readings", 0, "0 rows are wrong"),) * 4


def finding(number: int = 1, **more: Any) -> Finding:
    known = {
        "rows": 8,
        "words": f"{number} is wrong",
        "samples": (Sample("a"), Sample("b"), Sample("c")),
    }
    return Finding(Status.WARN, "readings", **{**known, **more})


def test_an_alert_names_rows_and_how_many_more_there_are() -> None:
    alert = shown.alert(Report((finding(), *WELL)), "catchment")

    assert alert.subject == "Catchment, database catchment: 0 errors, 1 warning"
    assert alert.text.splitlines() == [
        "5 checks: 0 errors, 1 warning, 4 passed, in database catchment.",
        "Of them 1 new.",
        "",
        "WARN readings: 1 is wrong",
        "- a",
        "- b",
        "- c",
        "- and 5 more",
    ]


def test_an_alert_that_all_is_well() -> None:
    alert = shown.alert(Report(WELL), "catchment")

    assert alert.subject == "Catchment, database catchment: all is well"


def test_an_alert_has_a_length_that_people_read() -> None:
    samples = (Sample("x" * 200),) * 3
    many = tuple(finding(number, samples=samples) for number in range(100))

    alert = shown.alert(Report(many), "catchment")

    assert len(alert.text) < shown.LONGEST_ALERT + 200
    named = alert.text.count("WARN readings")
    assert 1 < named < 100
    assert f"And {100 - named} more: run `catchment check`" in alert.text
