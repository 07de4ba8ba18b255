"""All items, methods or claims on a page: what is recorded, what there is, and how the claims came out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, get_args

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from mu import verdicts
from mu.experiments import CHAPTERS, PAPERS, Item, best, get_item, items, primary_items
from mu.names import shown
from mu.pages.writing import Written, block, link, notebook_link, number_table, text_table
from mu.reading import mumis, sparsity
from mu.results import LEADING
from mu.storage import digest
from mu.unlearning import methods
from mu.verdicts import Verdict
from mu.verdicts.claim import Claim, Finding

if TYPE_CHECKING:
    from sphinx.application import Sphinx

log = logging.getLogger(__name__)
SEEN = 5  # lines of evidence for a claim; more are folded
judged = cache(verdicts.verdict)  # one page has the table, others the tally and single words


def read_anew(app: Sphinx) -> None:
    """What one build has read of the records is not for the next."""
    judged.cache_clear()
    appearances.cache_clear()


# ---- Records --------------------------------------------------------------------------------------------


class StatusDirective(Written):
    """What is recorded of every grid under every profile."""

    def text(self) -> str:
        rows = []
        for item in primary_items():
            for profile in LEADING:
                done = item.progress(profile)
                rows.append({
                    "item": notebook_link(item), "profile": profile,
                    "cells": f"{len(done.have)} of {len(done.wanted)}",
                    "seeds": str(len({s.seed for s in done.have}) or "–"),
                    "wall time": duration(done.seconds) if done.have else "not recorded",
                    "hardware": ", ".join(done.hardware) or "–",
                    "date": max((s.date[:10] for s in done.have), default="–"),
                    "commit": ", ".join(f"`{c}`" for c in sorted({s.commit for s in done.have})) or "–",
                    "settings": f"`{digest(sorted(done.wanted), 8)}`",
                })  # fmt: skip
        return text_table(pd.DataFrame(rows))


class RerunDirective(Written):
    """What every notebook costs; one that shows another's record costs nothing more."""

    def text(self) -> str:
        rows = []
        for item in primary_items():
            views = (view for view in items().values() if view.record == item.id)
            links = ", ".join(f"{notebook_link(view)} `{view.notebook}`" for view in views)
            rows.append({"notebooks": links} | {profile: cost(item, profile) for profile in reversed(LEADING)})
        return text_table(pd.DataFrame(rows))


def cost(item: Item, profile: str) -> str:
    """Wall time of the recorded cells, with what they ran on."""
    done, seconds = item.progress(profile), Counter()
    for segment in done.have:
        seconds["core" if "core" in segment.hardware else "GPU"] += segment.seconds
    spent = " and ".join(f"{duration(spent)} of one {kind}" for kind, spent in seconds.items()) or "–"
    return spent + (f" ({len(done.have)} of {len(done.wanted)} cells)" if done.missing else "")


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


# ---- Methods --------------------------------------------------------------------------------------------


class MethodsDirective(Written):
    """A line for every method."""

    def text(self) -> str:
        papers = (sparsity.PAPER_NAMES, mumis.PAPER_NAMES)
        rows = text_table(pd.DataFrame([
            {
                "method": f"{{doc}}`{m.name} </{m.page}>`",
                "in the papers": ", ".join(dict.fromkeys(names[m.name] for names in papers if m.name in names)),
                "from": f"{{cite:t}}`{m.paper}`", "is handed": ", ".join(m.needs), "in a line": m.summary,
            }
            for m in methods().values()
        ]))  # fmt: skip
        return "\n".join(block("table", "", ":class: mu-stacked mu-methods", "", rows))


class MethodDirective(Written):
    """What one method is handed, its options, how it is called and where it is recorded."""

    required_arguments = 1

    def text(self) -> str:
        name, known = self.arguments[0], methods()
        if name not in known:
            raise self.error(f"unknown method {name!r}; choose one of {', '.join(known)}")
        method = known[name]
        recorded = [f"  * {shown(paper)}: {', '.join(links)}" for paper, links in appearances()[name].items()]
        options = [f"`{option} = {brief(value)}`" for option, value in method.defaults.items()]
        handed = "".join(f", {need}={need}" for need in ("ledger", "surrogate") if need in method.needs)
        return "\n".join([
            f"* **Is handed** {', '.join(method.needs)}",
            f"* **Options** {'; '.join(options) or 'none'}",
            f"* **Call** `mu.unlearn(\"{name}\", model, task{handed})`",
            f"* **Records**{'' if recorded else ' none yet'}", *recorded,
        ])  # fmt: skip


@cache
def appearances() -> dict[str, dict[str, list[str]]]:
    """Method -> paper -> links to the figures and tables whose best record has it."""
    links = defaultdict(lambda: defaultdict(list))
    for item in items().values():
        record = best(item.id)
        for method in record.text["method"].unique() if record else ():
            links[method][item.paper].append(link(item, item.number))
    return links


