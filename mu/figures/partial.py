"""Figures and tables of the `partial` chapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from mu.experiments.partial import FORGOTTEN
from mu.figures import COLOURS, Exhibit, grid, legend_above, line, log_axis, mean_sd, percent, quantity
from mu.pruning import RULES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {"mlp": "MLP", "lenet": "LeNet", "resnet9": "ResNet9", "resnet9-slim": "ResNet9, 1/8 width"}
TEST = {"non-target accuracy": "other classes, test acc. %", "target accuracy": "class to forget, test acc. %"}
MARKED = {"marker": "o", "markersize": 3}
RULE_COLOURS = dict(zip(RULES, ("#3a8fd9", "#e07b39", "#009e73", "#cc79a7", "#b8a000"), strict=True))


def accuracy_curves(rows: pd.DataFrame) -> Figure:
    """Test accuracy over the epochs of training, removal and training on."""

    def panel(axis, part: pd.DataFrame) -> None:
        line(axis, part[part["phase"] == "training"], "epoch", colour=COLOURS["trained"], label="training")
        request = part.loc[part["phase"] == "removal", "epoch"].iloc[0]
        axis.axvline(request, color=COLOURS["trained"], linestyle="--", linewidth=1)
        for method in ("amnesiac", "partial-amnesiac"):
            after = part[(part["method"] == method) & part["phase"].isin(("removal", "after"))]
            line(axis, after, "epoch", colour=COLOURS[method], label=method)
            at = after.loc[after["phase"] == "removal", "value"].mean()
            axis.plot(request, at, "o", color=COLOURS[method], markersize=6, zorder=5)

    return _panels(rows, TEST, "epoch", panel)


def affected_share(rows: pd.DataFrame) -> Figure:
    """Test accuracy against the share of steps that used a sample to forget."""
    share = rows.groupby(["model", "count"])["affected"].transform("mean")
    rows = rows.assign(choice=rows["choice"].fillna(""), share=share)
    fixed = rows.loc[rows["choice"] == "fixed", "keep"].iloc[0]
    curves = (
        ("trained", "", "before the removal", ":"),
        ("amnesiac", "", "amnesiac", "-"),
        ("partial-amnesiac", "fixed", f"partial, keep {fixed:g}", "--"),
        ("partial-amnesiac", "chosen", "partial, keep chosen", "-"),
    )

    def panel(axis, part: pd.DataFrame) -> None:
        for method, choice, label, dash in curves:
            one = part[(part["method"] == method) & (part["choice"] == choice)]
            line(axis, one, "share", colour=COLOURS[method], label=label, linestyle=dash, **MARKED)
        log_axis(axis, (1, 2, 5, 10, 20, 50, 100))

    return _panels(rows, TEST, "affected steps, %", panel)


def keep_sweep(rows: pd.DataFrame) -> Figure:
    """Accuracy against the kept share, for every selection rule."""
    columns = {"non-target accuracy": TEST["non-target accuracy"], "forget accuracy": "forget set, training acc. %"}

    def panel(axis, part: pd.DataFrame) -> None:
        for method in ("trained", "retrain"):
            level = part.loc[part["method"] == method, "value"].mean()
            axis.axhline(level, color=COLOURS[method], linestyle=":", label=method)
        for rule in RULES:
            dash = "-" if rule == "top" else "--"
            one = part[part["rule"] == rule]
            line(axis, one, "keep", colour=RULE_COLOURS[rule], label=rule, linestyle=dash, **MARKED)
        log_axis(axis, (0.005, 0.02, 0.1, 0.5))

    return _panels(_with_forget_accuracy(rows), columns, "kept share of each layer's update", panel)


COLUMNS = {
    "target accuracy": "target test acc.",
    "non-target accuracy": "other test acc.",
    "forget accuracy": "forget train acc.",
    "RA": "retain train acc.",
    "MIA-Efficacy": "MIA-Efficacy",
    "Avg. Gap": "Avg. Gap",
    "stored bytes": "stored",
    "RTE": "time, s",
}
BLOCKS = {"rare": "A: few samples", "class": "B: whole class"}


def method_grid(rows: pd.DataFrame) -> pd.DataFrame:
    """Methods down, metrics across; block A is the rare class, block B the whole class."""
    rows = _with_forget_accuracy(rows)
    lines = {}
    for scenario, block in BLOCKS.items():
        for method in ("trained", "retrain", "amnesiac", "partial-amnesiac"):
            part = rows[(rows["scenario"] == scenario) & (rows["method"] == method)]
            for epochs in sorted(part["epochs"].fillna(0).unique()):
                one = part[part["epochs"].fillna(0) == epochs]
                name = method if not epochs else f"{method} + {epochs:g} ep. fine-tuning"
                lines[block, name] = {COLUMNS[metric]: _cell(one, metric) for metric in COLUMNS}
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.index = pd.MultiIndex.from_tuples(table.index, names=["block", "method"])
    return table


def _panels(
    rows: pd.DataFrame, columns: dict[str, str], x: str, panel: Callable[[Axes, pd.DataFrame], None]
) -> Figure:
    """A row of panels for each network and a column for each metric (metric -> title), percent upwards."""
    models = {model: name for model, name in NAMES.items() if model in set(rows["model"])}  # small ones first
    figure, axes = grid(models.values(), columns.values())
    for model, across in zip(models, axes, strict=True):
        for metric, axis in zip(columns, across, strict=True):
            panel(axis, rows[(rows["model"] == model) & (rows["metric"] == metric)])
            percent(axis)
    for axis in axes[-1]:
        axis.set_xlabel(x)
    legend_above(figure, axes[0, 0])
    return figure


def _with_forget_accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    forget = rows[rows["metric"] == "UA"].assign(value=lambda f: 100 - f["value"], metric="forget accuracy")
    return pd.concat([rows, forget])


def _cell(rows: pd.DataFrame, metric: str) -> str:
    values = rows.loc[rows["metric"] == metric, "value"]
    if metric == "stored bytes":
        return quantity(values.mean())
    return mean_sd(values, 2 if metric == "RTE" else 1)


EXHIBITS = {
    "partial-fig1": Exhibit(
        "figure",
        "Test accuracy while training, at the removal request (dashed line; dots: right after the subtraction, "
        "before any further step), and while training on without the forgotten samples. Band: one standard "
        "deviation over seeds.",
        accuracy_curves,
        "Line plots, a row per network. After the removal the accuracy on the other classes drops for amnesiac "
        "unlearning and stays for partial amnesiac unlearning; the accuracy on the forgotten class falls to zero.",
    ),
    "partial-fig4": Exhibit(
        "figure",
        "Test accuracy right after the removal against the share of training steps that used a sample to forget "
        f"(set by how many there are). Chosen: the smallest kept share after which at most {FORGOTTEN:g} % of the "
        "forget samples are still classified correctly.",
        affected_share,
        "Line plots, a row per network. Accuracy on other classes falls with the affected share, faster for "
        "amnesiac than for partial amnesiac unlearning; the right column shows where the class is not forgotten.",
    ),
    "partial-tab1": Exhibit(
        "table",
        "All methods on MNIST, MLP, forgetting class 3. Accuracies, MIA-Efficacy and gaps in percent; mean ± sd "
        "over seeds. Time is that of unlearning (of training for trained and retrain); stored is the ledger.",
        method_grid,
    ),
    "partial-keep": Exhibit(
        "figure",
        "Accuracy right after the removal against the share of each layer's update that was kept and subtracted, "
        "for five rules that pick the entries. At 1 every rule is conventional amnesiac unlearning.",
        keep_sweep,
        "Line plots, a row per network. With the largest entries kept, a window of small shares forgets the class "
        "at little cost to the others; the smallest entries do not forget.",
    ),
}  # fmt: skip
