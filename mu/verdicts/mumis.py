"""The claims of *Remaining-data-free Machine Unlearning by Suppressing Sample Contribution* (Cheng et al.).

What we know of the claims is the abstract and third-party accounts. Each method has the hyper-parameter that the rule
without retrained model and test set picks; MU-Mis has its learning rate and delta by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pandas as pd

from mu.experiments import mumis
from mu.experiments.mumis import DELTA
from mu.reading import mean_sd, select, side_by_side
from mu.reading.mumis import FINE, SCENARIOS, affordable, at, chosen, distances, in_order, stop
from mu.verdicts.claim import Claim, Finding, Part, Rows, joined, that_count
from mu.verdicts.differences import (
    NO_DIFFERENCE,
    Comparison,
    arrow,
    as_one,
    below,
    by_method,
    by_seed,
    each_network,
    every,
    exceeds,
    finding,
    of_items,
    once,
    paired,
    summary,
    times,
    untestable,
    within,
)

# ---- Tolerances, in points of accuracy (percent of samples) unless said otherwise; all ours ------------------

# Times by which training must raise sensitivity. An account has seven orders of magnitude; how small it is
# before training is a matter of the initial weights, so one order is asked.
RAISED = 10.0
MOST = 50.0  # percent of the forget samples above which they are most of them
# AUC, in percent, above which sensitivity tells training samples from others: chance, and two standard errors of 200
# samples each (`laptop`), which are 5.8 points.
TOLD_APART = 56.0
# Accuracy on the forget set that counts as the retrained model's. Of a class the retrained model gets none right, and
# five points is what the paper marks in red. Of a sub-class it may get half of 100 test images right, with a standard
# error of 5; ten is two of those.
SAME_FA = {"class": 5.0, "subclass": 10.0}
# Losses of utility, in percent of the accuracy that is lost from: a point is little beside the paper's 76.5 % on
# CIFAR-100, and much beside a third of that, which a short training gives. "About one point" of 76.5 counts as none,
# and five, which the paper marks in red, as a loss.
NO_LOSS, RED = 1.3, 6.5
# Average gap of the original below which there is nothing to unlearn: methods could hardly differ by NO_DIFFERENCE.
ROOM = 2 * NO_DIFFERENCE
# How many times as long others take: just below the paper's smallest ratios, which are 125 (10,367 s by 83 s) to
# retraining and 8.5 (254 s by 30 s) to SalUn.
THAN_RETRAIN, THAN_SALUN = 100.0, 8.0
# A rise of the removed classes' accuracy that is none: two standard errors of one half on 400 test images.
REBOUND = 5.0
# Nats by which a mean KL must be the larger one: a tenth of what the trained model's is on a random subset.
LARGER = 0.01
# RA along a course that counts as the same: two standard errors of 75 % on 2,000 test images are 1.9.
SAME_RA = 2.0

# ---- The tables ------------------------------------------------------------------------------------------

WHOLE = "mumis-full"
TABLE_ITEMS = ("mumis-tab1", "mumis-tab2", "mumis-tab3", "mumis-tabA9", "mumis-tabA10")
FREE = tuple(method for method in mumis.RETAIN_FREE if method != "mu-mis")
RETAINING = ("fine-tune", "bad-teacher", "scrub", "ssd", "salun", "duck", "munba", "lotus")  # the paper's
OTHERS = (*FREE, *RETAINING, "rum")  # on a random subset, where RUM is tried, too
RANDOM, COURSES, STOPS = "mumis-tabA7", "mumis-figA1", "mumis-stop"


def each_request(frames: Rows) -> Iterator[Part]:
    """The rows of every item by data set, network and what is to be forgotten."""
    for (dataset, model, scenario), item, alike in each_network(frames, "scenario"):
        for label, part in alike.groupby("forget", dropna=False):
            named = f" {FINE.get(label, f'{label:g}')}" if scenario == "subclass" else ""
            trained = ("trained on all images",) if item == WHOLE else ()
            yield (dataset, model, SCENARIOS.get(scenario, scenario) + named, *trained), item, part


def tables(frames: Rows) -> list[Part]:
    """Every request once, with the rule's values. In small profiles one data set stands for several."""
    picked = ((names, item, chosen(tried, "rule")) for names, item, tried in each_request(frames))
    return once(picked, lambda rows: len(by_seed(rows, "Avg. Gap", method="mu-mis")))


def _nearer(rows: pd.DataFrame, metric: str, others: Sequence[str], behind: float = 0) -> list[Comparison]:
    """MU-Mis against each of the other methods: by how much its number is the smaller one; it may be `behind`."""
    ours, *theirs = by_method(rows, metric, "mu-mis", *others)
    ahead = [paired(other, ours) for other in theirs]
    return [Comparison(m, exceeds(a, -behind), mean_sd(a, 2), a) for m, a in zip(others, ahead, strict=True)]


