"""Each paper's claims as tests on the records; verdicts are computed, never typed.

A `Claim` says in one sentence what a paper claims and in another when that counts as held. Its `decide` reads rows
and returns one `Evidence` per network, each with one or more answers. The verdict counts the answers.

An answer comes from differences paired by seed: at one seed all methods start from the same trained model, so what
models differ by from the start cancels. With three seeds or more a difference counts only if it passes its margin
by more than two standard errors; one that passes by less is *unclear*, and unclear is not held. With one or two
seeds the mean alone decides, and the number of seeds is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from mu import results
from mu.experiments import get_item
from mu.experiments.partial import FORGOTTEN, NAMES, TABLES, TARGET
from mu.figures import mean_sd, quantity

if TYPE_CHECKING:
    from mu.results import Record

# ---- Tolerances, in points of accuracy (percent of samples) unless said otherwise; all ours ------------------

# A difference below this is none. 8,990 test images at 98 % give one model's accuracy a standard error of 0.15
# points and a difference one of 0.2; half a point is more than two of those.
NO_DIFFERENCE = 0.5
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
# Membership: points of attack recall that count as the retrained model's level. With 100 forget samples a recall
# near one half has a standard error of 5; ten is two of those.
SAME_RECALL = 10.0
# A class is gone from the maps' score when the network gives it no more than chance: one in ten classes.
CHANCE = 10.0
ERRORS = 2.0  # standard errors by which a margin must be passed

SPELT_OUT = (
    4  # comparisons that do not hold, up to which each one's numbers are given: more are unreadable on a phone
)

Answer = bool | None  # None: in the claimed direction, but not by two standard errors
Rows = Mapping[str, pd.DataFrame]  # item -> its rows


class Evidence(NamedTuple):
    """What one network's records say about a claim."""

    network: str  # data set and network, as shown
    item: str  # where the rows are from
    answers: tuple[Answer, ...]  # one per comparison
    numbers: str  # as shown: mean ± sd over seeds
    n: int  # paired seeds, the fewest of all comparisons

    @property
    def holds(self) -> bool | None:
        """Whether every answer is yes; None without answers."""
        return all(a is True for a in self.answers) if self.answers else None

    @property
    def word(self) -> str:
        if self.holds:
            return "yes"
        if any(self.answers):
            return "in part"
        return "no" if False in self.answers else "unclear"


Word = Literal["holds", "holds in part", "does not hold", "not recorded"]


class Verdict(NamedTuple):
    """What the records say about a claim.

    Attributes:
        word: "holds" if every answer is yes, "holds in part" if some are, "does not hold" if none is, "not recorded"
            if there is no answer.
        evidence: what it rests on, one entry per network.
        complete, items: how many of the claim's items are recorded in full, and how many it reads.
        profiles: which recorded sizes were read.
    """

    word: Word
    evidence: tuple[Evidence, ...]
    complete: int = 0
    items: int = 0
    profiles: tuple[str, ...] = ()

    @property
    def seeds(self) -> str:
        """ "one seed", "3 seeds", or "1 to 3 seeds" where networks differ."""
        counts = sorted({evidence.n for evidence in self.evidence})
        if not counts:
            return "no seed"
        if counts == [1]:
            return "one seed"
        return f"{counts[0]} to {counts[-1]} seeds" if len(counts) > 1 else f"{counts[0]} seeds"


@dataclass(frozen=True)
class Claim:
    """A claim and its test.

    Attributes:
        id: `<paper>-C<number>`, or `<paper>-<word>` for a check of ours.
        claim: one sentence, our words.
        source: where the claim is made.
        test: when it counts as held, one sentence with its margins.
        items: which records it reads.
        decide: rows of each recorded item -> evidence. It may be handed any subset of the items.
        scenario: the only scenario of the items that it reads; None reads all.
    """

    id: str
    claim: str
    source: str
    test: str
    items: tuple[str, ...]
    decide: Callable[[Rows], list[Evidence]]
    scenario: str | None = None

    @property
    def paper(self) -> str:
        return self.id.split("-")[0]


