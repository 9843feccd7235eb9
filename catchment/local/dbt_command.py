"""dbt as a process of its own, its steps told while it works."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

# What dbt has no use for, and its project should not see.
_WITHHELD = {"CATCHMENT_ALERT_WEBHOOK"}
_STEP = re.compile(r"(\d+ of \d+) (?:START|OK|PASS|WARN|ERROR|FAIL)\s+(.*?)[ .]*\[")


def run(
    root: Path,
    arguments: Sequence[str],
    words: Mapping[str, str],
    log: Path,
    voice: Voice,
) -> int:
    """Run dbt in `warehouse/`; its output goes to `log`, its steps to `voice`.

    Args:
        arguments: the command and its options, without the project's folders.
        words: environment words beside this process's own.

    Returns:
        dbt's exit code: 0 done, 1 done with failures, 2 not done.

    Raises:
        Trouble: where there is no dbt project.
    """
    folder = root / "warehouse"
    if not (folder / "dbt_project.yml").is_file():
        raise Trouble(f"There is no dbt project in {folder}: run this in the project.")
    spoken = "dbt " + " ".join(word for word in arguments[:2] if word[:1] != "-")
    voice.tick(spoken)
    command = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors", *arguments]
    environ = {**os.environ, **words}
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*command, "--profiles-dir", str(folder)],
            cwd=folder,
            env={word: environ[word] for word in environ.keys() - _WITHHELD},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as dbt,
    ):
        for line in dbt.stdout or ():
            output.write(line)
            if step := _STEP.search(line):
                voice.tick(f"{spoken}: {step[1]}, {step[2]}")
    return dbt.returncode