def _smaller_kl(rows: pd.DataFrame, others: Sequence[str]) -> Finding:
    """Whether all other methods have the larger KL."""
    what = f"methods have the larger KL ({mean_sd(by_seed(rows, 'KL', method='mu-mis'), 2)})"
    return as_one(summary(_nearer(rows, "KL", others, behind=-LARGER), what, "by", 2))


def _on_par(rows: pd.DataFrame) -> Iterator[Finding]:
    """C5."""
    with_it = _nearer(rows, "Avg. Gap", RETAINING, behind=NO_DIFFERENCE)
    yield as_one(summary(with_it, "methods with retained data", "nearer or level, by"))


def _nearest_without(rows: pd.DataFrame) -> Iterator[Finding]:
    """Free: an answer for every other method without retained data."""
    yield summary(_nearer(rows, "Avg. Gap", FREE), "methods without retained data", "nearer by")


def _lost(before: pd.Series, after: pd.Series, of: pd.Series) -> pd.Series:
    """What was lost of an accuracy, in percent of another one."""
    return (100 * (before - after) / of).dropna()


def _keeps_utility(rows: pd.DataFrame) -> Iterator[Finding]:
    """C4. What the original does not have, or what retraining costs, is no loss of the method's."""
    ends = {metric: by_method(rows, metric, "trained", "mu-mis", "retrain") for metric in ("FA", "RA", "TA")}
    margin, (before, after, goal) = SAME_FA[rows["scenario"].iloc[0]], ends["FA"]
    if abs(before.mean() - goal.mean()) < margin:
        why = f"the original's FA is {mean_sd(before)}, the retrained model's {mean_sd(goal)}"
        yield untestable(why, before, goal)
        return
    fa = paired(after, goal)
    ra, ta = (_lost(before.clip(upper=goal), after, goal) for before, after, goal in (ends["RA"], ends["TA"]))
    answer = every(
        within(fa, margin, "FA's distance"), below(ra, NO_LOSS, "percent of RA lost"),
        below(ta, NO_LOSS, "percent of TA lost"),
    )  # fmt: skip
    shown = [f"{m} {arrow(*ours)}, retrained {mean_sd(goal)}" for m, (*ours, goal) in ends.items()]
    yield finding("; ".join(shown), answer)


def _others_lose(rows: pd.DataFrame) -> Iterator[Finding]:
    """Losses: an answer for every other method without retained data; MU-Mis's own loss is shown beside."""
    goal, ours, *left = by_method(rows, "RA", "retrain", "mu-mis", *FREE)
    losses = [(method, _lost(goal, ra, goal)) for method, ra in zip(FREE, left, strict=True)]
    cases = [Comparison(method, exceeds(loss, RED), f"{mean_sd(loss)} %", loss) for method, loss in losses]
    own = mean_sd(_lost(goal, ours, goal))
    yield summary(cases, f"methods, of RA {mean_sd(goal)} (MU-Mis itself {own} %)", "losing percent:")


def _cheap(rows: pd.DataFrame) -> Iterator[Finding]:
    """C6: an answer each against retraining and SalUn."""
    ours, retrain, salun = by_method(rows, "RTE", "mu-mis", "retrain", "salun")
    cases = []
    for theirs, shown, margin in ((retrain, "retraining", THAN_RETRAIN), (salun, "SalUn", THAN_SALUN)):
        longer = times(theirs, ours)
        numbers = f"{shown} {mean_sd(longer)} times as long"
        cases.append(finding(numbers, exceeds(longer, margin)))
    yield joined(cases, f"{mean_sd(ours)} s; ")


def _measured(rows: pd.DataFrame) -> Iterator[Finding]:
    """Price."""
    ours, retrain = by_method(rows, "RTE", "mu-mis", "retrain")
    before, after = by_method(rows, "FA", "trained", "mu-mis")
    longer, fall = times(retrain, ours), f"FA {arrow(before, after)}"
    if after.mean() > before.mean() / 2:
        yield untestable(fall, after)
    else:
        numbers = (
            f"{fall}; MU-Mis {mean_sd(ours)} s, retraining {mean_sd(retrain)} s, {mean_sd(longer)} times as long"
        )
        yield finding(numbers, exceeds(longer, THAN_RETRAIN), given=after)


# ---- A random subset, and memorised samples --------------------------------------------------------------


def nothing_to_unlearn(tried: pd.DataFrame) -> Finding | None:
    """That there is nothing to test, if MU-Mis was cut short, or if the original is that near to retraining."""
    ours, original = by_method(chosen(tried, "rule"), "Avg. Gap", "mu-mis", "trained")
    if _cut_short(tried):
        return untestable("no run of MU-Mis met its stopping rule", ours)
    return untestable(f"the original's gap is {mean_sd(original)}", ours) if original.mean() < ROOM else None


