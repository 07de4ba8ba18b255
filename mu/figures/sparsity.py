"""Figures and tables of the `sparsity` chapter."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
from matplotlib.ticker import LogLocator, NullFormatter

from mu import results
from mu.experiments.sparsity import PUBLISHED, SCALES, SCHEDULES, SPARSE, chosen
from mu.experiments.sweeps import CHOICES
from mu.figures import (
    COLOURS,
    Exhibit,
    choices,
    grid,
    indexed,
    legend_above,
    line,
    mean_sd,
    method_line,
    percent,
    printed,
    with_columns,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

METRICS = {"UA": "UA", "MIA-Efficacy": "MIA-Efficacy", "RA": "RA", "TA": "TA", "Avg. Gap": "Disparity Ave."}
TIME = {"RTE": "time, s"}
METHODS = tuple(PUBLISHED)  # in the tables' order
PLAIN = tuple(method for method in METHODS if not method.endswith("as-published"))
# How the paper writes what we name differently.
PAPER_NAMES = {
    "retrain": "Retrain", "fine-tune": "FT", "gradient-ascent": "GA", "fisher": "FF", "influence": "IU",
    "l1-sparse": "l1-sparse",
}  # fmt: skip
PAPER_SCENARIOS = {"class": "class-wise", "random": "random-10%"}
SCENARIOS = {"class": "class-wise", "random": "random 10 %"}
MARKED = {"marker": "o", "markersize": 3.5}
PRUNER_COLOURS = {"omp": "#3a8fd9", "synflow": "#e07b39", "imp": "#8c6bb1"}
CLOSE, FAIR = 2.0, 10.0  # points of gap to retraining that the qualitative table calls close and fair: ours


def main_table(rows: pd.DataFrame, item: str = "sparsity-tab3") -> pd.DataFrame:
    """Methods down, metrics across; a block for each scenario and sparsity; the paper's value behind ours."""
    rows = chosen(rows, "rule")
    lines = {}
    for scenario, sparsity in ((s, p) for s in SCENARIOS for p in (0, SPARSE)):
        part = rows[(rows["scenario"] == scenario) & (rows["sparsity"] == sparsity)]
        for method in ("trained", "retrain", *METHODS):
            one = part[part["method"] == method]
            where = {
                "scenario": PAPER_SCENARIOS.get(scenario),
                "sparsity": sparsity,
                "method": PAPER_NAMES.get(method),
            }
            paper = lambda metric, where=where: printed(item, METRICS.get(metric, metric), **where)  # noqa: E731
            if len(one):
                lines[_block(scenario, sparsity), method] = method_line(one, METRICS | TIME, paper)
    return indexed(lines, "block", "method")


def tuning(rows: pd.DataFrame) -> pd.DataFrame:
    """Disparity and the value it was reached with, by each way to choose."""
    picked = {}
    for how in CHOICES:
        part = chosen(with_columns(rows, "tried")[rows["sparsity"].isin((0, SPARSE))], how)
        blocks = [_block(*case) for case in zip(part["scenario"], part["sparsity"], strict=True)]
        picked[how] = part.assign(block=blocks, shown=part["tried"].map("{:g}".format))
    return choices(picked, METHODS)


def _block(scenario: str, sparsity: float) -> str:
    return f"{SCENARIOS.get(scenario, scenario)}, {f'{sparsity:g} % sparse' if sparsity else 'dense'}"


def qualitative(rows: pd.DataFrame) -> pd.DataFrame:
    """Marks for how near each method comes to retraining, dense and sparse."""
    rows = _beside_retrained(chosen(rows, "rule"))
    rows = rows[rows["sparsity"].isin((0, SPARSE))]
    lines = {}
    for scenario, shown in SCENARIOS.items():
        for method in METHODS:
            one = rows[(rows["method"] == method) & (rows["scenario"] == scenario)]
            if one.empty:
                continue
            gaps = one.groupby(["metric", "sparsity"])["gap"].mean().unstack().reindex(columns=(0, SPARSE))
            cells = {m: " → ".join(map(_mark, gaps.loc[m])) for m in ("UA", "MIA-Efficacy", "RA", "TA")}
            timed = one[one["metric"] == "RTE"]
            ratio = (timed["retrained"] / timed["value"]).mean()
            cells["time of retraining"] = f"1/{ratio:.0f}" if ratio >= 1 else "–"
            lines[shown, method] = cells
    return indexed(lines, "scenario", "method")


