"""How a figure looks: colours, both themes, and the pieces that all are drawn from.

Every figure is drawn twice, for a light and for a dark page, on a transparent ground. A method has one colour in the
whole book, chosen to be told apart with any colour vision and to stand out on both grounds.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import matplotlib as mpl
from matplotlib.ticker import LogLocator, NullLocator

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

T = TypeVar("T")
THEMES = ("light", "dark")
INK = {"light": "#222832", "dark": "#d8dde4"}
GRID = {"light": "#d9dce1", "dark": "#3d444f"}
WIDTH = 6.4  # inches; two panels side by side stay readable on a phone
# Okabe and Ito's palette, blue and orange lightened a little for the dark page.
COLOURS = {
    "trained": "#8a8f98",
    "retrain": "#009e73",
    "fine-tune": "#cc79a7",
    "amnesiac": "#e07b39",
    "partial-amnesiac": "#3a8fd9",
    "label-flip": "#b8a000",
    "partial-label-flip": "#7f7300",
    "label-flip-all": "#8c6bb1",
    "partial-label-flip-all": "#5e4683",
    "ascent": "#c2453d",
    "partial-ascent": "#8e2b5a",
    "gradient-ascent": "#d55e00",
    "fisher": "#0f9ba8",
    "fisher-as-published": "#4c8a92",
    "influence": "#a6761d",
    "influence-as-published": "#8a7355",
    "l1-sparse": "#6f4fc4",
    "mu-mis": "#2468cc",
    "random-label": "#f0566e",
    "random-label-all": "#a8508e",
    "bad-teacher": "#b8344c",
    "scrub": "#45a8cf",
    "ssd": "#a85cf5",
    "salun": "#80622c",
    "jit": "#7fae2e",
    "duck": "#f07ab0",
    "scar": "#4f9e3a",
    "scar-as-published": "#3d7a3f",
    "lotus": "#c45fd0",
    "munba": "#5f7fa8",
    "rum": "#9c5a3c",
}
PALETTE = ("#3a8fd9", "#e07b39", "#8c6bb1", "#cc79a7", "#b8a000", "#9c5a3c")  # for what has no colour of its own
MARKS = "osD^vPX*"
MARKED = {"marker": "o", "markersize": 3.5}
ENDS = {"trained": ("s", 5), "retrain": ("*", 10)}  # where unlearning begins and should end -> mark and its size
RING = {"linestyle": "none", "marker": "o", "markersize": 8, "fillstyle": "none", "markeredgewidth": 1.4}


@contextlib.contextmanager
def style(theme: str) -> Iterator[None]:
    """Draw for a light or a dark page."""
    import seaborn as sns

    ink = INK[theme]
    look = {
        "text.color": ink, "axes.labelcolor": ink, "axes.edgecolor": ink, "xtick.color": ink, "ytick.color": ink,
        "grid.color": GRID[theme], "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
        "legend.frameon": False, "axes.titlesize": 11, "axes.labelsize": 10.5, "legend.fontsize": 10,
        "xtick.labelsize": 10, "ytick.labelsize": 10, "lines.linewidth": 1.8, "svg.hashsalt": "mu",
    }  # fmt: skip
    with mpl.rc_context(), sns.axes_style("whitegrid"):
        mpl.rcParams.update(look)
        yield


def svg(make: Callable[[T], Figure], shown: T, theme: str) -> str:
    """The figure `make(shown)` as SVG text, the same for the same numbers."""
    import matplotlib.pyplot as plt

    with style(theme):
        figure = make(shown)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)
    return buffer.getvalue()


def panels(
    draw: Callable[..., None],
    columns: Mapping[str, object],
    rows: Mapping[str, object] | None = None,
    *,
    name: str = "",
    x: str = "",
    height: float = 1.9,
    across: int | None = None,
    **shared,
) -> Figure:
    """A figure in the book's width of titled panels, with one legend above; an empty panel where there is no column.

    Args:
        draw: (axis, what its column shows) -> None; with rows: (axis, what its row shows, what its column shows).
        columns: title -> what the column shows.
        rows: name -> what the row shows.
        name: of the row, where there is but one.
        x: what all panels have across, written once below them.
        height: of a panel, in inches.
        across: panels a line, where a row is to be broken into lines.
    """
    import matplotlib.pyplot as plt

    names, titles = list(rows or [name]), list(columns) or [""]
    across = min(across or len(titles), len(titles))
    down = len(names) * math.ceil(len(titles) / across)
    size = (WIDTH, 0.7 + height * down)
    figure, axes = plt.subplots(down, across, figsize=size, squeeze=False, layout="constrained", **shared)
    for axis, title in zip(axes.flat, titles):
        axis.set_title(title)
    for axis, text in zip(axes[:, 0], names):
        lines = (textwrap.wrap(line, 20, break_on_hyphens=False) for line in text.splitlines())
        axis.set_ylabel("\n".join(itertools.chain(*lines)))
    shown = list(itertools.product(*(part.values() for part in (rows, columns) if part is not None)))
    for axis, what in zip(axes.flat, shown, strict=False):
        draw(axis, *what)
    for spare in axes.flat[len(names) * len(titles) :]:  # of the last line
        spare.remove()
    _legend_above(figure)
    if x:
        figure.supxlabel(x, fontsize=figure.axes[0].xaxis.label.get_size())
    return figure


def line(axis, rows: pd.DataFrame, x: str, *, colour: str, label: str, bars: bool = False, **look) -> None:
    """Mean over seeds against `x`, with a band of one standard deviation, or bars where bands would cover lines."""
    by = rows.groupby(x)["value"].agg(["mean", "std"]).reset_index()
    axis.plot(by[x], by["mean"], color=colour, label=label, **look)
    if bars:
        axis.errorbar(by[x], by["mean"], by["std"], fmt="none", ecolor=colour, elinewidth=1, capsize=2, alpha=0.6)
    elif by["std"].notna().any():
        low, high = by["mean"] - by["std"], by["mean"] + by["std"]
        axis.fill_between(by[x], low, high, color=colour, alpha=0.18, linewidth=0)


def ends(axis, models: pd.DataFrame, x: str, y: str, colour: str | None = None, label: str = "") -> None:
    """The trained and the retrained model, means over seeds, where two metrics (columns) are held against each other.

    Args:
        colour: of both; each its own if not given.
        label: behind their names.
    """
    for method, (mark, size) in ENDS.items():
        mean = models.loc[models["method"] == method, [x, y]].mean()
        look = {"color": colour or COLOURS[method], "markersize": size, "label": f"{method}{label}", "zorder": 4}
        axis.plot(mean[x], mean[y], mark, **look)


def _legend_above(figure) -> None:
    """One legend for all panels, above them, if anything in them has a label."""
    entries = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    look = {"ncols": min(len(entries), 3), "handlelength": 2.6, "columnspacing": 1.4}
    if entries:
        figure.legend(entries.values(), entries, loc="outside upper center", **look)


def names_down(axis, names: Collection[str]) -> None:
    """A line for each name, the first at the top."""
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(max(len(names), 1) - 0.5, -0.5)


def percent(axis, lowest: float = 0) -> None:
    """Up to 100, from 0 or from the ten below the lowest value."""
    low = min(90, lowest // 10 * 10)  # 90 if there is no value
    axis.set_ylim(1.04 * low - 4, 104 - 0.04 * low)
    if low == 0:
        axis.set_yticks(range(0, 101, 25))


def log_axis(axis: Axis, ticks: Sequence[float] = ()) -> None:
    """A logarithmic axis with plain numbers, if there is anything to show on it; of these ticks those in reach."""
    if axis.get_minpos() == math.inf:
        return
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    if ticks:
        low, high = axis.get_data_interval()
        axis.set_ticks([tick for tick in ticks if low * 0.95 <= tick <= high * 1.05])
    axis.set_major_formatter("{x:g}")
    axis.set_minor_locator(NullLocator())
