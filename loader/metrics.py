"""What the loader tells CloudWatch: rows, seconds by step, and how old feeds are."""

from collections.abc import Sequence

from catchment import metrics
from catchment.metrics import MetricUnit
from loader.freshness import Age
from loader.outcome import Outcome

SERVICE = "loader"
# Of these a file was read; of all others a look at the ledger was enough.
_READ = ("loaded", "rejected", "failed")


def loaded(outcome: Outcome) -> None:
    """One object version, and how long it took."""
    if outcome.status not in _READ:
        return
    counts = outcome.counts
    metrics.write(
        SERVICE,
        ("RowsRead", MetricUnit.Count, counts.read),
        ("RowsLoaded", MetricUnit.Count, counts.loaded),
        ("RowsRejected", MetricUnit.Count, counts.rejected),
        ("LoadSeconds", MetricUnit.Seconds, round(sum(outcome.seconds.values()), 3)),
    )


def refreshed(seconds: float) -> None:
    """One refresh of all that lies below the loads that waited."""
    metrics.write(SERVICE, ("RefreshSeconds", MetricUnit.Seconds, round(seconds, 3)))


def measured(ages: Sequence[Age]) -> None:
    """The age of each feed, and how many are older than they may be."""
    for age in ages:
        seconds = ("AgeSeconds", MetricUnit.Seconds, round(age.seconds))
        metrics.write(SERVICE, seconds, feed=age.feed)
    stale = sum(age.is_stale for age in ages)
    metrics.write(SERVICE, ("StaleFeeds", MetricUnit.Count, stale))
