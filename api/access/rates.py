"""How often a key may ask: a token bucket in this container's memory.

Each container counts for itself. With n of them a key gets at most n times its
rate, and a new one begins with a full bucket; the throttling of the gateway's
stage is the bound that holds for all. An exact count would cost a write to a
shared store at every request.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MINUTE = 60


@dataclass(frozen=True)
class Taken:
    """One request counted.

    Attributes:
        wait: seconds until the next one may come; 0 where this one may pass.
        headers: of draft-ietf-httpapi-ratelimit-headers-10: the policy, what is
            left (`r`), and the seconds until all is there again (`t`).
    """

    wait: int
    headers: Mapping[str, str]


@dataclass
class Buckets:
    """A bucket for each key: as large as a minute's requests, and filled evenly."""

    clock: Callable[[], float] = time.monotonic
    # What was in a key's bucket, and when.
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, key: str, per_minute: int) -> Taken:
        """Count a request of a key, if its bucket has one left."""
        now = self.clock()
        level, since = self._levels.get(key, (float(per_minute), now))
        level = min(per_minute, level + (now - since) * per_minute / MINUTE)
        wait = 0 if level >= 0.999_999 else math.ceil((1 - level) * MINUTE / per_minute)
        level -= 0 if wait else 1
        self._levels[key] = (level, now)
        full = math.ceil((per_minute - level) * MINUTE / per_minute)
        return Taken(
            wait,
            {
                "RateLimit-Policy": f'"key";q={per_minute};w={MINUTE}',
                "RateLimit": f'"key";r={int(level)};t={full}',
            },
        )
