"""Each paper's claims as tests on the records; verdicts are computed, never typed.

A `Claim` says in one sentence what a paper claims and in another when that counts as held. Its `parts` splits the
records into rows to be read together, most often those of one network; its `decide` says what such rows show, in a
`Finding` with one or more answers. The verdict counts the answers. One module per paper holds its claims and their
margins.

An answer comes from differences paired by seed: at one seed all methods start from the same trained model, so what
models differ by from the start cancels. From two seeds on a difference is above or below its margin only if the mean
is so with 95 % confidence (one-sided, Student's t); otherwise it is *unclear*, and unclear is not held. One seed
tells nothing about spread: the value alone decides, and the verdict says that it is from one seed.

A verdict rests on the records of one profile, the largest that has an answer: what a small stand-in shows is no
evidence beside the real data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd
from scipy import stats

from mu import results
from mu.experiments import NAMES, best, get_item
from mu.reading import mean_sd, select

# A difference below this is none, in points of accuracy; ours. 8,990 test images at 98 % give one model's accuracy a
# standard error of 0.15 points and a difference one of 0.2; half a point is more than two of those.
NO_DIFFERENCE = 0.5
CONFIDENCE = 0.95  # with which a margin must be passed; ours
SPELT_OUT = 4  # comparisons not held, up to which each one's numbers are given: more are unreadable on a phone

Answer = bool | None  # None: too near to the margin to tell
Rows = Mapping[str, pd.DataFrame]  # item -> its rows
Part = tuple[tuple[str, ...], str, pd.DataFrame]  # data set, network and what else tells it apart; item; rows


class Finding(NamedTuple):
    """What rows say about a claim. With n = 0 they say nothing, and it is left out."""

    answers: tuple[Answer, ...]  # one per comparison
    numbers: str  # as shown: mean ± sd over seeds
    n: int  # paired seeds, the fewest of all comparisons


class Evidence(NamedTuple):
    """A finding and the rows that it is from."""

    network: str  # data set and network, as shown
    item: str
    answers: tuple[Answer, ...]
    numbers: str
    n: int

    @property
    def word(self) -> str:
        return _in_words(self.answers, ("yes", "in part", "no", "unclear"))


Word = Literal["holds", "holds in part", "unclear", "does not hold", "not recorded"]


class Verdict(NamedTuple):
    """What the records say about a claim.

    Attributes:
        word: "holds" if every answer is yes, "holds in part" if some are; if none is, "does not hold", or "unclear"
            if no answer is no either; "not recorded" if there is no answer.
        evidence: what it rests on, one entry per network.
        profile: whose records these are.
        complete, items: how many of the claim's items are recorded in full there, and how many it reads.
    """

    word: Word
    evidence: tuple[Evidence, ...]
    profile: str = ""
    complete: int = 0
    items: int = 0

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
        parts: rows of each recorded item -> parts, each (data set, network and what else tells it apart; item; rows;
            what else `decide` takes). It may be handed any subset of the items.
        decide: rows of one part -> findings.
        scenario: the only scenario of the items that it reads; None reads all.
        profiles: whose records can tell.
    """

    id: str
    claim: str
    source: str
    test: str
    items: tuple[str, ...]
    parts: Callable[[Rows], Iterable[tuple]]
    decide: Callable[..., Iterable[Finding]]
    scenario: str | None = None
    profiles: tuple[str, ...] = results.LEADING

    @property
    def ours(self) -> bool:
        """Whether it is a check of ours, not a claim of the paper."""
        return self.source.startswith("ours")

    def evidence(self, frames: Rows) -> Iterator[Evidence]:
        """Every finding in the rows of these items, and where it is from."""
        for names, item, *read in self.parts(frames):
            network = ", ".join(NAMES.get(name, name) for name in names)
            yield from (Evidence(network, item, *found) for found in self.decide(*read) if found.n)


def claims(paper: str) -> tuple[Claim, ...]:
    """All claims of a paper.

    Raises:
        ValueError: a paper without claims here.
    """
    from mu.verdicts import mumis, partial, sparsity

    known = {"partial": partial.CLAIMS, "mumis": mumis.CLAIMS, "sparsity": sparsity.CLAIMS}
    if paper not in known:
        raise ValueError(f"no claims of paper {paper!r}; choose one of {', '.join(known)}")
    return known[paper]


def verdict(claim: Claim) -> Verdict:
    """The verdict on a claim, from the best record of each of its items, as far as these are of one profile.

    Only cells that the present code would run are read, as on the status page.

    Raises:
        mu.storage.CorruptFile: a record is damaged.
    """
    read = lambda cell: claim.scenario in (None, cell.settings["scenario"])
    records = {name: record for name in claim.items if (record := best(name))}
    for profile in claim.profiles:
        frames, complete = {}, 0
        for name, record in records.items():
            if record.profile == profile:
                complete += {cell.key for cell in get_item(name).cells(profile) if read(cell)} <= record.cells
                record.keep_only({segment.cell for segment in record.segments if read(segment)})
                if record.segments:
                    frames[name] = record.frame
        found = judge(claim.evidence(frames))
        if found.evidence:
            return found._replace(profile=profile, complete=complete, items=len(claim.items))
    return Verdict("not recorded", ())


def judge(evidence: Iterable[Evidence]) -> Verdict:
    """Count answers. Unclear counts as not held; evidence without answers counts as none."""
    evidence = tuple(e for e in evidence if e.answers)
    answers = [answer for e in evidence for answer in e.answers]
    if not answers:
        return Verdict("not recorded", ())
    return Verdict(_in_words(answers, ("holds", "holds in part", "does not hold", "unclear")), evidence)


