"""A loader process, which stops where it is told: `python -m tests.chaos.driver`.

It reads one order as a line of JSON, `{event, moment: [when, pattern, nth], do,
file_size, large}`, and handles the event with the real handler. `do` is `kill`
(itself, by SIGKILL) or `pause` (it says so, and waits for a line). What it says are
lines of JSON: `{"paused": true}`; then `{"response", "raised", "peak_mb"}`. Its log
goes to stderr.
"""

import json
import os
import re
import resource
import signal
import sys
from pathlib import Path
from typing import IO, Any

from loader import partitions
from tests.chaos import moments
from tests.chaos.moments import Moment


def main() -> None:
    order = json.loads(sys.stdin.readline())
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        if order["moment"]:
            acts = {"kill": _kill, "pause": lambda: _pause(answers)}
            moments.arm(Moment(*order["moment"]), acts[order["do"]])
        if order["file_size"]:
            limit = (order["file_size"], order["file_size"])
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        partitions.ROWS = order["large"]
        with moments.listening():
            _say(answers, **_handled(order["event"]))


def _handled(event: Any) -> dict[str, Any]:
    from loader.handler import handler

    response, raised = None, None
    try:
        response = handler(event, None)
    except Exception as error:
        raised = repr(error)
    return {"response": response, "raised": raised, "peak_mb": peak_mb()}


def peak_mb() -> int:
    """The most memory that this process ever had resident, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) // 1024


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _pause(answers: IO[str]) -> None:
    _say(answers, paused=True)
    sys.stdin.readline()


def _say(answers: IO[str], **what: Any) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
