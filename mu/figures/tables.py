"""The pieces that tables are made of: data frames of strings, whose index names the lines."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from mu.reading import CHOICES, CHOSEN, mean_sd, number, select

Key = str | tuple[str, ...]
Lines = Iterator[tuple[Key, dict[str, str]]]  # what stands before a line; title of a column -> the line's cell
VARIED = ("pruner", "variant", "schedule", "update")  # what a record may vary beside request and method


def table(*names: str) -> Callable[[Callable[..., Lines]], Callable[..., pd.DataFrame]]:
    """Decorates a function that yields the lines of a table: it returns the table, whose index has these names."""

    def decorate(lines: Callable[..., Lines]) -> Callable[..., pd.DataFrame]:
        @functools.wraps(lines)
        def made(*args, **options) -> pd.DataFrame:
            return indexed(dict(lines(*args, **options)), *names)

        return made

    return decorate


def indexed(lines: dict[Key, dict[str, str]], *names: str) -> pd.DataFrame:
    """A table of these lines; keys of several strings have a name for each, others one or none."""
    made = pd.DataFrame.from_dict(lines, orient="index")
    if len(names) > 1:
        made.index = pd.MultiIndex.from_tuples(made.index, names=names)
    elif names:
        made.index.name = names[0]
    return made


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


@table("request", "method")
def grouped(
    rows: pd.DataFrame, groups: dict[str, Iterable[str]], line: Callable[[pd.DataFrame], dict[str, str]]
) -> Lines:
    """A line for each method on each request, in groups.

    Args:
        rows: with a `block` that names their request.
        groups: what a group is called behind its request -> its methods, in the table's order.
        line: rows of one method on one request -> its cells.
    """
    for block, asked in rows.groupby("block", sort=False):
        for group, methods in groups.items():
            for method in methods:
                part = select(asked, method=method)
                if len(part):
                    yield (f"{block}{group}", method), line(part)


@table("retrained again")
def floor(rows: pd.DataFrame, metrics: dict[str, str]) -> Lines:
    """A line for each `block` of a record of second retrained models, in the order of the rows."""
    for block, part in rows.groupby("block", sort=False):
        yield block, method_line(part, metrics, digits={"KL": 2})


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
        if rows[column].nunique() > 1:
            rows = rows.assign(block=rows["block"] + ", " + rows[column])
    lines, ends = {}, {case: at_ends(tried) for case, tried in rows.groupby(["block", "method"])}
    for how in CHOICES:
        gaps = select(chosen(rows, how), metric="Avg. Gap").sort_values("tried", kind="stable")
        for case, part in gaps.groupby(["block", "method"]):
            values = ", ".join(value + "*" * (value in ends[case]) for value in part["shown"].unique())
            lines.setdefault(case, {})[how] = f"{mean_sd(part['value'])} ({values})"
    order = itertools.product(rows["block"].unique(), methods)
    made = indexed({case: lines[case] for case in order if case in lines}, "block", "method")
    return made.reindex(columns=list(CHOICES)).astype(object).fillna("–")


def at_ends(tried: pd.DataFrame) -> set[str]:
    """Of the values tried of a method, as they are `shown`, those at an end of the grid, or of that of its rates."""
    columns = [tried[name] for name in CHOSEN if tried[name].nunique() > 1]
    return {value for column in columns for value in tried["shown"][column.isin((column.min(), column.max()))]}
