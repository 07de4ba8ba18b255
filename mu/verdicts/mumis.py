"""The claims of *Remaining-data-free Machine Unlearning by Suppressing Sample Contribution* (Cheng et al.).

What we know of the claims is the abstract and third-party accounts. Each method has the hyper-parameter that the rule
without retrained model and test set picks; MU-Mis has its learning rate and delta by the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from mu.experiments import mumis
from mu.experiments.mumis import DELTA
from mu.figures import mean_sd
from mu.figures.mumis import FINE, at, whole
from mu.verdicts import (
    NO_DIFFERENCE,
    Claim,
    Comparison,
    Evidence,
    Paired,
    Rows,
    answered,
    arrow,
    by_seed,
    every,
    network_name,
    networks,
    once,
    paired,
    select,
    times,
    together,
)

# ---- Tolerances, in points of accuracy (percent of samples) unless said otherwise; all ours ------------------

# Times by which training must raise sensitivity. An account has seven orders of magnitude; how small it is
# before training is a matter of the initial weights, so one order is asked.
RAISED = 10.0
# Times by which two sensitivities of equal order may differ. The larger of two is larger by more than that.
EQUAL = 1.5
MOST = 50.0  # percent of the forget samples above which they are most of them
# Accuracy on the forget set that counts as the retrained model's. Of a class the retrained model gets none right, and
# five points is what the paper marks in red. Of a sub-class it may get half of 100 test images right, with a standard
# error of 5; ten is two of those.
SAME_FA = {"class": 5.0, "subclass": 10.0}
# Loss of utility that is none: "about one point". Two standard errors of 75 % on 9,900 test images are 0.9.
KEPT = 1.0
RED = 5.0  # loss of utility that the paper marks in red
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

TABLES = ("mumis-tab1", "mumis-tab2", "mumis-tab3", "mumis-tabA9", "mumis-tabA10")
FREE = tuple(method for method in mumis.RETAIN_FREE if method != "mu-mis")
RETAINING = ("fine-tune", "bad-teacher", "scrub", "ssd", "salun", "duck", "munba", "lotus")  # the paper's
COURSES = "mumis-figA1"
SCENARIOS = {"class": "full class", "subclass": "sub-class", "random": "random 10 %"}


def requests(rows: pd.DataFrame) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    """Rows of every request: ((data set, network, what is to be forgotten), rows)."""
    for (dataset, model, scenario), alike in networks(whole(rows), "scenario"):
        for label, part in alike.groupby("forget", dropna=False):
            named = f" {FINE.get(label, f'{label:g}')}" if scenario == "subclass" else ""
            yield (dataset, model, SCENARIOS.get(scenario, scenario) + named), part


def picked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the hyper-parameters of the rule, also where no method is recorded yet."""
    return mumis.chosen(whole(rows), "rule")


