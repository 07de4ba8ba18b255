"""The book's figures and tables: an `Exhibit` for every item; one module per chapter holds its exhibits."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

import pandas as pd

from mu.figures import beyond, mumis, partial, sparsity
from mu.figures.drawing import THEMES, svg

if TYPE_CHECKING:
    from mu.figures.exhibit import Exhibit

_EXHIBITS = {**partial.EXHIBITS, **mumis.EXHIBITS, **sparsity.EXHIBITS, **beyond.EXHIBITS}


def exhibit(item: str) -> Exhibit:
    """The figure or table that shows an item.

    Raises:
        ValueError: it has none yet.
    """
    if item not in _EXHIBITS:
        raise ValueError(f"no exhibit of {item!r}; add one to EXHIBITS in mu/figures/{item.split('-')[0]}.py")
    return _EXHIBITS[item]


class Shown:
    """A figure or table as a notebook shows it: both themes, and the page picks."""

    # A book page marks its theme on <html>, JupyterLab on <body>; anything else is taken for light.
    CSS = """<style>.mu-shown .only-dark{display:none}
    html[data-theme=dark] .mu-shown .only-dark,body[data-jp-theme-light=false] .mu-shown .only-dark{display:block}
    body[data-jp-theme-light=false] .mu-shown .only-light{display:none}</style>"""

    def __init__(self, item: str, rows: pd.DataFrame) -> None:
        self.item, self.rows, self.exhibit = item, rows, exhibit(item)

    def _repr_html_(self) -> str:
        facts = " · ".join(f"{name} {value}" for name, value in self.rows.attrs.items())
        run = f'<p class="mu-provenance">This run: {facts}</p>' if facts else ""
        if self.exhibit.kind == "table":
            return f'<div class="mu-shown">{self.exhibit.make(self.rows).to_html(border=0)}</div>{run}'
        images = []
        for theme in THEMES:
            data = base64.b64encode(svg(self.exhibit.make, self.rows, theme).encode()).decode()
            alt = html.escape(self.exhibit.alt)
            source = f"data:image/svg+xml;base64,{data}"
            images.append(f'<img class="only-{theme}" alt="{alt}" style="width:100%" src="{source}">')
        return f'{self.CSS}<div class="mu-shown">{"".join(images)}</div>{run}'


def show(item: str, rows: pd.DataFrame) -> Shown:
    """What an item's rows look like; display it at the end of a notebook cell."""
    return Shown(item, rows)
