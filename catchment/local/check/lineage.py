"""Which feeds a checked model is made of, read from dbt's `manifest.json`."""

from collections.abc import Iterable, Mapping
from typing import Any

from catchment.words import meta_of

# What a test returns in place of the column that it is of.
VALUE_FIELDS = frozenset({"unique_field", "value_field", "from_field"})


class Lineage:
    """The way up from any node of a manifest to its feeds."""

    def __init__(self, manifest: Mapping[str, Any]):
        self._nodes = manifest["nodes"]
        self._feeds = {
            id_: source
            for id_, source in manifest["sources"].items()
            if "feed" in meta_of(source)
        }

    def feeds(self, unique_id: str) -> tuple[str, ...]:
        """The names of the feeds above a node; a feed's own."""
        seen, left = set(), [unique_id]
        while left:
            if (id_ := left.pop()) not in seen:
                seen.add(id_)
                node = self._nodes.get(id_) or {}
                left.extend((node.get("depends_on") or {}).get("nodes", ()))
        return tuple(sorted(self._feeds[id_]["name"] for id_ in seen & {*self._feeds}))

    def personal(
        self, feeds: Iterable[str], tested: str | None = None
    ) -> frozenset[str]:
        """The columns of feeds that hold personal data, if only as hashes.

        Also what a test calls the values of its column, where that is one of them.
        """
        wanted = set(feeds)
        names = frozenset(
            column["name"]
            for source in self._feeds.values()
            if source["name"] in wanted
            for column in source["columns"].values()
            if meta_of(column).get("pii")
        )
        return names | VALUE_FIELDS if tested in names else names
