"""Checks of ours on what no paper has: whether a per-example attack sees more than the published ones.

What a per-example AUC must exceed is the 95th percentile of chance, which the record has: of two sets of retrained
models, drawn anew which count as unlearned. Seeds are splits, each with several models.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mu.experiments.beyond import CHANCE, METHODS
from mu.reading import mean_sd
from mu.verdicts.claim import Claim, Finding
from mu.verdicts.differences import (
    Comparison,
    OverSeeds,
    by_seed,
    each_network,
    every,
    fewest,
    paired,
    summary,
    untestable,
)

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = ("MIA-Efficacy", "AUC")  # one threshold for all samples
SAME = 2.0  # points in which they tell nothing: as the margin of membership inference in the first chapter


def _retrained_again(rows: pd.DataFrame, metric: str) -> pd.Series:
    return by_seed(rows[rows["tried"].notna()], metric, method="retrain")


def _chance(rows: pd.DataFrame) -> Iterator[Finding]:
    told, low, high = (_retrained_again(rows, metric) for metric in ("per-example AUC", *CHANCE))
    inside = every(paired(told, low).exceeds(0), paired(high, told).exceeds(0))
    text = f"per-example AUC {mean_sd(told)} %, nine tenths of chance from {mean_sd(low)} to {mean_sd(high)}"
    yield Finding((inside,), text, fewest(OverSeeds(told), OverSeeds(low)))


def _unseen(rows: pd.DataFrame) -> Iterator[Finding]:
    """Methods that neither published attack tells from retraining, and what the per-example attack tells."""
    chance, fixed, cases = _retrained_again(rows, CHANCE[1]), rows[rows["tried"].isna()], []
    for method in METHODS:
        gaps = [paired(*_pair(rows, fixed, metric, method)) for metric in PUBLISHED]
        told = by_seed(rows, "per-example AUC", method=method)
        below = paired(chance, told)
        if below.n and every(*(gap.within(SAME) for gap in gaps)):
            text = f"{mean_sd(told)} %, chance up to {mean_sd(chance)}"
            cases.append(Comparison("", method, below.exceeds(0), text, below))
    if cases:
        yield summary(cases, "methods not above chance", "below its end by")
    elif len(chance):
        yield untestable("no method comes that near by the published attacks", chance)


def _pair(rows: pd.DataFrame, fixed: pd.DataFrame, metric: str, method: str) -> tuple[pd.Series, pd.Series]:
    """A metric of a method and of the retrained models."""
    return by_seed(rows, metric, method=method), by_seed(fixed, metric, method="retrain")


CLAIMS = (
    Claim(
        "beyond-chance",
        "Retrained models are not told from other retrained models.",
        "ours, a control",
        "The per-example AUC is between the 5th and the 95th percentile of chance.",
        ("beyond-methods",), lambda frames: each_network(frames, "scenario"), _chance,
    ),
    Claim(
        "beyond-enough",
        "A method that published attacks do not tell from retraining is not told example by example either.",
        "ours",
        f"Of the methods whose MIA-Efficacy and AUC with one threshold are each less than {SAME:g} points from the "
        f"retrained models': the per-example AUC is not above the 95th percentile of chance.",
        ("beyond-methods",), lambda frames: each_network(frames, "scenario"), _unseen,
    ),
)  # fmt: skip