def tables(frames: Rows) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Every request once: (its name, item, rows). In small profiles one data set stands for several."""
    parts = (
        (asked, item, rows) for item in TABLES if item in frames for asked, rows in requests(picked(frames[item]))
    )
    return once(parts, lambda rows: len(by_seed(rows, "Avg. Gap", method="mu-mis")))


def _nearer(
    rows: pd.DataFrame, metric: str, others: Sequence[str], lead: str = "", behind: float = 0
) -> list[Comparison]:
    """MU-Mis against each of the other methods: by how much its number is the smaller one; it may be `behind`."""
    own = by_seed(rows, metric, method="mu-mis")
    ahead = {method: paired(by_seed(rows, metric, method=method), own) for method in others}
    return [(f"{lead}{m}", a.exceeds(-behind), mean_sd(a.values, 2), a) for m, a in ahead.items() if a.n]


def _on_par(frames: Rows) -> Iterator[Evidence]:
    """C5: an answer for every other method."""
    for network, item, rows in tables(frames):
        cases = _nearer(rows, "Avg. Gap", FREE, "without retained data: ")
        cases += _nearer(rows, "Avg. Gap", RETAINING, "with retained data: ", NO_DIFFERENCE)
        what = f"methods (gap {mean_sd(by_seed(rows, 'Avg. Gap', method='mu-mis'))})"
        yield from together(network, item, cases, what, "nearer or level, by")


def _keeps_utility(frames: Rows) -> Iterator[Evidence]:
    """C4."""
    for network, item, rows in tables(frames):
        ends = {
            metric: [by_seed(rows, metric, method=method) for method in ("trained", "mu-mis", "retrain")]
            for metric in ("FA", "RA", "TA")
        }
        fa, ra, ta = (paired(after, goal) for _, after, goal in ends.values())
        margin, (before, _, goal) = SAME_FA[rows["scenario"].iloc[0]], ends["FA"]
        if fa.n and ra.n and ta.n and not abs(before.mean() - goal.mean()) < margin:
            answer = every(fa.below(margin), fa.exceeds(-margin), ra.exceeds(-KEPT), ta.exceeds(-KEPT))
            shown = [f"{m} {arrow(*ours)}, retrained {mean_sd(goal)}" for m, (*ours, goal) in ends.items()]
            yield Evidence(network, item, (answer,), "; ".join(shown), min(fa.n, ra.n, ta.n))


def _others_lose(frames: Rows) -> Iterator[Evidence]:
    """Losses: an answer for every other method without retained data."""
    for network, item, rows in tables(frames):
        goal, cases = by_seed(rows, "RA", method="retrain"), []
        for method in FREE:
            loss = paired(goal, by_seed(rows, "RA", method=method))
            if loss.n:
                cases.append((method, loss.exceeds(RED), mean_sd(loss.values), loss))
        yield from together(network, item, cases, "methods", "losing")


def _cheap(frames: Rows) -> Iterator[Evidence]:
    """C6: an answer each against retraining and SalUn."""
    for network, item, rows in tables(frames):
        own, cases = by_seed(rows, "RTE", method="mu-mis"), []
        for method, shown, margin in (("retrain", "retraining", THAN_RETRAIN), ("salun", "SalUn", THAN_SALUN)):
            longer = times(by_seed(rows, "RTE", method=method), own)
            if longer.n:
                cases.append((f"{shown} {mean_sd(longer.values)} times as long", longer.exceeds(margin), longer.n))
        yield from answered(network, item, cases, f"{mean_sd(own)} s; ")


# ---- A random subset, and memorised samples --------------------------------------------------------------


def random_requests(frames: Rows) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """(Name, item, rows) of requests for single samples; not where the original is near retraining already."""
    for item, rows in frames.items():
        for asked, part in requests(picked(rows)):
            if not by_seed(part, "Avg. Gap", method="trained").mean() < ROOM:
                yield network_name(*asked), item, part


def _random(frames: Rows) -> Iterator[Evidence]:
    """C8: an answer for RUM's gap, and one for the KL of every other method."""
    for network, item, part in random_requests(frames):
        own, rum = (by_seed(part, "Avg. Gap", method=method) for method in ("mu-mis", "rum"))
        ahead = paired(own, rum)
        if ahead.n:
            gaps = f"gap {mean_sd(own)}, RUM {mean_sd(rum)}"
            yield Evidence(network, item, (ahead.exceeds(NO_DIFFERENCE),), gaps, ahead.n)
        cases = _nearer(part, "KL", (*FREE, *RETAINING, "rum"), behind=-LARGER)
        what = f"methods have the larger KL ({mean_sd(by_seed(part, 'KL', method='mu-mis'), 2)})"
        yield from together(network, item, cases, what, "by", 2)


def _weak(frames: Rows) -> Iterator[Evidence]:
    """Weak: the nearest of the other methods."""
    for network, item, part in random_requests(frames):
        own = by_seed(part, "Avg. Gap", method="mu-mis")
        gaps = {method: by_seed(part, "Avg. Gap", method=method) for method in (*FREE, *RETAINING, "rum")}
        gaps = {method: gap for method, gap in gaps.items() if paired(own, gap).n}
        if gaps:
            best = min(gaps, key=lambda method: gaps[method].mean())
            ahead = paired(own, gaps[best])
            numbers = f"gap {mean_sd(own)}, {best} {mean_sd(gaps[best])}"
            yield Evidence(network, item, (ahead.exceeds(NO_DIFFERENCE),), numbers, ahead.n)