def _beside_retrained(rows: pd.DataFrame) -> pd.DataFrame:
    """Each number with what retraining has at its seed, and the gap between them."""
    same = ["scenario", "sparsity", "metric", "seed"]
    retrained = rows[rows["method"] == "retrain"].groupby(same)["value"].mean().rename("retrained")
    rows = rows.join(retrained, on=same)
    return rows.assign(gap=(rows["value"] - rows["retrained"]).abs())


def _mark(gap: float) -> str:
    if math.isnan(gap):
        return "–"
    return "●●" if gap <= CLOSE else "●" if gap <= FAIR else "○"


def schedules(rows: pd.DataFrame) -> pd.DataFrame:
    """Retraining and every schedule of the penalty, with the weights that it made exactly zero."""
    shown = METRICS | TIME | {"zero weights": "zero weights"}
    rows = with_columns(rows, "schedule", "update")
    rows = chosen(rows.fillna({"schedule": "", "update": ""}), "rule", within=("schedule", "update"))
    lines = {}
    retrained = rows[rows["method"] == "retrain"]
    if len(retrained):
        lines["retrain"] = {"γ": "–"} | method_line(retrained, shown)
    for schedule, update in SCHEDULES:
        one = rows[(rows["schedule"] == schedule) & (rows["update"] == update)]
        if len(one):
            picked = ", ".join(f"{value:g}" for value in sorted(one["tried"].unique()))
            lines[f"l1-sparse, {schedule}, {update}"] = {"γ": picked} | method_line(one, shown)
    return pd.DataFrame.from_dict(lines, orient="index")


def controls(rows: pd.DataFrame) -> pd.DataFrame:
    """Retraining, and each method as it is and without what else it does; dense and sparse."""
    rows = chosen(with_columns(rows, "variant").fillna({"variant": ""}), "rule", within=("variant",))
    lines = {}
    for (sparsity, method, variant), one in rows.groupby(["sparsity", "method", "variant"], sort=False):
        picked = ", ".join(f"{value:g}" for value in sorted(one["tried"].dropna().unique()))
        name = f"{method}, {variant}" if variant else method
        lines[_block("class", sparsity), name] = {"value": picked or "–"} | method_line(one, METRICS)
    return indexed(lines, "block", "method").sort_index(level=0, sort_remaining=False)


AXES = {"UA": "UA", "MIA-Efficacy": "MIA-Eff.", "RA": "RA", "TA": "TA", "RTE": "speed"}


def radar(rows: pd.DataFrame, shown: dict[str, tuple[str, float]], scenarios: tuple[str, ...]) -> Figure:
    """Closeness to retraining on each axis; 1 is as retrained, and on `speed` as fast as the fastest shown."""
    import matplotlib.pyplot as plt

    rows = _beside_retrained(chosen(rows, "rule"))
    figure, axes = plt.subplots(
        1, len(scenarios), figsize=(6.4, 3.9), subplot_kw={"projection": "polar"}, squeeze=False, layout="constrained"
    )
    for scenario, axis in zip(scenarios, axes[0], strict=True):
        part = rows[rows["scenario"] == scenario]
        mean = part.groupby(["method", "sparsity", "metric"])[["value", "retrained", "gap"]].mean()
        known = mean["gap"].dropna().index  # the others may still come
        here = {label: key for label, key in shown.items() if (*key, "UA") in known}
        metrics = [m for m in AXES if all((*key, m) in mean.index for key in here.values())]
        angles = [2 * math.pi * i / len(metrics) for i in range(len(metrics))]
        for (label, key), dash in zip(here.items(), ("-", "--", "-."), strict=False):
            radii = []
            for metric in metrics:
                one = mean.loc[(*key, metric)]
                fastest = min(mean.loc[(*k, metric), "value"] for k in here.values())
                close = fastest / one["value"] if metric == "RTE" else 1 - one["gap"] / max(one["retrained"], 1e-9)
                radii.append(max(0.0, close))
            method, sparsity = key
            colour = COLOURS[method] if not (method == "fine-tune" and sparsity) else COLOURS["l1-sparse"]
            axis.plot([*angles, *angles[:1]], [*radii, *radii[:1]], dash, color=colour, label=label)
            axis.fill(angles, radii, color=colour, alpha=0.12)
        axis.set_xticks(angles, [AXES[metric] for metric in metrics])
        axis.set_ylim(0, 1.02)
        axis.set_yticks((0.25, 0.5, 0.75, 1), ("", "0.5", "", "1"))
        if len(scenarios) > 1:
            axis.set_title(SCENARIOS[scenario], pad=14)
    legend_above(figure)
    return figure


