"""Which field of a record holds which column of its contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from catchment.contract import Column, Feed
from loader.readers.streams import Unreadable

# So many names of columns that no contract has are told.
MOST_UNKNOWN = 100
_LONGEST_SAID = 200


@dataclass(frozen=True)
class Layout:
    """Which field of a record holds each column; `width` fields in all.

    `unknown` are the named fields that hold none, where the contract asks for them.
    """

    columns: tuple[Column, ...]
    places: tuple[int, ...]
    width: int
    unknown: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Every field is a column, so a line is a row."""
        return self.places == tuple(range(self.width))

    def pick(self, fields: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        return [fields[place] for place in self.places]


def by_position(feed: Feed) -> Layout:
    """Without a header the fields are the contract's columns, in its order."""
    columns = feed.read_columns
    return Layout(columns, tuple(range(len(columns))), len(columns))


def names_columns(record: Sequence[str], feed: Feed) -> bool:
    """Whether a first record is a header: each of its fields names a column."""
    known = {name.casefold() for c in feed.read_columns for name in c.header}
    return {field.strip().casefold() for field in record} <= known


def layout(
    header: Sequence[str], feed: Feed, said: str, geometry: int | None = None
) -> Layout:
    """The layout of a file by the names of its fields.

    Args:
        said: the header, to show where it lacks something.
        geometry: the place of the file's own geometry; it is that of the first
            geometry column of the contract which is not found by its name.

    Raises:
        Unreadable: where the header lacks a required column or has one twice; where
            it has others than the contract's, which refuses them.
    """
    places = _places(header, feed, geometry)
    said = said[:_LONGEST_SAID]
    for column in feed.read_columns:
        if column.required and column not in places:
            missing = f"no column {' or '.join(column.header)}"
            raise Unreadable(f"has {missing} in its header, which is: {said}")
    if not places:
        raise Unreadable(f"has none of its columns in its header, which is: {said}")
    in_order = sorted(places, key=places.__getitem__)
    return Layout(
        tuple(in_order),
        tuple(places[column] for column in in_order),
        len(header),
        _unknown(header, places, feed),
    )


def _places(
    header: Sequence[str], feed: Feed, geometry: int | None
) -> dict[Column, int]:
    """The place of each column that the header has."""
    names = [name.strip().casefold() for name in header]
    places: dict[Column, int] = {}
    for column in feed.read_columns:
        aliases = {alias.casefold() for alias in column.header}
        found = [place for place, name in enumerate(names) if name in aliases]
        if len(found) > 1:
            raise Unreadable(f"has column {column.header[0]} twice in its header")
        if found:
            places[column] = found[0]
    if geometry is not None and geometry not in places.values():
        for column in feed.read_columns:
            if column.geometry and column not in places:
                places[column] = geometry
                break
    return places


def _unknown(
    header: Sequence[str], places: dict[Column, int], feed: Feed
) -> tuple[str, ...]:
    if feed.unknown_columns == "ignore":
        return ()
    taken = set(places.values())
    names = [n.strip() for place, n in enumerate(header) if place not in taken]
    unknown = tuple(name for name in names if name)
    if unknown and feed.unknown_columns == "reject":
        said = ", ".join(unknown)[:_LONGEST_SAID]
        raise Unreadable(f"has columns that its contract does not name: {said}")
    return unknown[:MOST_UNKNOWN]
