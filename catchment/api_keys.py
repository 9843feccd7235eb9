"""What a key of the API looks like, and what is kept of it.

`cmt_<id>_<secret>`: the id finds it in `ops.api_key` and may stand in a log; the
secret is shown once. The whole has one shape, so that scanners of secrets can
know it: `cmt_[a-z0-9]{8}_[A-Za-z0-9_-]{43}`.
"""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field

SCOPES = ("read", "admin")
# Of 36^8: a thousand keys have two of the same with a chance of 2 in 10 million.
_ID_LETTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 8
_SECRET_BYTES = 32
SHAPE = re.compile(r"cmt_([a-z0-9]{8})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class ApiKey:
    """A key as its owner has it."""

    id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        return f"cmt_{self.id}_{self.secret}"

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret, 32 bytes: what is kept of it.

        No slow hash, and no salt: these protect passwords, which can be guessed.
        Of 256 random bits nobody guesses any, however fast he can try; a slow
        hash would only let strangers make every request dear.
        """
        return hashlib.sha256(self.secret.encode()).digest()


def new() -> ApiKey:
    """A key that nobody has yet."""
    id_ = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    return ApiKey(id_, secrets.token_urlsafe(_SECRET_BYTES))


def read(text: str) -> ApiKey | None:
    """The key that a text is; None where it has another shape."""
    found = SHAPE.fullmatch(text)
    return ApiKey(*found.groups()) if found else None
