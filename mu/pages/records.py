"""One item on a page: its figure or table, links to it, its numbers in the text and beside the paper's."""

from __future__ import annotations

import contextlib
import shlex
from collections import Counter
from collections.abc import Iterable

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from pandas.api.types import is_numeric_dtype
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from mu import figures, reproduced, verdicts
from mu.experiments import Item, best, get_item, items
from mu.figures.reproduced import against_ours
from mu.names import shown
from mu.pages.writing import (
    Written,
    block,
    claims_table,
    drawing,
    fits,
    full_width,
    link,
    number_table,
    page,
    text_table,
    with_dark,
    with_goal,
)
from mu.reading import number, seeds_in_words, select
from mu.reported import reported
from mu.reproduced import READING
from mu.results import Record
from mu.storage import digest

log = logging.getLogger(__name__)
FROM_GRIDS = {"sparsity-tabA1"}  # shows what will be run, so no run made it
READ_IN = {"paper": "the paper", "secondary": "third-party account", "figure-read": "read off the paper's figure"}


class RecordDirective(Written):
    """An item's figure or table from its best record."""

    required_arguments = 1
    option_spec = {"again": directives.flag}  # noqa: RUF012 (docutils' own form)

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        item, again = get_item(self.arguments[0]), "again" in self.options
        # References to the item lead here; where it is shown again, its name leads to its own page.
        name, target = (link(item), []) if again else (item.number or item.title, [f":name: {item.id}"])
        box = lambda title, text: block("admonition", f"{name}: {title}", ":class: warning", *target, "", text)
        record = best(item.id)
        if record is None:
            return self.parse(*box("not recorded yet", f"`mu run {item.record} --profile laptop` records it."))
        exhibit, theirs = figures.exhibit(item.id), stand_ins(record)
        lead = f"{name}, shown again. " if again else f"**{item.number}.** " if item.number else ""
        caption = lead + (f"**Stand-ins: {used(record)}.** " if theirs else "") + exhibit.caption
        label = [] if theirs else target  # else the box has it
        dark, narrow = "", True
        if exhibit.kind == "table":
            table = exhibit.make(record.frame)
            bare, narrow = [number_table(table)], fits(table)
            text = block("table", caption, *label, "", *bare)
        else:
            light, dark = self.drawn(item.id, exhibit.make, record.frame)
            bare = drawing(light, exhibit.alt)
            text = block("figure", light, f":alt: {exhibit.alt}", *label, "", caption)
        if again:
            text = [*bare, "", *block("div", "mu-caption", caption)]
        source = provenance(item, record, self.env.docname)
        if theirs:
            data, networks = theirs
            run = f"a run on 5,000 digits ({by_name(record.frame['model'])})"
            shows = f"Folded below: {run}, which shows that the code works and nothing about {data}."
            warning = box(f"not recorded on {data} with {networks}", shows)
            content = self.parse(*warning, *block("dropdown", "The run on 5,000 digits", *text, "", *source))
        else:
            content = self.parse(*text)
            more = [*choices(item, record), *([] if again else tested(item))]
            content = (content if narrow else [full_width(content)]) + self.parse(*source, *more)
        return with_dark(content, dark) if dark else with_goal(content)


def stand_ins(record: Record) -> tuple[str, ...]:
    """The paper's data sets and networks, by name, if others stand in for them under `quick`."""
    grid = get_item(record.item).grid
    ours, theirs = ([(cell["dataset"], cell["model"]) for cell in grid(profile)] for profile in ("quick", "paper"))
    if record.profile != "quick" or set(ours) == set(theirs):
        return ()
    return tuple(map(by_name, zip(*theirs, strict=True)))


def used(record: Record) -> str:
    """Data sets and networks of a record, by name."""
    frame = record.frame
    return "; ".join(filter(None, (by_name(frame[column]) for column in ("dataset", "model"))))


def by_name(keys: Iterable[str]) -> str:
    """Data sets or networks, each once."""
    return ", ".join(map(shown, pd.Series(keys).dropna().unique()))


def provenance(item: Item, record: Record, here: str) -> list[str]:
    """The line below every figure and table on page `here`, which does not link to itself: its record and chapter."""
    parts = [] if item.id in FROM_GRIDS else made_by(record, here)
    chapter = f"book/{item.paper}"
    if chapter != here:
        parts.append(f"chapter: {{doc}}`{shown(item.paper)} </{chapter}>`")
    return block("div", "mu-provenance", " · ".join(parts)) if parts else []


def made_by(record: Record, here: str) -> list[str]:
    """What made a record, and where it lies."""
    item, files = get_item(record.item), f"/results/{record.profile}/{record.item}"
    date = max(segment.date for segment in record.segments)[:10]
    hardware = "; ".join(sorted({segment.hardware for segment in record.segments}))
    seeds = seeds_in_words(Counter(digest(s.settings) for s in record.segments).values())  # of each entry of the grid
    if missing := (done := item.progress(record.profile)).missing:
        seeds += f" ({{doc}}`{missing} of {len(done.wanted)} runs not recorded yet </book/status>`{none_of(record)})"
    code = page(item)
    return [
        f"**{record.profile}** profile: {used(record)}; {seeds}, recorded on {hardware}, {date}",
        f"{{download}}`data <{files}.csv>`",
        f"{{download}}`settings and versions <{files}.json>`",
        *([] if code == f"/{here}" else [f"{{doc}}`code <{code}>`"]),
        "{doc}`run it again </book/rerun>`",
    ]