def brief(value: object) -> str:
    """A setting in short: of a dataclass only the fields that differ from its defaults."""
    if not is_dataclass(value):
        return repr(value)
    set_apart = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) != f.default}
    return f"{type(value).__name__}({', '.join(f'{name}={x!r}' for name, x in set_apart.items())})"


# ---- Verdicts -------------------------------------------------------------------------------------------


class VerdictsDirective(Written):
    """A paper's claims: each with its verdict, the evidence and the test."""

    required_arguments = 1
    wide = True

    def text(self) -> str:
        try:
            claims = verdicts.claims(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        rows = [("claim", "verdict", "evidence", "test"), *map(self.row, claims)]
        marks = "* - ", "  - ", "  - ", "  - "
        cells = [mark + cell.replace("\n", "\n    ") for row in rows for mark, cell in zip(marks, row)]
        options = (":header-rows: 1", ":widths: 24 14 38 24", ":class: mu-stacked")
        return "\n".join(block("list-table", "", *options, "", *cells))

    def row(self, claim: Claim) -> tuple[str, str, str, str]:
        verdict = judged(claim)
        partial = verdict.complete != verdict.items
        so_far = [f"so far: {verdict.complete} of {verdict.items} items complete"] if partial else []
        reads = ", ".join(notebook_link(get_item(name)) for name in claim.items)
        return (
            f"({label(claim)})=\n**{claim.id.split('-')[1]}** {claim.claim} *({claim.source})*",
            "; ".join([f"**{verdict.word}**", *basis(verdict), *so_far]),
            self.evidence(verdict) or f"reads {reads}",
            claim.test,
        )

    def evidence(self, verdict: Verdict) -> str:
        """A bullet each, those that count first; all but the first few are folded, with how they came out."""
        ordered = sorted(verdict.evidence, key=lambda finding: finding not in verdict.counted)
        bullets = [self.bullet(finding, finding in verdict.counted) for finding in ordered]
        words = Counter(finding.word for finding in ordered[SEEN:])
        more = ", ".join(f"{count} {word}" for word, count in words.items())
        rest = block("dropdown", f"{len(bullets) - SEEN} more: {more}", *bullets[SEEN:]) if more else []
        return "\n".join([*bullets[:SEEN], *rest])

    def bullet(self, finding: Finding, counts: bool) -> str:
        item = notebook_link(get_item(finding.item))
        n = f"n = {finding.n}" + ("" if counts or not finding.answers else ", not counted")
        return f"* **{finding.word}** {finding.network}: {finding.numbers} ({n}, {item})"


class TallyDirective(Written):
    """How many claims of each paper came out how; checks of ours apart."""

    def text(self) -> str:
        words = get_args(verdicts.Word)
        columns = {"claims": [*words, "judged by one seed", "checks of ours that hold, of those tested"]}
        for paper in PAPERS:
            pairs = [(claim, judged(claim)) for claim in verdicts.claims(paper)]
            theirs, checks = ([verdict for claim, verdict in pairs if claim.ours is ours] for ours in (False, True))
            counts = [sum(verdict.word == word for verdict in theirs) for word in words]
            one_seed = sum(verdict.seeds == "one seed" for verdict in theirs)
            tested = [verdict.word for verdict in checks if verdict.answers]
            held = f"{tested.count('holds')} of {len(tested)}" if tested else "–"
            name = f"{{doc}}`{shown(paper)} </book/{paper}>`"
            columns[name] = [*(str(count or "–") for count in (*counts, one_seed)), held]
        return number_table(pd.DataFrame(columns).set_index("claims"))


class VerdictRole(SphinxRole):
    """The word of one claim's verdict, a link to its evidence, with seeds and profile."""

    def run(self) -> tuple[list[nodes.Node], list]:
        known = {claim.id: claim for chapter in CHAPTERS for claim in verdicts.claims(chapter)}
        if self.text not in known:
            log.warning("no claim %r; choose one of %s", self.text, ", ".join(known), location=self.get_location())
            return [], []
        claim = known[self.text]
        verdict = judged(claim)
        on = f" ({'; '.join(basis(verdict))})" if verdict.evidence else ""
        where = {"refdomain": "std", "reftype": "ref", "reftarget": label(claim), "refexplicit": True}
        word = addnodes.pending_xref("", nodes.strong(text=verdict.word), refdoc=self.env.docname, **where)
        return [word, nodes.Text(on)], []


def label(claim: Claim) -> str:
    """The address of its line in the table of verdicts."""
    return f"verdict-{claim.id.lower()}"


def basis(verdict: Verdict) -> list[str]:
    """How the answers came out if not all alike, of how many seeds, under which profile: as far as there are any."""
    counts = Counter(verdict.answers)
    told = [
        f"{counts[answer]} {word}"
        for answer, word in ((True, "yes"), (False, "no"), (None, "unclear"))
        if counts[answer]
    ]
    differ = [", ".join(told)] if len(told) > 1 else []
    seeds = [verdict.seeds] if verdict.answers else []
    return differ + seeds + ([verdict.profile] if verdict.evidence else [])
