"""How long each part of a load takes.

Reading, checking and copying go by turns, a block of 64 KB each, so a part is what
all its turns take together.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from loader.readers.streams import Stream

# In the order in which they begin.
PARTS = ("ledger", "fetch", "validate", "copy", "index", "move")


class Stopwatch:
    """Seconds by part; the parts together are all the time since it was made."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._part = PARTS[0]
        self._since = time.perf_counter()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What is done inside counts for this part, and for no other."""
        before = self._switch(name)
        try:
            yield
        finally:
            self._switch(before)

    def seconds(self) -> Mapping[str, float]:
        """So far, of the parts that were gone through."""
        self._switch(self._part)
        return {part: self._seconds[part] for part in PARTS if part in self._seconds}

    def fetching(self, stream: Stream) -> Stream:
        """The stream, its reading counted as `fetch`."""
        return _Fetched(stream, self)

    def _switch(self, part: str) -> str:
        now = time.perf_counter()
        self._seconds[self._part] += now - self._since
        before, self._part, self._since = self._part, part, now
        return before


class _Fetched:
    def __init__(self, stream: Stream, watch: Stopwatch):
        self._stream, self._watch = stream, watch

    def read(self, size: int, /) -> bytes:
        with self._watch.part("fetch"):
            return self._stream.read(size)
