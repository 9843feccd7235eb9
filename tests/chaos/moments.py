"""Moments in the work of a loader, and what befalls it there.

A moment is told by what the loader says to PostgreSQL or to S3, not by a name in its
code: the tests outlive a restructuring, and cannot pass by missing their function.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from botocore.client import BaseClient
from psycopg import sql
from psycopg.pq import TransactionStatus

Act = Callable[[], None]
# So long a statement has run when what is to happen within it happens.
WITHIN_SECONDS = 0.15


@dataclass(frozen=True)
class Moment:
    """`when` the loader says something like `pattern` for the `nth` time.

    `within` is while PostgreSQL answers; the others before it is said, and after.
    """

    when: str
    pattern: str
    nth: int = 1

    def is_said(self, when: str, said: str) -> bool:
        return when == self.when and bool(re.search(self.pattern, said))


ROWS = r'copy "raw"'
# In the order in which they come. `commit of …` has the statements of a transaction.
LOADING = {
    "before the claim": Moment("before", r"^select pg_advisory_xact_lock.*0\)\)$"),
    "before the object is asked for": Moment("before", "^s3 GetObject$"),
    "before the ledger's row": Moment("before", "^insert into ops.load"),
    "mid-COPY": Moment("after", f"^block of {ROWS}"),
    "after the COPY": Moment("after", f"^end of {ROWS}"),
    "before its partition is attached": Moment("before", r"ops\.attach_partition\("),
    "after its partition is attached": Moment("after", r"ops\.attach_partition\("),
    "before the commit": Moment("before", f"^commit of .*{ROWS}"),
    "after the commit, before the move": Moment("after", f"^commit of .*{ROWS}"),
    "mid-move, the object in two places": Moment("before", "^s3 DeleteObject$"),
    "after the move, before it is noted": Moment("after", "^s3 DeleteObject$"),
}
REFRESHING = {
    "before the refresh": Moment("before", r"^select pg_advisory.*'ops\.refresh'"),
    "inside a rollup": Moment("within", r"^select .*ops\.refresh_rollup\("),
    "between two rollups": Moment("before", r"^select .*ops\.refresh_rollup\(", 2),
    "inside a mart": Moment("within", r"^select .*ops\.refresh_mart\("),
    "between two marts": Moment("before", r"^select .*ops\.refresh_mart\(", 2),
    "before the refresh commits": Moment("before", r"^commit of .*refresh_mart"),
    "after the refresh committed": Moment("after", r"^commit of .*refresh_mart"),
}
OF_LARGE_LOADS = {name for name in LOADING if "partition" in name}


@dataclass
class _Tap:
    """What was said so far, and what waits for its moment."""

    moment: Moment | None = None
    act: Act | None = None
    seen: int = 0
    statements: dict[int, list[str]] = field(default_factory=dict)

    def note(self, connection: Any, said: str) -> None:
        """Keep a statement of a transaction that is under way."""
        if id(connection) in self.statements:
            self.statements[id(connection)].append(said)

    def hear(self, when: str, said: str) -> None:
        if self.moment is None or not self.moment.is_said(when, said):
            return
        self.seen += 1
        if self.seen == self.moment.nth:
            self.happen()

    def happen(self) -> None:
        act, self.moment, self.act = self.act, None, None
        if act is not None:
            act()

    @contextmanager
    def heard(self, said: str) -> Iterator[None]:
        self.hear("before", said)
        timer = None
        if self.moment is not None and self.moment.is_said("within", said):
            timer = threading.Timer(WITHIN_SECONDS, self.happen)
            timer.daemon = True
            timer.start()
        yield
        if timer is not None:
            timer.cancel()
        self.hear("after", said)


_tap = _Tap()


def arm(moment: Moment, act: Act) -> None:
    """Let `act` be called once, when the moment comes."""
    _tap.moment, _tap.act, _tap.seen = moment, act, 0


def heard(said: str) -> AbstractContextManager[None]:
    """Tell what a stand-in is asked, as of the real ones."""
    return _tap.heard(said)


def disarm() -> bool:
    """Whether the moment did not come."""
    is_armed = _tap.act is not None
    _tap.moment = _tap.act = None
    return is_armed


@contextmanager
def listening() -> Iterator[None]:
    """Hear what is said to PostgreSQL by psycopg, and to S3 by boto3."""
    copies: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
    real_execute, real_copy = psycopg.Cursor.execute, psycopg.Cursor.copy
    real_write = psycopg.Copy.write
    real_transaction = psycopg.Connection.transaction
    real_call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def execute(self: Any, query: Any, *given: Any, **more: Any) -> Any:
        said = _text(query, self)
        _tap.note(self.connection, said)
        with _tap.heard(said):
            return real_execute(self, query, *given, **more)

    @contextmanager
    def copy(self: Any, statement: Any, *given: Any, **more: Any) -> Iterator[Any]:
        said = _text(statement, self)
        _tap.note(self.connection, said)
        with real_copy(self, statement, *given, **more) as copying:
            copies[copying] = said
            yield copying
        _tap.hear("after", f"end of {said}")

    def write(self: Any, block: Any) -> None:
        real_write(self, block)
        _tap.hear("after", f"block of {copies.get(self, '')}")

    @contextmanager
    def transaction(self: Any, *given: Any, **more: Any) -> Iterator[Any]:
        if self.info.transaction_status != TransactionStatus.IDLE:
            with real_transaction(self, *given, **more) as nested:
                yield nested
            return
        said = _tap.statements[id(self)] = []
        try:
            with real_transaction(self, *given, **more) as outermost:
                yield outermost
                _tap.hear("before", f"commit of {'; '.join(said)}")
        finally:
            del _tap.statements[id(self)]
        _tap.hear("after", f"commit of {'; '.join(said)}")

    def call(self: Any, operation: str, words: Any) -> Any:
        with _tap.heard(f"s3 {operation}"):
            return real_call(self, operation, words)

    patches: list[tuple[Any, str, Any, Any]] = [
        (psycopg.Cursor, "execute", execute, real_execute),
        (psycopg.Cursor, "copy", copy, real_copy),
        (psycopg.Copy, "write", write, real_write),
        (psycopg.Connection, "transaction", transaction, real_transaction),
        (BaseClient, "_make_api_call", call, real_call),
    ]
    for owner, name, ours, _ in patches:
        setattr(owner, name, ours)
    try:
        yield
    finally:
        for owner, name, _, theirs in patches:
            setattr(owner, name, theirs)


def _text(query: Any, cursor: Any) -> str:
    """A statement on one line."""
    text = query.as_string(cursor) if isinstance(query, sql.Composable) else query
    text = text.decode() if isinstance(text, bytes) else str(text)
    return " ".join(text.split())
