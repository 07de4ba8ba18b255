"""Printed percentages beside ours.

Times are left out, as they depend on the hardware. So is what follows from the rest: gaps of single metrics, the gap
of the retrained model to itself, and what a figure repeats of a table.
For methods with a hyper-parameter, our number is the one that the rule of `mu.reading` picks. Only a record of the
`paper` profile can reproduce a number; one of a smaller network on part of the images agrees with it, or not.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple, get_args

import pandas as pd

from mu.experiments import best, get_item
from mu.reading import mean_sd, mumis, select, sparsity
from mu.reported import reported

Word = Literal["reproduced", "close", "not reproduced", "agrees", "near", "differs", "not recorded"]
WORDS: tuple[Word, ...] = get_args(Word)
# Points that a difference may have, for each table; ours.
TOLERANCES = {
    # Four in five of the printed standard deviations are below 1. Twice that of the cell where it is larger.
    "sparsity-tab3": 2.0,
    # What is read off a figure by eye.
    "sparsity-fig4": 2.0, "sparsity-fig5": 2.0,
    # No spread is known. The account calls it unchanged where RA moves by a point.
    "mumis-tab1": 1.0, "mumis-tab2": 1.0,
}  # fmt: skip
CLOSE_TIMES = 3  # times the tolerance: ours
READING = {"mumis": mumis, "sparsity": sparsity}  # of papers whose hyper-parameters are swept
PLURAL = {"agrees": "agree", "differs": "differ"}


class Pair(NamedTuple):
    """One printed number and ours, in percent."""

    case: str  # data set, scenario and sparsity
    method: str  # by its name in the paper
    metric: str
    printed: float
    spread: float  # printed standard deviation, 0 if there is none
    ours: tuple[float, ...]  # one per seed
    least: float  # the item's tolerance
    profile: str = ""  # of our record

    @property
    def tolerance(self) -> float:
        return max(self.least, 2 * self.spread)

    @property
    def mean(self) -> float:
        """Of ours, over seeds; NaN if there are none."""
        return pd.Series(self.ours, dtype=float).mean()

    @property
    def difference(self) -> float:
        """Ours minus printed, in points; NaN without ours."""
        return self.mean - self.printed

    @property
    def off(self) -> int:
        """0: within the tolerance; 1: within `CLOSE_TIMES` times that; 2: further away. Without ours 2."""
        distance = abs(self.difference) / self.tolerance
        return 0 if distance <= 1 else 1 if distance <= CLOSE_TIMES else 2

    @property
    def at_an_end(self) -> bool:
        """Whether the printed number is as near to 0 or 100 as the tolerance: there agreement says little."""
        return min(self.printed, 100 - self.printed) <= self.tolerance

    @property
    def verdict(self) -> Word:
        if not self.ours:
            return "not recorded"
        return (WORDS[:3] if self.profile == "paper" else WORDS[3:6])[self.off]

    @property
    def line(self) -> dict[str, str]:
        """As a line of a table."""
        known = len(self.ours)
        return {
            "case": self.case, "method": self.method, "metric": self.metric,
            "paper": f"{self.printed:g}" + (f" ± {self.spread:g}" if self.spread else ""),
            "ours": f"{mean_sd(pd.Series(self.ours))} (n = {known})" if known else "–",
            "difference": f"{self.difference:+z.2f}" if known else "–",
            "tolerance": f"{self.tolerance:g}", "verdict": self.verdict,
        }  # fmt: skip


def compared(name: str) -> list[Pair]:
    """Every printed percentage of an item, case by case and method by method.

    Raises:
        ValueError: the item has no tolerance, so nothing of it is compared.
    """
    if name not in TOLERANCES:
        raise ValueError(f"nothing of {name!r} is compared; choose one of {', '.join(TOLERANCES)}")
    ours, profile = pd.DataFrame(columns=["value"]), ""
    if record := best(name):
        ours, profile = READING[get_item(name).paper].in_its_words(record.frame), record.profile
    pairs = [_compare(theirs, ours, TOLERANCES[name], profile) for _, theirs in _printed(name).iterrows()]
    cases, methods = (list(dict.fromkeys(getattr(pair, key) for pair in pairs)) for key in ("case", "method"))
    return sorted(pairs, key=lambda pair: (cases.index(pair.case), methods.index(pair.method)))


def _printed(name: str) -> pd.DataFrame:
    """The percentages of an item that do not follow from other printed numbers."""
    printed = select(reported(), item=name, unit="%")
    dense = printed["method"] == "l1-sparse"  # it makes a dense model sparse, and the paper prints no sparsity
    printed = printed.assign(sparsity=printed["sparsity"].mask(dense, 0.0))
    derived = printed["metric"].str.endswith(" gap")
    derived |= (printed["method"] == "Retrain") & printed["metric"].isin(("Disparity Ave.", "Avg. Gap"))
    return printed[~derived]


def _compare(theirs: pd.Series, ours: pd.DataFrame, least: float, profile: str) -> Pair:
    where = theirs[["dataset", "scenario", "sparsity", "method", "metric"]].dropna()
    values = select(ours, **where)["value"]
    spread = 0.0 if pd.isna(theirs["std"]) else theirs["std"]
    sparsity = where.get("sparsity")
    sparse = "" if sparsity is None else f"{sparsity:g} % sparse" if sparsity else "dense"
    case = ", ".join(filter(None, (where.get("dataset"), where.get("scenario"), sparse)))
    return Pair(case, where["method"], where["metric"], theirs["value"], spread, tuple(values), least, profile)


def summary(pairs: list[Pair]) -> str:
    """How many of an item's numbers are recorded, at which size, and how they came out."""
    known = [pair for pair in pairs if pair.ours]
    full = sum(pair.profile == "paper" for pair in known)
    text = f"{full} of {len(pairs)} numbers recorded at the paper's size"
    if not known:
        return f"{text}, and none at a smaller one."
    counts = Counter(pair.verdict for pair in pairs)
    parts = [f"{n} {PLURAL.get(word, word) if n > 1 else word}" for word in WORDS if (n := counts[word])]
    if ends := sum(pair.off == 0 and pair.at_an_end for pair in known):
        parts[0] += f" ({ends} of them at an end of the scale, 0 or 100)"
    size = "" if full else f". At `{known[0].profile}` size"
    return f"{text}{size}: {', '.join(parts)}."
