"""What the loader tells CloudWatch: rows, and seconds by step."""

from catchment import metrics
from catchment.metrics import MetricUnit
from loader.load import Outcome

SERVICE = "loader"
# Of these a file was read; of all others a look at the ledger was enough.
_READ = ("loaded", "rejected", "failed")


def loaded(outcome: Outcome, seconds: float) -> None:
    """One object version, and how long it took."""
    if outcome.status not in _READ:
        return
    counts = outcome.counts
    metrics.write(
        SERVICE,
        ("RowsRead", MetricUnit.Count, counts.read),
        ("RowsLoaded", MetricUnit.Count, counts.loaded),
        ("RowsRejected", MetricUnit.Count, counts.rejected),
        ("LoadSeconds", MetricUnit.Seconds, round(seconds, 3)),
    )


def refreshed(seconds: float) -> None:
    """One refresh of all that lies below the loads that waited."""
    metrics.write(SERVICE, ("RefreshSeconds", MetricUnit.Seconds, round(seconds, 3)))
