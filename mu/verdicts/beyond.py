"""Checks of ours on what no paper has: whether a per-example attack sees more than the published ones.

Margins: two points of AUC or of MIA-Efficacy are no difference, as for the published attacks of the other chapters.
Seeds are splits; of each there are several models, and how far they scatter is in the AUC itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mu.experiments.beyond import METHODS
from mu.verdicts.claim import Claim, Finding
from mu.verdicts.differences import (
    Comparison,
    OverSeeds,
    by_seed,
    each_network,
    every,
    paired,
    summary,
    untestable,
)

if TYPE_CHECKING:
    import pandas as pd

PUBLISHED = ("MIA-Efficacy", "AUC")  # one threshold for all samples
SAME = 2.0
CHANCE = 50.0
MARGIN_OF_CHANCE = 5.0  # in which retrained models are to lie: some 300 samples and a few models


def _again(rows: pd.DataFrame) -> pd.Series:
    """Per-example AUC of what is retrained again, by seed."""
    return by_seed(rows[rows["tried"].notna()], "per-example AUC", method="retrain")


def _chance(rows: pd.DataFrame) -> Iterator[Finding]:
    found = _again(rows)
    apart = OverSeeds(found - CHANCE)
    if apart.n:
        yield Finding((apart.within(MARGIN_OF_CHANCE),), f"per-example AUC {found.mean():.1f} %", apart.n)


def _unseen(rows: pd.DataFrame) -> Iterator[Finding]:
    """Methods that neither published attack tells from retraining, and what the attack on each sample tells."""
    chance, fixed, cases = _again(rows), rows[rows["tried"].isna()], []
    for method in METHODS:
        gaps = [paired(*_pair(rows, fixed, metric, method)) for metric in PUBLISHED]
        told = by_seed(rows, "per-example AUC", method=method)
        above = paired(told, chance)
        if above.n and every(*(gap.within(SAME) for gap in gaps)):
            text = f"{told.mean():.1f} %, chance {chance.mean():.1f}"
            cases.append(Comparison("", method, above.below(SAME), text, OverSeeds(-above.values)))
    if cases:
        yield summary(cases, f"methods no more than {SAME:g} points above chance", "below it by")
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
        f"The attack on each sample has an AUC less than {MARGIN_OF_CHANCE:g} points from {CHANCE:g} %.",
        ("beyond-methods",), lambda frames: each_network(frames, "scenario"), _chance,
    ),
    Claim(
        "beyond-enough",
        "A method that published attacks do not tell from retraining is not told example by example either.",
        "ours",
        f"Of the methods whose MIA-Efficacy and AUC with one threshold are each less than {SAME:g} points from the "
        f"retrained models': the per-example AUC is less than {SAME:g} points above that of models retrained again.",
        ("beyond-methods",), lambda frames: each_network(frames, "scenario"), _unseen,
    ),
)  # fmt: skip
