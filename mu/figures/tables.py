"""The pieces that tables are made of: data frames of strings, whose index names the lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from mu.reading import mean_sd, number, select


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


def line_each(
    rows: pd.DataFrame,
    blocks: Sequence[str],
    name: str,
    metrics: dict[str, str],
    digits: dict[str, int] | None = None,
) -> pd.DataFrame:
    """A table with one line for each block, in the order of the rows.

    Args:
        blocks: the block of every row.
        name: of the column of blocks.
        metrics, digits: see `method_line`.
    """
    lines = {block: method_line(one, metrics, digits=digits) for block, one in rows.groupby(blocks, sort=False)}
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis(name)


def choices(picked: dict[str, pd.DataFrame], methods: Sequence[str]) -> pd.DataFrame:
    """The gap of each method, and the value that gave it, by each way to choose.

    Args:
        picked: way -> the rows it picks, with a `block` that they belong to and the value as it is `shown`.
        methods: the methods of the table, in its order.
    """
    lines, blocks = {}, list(dict.fromkeys(block for rows in picked.values() for block in rows["block"]))
    for how, rows in picked.items():
        rows = select(rows[rows["method"].isin(methods)], metric="Avg. Gap").sort_values("tried", kind="stable")
        for (block, method), one in rows.groupby(["block", "method"]):
            lines.setdefault((block, method), {})[how] = (
                f"{mean_sd(one['value'])} ({', '.join(one['shown'].unique())})"
            )
    lines = dict(sorted(lines.items(), key=lambda entry: (blocks.index(entry[0][0]), methods.index(entry[0][1]))))
    return indexed(lines, "block", "method").reindex(columns=list(picked)).astype(object).fillna("–")


def indexed(lines: dict[tuple, dict[str, str]], *names: str) -> pd.DataFrame:
    """A table of lines under several keys, each key with a name."""
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.index = pd.MultiIndex.from_tuples(table.index, names=names)
    return table
