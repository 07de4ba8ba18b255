"""Figures and tables of the `sparsity` chapter."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mu.experiments.item import data_of, network_of
from mu.experiments.sparsity import CORE, METHODS, SCALES, SCHEDULES, SPARSE, ascent_epochs
from mu.figures import tables
from mu.figures.drawing import COLOURS, MARKED, PALETTE, RING, ends, line, panels, percent
from mu.figures.exhibit import BY_RULE, Exhibit
from mu.figures.tables import Lines, method_line, table
from mu.names import NAMES, shown
from mu.reading import listed, same_seeds, select, side_by_side
from mu.reading.sparsity import (
    METRICS,
    PAPER_METRICS,
    PAPER_NAMES,
    PAPER_SCENARIOS,
    SCENARIOS,
    SHOWN,
    attempts,
    beside_retrained,
    block_name,
    by_fit,
    chosen,
)
from mu.reported import printed, reported

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TIME = {"RTE": "time, s"}
PRUNER_LOOKS = {
    "omp": ("OMP", PALETTE[0], "o"), "synflow": ("SynFlow", PALETTE[1], "s"), "imp": ("IMP", PALETTE[2], "D"),
}  # fmt: skip
SEEDS_NOTE = (
    "A column for each method, beside retraining. Lines join the seeds that have every sparsity, under `laptop` one; "
    "diamonds, side by side where there are more seeds, are the means of all, with bars of one standard deviation. "
    "The axis is spaced by the weights that are left."
)
CONTROLLED = ("trained", "retrain", "gradient-ascent", "fisher", "fine-tune")
VARIANTS = ("dense", "as published", "rewound", "own mask")
DODGE = 0.1  # between two diamonds, on the axis of `_spread`
CLOSE, FAIR = 2.0, 10.0  # points of gap to retraining that the qualitative table calls close and fair: ours


def main_table(rows: pd.DataFrame, item: str = "sparsity-tab3") -> pd.DataFrame:
    """Methods down, metrics across; a block for each scenario and sparsity; the paper's value behind ours."""
    return _blocks(chosen(rows, "rule"), METRICS | TIME, item)


def gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """The same of each metric's distance to retraining, of which Disparity Ave. is the mean."""
    rows = beside_retrained(chosen(rows, "rule"))
    rows = rows[(rows["method"] != "retrain") & rows["metric"].isin(SHOWN)].assign(value=rows["gap"])
    return _blocks(rows, {metric: f"{metric} gap" for metric in SHOWN}, "sparsity-tab3", " gap")


@table("block", "method")
def _blocks(rows: pd.DataFrame, metrics: dict[str, str], item: str, printed_as: str = "") -> Lines:
    """A block for each scenario and sparsity; behind our number the one that the paper prints for this metric."""
    for scenario, sparsity, method in itertools.product(SCENARIOS, (0, SPARSE), ("trained", "retrain", *METHODS)):
        part = select(rows, scenario=scenario, sparsity=sparsity, method=method)
        if part.empty:
            continue
        where = {"scenario": PAPER_SCENARIOS[scenario], "sparsity": sparsity, "method": PAPER_NAMES.get(method)}
        where["dataset"] = NAMES.get(part["dataset"].iloc[0])
        paper = lambda metric, where=where: printed(item, METRICS.get(metric, metric) + printed_as, **where)
        yield (_block(rows, scenario, sparsity), method), method_line(part, metrics, paper)


def _block(rows: pd.DataFrame, scenario: str, sparsity: float) -> str:
    """Its name, with the share of the pruned model's convolution weights that really are zero, where recorded."""
    zeros = select(rows, scenario=scenario, sparsity=sparsity, method="trained", metric="zero weights")["value"]
    name = block_name(scenario, sparsity)
    return f"{name} (zero: {zeros.mean():.2f} %)" if sparsity and len(zeros) else name


def tuning(rows: pd.DataFrame) -> pd.DataFrame:
    """Disparity and the value it was reached with, by each way to choose."""
    return tables.tuning(attempts(rows[rows["sparsity"].isin((0, SPARSE))]), chosen, METHODS)


