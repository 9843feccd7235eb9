"""Keys of the API, and what its admin routes may read of the ledger.

Revision: 0005, after 0004.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.execute((SQL / "0005_api_keys.sql").read_text().replace(":", r"\:"))


def downgrade() -> None:
    op.execute("drop function ops.rejects_of(bigint, bigint, integer)")
    op.execute("drop view ops.loads")
    op.execute("drop function ops.api_key_of(text)")
    op.execute("drop table ops.api_key")
