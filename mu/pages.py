"""Sphinx extension that puts records into pages: no number in the book is typed.

Directives and roles write MyST text, which is parsed in place:

* ``{record} ITEM``: the item's figure or table from its best record, with a provenance line; folded below a warning
  where other data stand in for the paper's. ``:again:`` repeats it elsewhere, with a link in place of number and
  label.
* ``{value}`ITEM METRIC column=value ...` ``: mean ± sd over seeds of one recorded number. Where values of a
  hyper-parameter were tried, `tried=` names one; else the rule picks it, or what `choice=` says, see
  `mu.reading`.
* ``{item}`ITEM` ``: a link to that figure or table, by its number in the paper, else by the title of its page.
* ``{status}``, ``{rerun}``: what is recorded, and how to record it again.
* ``{methods}``, ``{method} NAME``: from the registry.
* ``{reported} ITEM``: numbers as published. ``{reproduced} ITEM``: each with ours and a verdict.
* ``{verdicts} PAPER``: its claims, their tests, the evidence and the computed verdicts. ``{tally}``: how many
  claims came out how. ``{verdict}`CLAIM` ``: the word of one.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from mu import figures, reproduced, results, verdicts
from mu.experiments import NAMES, PAPERS, Item, best, get_item, items
from mu.figures.drawing import THEMES, svg
from mu.figures.reproduced import against_ours
from mu.reading import mumis, number, seeds_in_words, select, sparsity
from mu.results import LEADING, Record
from mu.storage import digest
from mu.unlearning import methods

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

log = logging.getLogger(__name__)
FIT = 4, 60  # columns, and characters of a line, that a table may have beside its names to fit the text width
SEEN = 3  # lines of evidence for a claim; more are folded
judged = cache(verdicts.verdict)  # one page has the table, others the tally and single words
SOURCES = {"paper": "the paper", "secondary": "third-party account", "figure-read": "read off the paper's figure"}
CHOSEN = {"mumis": mumis.chosen, "sparsity": sparsity.chosen}  # of papers whose hyper-parameters are swept


class Written(SphinxDirective):
    """A directive that writes MyST text."""

    wide = False  # whether it reaches over the margin

    def text(self) -> str:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # records change without the page changing
        content = self.parse(self.text())
        return [full_width(content)] if self.wide else content

    def parse(self, *text: str) -> list[nodes.Node]:
        holder = nodes.Element()
        lines = StringList("\n".join(text).splitlines(), source=self.get_location())
        self.state.nested_parse(lines, 0, holder)
        return holder.children

    def drawn(self, name: str, make: Callable, shown: object) -> list[str]:
        """Write the figure `make(shown)` below the build folder; its addresses for the page, light and dark."""
        places = [Path("_build", "figures", f"{name}-{theme}.svg") for theme in THEMES]
        for theme, place in zip(THEMES, places, strict=True):
            target = Path(self.env.srcdir, place)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(svg(make, shown, theme))
        return [f"/{place.as_posix()}" for place in places]


class RecordDirective(Written):
    required_arguments = 1
    option_spec = {"again": directives.flag}  # noqa: RUF012 (docutils' own form)

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        item = get_item(self.arguments[0])
        record = best(item.id)
        if record is None:
            how = f"`mu run {item.record} --profile laptop` records it."
            return self.parse(*self.box(item, "not recorded yet", how))
        exhibit, theirs = figures.exhibit(item.id), stand_ins(record)
        caption = self.lead(item) + (f"**Stand-ins: {used(record)}.** " if theirs else "") + exhibit.caption
        target = [] if theirs else self.target(item)  # else the box has it
        dark, narrow = "", True
        if exhibit.kind == "table":
            table = exhibit.make(record.frame)
            text, narrow = self.table(target, caption, markdown(table)), fits(table)
        else:
            light, dark = self.drawn(item.id, exhibit.make, record.frame)
            text = self.figure(target, caption, light, exhibit.alt)
        source = provenance(record, self.env.docname)
        if theirs:
            data, networks = theirs
            run = f"a run on 5,000 digits ({by_name(record.frame['model'])})"
            shows = f"Folded below: {run}, which shows that the code works and nothing about {data}."
            box = self.box(item, f"not recorded on {data} with {networks}", shows)
            made = self.parse(*box, "~~~~~{dropdown} The run on 5,000 digits", *text, "", *source, "~~~~~")
        else:
            made = self.parse(*text)
            made = (made if narrow else [full_width(made)]) + self.parse(*source)
        return with_dark(made, dark) if dark else made

    # Fences are tildes: behind backticks a title may hold no backtick, and so no role.

    def box(self, item: Item, title: str, text: str) -> list[str]:
        """What leads where there is no record worth it; references to the item lead here."""
        head = link(item) if "again" in self.options else item.number or item.title
        return [f"~~~{{admonition}} {head}: {title}", ":class: warning", *self.target(item), "", text, "~~~"]

    def figure(self, target: list[str], caption: str, image: str, alt: str) -> list[str]:
        if "again" in self.options:
            return [*drawing(image, alt), "~~~{div} mu-caption", caption, "~~~"]
        return [f"~~~{{figure}} {image}", f":alt: {alt}", *target, "", caption, "~~~"]

    def table(self, target: list[str], caption: str, rows: str) -> list[str]:
        if "again" in self.options:
            return [rows, "", "~~~{div} mu-caption", caption, "~~~"]
        return [f"~~~{{table}} {caption}", *target, "", rows, "~~~"]

    def target(self, item: Item) -> list[str]:
        """The option that lets references lead here; where it is shown again they lead to its own page."""
        return [] if "again" in self.options else [f":name: {item.id}"]

    def lead(self, item: Item) -> str:
        """The caption's first words: its number, or a link to where it has that."""
        if "again" in self.options:
            return f"{link(item)}, shown again. "
        return f"**{item.number}.** " if item.number else ""


