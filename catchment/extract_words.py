"""Read `config.meta.extract` as people write it, and name what is wrong with it."""

from collections.abc import Callable
from typing import Any

from catchment.contract import Feed
from catchment.extract import Extract
from catchment.vocabulary import extract as said
from catchment.words import Words

# Takes a mistake: its message and the word that it is about.
Complain = Callable[[str, str | None], None]


def parse(raw: Any, wrong: Complain) -> Extract | None:
    """Read the words of an extract; what is wrong goes to `wrong`.

    Returns:
        None where a word that it cannot do without is missing or wrong.
    """
    words = Words(raw, lambda message, word: wrong(message, word or "extract"))
    url = words.read(said.URL)
    key = words.read(said.KEY)
    years = words.read(said.YEARS)
    next_ = words.read(said.NEXT) or Extract.next
    count = words.read(said.COUNT) or Extract.count
    attempts, seconds = words.read(said.RETRY)
    words.no_others()
    if url is None or key is None or years is None:
        return None
    return Extract(url, key, years, next_, count, attempts, seconds)


def check(feed: Feed, wrong: Complain) -> None:
    """Complain where a feed could not load what its extract fetches."""
    extract = feed.extract
    if extract is None:
        return
    key = said.INCOMING + extract.key_of(2000, 1)
    if not feed.matches(key):
        wrong(f"key: '{key}' is none of the feed's files", "key")
    elif "json" not in feed.formats or not (
        len(feed.formats) == 1 or key.endswith(".json")
    ):
        wrong(f"key: '{key}' is not read as json, which pages are", "key")
    if feed.on_reupload != "replace":
        wrong("extract needs on_reupload: replace, for pages come again", "on_reupload")
