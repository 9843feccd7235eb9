"""Tables for a person's eyes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rich import box
from rich.table import Table
from rich.text import Text

from catchment import roles
from catchment.local import web
from catchment.local.configuration import Setting
from catchment.local.storage import Object
from catchment.local.system import Part, System

if TYPE_CHECKING:
    from catchment.local.dead_letters import Letter
    from loader.inspection import Problems
    from loader.validation.validate import Reject

# More do not fit beside each other on a usual terminal.
MOST_COLUMNS = 12
# Numbers that a refresh is shown with; one of a burst covers hundreds of loads.
MOST_LOADS = 10
_STATUS_COLOURS = {
    "loaded": "green",
    "superseded": "yellow",
    "unloaded": "yellow",
    "unmatched": "yellow",
    "rejected": "red",
    "failed": "red",
}


def of(title: str | None, *columns: str) -> Table:
    """A table with these columns."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def places(system: System) -> Table:
    """Where everything is; no password among it."""
    words = system.words
    table = Table(box=box.SIMPLE, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    api_url = words["CATCHMENT_API_URL"]
    table.add_row("API", api_url)
    if urlsplit(api_url).port != web.PREFERRED_PORT:
        taken = f"port {web.PREFERRED_PORT} was taken: it moves again at the next start"
        table.add_row("", f"{taken}, and .env says where to")
    table.add_row("Map", f"{api_url}/")
    table.add_row("Operations", f"{api_url}/ops")
    table.add_row("Docs", f"{api_url}/docs")
    table.add_row("S3", words["AWS_ENDPOINT_URL"])
    table.add_row("", f"files go to s3://{words['CATCHMENT_BUCKET']}/incoming/")
    table.add_row("Database", roles.url_with(words["DATABASE_URL"], password=None))
    table.add_row("", 'psql: set -a; . ./.env; psql "$DATABASE_URL"')
    table.add_row("Logs", str(system.root / ".catchment" / "logs"))
    table.add_row("Settings", str(system.root / ".env"))
    return table


def status(parts: Sequence[Part]) -> Table:
    """Each part and whether it runs."""
    table = of(None, "part", "state", "pid", "where")
    for part in parts:
        table.add_row(
            part.name,
            "[green]running" if part.running else "[red]stopped",
            str(part.pid or ""),
            part.url,
        )
    return table


def loads(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The ledger's newest lines."""
    table = of(None, "load", "when", "status", "rows", "rejects", "s")
    for column in table.columns:
        column.no_wrap = True
    table.add_column("key, feed, reason", overflow="fold")
    for row in rows:
        colour = _STATUS_COLOURS.get(row["status"], "default")
        fresh = "" if row["refreshed_at"] or row["status"] != "loaded" else " …"
        table.add_row(
            str(row["load_id"]),
            moment(row["started_at"]),
            f"[{colour}]{row['status']}[/]{fresh}",
            number(row["rows_loaded"]),
            number(row["rows_rejected"]),
            f"{row['seconds']:.2f}" if row["seconds"] is not None else "",
            Text(row["key"]).append(_aside(row), "dim"),
        )
    return table


def _aside(row: Mapping[str, Any]) -> str:
    return "".join(f"\n{text}" for text in (row["feed"], row["reason"]) if text)


def rejects(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Records that broke the contract, and how."""
    table = of(None, "row", "line", "column", "code", "message", "record")
    for row in rows:
        table.add_row(
            number(row["row_number"]),
            number(row["line"]),
            row["column_name"] or "",
            row["code"],
            Text(row["message"]),
            Text(row["record"]),
        )
    return table


def reasons(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Why records of a load were rejected, most frequent first."""
    table = of(None, "records", "column", "code", "for example", "first lines")
    table.columns[0].justify = "right"
    for row in rows:
        lines = ", ".join(map(number, row["lines"]))
        column, example = row["column_name"] or "", Text(row["message"])
        table.add_row(number(row["records"]), column, row["code"], example, lines)
    return table


def refreshes(rows: Sequence[Mapping[str, Any]], with_loads: bool = True) -> Table:
    """The log of refreshes; a failed one with what Postgres said."""
    table = of(None, "model", "when", "status", "rows", "s")
    for column in table.columns:
        column.no_wrap = True
    table.add_column("loads" if with_loads else "", overflow="fold")
    for row in rows:
        colour = "green" if row["status"] == "done" else "red"
        told = Text(_loads_of(row) if with_loads else "")
        table.add_row(
            row["model"],
            moment(row["started_at"]),
            f"[{colour}]{row['status']}[/]",
            number(row["rows"]),
            f"{row['seconds']:.2f}",
            told.append(f"\n{row['message']}", "dim") if row["message"] else told,
        )
    return table


def _loads_of(row: Mapping[str, Any]) -> str:
    shown = ", ".join(map(str, row["load_ids"][:MOST_LOADS]))
    more = len(row["load_ids"]) - MOST_LOADS
    return f"{shown} and {more:,} more" if more > 0 else shown


def dead_letters(
    letters: Sequence["Letter"], known: Mapping[str, Mapping[str, Any]]
) -> Table:
    """What each dead letter is about, and what the ledger says of its file."""
    table = of(None, "since", "about", "reason")
    for letter in letters:
        entry = known.get(letter.key or "")
        reason = letter.reason or (_of_ledger(entry) if entry else "")
        table.add_row(moment(letter.sent), Text(letter.about), Text(reason))
    return table


def _of_ledger(entry: Mapping[str, Any]) -> str:
    told = f"load {entry['load_id']} is {entry['status']}"
    if entry["failure"] and not entry["refreshed_at"]:
        return f"{told}, but not refreshed: {entry['failure']}"
    return f"{told}: {entry['reason']}" if entry["reason"] else told


def problems(found: Mapping[tuple[str | None, str], "Problems"]) -> Table:
    """What is wrong with the records of a file, most frequent first."""
    table = of(None, "records", "column", "code", "for example", "first lines")
    table.columns[0].justify = "right"
    for (column, code), one in sorted(found.items(), key=lambda kind: -kind[1].count):
        lines = ", ".join(map(number, one.lines))
        table.add_row(number(one.count), column or "", code, Text(one.example), lines)
    return table


def inspected(found: Sequence["Reject"]) -> Table:
    """Records that break their contract, as `rejects` shows those of a load."""
    return rejects(
        [
            {
                "row_number": reject.number,
                "line": reject.line,
                "column_name": reject.problems[0].column,
                "code": reject.problems[0].code,
                "message": reject.problems[0].message,
                "record": reject.text,
            }
            for reject in found
        ]
    )


def aggregates(rows: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Aggregates as the API gives them, whatever their names; no geometry."""
    names = [name for name, value in rows[0].items() if not _nested(value)]
    if len(names) > MOST_COLUMNS:
        return _records(rows, names, title)
    table = of(title, *names)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*(_cell(name, row.get(name)) for name in names))
    return table


def _records(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], title: str
) -> Table:
    """Rows that are too wide for a table, one below the other; no nulls."""
    table = of(title, "column", "value")
    for row in rows:
        for name in names:
            if row.get(name) is not None:
                table.add_row(name, Text(_cell(name, row[name])))
        table.add_section()
    return table


def _cell(name: str, value: Any) -> str:
    """A year is a number that is read without a comma."""
    return str(value) if name == "year" else number(value)


def objects(found: Sequence[Object]) -> Table:
    """Objects of the bucket."""
    table = of(None, "when", "bytes", "key")
    table.columns[1].justify = "right"
    for one in found:
        table.add_row(moment(one.modified), number(one.size), Text(one.key))
    return table


def settings(found: Sequence[Setting]) -> Table:
    """Settings and what they are for."""
    table = of(None, "setting", "value")
    table.columns[0].no_wrap = True
    for one in found:
        shown = Text(one.shown or "not set", "" if one.shown else "dim")
        table.add_row(one.word, shown.append(f"\n{one.meaning}", "dim"))
    return table


def keys(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Keys of the API, without their secrets."""
    table = of(None, "id", "name", "scopes", "claims", "a minute", "until", "state")
    for row in rows:
        colour = "green" if row["state"] == "valid" else "red"
        claims = (f"{name}={_listed(v)}" for name, v in row["claims"].items())
        table.add_row(
            row["id"],
            Text(row["name"]),
            ", ".join(row["scopes"]),
            Text("\n".join(claims)),
            number(row["requests_per_minute"]),
            row["expires_at"].astimezone().strftime("%Y-%m-%d %H:%M")
            if row["expires_at"]
            else "",
            f"[{colour}]{row['state']}[/]",
        )
    return table


def _listed(values: Any) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else str(values)


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def number(value: Any) -> str:
    """A value as people read it: 1,707 and 1.62; nothing for null."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def moment(value: datetime | None) -> str:
    """In the zone of who looks: 20 Nov 21:53:52."""
    return value.astimezone().strftime("%d %b %H:%M:%S") if value else ""
