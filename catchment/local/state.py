"""What runs on this machine, kept in `.catchment/` at the project's root.

`state.json` holds the services that were started, `passwords.json` the roles'
passwords; both are for their owner's eyes only. `.env` at the root tells every
tool (dbt reads it by itself) where the system is.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from catchment import roles
from catchment.local.process import Process
from catchment.local.trouble import Trouble

FOLDER = ".catchment"
ENV_FILE = ".env"
# Where `catchment docs` writes the lineage site.
LINEAGE = Path("dist", "lineage")
# Says in `.env` whose server DATABASE_URL names: `given` by a person, or ours.
SERVER_WORD = "CATCHMENT_SERVER"
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=")
_HEADER = "# Written by `catchment up`; what you add yourself is kept."


@dataclass(frozen=True)
class Service:
    """A process that `up` started: what it is, where it answers, its settings.

    `settings` is a digest of the environment it was started with: another one
    means that it must be started anew.
    """

    process: Process
    url: str
    settings: str = ""


def project_root() -> Path:
    """The project's folder: the nearest one upwards that holds `warehouse/`.

    Outside of any project, the one that this package was installed from.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "warehouse").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    return Path(__file__).resolve().parents[2]


def folder_of(root: Path) -> Path:
    """`.catchment/` of a project, made if absent, closed to others."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
    ) as f:
        f.write(text)
    draft.replace(path)


def services(root: Path) -> dict[str, Service]:
    """The recorded services by name, whether they still run or not."""
    path = root / FOLDER / "state.json"
    if not path.exists():
        return {}
    return {
        name: Service(Process(**entry["process"]), entry["url"], entry["settings"])
        for name, entry in json.loads(path.read_text())["services"].items()
    }


def record(root: Path, name: str, service: Service | None) -> None:
    """Remember a service, or forget it where `service` is None."""
    all_services = services(root)
    all_services.pop(name, None)
    if service is not None:
        all_services[name] = service
    entries = {name: asdict(entry) for name, entry in all_services.items()}
    document = json.dumps({"services": entries}, indent=2)
    write_private(folder_of(root) / "state.json", document + "\n")


def passwords(root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The roles' passwords: from the environment, else kept, else made now."""
    path = folder_of(root) / "passwords.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    made = {role: secrets.token_urlsafe(24) for role in roles.ROLES}
    current = {**made, **kept, **roles.passwords_of(environ)}
    if current != kept:
        write_private(path, json.dumps(current, indent=2) + "\n")
    return current


def read_env(path: Path) -> dict[str, str]:
    """The words of a `.env`, without those that have no value."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {word: text for word, text in dotenv_values(path).items() if text}


def load_env(root: Path) -> None:
    """Add the words of `.env` to this process, where they are not set yet.

    `CATCHMENT_ENV_FILE` names another file; our own children, which are given
    exactly what they may know, get /dev/null.

    Raises:
        Trouble: where that other file does not exist.
    """
    named = os.environ.get("CATCHMENT_ENV_FILE")
    if named and not Path(named).exists():
        raise Trouble(
            f"There is no file {named}, which CATCHMENT_ENV_FILE (or STACK=) names: "
            "deploy that stack first, or leave it away to work on this machine."
        )
    path = Path(named or root / ENV_FILE)
    for word, text in read_env(path).items():
        os.environ.setdefault(word, text)


def write_env(root: Path, words: Mapping[str, str]) -> None:
    """Put our words into `.env`; lines with other words stay as they are."""
    path = root / ENV_FILE
    lines = path.read_text().splitlines() if path.exists() else []
    kept = [line for line in lines if line != _HEADER and _word_of(line) not in words]
    ours = [f"{word}={_quoted(text)}" for word, text in words.items()]
    write_private(path, "\n".join([*kept, _HEADER, *ours]) + "\n")


def _word_of(line: str) -> str | None:
    match = _ASSIGNMENT.match(line)
    return match[1] if match else None


def _quoted(text: str) -> str:
    """As dotenv and the shell both read it, without expanding anything.

    Only a text with an apostrophe and another special sign is left to dotenv
    alone: the two agree on no way to write it.
    """
    if re.fullmatch(r"[\w.:/@%+=,-]*", text):
        return text
    if not re.search(r"['\\]", text):
        return f"'{text}'"
    if not re.search(r'["\\$`]', text):
        return f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def given_database(root: Path, environ: Mapping[str, str]) -> str | None:
    """The database URL that a person gave, as opposed to the one we wrote.

    `up` writes its own server's URL into `.env`, where the next command finds
    it: that one is no wish of anybody's, and its server may have to be started.
    """
    url = environ.get("DATABASE_URL")
    written = read_env(root / ENV_FILE)
    if (
        url == written.get("DATABASE_URL")
        and written.get(SERVER_WORD, "given") != "given"
    ):
        return None
    return url or None
