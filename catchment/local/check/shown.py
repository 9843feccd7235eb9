"""The report of the data checks for a person's eyes, and for an alert."""

from rich import box
from rich.table import Table
from rich.text import Text

from catchment.local.check.alerts import Alert
from catchment.local.check.findings import Finding, Report, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARN: "yellow"}
# Slack cuts a message at 40,000 characters, and nobody reads as many.
LONGEST_ALERT = 3500


def table(report: Report) -> Table:
    """Every finding, with some of its rows."""
    shown = Table(box=box.SIMPLE_HEAD)
    shown.add_column("severity", no_wrap=True)
    shown.add_column("rows", justify="right", no_wrap=True)
    shown.add_column("what is wrong, and with which rows", overflow="fold")
    for one in report.findings:
        shown.add_row(
            Text(one.severity, _COLOURS[one.severity]),
            "" if one.rows is None else f"{one.rows:,}",
            Text(one.sentence).append("".join(f"\n{s}" for s in _rows(one)), "dim"),
        )
    return shown


def totals(report: Report) -> str:
    """One line: how many checks, and how they ended."""
    ended = [_counted(report, severity) for severity in Severity]
    ended.append(f"{report.passed:,} passed")
    return f"{report.checks:,} checks: {', '.join(ended)}"


def _counted(report: Report, severity: Severity) -> str:
    name = {Severity.ERROR: "error", Severity.WARN: "warning"}[severity]
    count = report.count(severity)
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def alert(report: Report, database: str) -> Alert:
    """The message of a report, no longer than people read."""
    counts = [_counted(report, severity) for severity in Severity]
    if not report.findings:
        counts = ["all is well"]
    subject = f"Catchment, database {database}: {', '.join(counts)}"
    blocks = [f"{totals(report)}, in database {database}."]
    length = len(blocks[0])
    for number, one in enumerate(report.findings):
        block = _block(one)
        if length + len(block) > LONGEST_ALERT:
            left = len(report.findings) - number
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


def _block(finding: Finding) -> str:
    lines = [f"{finding.severity.upper()} {finding.sentence}"]
    return "\n".join([*lines, *(f"- {row}" for row in _rows(finding))])


def _rows(finding: Finding) -> list[str]:
    """The rows that are named, and how many are not."""
    samples = list(finding.samples)
    left = (finding.rows or 0) - len(samples)
    return [*samples, f"and {left:,} more"] if samples and left > 0 else samples
