"""Personal data: hashed or dropped before they are stored, and shown to nobody.

The values of `pii` columns come into no raw table, no quarantine, no ledger and no
log. The file itself stays in the bucket as it came.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from catchment import credentials
from catchment.contract import Column, Feed
from catchment.settings import Settings
from loader.readers.records import Broken

SHOWN = "[pii]"
WITHHELD = "[withheld: it could not be split into columns, some of which are personal]"
# What these codes say of a record quotes none of it.
_QUOTELESS = ("fields", "quoting", "json")

Values = Sequence[str]


@dataclass(frozen=True)
class Personal:
    """How the personal data of a feed are guarded.

    Attributes:
        is_on: whether it has any.
        key: what they are hashed with; any where nothing is stored.
    """

    is_on: bool
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, feed: Feed, settings: Settings) -> "Personal":
        """Those of a feed whose rows will be stored.

        Raises:
            MissingSetting: where they are to be hashed, and there is no key.
        """
        if any(column.pii == "hash" for column in feed.columns):
            return cls(True, credentials.pii_key(settings))
        return cls(feed.is_personal, b"")

    def stored(
        self, columns: Sequence[Column], values: Sequence[Values]
    ) -> Sequence[Values]:
        """The values of the columns that a raw table has, as it has them."""
        if not self.is_on:
            return values
        return [
            self._hashed(of_column) if column.pii else of_column
            for column, of_column in zip(columns, values, strict=True)
            if column.stored
        ]

    def _hashed(self, values: Values) -> Values:
        """Hex HMAC-SHA256 (RFC 2104) of the UTF-8 of each value but ''.

        Of the value as it would be stored: the same text has the same hash, in
        every column of every feed.
        """
        # Half a character passes here, and no contract.
        return [
            hmac.digest(self.key, value.encode(errors="surrogatepass"), "sha256").hex()
            if value
            else ""
            for value in values
        ]


NOT_PERSONAL = Personal(False, b"")


def record(columns: Sequence[Column], values: Values) -> str:
    """What may be shown of a record: JSON of the columns that were read."""
    shown = {
        column.name: SHOWN if column.pii and value else value
        for column, value in zip(columns, values, strict=True)
    }
    said = json.dumps(shown, ensure_ascii=False)
    return said.encode(errors="backslashreplace").decode()


def withheld(broken: Broken) -> Broken:
    """What may be shown of a record without columns: no word of it."""
    message = broken.message if broken.code in _QUOTELESS else "cannot be read"
    return replace(broken, text=WITHHELD, message=message)


def unknown(feed: Feed, names: Sequence[str]) -> Sequence[str]:
    """Columns that no contract names; a member of JSON may be a person's name."""
    if not feed.is_personal or not names:
        return names
    return [f"[withheld: {len(names)}]"]


def told(feed: Feed, error: Exception) -> str:
    """Why a file cannot be read; what a reader quotes of it stands behind a colon."""
    why, colon, _ = str(error).partition(":")
    if not feed.is_personal or not colon:
        return str(error)
    return f"{why}: [withheld: it may quote personal data]"
