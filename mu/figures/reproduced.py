"""The papers' numbers against ours, in one look."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mu.figures.drawing import COLOURS, MARKS, panels
from mu.reading import mumis, sparsity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from mu.reproduced import Pair

POINTS = ("Avg. Gap", "Disparity Ave.")  # distances; all else is a share in percent
OUR_NAMES = {paper: ours for names in (mumis.PAPER_NAMES, sparsity.PAPER_NAMES) for ours, paper in names.items()}


def against_ours(pairs: Sequence[Pair]) -> Figure:
    """A panel for each metric: ours over the paper's. On the line both are the same; empty: not in reach.

    The band is the item's tolerance; single numbers with a printed spread may have more.

    Args:
        pairs: numbers of one item, all of them recorded.
    """
    cases = list(dict.fromkeys(pair.case for pair in pairs))
    marks = dict(zip(cases, itertools.cycle(MARKS), strict=False))
    ink = mpl.rcParams["text.color"]

    def panel(axis: Axes, metric: str) -> None:
        axis.axline((0, 0), slope=1, color=ink, linestyle=":", linewidth=1, label="alike; below, ours is lower")
        here = [pair for pair in pairs if pair.metric == metric]
        for pair in here:
            colour = COLOURS[OUR_NAMES[pair.method]]
            look = {"markerfacecolor": "none"} if pair.off == 2 else {}
            axis.plot(pair.printed, pair.mean, marks[pair.case], color=colour, markersize=5.5, **look)
        most = max(1.0, *(max(pair.printed, pair.mean) for pair in here)) if metric in POINTS else 100
        ends = -0.05 * most, 1.05 * most
        low, high = ([end + sign * pairs[0].least for end in ends] for sign in (-1, 1))
        axis.fill_between(ends, low, high, color=ink, alpha=0.12, linewidth=0)
        axis.set(xlim=ends, ylim=ends, xlabel="paper", ylabel="ours", aspect="equal")
        ticks = [tick for tick in MaxNLocator(4).tick_values(0, most) if 0 <= tick <= ends[1]]
        axis.set(xticks=ticks, yticks=ticks)
        for method in dict.fromkeys(pair.method for pair in pairs):
            axis.plot([], [], "o", color=COLOURS[OUR_NAMES[method]], label=method)

    unit = lambda metric: "points" if metric in POINTS else "%"
    metrics = {f"{metric}, {unit(metric)}": metric for metric in dict.fromkeys(pair.metric for pair in pairs)}
    figure = panels(panel, metrics, height=2.3, across=2 if len(metrics) == 4 else 3)
    if len(cases) > 1:  # colours say the method, above; marks the case, below
        look = {"color": COLOURS["trained"], "linestyle": "none"}
        shown = [Line2D([], [], marker=mark, label=case.split(", ", 1)[-1], **look) for case, mark in marks.items()]
        figure.legend(handles=shown, loc="outside lower center", ncols=2)
    return figure
