"""What a request shows of its caller, not yet believed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from api.links import Pairs
from api.problems import Problem
from catchment import api_keys
from catchment.api_keys import ApiKey

# Three parts of base64url, the first two of which are JSON objects.
_TOKEN = re.compile(r"eyJ[\w-]*\.eyJ[\w-]*\.[\w-]*")
_SCHEME = re.compile(r"bearer +", re.IGNORECASE)
# Of the gateway's limit, which is 10,240 bytes for all headers together.
_LONGEST = 8_192
_HIDDEN = "***"


@dataclass(frozen=True)
class Presented:
    """A key, or a token, or neither.

    Attributes:
        is_wrong: whether there is something that is neither.
    """

    key: ApiKey | None = None
    token: str | None = field(default=None, repr=False)
    is_wrong: bool = False


def read(headers: Mapping[str, str], pairs: Pairs) -> Presented:
    """What the headers show; `x-api-key` goes before `authorization`.

    A gateway that wants a token of its own may so stand before an API that wants
    a key.

    Raises:
        Problem: 400, where a key or token stands in the query.
    """
    if any(_is_secret(text) for pair in pairs for text in pair):
        raise Problem(
            400,
            "A key or token must not stand in a URL, which others keep in their logs: "
            "revoke it, and send another one in a header.",
        )
    if given := headers.get("x-api-key"):
        key = api_keys.read(given.strip())
        return Presented(key=key, is_wrong=key is None)
    authorization = headers.get("authorization", "")
    scheme = _SCHEME.match(authorization)
    if scheme is None:
        return Presented(is_wrong=bool(authorization))
    text = authorization[scheme.end() :].strip()
    if key := api_keys.read(text):
        return Presented(key=key)
    if len(text) > _LONGEST or text.startswith("cmt_"):
        return Presented(is_wrong=True)
    return Presented(token=text)


def _is_secret(value: str) -> bool:
    return bool(api_keys.SHAPE.search(value) or _TOKEN.fullmatch(value))


def redacted(text: str) -> str:
    """A path or query for a log, without the keys and tokens that stand in it.

    One that hides them behind percents is shown decoded.
    """
    decoded = unquote(text)
    shown = text if _without_secrets(decoded) == decoded else decoded
    return _without_secrets(shown)


def _without_secrets(text: str) -> str:
    return _TOKEN.sub(_HIDDEN, api_keys.SHAPE.sub(_HIDDEN, text))
