"""Seconds and memory of programs, each a process of its own."""

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.platform import ROOT


def timed(command: Sequence[str]) -> tuple[float, int]:
    """Seconds of a command, and its peak resident memory in MB.

    Raises:
        SystemExit: where it fails.
    """
    peak = 0
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None:
            # Not ru_maxrss: that begins with what this process had at the fork.
            peak = max(peak, resident_megabytes(process.pid))
            time.sleep(0.005)
    took = time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with status {process.returncode}")
    return took, peak


def resident_megabytes(pid: int) -> int:
    """The highest resident memory of a process so far (Linux); 0 if unknown."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        said = next(line for line in lines if line.startswith("VmHWM"))
        return int(said.split()[1]) // 1024
    return 0


def imports(module: str, rounds: int) -> float:
    """Milliseconds to import a handler in a new process."""
    code = (
        "import time; t = time.perf_counter(); "
        f"import {module}; print((time.perf_counter() - t) * 1000)"
    )
    command = [sys.executable, "-c", code]
    took = [float(subprocess.check_output(command, cwd=ROOT)) for _ in range(rounds)]
    return round(statistics.median(took), 1)


def table(milliseconds: Mapping[str, float]) -> list[str]:
    """The times of imports, as Markdown."""
    return [
        "| import of | ms |",
        "| --- | ---: |",
        *(f"| `{name}` | {took:.0f} |" for name, took in milliseconds.items()),
    ]
