"""Clients over HTTP: wrk (Debian's package), whose own cost is small."""

import re
import shutil
import subprocess
from dataclasses import dataclass

_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What some clients saw in some seconds: requests a second, and ms of one."""

    requests_per_second: float
    p50: float
    p99: float
    errors: int


def ask(url: str, clients: int, seconds: int) -> Load:
    """Have `clients` ask for `url` one after the other, each over one connection."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed: on Debian, apt-get install wrk")
    command = [
        *("wrk", "--latency", "--timeout", "20s", "-t1"),
        *(f"-c{clients}", f"-d{seconds}s", url),
    ]
    return read(subprocess.check_output(command, text=True))


def read(text: str) -> Load:
    """wrk's report."""
    errors = [int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", text)]
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(
        requests_per_second=float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        p50=_percentile("50", text),
        p99=_percentile("99", text),
        errors=sum(errors) + (int(refused[1]) if refused else 0),
    )


def _percentile(percent: str, text: str) -> float:
    match = re.search(rf"\s{percent}%\s+([\d.]+)(us|ms|s)", text)
    if match is None:
        raise SystemExit(f"wrk's report has no {percent} %:\n{text}")
    return float(match[1]) * _MILLISECONDS[match[2]]


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk's report cannot be read:\n{text}")
    return match[1]