class ItemRole(XRefRole):
    """A link to an item by its number, with the paper if that is not the page's; else by its page's title."""

    def __init__(self) -> None:
        super().__init__(innernodeclass=nodes.inline, warn_dangling=True)

    def process_link(self, env, refnode, has_explicit_title, title, target) -> tuple[str, str]:
        item = get_item(target)
        by_title = not item.number and not has_explicit_title
        refnode["refdomain"], refnode["reftype"] = "std", "doc" if by_title else "ref"
        refnode["refexplicit"] = not by_title
        if by_title:
            return title, page(item)
        of = "" if item.paper in env.docname.split("/") else f" ({NAMES.get(item.paper, item.paper)})"
        return title if has_explicit_title else item.number + of, item.id.lower()  # as Sphinx keeps labels


class StatusDirective(Written):
    def text(self) -> str:
        rows = []
        for item in (item for item in items().values() if not item.shows):
            for profile in LEADING:
                record = results.read(item.record, profile)
                have, wanted = item.progress(record)
                rows.append({
                    "item": notebook_link(item), "profile": profile, "cells": f"{len(have)} of {len(wanted)}",
                    "seeds": str(len({s.seed for s in have})) if have else "–",
                    "wall time": duration(sum(s.seconds for s in have)) if have else "not recorded",
                    "hardware": ", ".join(sorted({s.hardware for s in have})) or "–",
                    "date": max((s.date[:10] for s in have), default="–"),
                    "commit": ", ".join(f"`{c}`" for c in sorted({s.commit for s in have})) or "–",
                    "settings": f"`{digest(sorted(wanted), 8)}`",
                })  # fmt: skip
        return as_table(pd.DataFrame(rows))


class RerunDirective(Written):
    """What every notebook costs; one that shows another's record costs nothing more."""

    def text(self) -> str:
        shown = {item.id: [] for item in items().values() if not item.shows}
        for item in items().values():
            shown[item.record].append(f"{notebook_link(item)} `{item.notebook}`")
        return as_table(pd.DataFrame([
            {"notebooks": ", ".join(links)} | {p: cost(get_item(name), p) for p in reversed(LEADING)}
            for name, links in shown.items()
        ]))  # fmt: skip


