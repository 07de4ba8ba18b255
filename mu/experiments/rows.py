"""What a cell yields: a row for each metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mu.metrics import Scores

# Columns of every table: metric name -> field of Scores.
ACCURACIES = {
    "target accuracy": "target_accuracy",
    "non-target accuracy": "non_target_accuracy",
    "UA": "ua",
    "RA": "ra",
    "TA": "ta",
    "MIA-Efficacy": "mia_efficacy",
    "KL": "kl",
    "Avg. Gap": "avg_gap",
}


def named(scores: Scores, metrics: Iterable[str] = ACCURACIES) -> dict[str, float]:
    """Metric -> score."""
    return {name: getattr(scores, ACCURACIES[name]) for name in metrics}


def rows(method: str, values: Mapping[str, float], **columns) -> list[dict]:
    """A row for each metric and its value, all with these columns."""
    return [{"method": method, "metric": metric, "value": value, **columns} for metric, value in values.items()]
