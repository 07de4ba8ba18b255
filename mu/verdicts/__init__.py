"""Each paper's claims as tests on the records; verdicts are computed, never typed.

A verdict counts the answers that a claim finds in the records (`mu.verdicts.claim`), each from differences paired by
seed (`mu.verdicts.differences`). One seed counts only where there is no evidence from several. One module per chapter
holds its claims and their margins.

A verdict rests on the records of one profile, the largest that has evidence, be it that there is nothing to test:
what a small stand-in shows is no evidence beside the real data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from mu.experiments import best, get_item
from mu.reading import seeds_in_words
from mu.verdicts import beyond, mumis, partial, sparsity
from mu.verdicts.claim import Answer, Claim, Finding, beyond_chance, in_words, that_count

_CLAIMS = {"partial": partial.CLAIMS, "mumis": mumis.CLAIMS, "sparsity": sparsity.CLAIMS, "beyond": beyond.CLAIMS}

Word = Literal["holds", "holds in part", "unclear", "does not hold", "nothing to test", "not recorded"]


class Verdict(NamedTuple):
    """What the records say about a claim.

    Attributes:
        word: "holds" if every answer is yes, "holds in part" if some are; if none is, "does not hold", or "unclear"
            if no answer is no either. Of many, those as few as chance gives count as unclear. Without an answer:
            "nothing to test" if the records say why, else "not recorded".
        evidence: what it rests on, one entry or more per network.
        profile: whose records these are.
        complete, items: how many of the claim's items are recorded in full there, and how many it reads.
    """

    word: Word
    evidence: tuple[Finding, ...]
    profile: str = ""
    complete: int = 0
    items: int = 0

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The evidence with answers that the word rests on. One seed does not count beside several."""
        return tuple(that_count([evidence for evidence in self.evidence if evidence.answers]))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Those of the evidence that counts."""
        return tuple(answer for evidence in self.counted for answer in evidence.answers)

    @property
    def seeds(self) -> str:
        """How many there are of what counts, in words; networks may differ."""
        return seeds_in_words(evidence.n for evidence in self.counted)


def claims(paper: str) -> tuple[Claim, ...]:
    """All claims of a paper; of "beyond", checks of ours.

    Raises:
        ValueError: a paper without claims here.
    """
    if paper not in _CLAIMS:
        raise ValueError(f"no claims of paper {paper!r}; choose one of {', '.join(_CLAIMS)}")
    return _CLAIMS[paper]


def verdict(claim: Claim) -> Verdict:
    """The verdict on a claim, from the best record of each of its items, as far as these are of one profile.

    Only cells that the present code would run are read, as on the status page.

    Raises:
        mu.storage.CorruptFile: a record is damaged.
    """
    reads = lambda cell: claim.scenario in (None, cell.settings["scenario"])
    records = {name: record for name in claim.items if (record := best(name))}
    for profile in claim.profiles:
        frames, complete = {}, 0
        for name, record in records.items():
            if record.profile == profile:
                complete += {cell.key for cell in get_item(name).cells(profile) if reads(cell)} <= record.cells
                record.keep_only({segment.cell for segment in record.segments if reads(segment)})
                if record.segments:
                    frames[name] = record.frame
        judged = judge(claim.evidence(frames))
        if judged.evidence:
            return judged._replace(profile=profile, complete=complete, items=len(claim.items))
    return Verdict("not recorded", ())


def judge(evidence: Iterable[Finding]) -> Verdict:
    """Count answers. Unclear counts as not held."""
    judged = Verdict("not recorded", tuple(evidence))
    if judged.answers:
        several = all(finding.n > 1 for finding in judged.counted)
        told = beyond_chance(judged.answers) if several else judged.answers
        return judged._replace(word=in_words(told, ("holds", "holds in part", "does not hold", "unclear")))
    return judged._replace(word="nothing to test") if judged.evidence else judged
