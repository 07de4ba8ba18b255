"""The claims of *Layer-wise partial unlearning* (Gogineni & Nadimi)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from mu.experiments.partial import FORGOTTEN, TABLES, TARGET
from mu.figures import mean_sd, quantity
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
    either,
    every,
    network_name,
    networks,
    once,
    paired,
    select,
    together,
)

# ---- Tolerances, in points of accuracy (percent of samples) unless said otherwise; all ours ------------------

# What "preserved" may cost. The predecessor's conventional removal costs three to four points (Graves et al.,
# released run), and that is the loss the paper sets out to avoid; two is clearly less.
PRESERVED = 2.0
# What "fails visibly" means: five times the loss that still counts as preserved.
VISIBLE = 10.0
# Test accuracy on the class at which it counts as forgotten: that of the rule which chooses the kept share.
GONE = FORGOTTEN
# The same on the forget set where steps are taken until it is forgotten. The stop rule looks at no more than 512
# samples; 1 % of them has a standard error of 0.44, and two of those are allowed for.
STOPPED = FORGOTTEN + 1.0
# Membership: points of AUC or recall that count as the retrained model's level. With 100 forget samples an AUC near
# one half has a standard error of about 3, a recall near a tenth as well; six is two of those.
SAME_LEVEL = 6.0
ATTACKS = {"MIA recall (shadow)": "recall", "AUC": "AUC"}
# One in ten classes. A class that the trained model has right no more often was never learnt: nothing to test.
CHANCE = 10.0

# ---- Right after the removal -----------------------------------------------------------------------------
# Tables, curves and sweep hold the same removals of the same trained models. Each reader below brings one kind of
# item to the same rows: per network and seed, one row for each of trained, amnesiac, partial-amnesiac and metric.

TABLE_ITEMS = (*TABLES, "partial-jmlr")
CURVE_ITEMS = ("partial-fig1", "partial-fig2")
REMOVALS = ("amnesiac", "partial-amnesiac")


def _from_table(rows: pd.DataFrame) -> pd.DataFrame:
    rows = select(rows, scenario="rare")
    at_once = rows["method"].isin(REMOVALS) & (rows["epochs"] == 0) if "epochs" in rows else False
    return rows[at_once | rows["method"].isin(("trained", "retrain"))]


def _from_curves(rows: pd.DataFrame) -> pd.DataFrame:
    training = select(rows, phase="training")
    last = training.groupby(["dataset", "model", "seed"])["epoch"].transform("max")
    return pd.concat([training[training["epoch"] == last], select(rows, phase="removal")])


def _from_sweep(rows: pd.DataFrame) -> pd.DataFrame:
    """The kept share is chosen again as everywhere: the smallest one that forgets the forget set."""
    top = select(rows, rule="top", method="partial-amnesiac")
    conventional = top[top["keep"] == 1]
    forgets = top[((top["metric"] == "UA") & (top["value"] >= 100 - FORGOTTEN)) | (top["keep"] == 1)]
    chosen = forgets.groupby(["dataset", "model", "seed"])["keep"].min().rename("chosen").reset_index()
    top = top.merge(chosen, on=["dataset", "model", "seed"])
    return pd.concat([
        select(rows, method="trained"), conventional.assign(method="amnesiac"), top[top["keep"] == top["chosen"]],
    ])  # fmt: skip


READERS = {
    **dict.fromkeys(TABLE_ITEMS, _from_table), **dict.fromkeys(CURVE_ITEMS, _from_curves),
    "partial-keep": _from_sweep,
}  # fmt: skip


def removals(frames: Rows, metric: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Every network once: (network, item, its rows).

    Counting one network's tables, curves and sweep apart would count one removal three times.
    """
    parts = (
        (network, item, rows)
        for item, read in READERS.items()
        if item in frames
        for network, rows in networks(read(frames[item]))
    )
    return once(parts, lambda rows: paired(*(by_seed(rows, metric, method=m) for m in REMOVALS)).n)


