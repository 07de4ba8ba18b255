"""What a claim is, and what rows say about one.

A `Claim` says in one sentence what a paper claims and in another when that counts as held. Its `parts` splits the
records into rows to be read together, most often those of one network; its `decide` says what such rows show, in a
`Finding` with one or more answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from scipy import stats

from mu import results
from mu.names import shown

CONFIDENCE = 0.95  # with which a margin must be passed; ours
FAMILY = 5  # answers from which some may have come by chance; ours
Answer = bool | None  # None: too near to the margin to tell
Rows = Mapping[str, pd.DataFrame]  # item -> its rows
# Rows to be read together: data set, network and what else tells them apart; item; rows; what else `decide` takes.
Part = tuple[tuple[str, ...], str, pd.DataFrame, *tuple[Any, ...]]


class Finding(NamedTuple):
    """What rows say about a claim. With n = 0 they say nothing, and it is left out.

    Without answers there is nothing to test in them, and `numbers` says why. As evidence it also says which rows.
    """

    answers: tuple[Answer, ...]  # one per comparison
    numbers: str  # as shown: mean ± sd over seeds
    n: int  # seeds, the fewest of all comparisons
    network: str = ""  # data set and network, as shown
    item: str = ""

    @property
    def word(self) -> str:
        return in_words(self.answers, ("yes", "in part", "no", "unclear")) if self.answers else "nothing to test"


Decide = Callable[..., Iterable[Finding]]  # rows of one part, and what else comes with them -> what they show


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
        decide: rows of one part, and what else comes with them -> findings.
        scenario: the only one of which `mu.verdicts.verdict` hands it rows; None for all.
        profiles: whose records can tell.
        moot: as `decide`, the finding that a part has nothing to test, and why; None where it has. It is asked first.
        lead: if given, the findings of a part are shown as one, behind these words.
    """

    id: str
    claim: str
    source: str
    test: str
    items: tuple[str, ...]
    parts: Callable[[Rows], Iterable[Part]]
    decide: Decide
    scenario: str | None = None
    profiles: tuple[str, ...] = results.LEADING
    moot: Callable[..., Finding | None] | None = None
    lead: str | None = None

    @property
    def ours(self) -> bool:
        """Whether it is a check of ours, not a claim of the paper."""
        return self.source.startswith("ours")

    @property
    def name(self) -> str:
        """Its id without the paper."""
        return self.id.split("-")[1]

    @property
    def numbered(self) -> bool:
        """Whether it is one of a paper's main claims."""
        return re.fullmatch(r"C\d+", self.name) is not None

    def evidence(self, frames: Rows) -> Iterator[Finding]:
        """Every finding in the rows of these items, and where it is from."""
        for names, item, *read in self.parts(frames):
            network, why = ", ".join(map(shown, names)), self.moot(*read) if self.moot else None
            found = [why] if why else self.decide(*read)
            found = found if self.lead is None else [joined(found, self.lead)]
            yield from (finding._replace(network=network, item=item) for finding in found if finding.n)


def that_count(found: Sequence) -> list:
    """Of findings, or comparisons, those of several seeds; where there are none, those of one.

    One seed says nothing about spread, so it does not count beside several.
    """
    return [one for one in found if one.n > 1] or list(found)


def joined(findings: Iterable[Finding], lead: str = "") -> Finding:
    """Findings as one that shows all their numbers; those without a seed are left out."""
    findings = [finding for finding in findings if finding.n]
    counted = that_count([finding for finding in findings if finding.answers])
    answers = tuple(answer for finding in counted for answer in finding.answers)
    n = min((finding.n for finding in counted or findings), default=0)
    aside = lambda finding: " (one seed, not counted)" if finding.answers and finding.n < n else ""
    return Finding(answers, lead + "; ".join(finding.numbers + aside(finding) for finding in findings), n)


def beyond_chance(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers of several seeds, unclear where there are no more of a kind than chance alone would give.

    Each passes its margin with some confidence, so of many a few pass by chance. Fewer than FAMILY stay as they are.
    """
    by_chance = stats.binom.ppf(CONFIDENCE, len(answers), 1 - CONFIDENCE) if len(answers) >= FAMILY else 0
    return tuple(answer if answers.count(answer) > by_chance else None for answer in answers)


def in_words(answers: Sequence[Answer], words: tuple[str, str, str, str]) -> str:
    """The word for: all yes; some yes; none, and a no among them; none at all."""
    holds, in_part, fails, unclear = words
    if any(answers):
        return holds if all(answers) else in_part
    return fails if False in answers else unclear