def search(rows: pd.DataFrame) -> Figure:
    """A column for each method: UA and Disparity Ave. against the value tried, dense and sparse."""
    tops = {"UA": 104, "Avg. Gap": max(1, 1.05 * select(rows, metric="Avg. Gap")["value"].max())}
    names = {"UA": "UA, %", "Avg. Gap": "Disparity Ave., points"}
    wanted = {f"{SCENARIOS[s]}\n{names[metric]}": (s, metric) for s in SCENARIOS for metric in names}
    looks = {0: ("dense", PALETTE[0], "-"), SPARSE: (f"{SPARSE} % sparse", PALETTE[1], "--")}

    def panel(axis: Axes, what: tuple[str, str], method: str) -> None:
        scenario, metric = what
        for sparsity, (label, colour, dash) in looks.items():
            tried = select(rows, method=method, scenario=scenario, metric=metric, sparsity=sparsity)
            line(axis, tried, "tried", colour=colour, label=label, linestyle=dash, **MARKED)
        if axis.lines[0].get_xdata().size:
            axis.set_xscale("log")
            axis.tick_params(axis="x", labelsize=8.5)
        axis.set_ylim(-0.04 * tops[metric], tops[metric])

    columns = {PAPER_NAMES[method]: method for method in CORE}
    return panels(panel, columns, wanted, sharex="col", sharey="row", x="value tried (log)")


def tradeoff(rows: pd.DataFrame) -> Figure:
    """A column for each method: TA against UA, a dot for each value tried at each seed, rings what the rule picks."""
    tried, picked = (side_by_side(part, "UA", "TA") for part in (rows, chosen(rows, "rule")))
    looks = {0: ("dense", PALETTE[0]), SPARSE: (f"{SPARSE} % sparse", PALETTE[1])}

    def panel(axis: Axes, scenario: str, method: str) -> None:
        for sparsity, (label, colour) in looks.items():
            asked, by_rule = (select(part, scenario=scenario, sparsity=sparsity) for part in (tried, picked))
            dots, rings = (select(part, method=method) for part in (asked, by_rule))
            axis.plot(dots["UA"], dots["TA"], "o", color=colour, markersize=3, alpha=0.6)
            axis.plot(rings["UA"], rings["TA"], color=colour, **RING)
            ends(axis, asked, "UA", "TA", colour, f", {label}")
        axis.set_xticks((0, 50, 100))

    columns = {PAPER_NAMES[method]: method for method in CORE}
    rows_ = {f"{title}\nTA, %": scenario for scenario, title in SCENARIOS.items()}
    return panels(panel, columns, rows_, sharex=True, sharey="row", x="UA, %")


@table("scenario", "method")
def qualitative(rows: pd.DataFrame) -> Lines:
    """Marks for how near each method comes to retraining, dense and sparse."""
    rows = beside_retrained(chosen(rows, "rule"))
    rows = rows[rows["sparsity"].isin((0, SPARSE))]
    for (scenario, title), method in itertools.product(SCENARIOS.items(), METHODS):
        part = select(rows, method=method, scenario=scenario)
        if part.empty:
            continue
        means = part.groupby(["metric", "sparsity"])["gap"].mean().unstack().reindex(columns=(0, SPARSE))
        marks = {metric: " → ".join(map(_mark, means.loc[metric])) for metric in SHOWN}
        timed = select(part, metric="RTE")
        yield (title, method), marks | {"time of retraining": _share((timed["value"] / timed["retrained"]).mean())}


def _share(share: float) -> str:
    if math.isnan(share):
        return "–"
    return f"1/{1 / share:.0f}" if share <= 1 else f"{share:.1f} times"


def _mark(gap: float) -> str:
    if math.isnan(gap):
        return "–"
    return "●●" if gap <= CLOSE else "●" if gap <= FAIR else "○"


@table()
def schedules(rows: pd.DataFrame) -> Lines:
    """Retraining and every schedule of the penalty, with the weights that it made exactly zero."""
    metrics = METRICS | TIME | {"zero weights": "zero weights"}
    rows = chosen(rows.fillna({"schedule": "", "update": ""}), "rule")
    retrained = select(rows, method="retrain")
    if len(retrained):
        yield "retrain", {"γ": "–"} | method_line(retrained, metrics)
    for schedule, update in SCHEDULES:
        part = select(rows, schedule=schedule, update=update)
        if len(part):
            yield f"l1-sparse, {schedule}, {update}", {"γ": listed(part["tried"])} | method_line(part, metrics)