def never_learnt(rows: pd.DataFrame) -> bool:
    """Whether the trained model is right on the class no more often than by chance."""
    return by_seed(rows, "target accuracy", method="trained").mean() <= CHANCE


def _efficacy(frames: Rows) -> Iterator[Evidence]:
    """C1."""
    for network, item, rows in removals(frames, "non-target accuracy"):
        trained, full, part = (by_seed(rows, "non-target accuracy", method=m) for m in ("trained", *REMOVALS))
        left, left_full = (by_seed(rows, "target accuracy", method=m) for m in reversed(REMOVALS))
        loss, ahead = paired(trained, part), paired(part, full)
        if not (loss.n and ahead.n and len(left)) or never_learnt(rows):
            continue
        answer = every(bool(left.mean() <= GONE), loss.below(PRESERVED), ahead.exceeds(-NO_DIFFERENCE))
        numbers = (
            f"{mean_sd(trained)} → {mean_sd(part)}, conventional {mean_sd(full)}; "
            f"class left {mean_sd(left, 2)}, conventional {mean_sd(left_full, 2)}"
        )
        yield Evidence(network, item, (answer,), numbers, min(loss.n, ahead.n))


def _no_fine_tuning(frames: Rows) -> Iterator[Evidence]:
    """C2."""
    for item, rows in frames.items():
        for network, part in networks(select(rows, scenario="rare")):
            gains = [
                paired(*(by_seed(part, "non-target accuracy", method=m, epochs=e) for e in (1, 0))) for m in REMOVALS
            ]
            if all(gain.n for gain in gains) and not never_learnt(part):
                answer = every(gains[0].exceeds(NO_DIFFERENCE), gains[1].below(NO_DIFFERENCE))
                numbers = f"gain {mean_sd(gains[1].values)}, conventional {mean_sd(gains[0].values)}"
                n = min(gain.n for gain in gains)
                yield Evidence(network_name(*network), item, (answer,), numbers, n)


def _bytes(frames: Rows) -> Iterator[Evidence]:
    """C5."""
    for network, item, rows in removals(frames, "stored bytes"):
        full, part = (by_seed(rows, "stored bytes", method=method) for method in REMOVALS)
        saved = paired(full, part)
        if never_learnt(rows):
            continue
        ratio = (full / part).dropna()
        numbers = f"{quantity(part.mean())} of {quantity(full.mean())}, {mean_sd(ratio)} times smaller"
        yield Evidence(network, item, (saved.exceeds(0),), numbers, saved.n)


def _membership(frames: Rows) -> Iterator[Evidence]:
    """C8, an answer for each attack. Both look at one class, for between classes an attack would tell the class."""
    for item, rows in frames.items():
        for network, part in networks(_from_table(rows)):
            cases = []
            for metric, attack in ATTACKS.items():
                methods = ("trained", "retrain", "partial-amnesiac")
                trained, retrained, after = (by_seed(part, metric, method=m) for m in methods)
                off, drop = paired(after, retrained), paired(trained, after)
                if off.n and drop.n and not never_learnt(part):
                    answer = every(off.below(SAME_LEVEL), off.exceeds(-SAME_LEVEL), drop.exceeds(0))
                    numbers = f"{attack} {mean_sd(trained)} → {mean_sd(after)}, retrained {mean_sd(retrained)}"
                    cases.append((numbers, answer, min(off.n, drop.n)))
            yield from answered(network_name(*network), item, cases)


def _limit(frames: Rows) -> Iterator[Evidence]:
    """The limit: the whole class, with every share of the grid to choose from."""
    for item, rows in frames.items():
        for network, part in networks(select(rows, scenario="class")):
            trained = by_seed(part, "non-target accuracy", method="trained")
            after = by_seed(part, "non-target accuracy", method="partial-amnesiac", choice="chosen")
            left = by_seed(part, "target accuracy", method="partial-amnesiac", choice="chosen")
            loss = paired(trained, after)
            if loss.n and len(left):
                answer = either(loss.exceeds(VISIBLE), Paired(left).exceeds(VISIBLE))
                numbers = f"{mean_sd(trained)} → {mean_sd(after)}; class left {mean_sd(left)}"
                yield Evidence(network_name(*network), item, (answer,), numbers, loss.n)


