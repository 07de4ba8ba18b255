"""Figures and tables of the `partial` chapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from mu.experiments import NAMES
from mu.experiments.partial import FORGOTTEN, STEPPING, TABLES
from mu.figures import COLOURS, Exhibit, grid, indexed, legend_above, line, log_axis, mean_sd, percent, quantity
from mu.selection import RULES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEST = {"non-target accuracy": "other classes, test acc. %", "target accuracy": "class to forget, test acc. %"}
STEP_LINES = {"top": ("-", "largest entries"), "random": ("--", "random ones"), "fixed": (":", "fixed ones")}
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
        log_axis(axis, (0.005, 0.02, 0.1, 0.5, 1))

    by = "optimizer" if "optimizer" in rows else "model"
    return _panels(_with_forget_accuracy(rows), columns, "kept share of each layer's update", panel, by=by)


def rules(rows: pd.DataFrame) -> pd.DataFrame:
    """For every selection rule the smallest kept share that forgets, and what it costs."""
    lines = {}
    for model, part in rows[rows["rule"].notna()].groupby("model", sort=False):
        wide = part.pivot_table(index=["rule", "keep", "seed"], columns="metric", values="value").reset_index()
        done = wide[wide["UA"] >= 100 - FORGOTTEN].sort_values("keep", kind="stable")
        named = {rule: done[(done["rule"] == rule) & (done["keep"] < 1)] for rule in RULES}
        for rule, found in {**named, "all entries": done[done["keep"] == 1]}.items():
            picked = found.groupby("seed").first()
            lines[NAMES[model], rule] = {
                "seeds that forget": f"{len(picked)} of {wide['seed'].nunique()}",
                "smallest share": ", ".join(f"{keep:g}" for keep in sorted(picked["keep"].unique())) or "–",
                "other classes": mean_sd(picked["non-target accuracy"]),
                "ledger": quantity(picked["stored bytes"].mean()),
            }
    return indexed(lines, "network", "rule")


def step_sweep(rows: pd.DataFrame) -> Figure:
    """Accuracy on the other classes at equal forgetting, against the share of every step that is applied."""
    point = ["model", "scenario", "method", "keep", "rule"]
    forgotten = rows[rows["metric"] == "UA"].groupby(point)["value"].mean().rename("UA")
    rows = rows[(rows["metric"] == "non-target accuracy") & rows["rule"].notna()].join(forgotten, on=point)
    rows = rows.assign(metric=rows["scenario"], done=rows["UA"] >= 100 - 2 * FORGOTTEN)

    def panel(axis, part: pd.DataFrame) -> None:
        for base in STEPPING:
            for rule, (dash, _) in STEP_LINES.items():
                one = part[part["method"].isin((base, f"partial-{base}"))]
                one = one[(one["rule"] == rule) | (one["keep"] == 1)]
                name = base if rule == "top" else None
                line(axis, one, "keep", colour=COLOURS[base], label=name, bars=True, linestyle=dash, **MARKED)
        for dash, entries in STEP_LINES.values():
            axis.plot([], [], color=COLOURS["trained"], linestyle=dash, label=entries)
        short = part[~part["done"]].groupby(["method", "rule", "keep"])["value"].mean().reset_index()
        axis.plot(short["keep"], short["value"], "x", color=COLOURS["trained"], label="class not forgotten")
        log_axis(axis, (0.05, 0.1, 0.2, 1))

    columns = {"rare": "few samples: other classes, %", "class": "whole class: other classes, %"}
    return _panels(rows, columns, "share of each layer's step that is applied", panel, scale=None)


def activation_maps(rows: pd.DataFrame) -> Figure:
    """A row per class: the image, and what its classification rests on before and after each removal."""
    peaks = rows[rows["metric"] == "cam"].groupby(["seed", "label", "method"])["value"].max()
    empty = peaks[peaks <= 0].index.get_level_values("seed")
    seeds = set(rows["seed"])
    rows = rows[rows["seed"] == min(seeds - set(empty) or seeds)]
    columns = {"input": "trained", "before": "trained", "amnesiac": "amnesiac", "partial": "partial-amnesiac"}
    labels = list(rows["label"].unique())
    figure, axes = grid([f"class {label:g}" for label in labels], columns, height=1.6)
    for label, across in zip(labels, axes, strict=True):
        part = rows[(rows["label"] == label) & rows["x"].notna()]
        maps = part[part["metric"] == "cam"].groupby("method")["value"].max()
        for (name, method), axis in zip(columns.items(), across, strict=True):
            if name == "input":
                one, look = part[part["metric"] == "pixel"], {"cmap": "gray"}
            else:
                one = part[(part["metric"] == "cam") & (part["method"] == method)]
                look = {"cmap": "magma", "vmin": 0, "vmax": maps[method] or 1.0}
            picture = one.pivot(index="y", columns="x", values="value").to_numpy()
            axis.imshow(picture, **look)
            if name != "input":
                scored = rows[
                    (rows["metric"] == "class score") & (rows["method"] == method) & (rows["label"] == label)
                ]
                peak = 100 * maps[method] / (maps.max() or 1.0)
                axis.set_xlabel(f"peak {peak:.0f} %\nscored {scored['value'].mean():.0f} %")
            axis.grid(False)
            axis.set_xticks([])
            axis.set_yticks([])
    return figure


def ledger_cost(rows: pd.DataFrame) -> Figure:
    """Bytes per parameter and recorded step, and slow-down of training, against the kept share."""
    columns = {"bytes per parameter": "bytes per parameter and step", "slow-down": "slow-down of a step, %"}

    def panel(axis, part: pd.DataFrame) -> None:
        ledger = part[part["recorder"] == "ledger"]
        line(axis, ledger, "keep", colour=COLOURS["partial-amnesiac"], label="ledger", **MARKED)
        if part["metric"].iloc[0] == "slow-down":
            beside = {"running-sum": ("amnesiac", "running sum"), "dense": ("trained", "dense float32")}
            for recorder, (colour, label) in beside.items():
                level = part.loc[part["recorder"] == recorder, "value"].mean()
                axis.axhline(level, color=COLOURS[colour], linestyle="--", label=label)
        else:
            bound = rows[(rows["metric"] == "bytes per parameter, bound") & (rows["model"] == part["model"].iloc[0])]
            line(axis, bound, "keep", colour=COLOURS["retrain"], label="entropy bound", linestyle=":")
            level = part.loc[part["recorder"] == "dense", "value"].mean()
            axis.axhline(level, color=COLOURS["trained"], linestyle="--", label="dense float32")
        axis.set_ylim(bottom=min(0, part["value"].min()))
        log_axis(axis, (0.005, 0.02, 0.1, 0.5, 1))

    return _panels(rows, columns, "kept share of each layer's update", panel, scale=None)


COLUMNS = {
    "target accuracy": "target test acc.",
    "non-target accuracy": "other test acc.",
    "forget accuracy": "forget train acc.",
    "RA": "retain train acc.",
    "MIA recall (shadow)": "MIA recall",
    "MIA false positives (shadow)": "MIA false pos.",
    "AUC": "MIA AUC",
    "accuracy gap": "gap",
    "steps": "steps",
    "stored bytes": "stored",
    "RTE": "time, s",
}
BLOCKS = {"rare": "A: few samples", "class": "B: whole class"}
ROWS = ("trained", "retrain", "amnesiac", "partial-amnesiac", *(m for b in STEPPING for m in (b, f"partial-{b}")))


def method_grid(rows: pd.DataFrame) -> pd.DataFrame:
    """Methods down, metrics across; block A is the rare class, block B the whole class."""
    rows = _with_forget_accuracy(rows)
    several = rows["dataset"].nunique() > 1
    lines = {}
    for dataset in rows["dataset"].unique():
        for scenario, block in BLOCKS.items():
            title = f"{NAMES.get(dataset, dataset)}, {block}" if several else block
            for method in ROWS:
                part = rows[
                    (rows["dataset"] == dataset) & (rows["scenario"] == scenario) & (rows["method"] == method)
                ]
                for epochs in sorted(part["epochs"].fillna(0).unique()):
                    one = part[part["epochs"].fillna(0) == epochs]
                    name = method if not epochs else f"{method} + {epochs:g} ep. fine-tuning"
                    lines[title, name] = {COLUMNS[metric]: _cell(one, metric) for metric in COLUMNS}
    return indexed(lines, "block", "method")


def _panels(
    rows: pd.DataFrame,
    columns: dict[str, str],
    x: str,
    panel: Callable[[Axes, pd.DataFrame], None],
    scale: Callable[[Axes], None] | None = percent,
    by: str = "model",
) -> Figure:
    """A row of panels for each value of a column (networks by size), and one for each metric (metric -> title)."""
    found = rows[by].dropna().unique()
    names = {one: name for one, name in NAMES.items() if one in found} or dict(zip(found, found, strict=True))
    figure, axes = grid(names.values(), columns.values())
    for one, across in zip(names, axes, strict=True):
        for metric, axis in zip(columns, across, strict=True):
            panel(axis, rows[(rows[by] == one) & (rows["metric"] == metric)])
            if scale:
                scale(axis)
    figure.supxlabel(x, fontsize=axes[-1][0].xaxis.label.get_size())
    legend_above(figure)
    return figure


def _with_forget_accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    forget = rows[rows["metric"] == "UA"].assign(value=lambda f: 100 - f["value"], metric="forget accuracy")
    return pd.concat([rows, forget])


def _cell(rows: pd.DataFrame, metric: str) -> str:
    values = rows.loc[rows["metric"] == metric, "value"]
    if metric == "stored bytes":
        return quantity(values.mean())
    return mean_sd(values, {"RTE": 2, "steps": 0}.get(metric, 1))


CURVES = Exhibit(
    "figure",
    "Test accuracy while training, at the removal request (dashed line; dots: right after the subtraction, "
    "before any further step), and while training on without the forgotten samples. Band: one standard "
    "deviation over seeds.",
    accuracy_curves,
    "Line plots, a row per network: accuracy on the other classes left, on the forgotten class right, with a dot for "
    "conventional and one for partial amnesiac unlearning at the removal.",
)
GRID = (
    "forgetting class 3. Accuracies, membership and gap in percent; mean ± sd over seeds. Gap: the mean distance to "
    "the retrained model in UA, RA and TA. MIA recall: the share of the forget set that shadow models call members; "
    "MIA false pos.: of unseen images of the class. MIA AUC: against those same images, 50 is chance. Time: of "
    "unlearning, for retrain of training, for trained of training with a recorder for every share tried. Stored: "
    "the ledger."
)


def _table(data: str, network: str) -> Exhibit:
    return Exhibit("table", f"All methods on {NAMES[data]}, {NAMES[network]}, {GRID}", method_grid)


EXHIBITS = {
    "partial-fig1": CURVES,
    "partial-fig2": replace(CURVES, caption=f"As {{item}}`partial-fig1`, on OrganAMNIST. {CURVES.caption}"),
    "partial-fig3": Exhibit(
        "figure",
        "Grad-CAM on the last convolution of LeNet for a test image of the forgotten class (above) and of a retained "
        "one (below): what its own class's score rests on. Each map has its own colour scale; peak: its largest "
        "value, in percent of the row's largest. Scored: the mean probability that the network gives the class on up "
        "to 100 test images of it, not on this one alone. The first seed none of whose maps is empty.",
        activation_maps,
        "Heat maps over two digits before and after each removal.",
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
    **{name: _table(*pair) for name, pair in TABLES.items()},
    "partial-jmlr": Exhibit("table", f"All methods on further data sets, LeNet, {GRID}", method_grid),
    "partial-keep": Exhibit(
        "figure",
        "Accuracy right after the removal against the share of each layer's update that was kept and subtracted, "
        "for five rules that pick the entries. At 1 every rule is conventional amnesiac unlearning.",
        keep_sweep,
        "Line plots, a row per network. With the largest entries kept, a window of small shares forgets the class "
        "at little cost to the others; the smallest entries do not forget.",
    ),
    "partial-rules": Exhibit(
        "table",
        "Rules that pick entries, at equal forgetting: for each seed the smallest share, of those tried, after which "
        f"at most {FORGOTTEN:g} % of the forget samples are still classified correctly. Other classes: test "
        "accuracy, percent, mean ± sd over those seeds.",
        rules,
    ),
    "partial-optimizer": Exhibit(
        "figure",
        "The sweep of {item}`partial-keep` for the MLP, trained in three ways.",
        keep_sweep,
        "Line plots, a row per way of training: accuracy on the other classes left, on the forget set right.",
    ),
    "partial-steps": Exhibit(
        "figure",
        "Accuracy on the other classes where label flipping and gradient ascent stop: at equal forgetting. At 1 the "
        "whole step is applied. Bars: one standard deviation over seeds. Crosses: more "
        f"than {2 * FORGOTTEN:g} % of the forget set still right, a mean over seeds.",
        step_sweep,
        "Line plots, a row per network; few samples of the class left, the whole class right.",
    ),
    "partial-ledger": Exhibit(
        "figure",
        "What recording every step costs, per parameter and step, and how much longer a training step takes, batch "
        "64. A running sum is one vector for all steps, for a forget set known before training.",
        ledger_cost,
        "Line plots, a row per network: bytes fall with the kept share towards one eighth, the bound towards zero.",
    ),
}
