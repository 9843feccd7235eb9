"""what the pages of operators ask of the ledger

Revision: 0007, after 0006.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.execute((SQL / "0007_operations.sql").read_text().replace(":", r"\:"))


def downgrade() -> None:
    columns = (
        "load_id, feed, key, size_bytes, status, reason, rows_read, rows_loaded, "
        "rows_rejected, started_at, finished_at, refreshed_at, moved_to, "
        "superseded_by, unknown_columns, seconds_by_part"
    )
    op.execute("drop function ops.reasons_of(bigint)")
    op.execute("drop index ops.load_superseded")
    op.execute("drop view ops.loads")
    op.execute(f"create view ops.loads as select {columns} from ops.load")
    op.execute("comment on view ops.loads is 'The ledger as the API shows it.'")
    op.execute("grant select on ops.loads to catchment_api")
