"""Sphinx extension that puts records into pages: no number in the book is typed.

Of one item, `mu.pages.records`:

* ``{record} ITEM``: its figure or table from its best record, with a provenance line; folded below a warning where
  other data stand in for the paper's. ``:again:`` repeats it elsewhere, with a link in place of number and label.
* ``{item}`ITEM` ``: a link to that figure or table, by its number in the paper, else by the title of its page.
* ``{value}`ITEM METRIC column=value ...` ``: mean ± sd over seeds of one recorded number. Where values of a
  hyper-parameter were tried, `tried=` names one; else the rule picks it, or what `choice=` says, see
  `mu.reading`.
* ``{reported} ITEM``: numbers as published. ``{reproduced} ITEM``: each with ours and a verdict.

Of many, `mu.pages.overviews`:

* ``{status}``, ``{rerun}``: what is recorded, and how to record it again.
* ``{methods}``, ``{method} NAME``: from the registry.
* ``{verdicts} PAPER``: its claims, their tests, the computed verdicts and the evidence. ``{claims}``: how each of
  the papers' claims came out. ``{verdict}`CLAIM` ``: the word of one.

All of them write MyST text, which is parsed in place: `mu.pages.writing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mu.pages import overviews, records

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx_design")  # its `div` holds the provenance line
    app.connect("config-inited", no_figure_numbers, priority=900)  # after Jupyter Book's LaTeX extension
    app.connect("builder-inited", overviews.read_anew)
    app.add_directive("record", records.RecordDirective)
    app.add_role("item", records.ItemRole())
    app.add_role("value", records.ValueRole())
    app.add_directive("reported", records.ReportedDirective)
    app.add_directive("reproduced", records.ReproducedDirective)
    app.add_directive("status", overviews.StatusDirective)
    app.add_directive("rerun", overviews.RerunDirective)
    app.add_directive("methods", overviews.MethodsDirective)
    app.add_directive("method", overviews.MethodDirective)
    app.add_directive("verdicts", overviews.VerdictsDirective)
    app.add_directive("claims", overviews.ClaimsDirective)
    app.add_role("verdict", overviews.VerdictRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def no_figure_numbers(app: Sphinx, config: Config) -> None:
    """Captions have the papers' own numbers. Jupyter Book's LaTeX extension turns Sphinx's count on, in HTML too."""
    config["numfig"] = False