@table("block", "method")
def controls(rows: pd.DataFrame) -> Lines:
    """Retraining, and each method as it is and without what else it does; dense and sparse."""
    rows = chosen(rows.fillna({"variant": ""}), "rule")
    for sparsity, method in itertools.product((0, SPARSE), CONTROLLED):
        for variant, part in select(rows, sparsity=sparsity, method=method).groupby("variant"):
            key = block_name("class", sparsity), f"{method}, {variant}" if variant else method
            yield key, {"value": listed(part["tried"])} | method_line(part, METRICS)


def fit(rows: pd.DataFrame) -> Figure:
    """UA after unlearning against the loss before it: a point for each original, joined at each seed."""
    looks = {0: ("dense", PALETTE[0], "o"), SPARSE: (f"{SPARSE} % sparse", PALETTE[1], "s")}

    def panel(axis: Axes, method: str) -> None:
        for (sparsity, _), alike in by_fit(rows, method).groupby(["sparsity", "seed"]):
            label, colour, mark = looks[sparsity]
            curve = alike.sort_values("loss")
            axis.plot(curve["loss"], curve["UA"], color=colour, marker=mark, label=label, linewidth=1.1)
        percent(axis)
        axis.set_xscale("log")

    columns = {PAPER_NAMES[method]: method for method in ("fine-tune", "influence")}
    return panels(panel, columns, name="UA after, %", x="loss of the original on the retain set (log)", height=2.3)


@table("scenario", "retrained")
def references(rows: pd.DataFrame) -> Lines:
    """Models that never saw the forget set; the gap of each to the published one."""
    metrics = METRICS | {"Avg. Gap": "gap", "KL": "KL"}
    for (scenario, title), variant in itertools.product(SCENARIOS.items(), VARIANTS):
        part = select(rows, scenario=scenario, variant=variant)
        if len(part):
            yield (title, variant), method_line(part, metrics)


def floor(rows: pd.DataFrame) -> pd.DataFrame:
    """The second retrained model: its metrics, and its gap to the first."""
    return tables.floor(attempts(rows), METRICS)


AXES = {"UA": "UA", "MIA-Efficacy": "MIA-Eff.", "RA": "RA", "TA": "TA", "RTE": "speed"}


def radar(rows: pd.DataFrame, lines: dict[str, tuple[str, float]], scenarios: dict[str, str]) -> Figure:
    """Closeness to retraining on each axis; 1 is as retrained, and on `speed` as fast as the fastest shown.

    Args:
        lines: label -> method and sparsity.
        scenarios: title -> scenario.
    """
    rows = beside_retrained(chosen(rows, "rule"))

    def panel(axis: Axes, scenario: str) -> None:
        means = {  # label -> of each metric that is beside retraining: value, retrained and gap
            label: select(rows, scenario=scenario, method=method, sparsity=sparsity)
            .groupby("metric")[["value", "retrained", "gap"]].mean().dropna()
            for label, (method, sparsity) in lines.items()
        }  # fmt: skip
        means = {label: mean for label, mean in means.items() if "UA" in mean.index}  # the others may still come
        metrics = [metric for metric in AXES if all(metric in mean.index for mean in means.values())]
        angles = [2 * math.pi * i / len(metrics) for i in range(len(metrics))]
        fastest = min((mean["value"].get("RTE", math.inf) for mean in means.values()), default=math.inf)
        for (label, mean), dash in zip(means.items(), ("-", ":", "--"), strict=False):
            near = (1 - mean["gap"] / mean["retrained"].clip(lower=1e-9)).clip(lower=0)
            near = near.where(near.index != "RTE", fastest / mean["value"])[metrics]
            method, sparsity = lines[label]
            colour = PALETTE[1] if sparsity else COLOURS[method]
            axis.plot([*angles, angles[0]], [*near, near.iloc[0]], dash, color=colour, label=label)
            axis.fill(angles, near, color=colour, alpha=0.12)
        axis.set_xticks(angles, [AXES[metric] for metric in metrics])
        axis.set_ylim(0, 1.02)
        axis.set_yticks((0.25, 0.5, 0.75, 1), ("", "0.5", "", "1"))
        axis.set_title(axis.get_title(), pad=14)

    return panels(panel, scenarios, height=3.2, subplot_kw={"projection": "polar"})


