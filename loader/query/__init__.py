"""All SQL of the loader, as pure functions of a connection."""

from typing import Any

from psycopg import Connection

Db = Connection[Any]