def _memorised(frames: Rows) -> Iterator[Evidence]:
    """Memorisation."""
    for item, rows in frames.items():
        for network, part in networks(picked(rows)):
            ra = [[by_seed(part, "RA", method=m, level=at) for m in ("retrain", "mu-mis")] for at in ("low", "high")]
            low, high = (paired(*ends).values for ends in ra)
            more = paired(high, low)
            if more.n:
                numbers = f"RA lost: low {mean_sd(low)}, high {mean_sd(high)}"
                yield Evidence(network_name(*network), item, (more.exceeds(NO_DIFFERENCE),), numbers, more.n)


# ---- Sensitivity -----------------------------------------------------------------------------------------


def _raised(frames: Rows) -> Iterator[Evidence]:
    """C1."""
    for item, rows in frames.items():
        for network, part in networks(rows):
            before, after = (by_seed(part, "jacobian, median", method=m) for m in ("untrained", "trained"))
            rise = times(after, before)
            if rise.n:
                numbers = f"median {before.mean():.2g} → {after.mean():.2g}, {mean_sd(rise.values)} times"
                yield Evidence(network_name(*network), item, (rise.exceeds(RAISED),), numbers, rise.n)


def _asymmetric(frames: Rows) -> Iterator[Evidence]:
    """C2: an answer before training and one after."""
    for item, rows in frames.items():
        for network, part in networks(rows):
            cases = []
            for method in ("untrained", "trained"):
                ratio = times(*(by_seed(part, f"{of}, median", method=method) for of in ("target", "other")))
                if ratio.n:
                    larger = ratio.exceeds(EQUAL)
                    equal = every(ratio.below(EQUAL), ratio.exceeds(1 / EQUAL))
                    numbers = f"{method} {mean_sd(ratio.values, 2)} times that of others"
                    cases.append((numbers, larger if method == "trained" else equal, ratio.n))
            yield from answered(network_name(*network), item, cases)


def _retraining(frames: Rows) -> Iterator[Evidence]:
    """C3: an answer each for target class, others and difference."""
    for item, rows in frames.items():
        for asked, part in requests(select(rows, method="retrain")):
            cases = []
            for of, falling in (("target", True), ("other", False), ("difference", True)):
                share = Paired(by_seed(part, f"{of} falls"))
                if share.n:
                    answer = share.exceeds(MOST) if falling else share.below(MOST)
                    cases.append((f"{of} {mean_sd(share.values)} %", answer, share.n))
            yield from answered(network_name(*asked), item, cases, "lower in: ")


# ---- One request after another ---------------------------------------------------------------------------


def sequences(frames: Rows) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """(Its name, item, scenario, rows) of every sequence; FA with the step `due` at which its class was asked for."""
    for item, rows in frames.items():
        for (dataset, model, scenario), part in networks(whole(rows), "scenario"):
            order = part["asked"].dropna().unique()  # rows are written in the order of the requests
            due = part["asked"].map({label: step for step, label in enumerate(order, 1)})
            yield (
                network_name(dataset, model, SCENARIOS.get(scenario, scenario)),
                item,
                scenario,
                part.assign(due=due),
            )


def _earlier(rows: pd.DataFrame, method: str) -> tuple[pd.Series, pd.Series]:
    """FA by seed, mean over all requests but the last: (right after each one, after the last)."""
    last, fa = rows["due"].max(), select(rows, method=method, metric="FA")
    fa = fa[fa["due"] < last]
    return tuple(fa[fa["step"] == at].groupby("seed")["value"].mean() for at in (fa["due"], last))


def _along(rows: pd.DataFrame) -> pd.DataFrame:
    """KL of every method and seed, mean over the requests; not of what ended before the last one."""
    kl = select(rows, metric="KL").groupby(["method", "seed"])["value"].agg(["mean", "size"]).reset_index()
    return kl[kl["size"] == rows["due"].max()].assign(metric="KL").rename(columns={"mean": "value"})