class MethodsDirective(Written):
    def text(self) -> str:
        short = (sparsity.PAPER_NAMES, mumis.PAPER_NAMES)
        rows = as_table(pd.DataFrame([
            {
                "method": f"{{doc}}`{m.name} </{m.page}>`",
                "in the papers": ", ".join(dict.fromkeys(names[m.name] for names in short if m.name in names)),
                "from": f"{{cite:t}}`{m.paper}`", "is handed": ", ".join(m.needs), "in a line": m.summary,
            }
            for m in methods().values()
        ]))  # fmt: skip
        return f"~~~{{table}}\n:class: mu-stacked mu-methods\n\n{rows}\n~~~"


class MethodDirective(Written):
    required_arguments = 1

    def text(self) -> str:
        known = methods()
        if self.arguments[0] not in known:
            raise self.error(f"unknown method {self.arguments[0]!r}; choose one of {', '.join(known)}")
        method = known[self.arguments[0]]
        seen = appearances()[method.name].items()
        shown = [f"  * {NAMES.get(paper, paper)}: {', '.join(links)}" for paper, links in seen]
        defaults = [f"`{name} = {brief(value)}`" for name, value in method.defaults.items()]
        handed = "".join(f", {need}={need}" for need in ("ledger", "surrogate") if need in method.needs)
        return "\n".join([
            f"* **Is handed** {', '.join(method.needs)}",
            f"* **Options** {'; '.join(defaults) or 'none'}",
            f"* **Call** `mu.unlearn(\"{method.name}\", model, task{handed})`",
            f"* **Records**{'' if shown else ' none yet'}", *shown,
        ])  # fmt: skip


class ReportedDirective(Written):
    required_arguments = 1

    def text(self) -> str:
        rows = results.reported().query("item == @item", local_dict={"item": self.arguments[0]})
        if rows.empty:
            raise self.error(f"no reported number for {self.arguments[0]!r}")
        shown = rows["value"].map("{:g}".format) + rows["unit"].map(" {}".format, na_action="ignore").fillna("")
        rows = rows.assign(value=shown).rename(columns={"source_kind": "source"})
        rows = rows[["dataset", "model", "scenario", "method", "metric", "value", "source"]].dropna(axis=1, how="all")
        rows["source"] = rows["source"].replace(SOURCES)
        same = [c for c in rows if len(rows) > 1 and rows[c].nunique(dropna=False) == 1]
        everywhere = f"The same in every line: {', '.join(f'{c} {rows[c].iloc[0]}' for c in same)}."
        table = as_table(rows.drop(columns=same))
        return f"{everywhere}\n\n{table}" if same else table


class ReproducedDirective(Written):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        name = self.arguments[0]
        found, record = reproduced.compared(name), best(name)
        made = self.parse(f"{{item}}`{name}`: {reproduced.summary(found)}")
        if known := [one for one in found if one.ours]:
            light, dark = self.drawn(f"printed-{name}", against_ours, known)
            alt = "Dots, a panel per metric: our number over the paper's."
            made += with_dark(self.parse(*drawing(light, alt)), dark)
        table = pd.DataFrame([one.line for one in found]).set_index(["case", "method", "metric"])
        made.append(full_width(self.parse("~~~{dropdown} Every number", "", markdown(table), "~~~")))
        return made + (self.parse(*provenance(record, self.env.docname)) if record else [])


