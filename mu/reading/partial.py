"""The records of `partial`: names of its scenarios, and the smallest share of a step whose removal forgets."""

from __future__ import annotations

import pandas as pd

from mu.experiments.partial import FORGOTTEN
from mu.reading import select

SCENARIOS = {"rare": "few samples", "class": "whole class"}
SWEPT = ["dataset", "model", "rule", "seed"]  # what a sweep of kept shares is of


def smallest_share(rows: pd.DataFrame) -> pd.Series:
    """The smallest kept share of each sweep after which the forget set is forgotten; 1 where none below 1 does."""
    tried = select(rows[rows["rule"].notna()], metric="UA")
    share = tried["keep"].where(tried["value"] >= 100 - FORGOTTEN, 1.0)
    return share.groupby([tried[column] for column in SWEPT]).min().rename("share")


def at_smallest_share(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of each sweep at that share; at 1, which is conventional removal, one rule has them for all."""
    return rows.merge(smallest_share(rows).reset_index(), on=SWEPT).query("keep == share").drop(columns="share")
