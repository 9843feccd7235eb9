"""Keys of the API: made, listed and taken back by an administrator."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from catchment import api_keys
from catchment.api_keys import ApiKey
from catchment.local import queries
from catchment.local.trouble import Trouble

_SPAN = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Wish:
    """What a key shall be good for.

    Attributes:
        expires: from now on; None for ever.
        requests_per_minute: at most; None without a limit of its own.
    """

    name: str
    scopes: Sequence[str] = ("read",)
    expires: timedelta | None = None
    requests_per_minute: int | None = None
    claims: Mapping[str, Sequence[str]] | None = None


def span(text: str) -> timedelta:
    """A span of time: `12h`, `90d`, `4w`.

    Raises:
        ValueError: where it is none.
    """
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError("expected hours, days or weeks, as 12h, 90d or 4w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def claims(pairs: Sequence[str]) -> dict[str, list[str]]:
    """Claims of `NAME=VALUE`; a name may come more than once.

    Raises:
        ValueError: where one is no such pair.
    """
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if not name or not value:
            raise ValueError(f"'{pair}' is no NAME=VALUE, as region=north")
        found.setdefault(name, []).append(value)
    return found


def create(url: str, wish: Wish) -> tuple[ApiKey, datetime | None]:
    """Make a key; it and its end are told here, and never again."""
    key = api_keys.new()
    with psycopg.connect(url) as connection:
        row = connection.execute(queries.CREATE_KEY, _entry(key, wish)).fetchone()
    return key, row[0] if row else None


def create_elsewhere(wish: Wish) -> tuple[ApiKey, str]:
    """Make a key, and the statement that enters it into a database out of reach.

    The statement holds no secret: it may stand in the log of whatever runs it.
    """
    key = api_keys.new()
    return key, queries.written_out(queries.CREATE_KEY, _entry(key, wish))


def _entry(key: ApiKey, wish: Wish) -> dict[str, Any]:
    """The parameters of `queries.CREATE_KEY`."""
    return {
        "id": key.id,
        "name": wish.name,
        "digest": key.digest,
        "scopes": sorted(set(wish.scopes)),
        "claims": json.dumps(wish.claims or {}),
        "requests_per_minute": wish.requests_per_minute,
        "expires": wish.expires,
    }


def known(url: str) -> list[dict[str, Any]]:
    """Every key without its secret, oldest first; `state` is valid, expired or
    revoked."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(queries.KEYS).fetchall()


def revoke(url: str, id_: str) -> tuple[str, bool]:
    """Take a key back; its name, and whether it had not been taken back before.

    Raises:
        Trouble: where there is no such key.
    """
    bare = id_.removeprefix("cmt_").partition("_")[0]
    with psycopg.connect(url) as connection:
        row = connection.execute(queries.REVOKE_KEY, {"id": bare}).fetchone()
    if row is None:
        raise Trouble(f"There is no key {bare}: `catchment keys list` shows all.")
    return str(row[0]), bool(row[2])
