"""Keys of the API: found by their id, held against their digest."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api.access.callers import Caller, claims_of
from api.access.rates import Buckets
from api.problems import Problem
from catchment.api_keys import ApiKey

# Seconds for which a container believes what it read of a key: within these it
# goes on taking one that was revoked. Each costs a question to the database.
SECONDS_KEPT = 60
# What a key that does not exist is held against: no text has this digest.
_NOBODY = bytes(32)

# Answers a key's row of `ops.api_key_of`, or None where there is no such key.
Find = Callable[[str], tuple[Any, ...] | None]


@dataclass(frozen=True)
class _Kept:
    """What is known of a key, since when (by the monotonic clock)."""

    since: float
    digest: bytes
    caller: Caller
    requests_per_minute: int | None
    expires_at: datetime | None


@dataclass
class Keys:
    """The keys as one container knows them. Not for use by two threads at once.

    Only keys that exist are kept, so that it grows no larger than their table.
    """

    find: Find
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _buckets: Buckets = field(init=False)

    def __post_init__(self) -> None:
        self._buckets = Buckets(self.clock)

    def caller(self, key: ApiKey) -> Caller | None:
        """Whose key it is; None where it is nobody's, expired or revoked.

        Raises:
            Problem: 429, where it asks more often than it may.
            psycopg.OperationalError: where the database cannot be reached.
        """
        found = self._known(key.id)
        # Always compared, in a time that tells nothing of the digest.
        is_same = hmac.compare_digest(found.digest if found else _NOBODY, key.digest)
        if found is None or not is_same or self._is_over(found):
            return None
        return self._counted(key.id, found)

    def _known(self, id_: str) -> _Kept | None:
        kept = self._kept.get(id_)
        if kept is None or self.clock() - kept.since >= SECONDS_KEPT:
            kept = self._read(id_)
        return kept

    def _read(self, id_: str) -> _Kept | None:
        row = self.find(id_)
        if row is None:
            self._kept.pop(id_, None)
            return None
        digest, scopes, claims, requests_per_minute, expires_at = row
        caller = Caller(f"key cmt_{id_}", frozenset(scopes), claims_of(claims))
        kept = _Kept(
            self.clock(), bytes(digest), caller, requests_per_minute, expires_at
        )
        self._kept[id_] = kept
        return kept

    def _is_over(self, kept: _Kept) -> bool:
        return kept.expires_at is not None and kept.expires_at <= self.now()

    def _counted(self, id_: str, kept: _Kept) -> Caller:
        if kept.requests_per_minute is None:
            return kept.caller
        taken = self._buckets.take(id_, kept.requests_per_minute)
        if taken.wait:
            raise Problem(
                429,
                f"This key may ask {kept.requests_per_minute} times a minute.",
                retry_after=taken.wait,
                headers=taken.headers,
            )
        caller = kept.caller
        return Caller(caller.name, caller.scopes, caller.claims, taken.headers)
