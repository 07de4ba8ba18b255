"""What recorded rows say: which of them, in numbers and in names. Figures, verdicts and comparisons all read by it.

A hyper-parameter is seldom picked while recording, see `mu.experiments.sweeps`: every value tried is recorded with
its scores, and `chosen` picks afterwards by one of three rules: the published value; the best guess without the
retrained model and the test set; or the value nearest to the retrained model, which is what the field reports and
nobody could do in practice. One module per paper has its names, and reads what only its records hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mu.experiments.sweeps import Tuned

CHOICES = {"published": None, "rule": "proxy gap", "oracle": "Avg. Gap"}  # how to choose -> what to minimise
CHOSEN_FOR = [  # values are chosen for each case of these apart
    "seed", "dataset", "model", "scenario", "forget", "level", "sparsity", "pruner", "method", "variant", "schedule",
    "update",
]  # fmt: skip
CHOSEN = ["tried", "lr"]  # what is chosen; a rate beside another hyper-parameter together with it


def select(rows: pd.DataFrame, **where: object) -> pd.DataFrame:
    """Rows with these values; none if there is no such column."""
    for column, value in where.items():
        rows = rows[rows[column] == value] if column in rows else rows.iloc[:0]
    return rows


def renamed(rows: pd.DataFrame, **names: Mapping) -> pd.DataFrame:
    """Rows with the values of these columns under other names; missing where there is none."""
    return rows.assign(**{column: rows[column].map(known) for column, known in names.items()})


def same_seeds(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows of the seeds that have most values of a column: a line through points of other seeds would mix them."""
    values = rows.groupby("seed")[column].nunique()
    return rows[rows["seed"].isin(values[values == values.max()].index)]


def chosen(rows: pd.DataFrame, how: str, methods: Mapping[str, Tuned]) -> pd.DataFrame:
    """The rows of `method_rows` with one value of each method's hyper-parameter.

    Args:
        how: "published"; "rule": smallest "proxy gap", which reads neither the retrained model nor a test image;
            "oracle": smallest "Avg. Gap" to the retrained model, test accuracy included.
        methods: name -> how it is swept; one without a published value is left out of that choice.

    Returns:
        Rows of methods without a hyper-parameter and, of the others, those of the chosen value.
    """
    if how not in CHOICES:
        raise ValueError(f"unknown choice {how!r}; choose one of {', '.join(CHOICES)}")
    fixed, swept = rows[rows["tried"].isna()], rows[rows["tried"].notna()]
    if how == "published":
        tried = zip(swept["method"], swept["scenario"], swept["tried"], strict=True)
        picked = swept[[m in methods and math.isclose(methods[m].known(s), value) for m, s, value in tried]]
    else:
        judged = swept[swept["metric"] == CHOICES[how]].dropna(subset="value")
        judged = judged.sort_values("tried", kind="stable", ignore_index=True)
        best = judged.loc[judged.groupby(CHOSEN_FOR, dropna=False)["value"].idxmin(), CHOSEN_FOR + CHOSEN]
        picked = swept.merge(best, on=CHOSEN_FOR + CHOSEN)
    return pd.concat([part for part in (fixed, picked) if len(part)] or [rows[:0]], ignore_index=True)


def side_by_side(rows: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """Two metrics as columns, a line for each model that has both."""
    same = [*CHOSEN_FOR, *CHOSEN, "step"]
    values = lambda metric: select(rows, metric=metric)[[*same, "value"]].rename(columns={"value": metric})
    return values(x).merge(values(y), on=same)


def beside_retrained(rows: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    """Each number with what the model retrained with these columns alike has, and the gap between them, if it has."""
    retrained = select(rows, method="retrain").drop_duplicates(same)[[*same, "value"]]
    rows = rows.merge(retrained.rename(columns={"value": "retrained"}), on=same, how="left")
    return rows.assign(gap=(rows["value"] - rows["retrained"]).abs())


# ---- In words -------------------------------------------------------------------------------------------


def mean_sd(values: pd.Series, digits: int = 1) -> str:
    """ "mean ± standard deviation" over seeds (sample deviation, n - 1); the mean alone for one seed."""
    values = values.dropna()
    if values.empty:
        return "–"
    shape = f",.{digits}f" if values.abs().max() < 1e6 else ".1e"
    mean = f"{values.mean():{shape}}"
    return mean if len(values) == 1 else f"{mean} ± {values.std():{shape}}"


def number(metric: str, values: pd.Series, digits: int = 1) -> str:
    """A metric as text and tables give it: mean ± sd over seeds; of stored bytes the mean, in words."""
    return quantity(values.mean()) if metric == "stored bytes" else mean_sd(values, digits)


def quantity(bytes_: float) -> str:
    """Bytes in words: 12.3 MB."""
    if not bytes_ or math.isnan(bytes_):
        return "–"
    units = ["B", "kB", "MB", "GB", "TB"]
    while bytes_ >= 999.5 and len(units) > 1:
        bytes_, units = bytes_ / 1000, units[1:]
    return f"{bytes_:.3g} {units[0]}"


def seeds_in_words(counts: Iterable[int]) -> str:
    """ "one seed", "3 seeds", "1 to 3 seeds" where counts differ, "no seed" where there is none."""
    low, high = min(counts := list(counts), default=0), max(counts, default=0)
    if low < high:
        return f"{low} to {high} seeds"
    return {0: "no seed", 1: "one seed"}.get(low, f"{low} seeds")


def listed(values: pd.Series) -> str:
    """The different values, in order."""
    return ", ".join(f"{value:g}" for value in sorted(values.dropna().unique())) or "–"
