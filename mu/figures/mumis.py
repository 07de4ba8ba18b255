"""Figures and tables of the `mumis` chapter."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mu.experiments.mumis import ALONG, DELTA, LEVELS, METHODS, RETAIN_FREE, SIMPLER
from mu.figures import tables
from mu.figures.drawing import COLOURS, MARKED, MARKS, PALETTE, RING, ends, line, log_axis, names_down, panels
from mu.figures.exhibit import BY_RULE, Exhibit
from mu.figures.tables import Lines, method_line, table
from mu.names import shown
from mu.reading import select, side_by_side
from mu.reading.mumis import (
    CASE,
    METRICS,
    PAPER_NAMES,
    affordable,
    at,
    attempts,
    by_delta,
    chosen,
    class_name,
    courses,
    distances,
    gaps,
    paper_scenario,
    sequences,
    stop,
)
from mu.reported import printed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUPS = {  # what a table's block is called behind its request -> methods, in the table's order
    "": ("trained", "retrain"),
    ": with retained data": tuple(method for method in METHODS if method not in RETAIN_FREE),
    ": without retained data": RETAIN_FREE,
}
# Of the class to forget and of the others, their logits and their accuracies alike.
OTHER_COLOUR, TARGET_COLOUR, UNSEEN_COLOUR, LOSS_COLOUR, *_ = PALETTE
RATE_COLOURS = (TARGET_COLOUR, OTHER_COLOUR, *PALETTE[2:])
MARKERS = dict(zip(ALONG, MARKS, strict=True))
BLOWN_UP = 5.0  # times the start: a course that diverges leaves the panel there


# ---- Every method on one request -------------------------------------------------------------------------


def main_table(rows: pd.DataFrame, item: str) -> pd.DataFrame:
    """Methods down, those that get retained data and those that do not apart; the paper's value behind ours."""
    ranks = lambda level: level.map(LEVELS.index, na_action="ignore")
    rows = attempts(rows).sort_values("level", kind="stable", key=ranks)

    def line(part: pd.DataFrame) -> dict[str, str]:
        data, kind, forget, method = part.iloc[0][["dataset", "scenario", "forget", "method"]]
        where = {"dataset": shown(data), "scenario": paper_scenario(kind, forget)}
        paper = partial(printed, item, method=PAPER_NAMES.get(method), **where)
        return method_line(chosen(part, "rule"), METRICS, paper, {"KL": 2})

    return tables.grouped(rows, GROUPS, line)


def tuning(rows: pd.DataFrame) -> pd.DataFrame:
    """Avg. Gap and the value it was reached with, by each way to choose."""
    return tables.tuning(attempts(rows), chosen, METHODS)


@table("request", "method", "value")
def search(rows: pd.DataFrame) -> Lines:
    """Every value tried: what the rule reads, what came of it, and which the rule picks, at an edge or inside."""
    rows = attempts(rows)
    picked = set(chosen(rows, "rule").groupby(["block", "method", "shown"]).groups)
    metrics = {"FA": "FA", "RA": "RA", "TA": "TA"}
    metrics |= {"proxy gap": "distance that the rule reads", "Avg. Gap": "Avg. Gap"}
    for request, asked in rows[rows["tried"].notna()].groupby("block", sort=False):
        for method in METHODS:
            of_method = select(asked, method=method)
            ends = tables.at_ends(of_method)
            for _, part in of_method.groupby(["lr", "tried"], dropna=False):  # MU-Mis has both
                key = (request, method, part["shown"].iloc[0])
                by_rule = "" if key not in picked else "edge" if key[2] in ends else "picked"
                yield key, method_line(part, metrics) | {"rule": by_rule}


