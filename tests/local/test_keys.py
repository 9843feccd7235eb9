"""`catchment keys`: what an administrator sees of keys, and who can use them."""

import json
import os
import re

import psycopg
import pytest
from click.testing import CliRunner, Result

from catchment import api_keys
from catchment.cli import main


@pytest.fixture(autouse=True)
def environment(ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    monkeypatch.setenv("DATABASE_URL", ledger)
    monkeypatch.setenv("COLUMNS", "160")
    with psycopg.connect(ledger) as connection:
        connection.execute("truncate ops.api_key")


def keys(*words: str) -> Result:
    return CliRunner().invoke(main, ["keys", *words])


def entries(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select id, name, secret_sha256, scopes, claims, requests_per_minute, "
            "expires_at - created_at from ops.api_key order by created_at"
        ).fetchall()


def test_a_key_is_shown_once_and_kept_as_a_digest(ledger: str) -> None:
    words = ["--scope", "read", "--scope", "admin", "--expires", "90d", "--rate", "600"]
    claims = ["--claim", "region=north", "--claim", "region=south", "--claim", "unit=7"]
    done = keys("create", "The map of Anna", *words, *claims)

    assert done.exit_code == 0, done.output
    key = api_keys.read(done.stdout.strip())
    assert key is not None
    assert f"curl -H 'x-api-key: {key}'" in done.stderr
    ((id_, name, digest, scopes, kept, rate, end),) = entries(ledger)
    assert (id_, name, rate) == (key.id, "The map of Anna", 600)
    assert digest == key.digest
    assert scopes == ["admin", "read"]
    assert kept == {"region": ["north", "south"], "unit": ["7"]}
    assert round(end.total_seconds()) == 90 * 86400  # type: ignore[attr-defined]
    with psycopg.connect(ledger) as connection:
        text = connection.execute("select api_key::text from ops.api_key").fetchone()
    assert key.secret not in str(text)


@pytest.mark.parametrize(
    ("scopes", "path"),
    [(["admin"], "/loads"), (["admin", "read"], "/aggregated-data")],
)
def test_the_line_to_try_asks_what_the_key_may(scopes: list[str], path: str) -> None:
    words = [word for scope in scopes for word in ("--scope", scope)]

    assert keys("create", "me", *words).stderr.endswith(f"{path}'\n")


def test_by_default_a_key_reads_for_ever(ledger: str) -> None:
    keys("create", "somebody")
    ((*_, scopes, claims, rate, end),) = entries(ledger)
    assert (scopes, claims, rate, end) == (["read"], {}, None, None)


def test_the_list_shows_what_they_are_good_for_and_no_secret(ledger: str) -> None:
    assert "There is no key" in keys("list").output
    first = keys("create", "first", "--claim", "region=[red]").stdout.strip()
    keys("create", "second", "--expires", "1h")
    keys("create", "third")
    with psycopg.connect(ledger) as connection:
        connection.execute(
            "update ops.api_key set expires_at = now() where name = 'second'"
        )
    keys("revoke", entries(ledger)[2][0])  # type: ignore[arg-type]

    shown = keys("list").output
    states = re.findall(r"(first|second|third) .* (valid|expired|revoked)", shown)
    assert states == [("first", "valid"), ("second", "expired"), ("third", "revoked")]
    assert "region=[red]" in shown
    assert first.split("_")[1] in shown
    assert first.split("_", 2)[2] not in shown


def test_to_revoke_twice_does_no_harm(ledger: str) -> None:
    key = keys("create", "somebody").stdout.strip()
    assert "is revoked" in keys("revoke", api_keys.read(key).id).output  # type: ignore[union-attr]
    with psycopg.connect(ledger) as connection:
        moment = connection.execute("select revoked_at from ops.api_key").fetchone()
    # The whole key is understood too: it is what a person has at hand.
    again = keys("revoke", key)
    assert (again.exit_code, "before" in again.output) == (0, True)
    with psycopg.connect(ledger) as connection:
        assert (
            moment
            == connection.execute("select revoked_at from ops.api_key").fetchone()
        )


def test_a_key_that_does_not_exist_cannot_be_revoked() -> None:
    done = keys("revoke", "aaaaaaaa")
    assert done.exit_code == 1
    assert "There is no key aaaaaaaa" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--expires", "90"], "as 12h, 90d or 4w"),
        (["--expires", "0d"], "as 12h, 90d or 4w"),
        (["--claim", "region"], "'region' is no NAME=VALUE"),
        (["--claim", "=north"], "is no NAME=VALUE"),
        (["--scope", "write"], "'write' is not one of"),
        (["--rate", "0"], "0 is not in the range"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(
    ledger: str, words: list[str], said: str
) -> None:
    done = keys("create", "somebody", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert entries(ledger) == []


def test_a_key_for_a_database_out_of_reach_is_a_statement_without_its_secret(
    ledger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    words = ["--expires", "4w", "--claim", "region=no'rth %s {x}", "--rate", "5"]
    done = keys("create", "O'Brien %(id)s {id}", *words, "--sql")

    assert done.exit_code == 0, done.output
    key = api_keys.read(done.stderr.split()[-1])
    assert key is not None
    assert key.secret not in done.stdout
    with psycopg.connect(ledger) as connection:
        connection.execute(done.stdout.encode())
    ((id_, name, digest, _, claims, rate, end),) = entries(ledger)
    assert (id_, digest, name) == (key.id, key.digest, "O'Brien %(id)s {id}")
    assert (json.dumps(claims), rate) == ('{"region": ["no\'rth %s {x}"]}', 5)
    assert round(end.total_seconds()) == 28 * 86400  # type: ignore[attr-defined]


def test_without_the_migration_it_says_what_to_do(empty_database: str) -> None:
    os.environ["DATABASE_URL"] = empty_database
    assert "catchment migrate" in keys("list").output
