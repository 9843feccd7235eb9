"""What every process of the local system is told, and how it is started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from catchment import roles
from catchment.local import functions, services, state, storage, warehouse, web
from catchment.local.lineage import served
from catchment.local.postgres.server import Server
from catchment.local.services import API, POLLER, STORAGE, Plan

ACCOUNT = "123456789012"  # moto's
QUEUE_WORDS = ("CATCHMENT_QUEUE_URL", "CATCHMENT_DEAD_LETTERS_URL")
# boto3's own word for where Lambda is.
LOADER_WORD = "AWS_ENDPOINT_URL_LAMBDA"


def words_of(root: Path, own: Server) -> dict[str, str]:
    """What every tool of the project has to be told."""
    admin_url = warehouse.ensure_database(own.url)
    place = conninfo_to_dict(admin_url)
    passwords = state.passwords(root, os.environ)
    words = {
        state.SERVER_WORD: own.kind,
        "DATABASE_URL": admin_url,
        "WAREHOUSE_HOST": str(place.get("host") or "127.0.0.1"),
        "WAREHOUSE_PORT": str(place.get("port") or 5432),
        "WAREHOUSE_DATABASE": str(place.get("dbname") or warehouse.DATABASE),
        "WAREHOUSE_USER": roles.OWNER,
        "DBT_ENV_SECRET_WAREHOUSE_PASSWORD": passwords[roles.OWNER],
        "AWS_ACCESS_KEY_ID": "catchment",
        "AWS_SECRET_ACCESS_KEY": "catchment",
        "AWS_DEFAULT_REGION": storage.REGION,
        "CATCHMENT_BUCKET": storage.Names().bucket,
        "CATCHMENT_ALERT_TOPIC": (
            f"arn:aws:sns:{storage.REGION}:{ACCOUNT}:{storage.Names().alerts}"
        ),
        "LOADER_FUNCTION": functions.NAME,
        **{roles.password_word(role): passwords[role] for role in roles.ROLES},
    }
    storage_url = services.url_of(root, STORAGE, storage.PREFERRED_PORT)
    words = placed(words, STORAGE, storage_url)
    loader_url = services.url_of(root, POLLER, functions.PREFERRED_PORT)
    words = placed(words, POLLER, loader_url)
    return placed(words, API, services.url_of(root, API, web.PREFERRED_PORT))


def placed(words: Mapping[str, str], name: str, url: str) -> dict[str, str]:
    """The words with a service at this address."""
    if name == API:
        return {**words, "CATCHMENT_API_URL": url}
    if name == POLLER:
        return {**words, LOADER_WORD: url}
    queue_url = f"{url}/{ACCOUNT}/{storage.Names().queue}"
    return {
        **words,
        "AWS_ENDPOINT_URL": url,
        "CATCHMENT_QUEUE_URL": queue_url,
        "CATCHMENT_DEAD_LETTERS_URL": storage.dead_letters(queue_url),
    }


def storage_plan(words: Mapping[str, str]) -> Plan:
    url = words["AWS_ENDPOINT_URL"]
    command = storage.command(urlsplit(url).port or storage.PREFERRED_PORT)
    return Plan(STORAGE, tuple(command), url, {})


def poller_plan(words: Mapping[str, str]) -> Plan:
    """The loader and what calls it, with the key of personal data, if there is one."""
    own = {
        word: text
        for word, text in words.items()
        if word.startswith(("AWS_", "CATCHMENT_BUCKET", "CATCHMENT_QUEUE_URL"))
    }
    own["DATABASE_URL"] = _role_url(words, roles.LOADER)
    if key := os.environ.get(services.PII_KEY):
        own[services.PII_KEY] = key
    url = words[LOADER_WORD]
    port = str(urlsplit(url).port)
    command = (sys.executable, "-m", "catchment.cli", "poll", "--port", port)
    return Plan(POLLER, command, url, own)


def access_of(environ: Mapping[str, str]) -> dict[str, str]:
    """What an environment says of who may ask the API."""
    words = services.ACCESS_WORDS
    return {word: environ[word] for word in words if environ.get(word)}


def api_plan(words: Mapping[str, str], access: Mapping[str, str]) -> Plan:
    """The API; with another `access` than it runs with it is started anew."""
    url = words["CATCHMENT_API_URL"]
    own = {
        word: text
        for word, text in words.items()
        if word.startswith(("AWS_", "CATCHMENT_BUCKET", *QUEUE_WORDS))
    }
    own |= {"DATABASE_URL": _role_url(words, roles.API), "CATCHMENT_API_URL": url}
    own |= {"LOADER_FUNCTION": words["LOADER_FUNCTION"], **access}
    own["LINEAGE_URL"] = f"{served.PATH}/"
    port = str(urlsplit(url).port)
    command = (sys.executable, "-m", "catchment.cli", "serve", "--port", port)
    return Plan(API, command, url, own)


def _role_url(words: Mapping[str, str], role: str) -> str:
    password = words[roles.password_word(role)]
    return roles.role_url(words["DATABASE_URL"], role, password)
