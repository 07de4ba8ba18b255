"""Checks of ours on what no paper has: whether a per-example attack sees more than the published ones.

What a per-example AUC must exceed is the 95th percentile of chance, which the record has: among retrained models in
two sets drawn at random. Seeds are splits, each with several models and a chance of its own: a check holds if it does
in every split, and is unclear if it does in some.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mu.experiments.beyond import CHANCE, METHODS, TOLD, UNSEEN
from mu.reading import mean_sd
from mu.tasks import WHOLE_CLASS
from mu.verdicts.claim import Claim, Finding, Part, Rows
from mu.verdicts.differences import Comparison, Tested, by_seed, each_network, finding, paired, summary, untestable

if TYPE_CHECKING:
    import pandas as pd

SAME = 2.0  # points in which published attacks tell nothing: as in the first chapter


def _everywhere(holds: pd.Series) -> Tested:
    """Yes if it holds in every split, no if in none."""
    return Tested(bool(holds.all()) if holds.all() or not holds.any() else None, len(holds))


def _again(rows: pd.DataFrame, metric: str) -> pd.Series:
    """Of models retrained again."""
    return by_seed(rows[rows["tried"].notna()], metric, method="retrain")


def _chance(rows: pd.DataFrame) -> Iterator[Finding]:
    told, low, high = (_again(rows, metric) for metric in (TOLD, *CHANCE))
    text = f"per-example AUC {mean_sd(told)} %, nine tenths of chance from {mean_sd(low)} to {mean_sd(high)}"
    yield finding(text, _everywhere((low <= told) & (told <= high)))


def _power(rows: pd.DataFrame) -> Iterator[Finding]:
    told, unseen = (by_seed(rows, metric, method="trained") for metric in (TOLD, UNSEEN))
    high = _again(rows, CHANCE[1])
    above = paired(told, high)
    if len(above):
        answer = _everywhere((above > 0) & (told - unseen > 0)[above.index])
        text = f"per-example AUC {mean_sd(told)} %, on unseen images {mean_sd(unseen)}, chance up to {mean_sd(high)}"
        yield finding(text, answer)


def _enough(rows: pd.DataFrame) -> Iterator[Finding]:
    """Methods that no published attack tells from retraining, and what the per-example attack tells."""
    # With a class forgotten MIA-Efficacy is 0 or 100, whatever is remembered.
    whole_class = rows["scenario"].isin(WHOLE_CLASS).all()
    published = ("AUC",) if whole_class else ("AUC", "MIA-Efficacy")
    chance, retrained, cases = _again(rows, CHANCE[1]), rows[rows["tried"].isna()], []
    for method in METHODS:
        gaps = [
            paired(by_seed(rows, metric, method=method), by_seed(retrained, metric, method="retrain")).mean()
            for metric in published
        ]
        told = by_seed(rows, TOLD, method=method)
        below = paired(chance, told)
        if len(below) and all(abs(gap) < SAME for gap in gaps):
            text = f"{mean_sd(told)} %, chance up to {mean_sd(chance)}"
            cases.append(Comparison(method, _everywhere(below >= 0), text, below))
    if cases:
        yield summary(cases, "methods not above chance", "below its end by")
    elif len(chance):
        yield untestable("no method comes that near by the published attacks", chance)


def _requests(frames: Rows) -> Iterator[Part]:
    """A part for each request."""
    return each_network(frames, "scenario")


CLAIMS = (
    Claim(
        "beyond-chance",
        "Retrained models are not told from other retrained models.",
        "ours, a control",
        "Their per-example AUC is between the 5th and the 95th percentile of chance: of retrained models in two sets "
        "drawn at random.",
        ("beyond-methods",), _requests, _chance,
    ),
    Claim(
        "beyond-power",
        "Trained models are told from retrained ones, and by the samples to forget.",
        "ours, a control",
        "Their per-example AUC is above the 95th percentile of chance, and above that on images that no model saw.",
        ("beyond-methods",), _requests, _power,
    ),
    Claim(
        "beyond-enough",
        "A method that published attacks do not tell from retraining is not told example by example either.",
        "ours",
        f"Of the methods whose MIA-Efficacy and AUC with one threshold are each less than {SAME:g} points from the "
        "retrained models' (of a class, AUC alone): the per-example AUC is at most the 95th percentile of chance.",
        ("beyond-methods",), _requests, _enough,
    ),
)  # fmt: skip
