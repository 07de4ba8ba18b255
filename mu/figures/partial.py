"""Figures and tables of the `partial` chapter."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from mu.experiments.partial import FORGOTTEN, SCALED, STEPPING, TABLES
from mu.figures.drawing import COLOURS, MARKED, PALETTE, line, log_axis, names_down, panels, percent
from mu.figures.exhibit import Exhibit
from mu.figures.tables import Lines, indexed, method_line, table
from mu.names import place, shown
from mu.reading import listed, same_seeds, select
from mu.reading.partial import SCENARIOS, at_smallest_share
from mu.selection import RULES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OTHERS = {"other classes, test acc. %": "non-target accuracy"}
TEST = OTHERS | {"class to forget, test acc. %": "target accuracy"}
APPLIED = {  # of a step
    "top": "largest {:g} %", "random": "random {:g} %", "fixed": "fixed {:g} %", SCALED: "whole, rate at {:g} %",
}  # fmt: skip
DOTS = MARKED | {"markersize": 3}
KEPT = "kept share of each layer's update"
KEPT_TICKS = (0.0005, 0.005, 0.02, 0.1, 0.5, 1)


def accuracy_curves(rows: pd.DataFrame) -> Figure:
    """Test accuracy over the epochs of training, removal and training on."""

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        line(axis, select(part, phase="training"), "epoch", colour=COLOURS["trained"], label="training")
        request = select(part, phase="removal")["epoch"].iloc[0]
        axis.axvline(request, color=COLOURS["trained"], linestyle="--", linewidth=1)
        removed = part[part["phase"].isin(("removal", "after"))]
        for method, width in {"amnesiac": 3.6, "partial-amnesiac": 1.4}.items():  # where they meet, both are seen
            after = select(removed, method=method)
            line(axis, after, "epoch", colour=COLOURS[method], label=method, linewidth=width)
            at = select(after, phase="removal")["value"].mean()
            axis.plot(request, at, "o", color=COLOURS[method], markersize=4 + width, zorder=5)
        percent(axis, removed["value"].min())

    return _panels(panel, rows, TEST, "epoch")


def affected_share(rows: pd.DataFrame) -> Figure:
    """Test accuracy, and what is lost of it, against the share of steps that used a sample to forget."""
    of_all, same = select(rows, metric="test accuracy"), ["model", "count", "seed"]
    before = select(of_all, method="trained").groupby(same)["value"].mean().rename("before")
    lost = of_all.join(before, on=same)
    lost = lost.assign(metric="lost", value=lost["before"] - lost["value"])
    rows = pd.concat([rows, lost[lost["method"] != "trained"]]).fillna({"choice": ""})
    fixed = select(rows, choice="fixed")["keep"].iloc[0]
    curves = (
        ("trained", "", "before the removal", ":"),
        ("amnesiac", "", "amnesiac", "-"),
        ("partial-amnesiac", "fixed", f"partial, keep {fixed:g}", "--"),
        ("partial-amnesiac", "chosen", "partial, keep chosen", "-"),
    )

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        part = same_seeds(part, "count")
        part = part.assign(share=part.groupby("count")["affected"].transform("mean"))
        for method, choice, label, dash in curves:
            curve = select(part, method=method, choice=choice)
            line(axis, curve, "share", colour=COLOURS[method], label=label, linestyle=dash, **DOTS)
        log_axis(axis.xaxis, (1, 3, 10, 30, 100))
        if set(part["metric"]) != {"lost"}:
            percent(axis)

    columns = {"other classes, %": "non-target accuracy", "class to forget, %": "target accuracy"}
    return _panels(panel, rows, columns | {"all, points lost": "lost"}, "affected steps, %")


def keep_sweep(rows: pd.DataFrame) -> Figure:
    """Accuracy against the kept share, for every selection rule."""

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        for method, dash in {"trained": "-", "retrain": ":"}.items():  # the dots leave what is under them seen
            _level(axis, select(part, method=method), method, dash, method)
        for rule, colour in zip((*RULES, SCALED), PALETTE, strict=True):
            dash = {"top": "-", SCALED: ":"}.get(rule, "--")
            line(axis, select(part, rule=rule), "keep", colour=colour, label=rule, linestyle=dash, **DOTS)
        log_axis(axis.xaxis, KEPT_TICKS)
        percent(axis, part["value"].min())

    columns = OTHERS | {"forget set, training acc. %": "forget accuracy"}
    by = "optimizer" if rows["optimizer"].notna().any() else "model"
    return _panels(panel, _with_forget_accuracy(rows), columns, KEPT, by)


@table("network", "rule")
def rules(rows: pd.DataFrame) -> Lines:
    """For every selection rule the smallest kept share that forgets, and what it costs."""
    metrics = {"non-target accuracy": "other classes", "stored bytes": "ledger"}
    for model, part in rows[rows["rule"].notna()].groupby("model", sort=False):
        least = at_smallest_share(part).query("keep < 1")
        removals = {rule: select(least, rule=rule) for rule in (*RULES, SCALED)}
        removals["all entries"] = select(part, keep=1)
        for rule, removed in removals.items():
            forgetting = f"{removed['seed'].nunique()} of {part['seed'].nunique()}"
            facts = {"seeds that forget": forgetting, "smallest share": listed(removed["keep"])}
            yield (shown(model), rule), facts | method_line(removed, metrics)


def step_sweep(rows: pd.DataFrame) -> Figure:
    """What each partial form gains over its whole form on the other classes, both stopped at equal forgetting."""
    rows = rows[rows["rule"].notna()].assign(optimizer=rows["optimizer"].astype(object).fillna(""))
    index = ["model", "optimizer", "scenario", "seed", "method", "rule", "keep"]
    wide = rows.pivot_table(index=index, columns="metric", values="value").reset_index()
    tried = wide[wide["keep"] < 1].groupby("rule")["keep"].unique()
    applied = [(rule, keep) for rule in APPLIED if rule in tried for keep in sorted(tried[rule])]

    def panel(axis: Axes, part: pd.DataFrame, base: str) -> None:
        look = {"color": COLOURS[base], "capsize": 2, "elinewidth": 1, "markersize": 5}
        whole = select(part, method=base, keep=1).set_index("seed")["non-target accuracy"]
        axis.axvline(0, color=COLOURS["trained"], linestyle=":", linewidth=1.4)
        for down, (rule, keep) in enumerate(applied):
            method = base if rule == SCALED else f"partial-{base}"
            picked = select(part, method=method, rule=rule, keep=keep).set_index("seed")
            gain = (picked["non-target accuracy"] - whole).dropna()
            fill = None if picked["UA"].mean() >= 100 - 2 * FORGOTTEN else "none"
            axis.plot(gain, [down] * len(gain), "|", color=COLOURS[base], alpha=0.5)
            axis.errorbar(gain.mean(), down, xerr=gain.std(), fmt="o", markerfacecolor=fill, **look)
        names_down(axis, [APPLIED[rule].format(100 * keep) for rule, keep in applied])

    blocks = {
        "\n".join(filter(None, (shown(model), way, name))): select(
            wide, model=model, optimizer=way, scenario=scenario
        )
        for model in rows["model"].unique()
        for way in sorted(select(rows, model=model)["optimizer"].unique())
        for scenario, name in SCENARIOS.items()
        if scenario in set(rows["scenario"])
    }
    gained = "points on the other classes, partial minus whole"
    return panels(panel, {base: base for base in STEPPING}, blocks, x=gained, height=2.0, sharex="row", sharey=True)


def activation_maps(rows: pd.DataFrame) -> Figure:
    """A row per class: the image, and what its classification rests on before and after each removal."""
    peaks = select(rows, metric="cam").groupby(["seed", "label", "method"])["value"].max()
    empty = peaks[peaks <= 0].index.get_level_values("seed")
    seeds = set(rows["seed"])
    rows = select(rows, seed=min(seeds - set(empty) or seeds))

    def panel(axis: Axes, label: float, method: str) -> None:
        part = select(rows, label=label)
        if method == "input":
            picture, look = select(part, metric="pixel"), {"cmap": "gray"}
        else:
            picture = select(part, metric="cam", method=method)
            look = {"cmap": "magma", "vmin": 0, "vmax": picture["value"].max() or 1.0}
            scored = select(part, metric="class score", method=method)["value"].mean()
            axis.set_xlabel(f"scored {scored:.0f} %")
        axis.imshow(picture.pivot(index="y", columns="x", values="value").to_numpy(), **look)
        axis.grid(False)
        axis.set(xticks=[], yticks=[])

    columns = {"input": "input", "before": "trained", "amnesiac": "amnesiac", "partial": "partial-amnesiac"}
    return panels(panel, columns, {f"class {label:g}": label for label in rows["label"].unique()}, height=1.6)


@table("request", "method")
def paces(rows: pd.DataFrame) -> Lines:
    """Each partial form beside its whole form at several rates and for as many steps: a block for each request."""
    metrics = {"non-target accuracy": "other test acc.", "forget accuracy": "forget train acc.", "steps": "steps"}
    rows = _with_forget_accuracy(rows)
    for model, (scenario, block) in itertools.product(_in_usual_order(rows["model"]), SCENARIOS.items()):
        asked = select(rows, model=model, scenario=scenario)
        for base in STEPPING:
            known = asked[asked["method"].isin((base, f"partial-{base}"))]
            for (method, variant), part in known.groupby(["method", "variant"], sort=False):
                name = {"partial": method, "as many steps": f"{base}, as many steps"}.get(variant)
                key = f"{shown(model)}, {block}", name or f"{base}, rate {variant}"
                yield key, method_line(part, metrics, digits={"steps": 0})


def ledger_cost(rows: pd.DataFrame) -> Figure:
    """Bytes per parameter and recorded step, and slow-down of training, against the kept share."""
    rows = rows[rows["recorder"] != "spilled"]  # timed in another way

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        ledger, timed = select(part, recorder="ledger"), part["metric"].iloc[0] == "slow-down"
        look = {"linestyle": "none", "markersize": 5} if timed else {}  # times scatter: no line through them
        line(axis, ledger, "keep", colour=COLOURS["partial-amnesiac"], label="ledger", **DOTS | look)
        if timed:
            _level(axis, select(part, recorder="running-sum"), "amnesiac", "--", "running sum")
        else:
            bound = select(rows, metric="bytes per parameter, bound", model=part["model"].iloc[0])
            line(axis, bound, "keep", colour=COLOURS["retrain"], label="entropy bound", linestyle=":")
        _level(axis, select(part, recorder="dense"), "trained", "--", "dense float32")
        axis.set_ylim(bottom=min(0, part["value"].min()))
        log_axis(axis.xaxis, KEPT_TICKS)

    columns = {"bytes per parameter and step": "bytes per parameter", "slow-down of a step, %": "slow-down"}
    return _panels(panel, rows, columns, KEPT)


METRICS = {  # accuracy, cost, membership
    "accuracy gap": "gap", "target accuracy": "target test acc.", "non-target accuracy": "other test acc.",
    "forget accuracy": "forget train acc.", "RA": "retain train acc.",
    "stored bytes": "stored", "steps": "steps", "RTE": "time, s",
    "MIA recall (shadow)": "MIA recall", "MIA false positives (shadow)": "false pos.",
    "MIA recall (entropy)": "by entropy", "TPR at 1 % FPR": "TPR at 1 %", "AUC": "AUC",
}  # fmt: skip
PROBES = {
    "target accuracy": "class, own head", "non-target accuracy": "others, own head",
    "probe target accuracy": "class, probe", "probe non-target accuracy": "others, probe",
}  # fmt: skip
COSTS = {"bytes per parameter": "bytes per parameter", "step time": "ms a step", "slow-down": "slower, %"}
RECORDERS = ("none", "dense", "running-sum", "ledger", "spilled")  # in the order of the table
BLOCKS = {"rare": "A: few samples", "class": "B: whole class"}
STARTS = ("trained", "retrain", "fine-tune", "amnesiac", "partial-amnesiac")
IN_ORDER = (*STARTS, *(method for base in STEPPING for method in (base, f"partial-{base}")))


def method_grid(rows: pd.DataFrame) -> pd.DataFrame:
    """Methods down, metrics across; block A is the rare class, block B the whole class."""
    rows = _with_forget_accuracy(rows).fillna({"epochs": 0})
    datasets, lines = rows["dataset"].unique(), {}
    for dataset, (scenario, block), method in itertools.product(datasets, BLOCKS.items(), IN_ORDER):
        title = f"{shown(dataset)}, {block}" if len(datasets) > 1 else block
        part = select(rows, dataset=dataset, scenario=scenario, method=method)
        for epochs, tuned in part.groupby("epochs"):
            after = "" if method == "fine-tune" else " + fine-tuning"
            name = f"{method}{after}, {epochs:g} ep." if epochs else method
            lines[title, name] = method_line(tuned, METRICS, digits={"RTE": 2, "steps": 0})
    grid = indexed(lines, "block", "method")
    return grid.loc[:, (grid != "–").any()]


@table("network", "method")
def probes(rows: pd.DataFrame) -> Lines:
    """What the model's own head answers, and what a new one reads off the features: a block for each network."""
    for (model, method, variant), part in rows.groupby(["model", "method", "variant"], sort=False):
        name = method if variant == "plain" else f"{method}, {variant}"
        yield (shown(model), name), method_line(part, PROBES)