def _cut_short(tried: pd.DataFrame) -> bool:
    """Whether several deltas give MU-Mis the same numbers at every rate: then the limit of steps ended the runs."""
    gaps = select(tried, method="mu-mis", metric="Avg. Gap")
    ends = gaps.groupby(["seed", "lr"])["value"]
    return gaps["tried"].nunique() > 1 and bool((ends.nunique() == 1).all())


def _random(tried: pd.DataFrame) -> Iterator[Finding]:
    """C8: an answer for RUM's gap, and one for the KL of all other methods."""
    rows = chosen(tried, "rule")
    ours, rum = by_method(rows, "Avg. Gap", "mu-mis", "rum")
    ahead = paired(ours, rum)
    yield finding(f"gap {mean_sd(ours)}, RUM {mean_sd(rum)}", exceeds(ahead, NO_DIFFERENCE))
    yield _smaller_kl(rows, OTHERS)


def _no_stop(rows: pd.DataFrame) -> Iterator[Finding]:
    """Stop: the original, and the step after it that is nearest to retraining; an answer for every learning rate."""
    for lr, along in distances(rows).groupby("lr"):
        original, later = select(along, step=0).set_index("seed")["value"], along[along["step"] > 0]
        nearest = later.groupby("seed")["value"].min()
        gained, numbers = paired(original, nearest), f"at rate {lr:g}: gap {arrow(original, nearest)} at best"
        if original.mean() < ROOM:
            yield untestable(numbers, gained)
        else:
            yield finding(numbers, below(gained, NO_DIFFERENCE))


def beside_courses(frames: Rows) -> Iterator[Part]:
    """The requests of random samples; also the distances of the courses of MU-Mis on the same, where recorded."""
    along = {names: distances(rows) for names, _, rows in each_network(of_items(frames, STOPS))}
    for names, item, tried in each_request(of_items(frames, RANDOM)):
        yield names, item, tried, along.get(names[:2])


def nothing_to_compare(tried: pd.DataFrame, along: pd.DataFrame | None) -> Finding | None:
    """As `nothing_to_unlearn`, but a run that was cut short can be judged by its longer courses."""
    return None if along is not None and _cut_short(tried) else nothing_to_unlearn(tried)


def _weak(tried: pd.DataFrame, along: pd.DataFrame | None) -> Iterator[Finding]:
    """Weak: the nearest of the other methods. MU-Mis at its best look, the first among them, if it was cut short."""
    cut = _cut_short(tried)
    ours, *theirs = by_method(chosen(tried, "rule"), "Avg. Gap", "mu-mis", *OTHERS)
    if cut:
        ours = along.groupby("seed")["value"].min()
    ahead = [(method, paired(ours, gap)) for method, gap in zip(OTHERS, theirs, strict=True)]
    known = that_count([Comparison(m, exceeds(a, NO_DIFFERENCE), "", a) for m, a in ahead if len(a)])
    if known:
        nearest = max(known, key=lambda one: one.ahead.mean())
        gap = ours[nearest.ahead.index] - nearest.ahead
        numbers = f"gap {mean_sd(ours)}{' at the best of all looks' * cut}, {nearest.label} {mean_sd(gap)}"
        yield finding(numbers, exceeds(nearest.ahead, NO_DIFFERENCE, among=len(known)))


def _memorised(tried: pd.DataFrame) -> Iterator[Finding]:
    """Memorisation."""
    rows, levels = chosen(tried, "rule"), ("low", "high")
    low, high = (paired(*by_method(rows, "RA", "retrain", "mu-mis", level=level)) for level in levels)
    more = paired(high, low)
    falls = [paired(*by_method(rows, "FA", "trained", "mu-mis", level=level)) for level in levels]
    if min(fall.mean() for fall in falls) < NO_DIFFERENCE:
        yield untestable(f"FA falls by {' and '.join(map(mean_sd, falls))} points", *falls)
    else:
        cut = all(_cut_short(select(tried, level=level)) for level in levels)
        numbers = (
            f"RA lost: low {mean_sd(low)}, high {mean_sd(high)}; FA falls by {' and '.join(map(mean_sd, falls))}"
        )
        numbers += "; all runs ended at the limit of steps" if cut else ""
        yield finding(numbers, exceeds(more, NO_DIFFERENCE))


# ---- Sensitivity -----------------------------------------------------------------------------------------


def _raised(rows: pd.DataFrame) -> Iterator[Finding]:
    """C1."""
    before, after = by_method(rows, "jacobian, median", "untrained", "trained")
    rise = times(after, before)
    numbers = f"median {before.mean():.2g} → {after.mean():.2g}, {mean_sd(rise)} times"
    yield finding(numbers, exceeds(rise, RAISED))


