"""Metrics as lines of a Lambda's log, which CloudWatch reads (EMF)."""

import os

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

__all__ = ["MetricUnit", "write"]


def write(
    service: str, *metrics: tuple[str, MetricUnit, float], **dimensions: str
) -> None:
    """Print one line with metrics, each a name, a unit and a value.

    `service` is a dimension too. Nothing is printed where
    POWERTOOLS_METRICS_NAMESPACE is not set, as on one's own machine.
    """
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE")
    if not namespace:
        return
    line = EphemeralMetrics(namespace=namespace, service=service)
    for name, value in dimensions.items():
        line.add_dimension(name, value)
    for metric in metrics:
        line.add_metric(*metric)
    line.flush_metrics()
