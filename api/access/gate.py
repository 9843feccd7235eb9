"""The gate: whom a request is from, and whether they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from psycopg import errors

from api import container, problems
from api.access import presented
from api.access.callers import ANYONE, Caller
from api.access.keys import Keys
from api.access.presented import Presented
from api.links import Pairs
from api.problems import Problem
from api.query.access import KEY
from catchment import settings
from catchment.settings import Access

if TYPE_CHECKING:
    from api.access.tokens import Tokens

REALM = 'realm="catchment"'


@dataclass(frozen=True)
class Gate:
    """The gate as the settings want it."""

    access: Access
    keys: Keys

    @cached_property
    def tokens(self) -> "Tokens | None":
        issuer = self.access.issuer
        if issuer is None:
            return None
        # Imported where tokens are taken at all.
        from api.access.signers import Signers
        from api.access.tokens import Tokens

        return Tokens(issuer, Signers(issuer))

    def caller(self, shown: Presented) -> Caller:
        """Whom it proves.

        Raises:
            Problem: 401, where it proves nobody; 429; 503.
        """
        found = None
        if shown.key and self.access.takes_keys:
            found = self.keys.caller(shown.key)
        elif shown.token and self.tokens:
            found = self.tokens.caller(shown.token)
        elif self._is_of_others(shown):
            return ANYONE
        if found is None:
            raise unauthorized(
                "This key or token is not valid here: it is unknown, has run out or "
                "was revoked.",
                "invalid_token",
            )
        return found

    def _is_of_others(self, shown: Presented) -> bool:
        """Whether nothing is shown that we were meant to look at.

        An open API that knows no issuer may stand behind a gateway that does, and
        looks at the token itself.
        """
        if shown == Presented():
            return True
        return self.access.is_open and not shown.key and self.tokens is None

    def admit(self, shown: Presented, scope: str) -> Caller:
        caller = self.caller(shown)
        if scope in caller.scopes or (scope == "read" and self.access.is_open):
            return caller
        if not caller.is_known:
            raise unauthorized(self._what_to_send(scope))
        raise Problem(
            403,
            f"This needs the scope '{scope}', which yours does not have.",
            headers={
                "WWW-Authenticate": f'Bearer {REALM}, error="insufficient_scope", '
                f'scope="{scope}"'
            },
        )

    def _what_to_send(self, scope: str) -> str:
        ways = []
        if self.access.takes_keys:
            ways.append("a key in the header x-api-key")
        if self.access.issuer:
            ways.append("a token as Authorization: Bearer …")
        return f"This needs the scope '{scope}': send {' or '.join(ways)}."


def unauthorized(detail: str, error: str | None = None) -> Problem:
    """A 401 (RFC 6750, 3: without an `error` where nothing was sent)."""
    challenge = f"Bearer {REALM}" + (f', error="{error}"' if error else "")
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})


@cache
def gate() -> Gate:
    """This container's gate.

    Raises:
        MissingSetting: where the settings do not say who may ask.
    """
    return Gate(settings.access(), Keys(_find_key))


def _find_key(id_: str) -> tuple[Any, ...] | None:
    try:
        return container.database().ask(KEY, {"id": id_})
    except errors.UndefinedFunction as error:
        raise problems.unavailable(
            "Keys cannot be looked up: run `alembic upgrade head`."
        ) from error


def admit(headers: Mapping[str, str], pairs: Pairs, scope: str = "read") -> Caller:
    """Who asks, where they have the scope.

    Args:
        headers: by their names in lower case.
        pairs: of the query, which must hold no key.

    Raises:
        Problem: 400 for a key in the query, 401 for nobody, 403 without the scope,
            429 above the rate of the key, 503 where this cannot be told.
        MissingSetting: where the settings do not say who may ask.
    """
    return gate().admit(presented.read(headers, pairs), scope)