def _told_apart(rows: pd.DataFrame) -> Iterator[Finding]:
    """Unseen: an answer for all logits together, and one for that of the sample's class."""
    for logits, shown in {"jacobian": "all logits", "target": "target class"}.items():
        before, after = by_method(rows, f"{logits}, AUC", "untrained", "trained")
        yield finding(f"{shown} {arrow(before, after)} %", exceeds(after, TOLD_APART))


def _asymmetric(rows: pd.DataFrame) -> Iterator[Finding]:
    """C2: an answer after training; shown beside: of random weights before it, and at images never trained on."""
    for method, where, shown in (
        ("untrained", "", "untrained"), ("trained", "", "trained"), ("trained", ", held out", "at held-out images"),
    ):  # fmt: skip
        medians = (by_seed(rows, f"{logit}{where}, median", method=method) for logit in ("target", "other"))
        ratio = times(*medians)
        numbers = f"{shown} {mean_sd(ratio, 2)} times that of others"
        yield finding(numbers, exceeds(ratio, 1), moot=shown != "trained")


def _retraining(rows: pd.DataFrame) -> Iterator[Finding]:
    """C3: an answer each for target class, others and difference."""
    for logit, falling in (("target", True), ("other", False), ("difference", True)):
        share = by_seed(rows, f"{logit} falls", method="retrain")
        answer = exceeds(share, MOST) if falling else below(share, MOST)
        yield finding(f"{logit} {mean_sd(share)} %", answer)


# ---- One request after another ---------------------------------------------------------------------------


def each_sequence(frames: Rows) -> Iterator[Part]:
    """Every sequence, in order."""
    for (dataset, model, scenario), item, rows in each_network(frames, "scenario"):
        yield (dataset, model, SCENARIOS.get(scenario, scenario)), item, in_order(rows)


def _earlier(rows: pd.DataFrame, method: str) -> tuple[pd.Series, pd.Series]:
    """FA by seed, mean over all requests but the last: (right after each one, after the last)."""
    last, fa = rows["place"].max(), select(rows, method=method, metric="FA")
    fa = fa[fa["place"] < last]
    return tuple(fa[fa["step"] == step].groupby("seed")["value"].mean() for step in (fa["place"], last))


def _along(rows: pd.DataFrame) -> pd.DataFrame:
    """KL of every method and seed, mean over the requests; not of what ended before the last one."""
    kl = select(rows, metric="KL").groupby(["method", "seed"])["value"].agg(["mean", "size"]).reset_index()
    return kl[kl["size"] == rows["place"].max()].assign(metric="KL").rename(columns={"mean": "value"})


def _robust(rows: pd.DataFrame) -> Iterator[Finding]:
    """C7: an answer for the earlier classes with RA, for a ruined model forgets too, and one for the others' KL."""
    (then, now), (goal, _) = (_earlier(rows, method) for method in ("mu-mis", "retrain"))
    ra, without = by_method(rows, "RA", "mu-mis", "retrain", step=rows["place"].max())
    back, over, loss = paired(now, then), paired(then, goal), _lost(without, ra, without)
    diverged, n = by_seed(rows, "diverged", method="mu-mis"), select(rows, method="mu-mis")["seed"].nunique()
    if len(diverged):
        yield Finding((False,), f"diverged at {len(diverged)} of {n} seeds", n)
    else:
        margin = SAME_FA[rows["scenario"].iloc[0]]
        answer = every(
            below(back, REBOUND, "points come back"), below(over, margin, "points left"),
            below(loss, RED, "percent of RA lost"),
        )  # fmt: skip
        numbers = f"earlier requests' FA {arrow(then, now)}, retrained {mean_sd(goal)}; "
        numbers += f"RA after the last {mean_sd(ra)}, retrained {mean_sd(without)}"
        yield finding(numbers, answer)
    kl = _along(rows)
    yield _smaller_kl(kl, [method for method in kl["method"].unique() if method != "mu-mis"])


def _others_along(rows: pd.DataFrame) -> Iterator[Finding]:
    """Sequence: an answer each for bad teacher, SalUn and SSD."""
    cases, absent = [], [m for m in ("bad-teacher", "salun", "ssd") if m not in set(rows["method"])]
    for method in ("bad-teacher", "salun"):
        then, now = _earlier(rows, method)
        back = paired(now, then)
        cases.append(finding(f"{method} FA {arrow(then, now)}", exceeds(back, REBOUND)))
    start = by_seed(rows, "RA", method="trained")
    end = by_seed(rows, "RA", method="ssd", step=rows["place"].max())
    loss = _lost(start, end, start)
    cases.append(finding(f"ssd RA {arrow(start, end)}", exceeds(loss, RED)))
    yield joined(cases, f"not recorded: {', '.join(absent)}; " if absent else "")


# ---- The course of a run ---------------------------------------------------------------------------------
# Recorded without stopping rule: where it would have ended, for any delta, is read off.