def claims(paper: str) -> tuple[Claim, ...]:
    """All claims of a paper.

    Raises:
        ValueError: a paper without claims here.
    """
    known = sorted({claim.paper for claim in CLAIMS})
    if paper not in known:
        raise ValueError(f"no claims of paper {paper!r}; choose one of {', '.join(known)}")
    return tuple(claim for claim in CLAIMS if claim.paper == paper)


def verdict(claim: Claim, root: Path | None = None) -> Verdict:
    """The verdict on a claim, from the best record of each of its items.

    Only cells that the present code would run are read, as on the status page.

    Raises:
        mu.storage.CorruptFile: a record is damaged.
    """
    frames, profiles, complete = {}, [], 0
    for name in claim.items:
        record = results.best(name, root)
        if record is None:
            continue
        rows, whole = _present(record, claim.scenario)
        complete += whole
        if len(rows):
            frames[name] = rows
            profiles.append(record.profile)
    found = judge(claim.decide(frames))
    used = [p for p in results.LEADING if p in profiles]
    return found._replace(complete=complete, items=len(claim.items), profiles=tuple(used))


def judge(evidence: Iterable[Evidence]) -> Verdict:
    """Count answers. Unclear counts as not held; evidence without answers counts as none."""
    evidence = tuple(e for e in evidence if e.answers)
    answers = [answer for e in evidence for answer in e.answers]
    if not answers:
        return Verdict("not recorded", ())
    if all(answers):
        return Verdict("holds", evidence)
    return Verdict("holds in part" if any(answers) else "does not hold", evidence)


Compared = Literal["reproduced", "close", "not reproduced", "not reported", "not recorded"]


def compare(value: float | None, sd: float | None, reported: float | None, tolerance: float) -> Compared:
    """Our number beside the paper's.

    "reproduced": no further from the paper's number than the tolerance. "close": no further than three tolerances.
    "not reproduced": further. "not reported": the paper's number could not be read. "not recorded": it could, and we
    have none.

    Args:
        value: our mean over seeds, in the paper's unit; None or NaN if not recorded.
        sd: our standard deviation over seeds, None or NaN for one seed. It is printed beside the verdict and does
            not enter it: a noisier rerun must not pass more easily.
        reported: the paper's number; None or NaN if not available.
        tolerance: set per table and justified there, above 0, same unit.

    Raises:
        ValueError: the tolerance is not above 0, or `sd` is negative.
    """
    if not tolerance > 0:
        raise ValueError(f"tolerance must be above 0, not {tolerance}")
    if sd is not None and sd < 0:
        raise ValueError(f"a standard deviation cannot be {sd}")
    if reported is None or math.isnan(reported):
        return "not reported"
    if value is None or math.isnan(value):
        return "not recorded"
    gap = round(abs(value - reported) / tolerance, 9)  # 95.0 and 94.8 are 0.2 apart, whatever binary says
    return "reproduced" if gap <= 1 else "close" if gap <= 3 else "not reproduced"


# ---- Paired differences ----------------------------------------------------------------------------------


class Paired(NamedTuple):
    """Differences a - b at equal seeds."""

    values: pd.Series

    @property
    def n(self) -> int:
        return len(self.values)

    def exceeds(self, margin: float) -> Answer:
        """Whether the mean difference is above the margin, from three seeds on by two standard errors."""
        excess = self.values.mean() - margin
        if not excess > 0:
            return False
        error = self.values.std() / math.sqrt(self.n) if self.n >= 3 else 0.0
        return True if excess > ERRORS * error else None

    def below(self, margin: float) -> Answer:
        return Paired(-self.values).exceeds(-margin)


def paired(a: pd.Series, b: pd.Series) -> Paired:
    """Pair two methods' numbers (index: seed) by seed; seeds that only one has are left out."""
    return Paired((a - b).dropna())


