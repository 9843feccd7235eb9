"""The processes beside the database: started, found again, waited for."""

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catchment import roles
from catchment.local import process, state
from catchment.local.state import Service
from catchment.local.trouble import Trouble

STORAGE, POLLER, API = "storage", "poller", "api"
NAMES = (STORAGE, POLLER, API)
# Who may ask the API: a person's own words, which `up` neither makes nor writes.
ACCESS_WORDS = ("API_ACCESS", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL")
# The loader's alone.
PII_KEY = "PII_KEY"
# What a child has only if it is given it: our places and passwords, and nothing
# of a person's own AWS account.
_WITHHELD = {
    "DATABASE_URL",
    "DBT_ENV_SECRET_WAREHOUSE_PASSWORD",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_LAMBDA",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "CATCHMENT_ALERT_WEBHOOK",
    PII_KEY,
    *ACCESS_WORDS,
    *(roles.password_word(role) for role in roles.ROLES),
}


@dataclass(frozen=True)
class Plan:
    """How a service is to run.

    Attributes:
        command: its command line.
        url: where it answers, or what it reads from.
        words: all that its environment holds of ours.
    """

    name: str
    command: tuple[str, ...]
    url: str
    words: Mapping[str, str]

    @property
    def settings(self) -> str:
        """A digest of the plan: with another one a service is started anew."""
        text = "\n".join(
            [*self.command, *(f"{w}={t}" for w, t in sorted(self.words.items()))]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def log_of(root: Path, name: str) -> Path:
    return root / state.FOLDER / "logs" / f"{name}.log"


def running(root: Path) -> dict[str, Service]:
    """The services that run, by name."""
    recorded = state.services(root)
    return {
        name: service for name, service in recorded.items() if service.process.alive
    }


def url_of(root: Path, name: str, preferred_port: int) -> str:
    """Where a service answers already, or a free place for it."""
    if service := running(root).get(name):
        return service.url
    return f"http://127.0.0.1:{process.free_port(preferred_port)}"


def start(root: Path, plan: Plan) -> bool:
    """Start a service unless it runs just so; one of other settings is ended.

    Returns:
        Whether it was started.
    """
    present = running(root).get(plan.name)
    if present and present.settings == plan.settings:
        return False
    if present:
        process.stop(present.process)
    environ = {word: text for word, text in os.environ.items() if word not in _WITHHELD}
    environ |= {"CATCHMENT_ENV_FILE": os.devnull, "PYTHONUNBUFFERED": "1", **plan.words}
    log = log_of(root, plan.name)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    child = process.spawn(plan.command, environ, log, root)
    state.record(root, plan.name, Service(child, plan.url, plan.settings))
    return True


def wait(root: Path, name: str, ready: str, seconds: int = 60) -> None:
    """Wait until a service says in its log, made anew at its start, that it is ready.

    That something answers at its address would prove nothing: another program may
    have taken the port since it was found free.

    Raises:
        Trouble: where it ends before, or takes too long.
    """
    service, log = state.services(root)[name], log_of(root, name)
    deadline = time.monotonic() + seconds
    while ready not in log.read_text(errors="replace"):
        if not service.process.alive:
            raise Trouble(
                f"The {name} ended at once (log: {log}):\n{process.tail(log)}"
            )
        if time.monotonic() > deadline:
            raise Trouble(f"The {name} is not ready after {seconds} s: see {log}.")
        time.sleep(0.05)


def stop(root: Path, name: str) -> bool:
    """End a service and forget it; returns whether it was running."""
    service = state.services(root).get(name)
    if service is None:
        return False
    was_running = process.stop(service.process)
    state.record(root, name, None)
    return was_running
