"""The three database roles: their names, their URLs, and how they log in.

Migrations create the roles without passwords. A password is encrypted here, on
the client, so that neither a statement nor a server's log ever holds it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

OWNER = "catchment_owner"
LOADER = "catchment_loader"
API = "catchment_api"
ROLES = (OWNER, LOADER, API)

# libpq's words that have a place of their own in a URL.
_PLACES = ("user", "password", "host", "port", "dbname")

# RDS's role whose members log in by IAM: those of ours; no row without it.
IAM_MEMBERS = """
    select array(
        select members.rolname::text
        from pg_auth_members
        join pg_roles as members on members.oid = pg_auth_members.member
        where
            pg_auth_members.roleid = pg_roles.oid
            and members.rolname = any(%(roles)s)
    )
    from pg_roles
    where pg_roles.rolname = 'rds_iam'
"""


class WrongRole(RuntimeError):
    """A process was given a database URL that is not of its own role."""


def password_word(role: str) -> str:
    """The environment word of a role's password: CATCHMENT_OWNER_PASSWORD…"""
    return f"{role.upper()}_PASSWORD"


def passwords_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The passwords that an environment gives, by role."""
    words = {role: environ.get(password_word(role)) for role in ROLES}
    return {role: password for role, password in words.items() if password}


def url_with(url: str, **words: str | None) -> str:
    """The same server with other libpq words, always as a URL.

    A word that is None is left out. `url` may also be libpq's `key=value` form.
    Several hosts, a socket's folder and every further word go into the query,
    where libpq reads them as well.
    """
    all_words = {**conninfo_to_dict(url), **words}
    given = {key: str(value) for key, value in all_words.items() if value is not None}
    user, password, host, port, name = (given.pop(word, "") for word in _PLACES)
    if "," in host or "/" in host:
        given = {"host": host, **({"port": port} if port else {}), **given}
        host = port = ""
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return (
        "postgresql://"
        + (f"{login}@" if login else "")
        + place
        + (f"/{quote(name, safe='')}" if name else "")
        + (f"?{urlencode(given, quote_via=quote)}" if given else "")
    )


def role_url(admin_url: str, role: str, password: str) -> str:
    """The URL of the same database for one of our roles."""
    return url_with(admin_url, user=role, password=password)


def own_url(role: str, environ: Mapping[str, str]) -> str:
    """The URL that a process of this role connects with.

    `DATABASE_URL` as it is where it names the role; else, where the role's
    password is given, the same database under the role.

    Raises:
        WrongRole: where `DATABASE_URL` is absent, or names another role and
            there is no password.
    """
    url = environ.get("DATABASE_URL")
    if not url:
        raise WrongRole(
            "DATABASE_URL is not set: run `catchment up`, or give the libpq URL of "
            f"the database, as postgresql://{role}@host:5432/catchment"
        )
    if conninfo_to_dict(url).get("user") == role:
        return url
    password = passwords_of(environ).get(role)
    if not password:
        raise WrongRole(
            f"DATABASE_URL is not of the role {role}: give its own URL, or its "
            f"password in {password_word(role)}"
        )
    return role_url(url, role, password)


def set_passwords(
    connection: psycopg.Connection[Any], passwords: Mapping[str, str]
) -> None:
    """Give roles their passwords; only SCRAM verifiers leave this process.

    Raises:
        KeyError: where a name is none of `ROLES`.
        psycopg.Error: where a role does not exist or may not be altered.
    """
    for role, password in passwords.items():
        if role not in ROLES:
            raise KeyError(role)
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        )
        connection.execute(
            sql.SQL("alter role {} password {}").format(
                sql.Identifier(role), sql.Literal(verifier.decode())
            )
        )


def set_iam(connection: psycopg.Connection[Any], passwords: Mapping[str, str]) -> None:
    """Let the Lambdas' roles in by IAM, except those that are given a password.

    RDS refuses the password of a role that has `rds_iam`. Where the server does
    not know that role, nothing is done. The owner, whom dbt runs as, always has a
    password, and is left as he is where none is given now.

    Raises:
        psycopg.Error: where `rds_iam` may not be granted.
    """
    members = connection.execute(IAM_MEMBERS, {"roles": list(ROLES)}).fetchone()
    if members is None:
        return
    for role in ROLES:
        is_member, has_password = role in members[0], role in passwords
        if is_member and has_password:
            statement = "revoke rds_iam from {}"
        elif not is_member and not has_password and role != OWNER:
            statement = "grant rds_iam to {}"
        else:
            continue
        connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