def against_sparsity(rows: pd.DataFrame, metrics: dict[str, str]) -> Figure:
    """A panel for each metric, a line for each method."""
    rows = chosen(rows, "rule")
    rows = rows[rows["scenario"] == "class"]
    figure, panels = _wrapped(metrics.values())
    for metric, axis in zip(metrics, panels, strict=True):
        part = rows[rows["metric"] == metric]
        for method in ("retrain", *PLAIN):
            one = part[part["method"] == method]
            if len(one):
                look = {"linestyle": ":"} if method == "retrain" else {}
                line(axis, one, "sparsity", colour=COLOURS[method], label=method, **MARKED, **look)
        _sparsity_axis(axis)
    legend_above(figure)
    return figure


def pruners(rows: pd.DataFrame, metrics: dict[str, tuple[str, str]]) -> Figure:
    """A panel for each (method, metric), a line for each pruner."""
    rows = chosen(rows, "rule")
    figure, panels = _wrapped(metrics)
    for (method, metric), axis in zip(metrics.values(), panels, strict=True):
        part = rows[(rows["method"] == method) & (rows["metric"] == metric)]
        for pruner, colour in PRUNER_COLOURS.items():
            one = part[part["pruner"] == pruner]
            if len(one):
                line(
                    axis, one, "sparsity", colour=colour, label=pruner.upper().replace("SYNFLOW", "SynFlow"), **MARKED
                )
        _sparsity_axis(axis)
        if metric == "RTE":
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.yaxis.set_major_formatter("{x:g}")
            axis.yaxis.set_minor_formatter(NullFormatter())
    legend_above(figure)
    return figure


def backdoor(rows: pd.DataFrame) -> Figure:
    """Attack success and clean accuracy against sparsity; the paper's points, read off its figure, as crosses."""
    panels = {"ASR, target class included": ("attack success, %", "ASR"), "SA": ("clean test acc., %", "SA")}
    rows = chosen(rows, "rule")
    published = results.reported().query("item == 'sparsity-fig5'")
    figure, axes = grid([""], [title for title, _ in panels.values()], height=2.6)
    shown = {"trained": "original", "fine-tune": "after fine-tuning", "l1-sparse": "l1-sparse, dense model"}
    names = {"trained": "Original", "fine-tune": "FT", "l1-sparse": "l1-sparse"}
    for (metric, (_, printed_as)), axis in zip(panels.items(), axes[0], strict=True):
        for method, label in shown.items():
            one = rows[(rows["metric"] == metric) & (rows["method"] == method)]
            if len(one):
                line(axis, one, "sparsity", colour=COLOURS[method], label=label, marker="o", markersize=4)
            points = published[(published["metric"] == printed_as) & (published["method"] == names[method])]
            axis.plot(points["sparsity"].fillna(0), points["value"], "x", color=COLOURS[method])
        axis.plot([], [], "x", color=mpl.rcParams["text.color"], label="paper's figure")
        _sparsity_axis(axis)
        percent(axis) if printed_as == "ASR" else None
    legend_above(figure)
    return figure


def proposition(rows: pd.DataFrame) -> Figure:
    """Error, bound and relative error against sparsity for masks by size and at random."""
    titles = {
        "error": "distance to retraining", "bound": "bound", "distance travelled": "distance travelled",
        "relative error": "distance / norm of retrained",
    }  # fmt: skip
    figure, panels = _wrapped(titles.values())
    for metric, axis in zip(titles, panels, strict=True):
        for mask, colour in (("size", PRUNER_COLOURS["omp"]), ("random", PRUNER_COLOURS["synflow"])):
            one = rows[(rows["metric"] == metric) & (rows["mask"] == mask)]
            line(axis, one, "sparsity", colour=colour, label=f"mask: {mask}", **MARKED)
        axis.set_ylim(bottom=0)
        _sparsity_axis(axis)
    legend_above(figure)
    return figure