class VerdictsDirective(Written):
    required_arguments = 1
    wide = True

    def text(self) -> str:
        try:
            known = verdicts.claims(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        rows = [("claim", "verdict", "evidence", "test")]
        for claim in known:
            found = judged(claim)
            rows.append((
                f"({label(claim)})=\n**{claim.id.split('-')[1]}** {claim.claim} *({claim.source})*",
                "; ".join([f"**{found.word}**", *basis(found), *self.to_come(found)]),
                self.lines(found) or f"reads {self.read(claim)}",
                claim.test,
            ))  # fmt: skip
        made = ["```{list-table}", ":header-rows: 1", ":widths: 24 14 38 24", ":class: mu-stacked", ""]
        for row in rows:
            made += [mark + cell.replace("\n", "\n    ") for mark, cell in zip(("* - ", *["  - "] * 3), row)]
        return "\n".join([*made, "```"])

    def to_come(self, found: verdicts.Verdict) -> list[str]:
        done = found.complete == found.items
        return [] if done else [f"so far: {found.complete} of {found.items} items complete"]

    def lines(self, found: verdicts.Verdict) -> str:
        """The evidence, a line each; all but the first few are folded, with how they came out."""
        lines = [self.line(evidence, evidence in found.counted) for evidence in found.evidence]
        words = Counter(evidence.word for evidence in found.evidence[SEEN:])
        more = ", ".join(f"{count} {word}" for word, count in words.items())
        rest = [f"~~~{{dropdown}} {len(lines) - SEEN} more: {more}", *lines[SEEN:], "~~~"] if more else []
        return "\n".join([*lines[:SEEN], *rest])

    def line(self, evidence: verdicts.Evidence, counts: bool) -> str:
        item = notebook_link(get_item(evidence.item))
        n = f"n = {evidence.n}" + ("" if counts or not evidence.answers else ", not counted")
        return f"* **{evidence.word}** {evidence.network}: {evidence.numbers} ({n}, {item})"

    def read(self, claim: verdicts.Claim) -> str:
        return ", ".join(notebook_link(get_item(name)) for name in claim.items)


def label(claim: verdicts.Claim) -> str:
    """The address of its line in the table of verdicts."""
    return f"verdict-{claim.id.lower()}"


def basis(found: verdicts.Verdict) -> list[str]:
    """How many comparisons hold, of how many seeds, under which profile: as far as there are any."""
    held = [f"{found.answers.count(True)} of {len(found.answers)}"] if found.word == "holds in part" else []
    seeds = [found.seeds] if found.answers else []
    return held + seeds + ([found.profile] if found.evidence else [])


class TallyDirective(Written):
    """How many claims of each paper came out how; checks of ours apart."""

    def text(self) -> str:
        columns = {"claims": [*get_args(verdicts.Word), "judged by one seed", "checks of ours that hold"]}
        for paper in PAPERS:
            pairs = [(claim, judged(claim)) for claim in verdicts.claims(paper)]
            claims, checks = ([found for claim, found in pairs if claim.ours is ours] for ours in (False, True))
            counts = Counter(found.word for found in claims)
            counts["judged by one seed"] = sum(found.seeds == "one seed" for found in claims)
            tested = [found.word for found in checks if found.answers]
            held = f"{tested.count('holds')} of {len(tested)}" if tested else "–"
            name = f"{{doc}}`{NAMES.get(paper, paper)} </book/{paper}>`"
            columns[name] = [*(str(counts[row] or "–") for row in columns["claims"][:-1]), held]
        return markdown(pd.DataFrame(columns).set_index("claims"))


class VerdictRole(SphinxRole):
    """The word of one claim's verdict, a link to its evidence, with seeds and profile."""

    def run(self) -> tuple[list[nodes.Node], list]:
        known = {claim.id: claim for paper in PAPERS for claim in verdicts.claims(paper)}
        if self.text not in known:
            log.warning("no claim %r; choose one of %s", self.text, ", ".join(known), location=self.get_location())
            return [], []
        found = judged(known[self.text])
        on = f" ({'; '.join(basis(found))})" if found.evidence else ""
        where = {"refdomain": "std", "reftype": "ref", "reftarget": label(known[self.text]), "refexplicit": True}
        word = addnodes.pending_xref("", nodes.strong(text=found.word), refdoc=self.env.docname, **where)
        return [word, nodes.Text(on)], []


class ValueRole(SphinxRole):
    """One number of the best record, over seeds."""

    def run(self) -> tuple[list[nodes.Node], list]:
        name, *words = shlex.split(self.text)
        item = get_item(name)
        record = best(item.id)
        if record is None:
            return [not_recorded()], []
        metric = " ".join(word for word in words if "=" not in word)
        where = dict(word.split("=", 1) for word in words if "=" in word)
        digits, rows = int(where.pop("digits", 1)), record.frame
        how = where.pop("choice", None) if item.paper in CHOSEN else None
        if how is None and "tried" not in where and "proxy gap" in set(rows["metric"]):
            how = "rule"
        if how:
            rows = CHOSEN[item.paper](rows, how)
        rows = select(rows, metric=metric, **{column: number_or_text(value) for column, value in where.items()})
        # This part of the grid may still come. Under `quick` other data stand in for those that the text names.
        if rows.empty and (missing_cells(record) or record.profile == "quick"):
            return [not_recorded()], []
        if rows.empty or rows["seed"].duplicated().any():
            found = "no row" if rows.empty else "more than one row a seed"
            log.warning("value %r: %s in record %s", self.text, found, record.profile, location=self.get_location())
        text = number(metric, rows["value"], digits)
        return [nodes.inline(text=text, classes=["mu-value"])], []


@cache
def appearances() -> dict[str, dict[str, list[str]]]:
    """Method -> paper -> links to the figures and tables whose best record has it."""
    found = defaultdict(lambda: defaultdict(list))
    for item in items().values():
        record = best(item.id)
        for method in record.text["method"].unique() if record else ():
            found[method][item.paper].append(link(item, item.number))
    return found


def drawing(image: str, alt: str) -> list[str]:
    """A picture without number and caption."""
    return ["~~~~{div} mu-drawn", f"~~~{{image}} {image}", f":alt: {alt}", "~~~", "~~~~"]


def with_dark(made: list[nodes.Node], dark: str) -> list[nodes.Node]:
    """These nodes, with another picture beside the one in them for the dark page."""
    image = next(node for part in made for node in part.findall(nodes.image))
    other = image.deepcopy()
    image["classes"], other["classes"], other["uri"] = ["only-light"], ["only-dark"], dark
    image.parent.insert(image.parent.index(image) + 1, other)
    return made


def not_recorded() -> nodes.abbreviation:
    """A dash that says why when pointed at."""
    return nodes.abbreviation(text="–", explanation="not recorded yet")


def full_width(content: list[nodes.Node]) -> nodes.container:
    """Content that on a wide screen reaches over the margin."""
    return nodes.container("", *content, classes=["full-width"], is_div=True)  # else the theme unsets the width


def fits(table: pd.DataFrame) -> bool:
    """Whether a table is narrow enough for the text width."""
    columns, characters = FIT
    longest = table.astype(str).map(len).max()
    return bool(len(table.columns) <= columns and longest.sum() <= characters)


def brief(value: object) -> str:
    """A setting in short: of a dataclass only the fields that differ from its defaults."""
    if not is_dataclass(value):
        return repr(value)
    set_apart = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) != f.default}
    return f"{type(value).__name__}({', '.join(f'{name}={x!r}' for name, x in set_apart.items())})"


