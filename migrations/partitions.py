"""A raw table is partitioned by load: small loads share one partition.

A generated migration creates the shared partition with its table. Load ids
below `SHARED_BELOW` are small loads'; ids above are for loads that get a
partition of their own.
"""

from alembic.autogenerate import rewriter
from alembic.migration import MigrationContext
from alembic.operations import ops
from geoalchemy2 import alembic_helpers

SHARED_BELOW = 1 << 40
_SUFFIX = "__shared"


def is_partition(table: str) -> bool:
    return "__" in table


_writer = rewriter.Rewriter()


@_writer.rewrites(ops.CreateTableOp)
def _with_shared_partition(
    context: MigrationContext, revision: tuple[str, ...], op: ops.CreateTableOp
) -> list[ops.MigrateOperation]:
    create = (
        f"create table {op.schema}.{op.table_name}{_SUFFIX} "
        f"partition of {op.schema}.{op.table_name} "
        f"for values from (minvalue) to ({SHARED_BELOW})"
    )
    return [op, ops.ExecuteSQLOp(create)]


writer = alembic_helpers.writer.chain(_writer)