Steps = Mapping[int, float]  # seed -> step


def stops(rows: pd.DataFrame, variant: str, delta: float = DELTA) -> Steps:
    """Where the rule ends a variant's course, infinite if it does not."""
    return {seed: stop(course, delta) for seed, course in select(rows, variant=variant).groupby("seed")}


def looks(rows: pd.DataFrame, variant: str, steps: Steps) -> pd.DataFrame:
    """FA and RA (columns) by seed, at the look nearest to a step; the last one of a course that ended before."""
    accuracies = {
        seed: {metric: at(course, metric, min(steps[seed], course["step"].max())) for metric in ("FA", "RA")}
        for seed, course in select(rows, variant=variant).groupby("seed")
        if seed in steps
    }
    return pd.DataFrame.from_dict(accuracies, orient="index", columns=["FA", "RA"], dtype=float)


def runs(frames: Rows, delta: float = DELTA) -> Iterator[Part]:
    """Courses by learning rate; also (the rate, where the whole loss is stopped)."""
    for (dataset, model, lr), item, rows in each_network(frames, "lr"):
        yield (dataset, model), item, rows, lr, stops(rows, "both", delta)


def keeps_the_class(rows: pd.DataFrame, lr: float, steps: Steps, *_) -> Finding | None:
    """That a run tests nothing, unless the class loses more than half of its accuracy by the stop."""
    start, end = (looks(rows, "both", when)["FA"] for when in (dict.fromkeys(steps, 0), steps))
    forgets = end.mean() < start.mean() / 2
    return None if forgets else untestable(f"at rate {lr:g} FA {arrow(start, end)} at the stop", end.dropna())


def priced_runs(frames: Rows) -> Iterator[Part]:
    """Runs by learning rate; also (affordable passes): so many cost 1/THAN_RETRAIN of retraining at full size."""
    if "mumis-speed" in frames:
        most = affordable(frames["mumis-speed"], THAN_RETRAIN).mean()
        yield from ((*run, most) for run in runs(of_items(frames, COURSES)))


def _at_full_size(rows: pd.DataFrame, lr: float, _: Steps, most: float) -> Iterator[Finding]:
    """Cost: an answer for every learning rate, of all deltas from 1 on, under which a run is more than one pass.

    They end one course earlier or later. A run that is not stopped counts with all its passes, and one that does not
    forget is left out.
    """
    looked = select(rows, variant="both", metric="other")  # once before the first pass, and after each
    cases, idle = [], None
    for delta in (delta for delta in mumis.DELTAS if delta >= 1 and most > 0):
        steps = stops(rows, "both", delta)
        taken = looked[looked["step"] <= looked["seed"].map(steps)].groupby("seed").size() - 1.0
        if idle := keeps_the_class(rows, lr, steps):
            continue
        cases.append(finding(f"δ {delta:g} {mean_sd(taken)}", below(taken, most)))
    if cases or idle:
        yield as_one(joined(cases, f"rate {lr:g}, passes, where {most:.1f} cost a hundredth: ")) if cases else idle


def _forgets_less(rows: pd.DataFrame, lr: float, steps: Steps, variant: str) -> Iterator[Finding]:
    """Target and Jacobian: a variant of the loss where the whole one stops."""
    both, part = looks(rows, "both", steps), looks(rows, variant, steps)
    more = paired(part["FA"], both["FA"])
    yield finding(_side_by_side(lr, both, part, f"with {variant}"), exceeds(more, SAME_FA["class"]))


def _ruins(rows: pd.DataFrame, lr: float, steps: Steps) -> Iterator[Finding]:
    """Other: the other classes' term where it has forgotten as much."""
    both = looks(rows, "both", steps)
    part = looks(rows, "other", _as_low(rows, "other", both["FA"]))
    loss = _lost(both["RA"], part["RA"], both["RA"])
    yield finding(_side_by_side(lr, both, part, "with other"), exceeds(loss, RED))


def _side_by_side(lr: float, both: pd.DataFrame, part: pd.DataFrame, name: str) -> str:
    """FA and RA of the whole loss and of a variant."""
    numbers = [f"{m} {mean_sd(both[m])}, {name} {mean_sd(part[m])}" for m in ("FA", "RA")]
    return f"at rate {lr:g}: {'; '.join(numbers)}"


def _as_low(rows: pd.DataFrame, variant: str, fa: pd.Series) -> Steps:
    """By seed, the first step at which a variant's FA is no higher than this, else its last."""
    looked = select(rows, variant=variant, metric="FA")
    low = looked[looked["value"] <= looked["seed"].map(fa)].groupby("seed")["step"].min()
    return looked.groupby("seed")["step"].max().to_dict() | low.to_dict()


