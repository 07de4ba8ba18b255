"""All items, methods or claims on a page: what is recorded, what there is, and how the claims came out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from mu import verdicts
from mu.experiments import CHAPTERS, PAPERS, Item, best, get_item, items, primary_items
from mu.names import shown
from mu.pages.writing import Written, block, claims_table, link, page_link, text_table
from mu.reading import mumis, seeds_in_words, sparsity
from mu.results import LEADING
from mu.storage import digest
from mu.unlearning import methods
from mu.verdicts import Verdict
from mu.verdicts.claim import Claim, Finding

if TYPE_CHECKING:
    from sphinx.application import Sphinx

log = logging.getLogger(__name__)
SEEN = 1  # lines of evidence for a claim; more are folded
SIGNS: dict[verdicts.Word, str] = {
    "holds": "✓", "holds in part": "◐", "unclear": "?", "does not hold": "✗", "nothing to test": "○",
    "not recorded": "–",
}  # fmt: skip
judged = cache(verdicts.verdict)  # one page has the evidence, others single words


def read_anew(app: Sphinx) -> None:
    """What one build has read of the records is not for the next."""
    judged.cache_clear()
    appearances.cache_clear()


# ---- Records --------------------------------------------------------------------------------------------


class StatusDirective(Written):
    """What is recorded under every profile: how many items, and of each of them how much, with its manifest."""

    def text(self) -> str:
        profiles, primary = LEADING[::-1], primary_items()
        text = []
        for profile in profiles:
            progress = [item.progress(profile) for item in primary]
            counts = Counter("all" if not done.missing else "part" if done.have else "none" for done in progress)
            said = f"{counts['all']} of {len(primary)} items recorded completely"
            text.append(f"* `{profile}`: {said}, {counts['part']} in part, {counts['none']} not at all")
        for chapter in CHAPTERS:
            own = [item for item in primary if item.paper == chapter]
            table = {"item": [page_link(item) for item in own]}
            table |= {profile: [state(item, profile) for item in own] for profile in profiles}
            rows = text_table(pd.DataFrame(table))
            text += block("table", f"{{doc}}`/book/{chapter}`", ":class: mu-status", "", rows)
            origins = [origin(item, profile) for item in own for profile in profiles if item.progress(profile).have]
            text += block("dropdown", "What recorded them", "", text_table(pd.DataFrame(origins))) if origins else []
        return "\n".join(text)


def state(item: Item, profile: str) -> str:
    """How much of an item is recorded, a link to the manifest that says by what."""
    done = item.progress(profile)
    seeds = seeds_in_words([len({segment.seed for segment in done.have})])
    text = f"{len(done.have)} of {len(done.wanted)}" if done.missing else f"✓ {seeds}"
    return f"{{download}}`{text} </results/{profile}/{item.id}.json>`" if done.have else text


def origin(item: Item, profile: str) -> dict[str, str]:
    """When, on what and by which code a record was made, and a hash of the settings of what it holds."""
    done = item.progress(profile)
    by_date = sorted(done.have, key=lambda segment: segment.date)
    commits = list(dict.fromkeys(segment.commit for segment in reversed(by_date)))
    return {
        "item": page_link(item, item.id), "profile": f"`{profile}`", "time": cost(item, profile),
        "hardware": "; ".join(done.hardware),
        "date": " to ".join(dict.fromkeys(segment.date[:10] for segment in (by_date[0], by_date[-1]))),
        "commit": f"`{commits[0]}`" + (f" and {len(commits) - 1} before" if len(commits) > 1 else ""),
        "settings": f"`{digest(sorted(segment.cell for segment in done.have), length=8)}`",
    }  # fmt: skip


class RerunDirective(Written):
    """What every notebook costs; one that shows another's record costs nothing more."""

    def text(self) -> str:
        rows = []
        for item in primary_items():
            views = (view for view in items().values() if view.record == item.id)
            links = ", ".join(f"{page_link(view, view.id)} `{view.notebook}`" for view in views)
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
    """A paper's claims: each with its test, the verdict and the evidence."""

    required_arguments = 1
    wide = True

    def text(self) -> str:
        try:
            claims = verdicts.claims(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        rows = [("claim", "test", "verdict", "evidence"), *map(self.row, claims)]
        marks = "* - ", "  - ", "  - ", "  - "
        cells = [mark + cell.replace("\n", "\n    ") for row in rows for mark, cell in zip(marks, row)]
        options = (":header-rows: 1", ":widths: 23 26 15 36", ":class: mu-stacked mu-verdicts")
        return "\n".join(block("list-table", "", *options, "", *cells))

    def row(self, claim: Claim) -> tuple[str, str, str, str]:
        verdict = judged(claim)
        partial = verdict.complete != verdict.items
        complete = f"{verdict.complete} of {verdict.items} figures and tables recorded in full"
        so_far = [f"so far {complete}"] if partial else []
        reads = ", ".join(self.source(name) for name in claim.items)
        return (
            f"({label(claim)})=\n**{claim.name}** {claim.claim} *({claim.source})*",
            claim.test,
            "; ".join([f"**{SIGNS[verdict.word]} {verdict.word}**", *basis(verdict), *so_far]),
            self.evidence(verdict) or f"reads {reads}",
        )

    def evidence(self, verdict: Verdict) -> str:
        """A bullet each, first those that count and, of these, what makes the verdict a no or unclear; only one is
        seen, the others are folded, with how they came out."""
        why = {"does not hold": "no", "unclear": "unclear"}.get(verdict.word)
        place = lambda finding: (finding not in verdict.counted, why is not None and finding.word != why)
        ordered = sorted(verdict.evidence, key=place)
        bullets = [self.bullet(finding, finding in verdict.counted) for finding in ordered]
        words = Counter(finding.word for finding in ordered[SEEN:])
        more = ", ".join(f"{count} {word}" for word, count in words.items())
        rest = block("dropdown", f"{len(bullets) - SEEN} more: {more}", *bullets[SEEN:]) if more else []
        return "\n".join([*bullets[:SEEN], *rest])

    def bullet(self, finding: Finding, counts: bool) -> str:
        n = f"n = {finding.n}" + ("" if counts or not finding.answers else ", not counted")
        return f"* **{finding.word}** {finding.network}: {finding.numbers} ({n}, {self.source(finding.item)})"

    def source(self, name: str) -> str:
        """A link to the page of an item, by its number in the paper, else by the title of that page."""
        item = get_item(name)
        return page_link(item, item.number)


class ClaimsDirective(Written):
    """Each paper's claims in words, with their verdicts; what it says beside its main claims is folded."""

    def text(self) -> str:
        text = []
        for paper in PAPERS:
            theirs = [claim for claim in verdicts.claims(paper) if not claim.ours]
            more = [claim for claim in theirs if not claim.numbered]
            text += claims_table([claim for claim in theirs if claim.numbered], f"{{doc}}`/book/{paper}`")
            text += block("dropdown", "Further observations", *claims_table(more)) if more else []
        return "\n".join(text)


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
        return [to_evidence(claim, verdict.word, self.env.docname), nodes.Text(on)], []


def to_evidence(claim: Claim, word: verdicts.Word, here: str) -> nodes.inline:
    """The verdict's sign and word, a link from page `here` to the claim's line in the table of verdicts."""
    where = {"refdomain": "std", "reftype": "ref", "reftarget": label(claim), "refexplicit": True}
    link = addnodes.pending_xref("", nodes.inline(text=f"{SIGNS[word]} {word}"), refdoc=here, **where)
    return nodes.inline("", "", link, classes=["mu-word", f"mu-{word.replace(' ', '-')}"])


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