def against_sparsity(rows: pd.DataFrame, metrics: dict[str, str], chance: float | None = None) -> Figure:
    """A row for each metric (title -> metric), a column for each method, means of more seeds beside retraining's."""
    rows = select(chosen(rows, "rule"), scenario="class")
    joined = same_seeds(rows, "sparsity")
    seeds = rows.groupby("sparsity")["seed"].nunique()
    more = rows[rows["sparsity"].isin(seeds[seeds > joined["seed"].nunique()].index)]
    thin = {"linewidth": 1.1, "alpha": 0.55} if len(more) else {}  # beside means of more seeds
    known = rows[rows["method"].isin(("retrain", *CORE))]

    def panel(axis: Axes, metric: str, method: str) -> None:
        for drawn, dash, shift in (("retrain", ":", -DODGE / 2), (method, "-", DODGE / 2)):
            _line(axis, select(joined, metric=metric, method=drawn), COLOURS[drawn], drawn, linestyle=dash, **thin)
            means = select(more, metric=metric, method=drawn)
            beside = means.assign(sparsity=_gather(_spread(means["sparsity"]) + shift))
            look = {"linestyle": "none", "marker": "D", "markersize": 4}
            _line(axis, beside, COLOURS[drawn], "", bars=True, **look)
        low, high = select(known, metric=metric)["value"].agg(["min", "max"])
        low = min(low, chance or low)
        if high >= low:  # of seeds: a bar may be cut off, as above 100
            axis.set_ylim(low - 2, high + 2)
        if chance is not None:
            axis.axhline(chance, color=mpl.rcParams["text.color"], linewidth=0.8, linestyle=":")

    return _panels(panel, {PAPER_NAMES[method]: method for method in CORE}, metrics, height=1.2 + 0.6 / len(metrics))


def pruners(rows: pd.DataFrame, metrics: dict[str, tuple[str, str]], beside: dict[str, str] | None = None) -> Figure:
    """A panel for each title -> (method, metric), a line for each pruner; further methods `beside` it, by line."""
    rows = chosen(rows, "rule")

    def panel(axis: Axes, what: tuple[str, str]) -> None:
        method, metric = what
        for pruner, (label, colour, mark) in PRUNER_LOOKS.items():
            pruned = same_seeds(select(rows, pruner=pruner), "sparsity")
            name = f"{label}, {method}" if beside else label
            _line(axis, select(pruned, method=method, metric=metric), colour, name, marker=mark)
            for other, dash in (beside or {}).items():
                look = {"linestyle": dash, "marker": "none", "linewidth": 1.1}
                _line(axis, select(pruned, method=other, metric=metric), colour, "", **look)
        for other, dash in (beside or {}).items():
            axis.plot([], [], dash, color=mpl.rcParams["text.color"], linewidth=1.1, label=other)
        if metric == "RTE":
            axis.set_ylim(bottom=0)

    return _panels(panel, metrics)


def backdoor(rows: pd.DataFrame) -> Figure:
    """Attack success and clean accuracy against sparsity; the paper's points, read off its figure, as crosses."""
    rows = same_seeds(chosen(rows, "rule"), "sparsity")
    published = select(reported(), item="sparsity-fig5")
    labels = {"trained": "original", "fine-tune": "after fine-tuning", "l1-sparse": "l1-sparse, dense model"}

    def panel(axis: Axes, metric: str) -> None:
        for method, label in labels.items():
            _line(axis, select(rows, metric=metric, method=method), COLOURS[method], label, markersize=4)
            points = select(published, metric=PAPER_METRICS.get(metric), method=PAPER_NAMES[method])
            axis.plot(points["sparsity"], points["value"], "x", color=COLOURS[method])
        axis.plot([], [], "x", color=mpl.rcParams["text.color"], label="paper's figure")
        if metric != "SA":
            percent(axis)

    metrics = {
        "attack success, %": "ASR, target class included", "attack success, other classes, %": "ASR",
        "clean test acc., %": "SA",
    }  # fmt: skip
    return _panels(panel, metrics, height=2.6)


