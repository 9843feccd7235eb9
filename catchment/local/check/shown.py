"""The report of the data checks for a person's eyes, and for an alert."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from catchment.local.check.alerts import Alert
from catchment.local.check.findings import Finding, Report, Status

WRONG = (Status.ERROR, Status.WARN)
_COLOURS = {
    Status.ERROR: "red",
    Status.WARN: "yellow",
    Status.PASS: "green",
    Status.WAITING: "default",
}
_MARKS = {"error": "\u2717", "warn": "!", "pass": "\u00b7", "waiting": " "}
# Slack cuts a message at 40,000 characters, and nobody reads as many.
LONGEST_ALERT = 3500
MOST_MENDED = 10


def table(report: Report) -> Table:
    """Every finding, with some of its rows."""
    shown = Table(box=box.SIMPLE_HEAD)
    shown.add_column("status", no_wrap=True)
    shown.add_column("since", no_wrap=True)
    shown.add_column("rows", justify="right", no_wrap=True)
    shown.add_column("what is wrong, and with which rows", overflow="fold")
    for one in report.findings:
        shown.add_row(
            Text(one.status, _COLOURS[one.status]),
            since(report, one),
            "" if one.rows is None else f"{one.rows:,}",
            Text(one.sentence).append("".join(f"\n{s}" for s in _rows(one)), "dim"),
        )
    return shown


def history(checks: Sequence[Mapping[str, Any]]) -> Table:
    """Every check as it stands, and how it ended in the runs before."""
    shown = Table(box=box.SIMPLE_HEAD)
    shown.add_column("status", no_wrap=True)
    shown.add_column("runs, newest last", no_wrap=True)
    shown.add_column("check", overflow="fold")
    for one in checks:
        marks = "".join(_MARKS[status] for status in reversed(one["marks"]))
        sentence = (
            f"{one['subject']}: {one['words']}" if one["subject"] else one["words"]
        )
        shown.add_row(
            Text(one["status"], _COLOURS[Status(one["status"])]),
            marks,
            Text(sentence).append(f"\n{one['kind']} {one['name']}", "dim"),
        )
    return shown


def since(report: Report, finding: Finding) -> str:
    """Since when a check has been wrong: a day, or that it is new."""
    first = report.since.get(finding.id)
    return f"{first.astimezone():%d %b %Y}" if first else "new"


def totals(report: Report) -> str:
    """One line: how many checks, and how they ended."""
    ended = [_counted(report, status) for status in WRONG]
    ended.append(f"{report.count(Status.PASS):,} passed")
    if waiting := report.count(Status.WAITING):
        ended.append(f"{waiting:,} without enough history")
    return f"{len(report.results):,} checks: {', '.join(ended)}"


def summary(report: Report) -> list[str]:
    """What stands below the table: how many, what changed, and what was mended."""
    lines = [totals(report), changes(report), report.note]
    return [line for line in lines if line] + [f"mended: {m}" for m in report.mended]


def changes(report: Report) -> str:
    """One line: what is otherwise than in the run before; nothing where that is
    all."""
    still = len(report.since)
    new = len(report.findings) - still
    told = {"new": new, "still wrong": still, "mended": len(report.mended)}
    return ", ".join(f"{count:,} {name}" for name, count in told.items() if count)


def _counted(report: Report, status: Status) -> str:
    name = {Status.ERROR: "error", Status.WARN: "warning"}[status]
    count = report.count(status)
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def alert(report: Report, database: str) -> Alert:
    """The message of a report, no longer than people read."""
    counts = [_counted(report, status) for status in WRONG]
    if not report.findings:
        counts = ["all is well"]
    subject = f"Catchment, database {database}: {', '.join(counts)}"
    changed = changes(report)
    blocks = [
        f"{totals(report)}, in database {database}."
        + (f"\nOf them {changed}." if changed else "")
    ]
    if report.mended:
        told = [f"- {one}" for one in report.mended[:MOST_MENDED]]
        if left := len(report.mended) - len(told):
            told.append(f"- and {left:,} more")
        blocks.append("\n".join(["MENDED", *told]))
    length = sum(map(len, blocks))
    # What is new comes first: it is what somebody has to look at.
    order = sorted(report.findings, key=lambda one: one.id in report.since)
    for number, one in enumerate(order):
        block = _block(report, one)
        if length + len(block) > LONGEST_ALERT:
            left = len(order) - number
            blocks.append(f"And {left} more: run `catchment check` to see them.")
            break
        blocks.append(block)
        length += len(block)
    return Alert(subject, "\n\n".join(blocks))


def alert_of_silence(reason: Exception) -> Alert:
    """The message that the checks did not run; the log's lines stay here."""
    first = str(reason).partition("\n")[0].rstrip(":")
    text = f"{first}. Nothing is known of the data until it does."
    return Alert("Catchment: the data checks did not run", text)


def _block(report: Report, finding: Finding) -> str:
    lines = [f"{finding.status.upper()} {finding.sentence}"]
    if finding.id in report.since:
        lines.append(f"- since {since(report, finding)}")
    return "\n".join([*lines, *(f"- {row}" for row in _rows(finding))])


def _rows(finding: Finding) -> list[str]:
    """The rows that are named, how many are not, and where they are from."""
    told = [sample.words for sample in finding.samples]
    left = (finding.rows or 0) - len(told)
    if told and left > 0:
        told.append(f"and {left:,} more")
    if finding.origin:
        told.append(f"made of {finding.origin}")
    return told