@table("network", "recorder")
def recorders(rows: pd.DataFrame) -> Lines:
    """What each way to record costs: bytes and time, a block for each network."""
    apart = (rows["recorder"] == "spilled") & (rows["metric"] == "step time")  # of runs of its own
    rows = rows[~apart]
    rows = rows.assign(keep=rows["keep"].fillna(0), recorder=pd.Categorical(rows["recorder"], RECORDERS))
    for model in _in_usual_order(rows["model"]):
        ways = select(rows, model=model).groupby(["recorder", "keep"], observed=True)
        for (recorder, keep), measured in ways:
            name = f"{recorder}, keep {keep:g}" if keep else recorder
            yield (shown(model), name), method_line(measured, COSTS, digits={"bytes per parameter": 3})


def _in_usual_order(column: pd.Series) -> list:
    """The different values, as the book orders them; those without a name as they come."""
    return sorted(column.dropna().unique(), key=place)


def _panels(
    draw: Callable[[Axes, pd.DataFrame], None], rows: pd.DataFrame, columns: dict[str, str], x: str, by: str = "model"
) -> Figure:
    """A row of panels for each value of a column (networks by size), and one for each metric (title -> metric)."""
    names = {shown(value): value for value in _in_usual_order(rows[by])}

    def panel(axis: Axes, value: str, metric: str) -> None:
        draw(axis, select(rows, metric=metric, **{by: value}))

    return panels(panel, columns, names, x=x)