def every(*answers: Answer) -> Answer:
    """No if one is no, else unclear if one is unclear, else yes."""
    if False in answers:
        return False
    return None if None in answers else True


def either(*answers: Answer) -> Answer:
    """Yes if one is yes, else unclear if one is unclear, else no."""
    if True in answers:
        return True
    return None if None in answers else False


def by_seed(rows: pd.DataFrame, metric: str, **where) -> pd.Series:
    """One metric of the rows asked for, by seed; empty if there is none.

    Raises:
        ValueError: more than one row a seed.
    """
    rows = _where(rows, metric=metric, **where)
    if rows["seed"].duplicated().any():
        raise ValueError(f"more than one row a seed for {metric!r} with {where}")
    return rows.set_index("seed")["value"].dropna()


def _where(rows: pd.DataFrame, **where) -> pd.DataFrame:
    for column, value in where.items():
        rows = rows[rows[column] == value] if column in rows else rows.iloc[:0]
    return rows


def _networks(rows: pd.DataFrame, *more: str) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """Rows of every network, and of every value of further columns, in the order of the names."""
    columns = ["dataset", "model", *more]
    if set(columns) <= set(rows.columns):
        order = {name: i for i, name in enumerate(NAMES)}
        groups = list(rows.groupby(columns, dropna=True))
        yield from sorted(groups, key=lambda group: (order.get(group[0][0], 99), order.get(group[0][1], 99)))


def _name(dataset: str, model: str) -> str:
    return f"{NAMES.get(dataset, dataset)}, {NAMES.get(model, model)}"


def _present(record: Record, scenario: str | None) -> tuple[pd.DataFrame, bool]:
    """Rows of the cells that the grid has, and whether those cells are all there."""
    item = get_item(record.item)
    seeds = max(item.seeds[record.profile], *(segment.seed + 1 for segment in record.segments))
    of_grid = [c for c in item.cells(record.profile, seeds) if scenario in (None, c.settings["scenario"])]
    whole = {c.key for c in of_grid if c.seed < item.seeds[record.profile]} <= record.cells
    return record.select({c.key for c in of_grid}), whole


# ---- `partial`: right after the removal ------------------------------------------------------------------
# Tables, curves and sweep hold the same removals of the same trained models. Each reader below brings one kind of
# item to the same rows: per network and seed, one row for each of trained, amnesiac, partial-amnesiac and metric.

TABLE_ITEMS = (*TABLES, "partial-jmlr")
CURVE_ITEMS = ("partial-fig1", "partial-fig2")
REMOVALS = ("amnesiac", "partial-amnesiac")


def _from_table(rows: pd.DataFrame) -> pd.DataFrame:
    rows = _where(rows, scenario="rare")
    at_once = rows["method"].isin(REMOVALS) & (rows["epochs"] == 0) if "epochs" in rows else False
    return rows[at_once | rows["method"].isin(("trained", "retrain"))]


def _from_curves(rows: pd.DataFrame) -> pd.DataFrame:
    training = _where(rows, phase="training")
    last = training.groupby(["dataset", "model", "seed"])["epoch"].transform("max")
    return pd.concat([training[training["epoch"] == last], _where(rows, phase="removal")])


def _from_sweep(rows: pd.DataFrame) -> pd.DataFrame:
    """The kept share is chosen again as everywhere: the smallest one that forgets the forget set."""
    top = _where(rows, rule="top", method="partial-amnesiac")
    conventional = top[top["keep"] == 1]
    forgets = top[((top["metric"] == "UA") & (top["value"] >= 100 - FORGOTTEN)) | (top["keep"] == 1)]
    chosen = forgets.groupby(["dataset", "model", "seed"])["keep"].min().rename("chosen").reset_index()
    top = top.merge(chosen, on=["dataset", "model", "seed"])
    return pd.concat([
        _where(rows, method="trained"), conventional.assign(method="amnesiac"), top[top["keep"] == top["chosen"]],
    ])  # fmt: skip