def transfer(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of removed classes down; probe accuracy and time of each method across."""
    lines = {}
    for removed, part in rows.groupby("removed"):
        for method in ("untrained", "trained", "retrain", "l1-sparse"):
            one = part[part["method"] == method].groupby("metric")["value"].apply(mean_sd)
            titles = {"probe accuracy": "probe accuracy", "UA": "UA", "RA": "RA", "RTE": "time, s"}
            lines[f"{removed:g}", method] = {title: one.get(metric, "–") for metric, title in titles.items()}
    return indexed(lines, "classes removed", "method")


def speed(rows: pd.DataFrame) -> pd.DataFrame:
    """Seconds, and how many times faster than the plain loop."""
    plain = rows.loc[rows["loop"] == "plain loop", "value"].mean()
    lines = {}
    for _, row in rows.iterrows():
        epoch = row["loop"] not in ("fisher", "influence")
        what = f"an epoch of {row['images']:,.0f} images" if epoch else f"{row['gradients']:g} samples' gradients"
        times = f"{plain / row['value']:.1f} times" if epoch else "–"
        lines[row["loop"]] = {"what": what, "seconds": f"{row['value']:.2f}", "as fast as the plain loop": times}
    return pd.DataFrame.from_dict(lines, orient="index")


def configuration(rows: pd.DataFrame) -> pd.DataFrame:
    """Training settings by profile; they come from the grids, so the rows are not read."""
    lines = {}
    for profile, scale in SCALES.items():
        facts = asdict(scale.recipe)
        lines[profile] = {
            "data": scale.data["cifar10"], "images": f"{scale.samples:,}" if scale.samples else "all",
            "network": scale.networks["resnet18"], "epochs": facts["epochs"], "batch": facts["batch_size"],
            "rate": f"{facts['lr']:g}, {facts['schedule']}", "momentum": facts["momentum"],
            "weight decay": f"{facts['weight_decay']:g}", "augmentation": facts["augment"],
            "fine-tuning": f"{scale.tune[0]} epochs, batch {scale.tune[1]}", "seeds": scale.seeds,
        }  # fmt: skip
    return pd.DataFrame(lines).astype(str)


def _wrapped(titles) -> tuple[Figure, list[Axes]]:
    """Two panels a row."""
    titles = list(titles)
    rows = math.ceil(len(titles) / 2)
    figure, axes = grid([""] * rows, ["", ""] if len(titles) > 1 else [""], height=2.1)
    panels = list(axes.flat)[: len(titles)]
    for title, axis in zip(titles, panels, strict=True):
        axis.set_title(title)
    for axis in list(axes.flat)[len(titles) :]:
        axis.remove()
    return figure, panels


def _sparsity_axis(axis: Axes) -> None:
    """Percent pruned, by the share that is left on a logarithmic scale: 0 to 90 is as far as 90 to 99."""
    axis.set_xscale("function", functions=(_spread, lambda y: 100 - 100 * 10**-y))
    axis.set_xlim(-8, 99.3)
    axis.set_xticks((0, 50, 75, 90, 95, 99))
    axis.set_xlabel("pruned convolution weights, %")


def _spread(x):
    import numpy as np

    return -np.log10(np.clip(100 - np.asarray(x, dtype=float), 1e-3, None) / 100)


RULE = (
    "Each method's hyper-parameter is the one that a rule without retrained model and test set picks "
    "({item}`sparsity-tuning` has the others)."
)
TABLE = (
    "Percent, mean ± sd over seeds; in brackets the paper's number, where it prints one, to be compared only with a "
    "record of the `paper` profile. Disparity Ave. is the mean "
    f"absolute gap of UA, MIA-Efficacy, RA and TA to retraining under the same mask. {RULE}"
)
VERSUS = {"UA": "UA, %", "MIA-Efficacy": "MIA-Efficacy, %", "RA": "RA, %", "TA": "TA, %"}
TUNED = {f"fine-tuning: {m}": ("fine-tune", m) for m in ("UA", "MIA-Efficacy", "RA", "TA")}


def _tables() -> dict[str, Exhibit]:
    others = {
        "sparsity-tabA2": "CIFAR-100, ResNet-18", "sparsity-tabA3": "SVHN, ResNet-18",
        "sparsity-tabA4": "CIFAR-10, VGG-16", "sparsity-tabA6": "ImageNet at 64 pixels, ResNet-18, class-wise",
    }  # fmt: skip
    return {
        name: Exhibit("table", f"{what}. {TABLE}", partial(main_table, item=name)) for name, what in others.items()
    }


OVERVIEW = Exhibit(
    "figure",
    "Class-wise forgetting: how near fine-tuning comes to retraining, from a dense and from a 95 % sparse model. The "
    f"rim is retraining under the same mask; on the axis speed it is the fastest. {RULE}",
    partial(
        radar, scenarios=("class",),
        shown={"retrained": ("retrain", 0), "fine-tuned, dense": ("fine-tune", 0),
               "fine-tuned, 95 % sparse": ("fine-tune", SPARSE)},
    ),
    "Radar chart with five axes: unlearning accuracy, membership, retain and test accuracy, and speed.",
)  # fmt: skip
EXHIBITS = {
    "sparsity-fig1": OVERVIEW,
    "sparsity-tab1": Exhibit(
        "table",
        f"From dense → from 95 % sparse models: ●● at most {CLOSE:g} points from retraining, ● at "
        f"most {FAIR:g}, ○ further. Time as a share of retraining's. {RULE}",
        qualitative,
    ),
    "sparsity-fig2": Exhibit(
        "figure", "Test accuracy of the original after each pruner, and seconds that pruning and training took.",
        partial(pruners, metrics={"original: TA, %": ("trained", "TA"), "original: seconds": ("trained", "RTE")}),
        "Two line plots against sparsity, a line per pruner.",
    ),
    "sparsity-fig3": Exhibit(
        "figure", f"Class-wise forgetting on models pruned once by size (OMP), against sparsity. {RULE}",
        partial(against_sparsity, metrics=VERSUS),
        "Four line plots against sparsity, a line per method and a dotted one for retraining.",
    ),
    "sparsity-tab2": Exhibit(
        "table",
        "l1-sparse unlearning of a random tenth from the dense model, by schedule of the penalty and by update. Zero "
        "weights: of the convolutions, exactly zero afterwards. "
        f"Percent, mean ± sd over seeds. {RULE}",
        schedules,
    ),
    "sparsity-tab3": Exhibit("table", f"CIFAR-10, ResNet-18. {TABLE}", main_table),
    "sparsity-tuning": Exhibit(
        "table",
        "Disparity Ave. (and the value that gave it) by three ways to choose each method's hyper-parameter: as "
        "published; by the rule, without retrained model and test set; by the oracle, nearest to retraining.",
        tuning,
    ),
    "sparsity-controls": Exhibit(
        "table",
        "Class-wise forgetting as in the main table, and without what these methods do besides: ascent with frozen "
        f"batch-norm statistics, Fisher forgetting that leaves the class's row of the head. Percent. {RULE}",
        controls,
    ),
    "sparsity-fig4": replace(
        OVERVIEW,
        caption="How near fine-tuning and l1-sparse unlearning, both from the dense model, come to retraining, the "
        f"rim. On the axis speed it is the fastest. {RULE}",
        make=partial(
            radar, scenarios=("class", "random"),
            shown={"retrained": ("retrain", 0), "fine-tuned": ("fine-tune", 0), "l1-sparse": ("l1-sparse", 0)},
        ),
        alt="Two radar charts, class-wise and random.",
    ),
    "sparsity-fig5": Exhibit(
        "figure",
        "A backdoor in a tenth of the training images, before and after fine-tuning on the clean rest. Attack "
        "success counts images of the target class, as the paper's figure does; a clean model is at ten. Crosses: "
        "read off that figure.",
        backdoor,
        "Two line plots against sparsity: attack success and clean accuracy of the original and after unlearning.",
    ),
    "sparsity-tab4": Exhibit(
        "table",
        "A proxy for the paper's ImageNet experiment: classes removed from a CIFAR-100 model, then a linear probe of "
        "its features on CIFAR-10. Untrained: the probe on a network's first weights. Percent, mean ± sd over seeds.",
        transfer,
    ),
    "sparsity-prop2": Exhibit(
        "figure",
        "Weight distance between gradient ascent and retraining, the bound of Proposition 2, its factor that the "
        "mask shrinks, and the distance over the norm of the retrained weights. Random masks are the control.",
        proposition,
        "Four line plots against sparsity, a line per kind of mask.",
    ),
    "sparsity-figA1": Exhibit(
        "figure",
        "MIA-Privacy: how well the published attack tells retained training images from test images; 50 is chance. "
        + RULE,
        partial(against_sparsity, metrics={"MIA-Privacy": "MIA-Privacy, %"}),
        "A line plot against sparsity, a line per method.",
    ),
    "sparsity-figA2": Exhibit(
        "figure", f"Class-wise forgetting by fine-tuning after each pruner. {RULE}", partial(pruners, metrics=TUNED),
        "Four line plots against sparsity, a line per pruner.",
    ),
    **_tables(),
    "sparsity-tabA1": Exhibit(
        "table", "Training settings of every profile; `paper` has the published ones.", configuration
    ),
    "sparsity-speed": Exhibit("table", "Seconds, best of three, in one run on one machine.", speed),
}  # fmt: skip