def _robust(frames: Rows) -> Iterator[Evidence]:
    """C7: an answer for the earlier classes with RA, for a ruined model forgets too, and one for each other KL."""
    for network, item, scenario, rows in sequences(frames):
        (then, now), (goal, _) = (_earlier(rows, method) for method in ("mu-mis", "retrain"))
        ra, without = (by_seed(rows, "RA", method=m, step=rows["due"].max()) for m in ("mu-mis", "retrain"))
        back, over, loss = paired(now, then), paired(then, goal), paired(without, ra)
        diverged = by_seed(rows, "diverged", method="mu-mis")
        if len(diverged):
            yield Evidence(network, item, (False,), "diverged", len(diverged))
        elif back.n and over.n and loss.n:
            answer = every(back.below(REBOUND), over.below(SAME_FA[scenario]), loss.below(RED))
            numbers = f"earlier requests' FA {arrow(then, now)}, retrained {mean_sd(goal)}; "
            numbers += f"RA after the last {mean_sd(ra)}, retrained {mean_sd(without)}"
            yield Evidence(network, item, (answer,), numbers, min(back.n, over.n, loss.n))
        kl = _along(rows)
        others = [method for method in kl["method"].unique() if method != "mu-mis"]
        what = f"methods have the larger KL ({mean_sd(by_seed(kl, 'KL', method='mu-mis'), 2)})"
        yield from together(network, item, _nearer(kl, "KL", others, behind=-LARGER), what, "by", 2)


def _others_along(frames: Rows) -> Iterator[Evidence]:
    """Sequence: an answer each for bad teacher, SalUn and SSD."""
    for network, item, _, rows in sequences(frames):
        cases, absent = [], [m for m in ("bad-teacher", "salun", "ssd") if m not in set(rows["method"])]
        for method in ("bad-teacher", "salun"):
            then, now = _earlier(rows, method)
            back = paired(now, then)
            if back.n:
                cases.append((f"{method} FA {arrow(then, now)}", back.exceeds(REBOUND), back.n))
        start = select(rows, metric="RA", method="trained").groupby("seed")["value"].first()  # every cell has it
        end = by_seed(rows, "RA", method="ssd", step=rows["due"].max())
        loss = paired(start, end)
        if loss.n:
            cases.append((f"ssd RA {arrow(start, end)}", loss.exceeds(RED), loss.n))
        yield from answered(network, item, cases, f"not recorded: {', '.join(absent)}; " if absent else "")


# ---- The course of a run ---------------------------------------------------------------------------------
# Recorded without stopping rule: where it would have ended, for any delta, is read off.

Steps = Mapping[int, float]  # seed -> step


def stops(rows: pd.DataFrame, variant: str, delta: float = DELTA) -> Steps:
    """Where the rule ends a variant's course."""
    return {seed: mumis.stop(course, delta) for seed, course in select(rows, variant=variant).groupby("seed")}


def looks(rows: pd.DataFrame, variant: str, steps: Steps) -> pd.DataFrame:
    """FA and RA (columns) by seed, at the look nearest to a step; the last one of a course that ended before."""
    found = {
        seed: {metric: at(course, metric, min(steps[seed], course["step"].max())) for metric in ("FA", "RA")}
        for seed, course in select(rows, variant=variant).groupby("seed")
        if seed in steps
    }
    return pd.DataFrame.from_dict(found, orient="index", columns=["FA", "RA"], dtype=float)


def runs(frames: Rows, delta: float = DELTA) -> Iterator[tuple[str, str, float, pd.DataFrame, Steps]]:
    """(Network, item, learning rate, rows, where the whole loss is stopped) of courses on which it forgets.

    It does if the class loses more than half of its accuracy by then. Where it does not, there is nothing to compare.
    """
    for item, rows in frames.items():
        for (dataset, model, lr), part in networks(rows, "lr"):
            steps = stops(part, "both", delta)
            start, end = (looks(part, "both", when)["FA"].mean() for when in (dict.fromkeys(steps, 0), steps))
            if end < start / 2:
                yield network_name(dataset, model), item, lr, part, steps