def tradeoff(rows: pd.DataFrame) -> Figure:
    """A panel for each method: RA against FA, a dot for each value tried at each seed, rings what the rule picks."""
    rows = attempts(rows)
    tried, picked = (side_by_side(part, "FA", "RA") for part in (rows, chosen(rows, "rule")))

    def panel(axis: Axes, method: str) -> None:
        dots, rings = (select(part, method=method) for part in (tried, picked))
        axis.plot(dots["FA"], dots["RA"], "o", color=COLOURS.get(method), markersize=3, alpha=0.6)
        axis.plot(rings["FA"], rings["RA"], color=COLOURS.get(method), **RING)
        ends(axis, tried, "FA", "RA")

    known = set(tried["method"])
    columns = {method: method for method in METHODS if method in known}
    return panels(panel, columns, across=4, height=1.15, sharex=True, sharey=True, name="RA, %", x="FA, %")


def floor(rows: pd.DataFrame) -> pd.DataFrame:
    """The second retrained model: its metrics, and its distance to the first."""
    metrics = {name: title for name, title in METRICS.items() if name != "RTE"}
    return tables.floor(attempts(rows), metrics)


# ---- Sensitivity: figures 1 to 4 -------------------------------------------------------------------------


def sketch(rows: pd.DataFrame) -> Figure:
    """The three learned functions over the pixel's value, and the samples at the side of their class."""

    def panel(axis: Axes, rows: pd.DataFrame) -> None:
        for method, dash in {"untrained": ":", "trained": "-", "retrain": "-"}.items():
            learned = select(rows, method=method, metric="logit difference")
            colour = COLOURS["trained" if method == "untrained" else method]
            line(axis, learned, "x", colour=colour, label=method, linestyle=dash)
        samples = {
            "label": ("o", 4, COLOURS["trained"], "kept sample"),
            "odd": ("X", 8, TARGET_COLOUR, "sample to forget"),
        }
        edges = axis.get_xaxis_transform()
        for metric, (mark, size, colour, label) in samples.items():
            drawn = select(rows, method="sample", metric=metric)
            place = 0.05 + 0.9 * drawn["value"]
            axis.plot(drawn["x"], place, mark, color=colour, label=label, transform=edges, markersize=size)
        axis.margins(y=0.15)
        axis.set_xlabel("pixel value")

    return panels(panel, {"": rows}, name="logit of class 1 − class 0", height=2.4)


