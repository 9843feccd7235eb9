"""let the API see which loads a view shows

Revision: 0004, after 0003.
"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0004_batches.sql"


def upgrade() -> None:
    op.execute(SQL.read_text())


def downgrade() -> None:
    op.execute(
        "revoke select (load_id, feed, status, finished_at) on ops.load "
        "from catchment_api"
    )
    op.execute("drop index ops.load_of_feed")