def _at_full_size(frames: Rows) -> Iterator[Evidence]:
    """Cost: an answer for every learning rate, at the delta of the courses and at the largest that `laptop` tries."""
    if "mumis-speed" not in frames or COURSES not in frames:
        return
    most = mumis.affordable(whole(frames["mumis-speed"]), THAN_RETRAIN).mean()
    for delta in (DELTA, max(mumis.FEW["mu-mis"])):
        for network, item, lr, rows, steps in runs({COURSES: frames[COURSES]}, delta):
            looked = select(rows, variant="both", metric="other")  # once before the first pass, and after each
            taken = looked[looked["step"] <= looked["seed"].map(steps)].groupby("seed").size() - 1.0
            if most > 0 and len(taken):
                numbers = f"δ {delta:g}, rate {lr:g}: {mean_sd(taken)} passes, of {most:.1f} that cost as much"
                yield Evidence(network, item, (Paired(taken).below(most),), numbers, len(taken))


def _worse(variant: str, metric: str, margin: float) -> Callable[[Rows], Iterator[Evidence]]:
    """Whether a variant ends with more FA, or less RA, than the whole loss where that one stops."""

    def decide(frames: Rows) -> Iterator[Evidence]:
        for network, item, lr, rows, steps in runs(frames):
            both, part = (looks(rows, v, steps) for v in ("both", variant))
            worse = paired(part["FA"], both["FA"]) if metric == "FA" else paired(both["RA"], part["RA"])
            if worse.n:
                numbers = [f"{m} {mean_sd(both[m])}, with {variant} {mean_sd(part[m])}" for m in ("FA", "RA")]
                shown = f"at rate {lr:g}: {'; '.join(numbers)}"
                yield Evidence(network, item, (worse.exceeds(margin),), shown, worse.n)

    return decide


def _norms(frames: Rows) -> Iterator[Evidence]:
    """Norm: each stopped by its own sensitivities."""
    for network, item, lr, rows, steps in runs(frames):
        both, other = looks(rows, "both", steps), looks(rows, "spectral", stops(rows, "spectral"))
        fa, ra = (paired(other[metric], both[metric]) for metric in ("FA", "RA"))
        if fa.n and ra.n:
            off = ((fa, SAME_FA["class"]), (ra, SAME_RA))
            answer = every(*(every(d.below(margin), d.exceeds(-margin)) for d, margin in off))
            numbers = [f"{m} {mean_sd(both[m])}, spectral {mean_sd(other[m])}" for m in ("FA", "RA")]
            yield Evidence(network, item, (answer,), f"at rate {lr:g}: {'; '.join(numbers)}", min(fa.n, ra.n))


def _flat(frames: Rows) -> Iterator[Evidence]:
    """Delta: an answer for every learning rate."""
    for network, item, lr, rows, _ in runs(frames, max(mumis.DELTAS)):
        ends = [looks(rows, "both", stops(rows, "both", delta)) for delta in mumis.DELTAS]
        fa, ra = (pd.concat([end[metric] for end in ends], axis=1) for metric in ("FA", "RA"))
        spread = [Paired((over.max(axis=1) - over.min(axis=1)).dropna()) for over in (fa, ra)]
        if all(one.n for one in spread):
            answer = every(spread[0].below(SAME_FA["class"]), spread[1].below(SAME_RA))
            shown = [f"{m} moves by {mean_sd(one.values)}" for m, one in zip(("FA", "RA"), spread, strict=True)]
            yield Evidence(network, item, (answer,), f"at rate {lr:g}: {', '.join(shown)}", spread[0].n)


