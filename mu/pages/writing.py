"""How a directive writes MyST text: blocks, tables, drawings and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from mu.figures.drawing import THEMES, svg

if TYPE_CHECKING:
    from mu.experiments import Item
    from mu.verdicts.claim import Claim

FIT = 4, 60  # columns, and characters of a line, that a table may have beside its names to fit the text width


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
        self.state.nested_parse(StringList("\n".join(text).splitlines(), source=self.get_location()), 0, holder)
        return holder.children

    def drawn(self, name: str, make: Callable, rows: object) -> list[str]:
        """Write the figure `make(rows)` below the build folder; its addresses for the page, light and dark."""
        places = [Path("_build", "figures", f"{name}-{theme}.svg") for theme in THEMES]
        for theme, place in zip(THEMES, places, strict=True):
            target = Path(self.env.srcdir, place)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(svg(make, rows, theme))
        return [f"/{place.as_posix()}" for place in places]


# ---- MyST text ------------------------------------------------------------------------------------------


def block(directive: str, title: str, *content: str) -> list[str]:
    """A directive with its options and content, fenced by more tildes than any block inside.

    Behind backticks a title may hold no backtick, and so no role.
    """
    inside = re.findall("^ *(~+)", "\n".join(content), re.MULTILINE)
    fence = "~" * max(3, 1 + max(map(len, inside), default=0))
    return [f"{fence}{{{directive}}} {title}", *content, fence]


def drawing(image: str, alt: str) -> list[str]:
    """A picture without number and caption; if it must, it scrolls."""
    return block("div", "mu-drawn", *block("image", image, f":alt: {alt}"))


def number_table(table: pd.DataFrame) -> str:
    """A data frame of numbers as a Markdown table; outer index entries that repeat are left blank."""
    index = table.index.to_frame(index=False).astype(str)
    outer = list(index.columns[:-1])
    repeated = {column: (index == index.shift())[outer[: i + 1]].all(axis=1) for i, column in enumerate(outer)}
    for column, again in repeated.items():
        index[column] = index[column].where(~again, "")
    whole = index.join(table.reset_index(drop=True))
    whole.columns = [*(name or "" for name in table.index.names), *table.columns]
    return text_table(whole, len(table.columns))


def text_table(table: pd.DataFrame, numbers: int = 0) -> str:
    """The columns of a data frame as a Markdown table; the last ones may be numbers."""
    rule = [":---"] * (len(table.columns) - numbers) + ["---:"] * numbers
    rows = (table.columns, rule, *table.itertuples(index=False))
    escaped = ([str(cell).replace("|", chr(92) + "|") for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def claims_table(claims: Iterable[Claim], title: str = "") -> list[str]:
    """A line for each claim, with its verdict."""
    says = lambda claim: f"**{claim.name}** {'Our check: ' if claim.ours else ''}{claim.claim}"
    rows = [{"claim": says(claim), "verdict": f"{{verdict}}`{claim.id}`"} for claim in claims]
    return block("table", title, ":class: mu-stacked mu-claims", "", text_table(pd.DataFrame(rows)))


def fits(table: pd.DataFrame) -> bool:
    """Whether a table is narrow enough for the text width."""
    columns, characters = FIT
    longest = table.astype(str).map(len).max()
    return bool(len(table.columns) <= columns and longest.sum() <= characters)


def page(item: Item) -> str:
    """Its notebook, as Sphinx addresses it."""
    return f"/{item.notebook.removesuffix('.ipynb')}"


def link(item: Item, text: str = "") -> str:
    """To its figure or table: by this text, else as the role `item` names it."""
    return f"{{item}}`{text} <{item.id}>`" if text else f"{{item}}`{item.id}`"


def page_link(item: Item, text: str = "") -> str:
    """To its notebook: by this text, else by the title of that page."""
    return f"{{doc}}`{text} <{page(item)}>`" if text else f"{{doc}}`{page(item)}`"


# ---- Nodes ----------------------------------------------------------------------------------------------


def full_width(content: list[nodes.Node]) -> nodes.container:
    """Content that on a wide screen reaches over the margin."""
    return nodes.container("", *content, classes=["full-width"], is_div=True)  # else the theme unsets the width


def with_dark(content: list[nodes.Node], dark: str) -> list[nodes.Node]:
    """This content, with another picture beside the one in it for the dark page; in a figure they scroll, and the
    caption does not."""
    image = next(node for part in content for node in part.findall(nodes.image))
    other = image.deepcopy()
    image["classes"], other["classes"], other["uri"] = ["only-light"], ["only-dark"], dark
    if isinstance(image.parent, nodes.figure):
        drawn = nodes.container("", classes=["mu-drawn"], is_div=True)
        image.parent.replace(image, drawn)
        drawn += image
    image.parent.insert(image.parent.index(image) + 1, other)
    return content


def with_goal(content: list[nodes.Node]) -> list[nodes.Node]:
    """This content, with the lines of the retrained model marked in its tables: what unlearning is to come near."""
    for row in (row for part in content for row in part.findall(nodes.row)):
        if "retrain" in [cell.astext() for cell in row]:
            row["classes"].append("mu-goal")
    return content