def proposition(rows: pd.DataFrame) -> Figure:
    """Error, bound and relative error against sparsity for masks by size and at random."""

    def panel(axis: Axes, metric: str) -> None:
        for mask, colour in zip(("size", "random"), PALETTE, strict=False):
            masked = select(rows, metric=metric, mask=mask)
            line(axis, masked, "sparsity", colour=colour, label=f"mask: {mask}", **MARKED)
        axis.set_ylim(bottom=0)

    metrics = {
        "error: distance to retraining": "error", "bound": "bound",
        "its factor: distance travelled": "distance travelled", "its factor: curvature": "curvature",
        "error / bound": "error / bound",
        "error / norm of retrained": "relative error",
    }  # fmt: skip
    wide = rows.pivot(index=["seed", "sparsity", "mask"], columns="metric", values="value")
    wide = wide.reindex(columns=["error", "bound"])
    ratio = (wide["error"] / wide["bound"]).rename("value").reset_index().assign(metric="error / bound")
    rows = pd.concat([rows, ratio], ignore_index=True)
    return _panels(panel, metrics)


def _panels(
    draw: Callable[..., None], columns: dict[str, object], rows: dict[str, object] | None = None, height: float = 2.1
) -> Figure:
    """Panels against sparsity, two a line or by rows. The axis is spread by what is left: 0 to 90 as 90 to 99."""

    def panel(axis: Axes, *what: object) -> None:
        draw(axis, *what)
        axis.set_xscale("function", functions=(_spread, _gather))
        axis.set_xlim(-32, 99.3)
        axis.set_xticks((0, 90, 99) if rows else (0, 50, 75, 90, 95, 99))

    shared = {"sharex": True, "sharey": "row"} if rows else {"across": 2}
    return panels(panel, columns, rows, height=height, x="pruned convolution weights, %", **shared)


def _spread(percent):
    """Percent pruned -> place on the axis: minus the logarithm of the share left."""
    return -np.log10(np.clip(100 - np.asarray(percent, dtype=float), 1e-3, None) / 100)


def _gather(place):
    """The inverse of `_spread`."""
    return 100 - 100 * 10 ** -np.asarray(place, dtype=float)


def _line(axis: Axes, rows: pd.DataFrame, colour: str, label: str, **look) -> None:
    """A line against sparsity, if there are rows."""
    if len(rows):
        line(axis, rows, "sparsity", colour=colour, label=label, **MARKED | look)


@table("classes removed", "method")
def transfer(rows: pd.DataFrame) -> Lines:
    """Number of removed classes down; probe accuracy and time of each method across."""
    metrics = {"probe accuracy": "probe accuracy", "UA": "UA", "RA": "RA"} | TIME
    for removed, part in rows.groupby("removed"):
        for method in ("untrained", "trained", "retrain", "l1-sparse"):
            yield (f"{removed:g}", method), method_line(select(part, method=method), metrics)


@table()
def speed(rows: pd.DataFrame) -> Lines:
    """Seconds, and how many times faster than the plain loop."""
    plain = select(rows, loop="plain loop")["value"].mean()
    for loop, part in rows.groupby("loop", sort=False):
        seconds, row, epoch = part["value"].mean(), part.iloc[0], loop not in ("fisher", "influence")
        what = f"an epoch of {row['images']:,.0f} images" if epoch else f"{row['gradients']:g} samples' gradients"
        times = f"{plain / seconds:.1f} times" if epoch else "–"
        yield loop, {"what": what, "seconds": f"{seconds:.2f}", "as fast as the plain loop": times}


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count != 1)}"


def configuration(rows: pd.DataFrame) -> pd.DataFrame:
    """Training settings by profile; they come from the grids, so the rows are not read."""
    lines = {}
    for profile, scale in SCALES.items():
        facts = asdict(scale.recipe)
        lines[profile] = {
            "data": shown(data_of(profile, "cifar10")), "images": f"{scale.samples:,}" if scale.samples else "all",
            "network": shown(network_of(profile, "resnet18")),
            "epochs": facts["epochs"], "batch": facts["batch_size"],
            "rate": f"{facts['lr']:g}, {facts['schedule']}", "momentum": facts["momentum"],
            "weight decay": f"{facts['weight_decay']:g}", "augmentation": facts["augment"].replace("-", " and "),
            "fine-tuning": f"{_epochs(scale.tune[0])}, batch {scale.tune[1]}",
            "ascent": _epochs(ascent_epochs(scale)), "gradients of FF and IU": f"{scale.gradients:,}",
            "seeds": scale.seeds,
        }  # fmt: skip
    return pd.DataFrame(lines).astype(str)