READERS = {
    **dict.fromkeys(TABLE_ITEMS, _from_table), **dict.fromkeys(CURVE_ITEMS, _from_curves),
    "partial-keep": _from_sweep,
}  # fmt: skip


def removals(frames: Rows, metric: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Every network once: (network, item, its rows), from the item with most seeds, the first one on a tie.

    Counting one network's tables, curves and sweep apart would count one removal three times.
    """
    best: dict[tuple, tuple[int, str, pd.DataFrame]] = {}
    for item, read in READERS.items():
        if item not in frames:
            continue
        for network, rows in _networks(read(frames[item])):
            conventional, partial = (by_seed(rows, metric, method=method) for method in REMOVALS)
            n = paired(partial, conventional).n
            if n > best.get(network, (0,))[0]:
                best[network] = n, item, rows
    for network, (_, item, rows) in best.items():
        yield _name(*network), item, rows


def _efficacy(frames: Rows) -> list[Evidence]:
    """C1."""
    found = []
    for network, item, rows in removals(frames, "non-target accuracy"):
        trained, full, part = (by_seed(rows, "non-target accuracy", method=m) for m in ("trained", *REMOVALS))
        left, left_full = (by_seed(rows, "target accuracy", method=m) for m in reversed(REMOVALS))
        loss, ahead = paired(trained, part), paired(part, full)
        if not (loss.n and ahead.n and len(left)):
            continue
        answer = every(bool(left.mean() <= GONE), loss.below(PRESERVED), ahead.exceeds(-NO_DIFFERENCE))
        numbers = (
            f"{mean_sd(trained)} → {mean_sd(part)}, conventional {mean_sd(full)}; "
            f"class left {mean_sd(left, 2)}, conventional {mean_sd(left_full, 2)}"
        )
        found.append(Evidence(network, item, (answer,), numbers, min(loss.n, ahead.n)))
    return found


def _no_fine_tuning(frames: Rows) -> list[Evidence]:
    """C2."""
    found = []
    for item, rows in frames.items():
        for network, part in _networks(_where(rows, scenario="rare")):
            gains = [
                paired(*(by_seed(part, "non-target accuracy", method=m, epochs=e) for e in (1, 0))) for m in REMOVALS
            ]
            if all(gain.n for gain in gains):
                answer = every(gains[0].exceeds(NO_DIFFERENCE), gains[1].below(NO_DIFFERENCE))
                numbers = f"gain {mean_sd(gains[1].values)}, conventional {mean_sd(gains[0].values)}"
                found.append(Evidence(_name(*network), item, (answer,), numbers, min(gain.n for gain in gains)))
    return found


def _bytes(frames: Rows) -> list[Evidence]:
    """C5."""
    found = []
    for network, item, rows in removals(frames, "stored bytes"):
        full, part = (by_seed(rows, "stored bytes", method=method) for method in REMOVALS)
        saved = paired(full, part)
        ratio = (full / part).dropna()
        numbers = f"{quantity(part.mean())} of {quantity(full.mean())}, {mean_sd(ratio)} times less"
        found.append(Evidence(network, item, (saved.exceeds(0),), numbers, saved.n))
    return found


def _membership(frames: Rows) -> list[Evidence]:
    """C8."""
    found = []
    for item, rows in frames.items():
        for network, part in _networks(_from_table(rows)):
            methods = ("trained", "retrain", "partial-amnesiac")
            trained, retrained, after = (100 - by_seed(part, "MIA-Efficacy", method=m) for m in methods)
            off, drop = paired(after, retrained), paired(trained, after)
            if off.n and drop.n:
                answer = every(off.below(SAME_RECALL), off.exceeds(-SAME_RECALL), drop.exceeds(0))
                numbers = f"{mean_sd(trained)} → {mean_sd(after)}, retrained {mean_sd(retrained)}"
                found.append(Evidence(_name(*network), item, (answer,), numbers, min(off.n, drop.n)))
    return found


def _limit(frames: Rows) -> list[Evidence]:
    """The limit: the whole class."""
    found = []
    for item, rows in frames.items():
        for network, part in _networks(_where(rows, scenario="class")):
            trained = by_seed(part, "non-target accuracy", method="trained")
            after = by_seed(part, "non-target accuracy", method="partial-amnesiac", epochs=0)
            left = by_seed(part, "target accuracy", method="partial-amnesiac", epochs=0)
            loss = paired(trained, after)
            if loss.n and len(left):
                answer = either(loss.exceeds(VISIBLE), Paired(left).exceeds(VISIBLE))
                numbers = f"{mean_sd(trained)} → {mean_sd(after)}; class left {mean_sd(left)}"
                found.append(Evidence(_name(*network), item, (answer,), numbers, loss.n))
    return found


# ---- `partial`: more affected steps, steps that are taken, maps ------------------------------------------


def _affected(frames: Rows) -> list[Evidence]:
    """C6: an answer for every share of affected steps."""
    found = []
    for item, rows in frames.items():
        for network, whole in _networks(rows):
            cases = []
            for _, part in sorted(_networks(whole, "count"), key=lambda group: group[0]):
                metric = "non-target accuracy"
                after = by_seed(part, metric, method="partial-amnesiac", choice="chosen")
                left = by_seed(part, "target accuracy", method="partial-amnesiac", choice="chosen")
                ahead = paired(after, by_seed(part, metric, method="amnesiac"))
                if ahead.n and len(left):
                    gone = bool(left.mean() <= GONE)
                    label = f"{part['affected'].mean():.0f} %"
                    why = f"ahead by {mean_sd(ahead.values)}" + ("" if gone else f", class left {mean_sd(left, 2)}")
                    cases.append((label, every(gone, ahead.exceeds(0)), why, ahead))
            found += _together(_name(*network), item, cases, "shares of affected steps")
    return found


def _stepping(*bases: str) -> Callable[[Rows], list[Evidence]]:
    """C3, C4: an answer for every scenario and variant, the partial form against its whole form.

    Both are stopped by the same rule. Where the whole form ends without having forgotten, the comparison is to the
    disadvantage of the partial one, and counts.
    """

    def decide(frames: Rows) -> list[Evidence]:
        found = []
        for item, rows in frames.items():
            for network, whole in _networks(rows):
                cases = [case for _, part in _networks(whole, "scenario") for case in _against_naive(part, bases)]
                found += _together(_name(*network), item, cases, "comparisons")
        return found

    return decide


def _against_naive(rows: pd.DataFrame, bases: Sequence[str]) -> Iterator[tuple[str, Answer, str, Paired]]:
    scenario = "few samples" if rows["scenario"].iloc[0] == "rare" else "whole class"
    for base in bases:
        naive = by_seed(rows, "non-target accuracy", method=base)
        partial = _where(rows, method=f"partial-{base}")
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


def _together(network: str, item: str, cases: Sequence[tuple[str, Answer, str, Paired]], what: str) -> list[Evidence]:
    """One network's comparisons as one piece of evidence: how many hold, by how much, and every one that does not."""
    if not cases:
        return []
    held = [ahead.values.mean() for _, answer, _, ahead in cases if answer]
    text = f"{len(held)} of {len(cases)} {what}"
    if held:
        low, high = f"{min(held):.1f}", f"{max(held):.1f}"
        text += f", ahead by {low}" + (f" to {high}" if high != low else "")
    for word, answer in (("no", False), ("unclear", None)):
        some = [(label, why) for label, a, why, _ in cases if a is answer]
        listed = []
        for i, (label, why) in enumerate(some):
            group, _, variant = label.partition(": ")
            same = i and variant and some[i - 1][0].startswith(f"{group}: ")
            listed.append(f", {variant}" if same else f"; {word} at {label}")
            listed.append(f" ({why})" if len(some) <= SPELT_OUT else "")
        text += "".join(listed)
    n = min(ahead.n for *_, ahead in cases)
    return [Evidence(network, item, tuple(answer for _, answer, _, _ in cases), text, n)]


def _maps(frames: Rows) -> list[Evidence]:
    """C7."""
    found = []
    for item, rows in frames.items():
        for network, part in _networks(rows):
            kept = part[part["label"].notna() & (part["label"] != TARGET)]
            full, after = (by_seed(kept, "cam similarity", method=method) for method in REMOVALS)
            score = by_seed(part, "class score", method="partial-amnesiac", label=TARGET)
            ahead = paired(after, full)
            if ahead.n and len(score):
                answer = every(ahead.exceeds(0), Paired(score).below(CHANCE))
                numbers = (
                    f"retained map {mean_sd(after, 2)}, conventional {mean_sd(full, 2)}; "
                    f"forgotten class scored {mean_sd(score)} %"
                )
                found.append(Evidence(_name(*network), item, (answer,), numbers, min(ahead.n, len(score))))
    return found


# ---- The claims ------------------------------------------------------------------------------------------

CLAIMS = (
    Claim(
        "partial-C1",
        "Partial amnesiac unlearning preserves the model's efficacy.",
        "abstract",
        f"Right after the removal: class at most {GONE:g} % right, other classes less than {PRESERVED:g} points "
        f"below the trained model, and not {NO_DIFFERENCE:g} or more below conventional removal.",
        (*TABLE_ITEMS, *CURVE_ITEMS, "partial-keep"), _efficacy, "rare",
    ),
    Claim(
        "partial-C2",
        "It needs no fine-tuning afterwards; conventional amnesiac unlearning does.",
        "abstract",
        f"One epoch on retained data gains less than {NO_DIFFERENCE:g} points on other classes after partial "
        "removal, and more than that after conventional.",
        TABLE_ITEMS, _no_fine_tuning, "rare",
    ),
    Claim(
        "partial-C3",
        "Label flipping with partial updates preserves efficacy better than plain label flipping.",
        "abstract",
        f"Partial minus plain on other classes is above 0, with at most {STOPPED:g} % of the forget set still "
        "right; in every scenario, at every share and rule of the sweep.",
        (*TABLE_ITEMS, "partial-steps"), _stepping("label-flip", "label-flip-all"),
    ),
    Claim(
        "partial-C4",
        "Optimization-based unlearning with partial updates preserves efficacy better than its plain form.",
        "abstract",
        "As C3, for gradient ascent.",
        (*TABLE_ITEMS, "partial-steps"), _stepping("ascent"),
    ),
    Claim(
        "partial-C5",
        "It stores less than conventional amnesiac unlearning.",
        "implied by the abstract",
        "Bytes of the chosen ledger, indices included, are fewer. No margin: bytes are counted.",
        (*TABLE_ITEMS, "partial-keep"), _bytes, "rare",
    ),
    Claim(
        "partial-C6",
        "The advantage persists as more steps are affected.",
        "a later account",
        f"At every share of affected steps: class at most {GONE:g} % right, and other classes above conventional "
        "removal.",
        ("partial-fig4",), _affected,
    ),
    Claim(
        "partial-C7",
        "Class activation maps lose the forgotten class and keep a retained one.",
        "a later account",
        "The retained class's map is more like the one before the removal (correlation) after partial than after "
        f"conventional removal, and the forgotten class's score is below chance ({CHANCE:g} %).",
        ("partial-fig3",), _maps,
    ),
    Claim(
        "partial-C8",
        "Membership inference on forgotten samples falls to the level of a model that never saw them.",
        "abstract, as an indicator; the level is ours",
        f"Share of the forget set taken for members (100 − MIA-Efficacy): less than {SAME_RECALL:g} points from the "
        "retrained model, and below the trained one.",
        TABLE_ITEMS, _membership, "rare",
    ),
    Claim(
        "partial-limit",
        "With the whole class in training, partial amnesiac unlearning fails.",
        "ours",
        f"Other classes lose more than {VISIBLE:g} points, or the class is still more than {VISIBLE:g} % right.",
        TABLE_ITEMS, _limit, "class",
    ),
)  # fmt: skip
