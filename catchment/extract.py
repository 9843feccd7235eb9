"""How a feed's data are fetched: `config.meta.extract` beside its contract.

`catchment.extract_words` reads it from the YAML of a dbt source table, the
loader's `extract` does it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Years:
    """Years one by one, or from a first one on; without `last`, to this year."""

    listed: tuple[int, ...] = ()
    first: int | None = None
    last: int | None = None

    def until(self, this_year: int) -> tuple[int, ...]:
        """The years to have, oldest first."""
        if self.first is None:
            return tuple(sorted(self.listed))
        return tuple(range(self.first, (self.last or this_year) + 1))


@dataclass(frozen=True)
class Extract:
    """A paged JSON service, asked for a year at a time.

    Attributes:
        url: address of a year's first page, with `{year}` in it.
        key: what a page is called below `incoming/`, with `{year}` and `{page}`.
        years: which years to have.
        next: dotted path of the next page's address in a page.
        count: dotted path of the number of records of all pages, where given.
        attempts: how often a page is asked for before its year fails.
        seconds: the unit of the pauses between these attempts.
    """

    url: str
    key: str
    years: Years
    next: str = "next"
    count: str = "count"
    attempts: int = 6
    seconds: float = 1.0

    def url_of(self, year: int, base_url: str | None = None) -> str:
        """A year's first page; at another host where `base_url` is given."""
        url = self.url.replace("{year}", str(year))
        if base_url is None:
            return url
        path = url.partition("://")[2].partition("/")[2]
        return f"{base_url.rstrip('/')}/{path}"

    def key_of(self, year: int, page: int) -> str:
        """The name of a page below `incoming/`; pages count from 1."""
        return self.key.format(year=year, page=page)
