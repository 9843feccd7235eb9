"""History of the data checks, and what they measure loads by.

Revision: 0008, after 0007.
"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
FUNCTIONS = (
    "profiles_of(text, integer)",
    "counts_of_periods(text, integer)",
    "counts_of_loads(text, integer)",
    "psi_by_chance(bigint, bigint, bigint)",
    "psi(jsonb, jsonb)",
    "band(double precision[], double precision, double precision)",
    "file_series(text)",
)


def upgrade() -> None:
    op.execute((SQL / "0008_checks.sql").read_text().replace(":", r"\:"))


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"drop function ops.{function}")
    op.execute("drop table ops.profile, ops.check_result, ops.check_run")
