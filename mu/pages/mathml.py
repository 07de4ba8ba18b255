"""Sphinx extension that draws formulas as MathML, which browsers show themselves.

There is no script to load, and pages are readable without a network. A reference to a numbered formula of another
page names that page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)

# What the converter leaves as it stands, or writes in a way that browsers do not draw.
SIGNS = {
    r">\arg<": ">arg<", r">\lvert<": ">|<", r">\rvert<": ">|<", r">\{<": ">{<", r">\}<": ">}<",
    '<mn mathvariant="bold">1</mn>': "<mn>&#x1D7CF;</mn>",
}  # fmt: skip
PRIMED = re.compile(r"<msup><mi>([^<]+)</mi><mi>&#x02032;</mi></msup>")  # as an index the raised sign is a speck


def mathml(node: nodes.math | nodes.math_block, display: str) -> str:
    """A formula, given in LaTeX, as MathML. What would not be drawn is a warning, and so an error of the build."""
    text = node.astext().replace("{aligned}", "{split}")  # the one aligned environment the converter knows
    made = convert(re.sub(r"(\\math\w+) (\w)", r"\1{\2}", text), display=display)
    for written, drawn in SIGNS.items():
        made = made.replace(written, drawn)
    made = PRIMED.sub(r"<mrow><mi>\1</mi><mo lspace='0' rspace='0'>&#x02032;</mo></mrow>", made)
    if left := re.search(r">\\[^<]*<|mathvariant=\"(?!normal)[^\"]*\"", made):
        log.warning("the formula %r keeps %r, which no browser draws", text, left[0], location=node)
    return made


def inline_math(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node, "inline"))
    raise nodes.SkipNode


def display_math(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(writer.starttag(node, "div", CLASS="math mu-math"))
    writer.body.append(mathml(node, "block"))
    if node["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    writer.body.append("</div>")
    raise nodes.SkipNode


def name_pages(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Say behind the number of an equation on another page which page that is: "(2) of ..."."""
    equations = app.env.get_domain("math").equations  # label -> (page, number)
    for link in tree.findall(nodes.reference):
        label = link.get("refuri", "").partition("#equation-")[2]
        if label in equations and equations[label][0] != page:
            link += nodes.Text(f" of {app.env.titles[equations[label][0]].astext()}")


def setup(app: Sphinx) -> dict:
    app.connect("doctree-resolved", name_pages)
    app.add_html_math_renderer("mathml", (inline_math, None), (display_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
