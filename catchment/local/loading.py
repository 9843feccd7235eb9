"""Uploads followed by a person: a bar for each file, and its verdict."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from catchment import roles
from catchment.local import storage, uploads
from catchment.local.trouble import Trouble
from catchment.local.uploads import Sent, Upload, Verdict

# How long an old verdict may stand before we take it for this upload's too: the
# loader then has seen the message, and knew the bytes already.
GRACE_SECONDS = 15
_COLOURS = {"loaded": "green", "superseded": "yellow"}


@dataclass(frozen=True)
class Outcome:
    """An upload and what became of it; no verdict: it took too long."""

    upload: Upload
    verdict: Verdict | None

    @property
    def went_well(self) -> bool:
        verdict = self.verdict
        return verdict is not None and verdict.status in _COLOURS and verdict.complete


def load(
    paths: Sequence[Path],
    environ: Mapping[str, str],
    console: Console,
    prefix: str | None = None,
    seconds: float = 600,
) -> tuple[Outcome, ...]:
    """Upload files and wait until what they hold stands in the marts.

    Raises:
        Trouble: where there is nothing to load, or settings are missing.
    """
    files = [upload for path in paths for upload in uploads.uploads_of(path, prefix)]
    url = environ.get("DATABASE_URL")
    if not url:
        raise Trouble("DATABASE_URL is not set: run `catchment up` first.")
    s3 = storage.client("s3", environ)
    bucket = storage.Names.of(environ).bucket
    with (
        psycopg.connect(roles.url_with(url), autocommit=True) as connection,
        _Bars(console, files) as bars,
    ):
        sent = []
        for upload in files:
            sent.append(
                uploads.send(s3, connection, bucket, upload, bars.sent_of(upload))
            )
            bars.show(upload, "waiting")
        return follow(connection, sent, bars.show, seconds)


def copy(
    paths: Sequence[Path],
    environ: Mapping[str, str],
    console: Console,
    prefix: str | None = None,
) -> int:
    """Upload files and leave them to the loader; returns how many.

    Raises:
        Trouble: where there is nothing to upload.
    """
    files = [upload for path in paths for upload in uploads.uploads_of(path, prefix)]
    s3 = storage.client("s3", environ)
    bucket = storage.Names.of(environ).bucket
    with _Bars(console, files) as bars:
        for upload in files:
            s3.upload_file(
                str(upload.path), bucket, upload.key, Callback=bars.sent_of(upload)
            )
            bars.show(upload, "uploaded", "green")
    return len(files)


def follow(
    connection: psycopg.Connection,
    sent: Sequence[Sent],
    show: Callable[..., None],
    seconds: float,
) -> tuple[Outcome, ...]:
    """Ask the ledger until every upload has its verdict, or time is over.

    `show` is told an upload, what is known of it in words, and their colour.
    """
    began = time.monotonic()
    found: dict[Upload, Verdict | None] = {one.upload: None for one in sent}
    waiting = list(sent)
    while waiting and time.monotonic() - began < seconds:
        patient = time.monotonic() - began < GRACE_SECONDS
        for one in tuple(waiting):
            verdict = uploads.verdict(connection, one)
            if verdict is None or (verdict.earlier and not verdict.settled and patient):
                continue
            found[one.upload] = verdict
            if verdict.complete or (
                not patient and (verdict.earlier or verdict.failure)
            ):
                waiting.remove(one)
            show(one.upload, *described(verdict, done=one not in waiting))
        if waiting:
            time.sleep(0.1)
    for one in waiting:
        if found[one.upload] is None:
            show(one.upload, f"no verdict in {seconds:g} s", "red")
    return tuple(Outcome(upload, verdict) for upload, verdict in found.items())


def described(verdict: Verdict, done: bool = True) -> tuple[str, str]:
    """A verdict in a few words, and their colour."""
    text = ("before: " if verdict.earlier else "") + verdict.status
    if verdict.rows_loaded is not None and verdict.status == "loaded":
        text += f" {counted(verdict.rows_loaded, 'row')}"
    if verdict.rows_rejected:
        rejects = counted(verdict.rows_rejected, "reject")
        text += f", {rejects} (catchment rejects {verdict.load_id})"
    if verdict.status == "unmatched":
        text += ": no feed takes this key; --prefix gives it another folder"
    elif verdict.reason:
        text += f": {verdict.reason}"
    if verdict.failure and not verdict.complete:
        return f"{text}, but not refreshed: {verdict.failure}", "red"
    if not done:
        text += ", refreshing"
    return text, _COLOURS.get(verdict.status, "red")


def counted(number: int, thing: str) -> str:
    """A number of things: 1 row, 1,707 rows."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


class _Bars:
    """One progress bar for each file; where output is no terminal, a line."""

    def __init__(self, console: Console, files: Sequence[Upload]):
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            TextColumn("[{task.fields[colour]}]{task.fields[status]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks = {file: self._add(file) for file in files}
        self._said: dict[Upload, str] = {}

    def _add(self, file: Upload) -> TaskID:
        return self._progress.add_task(
            file.key.removeprefix(storage.INCOMING),
            total=max(1, file.path.stat().st_size),
            status="uploading",
            colour="default",
        )

    def __enter__(self) -> "_Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        if not self._console.is_terminal:
            for file, text in self._said.items():
                key = file.key.removeprefix(storage.INCOMING)
                self._console.print(
                    f"{key}: {text}", markup=False, highlight=False, soft_wrap=True
                )

    def sent_of(self, file: Upload) -> Callable[[int], None]:
        """What S3's client tells of bytes sent."""
        return lambda count: self._progress.advance(self._tasks[file], count)

    def show(self, file: Upload, status: str, colour: str = "default") -> None:
        from rich.markup import escape

        self._said[file] = status
        self._progress.update(self._tasks[file], status=escape(status), colour=colour)