def _norms(rows: pd.DataFrame, lr: float, steps: Steps) -> Iterator[Finding]:
    """Norm: each stopped by its own sensitivities."""
    both, other = looks(rows, "both", steps), looks(rows, "spectral", stops(rows, "spectral"))
    fa, ra = (paired(other[metric], both[metric]) for metric in ("FA", "RA"))
    answer = every(within(fa, SAME_FA["class"], "FA's distance"), within(ra, SAME_RA, "RA's distance"))
    yield finding(_side_by_side(lr, both, other, "spectral"), answer)


def _flat(rows: pd.DataFrame, lr: float, _: Steps) -> Iterator[Finding]:
    """Delta: an answer for every learning rate."""
    ends = [looks(rows, "both", stops(rows, "both", delta)) for delta in mumis.DELTAS]
    over = (pd.concat([end[metric] for end in ends], axis=1) for metric in ("FA", "RA"))
    fa, ra = (paired(accuracy.max(axis=1), accuracy.min(axis=1)) for accuracy in over)
    answer = every(below(fa, SAME_FA["class"], "FA's range"), below(ra, SAME_RA, "RA's range"))
    numbers = f"at rate {lr:g}: FA moves by {mean_sd(fa)}, RA moves by {mean_sd(ra)}"
    yield finding(numbers, answer)


def _dips(rows: pd.DataFrame, lr: float, steps: Steps) -> Iterator[Finding]:
    """Dip: RA at the start, where the sensitivity is least before the stop, and at the stop."""
    ratio = select(rows, variant="both", metric="ratio")
    ratio = ratio[ratio["step"] <= ratio["seed"].map(steps)].sort_values("value", kind="stable")
    least = ratio.drop_duplicates("seed").set_index("seed")
    moments = (dict.fromkeys(steps, 0), least["step"].to_dict(), steps)
    start, low, end = (looks(rows, "both", when)["RA"] for when in moments)
    dips, recovers = paired(start, low), paired(end, low)
    numbers = f"at rate {lr:g}: sensitivity down to {mean_sd(least['value'], 2)} of the first, "
    numbers += f"RA {arrow(start, low)} → {mean_sd(end)}"
    answer = every(exceeds(dips, NO_DIFFERENCE, "RA falls by"), exceeds(recovers, NO_DIFFERENCE, "RA recovers by"))
    yield finding(numbers, answer)


def _at_equal_forgetting(rows: pd.DataFrame) -> Iterator[Finding]:
    """Equal: an answer for every other method, each at the pass that keeps most of those that forgot enough."""
    goal, intact = (by_seed(rows, metric, method="retrain") for metric in ("FA", "RA"))
    models = side_by_side(rows, "FA", "RA")
    enough = models[models["FA"] <= models["seed"].map(goal) + SAME_FA["class"]]
    kept = enough.groupby(["seed", "method"])["RA"].max().unstack().reindex(columns=["mu-mis", *mumis.SIMPLER])
    ours = kept["mu-mis"].dropna()
    if ours.empty:
        lowest = select(models, method="mu-mis").groupby("seed")["FA"].min()
        yield untestable(f"MU-Mis's FA is {mean_sd(lowest)} at the lowest, retrained {mean_sd(goal)}", lowest, goal)
        return
    less = {method: _lost(ours, kept[method], intact) for method in mumis.SIMPLER}
    cases = [Comparison(m, exceeds(lost, NO_LOSS), f"{mean_sd(lost)} %", lost) for m, lost in less.items()]
    what = f"methods keep less than MU-Mis (RA {mean_sd(ours)}, retrained {mean_sd(intact)})"
    yield summary(cases, what, "percent lost beside it:")


# ---- The claims ------------------------------------------------------------------------------------------

ABSTRACT, LATER = "abstract", "third-party account"
WHERE = f"At the step where the whole loss stops with delta = {DELTA:g}, if it forgets (more than half of FA lost)"

