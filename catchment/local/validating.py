"""Files held against their contracts, without a database or a bucket."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from catchment.catalog import Catalog
from catchment.contract import SUFFIXES, Feed
from catchment.local import storage, tables, uploads
from catchment.local.loading import counted
from catchment.local.trouble import Trouble
from catchment.local.uploads import Upload
from loader.inspection import Inspection, inspect
from loader.readers.streams import Stream

STDIN = Path("-")


@dataclass(frozen=True)
class Finding:
    """A file, the feed that takes it, and what a load would make of it; no feed,
    no inspection."""

    upload: Upload
    feed: Feed | None
    inspection: Inspection | None
    seconds: float = 0.0

    @property
    def would_be_published(self) -> bool:
        return self.inspection is not None and self.inspection.reason is None


def validate(
    paths: Sequence[Path],
    catalog: Catalog,
    console: Console,
    prefix: str | None = None,
    feed: str | None = None,
    limit: int = 0,
) -> list[Finding]:
    """Inspect files, and tell of each what a load of it would.

    Args:
        prefix: a folder of incoming/, as `catchment load` has it.
        feed: whose contract to hold them against, whatever their names are.
        limit: how many rejects of each file are shown.

    Raises:
        Trouble: where there is no such file or feed.
    """
    given = _feed(catalog, feed) if feed else None
    files = [upload for path in paths for upload in _uploads(path, prefix, given)]
    findings = []
    for upload in files:
        finding = _found(upload, given or catalog.feed_of(upload.key), console, limit)
        findings.append(finding)
        _show(finding, console)
    return findings


def _feed(catalog: Catalog, name: str) -> Feed:
    if name not in catalog.feeds:
        raise Trouble(
            f"There is no feed {name}. Known: {', '.join(sorted(catalog.feeds))}."
        )
    return catalog.feeds[name]


def _uploads(path: Path, prefix: str | None, feed: Feed | None) -> tuple[Upload, ...]:
    if path != STDIN:
        return uploads.uploads_of(path, prefix)
    if feed is None:
        raise Trouble("What comes from standard input has no name: give --feed.")
    format_ = feed.formats[0]
    suffix = next((end for end, of in SUFFIXES.items() if of == format_), "")
    return (Upload(path, f"{storage.INCOMING}{feed.name}/stdin{suffix}"),)


def _found(upload: Upload, feed: Feed | None, console: Console, limit: int) -> Finding:
    if feed is None:
        return Finding(upload, None, None)
    try:
        feed.format_of(upload.key)
    except StopIteration:
        known = ", ".join(feed.formats)
        raise Trouble(
            f"The name of {upload.path} does not say which of {known} it is."
        ) from None
    began = time.perf_counter()
    with _Bar(console, upload) as bar, _opened(upload.path) as file:
        inspection = inspect(bar.watched(file), feed, upload.key, limit)
    return Finding(upload, feed, inspection, time.perf_counter() - began)


def _opened(path: Path) -> IO[bytes]:
    return sys.stdin.buffer if path == STDIN else path.open("rb")


def _show(finding: Finding, console: Console) -> None:
    def say(text: str, style: str = "") -> None:
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    say(f"{finding.upload.path}: {_verdict(finding)}", _style(finding))
    inspection = finding.inspection
    if inspection is None:
        return
    if inspection.unknown:
        say(f"Columns that no contract names: {', '.join(inspection.unknown)}")
    if inspection.problems:
        console.print(tables.problems(inspection.problems))
    if inspection.rejects:
        console.print(tables.inspected(inspection.rejects))


def _style(finding: Finding) -> str:
    if not finding.would_be_published:
        return "red"
    assert finding.inspection is not None
    return "yellow" if finding.inspection.counts.rejected else "green"


def _verdict(finding: Finding) -> str:
    key, feed, found = finding.upload.key, finding.feed, finding.inspection
    if feed is None or found is None:
        return (
            f"no feed takes {key}; --prefix gives it another folder, --feed names the "
            "contract to hold it against"
        )
    counts = found.counts
    read = f"{counted(counts.read, 'record')} in {finding.seconds:.1f} s"
    said = f"feed {feed.name} ({_why(feed, key)}); {read}"
    if found.reason:
        return f"{said}; nothing would be published: {found.reason}"
    if not counts.rejected:
        return f"{said}; all of them good"
    rejects = counted(counts.rejected, "reject")
    return (
        f"{said}; {counted(counts.loaded, 'row')} would be published, {rejects} would "
        f"wait in quarantine (reject_limit {feed.reject_limit})"
    )


def _why(feed: Feed, key: str) -> str:
    """Why a file is held against this contract."""
    pattern = feed.pattern_of(key)
    return f"files: {pattern}" if pattern else "as asked for"


class _Bar:
    """How much of a file is read, on a terminal."""

    def __init__(self, console: Console, upload: Upload):
        path = upload.path
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        total = None if path == STDIN else max(1, path.stat().st_size)
        self._task = self._progress.add_task(str(path), total=total)

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def watched(self, stream: Stream) -> Stream:
        return _Watched(stream, lambda count: self._progress.advance(self._task, count))


@dataclass(frozen=True)
class _Watched:
    """A stream that tells how much was read of it."""

    stream: Stream
    tell: Callable[[int], None]

    def read(self, size: int, /) -> bytes:
        chunk = self.stream.read(size)
        self.tell(len(chunk))
        return chunk
