"""What a run of the data checks found, read from what dbt leaves in its target.

`run_results.json` (v6) and `sources.json` (v3) say how each check ended,
`manifest.json` (v12) what it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catchment.local.check import sentences

Document = Mapping[str, Any]
# Where dbt found no load, it says that the last one was in the year 1.
_NEVER = "0001-"


class Severity(StrEnum):
    """How bad a finding is; errors come first."""

    ERROR = "error"
    WARN = "warn"


_SEVERITIES = {
    "fail": Severity.ERROR,
    "error": Severity.ERROR,
    "runtime error": Severity.ERROR,
    "warn": Severity.WARN,
}


@dataclass(frozen=True)
class Finding:
    """A check that warns or fails.

    Attributes:
        model: the model, seed or source table; empty for a test of none.
        rows: how many rows failed; None where the check counts none.
        words: what is wrong, without the model's name.
        query: the SQL that returns the rows; empty where there are none.
        keys: the columns by which a row is known.
        samples: some of the rows, by their keys.
    """

    severity: Severity
    model: str
    rows: int | None
    words: str
    query: str = ""
    keys: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return f"{self.model}: {self.words}" if self.model else self.words


@dataclass(frozen=True)
class Report:
    """All that was checked; findings in their order, errors first."""

    checks: int
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        return sum(one.severity == severity for one in self.findings)

    @property
    def passed(self) -> int:
        return self.checks - len(self.findings)

    @property
    def failed(self) -> bool:
        return self.count(Severity.ERROR) > 0


def report(results: Document, sources: Document, manifest: Document) -> Report:
    """The report of one run of tests and one of freshness."""
    tests = [one for one in results["results"] if one["unique_id"].startswith("test.")]
    found = [
        *_of_tests(tests, manifest),
        *_of_sources(sources["results"], manifest),
    ]
    found.sort(key=lambda one: (list(Severity).index(one.severity), one.model))
    return Report(len(tests) + len(sources["results"]), tuple(found))


def _of_tests(results: Sequence[Document], manifest: Document) -> Iterator[Finding]:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    uniques = _unique_columns(manifest)
    for result in results:
        if severity := _SEVERITIES.get(result["status"]):
            node = nodes[result["unique_id"]]
            on = _attached_to(node)
            has_rows = result["status"] != "error"
            yield Finding(
                severity=severity,
                model=nodes[on]["name"] if on in nodes else sentences.name_in(on),
                rows=result["failures"] if has_rows else None,
                words=sentences.of_test(node, result),
                query=(result.get("compiled_code") or "") if has_rows else "",
                keys=(*_key(node), *uniques.get(on, ())),
            )


def _unique_columns(manifest: Document) -> dict[str, list[str]]:
    """The columns that are tested to be unique, by their model."""
    found: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if (node.get("test_metadata") or {}).get("name") == "unique":
            found.setdefault(_attached_to(node), []).append(node["column_name"])
    return found


def _attached_to(node: Document) -> str:
    """The id of what a test is of; of a source, which dbt does not tell there, the
    text that names it in the test's arguments."""
    kwargs = (node.get("test_metadata") or {}).get("kwargs") or {}
    return str(node.get("attached_node") or kwargs.get("model") or "")


def _key(node: Document) -> list[str]:
    """The columns that `meta.key` names, as a list or with commas between them."""
    key = node["config"]["meta"].get("key") or []
    return key.replace(" ", "").split(",") if isinstance(key, str) else list(key)


def _of_sources(results: Sequence[Document], manifest: Document) -> Iterator[Finding]:
    for result in results:
        severity = _SEVERITIES.get(result["status"])
        never = (result.get("max_loaded_at") or "").startswith(_NEVER)
        if never:  # a new database is no failure, whatever `error_after` says
            severity = Severity.WARN
        if severity:
            yield Finding(
                severity=severity,
                model=manifest["sources"][result["unique_id"]]["name"],
                rows=None,
                words=sentences.NEVER if never else sentences.of_source(result),
            )