def _in_words(answers: Sequence[Answer], words: tuple[str, str, str, str]) -> str:
    """The word for: all yes; some yes; none, and a no among them; none at all."""
    every_, some, none, unclear = words
    if any(answers):
        return every_ if all(answers) else some
    return none if False in answers else unclear


# ---- Paired differences ----------------------------------------------------------------------------------


class Paired(NamedTuple):
    """Differences a - b at equal seeds."""

    values: pd.Series

    @property
    def n(self) -> int:
        return len(self.values)

    def exceeds(self, margin: float) -> Answer:
        """Whether the mean difference is above the margin; from two seeds on None where that is not sure enough."""
        excess = self.values.mean() - margin
        error = self.values.sem() if self.n > 1 else 0.0
        return None if abs(excess) < stats.t.ppf(CONFIDENCE, max(self.n - 1, 1)) * error else bool(excess > 0)

    def below(self, margin: float) -> Answer:
        return Paired(-self.values).exceeds(-margin)

    def within(self, margin: float) -> Answer:
        """Whether it is nearer to 0 than the margin, either way."""
        return every(self.below(margin), self.exceeds(-margin))


def paired(a: pd.Series, b: pd.Series) -> Paired:
    """Pair two methods' numbers (index: seed) by seed; seeds that only one has are left out."""
    return Paired((a - b).dropna())


def times(a: pd.Series, b: pd.Series) -> Paired:
    """How many times b a is, paired by seed."""
    return Paired((a / b).dropna())


def fewest(*counted: Paired | Finding) -> int:
    """The fewest seeds of all; 0 of none."""
    return min((one.n for one in counted), default=0)


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
    rows = select(rows, metric=metric, **where)
    if rows["seed"].duplicated().any():
        raise ValueError(f"more than one row a seed for {metric!r} with {where}")
    return rows.set_index("seed")["value"].dropna()


def by_method(rows: pd.DataFrame, metric: str, *methods: str, **where) -> list[pd.Series]:
    """One metric of each of these methods, by seed."""
    return [by_seed(rows, metric, method=method, **where) for method in methods]


def networks(rows: pd.DataFrame, *more: str) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """Rows of every network, and of every value of further columns, in the order of the names."""
    columns = ["dataset", "model", *more]
    if set(columns) <= set(rows.columns):
        order = {name: i for i, name in enumerate(NAMES)}
        groups = list(rows.groupby(columns, dropna=True))
        yield from sorted(groups, key=lambda group: (order.get(group[0][0], 99), order.get(group[0][1], 99)))


def each_network(frames: Rows, *more: str) -> Iterator[Part]:
    """The rows of every item by network, and by further columns."""
    for item, rows in frames.items():
        for names, part in networks(rows, *more):
            yield names, item, part


def arrow(before: pd.Series, after: pd.Series, digits: int = 1) -> str:
    return f"{mean_sd(before, digits)} → {mean_sd(after, digits)}"


def once(parts: Iterable[Part], seeds: Callable[[pd.DataFrame], int] | None = None) -> list[Part]:
    """Every network once, from the item with most seeds, the first one on a tie.

    Args:
        seeds: how many seeds of rows count; all if not given.
    """
    chosen: dict[tuple[str, ...], tuple[int, Part]] = {}
    for part in parts:
        names, _, rows = part
        n = seeds(rows) if seeds else rows["seed"].nunique()
        if n > chosen.get(names, (0,))[0]:
            chosen[names] = n, part
    return [part for _, part in chosen.values()]


def joined(findings: Iterable[Finding], lead: str = "") -> Finding:
    """Findings as one that shows all their numbers; those without a seed are left out."""
    found = [one for one in findings if one.n]
    answers = tuple(answer for one in found for answer in one.answers)
    return Finding(answers, lead + "; ".join(one.numbers for one in found), fewest(*found))


def as_one(found: Finding) -> Finding:
    """A finding with one answer: whether every comparison holds. For what is claimed to be the best of all."""
    return found._replace(answers=(every(*found.answers),) if found.answers else ())


Comparison = tuple[str, Answer, str, Paired]  # its label, the answer, its numbers, the differences


def summary(cases: Iterable[Comparison], what: str, by: str = "ahead by", digits: int = 1) -> Finding:
    """Comparisons as one finding that shows how many hold, by how much, and every one that does not.

    Those without a seed are left out.
    """
    cases = [case for case in cases if case[-1].n]
    held = [ahead.values.mean() for _, answer, _, ahead in cases if answer]
    text = f"{len(held)} of {len(cases)} {what}"
    if held:
        low, high = f"{min(held):.{digits}f}", f"{max(held):.{digits}f}"
        text += f", {by} {low}" + (f" to {high}" if high != low else "")
    for word, answer in (("no", False), ("unclear", None)):
        some = [(label, why) for label, a, why, _ in cases if a is answer]
        listed = []
        for i, (label, why) in enumerate(some):
            group, _, variant = label.partition(": ")
            same = i and variant and some[i - 1][0].startswith(f"{group}: ")
            listed.append(f", {variant}" if same else f"; {word} at {label}")
            listed.append(f" ({why})" if len(some) <= SPELT_OUT else "")
        text += "".join(listed)
    return Finding(tuple(answer for _, answer, _, _ in cases), text, fewest(*(ahead for *_, ahead in cases)))