# ---- More affected steps, steps that are taken, maps -----------------------------------------------------


def _affected(frames: Rows) -> Iterator[Evidence]:
    """C6: an answer for every share of affected steps."""
    for item, rows in frames.items():
        for network, whole in networks(rows):
            cases = []
            for _, part in sorted(networks(whole, "count"), key=lambda group: group[0]):
                metric = "non-target accuracy"
                after = by_seed(part, metric, method="partial-amnesiac", choice="chosen")
                left = by_seed(part, "target accuracy", method="partial-amnesiac", choice="chosen")
                ahead = paired(after, by_seed(part, metric, method="amnesiac"))
                if ahead.n and len(left) and not never_learnt(part):
                    gone = bool(left.mean() <= GONE)
                    label = f"{part['affected'].mean():.0f} %"
                    why = f"ahead by {mean_sd(ahead.values)}" + ("" if gone else f", class left {mean_sd(left, 2)}")
                    cases.append((label, every(gone, ahead.exceeds(0)), why, ahead))
            yield from together(network_name(*network), item, cases, "shares of affected steps")


def _stepping(*bases: str) -> Callable[[Rows], Iterator[Evidence]]:
    """C3, C4: an answer for every scenario and variant, the partial form against its whole form.

    Both are stopped by the same rule. Where the whole form ends without having forgotten, the comparison is to the
    disadvantage of the partial one, and counts.
    """

    def decide(frames: Rows) -> Iterator[Evidence]:
        parts = (
            (network, item, rows) for item, frame in frames.items() for network, rows in networks(frame)
        )  # the sweep first: a table's comparison is one of it
        for network, item, whole in once(parts, lambda rows: rows["seed"].nunique()):
            cases = [case for _, part in networks(whole, "scenario") for case in _against_naive(part, bases)]
            yield from together(network, item, cases, "comparisons")

    return decide


def _against_naive(rows: pd.DataFrame, bases: Sequence[str]) -> Iterator[Comparison]:
    if never_learnt(rows):
        return
    scenario = "few samples" if rows["scenario"].iloc[0] == "rare" else "whole class"
    for base in bases:
        naive = by_seed(rows, "non-target accuracy", method=base)
        partial = select(rows, method=f"partial-{base}")
        sweep = "rule" in partial and partial["rule"].notna().any()
        variants = partial.groupby(["rule", "keep"], sort=False) if sweep else [((), partial)]
        for variant, part in variants:
            ahead = paired(by_seed(part, "non-target accuracy"), naive)
            known = 100 - by_seed(part, "UA")
            if not (ahead.n and len(known)):
                continue
            gone = bool(known.mean() <= STOPPED)
            rule_keep = " ".join(f"{x:g}" if isinstance(x, float) else str(x) for x in variant)
            label = f"{base}, {scenario}: {rule_keep}".removesuffix(": ")
            why = f"{mean_sd(ahead.values)}" + ("" if gone else f", {mean_sd(known)} % of the forget set left")
            yield label, every(gone, ahead.exceeds(0)), why, ahead


def _maps(frames: Rows) -> Iterator[Evidence]:
    """C7: an answer for the class that stays, one for the class that goes."""
    for item, rows in frames.items():
        for network, part in networks(rows):
            kept = part[part["label"].notna() & (part["label"] != TARGET)]
            full, after = (by_seed(kept, "cam similarity", method=method) for method in REMOVALS)
            peak = {m: by_seed(part, "cam peak", method=m, label=TARGET) for m in ("trained", *REMOVALS)}
            ahead, fall = paired(after, full), paired(peak["trained"], peak["partial-amnesiac"])
            if ahead.n and fall.n:
                numbers = (
                    f"likeness of the retained map {mean_sd(after, 2)}, conventional {mean_sd(full, 2)}; highest "
                    f"value of the forgotten one {arrow(peak['trained'], peak['partial-amnesiac'], 2)}, "
                    f"conventional {mean_sd(peak['amnesiac'], 2)}"
                )
                answers = (ahead.exceeds(0), fall.exceeds(0))
                yield Evidence(network_name(*network), item, answers, numbers, min(ahead.n, fall.n))


