"""PostgreSQL's programs on this machine, where PostGIS lies beside them."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Where packages put a version's programs; newer versions are tried first.
_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",  # Homebrew on Apple silicon
    "/opt/homebrew/bin",
    "/usr/local/opt/postgresql@*/bin",  # Homebrew on Intel
    "/home/linuxbrew/.linuxbrew/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/Library/PostgreSQL/*/bin",
)
_NEEDED = ("pg_ctl", "initdb", "postgres")


def find() -> Path | None:
    """The folder of the programs of a PostgreSQL that has PostGIS, if any."""
    return next((folder for folder in folders(*_NEEDED) if has_postgis(folder)), None)


def folders(*programs: str) -> Iterator[Path]:
    """Folders with all these programs: that of PATH first, then the newest."""
    found = shutil.which(programs[0])
    places = [Path(found).resolve().parent] if found else []
    for place in _PLACES:
        matches = Path("/").glob(place[1:])
        places += sorted(matches, key=_version, reverse=True)
    for folder in dict.fromkeys(places):
        if all((folder / program).exists() for program in programs):
            yield folder


def _version(folder: Path) -> float:
    match = re.search(r"(\d+(?:\.\d+)?)/bin$", str(folder))
    return float(match[1]) if match else 0


def has_postgis(folder: Path) -> bool:
    """Whether `postgis.control` is among the extensions of these programs."""
    return any(
        (share / "extension" / "postgis.control").exists() for share in _shares(folder)
    )


def _shares(folder: Path) -> Iterator[Path]:
    """Where extensions may lie. Debian has pg_config only in a further package."""
    if (folder / "pg_config").exists():
        answer = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    name = folder.parent.name
    yield Path("/usr/share/postgresql") / name
    yield folder.parent / "share" / "postgresql"
    yield folder.parent / "share" / name
    yield folder.parent / "share"
