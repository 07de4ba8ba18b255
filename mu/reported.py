"""The papers' own numbers, as far as they could be read, from `reported.csv` beside this file."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import pandas as pd


@cache
def reported() -> pd.DataFrame:
    """Numbers the papers print, where they could be read.

    Columns: paper, item, dataset, model, scenario, sparsity, method, metric, value, std, unit, source_kind
    (`paper`: printed there; `figure-read`: read off a plot; `secondary`: from a later account or a released
    run). For Gogineni & Nadimi there is no row: their tables could not be read. Rows of `graves2021`, their
    predecessor, give orientation only.
    """
    return pd.read_csv(Path(__file__).with_suffix(".csv"))


def printed(item: str, metric: str | None, **where: object) -> float:
    """The number a paper prints for a cell, times in seconds; NaN if none. What it leaves empty fits any value."""
    rows = reported()
    for column, value in {"item": item, "metric": metric, **where}.items():
        rows = rows[(rows[column] == value) | rows[column].isna()]
    if rows.empty:
        return math.nan
    return rows["value"].iloc[0] * (60 if rows["unit"].iloc[0] == "min" else 1)