def _level(axis: Axes, rows: pd.DataFrame, method: str, dash: str, label: str) -> None:
    """The rows' mean, across the panel in the method's colour."""
    axis.axhline(rows["value"].mean(), color=COLOURS[method], linestyle=dash, label=label)


def _with_forget_accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    forget = select(rows, metric="UA").assign(value=lambda f: 100 - f["value"], metric="forget accuracy")
    return pd.concat([rows, forget])


CURVES = Exhibit(
    "Test accuracy while training, at the removal request (dashed line; dots: right after the subtraction, "
    "before any further step), and while training on without the forgotten samples. Band: one standard "
    "deviation over seeds. The axes on the left begin at the ten below the lowest value after the request.",
    accuracy_curves,
    "Line plots, a row per network: accuracy on the other classes left, on the forgotten class right, with a dot for "
    "conventional and one for partial amnesiac unlearning at the removal.",
)
TABLE_NOTE = (
    "Accuracies, membership and gap in percent; mean ± sd over seeds. Gap: the mean distance to "
    "the retrained model in UA, RA and TA. MIA recall: the share of the forget set that shadow models call members; "
    "false pos.: of unseen images of the class; both over the seeds whose attack can tell members of its shadows. By "
    "entropy: the share that an attack by entropy calls members. AUC: against those same images, 50 is chance. TPR "
    "at 1 %: the share of the forget set found while 1 % of those images are called members too. Time: of "
    "unlearning, for retrain of training, for trained of training with a recorder for every share tried. Stored: "
    "what a ledger holds; block B takes back a running sum of the same steps, whose time would not be a ledger's."
)


