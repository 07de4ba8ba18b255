"""From rows to answers: numbers by network and seed, differences paired by seed, and what they make together.

At one seed all methods start from the same trained model, so what models differ by from the start cancels in a
difference. From two seeds on it is above or below its margin only if the mean is so with 95 % confidence (one-sided,
Student's t); otherwise it is *unclear*, and unclear is not held. One seed tells nothing about spread: the value alone
decides, and the verdict says that it is from one seed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import pandas as pd
from scipy import stats

from mu.names import place
from mu.reading import mean_sd, select
from mu.verdicts.claim import CONFIDENCE, Answer, Finding, Part, Rows, that_count

# A difference below this is none, in points of accuracy; ours. 8,990 test images at 98 % give one model's accuracy a
# standard error of 0.15 points and a difference one of 0.2; half a point is more than two of those.
NO_DIFFERENCE = 0.5
SPELT_OUT = 4  # comparisons up to which each one's numbers are given: more are unreadable on a phone


# ---- Numbers of a record ----------------------------------------------------------------------------------


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
        yield from sorted(
            rows.groupby(columns, dropna=True), key=lambda group: [place(name) for name in group[0][:2]]
        )


def each_network(frames: Rows, *more: str) -> Iterator[Part]:
    """The rows of every item by network, and by further columns."""
    for item, rows in frames.items():
        for names, part in networks(rows, *more):
            yield names, item, part


def once(parts: Iterable[Part], seeds: Callable[[pd.DataFrame], int] | None = None) -> list[Part]:
    """Every network once, from the item with most seeds, the first one on a tie.

    Args:
        seeds: how many seeds of rows count; all if not given.
    """
    chosen: dict[tuple[str, ...], tuple[int, Part]] = {}
    for part in parts:
        names, _, rows, *_ = part
        n = seeds(rows) if seeds else rows["seed"].nunique()
        if n > chosen.get(names, (0,))[0]:
            chosen[names] = n, part
    return [part for _, part in chosen.values()]


def each_once(frames: Rows) -> list[Part]:
    """Every network once. In small profiles one data set stands for several, and two items hold one run."""
    return once(each_network(frames))


# ---- Answers of several seeds -----------------------------------------------------------------------------


class OverSeeds(NamedTuple):
    """A number at every seed, most often a difference, to be held against a margin."""

    values: pd.Series  # by seed

    @property
    def n(self) -> int:
        return len(self.values)

    def exceeds(self, margin: float, among: int = 1) -> Answer:
        """Whether the mean is above the margin; from two seeds on None where that is not sure enough.

        Args:
            among: of how many it was picked as the best: the surer it must be (Bonferroni).
        """
        excess = self.values.mean() - margin
        error = self.values.sem() if self.n > 1 else 0.0
        sure = stats.t.ppf(1 - (1 - CONFIDENCE) / among, max(self.n - 1, 1))
        return None if abs(excess) < sure * error else bool(excess > 0)

    def below(self, margin: float) -> Answer:
        return OverSeeds(-self.values).exceeds(-margin)

    def within(self, margin: float) -> Answer:
        """Whether it is nearer to 0 than the margin, either way."""
        return every(self.below(margin), self.exceeds(-margin))


def paired(a: pd.Series, b: pd.Series) -> OverSeeds:
    """Two methods' difference a - b at equal seeds (the index); seeds that only one of them has are left out."""
    return OverSeeds((a - b).dropna())


def times(a: pd.Series, b: pd.Series) -> OverSeeds:
    """How many times b a is, at equal seeds."""
    return OverSeeds((a / b).dropna())


def fewest(*counted: OverSeeds | Finding | Comparison) -> int:
    """The fewest seeds of all; 0 of none."""
    return min((numbers.n for numbers in counted), default=0)


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


def agreed(*answers: Answer) -> Answer:
    """The answer that all give, unclear if they differ. For comparisons that are too alike to count apart."""
    return answers[0] if len(set(answers)) == 1 else None


# ---- Findings ---------------------------------------------------------------------------------------------


def arrow(before: pd.Series, after: pd.Series, digits: int = 1) -> str:
    return f"{mean_sd(before, digits)} → {mean_sd(after, digits)}"


def untestable(why: str, *counted: pd.Series) -> Finding:
    """That there is nothing to test in these numbers, and why. Where one has no seed, that is not known either."""
    return Finding((), why, fewest(*map(OverSeeds, counted)))


def as_one(finding: Finding) -> Finding:
    """A finding with one answer: whether every comparison holds. For what is claimed to be the best of all."""
    return finding._replace(answers=(every(*finding.answers),) if finding.answers else ())


class Comparison(NamedTuple):
    """One of many that make a finding together."""

    group: str  # whose name is said once for all of it; "" for none
    label: str  # which of the group
    answer: Answer
    numbers: str
    ahead: OverSeeds

    @property
    def n(self) -> int:
        return self.ahead.n


def summary(cases: Iterable[Comparison], what: str, by: str = "ahead by", digits: int = 1) -> Finding:
    """Comparisons as one finding that shows how many hold, by how much, every one that does not, and a few unclear.

    Those without a seed are left out.
    """
    recorded = [case for case in cases if case.n]
    cases = that_count(recorded)
    held = [case.ahead.values.mean() for case in cases if case.answer]
    text = f"{len(held)} of {len(cases)} {what}"
    if held:
        low, high = f"{min(held):.{digits}f}", f"{max(held):.{digits}f}"
        text += f", {by} {low}" + (f" to {high}" if high != low else "")
    against, unclear = ([case for case in cases if case.answer is answer] for answer in (False, None))
    text += _listed("no", against)
    text += f"; {len(unclear)} unclear" if len(unclear) > SPELT_OUT else _listed("unclear", unclear)
    n = fewest(*cases)
    text += _listed("one seed, not counted,", [case for case in recorded if case.n < n])
    return Finding(tuple(case.answer for case in cases), text, n)


def _listed(word: str, cases: list[Comparison]) -> str:
    """The comparisons by group, each with its numbers if there are few."""
    text = ""
    for group, alike in itertools.groupby(cases, key=lambda case: case.group):
        shown = [case.label + (f" ({case.numbers})" if len(cases) <= SPELT_OUT else "") for case in alike]
        text += f"; {word} at {group}{': ' if group else ''}{', '.join(shown)}"
    return text
