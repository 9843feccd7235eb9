"""What a run of the data checks found, read from what dbt leaves in its target.

`run_results.json` (v6) and `sources.json` (v3) say how each check ended,
`manifest.json` (v12) what it is.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from catchment.local.check import sentences
from catchment.local.check.lineage import Lineage

Document = Mapping[str, Any]
# Where dbt found no load, it says that the last one was in the year 1.
_NEVER = "0001-"


class Status(StrEnum):
    """How a check ended, the worst first."""

    ERROR = "error"
    WARN = "warn"
    WAITING = "waiting"  # for more history to judge by
    PASS = "pass"


class Kind(StrEnum):
    """What is checked: what dbt is told, and what follows from a feed's own history."""

    TEST = "test"
    FRESHNESS = "freshness"
    COUNT = "count"
    REJECTS = "rejects"
    DRIFT = "drift"


_STATUSES = {
    "fail": Status.ERROR,
    "error": Status.ERROR,
    "runtime error": Status.ERROR,
    "warn": Status.WARN,
}


@dataclass(frozen=True)
class Sample:
    """One of the rows that fail, by its keys; and its load and file, where known."""

    words: str
    load_id: int | None = None
    file: str | None = None


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        model: the model, seed or feed; empty for a test of none.
        rows: how many rows failed; None where the check counts none.
        words: what is wrong, without the model's name.
        query: the SQL that returns the rows; empty where there are none.
        keys: the columns by which a row is known.
        samples: some of the rows.
        kind, name: what is checked; the name is the test's, or a column's.
        source: what `id` is made of: the same in every run.
        feeds: the feeds that the model is made of.
        personal: names of columns whose values are shown to nobody.
        origin: where rows come from that say no load themselves.
    """

    status: Status
    model: str
    rows: int | None
    words: str
    query: str = ""
    keys: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    kind: Kind = Kind.TEST
    name: str = ""
    source: str = ""
    feeds: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    origin: str = ""

    @property
    def id(self) -> str:
        """Twelve digits that name the check, in addresses too."""
        source = self.source or f"{self.kind}.{self.model}.{self.name}"
        return hashlib.sha256(source.encode()).hexdigest()[:12]

    @property
    def is_wrong(self) -> bool:
        return self.status in (Status.ERROR, Status.WARN)

    @property
    def sentence(self) -> str:
        return f"{self.model}: {self.words}" if self.model else self.words


@dataclass(frozen=True)
class Report:
    """All that was checked, and what is otherwise than in the run before.

    Attributes:
        since: by the id of a check that was wrong before too: since when.
        mended: sentences about checks that were wrong and are so no more.
        note: why the run is not kept, where it is not.
    """

    results: tuple[Finding, ...]
    since: Mapping[str, datetime] = field(default_factory=dict)
    mended: tuple[str, ...] = ()
    note: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, errors first."""
        order = list(Status)
        wrong = [one for one in self.results if one.is_wrong]
        return tuple(sorted(wrong, key=lambda o: (order.index(o.status), o.model)))

    def count(self, status: Status) -> int:
        return sum(one.status == status for one in self.results)

    @property
    def failed(self) -> bool:
        return self.count(Status.ERROR) > 0


def report(results: Document, sources: Document, manifest: Document) -> Report:
    """The report of one run of tests and one of freshness."""
    tests = [one for one in results["results"] if one["unique_id"].startswith("test.")]
    found = [
        *_of_tests(tests, manifest),
        *_of_sources(sources["results"], manifest),
    ]
    return Report(tuple(found))


def _of_tests(results: Sequence[Document], manifest: Document) -> Iterator[Finding]:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    uniques = _unique_columns(manifest)
    above = Lineage(manifest)
    for result in results:
        status = _STATUSES.get(result["status"], Status.PASS)
        node = nodes[result["unique_id"]]
        on = _attached_to(node)
        has_rows = result["status"] != "error"
        feeds = above.feeds(on if on in nodes else result["unique_id"])
        wrong = status != Status.PASS
        yield Finding(
            status=status,
            model=nodes[on]["name"] if on in nodes else sentences.name_in(on),
            rows=result["failures"] if has_rows else None,
            words=sentences.of_test(node, result),
            query=(result.get("compiled_code") or "") if has_rows and wrong else "",
            keys=(*_key(node), *uniques.get(on, ())),
            name=node["name"],
            source=result["unique_id"],
            feeds=feeds,
            personal=above.personal(feeds, node.get("column_name")),
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
    above = Lineage(manifest)
    for result in results:
        source = result["unique_id"]
        status = _STATUSES.get(result["status"], Status.PASS)
        never = (result.get("max_loaded_at") or "").startswith(_NEVER)
        yield Finding(
            # A new database is no failure, whatever `error_after` says.
            status=Status.WARN if never else status,
            model=manifest["sources"][source]["name"],
            rows=None,
            words=sentences.NEVER if never else sentences.of_source(result),
            kind=Kind.FRESHNESS,
            name="freshness",
            source=f"freshness.{source}",
            feeds=above.feeds(source),
        )
