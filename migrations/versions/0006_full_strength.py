"""partitions of large loads, and what the ledger says beside

Revision: 0006, after 0005.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
PARTS = (
    "0006_partitions",
    "0006_ledger",
    "0006_marts",
    "0006_replay",
    "0006_deletions",
)


FUNCTIONS = (
    "drop_emptied_partitions()",
    "remove_rows(text, bigint[])",
    "attach_partition(text, bigint)",
    "open_partition(text, bigint)",
    "raw_table(text)",
    "own_partition(text, bigint)",
    "load_number(bigint)",
)
REFRESHING = (
    "refresh_mart(text)",
    "catch_up_mart(text, regclass, text)",
    "refresh_rollup(text, bigint[])",
    "catch_up_rollup(regclass, jsonb, bigint[])",
    "marts_below(json)",
    "published_model(text, text)",
)
STATUSES = "'loaded', 'rejected', 'failed', 'superseded', 'unmatched'"


def upgrade() -> None:
    for part in PARTS:
        op.execute((SQL / f"{part}.sql").read_text().replace(":", r"\:"))


def downgrade() -> None:
    """Partitions stay: they are read as any other."""
    op.execute(
        "drop index ops.load_of_key, ops.load_of_feed, ops.load_to_refresh, "
        "ops.load_in_order"
    )
    op.execute("update ops.load set status = 'superseded' where status = 'unloaded'")
    op.execute("create index load_of_key on ops.load (bucket, key, load_id)")
    op.execute("create index load_of_feed on ops.load (feed, load_id)")
    op.execute(
        "create index load_to_refresh on ops.load (feed, load_id) "
        "where refreshed_at is null and status in ('loaded', 'superseded')"
    )
    op.execute("alter table ops.load drop constraint load_status_check")
    op.execute(
        "alter table ops.load add constraint load_status_check "
        f"check (status in ({STATUSES}))"
    )
    _old_refresh()
    _old_view()
    op.execute(
        "alter table ops.load drop column unknown_columns, drop column seconds_by_part"
    )
    op.execute("alter table ops.load drop column replay_of")
    op.execute("drop index ops.load_of_place")
    op.execute("revoke delete on ops.reject from catchment_loader")
    op.execute("revoke usage on sequence ops.load_load_id_seq from catchment_loader")
    for function in FUNCTIONS:
        op.execute(f"drop function ops.{function}")


def _old_refresh() -> None:
    for function in REFRESHING:
        op.execute(f"drop function ops.{function}")
    op.execute("drop table ops.stale")
    op.execute((SQL / "0001_refresh.sql").read_text().replace(":", r"\:"))
    op.execute(
        "grant execute on function ops.refresh_rollup, ops.refresh_mart "
        "to catchment_loader"
    )
    op.execute(
        "comment on column ops.refresh.rows is "
        "'Rows written to a rollup; null for a mart.'"
    )


def _old_view() -> None:
    columns = (
        "load_id, feed, key, size_bytes, status, reason, rows_read, rows_loaded, "
        "rows_rejected, started_at, finished_at, refreshed_at, moved_to, superseded_by"
    )
    op.execute("drop view ops.loads")
    op.execute(f"create view ops.loads as select {columns} from ops.load")
    op.execute("grant select on ops.loads to catchment_api")
