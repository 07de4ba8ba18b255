"""The pieces that tables are made of: data frames of strings, whose index names the lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable

import pandas as pd

from mu.reading import CHOICES, mean_sd, number, select

VARIED = ("pruner", "variant", "schedule", "update")  # what a record may vary beside request and method


def method_line(
    rows: pd.DataFrame,
    metrics: dict[str, str],
    paper: Callable[[str], float] = lambda metric: math.nan,
    digits: dict[str, int] | None = None,
) -> dict[str, str]:
    """A method's line in a table.

    Args:
        metrics: metric -> title of its column.
        paper: metric -> the number behind ours, in brackets; NaN for none.
        digits: metric -> digits behind the point, where not one.
    """
    cells = {}
    for metric, title in metrics.items():
        theirs = paper(metric)
        ours = number(metric, select(rows, metric=metric)["value"], (digits or {}).get(metric, 1))
        cells[title] = ours if math.isnan(theirs) else f"{ours} ({theirs:g})"
    return cells


def grouped(
    rows: pd.DataFrame, groups: dict[str, Iterable[str]], line: Callable[[pd.DataFrame], dict[str, str]]
) -> pd.DataFrame:
    """A line for each method on each request, in groups.

    Args:
        rows: with a `block` that names their request.
        groups: what a group is called behind its request -> its methods, in the table's order.
        line: rows of one method on one request -> its cells.
    """
    lines = {}
    for block, asked in rows.groupby("block", sort=False):
        by_method = dict(list(asked.groupby("method")))
        for group, methods in groups.items():
            lines |= {(f"{block}{group}", name): line(by_method[name]) for name in methods if name in by_method}
    return indexed(lines, "request", "method")


def floor(rows: pd.DataFrame, metrics: dict[str, str]) -> pd.DataFrame:
    """A line for each `block` of a record of second retrained models, in the order of the rows."""
    lines = {block: method_line(part, metrics, digits={"KL": 2}) for block, part in rows.groupby("block", sort=False)}
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("retrained again")


def tuning(
    rows: pd.DataFrame, chosen: Callable[[pd.DataFrame, str], pd.DataFrame], methods: Iterable[str]
) -> pd.DataFrame:
    """The gap of each method, and the value that gave it, by each way to choose; a star: at an end of the grid.

    Args:
        rows: with a `block` that they belong to, and the value tried as it is `shown`; what else was varied is put
            into the block's name.
        chosen: rows, way to choose -> those it picks.
        methods: the methods of the table, in its order.
    """
    rows = rows[rows["tried"].notna()]
    for column in VARIED:
        if column in rows and rows[column].nunique() > 1:
            rows = rows.assign(block=rows["block"] + ", " + rows[column])
    lines, ends = {}, {case: at_ends(tried) for case, tried in rows.groupby(["block", "method"])}
    for how in CHOICES:
        gaps = select(chosen(rows, how), metric="Avg. Gap").sort_values("tried", kind="stable")
        for case, part in gaps.groupby(["block", "method"]):
            values = ", ".join(value + "*" * (value in ends[case]) for value in part["shown"].unique())
            lines.setdefault(case, {})[how] = f"{mean_sd(part['value'])} ({values})"
    order = itertools.product(rows["block"].unique(), methods)
    table = indexed({case: lines[case] for case in order if case in lines}, "block", "method")
    return table.reindex(columns=list(CHOICES)).astype(object).fillna("–")


def at_ends(tried: pd.DataFrame) -> set[str]:
    """Of the values tried of a method, as they are `shown`, those at an end of the grid, or of that of its rates."""
    columns = [tried[name] for name in ("tried", "lr") if name in tried and tried[name].nunique() > 1]
    return {value for column in columns for value in tried["shown"][column.isin((column.min(), column.max()))]}


def indexed(lines: dict[tuple, dict[str, str]], *names: str) -> pd.DataFrame:
    """A table of lines under several keys, each key with a name."""
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.index = pd.MultiIndex.from_tuples(table.index, names=names)
    return table
