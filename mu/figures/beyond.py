"""Figure and table of what no paper has: all methods on one request, and a per-example attack."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import mu
from mu.experiments.beyond import CHANCE, METHODS, TOLD, UNSEEN
from mu.figures import tables
from mu.figures.drawing import COLOURS, PALETTE, names_down, panels
from mu.figures.exhibit import Exhibit
from mu.figures.tables import method_line
from mu.reading import select
from mu.reading.mumis import attempts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRICS = {
    "FA": "FA", "RA": "RA", "TA": "TA", "Avg. Gap": "Avg. Gap", "MIA-Efficacy": "MIA-Efficacy", "AUC": "AUC",
    TOLD: "per-example AUC", UNSEEN: "on unseen images",
    "per-example TPR at 1 % FPR": "per-example TPR", "RTE": "time, s",
}  # fmt: skip
RETRAINED_AGAIN = "retrained again"
# What a method is given beside the samples to forget -> how a table's block is called behind its request.
GIVEN = {"ledger": ": with recorded steps", "retain": ": with retained data", "": ": without retained data"}
ATTACKS = {  # metric -> label, colour, mark, which part of the mark is filled
    "AUC": ("one threshold for all", PALETTE[0], "o", "none"),
    UNSEEN: ("per example, unseen images", PALETTE[1], "D", "none"),
    TOLD: ("per example, forgotten", PALETTE[1], "D", "full"),
}


def _given(method: str) -> str:
    return next((need for need in GIVEN if need in mu.methods()[method].needs), "")


GROUPS = {"": ("trained", "retrain", RETRAINED_AGAIN)} | {
    title: tuple(method for method in METHODS if _given(method) == need) for need, title in GIVEN.items()
}


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their request's name as `block`; what is retrained again apart from the reference."""
    rows = attempts(rows)
    again = (rows["method"] == "retrain") & rows["tried"].notna()
    return rows.assign(method=rows["method"].mask(again, RETRAINED_AGAIN))


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Methods down, by request and by what they are given."""
    return tables.grouped(_named(rows), GROUPS, lambda part: method_line(part, METRICS))


def attack(rows: pd.DataFrame) -> Figure:
    """For each request how well the attacks tell, a line for each method; in order of the first request."""
    rows = _named(rows)
    blocks = dict(list(rows.groupby("block", sort=False)))
    told = (select(part, metric=TOLD).groupby("method")["value"].mean().sort_values() for part in blocks.values())
    names = list(dict.fromkeys(itertools.chain([RETRAINED_AGAIN], *(part.index for part in told))))

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        axis.axvline(50, color=COLOURS["trained"], linestyle=":", linewidth=1.2)
        low, high = (select(part, metric=metric)["value"].mean() for metric in CHANCE)
        axis.axvspan(low, high, color=COLOURS["retrain"], alpha=0.2, linewidth=0, label="range of chance (90 %)")
        for shift, (metric, (label, colour, mark, filled)) in zip((-0.22, 0, 0.22), ATTACKS.items(), strict=True):
            by = select(part, metric=metric).groupby("method")["value"].agg(["mean", "std"]).reindex(names)
            places = [down + shift for down in range(len(names))]
            axis.errorbar(
                by["mean"], places, xerr=by["std"].fillna(0), fmt=mark, color=colour, markersize=4.5,
                fillstyle=filled, elinewidth=1, label=label,
            )  # fmt: skip
        names_down(axis, names)
        axis.set_xlabel("AUC, %")

    return panels(panel, blocks, height=0.6 + 0.2 * max(len(names), 1), sharex=True, sharey=True)


EXHIBITS = {
    "beyond-attack": Exhibit(
        "How well an attacker tells, by AUC. Circles: forgotten samples from test images, by one threshold on the "
        "confidence; the value to reach is that of *retrained again*. Diamonds: unlearned from retrained models, "
        "each example by what other models say about it, of forgotten samples (filled) and of test images that none "
        "has seen (empty); 50 % is chance, and green is where nine tenths of it lie. Models of one split; bars: one "
        "standard deviation over splits, where there are several.",
        attack,
        alt="Marks, a line for each method and a panel for each request: the area under the curve of the attacks.",
    ),
    "beyond-methods": Exhibit(
        "The methods of the three papers from the same trained models, means over models. FA, RA, TA, MIA-Efficacy "
        "and AUCs in percent, Avg. Gap in points. *AUC* is that of one threshold for all samples; *per-example*, "
        "that of unlearned against retrained models, where 50 % is chance. Each method's hyper-parameter is what the "
        "rule picks at the first model.",
        table,
    ),
}
