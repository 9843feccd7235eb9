"""PostgreSQL's own pg_dump and pg_restore, run without a secret in sight.

They are told of the server by the environment, as libpq reads it: a command line
can be read by everybody on a machine.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from catchment.local.postgres import binaries
from catchment.local.trouble import Trouble


def folder_for(program: str, major: int) -> Path:
    """Where the program lies in this major version, or in the next newer one.

    Raises:
        Trouble: where there is none, or all are older.
    """
    found = dict(_versions(program))
    fitting = [version for version in found if version >= major]
    if fitting:
        return found[min(fitting)]
    there = f"that of version {max(found)} is too old" if found else "there is none"
    raise Trouble(
        f"The server is PostgreSQL {major}, and {program} must not be older; {there}: "
        f"install PostgreSQL's client programs (Debian: postgresql-client-{major})."
    )


def _versions(program: str) -> Iterator[tuple[int, Path]]:
    for folder in reversed([*binaries.folders(program)]):
        answer = subprocess.run(
            [folder / program, "--version"], capture_output=True, text=True
        )
        if match := re.search(r"\) (\d+)", answer.stdout):
            yield int(match[1]), folder


def run(folder: Path, program: str, url: str, *words: str | Path) -> str:
    """Run a program against the database of `url`, and return what it printed.

    Raises:
        Trouble: with the end of its complaint, where it fails.
    """
    answer = subprocess.run(
        [folder / program, *words],
        env=environment(url, os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if answer.returncode:
        said = " ".join(answer.stderr.strip().splitlines()[-6:])
        raise Trouble(f"{program} failed: {said}")
    return answer.stdout


def environment(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which libpq connects as by this URL."""
    words = conninfo_to_dict(url)
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    given = {names[word]: str(text) for word, text in words.items() if word in names}
    return {**environ, **given}
