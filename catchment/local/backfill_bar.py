"""How far a backfill is, for a person's eyes."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)


class Bar:
    """One line: files, rows, rejects, files that failed, and the time that is left,
    which is reckoned by files; nothing where output is no terminal."""

    def __init__(self, console: Console, files: int):
        self._progress = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("files, {task.fields[rows]:,} rows"),
            TextColumn("{task.fields[rejects]:,} rejects"),
            TextColumn("{task.fields[bad]:,} refused"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=files, rows=0, rejects=0, bad=0)

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def settle(self, rows: int, rejects: int, bad: int) -> None:
        """One file more is dealt with; the sums so far."""
        self._progress.update(
            self._task, advance=1, rows=rows, rejects=rejects, bad=bad
        )