# ---- The claims ------------------------------------------------------------------------------------------

CLAIMS = (
    Claim(
        "partial-C1",
        "Partial amnesiac unlearning preserves the model's efficacy.",
        "abstract",
        f"Right after the removal: class at most {GONE:g} % right, other classes less than {PRESERVED:g} points "
        f"below the trained model, and not {NO_DIFFERENCE:g} or more below conventional removal. Where the trained "
        f"model has the class right no more often than by chance ({CHANCE:g} %), there is nothing to test.",
        (*TABLE_ITEMS, *CURVE_ITEMS, "partial-keep"), _efficacy, "rare",
    ),
    Claim(
        "partial-C2",
        "It needs no fine-tuning afterwards; conventional amnesiac unlearning does.",
        "abstract",
        f"One epoch on retained data gains less than {NO_DIFFERENCE:g} points on other classes after partial "
        "removal, and more than that after conventional. Only where the class was learnt, as in C1.",
        TABLE_ITEMS, _no_fine_tuning, "rare",
    ),
    Claim(
        "partial-C3",
        "Label flipping with partial updates preserves efficacy better than plain label flipping.",
        "abstract",
        f"Partial minus plain on other classes is above 0, with at most {STOPPED:g} % of the forget set still "
        "right; in every scenario, at every share and rule of the sweep. Only where the class was learnt, as in C1.",
        ("partial-steps", *TABLE_ITEMS), _stepping("label-flip", "label-flip-all"),
    ),
    Claim(
        "partial-C4",
        "Optimization-based unlearning with partial updates preserves efficacy better than its plain form.",
        "abstract",
        "As C3, for gradient ascent.",
        ("partial-steps", *TABLE_ITEMS), _stepping("ascent"),
    ),
    Claim(
        "partial-C5",
        "It stores less than conventional amnesiac unlearning.",
        "implied by the abstract",
        "Bytes of the chosen ledger, indices included, are fewer. No margin: bytes are counted. Only where the class "
        "was learnt, as in C1.",
        (*TABLE_ITEMS, "partial-keep"), _bytes, "rare",
    ),
    Claim(
        "partial-C6",
        "The advantage persists as more steps are affected.",
        "a later account",
        f"At every share of affected steps: class at most {GONE:g} % right, and other classes above conventional "
        "removal. Shares at which the trained model does not know the class are left out, as in C1.",
        ("partial-fig4",), _affected, "rare",
    ),
    Claim(
        "partial-C7",
        "Class activation maps lose the forgotten class and keep a retained one.",
        "a later account",
        "After partial removal the retained class's map is more like the one before (correlation) than after "
        "conventional removal; the forgotten class's map has a lower highest value than before. An answer each.",
        ("partial-fig3",), _maps,
    ),
    Claim(
        "partial-C8",
        "Membership inference on forgotten samples falls to the level of a model that never saw them.",
        "abstract, as an indicator; the level is ours",
        "Recall of the attack on shadow models, and AUC of the confidence attack (forget set against unseen images "
        f"of the same class), an answer each: less than {SAME_LEVEL:g} points from the retrained model's, and below "
        "the trained one's. Only where the class was learnt, as in C1.",
        TABLE_ITEMS, _membership, "rare",
    ),
    Claim(
        "partial-limit",
        "With the whole class in training, partial amnesiac unlearning fails.",
        "ours",
        f"Other classes lose more than {VISIBLE:g} points, or the class is still more than {VISIBLE:g} % right, "
        "with the kept share chosen from the whole grid.",
        ("partial-fig4",), _limit, "class",
    ),
)  # fmt: skip