def _dips(frames: Rows) -> Iterator[Evidence]:
    """Dip: RA at the start, where the sensitivity is least before the stop, and at the stop."""
    for network, item, lr, rows, steps in runs(frames):
        ratio = select(rows, variant="both", metric="ratio")
        ratio = ratio[ratio["step"] <= ratio["seed"].map(steps)].sort_values("value", kind="stable")
        least = ratio.drop_duplicates("seed").set_index("seed")
        moments = (dict.fromkeys(steps, 0), least["step"].to_dict(), steps)
        start, low, end = (looks(rows, "both", when)["RA"] for when in moments)
        dips, recovers = paired(start, low), paired(end, low)
        if dips.n and recovers.n:
            answer = every(dips.exceeds(NO_DIFFERENCE), recovers.exceeds(NO_DIFFERENCE))
            numbers = f"at rate {lr:g}: sensitivity down to {mean_sd(least['value'], 2)} of the first, "
            numbers += f"RA {arrow(start, low)} → {mean_sd(end)}"
            yield Evidence(network, item, (answer,), numbers, min(dips.n, recovers.n))


# ---- The claims ------------------------------------------------------------------------------------------

ABSTRACT, LATER = "abstract", "third-party account"
WHERE = f"At the step where the whole loss stops with delta = {DELTA:g}, if it forgets (more than half of FA lost)"

