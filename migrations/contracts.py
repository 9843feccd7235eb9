"""The raw tables as the contracts want them, in SQLAlchemy's words."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from catchment import catalog
from catchment.contract import Column, Feed
from catchment.local import contracts
from catchment.types import DataType

SCHEMA = "raw"

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": sa.Text(),
    "smallint": sa.SmallInteger(),
    "integer": sa.Integer(),
    "bigint": sa.BigInteger(),
    "real": sa.REAL(),
    "double precision": sa.Double(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "timestamp without time zone": sa.DateTime(timezone=False),
    "timestamp with time zone": sa.DateTime(timezone=True),
    "uuid": sa.Uuid(),
    "jsonb": postgresql.JSONB(),
}


def metadata(project: Path) -> sa.MetaData:
    """The raw tables of every feed of a dbt project.

    Raises:
        SystemExit: where dbt cannot read the project, with what dbt said.
    """
    tables = sa.MetaData(
        schema=SCHEMA,
        naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s"},
    )
    try:
        document = catalog.document_of(contracts.manifest(project))
    except contracts.WrongProject as error:
        raise SystemExit(str(error)) from None
    for feed in catalog.parse(document).feeds.values():
        table(feed, tables)
    return tables


def table(feed: Feed, tables: sa.MetaData) -> sa.Table:
    """The raw table of a feed: its audit columns, then its own.

    Partitioned by load, so that a large load can have a table of its own.
    """
    return sa.Table(
        feed.table,
        tables,
        sa.Column("_load_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("_row_number", sa.BigInteger(), nullable=False),
        *(column(found) for found in feed.columns if found.stored),
        postgresql_partition_by="RANGE (_load_id)",
    )


def column(column: Column) -> sa.Column[Any]:
    computed = [sa.Computed(_point(column), persisted=True)] if column.generated else []
    return sa.Column(
        column.name,
        sql_type(column.type),
        *computed,
        nullable=not column.required,
    )


def _point(column: Column) -> str:
    assert column.geometry is not None
    geometry, srid = column.geometry, column.type.srid
    point = f"st_makepoint({geometry.x}, {geometry.y})"
    if geometry.srid in (None, srid):
        return f"st_setsrid({point}, {srid})"
    return f"st_transform(st_setsrid({point}, {geometry.srid}), {srid})"


def sql_type(type_: DataType) -> TypeEngine[Any]:
    if type_.name == "geometry":
        shape = (type_.shape or "geometry").upper()
        dimension = 2 + len(shape) - len(shape.rstrip("ZM"))
        return Geometry(shape, srid=type_.srid or -1, dimension=dimension)
    if type_.name == "numeric":
        return sa.Numeric(type_.precision, type_.scale)
    return _TYPES[type_.name]