CLAIMS = (
    Claim(
        "mumis-C1",
        "Training raises the input sensitivity at its samples.",
        ABSTRACT + ", what can be tested of it: that contribution shows as sensitivity",
        f"The median over training samples of the norm of all logits' gradients is more than {RAISED:g} times that "
        "before training.",
        ("mumis-fig2",), each_network, _raised,
    ),
    Claim(
        "mumis-C2",
        "The rise is one-sided: the target class's logit becomes more sensitive than the others, from equal order.",
        LATER,
        "Median norm for the target class by that for the others, after training: above 1. By how much is not said "
        "anywhere we know; it is shown, as are the ratio before training and that at held-out images, of which only "
        "what lies between the two can come from the samples trained on.",
        ("mumis-fig2",), each_network, _asymmetric, lead="",
    ),
    Claim(
        "mumis-C3",
        "Retraining lowers the target class's sensitivity at most forget samples, raises that of the others and "
        "lowers the difference.",
        LATER,
        f"Share of forget samples at which the retrained model's is lower than the original's: above {MOST:g} % for "
        "the target class and for the difference, below for the others.",
        ("mumis-fig4",), each_request, _retraining, lead="lower in: ",
    ),
    Claim(
        "mumis-C4",
        "Levelling the two on the forget set alone unlearns without loss on the rest.",
        ABSTRACT,
        f"Beside the retrained model: FA within {SAME_FA['class']:g} points (class) or {SAME_FA['subclass']:g} "
        f"(sub-class); RA and TA less than {NO_LOSS:g} percent (of themselves) below the lower of the original's and "
        "the retrained model's. Where the original's FA is that near already, there is nothing to test.",
        (*TABLE_ITEMS, WHOLE), tables, _keeps_utility,
    ),
    Claim(
        "mumis-C5",
        "It is the first method without retained data on a par with those that use it.",
        ABSTRACT,
        f"Average gap to retraining is less than {NO_DIFFERENCE:g} points above that of every method with retained "
        "data: one answer. That no other without it is, as *first* would mean, is not tested.",
        TABLE_ITEMS, tables, _on_par,
    ),
    Claim(
        "mumis-C6",
        "It is cheap beside retraining and SalUn.",
        LATER,
        f"Run time of retraining is more than {THAN_RETRAIN:g} times as long, that of SalUn more than {THAN_SALUN:g} "
        "times. Only under `paper`: the smaller profiles cut training and SalUn to a few epochs, but not MU-Mis.",
        TABLE_ITEMS, tables, _cheap, profiles=("paper",),
    ),
    Claim(
        "mumis-C7",
        "It withstands a sequence of requests: what was removed stays removed, and it stays nearest to retraining.",
        LATER,
        "FA of earlier requests, mean over them: right after its own no further above the retrained model's than in "
        f"C4, and after the last less than {REBOUND:g} points above that, with an RA less than {RED:g} percent "
        "below the retrained model's: one answer. KL to the retrained model, mean over all steps, is more than "
        f"{LARGER:g} below every other method's: another.",
        ("mumis-fig5",), each_sequence, _robust,
    ),
    Claim(
        "mumis-C8",
        "On a random subset RUM is better overall, and MU-Mis has the lowest KL on the forget set.",
        LATER,
        f"Average gap of RUM is more than {NO_DIFFERENCE:g} points smaller; KL of every other method is more than "
        f"{LARGER:g} nats larger: an answer each. Where the original's gap is below {ROOM:g} point, or the limit of "
        "steps comes before every delta tried, there is nothing to test.",
        (RANDOM,), each_request, _random, moot=nothing_to_unlearn,
    ),
    Claim(
        "mumis-cost",
        "A run would cost less than a hundredth of retraining at full size, if as many passes were enough there.",
        "ours, after C6",
        "An extrapolation: the passes that a run takes in a small profile, if it forgets, are fewer than those that "
        f"cost 1/{THAN_RETRAIN:g} of retraining at full size, by the time of one: at every delta from 1 to "
        f"{max(mumis.DELTAS):g}, one answer for each learning rate.",
        (COURSES, "mumis-speed"), priced_runs, _at_full_size,
    ),
    Claim(
        "mumis-price",
        "With all images in training, a run costs less than a hundredth of retraining, even of a short one.",
        "ours, after C6",
        f"Measured end to end, side by side: run time of retraining is more than {THAN_RETRAIN:g} times as long. It "
        "has few epochs here; with the paper's 200 it would take as many times longer. Where less than half of FA is "
        "lost, as in *cost*, there is nothing to test.",
        (WHOLE,), tables, _measured, "class",
    ),
    Claim(
        "mumis-unseen",
        "The rise belongs to the samples trained on: their sensitivity is above that of images never seen.",
        "ours, after C1",
        "Trained, the AUC by which the gradients' norm tells training samples from held-out images of the same "
        f"classes is above {TOLD_APART:g} %: all logits together, and that of the image's class, an answer each.",
        ("mumis-fig2",), each_network, _told_apart, lead="AUC before and after training: ",
    ),
    Claim(
        "mumis-free",
        "It is nearer to retraining than the other methods without retained data.",
        "ours, beside C5",
        "Average gap to retraining is below theirs: an answer for each. SCAR is the form without retained images.",
        (*TABLE_ITEMS, WHOLE), tables, _nearest_without,
    ),
    Claim(
        "mumis-losses",
        "The other methods without retained data cost more than five points of accuracy.",
        LATER,
        f"RA is more than {RED:g} percent below the retrained model's: five points of the paper's 76.5.",
        (*TABLE_ITEMS, WHOLE), tables, _others_lose,
    ),
    Claim(
        "mumis-equal",
        "The loss of MU-Mis keeps more of the other classes than simpler losses do that have forgotten as much.",
        "ours, beside C5",
        "NG, RL and JiT, along runs that nothing stops: of all passes and rates with an FA no more than "
        f"{SAME_FA['class']:g} points above the retrained model's, the highest RA is more than {NO_LOSS:g} percent "
        "of the retrained model's below MU-Mis's highest: an answer each; none for a method that never forgets as "
        "much. The pass is picked by test images, of all methods alike: this is about losses, not about stopping.",
        ("mumis-equal",), each_network, _at_equal_forgetting,
    ),
    Claim(
        "mumis-sequence",
        "Along a sequence bad teacher and SalUn let removed classes come back, and SSD loses accuracy.",
        LATER,
        f"FA of earlier requests rises by more than {REBOUND:g} points; SSD's RA falls by more than {RED:g} percent.",
        ("mumis-fig5",), each_sequence, _others_along,
    ),
    Claim(
        "mumis-weak",
        "A random subset is the weak case: there another method is nearer to retraining.",
        "ours, after C8",
        f"The smallest average gap of all other methods is more than {NO_DIFFERENCE:g} points below that of MU-Mis, "
        "the surer the more methods it was picked from (Bonferroni). Where the limit of steps ended its runs, below "
        "the smallest at any look of its longer courses, on a part of the images; the original is one of them. If "
        "none is, look for leakage.",
        (RANDOM, STOPS), beside_courses, _weak, "random", moot=nothing_to_compare,
    ),
    Claim(
        "mumis-stop",
        "Another stop would not help there: after no pass is a run nearer to retraining than the original is.",
        "ours, after C8",
        f"Average gap after the best pass of a run, picked by that gap itself, is less than {NO_DIFFERENCE:g} points "
        f"below the original's: an answer for every learning rate. Where the original's is below {ROOM:g} point, "
        "there is nothing to test.",
        (STOPS,), each_network, _no_stop, "random",
    ),
    Claim(
        "mumis-memo",
        "Samples that are memorised more cost more accuracy.",
        LATER,
        f"RA lost against the retrained model is more than {NO_DIFFERENCE:g} points higher for the tenth memorised "
        f"most than for the tenth memorised least. Where FA falls by less than {NO_DIFFERENCE:g} points, MU-Mis did "
        "nothing, and there is nothing to test.",
        ("mumis-memo",), each_network, _memorised,
    ),
    Claim(
        "mumis-dip",
        "During a run the other classes' sensitivity and RA fall and recover together.",
        LATER,
        f"Up to the stop with delta = {DELTA:g}, if it forgets: where the sensitivity is least, RA is "
        f"more than {NO_DIFFERENCE:g} points below both the start and the stop.",
        (COURSES,), runs, _dips, moot=keeps_the_class,
    ),
    Claim(
        "mumis-target",
        "The target class's term alone forgets too little.",
        LATER,
        f"{WHERE}: FA is more than {SAME_FA['class']:g} points above the whole loss's.",
        ("mumis-tabA12",), runs, partial(_forgets_less, variant="target"), moot=keeps_the_class,
    ),
    Claim(
        "mumis-other",
        "The other classes' term alone ruins accuracy on the rest.",
        LATER,
        "At equal forgetting, when FA is first as low as the whole loss's where that one stops with delta = "
        f"{DELTA:g}, if that forgets (or at the end, if it never is): RA is more than {RED:g} percent below the "
        "whole loss's.",
        ("mumis-tabA12",), runs, _ruins, moot=keeps_the_class,
    ),
    Claim(
        "mumis-jacobian",
        "Shrinking all sensitivities, as Jacobian regularisation does, forgets less.",
        LATER,
        f"{WHERE}: FA is more than {SAME_FA['class']:g} points above the whole loss's.",
        ("mumis-tabA12",), runs, partial(_forgets_less, variant="jacobian"), moot=keeps_the_class,
    ),
    Claim(
        "mumis-norm",
        "Frobenius or spectral norm makes no difference.",
        LATER,
        f"Each stopped by its own rule with delta = {DELTA:g}, if Frobenius forgets: FA within "
        f"{SAME_FA['class']:g} points, RA within {SAME_RA:g}.",
        ("mumis-tabA12",), runs, _norms, moot=keeps_the_class,
    ),
    Claim(
        "mumis-delta",
        "Results hardly depend on delta.",
        LATER,
        f"Over delta from {min(mumis.DELTAS):g} to {max(mumis.DELTAS):g} at one rate, largest minus smallest: FA "
        f"less than {SAME_FA['class']:g} points, RA less than {SAME_RA:g}. A run that the rule does not end counts "
        "with its last step. Where even the largest leaves the class half of its FA, there is nothing to test.",
        (COURSES,), partial(runs, delta=max(mumis.DELTAS)), _flat, moot=keeps_the_class,
    ),
)  # fmt: skip