def shares(rows: pd.DataFrame, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the bins and percent of samples in each, mean over seeds; an empty bin before and one behind."""
    part = select(rows[np.isfinite(rows["bin"].astype(float))], metric=metric)
    if part.empty:
        return np.array([]), np.array([])
    tenths = (10 * part["bin"]).round().astype(int)  # decimals of a logarithm: exact as whole numbers only
    by = part.assign(bin=tenths).pivot_table(index="seed", columns="bin", values="value", aggfunc="sum")
    every = np.arange(tenths.min() - 1, tenths.max() + 2)
    return 10 ** (every / 10), by.reindex(columns=every).fillna(0).mean().to_numpy()


def _histogram(axis: Axes, rows: pd.DataFrame, metric: str, colour: str, label: str, filled: float = 0.2) -> None:
    edges, percents = shares(rows, metric)
    axis.plot(edges, percents, color=colour, label=label, drawstyle="steps-post", linewidth=1.4)
    axis.fill_between(edges, percents, color=colour, alpha=filled, step="post", linewidth=0)
    median = select(rows, metric=f"{metric}, median")["value"].mean()
    axis.axvline(median, color=colour, linestyle="--", linewidth=1)
    log_axis(axis.xaxis)


def before_after(rows: pd.DataFrame) -> Figure:
    """How large the Jacobian is before and after training."""

    def panel(axis: Axes, rows: pd.DataFrame) -> None:
        for method, colour in {"untrained": OTHER_COLOUR, "trained": TARGET_COLOUR}.items():
            _histogram(axis, select(rows, method=method), "jacobian", colour, method)
        unseen = select(rows, method="trained")
        _histogram(axis, unseen, "jacobian, held out", UNSEEN_COLOUR, "trained, held-out images", filled=0)
        axis.set_ylim(bottom=0)
        axis.set_xlabel("norm of the logits' Jacobian with respect to the pixels")

    return panels(panel, {"": rows}, name="images, %", height=2.1)


def target_other(rows: pd.DataFrame) -> Figure:
    """The same of two logits apart: that of the sample's class, and those of the others."""

    def panel(axis: Axes, method: str) -> None:
        part = select(rows, method=method)
        _histogram(axis, part, "target", TARGET_COLOUR, "class of the sample")
        _histogram(axis, part, "other", OTHER_COLOUR, "other classes")
        axis.set_ylim(bottom=0)
        axis.set_xlabel("norm of the logit's gradient")

    columns = {"before training": "untrained", "after training": "trained"}
    return panels(panel, columns, name="training samples, %", height=2.1, width_ratios=(1, 2))  # few bins before


def directions(rows: pd.DataFrame) -> Figure:
    """For each request, how many forget samples' sensitivities fall, by retraining and by MU-Mis."""
    rows = attempts(rows)
    asked = list(rows["block"].unique())

    def panel(axis: Axes, which: str) -> None:
        axis.axvline(50, color=COLOURS["trained"], linestyle=":", linewidth=1.2)
        for method, offset in {"retrain": -0.19, "mu-mis": 0.19}.items():
            falls = select(rows, metric=f"{which} falls", method=method)
            share = falls.groupby("block")["value"].mean().reindex(asked).fillna(0)
            places = np.arange(len(asked)) + offset
            axis.barh(places, share, height=0.34, color=COLOURS[method], label=method, linewidth=0)
            of_seeds = [asked.index(block) + offset for block in falls["block"]]
            axis.plot(falls["value"], of_seeds, "o", color=mpl.rcParams["text.color"], markersize=3.5)
        axis.set_xlim(-6, 112)
        axis.set_xticks((0, 50, 100))
        axis.set_xlabel("percent of\nforget samples")
        axis.grid(False, axis="y")
        names_down(axis, asked)

    columns = {f"{which} falls": which for which in ("target", "other", "difference")}
    return panels(panel, columns, height=0.8 + 0.4 * max(len(asked), 1), sharey=True)


# ---- One request after another ---------------------------------------------------------------------------


def along(rows: pd.DataFrame) -> Figure:
    """A row of panels per method: accuracy on every class of the sequence and on all others, after each request."""
    methods = [method for method in ("retrain", *ALONG) if method in set(rows["method"])]
    names = {method if len(method) < 10 else method.replace("-", "-\n"): method for method in methods}

    def panel(axis: Axes, method: str, part: pd.DataFrame) -> None:
        known = part[(part["method"] == method) | ((part["method"] == "trained") & (part["step"] == 0))]
        for place, fa in select(known, metric="FA").groupby("place"):
            line(axis, fa[fa["step"] <= place], "step", colour=COLOURS["trained"], label="FA, class still in")
            removed = fa[fa["step"] >= place]
            line(axis, removed, "step", colour=TARGET_COLOUR, label="FA, class removed", zorder=3)
            here = select(removed, step=place)["value"].mean()
            axis.plot(place, here, "o", color=TARGET_COLOUR, markersize=4.5, zorder=3)
        ra = select(known, metric="RA")
        line(axis, ra, "step", colour=mpl.rcParams["text.color"], label="RA", linestyle=":")
        axis.locator_params(axis="y", nbins=3)
        asked = part.dropna(subset="asked").drop_duplicates("asked")
        classes = [class_name(*case) for case in zip(asked["dataset"], asked["asked"], strict=True)]
        axis.set_xticks([0, *asked["place"]], ["start", *classes], rotation=40, ha="right", rotation_mode="anchor")

    return panels(panel, sequences(rows), names, height=1.05, sharex="col", sharey="col")


def by_step(axis: Axes, rows: pd.DataFrame) -> None:
    """A line for each method along the sequence."""
    for method, marker in MARKERS.items():
        part = select(rows, method=method)
        if len(part):
            line(axis, part, "step", colour=COLOURS[method], label=method, marker=marker, markersize=5)
    axis.set_xticks(sorted(rows["step"].dropna().unique()))
    axis.set_xlabel("requests")


def sequence_gaps(rows: pd.DataFrame) -> Figure:
    """What each method loses of the rest, and what it leaves of what was removed, along the sequence."""

    def panel(axis: Axes, part: pd.DataFrame, metric: str) -> None:
        by_step(axis, select(gaps(part), metric=metric))
        axis.set_ylim(bottom=-0.5)  # several are at 0

    columns = {f"{metric}, points": metric for metric in ("utility gap", "resilience gap")}
    return panels(panel, columns, sequences(rows))


def sequence_kl(rows: pd.DataFrame) -> Figure:
    """KL to the retrained model along the sequence."""

    def panel(axis: Axes, part: pd.DataFrame) -> None:
        by_step(axis, select(part, metric="KL"))
        log_axis(axis.yaxis)

    return panels(panel, sequences(rows), name="KL, nats (log)", height=2.3, sharey=True)


# ---- The course of a run ---------------------------------------------------------------------------------


def course_panels(rows: pd.DataFrame) -> Figure:
    """A column for each rate: accuracies, sensitivities and the loss, and where the rule ends the run."""
    rates = sorted(rows["lr"].dropna().unique())

    def accuracies(axis: Axes, part: pd.DataFrame) -> None:
        _seeds(axis, select(part, metric="FA"), TARGET_COLOUR, "FA")
        _seeds(axis, select(part, metric="RA"), OTHER_COLOUR, "RA")
        _stop_line(axis, part)

    def sensitivities(axis: Axes, part: pd.DataFrame) -> None:
        target, other = select(part, metric="target"), select(part, metric="other")
        _seeds(axis, target, TARGET_COLOUR, "sensitivity, class to forget", "--")
        _seeds(axis, other, OTHER_COLOUR, "sensitivity, others", "--")
        _stop_line(axis, part, label=f"stop, δ = {DELTA:g}")
        start = select(pd.concat([target, other]), step=0)["value"].max()
        if start > 0:
            axis.set_ylim(0, BLOWN_UP * start)

    def losses(axis: Axes, part: pd.DataFrame) -> None:
        loss = select(part, metric="loss")
        _seeds(axis, loss, LOSS_COLOUR, "loss")
        _stop_line(axis, part)
        start = select(loss, step=0)["value"].max()
        if start > 0:
            axis.set_ylim(-BLOWN_UP * start, 1.2 * start)
        axis.set_xlabel("step")

    columns = {f"rate {rate:g}": select(rows, lr=rate) for rate in rates}
    looks = {"accuracy, %": accuracies, "sensitivity": sensitivities, "loss": losses}
    return panels(lambda axis, look, part: look(axis, part), columns, looks, sharex="col", sharey="row")


def _seeds(axis: Axes, rows: pd.DataFrame, colour: str, label: str, dash: str = "-") -> None:
    """A thin line for each seed: their mean would jump where one diverges and the others go on."""
    for _, run in rows.groupby("seed"):
        line(axis, run, "step", colour=colour, label=label, linestyle=dash, linewidth=1.1)


def _stop_line(axis: Axes, part: pd.DataFrame, label: str | None = None) -> None:
    """Where the rule ends the runs, the mean of those that it ends."""
    steps = pd.Series([stop(course, DELTA) for _, course in courses(part)], dtype=float)
    mean = steps[steps < math.inf].mean()
    axis.axvline(mean, color=mpl.rcParams["text.color"], linestyle=":", linewidth=1.4, label=label)


def beside_retraining(rows: pd.DataFrame) -> Figure:
    """A column for each request: distance to the retrained model along a run, and the accuracies behind it."""
    rows = pd.concat([rows, distances(rows)])
    names = {"class": "a class", "random": "a random tenth"}
    columns = {
        f"{shown(dataset)}, {names[kind]}": part for (kind, dataset), part in rows.groupby(["scenario", "dataset"])
    }

    def panel(axis: Axes, metric: str, part: pd.DataFrame) -> None:
        for rate, colour in zip(sorted(part["lr"].dropna().unique()), RATE_COLOURS, strict=False):
            run = select(part, lr=rate)
            line(axis, select(run, metric=metric), "step", colour=colour, label=f"rate {rate:g}")
            for _, course in courses(run):
                step = stop(course, DELTA)
                axis.plot(step, at(course, metric, step), "o", color=colour, markersize=5)
        axis.plot(math.nan, math.nan, "o", color=mpl.rcParams["text.color"], label="where the rule stops")
        alike = select(part, metric=metric)
        levels = {
            "retrained": ("retrain", select(alike, method="retrain")),
            "original": ("trained", select(alike, step=0)),
        }
        for name, (method, level) in levels.items():
            axis.axhline(level["value"].mean(), color=COLOURS[method], linestyle="--", linewidth=1.4, label=name)
        top = max(1, 1.05 * alike["value"].max())
        axis.set_ylim(-0.03 * top, top)  # retraining may be at 0

    metrics = {"Avg. Gap, points": "Avg. Gap", "FA, %": "FA", "RA, %": "RA"}
    return panels(panel, columns, metrics, sharex="col", x="step")


def equal(rows: pd.DataFrame) -> Figure:
    """A panel for each method: RA against FA along its runs, and those of MU-Mis behind."""
    models = side_by_side(rows, "FA", "RA")

    def runs(axis: Axes, method: str, **look) -> None:
        for _, run in select(models, method=method).groupby(["tried", "seed"]):
            run = run.sort_values("step")
            axis.plot(run["FA"], run["RA"], linewidth=1.1, **look)

    def panel(axis: Axes, method: str) -> None:
        if method != "mu-mis":
            runs(axis, "mu-mis", color=COLOURS["mu-mis"], alpha=0.35)
        runs(axis, method, color=COLOURS.get(method), marker="o", markersize=2)
        ends(axis, models, "FA", "RA")

    known = set(models["method"])
    columns = {method: method for method in ("mu-mis", *SIMPLER) if method in known}
    return panels(panel, columns, across=2, height=2.1, sharex=True, sharey=True, name="RA, %", x="FA, %")


@table()
def speed(rows: pd.DataFrame) -> Lines:
    """Seconds measured on some images, and what they come to at full size."""
    rows = rows.dropna(subset="passes")

    def cost(method: str, passes: float | None = None) -> dict[str, str]:
        per, images, known = select(rows, method=method)[["value", "images", "passes"]].mean()
        passes = passes or known
        seconds = f"{per * images * passes:,.0f}"
        return {"milliseconds an image": f"{1000 * per:.3g}", "images": f"{images:,.0f}", "passes": f"{passes:.0f}",
                "seconds": seconds}  # fmt: skip

    for method, name in {"retrain": "retraining", "mu-mis": "MU-Mis, one pass"}.items():
        if method in set(rows["method"]):
            yield name, cost(method)
    most = affordable(rows, 100).mean()
    if most > 0:
        yield "MU-Mis, a hundredth of retraining", cost("mu-mis", most)


def delta_panels(rows: pd.DataFrame) -> Figure:
    """Accuracies at the stop against delta, a line for each rate."""
    accuracies, before = by_delta(rows).dropna(subset="value"), select(rows, step=0)

    def panel(axis: Axes, metric: str) -> None:
        part = select(accuracies, metric=metric)
        for rate, colour in zip(sorted(part["lr"].unique()), RATE_COLOURS, strict=False):
            line(axis, select(part, lr=rate), "delta", colour=colour, label=f"rate {rate:g}", **MARKED)
        by = part.groupby(["lr", "delta"]).agg({"value": "mean", "ended": "all"}).reset_index()
        over = by[~by["ended"].astype(bool)]
        ink = mpl.rcParams["text.color"]
        axis.plot(over["delta"], over["value"], "x", color=ink, markersize=7, label="a course ended before", zorder=5)
        original = select(before, metric=metric)["value"].mean()
        axis.axhline(original, color=COLOURS["trained"], linestyle="--", linewidth=1.4, label="original")
        axis.set_ylim(-2, 1.05 * max(2, original, part["value"].max()))  # whole points at 0 and at the largest
        axis.set_xlabel("δ")

    return panels(panel, {f"{metric} at the stop, %": metric for metric in ("FA", "RA", "TA")}, height=2.3)


VARIANT_NAMES = {
    "both": "both terms", "target": "target class alone", "other": "other class alone", "jacobian": "both lowered",
    "spectral": "spectral norm", "weighted": "weighted",
}  # fmt: skip
START, TOGETHER, ALONE, END = "start", "where both terms stop", "where its own rule stops", "end"


def state(course: pd.DataFrame, step: float) -> dict[str, float]:
    """Step, accuracies, and sensitivities as shares of those at the start; NaN if the course was over by then."""
    step = step if step <= course["step"].max() else math.nan
    accuracies = {metric: at(course, metric, step) for metric in ("FA", "RA")}
    slopes = {metric: at(course, metric, step) / at(course, metric, 0) for metric in ("target", "other")}
    return {"step": step, **accuracies, **slopes}


@table("variant", "at")
def variants(rows: pd.DataFrame, compared: tuple[str, ...]) -> Lines:
    """Variants of the loss before the run, where the rule ends that with both terms and their own, and at the end."""
    states = {("original", START): []}  # in the table's order -> states, one per seed
    states |= {(VARIANT_NAMES[variant], moment): [] for variant in compared for moment in (TOGETHER, ALONE, END)}
    for _, alike in rows.groupby([*CASE, "lr"]):
        known = {key["variant"]: course for key, course in courses(alike)}
        together = stop(known["both"], DELTA) if "both" in known else math.inf
        tried = [variant for variant in compared if variant in known]
        states["original", START] += [state(known[variant], 0) for variant in tried[:1]]
        for variant in tried:
            course, name = known[variant], VARIANT_NAMES[variant]
            states[name, TOGETHER].append(state(course, together))
            if variant != "both":
                states[name, ALONE].append(state(course, stop(course, DELTA)))
            states[name, END].append(state(course, course["step"].max()))
    titles = {"step": "step", "FA": "FA, %", "RA": "RA, %", "target": "target slope", "other": "other slope"}
    slopes, last = ("target slope", "other slope"), rows["step"].max()
    for key, seeds in states.items():
        if seeds:
            frame = pd.DataFrame(seeds)
            digits = {"step": 0} | {slope: 2 if frame[slope].max() < 100 else 0 for slope in ("target", "other")}
            made = method_line(frame.melt(var_name="metric"), titles, digits=digits)
            lost = sum(frame["step"] < last) if key[1] == END else 0  # all courses are asked for as many steps
            yield key, made | dict.fromkeys(slopes, f"{lost} of {len(seeds)} diverged") if lost else made


TABLE_NOTE = (
    "Percent, mean ± sd over seeds; time in seconds, for trained and retrain that of training. Avg. Gap is the mean "
    "absolute gap of RA, FA and TA to retraining; a dash: no value tried gave finite weights, or not recorded yet. "
    "MIA: the share of the forget set that an attack by entropy calls members. KL: to the retrained model, on the "
    "forget set, in nats. In brackets the paper's number, by a third-party account; records of the `paper` profile "
    f"alone are of its size. {BY_RULE}"
)
SEQUENCE_NOTE = "Each method's hyper-parameter is picked at the first request by the rule, and kept."
COURSE_NOTE = "Forgetting a full class without the stopping rule. RA on a fixed part of the other test images."
TABLE_CAPTIONS = {
    "mumis-tab1": "A full class, ResNet-18. Other choices of the hyper-parameters: {item}`mumis-tuning`.",
    "mumis-tab2": "A sub-class, ResNet-18.",
    "mumis-tab3": "A full class, ViT.", "mumis-tabA7": "A random tenth of the training samples, ResNet-18.",
    "mumis-full": "A full class, ResNet-18, from a model trained on all images.",
    "mumis-tabA9": "A full class, VGG-16.", "mumis-tabA10": "A sub-class, ViT.",
    "mumis-memo": "The tenth of the training samples that is memorised least, in the middle or most, ResNet-18.",
}  # fmt: skip


def _variants(what: str, *compared: str) -> Exhibit:
    facts = (
        f"Where the rule stops with δ = {DELTA:g}; slopes are sensitivities as shares of those at the start, and "
        "not given where a course diverged. Mean ± sd over seeds; a dash: the course does not get there, or its rule "
        "does not stop."
    )
    return Exhibit(f"{what} {COURSE_NOTE} {facts}", partial(variants, compared=compared))


EXHIBITS = {
    "mumis-fig1": Exhibit(
        "A network with one input, the value of a pixel, and two classes. One sample has the label of the other "
        "class. The learned function bends to it, and is steep beside it; retrained without the sample it does not.",
        sketch,
        "Line plot of three learned functions over the pixel value, with the samples as dots above and below.",
    ),
    "mumis-fig2": Exhibit(
        "Input sensitivity of training samples, and of images that were never trained on: the norm of all logits' "
        "gradients by the normalised pixels. Dashed: medians.",
        before_after,
        "Three histograms over a logarithmic axis: training samples before and after training, held-out ones after.",
    ),
    "mumis-fig3": Exhibit(
        "As {item}`mumis-fig2`, for one logit at a time: that of the sample's own class, and the others'. Dashed: "
        "medians.",
        target_other,
        "Two panels, before and after training, each with two histograms over a logarithmic axis.",
    ),
    "mumis-fig4": Exhibit(
        "Percent of forget samples whose sensitivity is lower after retraining, or after MU-Mis, than in the "
        "original: of the target class, of the others, and the difference of both. Bars: means; dots: seeds.",
        directions,
        "Bars for each request in three panels, two bars each, with a line at one half.",
    ),
    "mumis-search": Exhibit(
        "Every value tried, of MU-Mis every pair of δ and learning rate. The rule takes the smallest distance, which "
        "reads neither the retrained model nor a test image; the oracle takes the smallest Avg. Gap. Last "
        "column: what the rule picks, in any seed. Dash: diverged.",
        search,
    ),
    "mumis-tradeoff": Exhibit(
        "What each method keeps against what it forgets: accuracy on the other classes (RA) against that on the "
        "class (FA), both on test images. A dot for each value of its hyper-parameter at each seed; rings: what the "
        "rule picks. Star: the retrained model, where unlearning should end; square: the trained one.",
        tradeoff,
        "Scatter plots of RA against FA, a panel per method, with a star for the retrained model at FA near 0.",
    ),
    "mumis-equal": Exhibit(
        "Accuracy on the other classes (RA) against that on the class to forget (FA), along runs that nothing stops: "
        "a dot after every pass over the class, a line for each learning rate and seed. None is handed a retained "
        "image. MU-Mis's lines are repeated in pale behind the others'. On a fixed part of the test images.",
        equal,
        "Line plots of RA against FA from the square (trained) at the right to the left, a panel per method.",
    ),
    "mumis-floor": Exhibit(
        "A second retrained model, from other first weights and in another order of batches, and its distance to the "
        "one that every method is compared with: Avg. Gap in points, KL in nats; the rest percent, mean ± sd over "
        "seeds.",
        floor,
    ),
    "mumis-tuning": Exhibit(
        "Avg. Gap (and the value that gave it; of MU-Mis δ at a learning rate) by three ways to choose each "
        "method's hyper-parameter: as published, where a value is known; by the rule, without retrained model and "
        "test set; by the oracle, nearest to retraining. A star: the value is at an end of the grid, so a longer "
        "one might serve better.",
        tuning,
    ),
    "mumis-fig5": Exhibit(
        "Test accuracy, in percent, at the start and after each request: on each class of the sequence, with a dot "
        f"above its name where it is removed, and on all classes outside it (RA). {SEQUENCE_NOTE}",
        along,
        "Line plots, a row per method; grey lines of classes fall as they are removed, the dotted line is RA.",
    ),
    "mumis-fig6": Exhibit(
        "Gaps to the model that is retrained after each request: of RA (utility), and of FA, mean over all classes "
        "removed so far (resilience), where 0 says nothing if accuracy on the rest is lost ({item}`mumis-fig5`). "
        f"{SEQUENCE_NOTE}",
        sequence_gaps,
        "Line plots against the number of requests, a line per method.",
    ),
    "mumis-fig7": Exhibit(
        f"Kullback-Leibler divergence to the retrained model on all samples removed so far. {SEQUENCE_NOTE}",
        sequence_kl,
        "Line plots against the number of requests, a line per method.",
    ),
    **{
        item: Exhibit(f"{what} {TABLE_NOTE}", partial(main_table, item=item))
        for item, what in TABLE_CAPTIONS.items()
    },
    "mumis-tabA12": _variants("Which terms of the loss are needed.", "both", "target", "other"),
    "mumis-tabA13": _variants("Frobenius or spectral norm of the gradients.", "both", "spectral"),
    "mumis-tabA14": _variants(
        "Beside lowering both sensitivities, and the weighted form.", "both", "jacobian", "weighted"
    ),
    "mumis-figA1": Exhibit(
        f"{COURSE_NOTE} A line for each seed: accuracies, sensitivities and the loss, by learning rate. "
        f"The dotted line is where the stopping rule would end the run (δ = {DELTA:g}, mean over seeds). "
        f"Sensitivities above {BLOWN_UP:g} times those at the start are cut off, and losses below -{BLOWN_UP:g} "
        "times theirs. A run that diverges ends there.",
        course_panels,
        "A column per learning rate: accuracies above, then sensitivities and the loss, against the step.",
    ),
    "mumis-stop": Exhibit(
        "How far MU-Mis is from the retrained model along a run without the stopping rule, by learning rate: Avg. "
        "Gap, and the accuracies it is made of, against the step; both runs have the same number of passes. Dashed: "
        "the retrained model, and the original, from which a run begins. A dot: where the rule ends it "
        f"(δ = {DELTA:g}), if it does, one for each seed. On a fixed part of the images.",
        beside_retraining,
        "Line plots, a column for each request: the gap above, then accuracies on forget set and rest.",
    ),
    "mumis-speed": Exhibit(
        "Time of a run of MU-Mis beside that of retraining: milliseconds measured in one run on one machine, times "
        "images and passes of the full size, CIFAR-100 without held-out samples and one class of it. The last row: "
        "passes that take a hundredth of the time.",
        speed,
    ),
    "mumis-figA2": Exhibit(
        f"{COURSE_NOTE} Accuracies at the recorded step nearest to where the rule ends the run, against δ. Dashed: "
        "the original. Crosses: for a seed or more the course was over before, and its end counts.",
        delta_panels,
        "Three line plots against delta, a line per learning rate.",
    ),
}  # fmt: skip
