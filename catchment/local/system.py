"""The whole system on one machine: up, down, and what runs of it."""

import fcntl
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from catchment import roles
from catchment.local import (
    plans,
    poller,
    postgres,
    process,
    services,
    state,
    storage,
    warehouse,
    web,
)
from catchment.local.postgres import server
from catchment.local.postgres.server import Server
from catchment.local.services import API, POLLER, STORAGE, Plan
from catchment.local.trouble import Trouble
from catchment.local.voice import SILENT, Voice

POSTGRES = "postgres"


@dataclass(frozen=True)
class System:
    """A running system.

    Attributes:
        words: what `.env` says: where everything is, and its passwords.
        started: what this call started, as opposed to found running.
    """

    root: Path
    words: Mapping[str, str]
    server: Server
    started: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the system, for a person to see."""

    name: str
    running: bool
    url: str = ""
    pid: int | None = None


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep two `up` and `down` of one project from crossing each other."""
    with (state.folder_of(root) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def up(
    root: Path,
    build: bool | None = None,
    voice: Voice = SILENT,
    access: Mapping[str, str] | None = None,
) -> System:
    """Start what does not run yet, and wait until all of it answers.

    Args:
        build: whether to run `dbt build`; by default only into a database that
            no catalog was published in.
        access: who may ask the API; by default what the environment says of it.

    Raises:
        Trouble: where something cannot be started; what runs by then stays.
    """
    with _alone(root):
        voice.tick("PostgreSQL")
        given = state.given_database(root, os.environ) or ""
        own = postgres.provide(state.folder_of(root), given_url=given, say=voice.say)
        words: Mapping[str, str] = plans.words_of(root, own)
        state.write_env(root, words)
        started = [POSTGRES] if own.started else []
        if services.start(root, plans.storage_plan(words)):  # it comes up meanwhile
            started.append(STORAGE)
        _prepare_warehouse(root, words, build, voice)
        voice.tick("Bucket and queues")
        words = _settled(root, words, STORAGE, plans.storage_plan, storage.READY)
        s3, sqs = storage.client("s3", words), storage.client("sqs", words)
        names = storage.Names.of(words)
        storage.prepare(s3, sqs, names)
        storage.prepare_alerts(storage.client("sns", words), sqs, names)
        voice.tick("Poller and API")
        access = plans.access_of(os.environ) if access is None else access
        api_plan = partial(plans.api_plan, access=access)
        for plan in (plans.poller_plan(words), api_plan(words)):
            if services.start(root, plan):
                started.append(plan.name)
        words = _settled(root, words, POLLER, plans.poller_plan, poller.READY)
        services.start(root, api_plan(words))  # anew, if the loader has moved
        words = _settled(root, words, API, api_plan, web.READY)
        state.write_env(root, words)
    return System(root, words, own, tuple(started))


def _settled(
    root: Path,
    words: Mapping[str, str],
    name: str,
    plan_of: Callable[[Mapping[str, str]], Plan],
    ready: str,
) -> Mapping[str, str]:
    """Wait for a service; the words with the address that it got in the end.

    Another program may take a port between our look at it and the service's
    start; then the service is started at another one.
    """
    for is_last in (False, False, True):
        try:
            services.wait(root, name, ready)
        except Trouble:
            port = urlsplit(state.services(root)[name].url).port or 0
            if is_last or not process.taken(port):
                raise
            url = f"http://127.0.0.1:{process.free_port(0)}"
            words = plans.placed(words, name, url)
            services.start(root, plan_of(words))
        else:
            break
    return words


def _prepare_warehouse(
    root: Path, words: Mapping[str, str], build: bool | None, voice: Voice
) -> None:
    admin_url = words["DATABASE_URL"]
    voice.tick("Migrations")
    warehouse.migrate(root, admin_url, roles.passwords_of(words))
    if build is None:
        build = not warehouse.catalog_published(admin_url)
    if build:
        warehouse.build(root, words, services.log_of(root, "dbt"), voice)


def down(root: Path, delete_data: bool = False) -> tuple[str, ...]:
    """Stop everything that `up` started, and delete our own server if asked to.

    Returns:
        What was stopped.
    """
    stopped = stop(root, (*services.NAMES, POSTGRES))
    if delete_data:
        with _alone(root):
            postgres.remove(state.folder_of(root))
    return stopped


def stop(root: Path, names: Collection[str]) -> tuple[str, ...]:
    """Stop some parts, those that need others first."""
    with _alone(root):
        order = [name for name in (API, POLLER, STORAGE) if name in names]
        stopped = [name for name in order if services.stop(root, name)]
        if POSTGRES in names and (own := postgres.find(state.folder_of(root))):
            own.stop()
            stopped.append(POSTGRES)
    return tuple(stopped)


def status(root: Path) -> tuple[Part, ...]:
    """Every part of the system and whether it runs."""
    recorded, running = state.services(root), services.running(root)
    parts = [_database_part(root)]
    for name in services.NAMES:
        url = recorded[name].url if name in recorded else ""
        pid = running[name].process.pid if name in running else None
        parts.append(Part(name, name in running, url, pid))
    return tuple(parts)


def _database_part(root: Path) -> Part:
    url = state.read_env(root / state.ENV_FILE).get("DATABASE_URL", "")
    shown = roles.url_with(url, password=None) if url else ""
    if own := postgres.find(state.folder_of(root)):
        return Part(POSTGRES, True, shown, own.pid)
    return Part(POSTGRES, bool(url) and server.answers(url), shown)
