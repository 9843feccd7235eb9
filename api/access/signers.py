"""The public keys that an issuer signs its tokens with.

They stand in a JWK Set (RFC 7517), whose address the issuer's own document says
(OpenID Connect Discovery 1.0, 4). A set is kept; a token that names a key which is
not in it makes it be read once more, for issuers change their keys without notice,
but not more often than `SECONDS_BETWEEN`: anyone can write a token that names a new
key.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api import problems
from catchment import settings
from catchment.settings import Issuer

if TYPE_CHECKING:
    from jwt import PyJWK

DISCOVERY = "/.well-known/openid-configuration"
# Seconds after which a set is read again, and until when a set serves whose issuer
# does not answer: within these a key that the issuer has withdrawn is still taken.
SECONDS_KEPT = 600
SECONDS_AT_MOST = 3_600
SECONDS_BETWEEN = 30
# Seconds, and bytes; Google's set has 2 keys and 1 KB, Microsoft's 9 and 14 KB.
PATIENCE = 3.0
LARGEST = 262_144

KeySet = Mapping[str, "PyJWK"]


class NotRead(RuntimeError):
    """The issuer's keys cannot be read; the message is for our log."""


def get(url: str) -> Any:
    """The JSON document at an issuer's URL.

    Raises:
        NotRead: where there is none.
    """
    import urllib3

    if not settings.is_safe(url):
        raise NotRead(f"{url} is no URL with https")
    try:
        answer = urllib3.request(
            "GET",
            url,
            timeout=PATIENCE,
            retries=1,
            redirect=False,
            preload_content=False,
            headers={"Accept": "application/json"},
        )
        body = answer.read(LARGEST + 1)
        answer.close()
        if answer.status != 200 or len(body) > LARGEST:
            raise NotRead(f"{url} answers {answer.status}, {len(body)} bytes")
        return json.loads(body)
    except (urllib3.exceptions.HTTPError, ValueError, RecursionError) as error:
        raise NotRead(f"{url}: {error}") from error


@dataclass
class Signers:
    """The keys of one issuer as one container knows them."""

    issuer: Issuer
    clock: Callable[[], float] = time.monotonic
    _keys: KeySet = field(default_factory=dict)
    # When the keys were last had, and when they were last asked for.
    _had: float | None = None
    _asked: float | None = None

    def key(self, id_: str | None) -> "PyJWK | None":
        """The key of this id; without an id the only one. None where there is none.

        Raises:
            Problem: 503, where the keys cannot be had.
        """
        if self._is_older(SECONDS_KEPT):
            self._renew()
        found = self._find(id_)
        if found is None:
            self._renew()
            found = self._find(id_)
        return found

    def _find(self, id_: str | None) -> "PyJWK | None":
        if id_ is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(id_ or "")

    def _renew(self) -> None:
        if not self._may_ask():
            self._need_some("it was asked a moment ago")
            return
        self._asked = self.clock()
        try:
            self._keys = _usable(get(self._address()))
            self._had = self.clock()
        except NotRead as error:
            self._need_some(str(error))

    def _need_some(self, reason: str) -> None:
        """The keys of before will do for a while."""
        if self._is_older(SECONDS_AT_MOST):
            raise problems.unavailable(
                "The issuer of the tokens does not answer, so that none can be "
                "verified at the moment."
            ) from NotRead(reason)

    def _address(self) -> str:
        if self.issuer.jwks_url:
            return self.issuer.jwks_url
        document = get(self.issuer.url.rstrip("/") + DISCOVERY)
        if not isinstance(document, dict) or document.get("issuer") != self.issuer.url:
            raise NotRead("the issuer's document is of another issuer")
        return str(document.get("jwks_uri"))

    def _is_older(self, seconds: float) -> bool:
        return self._had is None or self.clock() - self._had >= seconds

    def _may_ask(self) -> bool:
        return self._asked is None or self.clock() - self._asked >= SECONDS_BETWEEN


def _usable(document: Any) -> KeySet:
    """The keys that signatures are verified with, by their ids.

    A secret shared with us (`oct`) is none: we would be able to sign as the issuer.
    """
    from jwt import PyJWK, PyJWTError

    found: dict[str, PyJWK] = {}
    entries = document.get("keys") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") == "oct":
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            found[str(entry.get("kid", ""))] = PyJWK(entry)
        except PyJWTError:
            continue  # of an algorithm that we do not know
    if not found:
        raise NotRead("the issuer's document has no key that we could use")
    return found