def number_or_text(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word


def missing_cells(record: Record) -> int:
    """Cells of the item's grid that its record does not hold."""
    have, wanted = get_item(record.item).progress(record)
    return len(wanted) - len(have)


def by_name(keys: Iterable[str]) -> str:
    """Data sets or networks, each once."""
    return ", ".join(NAMES.get(key, key) for key in pd.Series(keys).dropna().unique())


def used(record: Record) -> str:
    """Data sets and networks of a record, by name."""
    frame = record.frame
    return "; ".join(filter(None, (by_name(frame[column]) for column in ("dataset", "model"))))


def stand_ins(record: Record) -> tuple[str, ...]:
    """The paper's data sets and networks, by name, if others stand in for them under `quick`."""
    grid = get_item(record.item).grid
    ours, theirs = ([(cell["dataset"], cell["model"]) for cell in grid(profile)] for profile in ("quick", "paper"))
    if record.profile != "quick" or set(ours) == set(theirs):
        return ()
    return tuple(map(by_name, zip(*theirs, strict=True)))


def provenance(record: Record, here: str) -> list[str]:
    """The line below every figure and table on page `here`, which does not link to itself."""
    item, csv = get_item(record.item), f"/results/{record.profile}/{record.item}"
    dates = sorted(s.date[:10] for s in record.segments)
    hardware = "; ".join(sorted({s.hardware for s in record.segments}))
    seeds = seeds_in_words(Counter(digest(s.settings) for s in record.segments).values())  # of each entry of the grid
    if missing := missing_cells(record):
        seeds += f" ({missing} cells of the grid still missing)"
    code = page(item)
    parts = (
        f"**{record.profile}** profile: {used(record)}; {seeds}, recorded on {hardware}, {dates[-1]}",
        f"{{download}}`data <{csv}.csv>`",
        f"{{download}}`settings and versions <{csv}.json>`",
        *([] if code == f"/{here}" else [f"{{doc}}`code <{code}>`"]),
        "{doc}`run it again </book/rerun>`",
    )
    return ["```{div} mu-provenance", " · ".join(parts), "```"]


def markdown(table: pd.DataFrame) -> str:
    """A data frame of numbers as a Markdown table; outer index entries that repeat are left blank."""
    index = table.index.to_frame(index=False).astype(str)
    outer = list(index.columns[:-1])
    repeated = {column: (index == index.shift())[outer[: i + 1]].all(axis=1) for i, column in enumerate(outer)}
    for column, again in repeated.items():
        index[column] = index[column].where(~again, "")
    whole = index.join(table.reset_index(drop=True))
    whole.columns = [*(name or "" for name in table.index.names), *table.columns]
    return as_table(whole, len(table.columns))


def as_table(table: pd.DataFrame, numbers: int = 0) -> str:
    """The columns as a Markdown table; the last ones may be numbers."""
    rule = [":---"] * (len(table.columns) - numbers) + ["---:"] * numbers
    rows = (table.columns, rule, *table.itertuples(index=False))
    escaped = ([str(cell).replace("|", chr(92) + "|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def page(item: Item) -> str:
    """Its notebook, as Sphinx addresses it."""
    return f"/{item.notebook.removesuffix('.ipynb')}"


def link(item: Item, text: str = "") -> str:
    """To its figure or table: by this text, else as the role `item` names it."""
    return f"{{item}}`{text} <{item.id}>`" if text else f"{{item}}`{item.id}`"


def notebook_link(item: Item) -> str:
    return f"{{doc}}`{item.id} <{page(item)}>`"


def cost(item: Item, profile: str) -> str:
    """Wall time of the recorded cells, summed as if run one after the other, with what they ran on."""
    have, wanted = item.progress(results.read(item.record, profile))
    if not have:
        return f"– (0 of {len(wanted)} cells)"
    spent = duration(sum(s.seconds for s in have))
    part = "" if len(have) == len(wanted) else f" ({len(have)} of {len(wanted)} cells)"
    return f"{spent} of one {'core' if 'core' in have[0].hardware else 'GPU'}{part}"


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def without_count(app: Sphinx, config: Config) -> None:
    """Captions have the papers' own numbers. Jupyter Book's LaTeX extension turns Sphinx's count on, in HTML too."""
    config["numfig"] = False


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx_design")  # its `div` holds the provenance line
    app.connect("config-inited", without_count, priority=900)  # after that extension
    app.connect("builder-inited", lambda app: (judged.cache_clear(), appearances.cache_clear()))
    app.add_directive("record", RecordDirective)
    app.add_directive("status", StatusDirective)
    app.add_directive("rerun", RerunDirective)
    app.add_directive("methods", MethodsDirective)
    app.add_directive("method", MethodDirective)
    app.add_directive("reported", ReportedDirective)
    app.add_directive("reproduced", ReproducedDirective)
    app.add_directive("verdicts", VerdictsDirective)
    app.add_directive("tally", TallyDirective)
    app.add_role("item", ItemRole())
    app.add_role("value", ValueRole())
    app.add_role("verdict", VerdictRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