CLAIMS = (
    Claim(
        "mumis-C1",
        "A sample's contribution to training shows as input sensitivity of the trained model.",
        ABSTRACT,
        f"The median over training samples of the norm of all logits' gradients is more than {RAISED:g} times that "
        "before training.",
        ("mumis-fig2",), _raised,
    ),
    Claim(
        "mumis-C2",
        "The rise is one-sided: the target class's logit becomes more sensitive than the others, from equal order.",
        LATER,
        f"Median norm for the target class by that for the others: within a factor of {EQUAL:g} before training, "
        f"above {EQUAL:g} after.",
        ("mumis-fig2",), _asymmetric,
    ),
    Claim(
        "mumis-C3",
        "Retraining lowers the target class's sensitivity at most forget samples, raises that of the others and "
        "lowers the difference.",
        LATER,
        f"Share of forget samples at which the retrained model's is lower than the original's: above {MOST:g} % for "
        "the target class and for the difference, below for the others.",
        ("mumis-fig4",), _retraining,
    ),
    Claim(
        "mumis-C4",
        "Levelling the two on the forget set alone unlearns without loss on the rest.",
        ABSTRACT,
        f"Beside the retrained model: FA within {SAME_FA['class']:g} points (class) or {SAME_FA['subclass']:g} "
        f"(sub-class), RA and TA less than {KEPT:g} point lower. Where the original's FA is that near already, there "
        "is nothing to test.",
        TABLES, _keeps_utility,
    ),
    Claim(
        "mumis-C5",
        "It is the first method without retained data on a par with those that use it.",
        ABSTRACT,
        "Average gap to retraining is below that of each other method without retained data, and less than "
        f"{NO_DIFFERENCE:g} points above that of each method with it. SCAR is the form without retained images.",
        TABLES, _on_par,
    ),
    Claim(
        "mumis-C6",
        "It is cheap beside retraining and SalUn.",
        LATER,
        f"Run time of retraining is more than {THAN_RETRAIN:g} times as long, that of SalUn more than {THAN_SALUN:g} "
        "times.",
        TABLES, _cheap,
    ),
    Claim(
        "mumis-C7",
        "It withstands a sequence of requests: what was removed stays removed, and it stays nearest to retraining.",
        LATER,
        "FA of earlier requests, mean over them: right after its own no further above the retrained model's than in "
        f"C4, and after the last less than {REBOUND:g} points above that, with an RA less than {RED:g} points below "
        "the retrained model's: one answer. KL to the retrained model, mean over all steps, is more than "
        f"{LARGER:g} below every other method's.",
        ("mumis-fig5",), _robust,
    ),
    Claim(
        "mumis-C8",
        "On a random subset RUM is better overall, and MU-Mis has the lowest KL on the forget set.",
        LATER,
        f"Average gap of RUM is more than {NO_DIFFERENCE:g} points smaller; KL of every other method is more than "
        f"{LARGER:g} nats larger. Where the original's gap is below {ROOM:g} point, there is nothing to test.",
        ("mumis-tabA7",), _random,
    ),
    Claim(
        "mumis-cost",
        "At full size a run costs less than a hundredth of retraining.",
        "ours, after C6",
        f"The passes that a run takes in a small profile, with delta = {DELTA:g} or {max(mumis.FEW['mu-mis']):g}, "
        "if it forgets, are fewer than those "
        f"that cost 1/{THAN_RETRAIN:g} of retraining at full size, by the time of one.",
        (COURSES, "mumis-speed"), _at_full_size,
    ),
    Claim(
        "mumis-losses",
        "The other methods without retained data cost more than five points of accuracy.",
        LATER,
        f"RA is more than {RED:g} points below the retrained model's.",
        TABLES, _others_lose,
    ),
    Claim(
        "mumis-sequence",
        "Along a sequence bad teacher and SalUn let removed classes come back, and SSD loses accuracy.",
        LATER,
        f"FA of earlier requests rises by more than {REBOUND:g} points; SSD's RA falls by more than {RED:g}.",
        ("mumis-fig5",), _others_along,
    ),
    Claim(
        "mumis-weak",
        "A random subset is the weak case: there another method is nearer to retraining.",
        "ours, after C8",
        f"The smallest average gap of all other methods is more than {NO_DIFFERENCE:g} points below that of MU-Mis. "
        f"If none is, look for leakage. Where the original's gap is below {ROOM:g} point, there is nothing to test.",
        ("mumis-tabA7",), _weak,
    ),
    Claim(
        "mumis-memo",
        "Samples that are memorised more cost more accuracy.",
        LATER,
        f"RA lost against the retrained model is more than {NO_DIFFERENCE:g} points higher for the tenth memorised "
        "most than for the tenth memorised least.",
        ("mumis-memo",), _memorised,
    ),
    Claim(
        "mumis-dip",
        "During a run the other classes' sensitivity and RA fall and recover together.",
        LATER,
        f"Up to the stop with delta = {DELTA:g}, if it forgets: where the sensitivity is least, RA is "
        f"more than {NO_DIFFERENCE:g} points below both the start and the stop.",
        (COURSES,), _dips,
    ),
    Claim(
        "mumis-target",
        "The target class's term alone forgets too little.",
        LATER,
        f"{WHERE}: FA is more than {SAME_FA['class']:g} points above the whole loss's.",
        ("mumis-tabA12",), _worse("target", "FA", SAME_FA["class"]),
    ),
    Claim(
        "mumis-other",
        "The other classes' term alone ruins accuracy on the rest.",
        LATER,
        f"{WHERE}: RA is more than {RED:g} points below the whole loss's.",
        ("mumis-tabA12",), _worse("other", "RA", RED),
    ),
    Claim(
        "mumis-jacobian",
        "Shrinking all sensitivities, as Jacobian regularisation does, forgets less.",
        LATER,
        f"{WHERE}: FA is more than {SAME_FA['class']:g} points above the whole loss's.",
        ("mumis-tabA12",), _worse("jacobian", "FA", SAME_FA["class"]),
    ),
    Claim(
        "mumis-norm",
        "Frobenius or spectral norm makes no difference.",
        LATER,
        f"Each stopped by its own rule with delta = {DELTA:g}, if Frobenius forgets: FA within "
        f"{SAME_FA['class']:g} points, RA within {SAME_RA:g}.",
        ("mumis-tabA12",), _norms,
    ),
    Claim(
        "mumis-delta",
        "Results hardly depend on delta.",
        LATER,
        f"Over delta from {min(mumis.DELTAS):g} to {max(mumis.DELTAS):g} at one rate, largest minus smallest: FA "
        f"less than {SAME_FA['class']:g} points, RA less than {SAME_RA:g}. A run that the rule does not end counts "
        "with its last step. Where even the largest leaves the class half of its FA, there is nothing to test.",
        (COURSES,), _flat,
    ),
)  # fmt: skip
