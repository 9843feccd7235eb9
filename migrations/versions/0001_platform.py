"""The platform: PostGIS, roles, schemas, and the `ops` tables and functions.

Revision: 0001, after nothing.

Run by an administrator (on RDS: the master user). From here on alembic acts as
`catchment_owner`. The downgrade leaves the roles, which belong to the server and
may serve other databases, and PostGIS, on which other tables may stand.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
PARTS = ("0001_roles", "0001_schemas", "0001_ledger", "0001_refresh", "0001_grants")
SCHEMAS = ("raw", "ops", "seeds", "staging", "intermediate", "marts")


def upgrade() -> None:
    for part in PARTS:
        op.execute((SQL / f"{part}.sql").read_text().replace(":", r"\:"))


def downgrade() -> None:
    op.execute("reset role")
    op.execute("alter table public.alembic_version owner to current_user")
    op.execute(f"drop schema if exists {', '.join(SCHEMAS)} cascade")