def none_of(record: Record) -> str:
    """The data sets of the grid that no recorded run is of."""
    asked = pd.Series([cell["dataset"] for cell in get_item(record.item).grid(record.profile)])
    absent = by_name(asked[~asked.isin(record.frame["dataset"])])
    return f"; none on {absent}" if absent else ""


def choices(item: Item, record: Record) -> list[str]:
    """Folded below a figure or table: the values that each way to choose picks, where its record has several.

    The record that has a page for this does not show it again.
    """
    page_of_its_own = f"{item.paper}-tuning"
    if item.shows or page_of_its_own not in items() or get_item(page_of_its_own).record == item.id:
        return []
    table = figures.exhibit(page_of_its_own).make(record.frame)
    ways = "({doc}`three ways to choose </book/choice>`)"
    text = f"Average gap to the retrained model, and the value that gave it {ways}; a star: at an end of those tried."
    return block("dropdown", "The hyper-parameters chosen", text, "", number_table(table)) if len(table) else []


def tested(item: Item) -> list[str]:
    """Folded below a figure or table on its own page: the claims that its record is read for."""
    reads = lambda claim: item.record in {get_item(name).record for name in claim.items}
    claims = [claim for claim in verdicts.claims(item.paper) if reads(claim)]
    return block("dropdown", f"Claims tested on this record: {len(claims)}", *claims_table(claims)) if claims else []


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
        of = "" if item.paper in env.docname.split("/") else f" ({shown(item.paper)})"
        return title if has_explicit_title else item.number + of, item.id.lower()  # as Sphinx keeps labels


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
        if item.paper in READING:  # elsewhere no method has more than one value, and `choice` may be a column
            by_rule = "tried" not in where and "proxy gap" in set(rows["metric"])
            how = where.pop("choice", "rule" if by_rule else None)
            rows = READING[item.paper].chosen(rows, how) if how else rows
        wanted = {column: as_in(rows, column, word) for column, word in where.items()}
        rows = select(rows, metric=metric, **wanted)
        # This part of the grid may still come. Under `quick` other data stand in for those that the text names.
        if rows.empty and (record.profile == "quick" or item.progress(record.profile).missing):
            return [not_recorded()], []
        if rows.empty or rows["seed"].duplicated().any():
            what = "no row" if rows.empty else "more than one row a seed"
            log.warning("value %r: %s in record %s", self.text, what, record.profile, location=self.get_location())
        text = number(metric, rows["value"], digits)
        return [nodes.inline(text=text, classes=["mu-value"])], []


def not_recorded() -> nodes.abbreviation:
    """A dash that says why when pointed at."""
    return nodes.abbreviation(text="–", explanation="not recorded yet")


def as_in(rows: pd.DataFrame, column: str, word: str) -> float | str:
    """A word as the column has it: a number, or text, which may look like one."""
    with contextlib.suppress(ValueError):
        if column in rows and is_numeric_dtype(rows[column]):
            return float(word)
    return word


class ReportedDirective(Written):
    """An item's numbers as published, gaps in points; a column that is the same in every line is said once."""

    required_arguments = 1

    def text(self) -> str:
        rows = select(reported(), item=self.arguments[0])
        if rows.empty:
            raise self.error(f"no reported number for {self.arguments[0]!r}")
        gaps = rows["metric"].str.contains("gap|disparity", case=False) & (rows["unit"] == "%")
        rows = rows.assign(
            value=rows["value"].map("{:g}".format), unit=rows["unit"].mask(gaps, "points"),
            source=rows["source_kind"].replace(READ_IN),
        )  # fmt: skip
        columns = ["dataset", "model", "scenario", "method", "metric", "value", "unit", "source"]
        rows = rows[columns].dropna(axis=1, how="all")
        same = [c for c in rows if len(rows) > 1 and rows[c].nunique(dropna=False) == 1]
        everywhere = f"The same in every line: {', '.join(f'{c} {rows[c].iloc[0]}' for c in same)}."
        table = text_table(rows.drop(columns=same))
        return f"{everywhere}\n\n{table}" if same else table


class ReproducedDirective(Written):
    """An item's published numbers beside ours: in words, as a drawing, and each of them folded."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        name = self.arguments[0]
        pairs, record = reproduced.compared(name), best(name)
        content = self.parse(f"{{item}}`{name}`: {reproduced.summary(pairs)}")
        if known := [pair for pair in pairs if pair.ours]:
            light, dark = self.drawn(f"printed-{name}", against_ours, known)
            alt = "Dots, a panel per metric: our number over the paper's."
            content += with_dark(self.parse(*drawing(light, alt)), dark)
        table = pd.DataFrame([pair.line for pair in pairs]).set_index(["case", "method", "metric"])
        content.append(full_width(self.parse(*block("dropdown", "Every number", "", number_table(table)))))
        return content + (self.parse(*provenance(get_item(name), record, self.env.docname)) if record else [])