def _table(data: str, network: str) -> Exhibit:
    return Exhibit(f"All methods on {shown(data)}, {shown(network)}, forgetting class 3. {TABLE_NOTE}", method_grid)


EXHIBITS = {
    "partial-fig1": CURVES,
    "partial-fig2": replace(CURVES, caption=f"As {{item}}`partial-fig1`, on OrganAMNIST. {CURVES.caption}"),
    "partial-fig3": Exhibit(
        "Grad-CAM on the last convolution of LeNet for a test image of the forgotten class (above) and of a retained "
        "one (below): what its own class's score rests on. Each map has its own colour scale, so that where "
        "it is can be seen, not how high. Scored: the mean probability that the network gives the class on up to 100 "
        "test images of it, not on this one alone. The first seed none of whose maps is empty.",
        activation_maps,
        "Heat maps over two digits before and after each removal.",
    ),
    "partial-fig4": Exhibit(
        "Test accuracy right after the removal against the share of training steps that used a sample to forget "
        "(set by how many there are), and the points that all classes together lose by it. Chosen: the smallest kept "
        f"share after which at most {FORGOTTEN:g} % of the forget samples are still classified correctly. Seeds that "
        "lack a point are left out.",
        affected_share,
        "Line plots, a row per network. Accuracy on other classes falls with the affected share, faster for "
        "amnesiac than for partial amnesiac unlearning; the middle column shows where the class is not forgotten, "
        "the right one what is lost on all classes.",
    ),
    **{name: _table(*pair) for name, pair in TABLES.items()},
    "partial-jmlr": Exhibit(
        f"All methods on further data sets, LeNet, forgetting class 1 (cars in CIFAR-10). {TABLE_NOTE}", method_grid
    ),
    "partial-keep": Exhibit(
        "Accuracy right after the removal against the share of each layer's update that was kept and subtracted, "
        "for five rules that pick the entries. *Scaled*, a control, takes back that share of every entry. At 1 all "
        "are conventional amnesiac unlearning. An axis begins at the ten below its lowest value.",
        keep_sweep,
        "Line plots, a row per network. With the largest entries kept, a window of small shares forgets the class "
        "at little cost to the others; the smallest entries do not forget.",
    ),
    "partial-rules": Exhibit(
        "Rules that pick entries, and whole steps *scaled* down, at equal forgetting: for each seed the smallest "
        f"share tried after which at most {FORGOTTEN:g} % of the forget samples are still classified correctly. "
        "Other classes: test accuracy, percent, mean ± sd over those seeds.",
        rules,
    ),
    "partial-optimizer": Exhibit(
        "The sweep of {item}`partial-keep` for the MLP, trained in three ways.",
        keep_sweep,
        "Line plots, a row per way of training: accuracy on the other classes left, on the forget set right.",
    ),
    "partial-probe": Exhibit(
        "Test accuracy on the class to forget and on the others: of the model, and of a new linear layer that is "
        "fitted to its features of the forget set and of 2,000 retained images. Percent, mean ± sd over seeds.",
        probes,
    ),
    "partial-steps": Exhibit(
        "Partial minus whole form of label flipping and gradient ascent, in points: accuracy on the other classes "
        "where each stops. Right of the dotted line the partial form keeps more. A row for each kind of entries "
        "and share of a layer's step that is applied. Strokes: seeds; dots: their mean, with bars of one standard "
        f"deviation; empty where more than {2 * FORGOTTEN:g} % of the forget set is still right, a mean over seeds.",
        step_sweep,
        "Dots and bars around a line at zero: a column for each method, a row for each network and scenario.",
    ),
    "partial-optimizer-steps": Exhibit(
        "As {item}`partial-steps`, where training and unlearning use the same optimiser: what is left on the other "
        "classes less what the whole step at the full rate leaves, in points. Below the partial forms the whole "
        "step at smaller rates.",
        step_sweep,
        "Dots and bars around a line at zero: a column for each method, a row for each optimiser.",
    ),
    "partial-pace": Exhibit(
        "Each partial form (the largest tenth of every layer) beside its whole form at the same and at smaller "
        f"rates. All end when at most {FORGOTTEN:g} % of the forget set is still right, but for *as many steps*, "
        "which goes on as long as the partial form did. Percent, mean ± sd over seeds.",
        paces,
    ),
    "partial-ledger": Exhibit(
        "What recording every step costs, per parameter and step, and how much longer a training step takes, batch "
        "64. A running sum is one vector for all steps, for a forget set known before training.",
        ledger_cost,
        "Line plots, a row per network: bytes fall with the kept share towards one eighth, the bound towards zero.",
    ),
    "partial-recorder": Exhibit(
        "The numbers of {item}`partial-ledger`: bytes per parameter and step, of a running sum for the whole run; "
        "milliseconds of a step of training; and how much longer that is than without recording. Below them a ledger "
        "that spills to disk, by whole runs of its own, until all is written.",
        recorders,
    ),
}
