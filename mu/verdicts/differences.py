"""From rows to answers: numbers by network and seed, differences paired by seed, and what they make together.

At one seed all methods start from the same trained model, so what models differ by from the start cancels in a
difference. From two seeds on it is above or below its margin only if the mean is so with 95 % confidence (one-sided,
Student's t); otherwise it is *unclear*, and unclear is not held. One seed tells nothing about spread: the value alone
decides, and the verdict says that it is from one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    groups = rows.groupby(["dataset", "model", *more], dropna=True)
    yield from sorted(groups, key=lambda group: [place(name) for name in group[0][:2]])


def of_items(frames: Rows, *items: str) -> Rows:
    """The rows of these items, as far as there are any."""
    return {item: frames[item] for item in items if item in frames}


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


class Tested(NamedTuple):
    """What a test on numbers by seed says. Always true as a condition: ask for its answer."""

    answer: Answer
    n: int  # seeds
    missed: str = ""  # of a test with a name that is not passed: what it found and what it asked for


def paired(a: pd.Series, b: pd.Series) -> pd.Series:
    """Two methods' difference a - b at equal seeds (the index); seeds that only one of them has are left out."""
    return (a - b).dropna()


def times(a: pd.Series, b: pd.Series) -> pd.Series:
    """How many times b a is, at equal seeds."""
    return (a / b).dropna()


def exceeds(values: pd.Series, margin: float, what: str = "", among: int = 1) -> Tested:
    """Whether the mean is above the margin; from two seeds on None where that is not sure enough.

    Args:
        values: by seed, most often a difference.
        what: their name, where several tests make one answer: if it is not yes, the finding says why.
        among: of how many it was picked as the best: the surer it must be (Bonferroni).
    """
    n, excess = len(values), values.mean() - margin
    error = values.sem() if n > 1 else 0.0
    sure = stats.t.ppf(1 - (1 - CONFIDENCE) / among, max(n - 1, 1))
    answer = None if abs(excess) < sure * error else bool(excess > 0)
    return Tested(answer, n, _missed(answer, what, values, f"above {margin:g}"))


def below(values: pd.Series, margin: float, what: str = "") -> Tested:
    """Whether the mean is below the margin."""
    answer, n, _ = exceeds(-values, -margin)
    return Tested(answer, n, _missed(answer, what, values, f"below {margin:g}"))


def within(values: pd.Series, margin: float, what: str = "") -> Tested:
    """Whether the mean is nearer to 0 than the margin, either way."""
    answer, n, _ = every(below(values, margin), exceeds(values, -margin))
    return Tested(answer, n, _missed(answer, what, values, f"within {margin:g}"))


def _missed(answer: Answer, what: str, values: pd.Series, asked: str) -> str:
    return "" if answer or not what else f"{what} {mean_sd(values)}, asked {asked}"


def every(*tests: Tested) -> Tested:
    """No if one is no, else unclear if one is unclear, else yes."""
    return _together(tests, decides=False)


def either(*tests: Tested) -> Tested:
    """Yes if one is yes, else unclear if one is unclear, else no."""
    return _together(tests, decides=True)


def agreed(*tests: Tested) -> Tested:
    """The answer that all give, unclear if they differ. For comparisons that are too alike to count apart."""
    answers = {test.answer for test in tests}
    return Tested(answers.pop() if len(answers) == 1 else None, _fewest(tests))


def _together(tests: Sequence[Tested], decides: bool) -> Tested:
    """The answer that decides alone, if one gives it; else unclear if one is; else the other."""
    answers = [test.answer for test in tests]
    answer = decides if decides in answers else None if None in answers else not decides
    missed = "; ".join(test.missed for test in tests if test.answer is answer and test.missed)
    return Tested(answer, _fewest(tests), missed)


def _fewest(counted: Iterable[Tested | Comparison]) -> int:
    """The fewest seeds of all; 0 of none."""
    return min((one.n for one in counted), default=0)


# ---- Findings ---------------------------------------------------------------------------------------------


def arrow(before: pd.Series, after: pd.Series, digits: int = 1) -> str:
    return f"{mean_sd(before, digits)} → {mean_sd(after, digits)}"


def finding(numbers: str, *tests: Tested, given: pd.Series | None = None, moot: bool = False) -> Finding:
    """What these tests say together, an answer each; behind the numbers, why one is not yes, if it has a name.

    Args:
        given: what has to be known beside; where it has no seed, nothing is said.
        moot: that there is nothing to test; `numbers` says why.
    """
    n = _fewest(tests) if given is None else min(_fewest(tests), len(given))
    for test in tests if n and not moot else ():
        if test.missed:
            numbers += f"; {'no' if test.answer is False else 'unclear'} because of {test.missed}"
    return Finding(() if moot else tuple(test.answer for test in tests), numbers, n)


def untestable(why: str, *counted: pd.Series) -> Finding:
    """That there is nothing to test in these numbers, and why. Where one has no seed, that is not known either."""
    return Finding((), why, min(map(len, counted), default=0))


def as_one(found: Finding, how: Callable[..., Tested] = every) -> Finding:
    """A finding with one answer: whether every comparison holds. For what is claimed to be the best of all."""
    tests = [Tested(answer, found.n) for answer in found.answers]
    return found._replace(answers=(how(*tests).answer,) if tests else ())


class Comparison(NamedTuple):
    """One of many that make a finding together."""

    label: str
    tested: Tested
    numbers: str
    ahead: pd.Series  # by how much, by seed

    @property
    def n(self) -> int:
        return self.tested.n


def summary(cases: Iterable[Comparison], what: str, by: str = "ahead by", digits: int = 1) -> Finding:
    """Comparisons as one finding that shows how many hold, by how much, every one that does not, and a few unclear.

    Those without a seed are left out.
    """
    recorded = [case for case in cases if case.n]
    cases = that_count(recorded)
    held = [case.ahead.mean() for case in cases if case.tested.answer]
    text = f"{len(held)} of {len(cases)} {what}"
    if held:
        low, high = f"{min(held):.{digits}f}", f"{max(held):.{digits}f}"
        text += f", {by} {low}" + (f" to {high}" if high != low else "")
    against, unclear = ([case for case in cases if case.tested.answer is answer] for answer in (False, None))
    text += _listed("no", against)
    text += f"; {len(unclear)} unclear" if len(unclear) > SPELT_OUT else _listed("unclear", unclear)
    n = _fewest(cases)
    text += _listed("one seed, not counted,", [case for case in recorded if case.n < n])
    return Finding(tuple(case.tested.answer for case in cases), text, n)


def _listed(word: str, cases: list[Comparison]) -> str:
    """The comparisons, each with its numbers if there are few."""
    told = (case.label + (f" ({case.numbers})" if len(cases) <= SPELT_OUT else "") for case in cases)
    return f"; {word} at {', '.join(told)}" if cases else ""