TABLE_NOTE = (
    "Percent, mean ± sd over seeds; in brackets the paper's number, where it prints one, to be compared only with a "
    "record of the `paper` profile. Disparity Ave. is the mean "
    f"absolute gap of UA, MIA-Efficacy, RA and TA to retraining under the same mask. {BY_RULE}"
)
TABLE_CAPTIONS = {
    "sparsity-tabA2": "CIFAR-100, ResNet-18", "sparsity-tabA3": "SVHN, ResNet-18",
    "sparsity-tabA4": "CIFAR-10, VGG-16", "sparsity-tabA6": "ImageNet at 64 pixels, ResNet-18, class-wise",
}  # fmt: skip
OVERVIEW = Exhibit(
    "Class-wise forgetting: how near fine-tuning comes to retraining, from a dense and from a 95 % sparse model. At "
    "1 a metric is that of retraining under the same mask; its distance from 1 is the gap as a share of that. Speed "
    f"is relative to the fastest shown. {BY_RULE}",
    partial(
        radar, scenarios={"": "class"},
        lines={"retrained": ("retrain", 0), "fine-tuned, dense": ("fine-tune", 0),
               "fine-tuned, 95 % sparse": ("fine-tune", SPARSE)},
    ),
    "Radar chart with five axes: unlearning accuracy, membership, retain and test accuracy, and speed.",
)  # fmt: skip
EXHIBITS = {
    "sparsity-fig1": OVERVIEW,
    "sparsity-tab1": Exhibit(
        f"From dense → from 95 % sparse models: ●● at most {CLOSE:g} points from retraining, ● at "
        f"most {FAIR:g}, ○ further. Time as a share of retraining's. {BY_RULE}",
        qualitative,
    ),
    "sparsity-fig2": Exhibit(
        "Test accuracy of the original after each pruner, and seconds that pruning and training took.",
        partial(pruners, metrics={"original: TA, %": ("trained", "TA"), "time to make it, s": ("trained", "RTE")}),
        "Two line plots against sparsity, a line per pruner.",
    ),
    "sparsity-fig3": Exhibit(
        f"Class-wise forgetting on models pruned once by size (OMP), against sparsity. {BY_RULE} {SEEDS_NOTE}",
        partial(against_sparsity, metrics={f"{metric}, %": metric for metric in SHOWN}),
        "Line plots against sparsity: rows for UA, MIA-Efficacy, RA and TA, a column per method, retraining dotted.",
    ),
    "sparsity-tab2": Exhibit(
        "l1-sparse unlearning of a random tenth from the dense model, by schedule of the penalty and by update. Zero "
        "weights: of the convolutions, exactly zero afterwards. "
        f"Percent, mean ± sd over seeds. {BY_RULE}",
        schedules,
    ),
    "sparsity-tab3": Exhibit(
        f"CIFAR-10, ResNet-18. {TABLE_NOTE} Other choices: {{item}}`sparsity-tuning`.", main_table
    ),
    "sparsity-gaps": Exhibit(
        "The distance to retraining under the same mask, metric by metric: absolute, in points, taken at each seed, "
        "mean ± sd over seeds; the paper's in brackets, between its means. Disparity Ave. is the mean of a line. "
        f"{BY_RULE}",
        gaps,
    ),
    "sparsity-tuning": Exhibit(
        "Disparity Ave. (and the value that gave it) by three ways to choose each method's hyper-parameter: as "
        "published; by the rule, without retrained model and test set; by the oracle, nearest to retraining. A star: "
        "the value is at an end of the grid, so a longer one might serve better.",
        tuning,
    ),
    "sparsity-tradeoff": Exhibit(
        "What each method keeps against what it forgets: accuracy on test images (TA) against the share of the "
        "forget set that is misclassified (UA). A dot for each value of its hyper-parameter at each seed; rings: "
        "what the rule picks. Stars: the retrained models, where unlearning should end; squares: the trained ones.",
        tradeoff,
        "Scatter plots of TA against UA, a column per method, class-wise above and random samples below.",
    ),
    "sparsity-search": Exhibit(
        "Every value tried of each method's hyper-parameter: FT and GA learning rate, FF noise, IU step, l1-sparse "
        "penalty. Unlearning accuracy, and the gap to the model retrained under the same mask, from the dense and "
        f"from the {SPARSE} % sparse original, at the same values.",
        search,
        "Line plots against the value tried, a column per method; a solid line for dense, a dashed one for sparse.",
    ),
    "sparsity-floor": Exhibit(
        "A second retrained model, from other first weights and in another order of batches, and its gap to the one "
        "that every method is compared with. Percent, the gap in points, mean ± sd over seeds.",
        floor,
    ),
    "sparsity-reference": Exhibit(
        f"Models trained without the forget set: the dense one, and three at {SPARSE} % sparsity. *As published*: "
        "new weights under the original's mask; *rewound*: that mask on weights of early training on the retain set; "
        "*own mask*: pruned, rewound and trained on the retain set, as the original was on all samples. The gap is "
        "to the published one. Percent.",
        references,
    ),
    "sparsity-controls": Exhibit(
        "Class-wise forgetting as in the main table, and without what these methods do besides: ascent and "
        "fine-tuning with frozen batch-norm statistics, Fisher forgetting that leaves the class's row of the head. "
        f"Percent. {BY_RULE}",
        controls,
    ),
    "sparsity-fit": Exhibit(
        "Unlearning accuracy of a class, with the published values, from originals that were trained for more or "
        "fewer epochs. A point is an original, a line joins those of a seed. The further left, the better it fits.",
        fit,
        "Two line plots of unlearning accuracy against the original's loss, for fine-tuning and for influence "
        "unlearning: dense and sparse originals.",
    ),
    "sparsity-fig4": replace(
        OVERVIEW,
        caption="How near fine-tuning and l1-sparse unlearning, both from the dense model, come to retraining. Axes "
        f"as in {{item}}`sparsity-fig1`. {BY_RULE}",
        make=partial(
            radar, scenarios={title: scenario for scenario, title in SCENARIOS.items()},
            lines={"retrained": ("retrain", 0), "fine-tuned": ("fine-tune", 0), "l1-sparse": ("l1-sparse", 0)},
        ),
        alt="Radar charts, class-wise and random, of closeness to retraining: UA, MIA-Efficacy, RA, TA, speed.",
    ),
    "sparsity-fig5": Exhibit(
        "A backdoor in a tenth of the training images, before and after fine-tuning on the clean rest. Attack "
        "success counts images of the target class, as the paper's figure does, and a clean model is at ten; in the "
        "second panel images of other classes alone. Crosses: read off that figure. Seeds that lack a point are left "
        "out.",
        backdoor,
        "Line plots against sparsity: attack success and clean accuracy of the original and after unlearning.",
    ),
    "sparsity-tab4": Exhibit(
        "A proxy for the paper's ImageNet experiment: classes removed from a CIFAR-100 model, then a linear probe of "
        "its features on CIFAR-10. Untrained: the probe on a network's first weights. Percent, mean ± sd over seeds.",
        transfer,
    ),
    "sparsity-prop2": Exhibit(
        "Weight distance between gradient ascent and retraining (the error), the bound of Proposition 2, both of its "
        "factors that a mask may shrink, error over bound, and error over the norm of the retrained weights. Random "
        "masks are the control. The axis is spaced by the weights that are left.",
        proposition,
        "Line plots against sparsity, a line for masks by size and one for masks at random.",
    ),
    "sparsity-figA1": Exhibit(
        "MIA-Privacy: how well the published attack tells retained training images from test images; 50 is chance. "
        f"{BY_RULE} {SEEDS_NOTE}",
        partial(against_sparsity, metrics={"MIA-Privacy, %": "MIA-Privacy"}, chance=50),
        "Line plots against sparsity, a column per method, with retraining dotted and chance at 50.",
    ),
    "sparsity-figA2": Exhibit(
        "Class-wise forgetting by fine-tuning after each pruner, beside the model as it was and the one "
        f"retrained under the same mask: solid lines are after fine-tuning. {BY_RULE}",
        partial(
            pruners, metrics={f"{metric}, %": ("fine-tune", metric) for metric in SHOWN},
            beside={"trained": "--", "retrain": ":"},
        ),
        "Four line plots against sparsity, a line per pruner, and two thin ones for the original and retraining.",
    ),
    **{
        item: Exhibit(f"{what}. {TABLE_NOTE}", partial(main_table, item=item))
        for item, what in TABLE_CAPTIONS.items()
    },
    "sparsity-tabA1": Exhibit(
        "Training settings of every profile; `paper` has the published ones.", configuration
    ),
    "sparsity-speed": Exhibit("Seconds, best of three, in one run on one machine.", speed),
}  # fmt: skip
