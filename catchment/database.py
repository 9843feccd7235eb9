"""One lazy connection a process, and the catalog read over it.

A Lambda container keeps its connection between invocations; it is opened at
the first use and again when it broke. No `SET`, no named prepared statement:
both pin a connection behind RDS Proxy, so limits belong to the role
(`alter role … set statement_timeout`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg

from catchment import catalog, credentials
from catchment.catalog import Catalog
from catchment.credentials import Credentials, OfUrl
from catchment.settings import Settings

CATALOG_HASH = "(select hash from ops.catalog order by published_at desc limit 1)"
CATALOG = (
    "select hash, document::text from ops.catalog order by published_at desc limit 1"
)


class NoCatalog(RuntimeError):
    """dbt has not published a catalog into this database yet."""


@dataclass
class Database:
    """A connection by need. Not for use by two threads at once."""

    url: str = field(repr=False)
    application_name: str = "catchment"
    credentials: Credentials = field(default_factory=OfUrl, repr=False)
    reads_contracts: bool = True
    _connection: psycopg.Connection[Any] | None = field(default=None, repr=False)
    _catalog: Catalog | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls, settings: Settings, application_name: str, *, reads_contracts: bool = True
    ) -> "Database":
        """The database of a process.

        Args:
            reads_contracts: whether it wants those of a catalog, or seldom.

        Raises:
            MissingSetting: where its settings do not say how to log in.
        """
        url = settings.database_url
        login = credentials.of(settings)
        return cls(url, application_name, login, reads_contracts)

    def connection(self) -> psycopg.Connection[Any]:
        """The open connection, autocommitting; a new one if it broke.

        Raises:
            psycopg.OperationalError: where the database cannot be reached.
        """
        if self._connection is None or self._connection.closed:
            self._connection = self._log_in()
        return self._connection

    def _log_in(self) -> psycopg.Connection[Any]:
        try:
            return self._connect()
        except psycopg.OperationalError as error:
            if not _asked_for_password(error) or not self.credentials.renew():
                raise
        return self._connect()

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self.url,
            autocommit=True,
            prepare_threshold=None,
            application_name=self.application_name,
            connect_timeout=5,
            password=self.credentials.password(),
        )

    def catalog(self) -> Catalog:
        """The newest catalog, read again only if its hash has changed.

        Raises:
            NoCatalog: where none is published.
        """
        published = self._published_hash()
        if self._catalog is None or self._catalog.hash != published:
            self._catalog = self._read_catalog()
        return self._catalog

    @property
    def known_catalog(self) -> Catalog | None:
        """The catalog as last read, without asking; None before that."""
        return self._catalog

    def _published_hash(self) -> str | None:
        row = self.ask(f"select {CATALOG_HASH}")
        return row[0] if row else None

    def ask(
        self, question: LiteralString, parts: Mapping[str, object] | None = None
    ) -> tuple[Any, ...] | None:
        """The first question of an invocation, which finds a broken connection.

        It is asked once more over a new one, and so must change nothing.
        """
        try:
            return self.connection().execute(question, parts).fetchone()
        except psycopg.errors.QueryCanceled:
            raise  # The connection is well, and the answer would be no sooner.
        except psycopg.OperationalError:
            self.close()
            return self.connection().execute(question, parts).fetchone()

    def _read_catalog(self) -> Catalog:
        row = self.connection().execute(CATALOG).fetchone()
        if row is None:
            raise NoCatalog(
                "ops.catalog is empty: run `dbt build` in warehouse/ to publish "
                "the feeds and models"
            )
        return catalog.parse(row[1], row[0], with_contracts=self.reads_contracts)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _asked_for_password(error: psycopg.OperationalError) -> bool:
    """Whether the server came as far as asking for the password.

    libpq gives no SQLSTATE of a failed connection, and the server's words are in
    the server's language.
    """
    return bool(error.pgconn and error.pgconn.used_password)
