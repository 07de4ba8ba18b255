"""Notebooks, their execution, and the pages' directives."""

import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure

import mu
from mu import book, figures, results
from mu.experiments import PAPERS, get_item, items, primary_items
from mu.experiments.item import Item, Progress
from mu.pages import overviews
from mu.pages.writing import block, fits, number_table
from mu.storage import digest
from mu.verdicts import claims, judge
from mu.verdicts.claim import Finding

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture
def checkout(monkeypatch):
    monkeypatch.setenv("MU_HOME", str(CHECKOUT))
    return CHECKOUT


@pytest.mark.parametrize("item", items().values(), ids=items())
def test_every_item_has_a_paired_notebook(item):
    """`.ipynb` is what jupytext makes of the reviewed `.py`, and has no outputs. Breaks if only one is edited."""
    notebook = nbformat.read(CHECKOUT / item.notebook, as_version=4)
    source = jupytext.read((CHECKOUT / item.notebook).with_suffix(".py"))
    flat = lambda nb: [(c.cell_type, c.source, c.metadata.get("tags", [])) for c in nb.cells]
    assert flat(notebook) == flat(source)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.language == "python"


@pytest.mark.parametrize("item", items().values(), ids=items())
def test_every_notebook_can_be_parameterised(item):
    """One cell is tagged `parameters` and sets profile, seeds and device. Breaks if papermill would find none."""
    notebook = nbformat.read(CHECKOUT / item.notebook, as_version=4)
    tagged = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert {"profile", "seeds", "device"} <= set(re.findall(r"^(\w+) =", tagged[0], re.MULTILINE))
    assert any(f'"{item.id}"' in cell.source for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("page", ["README.md", "book/quickstart.md", "book/extend.md", "book/rerun.md"])
def test_the_examples_of_a_page_run(page, checkout, monkeypatch):
    """All Python on it, as it stands, on small images, for one epoch. Breaks if a name or an option has changed."""
    recipe = mu.Recipe
    monkeypatch.setattr(mu, "load_dataset", lambda _, load=mu.load_dataset, **more: load("synthetic", **more))
    monkeypatch.setattr(mu, "Recipe", lambda **settings: recipe(**settings | {"epochs": 1}))
    blocks = re.findall(r"^```python\n(.*?)^```", (checkout / page).read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for code in blocks:
        exec(compile(code, page, "exec"), {})


def test_every_notebook_is_on_a_page_of_the_book():
    """The table of contents names every notebook. Breaks if an item is added without its page."""
    toc = (CHECKOUT / "_toc.yml").read_text()
    for item in items().values():
        assert item.notebook.removesuffix(".ipynb") in toc


@pytest.mark.slow
def test_a_notebook_runs_once_per_source_and_parameters(folders, checkout):
    """Executed under papermill; again only when something changed. Breaks if the key ignores parameters or text."""
    notebook, made = CHECKOUT / "notebooks/partial/fig1.ipynb", folders / "executed"
    book.execute(notebook, {"profile": "smoke"}, made)
    first = book.executed_copy(notebook, {"profile": "smoke"}, made)
    assert not book.executed_copy(notebook, {"profile": "smoke", "seeds": 2}, made).exists()
    outputs = [o for c in nbformat.read(first, as_version=4).cells for o in c.get("outputs", [])]
    assert any("text/html" in o.get("data", {}) for o in outputs)
    edited = folders / "partial" / "fig1.ipynb"
    edited.parent.mkdir()
    shutil.copy(notebook, edited)
    edited.write_text(edited.read_text().replace("figures.show(", "assert profile == 'smoke'\\nfigures.show("))
    book.execute(edited, {"profile": "smoke"}, made)
    assert book.executed_copy(edited, {"profile": "smoke"}, made).exists()
    assert not first.exists()  # a stale copy does not pile up


def test_what_is_run_again_is_rendered_again(folders, monkeypatch):
    """Nothing changed: nothing is done; `rerun` with other outputs: a new page. Breaks if the old page stays."""
    home, runs, rendered = folders / "home", [], []
    item = get_item("partial-fig1")
    (home / item.notebook).parent.mkdir(parents=True)
    shutil.copy(CHECKOUT / item.notebook, home / item.notebook)

    def execute(notebook, parameters, folder):
        copy = book.executed_copy(notebook, parameters, folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        runs.append(copy)
        copy.write_text(f"run {len(runs)}")

    def render(home, copies):
        rendered.append({name: copy.read_text() for name, copy in copies.items()})
        (home / "_build" / "html").mkdir(parents=True, exist_ok=True)
        (home / "_build" / "html" / "index.html").touch()

    monkeypatch.setattr(book.results, "home", lambda: home)
    monkeypatch.setattr(book, "items", lambda: {item.id: item})
    monkeypatch.setattr(book.runner, "run", lambda *_: None)
    monkeypatch.setattr(book, "render", render)
    monkeypatch.setattr(book, "Parallel", lambda *_, **__: lambda calls: (f(*a, **k) for f, a, k in calls))
    monkeypatch.setattr(book, "execute", execute)
    book.build("smoke")
    book.build("smoke")
    assert rendered == [{item.notebook: "run 1"}]
    book.build("smoke", rerun=True)
    assert rendered[1:] == [{item.notebook: "run 2"}]


def test_a_failing_notebook_is_named_with_its_cell(folders, checkout):
    """A notebook that raises ends the build with its name and error. Breaks if the failure is swallowed."""
    path = folders / "broken.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("raise KeyError('gone')")])
    notebook.metadata = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(notebook, path)
    with pytest.raises(book.BookError, match=r"broken.ipynb failed in cell 1(.|\n)*KeyError: 'gone'"):
        book.execute(path, {}, folders / "executed")
    assert not list((folders / "executed").iterdir())  # nothing half-run is kept


def test_a_change_of_a_verdict_runs_no_notebook(folders, monkeypatch):
    """It is rendered anew, and computes nothing. Breaks if text about results runs every notebook again, or if a
    change of what draws them, or of the papers' numbers beside ours, does not."""
    package, names = folders / "mu", ("verdicts/partial.py", "figures/partial.py", "reported.csv")
    for name in names:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("")
    monkeypatch.setattr(book, "__file__", str(package / "book.py"))
    notebook, copies = CHECKOUT / "notebooks/partial/fig1.ipynb", []
    for name in names:
        before = book.executed_copy(notebook, {}, folders), book.package_digest()
        (package / name).write_text("changed")
        copies.append(book.executed_copy(notebook, {}, folders) == before[0])
        assert book.package_digest() != before[1]
    assert copies == [True, False, False]


def test_only_a_change_touches_the_rendering_key(folders):
    """The key of the rendering changes with any source file and with nothing else. Breaks if a folder is missed."""
    home = folders / "home"
    (home / "book").mkdir(parents=True)
    (home / "book" / "page.md").write_text("one")
    before = book.source_digest(home)
    (home / "unrelated.txt").write_text("x")
    assert book.source_digest(home) == before
    (home / "book" / "page.md").write_text("two")
    assert book.source_digest(home) != before


def write(item, frames, profile="laptop"):
    """A record of an item with hand-made rows, a frame a seed, as the first cell of each."""
    record = results.Record(item, profile)
    firsts = {cell.seed: cell for cell in reversed(get_item(item).cells(profile))}
    for seed, rows in enumerate(frames):
        cell = firsts[seed]
        facts = {"seconds": 61.0, "date": "2026-01-02", "commit": "abc", "code": "", "hardware": "A chip, 2 cores"}
        segment = results.Segment(cell.key, cell.settings, seed, versions={}, **facts)
        record.add(segment, rows)
    record.write(results.folder())
    return record


@pytest.fixture
def recorded():
    """A record of two seeds with hand-made numbers."""
    frames = [
        pd.DataFrame([
            {"seed": seed, "scenario": "rare", "method": "amnesiac", "metric": "RA", "value": value, "epochs": 0},
            {"seed": seed, "scenario": "rare", "method": "amnesiac", "metric": "RA", "value": 99.0, "epochs": 1},
        ])
        for seed, value in enumerate((80.0, 90.0))
    ]  # fmt: skip
    return write("partial-tab1", frames)


def test_hours_are_summed_by_what_they_were_spent_on(recorded):
    """Two cells on a processor, one more on a GPU. Breaks if all of it is said of the first."""
    on = [("A chip, 2 cores", 3600.0), ("H200", 60.0), ("A chip, 4 cores", 3600.0)]
    have = [replace(recorded.segments[0], hardware=name, seconds=seconds) for name, seconds in on]
    item = SimpleNamespace(progress=lambda _: Progress(have, frozenset("abcd")))
    assert overviews.cost(item, "laptop") == "2.0 h of one core and 60 s of one GPU (3 of 4 cells)"
    assert (
        overviews.cost(SimpleNamespace(progress=lambda _: Progress([], frozenset("a"))), "laptop")
        == "– (0 of 1 cells)"
    )


def test_text_takes_its_numbers_from_the_record(site, recorded):
    """The value role prints mean ± sd of the rows asked for: 80, 90 -> 85.0 ± 7.1. Breaks if a filter is ignored."""
    html, warnings = site("Left: {value}`partial-tab1 RA method=amnesiac epochs=0` %.")
    assert "85.0 ± 7.1" in html
    assert not warnings


@pytest.mark.parametrize(("item", "shown"), [("mumis-tab1", "20.0"), ("sparsity-tab3", "10.0")])
def test_a_hyper_parameter_is_chosen_as_its_paper_does(site, item, shown):
    """Fine-tuning's published rate is 0.02 in one paper, 0.01 in the other. Breaks if one's choice serves all."""
    common = {"seed": 0, "dataset": "cifar10", "scenario": "class", "method": "fine-tune", "metric": "RA"}
    rows = [{**common, "tried": rate, "value": value} for rate, value in ((0.01, 10.0), (0.02, 20.0))]
    write(item, [pd.DataFrame(rows)])
    html, warnings = site(f"Left: {{value}}`{item} RA choice=published method=fine-tune` %.")
    assert not warnings
    assert f'<span class="mu-value">{shown}</span>' in html


def test_text_that_looks_like_a_number_is_found(site):
    """A column of rates beside words is text. Breaks if the filter compares it as a number."""
    common = {"seed": 0, "dataset": "mnist", "model": "mlp", "scenario": "class", "method": "ascent", "metric": "UA"}
    rows = [{**common, "variant": name, "value": value} for name, value in (("0.001", 7), ("as many steps", 8))]
    write("partial-pace", [pd.DataFrame(rows)])
    html, warnings = site('{value}`partial-pace UA variant=0.001` {value}`partial-pace UA variant="as many steps"`')
    assert not warnings
    assert re.findall('"mu-value">([^<]+)<', html) == ["7.0", "8.0"]


def test_without_a_choice_the_rule_picks(site):
    """The value with the smaller proxy gap, unless one is named. Breaks if the oracle picks, or both are shown."""
    common = {"seed": 0, "dataset": "cifar10", "scenario": "class", "method": "fine-tune"}
    found = {0.01: {"RA": 10, "proxy gap": 3, "Avg. Gap": 1}, 0.02: {"RA": 20, "proxy gap": 2, "Avg. Gap": 5}}
    rows = [{**common, "tried": t, "metric": m, "value": v} for t, values in found.items() for m, v in values.items()]
    write("mumis-tab1", [pd.DataFrame(rows)])
    role = "{{value}}`mumis-tab1 RA method=fine-tune{}`".format
    html, warnings = site(role("") + " " + role(" tried=0.01"))
    assert not warnings
    assert re.findall('"mu-value">([^<]+)<', html) == ["20.0", "10.0"]


def test_a_choice_before_any_method_is_recorded(site):
    """A record of the original alone, without a column of values. Breaks if the page does not build."""
    row = {"seed": 0, "dataset": "cifar10", "scenario": "class", "method": "trained", "metric": "RA", "value": 50.0}
    write("mumis-tab1", [pd.DataFrame([row])])
    text = "{value}`mumis-tab1 RA choice=rule method=trained` {value}`mumis-tab1 RA choice=rule method=mu-mis`"
    html, warnings = site(text)
    assert not warnings
    assert '<span class="mu-value">50.0</span>' in html
    assert '<abbr title="not recorded yet">–</abbr>' in html


@pytest.mark.parametrize("query", ["RA method=amnesiac", "RA method=retrain epochs=0", "XY method=amnesiac epochs=0"])
def test_an_ambiguous_or_empty_query_is_a_warning(site, recorded, query, monkeypatch):
    """A number that is not pinned down fails the build under -W. Breaks if the first match is taken silently."""
    monkeypatch.setattr(Item, "progress", lambda *_: Progress([], frozenset()))
    warnings = site(f"{{value}}`partial-tab1 {query}`")[1]
    assert any("record laptop" in w for w in warnings)


def test_a_part_that_is_still_to_come_is_no_warning(site, recorded):
    """While cells of the grid are missing, their numbers are dashes. Breaks if a half-done grid stops
    the build, or if the record hides that it is half done."""
    html, warnings = site("{value}`partial-tab1 RA method=retrain`\n\n```{record} partial-tab1\n```")
    assert not warnings
    assert '<abbr title="not recorded yet">–</abbr>' in html
    assert 'href="book/status.html"><span class="doc">4 of 6 runs not recorded yet</span>' in html


def test_a_record_names_the_data_sets_it_has_nothing_on(site):
    """Of three data sets one is recorded. Breaks if the two others are not named, or the one that is there is."""
    row = {"seed": 0, "dataset": "cifar100", "scenario": "class", "method": "trained", "metric": "RA", "value": 50.0}
    write("mumis-tab1", [pd.DataFrame([row])])
    html, warnings = site("```{record} mumis-tab1\n```")
    assert not warnings
    assert "not recorded yet</span></a>; none on Pins faces, Tiny ImageNet)" in html


def test_a_verdict_in_running_text_is_computed(site, recorded):
    """Its word is that of the page of verdicts; a claim that is not there is a warning. Breaks if it is typed."""
    html, warnings = site("So: {verdict}`partial-C5`, {verdict}`partial-C99`.")
    assert "– not recorded</span>" in html
    assert len(warnings) == 1
    assert "no claim 'partial-C99'" in warnings[0]


def test_every_claim_of_a_paper_has_its_verdict_in_words(site, recorded, monkeypatch):
    """With a sign and a link to its line. Breaks if a check of ours is among them, if a main claim is folded or
    another is not, or if colour alone tells verdicts apart."""
    evidence = [Finding((True,), "line", 2, "MNIST", "partial-tab1")]
    held = "partial-C1"
    monkeypatch.setattr("mu.pages.overviews.judged", cache(lambda claim: judge(evidence * (claim.id == held))))
    pages = [f"```{{verdicts}} {paper}\n```" for paper in PAPERS]
    html, warnings = site("\n\n".join(["```{claims}\n```", *pages]))
    assert not warnings
    theirs = [claim for paper in PAPERS for claim in claims(paper) if not claim.ours]
    verdict = r'<p><span class="([^"]+)"><a [^>]*href="#([^"]+)"[^>]*>(?:<[^>]+>)*([^<]+)<'
    found = re.findall(rf"<td[^>]*><p><strong>\w+</strong> (.*?)</p></td>\s*<td[^>]*>{verdict}", html)
    assert sorted(address for _, _, address, _ in found) == sorted(f"verdict-{claim.id.lower()}" for claim in theirs)
    said = {address: (claim, classes, word) for claim, classes, address, word in found}
    assert said["verdict-partial-c1"] == (theirs[0].claim.replace("'", "’"), "mu-word mu-holds", "✓ holds")
    assert said["verdict-mumis-c4"][1:] == ("mu-word mu-not-recorded", "– not recorded")
    folded = "".join(re.findall("<details.*?</details>", html.split("(abstract)")[0], re.DOTALL))
    assert "verdict-mumis-losses" in folded
    assert "verdict-mumis-c4" not in folded


def test_a_record_names_the_claims_it_is_read_for(site, recorded):
    """Once, on its own page. Breaks if a claim about another record is among them, or if one about
    another view of the same is missing."""
    html, warnings = site(
        "```{record} partial-tab1\n```",
        more="# B\n\n```{record} partial-tab1\n:again:\n```\n\n```{verdicts} partial\n```",
    )
    assert not warnings
    folded = html.split("Claims tested on this record")[1].split("</details>")[0]
    named = re.findall(r'href="more.html#verdict-([^"]+)"', folded)
    assert named == [claim.id.lower() for claim in claims("partial") if "partial-tab1" in claim.items]
    assert "partial-c6" not in named


@pytest.mark.parametrize("lines", [1, 3])
def test_long_evidence_is_folded(site, recorded, lines, monkeypatch):
    """One line is seen, with what is behind. Breaks if a line is lost, or if nothing is folded, or all."""
    evidence = [Finding((i < 2,), f"line {i}", 2, "MNIST", "partial-tab1") for i in range(lines)]
    monkeypatch.setattr("mu.pages.overviews.judged", cache(lambda claim: judge(evidence)))
    html, warnings = site("```{verdicts} partial\n```")
    assert not warnings
    cell = html.split("(abstract)")[1].split("</td>")[3]
    seen, *folded = cell.split("<details")
    assert re.findall(r"line \d", seen) == ["line 0"]
    assert '<span class="doc">Table 1</span>' in seen
    if lines == 1:
        assert not folded
    else:
        assert "2 more: 1 yes, 1 no" in folded[0]
        assert re.findall(r"line \d", folded[0]) == ["line 1", "line 2"]


def test_what_makes_a_verdict_unclear_is_seen(site, recorded, monkeypatch):
    """Of five comparisons with two seeds one yes may be chance. Breaks if the yes is what the reader sees."""
    evidence = [Finding(answer, f"{answer}", 2, "MNIST", "partial-tab1") for answer in ((True,), (None,) * 4)]
    monkeypatch.setattr("mu.pages.overviews.judged", cache(lambda claim: judge(evidence)))
    html, _ = site("```{verdicts} partial\n```")
    seen, folded = html.split("(abstract)")[1].split("</td>")[3].split("<details")
    assert ("(None, None" in seen, "(True,)" in folded) == (True, True)


def test_evidence_that_does_not_count_is_the_first_to_be_folded(site, recorded, monkeypatch):
    """One seed beside several, and what says nothing, come last. Breaks if they push a no out of sight."""
    idle = [Finding((), f"idle {i}", 2, "MNIST", "partial-tab1") for i in range(4)]
    evidence = [*idle, Finding((True,), "alone", 1, "MNIST", "partial-tab1"),
                Finding((False,), "against", 2, "MNIST", "partial-tab1")]  # fmt: skip
    monkeypatch.setattr("mu.pages.overviews.judged", cache(lambda claim: judge(evidence)))
    seen, folded = site("```{verdicts} partial\n```")[0].split("(abstract)")[1].split("</td>")[3].split("<details")
    assert "against" in seen
    assert "alone" in folded
    assert "idle 0" in folded


def test_a_record_has_number_caption_and_provenance(site, recorded):
    """A recorded table is numbered, can be referred to, and says what made it. Breaks if any part is dropped."""
    html, warnings = site("```{record} partial-tab1\n```\n\nSee {item}`partial-tab1`.")
    assert not warnings
    assert 'href="#partial-tab1"' in html
    assert "<strong>Table 1.</strong>" in html
    assert "2 seeds" in html
    assert "A chip, 2 cores" in html
    assert "2026-01-02" in html
    assert 'download=""' in html


def test_an_item_is_called_what_its_paper_calls_it(site, recorded):
    """The paper's number and the paper, else the page's title. Breaks if our own count comes back, or the words
    that a sentence brings along are not used."""
    html, warnings = site("{item}`partial-tab1`, {item}`partial-keep`, {item}`the table <partial-tab1>`\n\n"
                          "```{record} partial-tab1\n```")  # fmt: skip
    assert not warnings
    linked = re.findall(r"<a [^>]*>(.*?)</a>", html.replace("\n", " "))
    shown = [re.sub("<[^>]+>", "", text) for text in linked]
    assert {"Table 1 (partial)", "A", "the table"} <= set(shown)  # "A" heads the stand-in pages
    named = [items()[name].number for name in ("mumis-fig4", "mumis-tabA12", "partial-keep", "sparsity-prop2")]
    assert named == ["Figure 4", "Table A12", "", ""]


def test_a_missing_record_says_how_to_make_it(site):
    """No record: the page says so with the command, and the build is clean. Breaks if it fails or invents one."""
    results.folder().mkdir(parents=True)
    html, warnings = site("```{record} partial-fig1\n```\n\n{value}`partial-fig1 RA`")
    assert not warnings
    assert "mu run partial-fig1" in re.sub("<[^>]+>", "", html)
    assert '<abbr title="not recorded yet">–</abbr>' in html


def stand_in(item, profile="quick"):
    """A record of digits and a slim network."""
    row = {"method": "trained", "metric": "RA", "value": 50.0, "dataset": "mnist5k", "model": "convnet-slim"}
    write(item, [pd.DataFrame([{**row, "seed": 0, "scenario": "rare", "epochs": 0}])], profile)


@pytest.mark.parametrize("profile", ["quick", "laptop"])
def test_stand_ins_are_folded_below_a_warning(site, profile):
    """Under `quick` data and network are others than the paper's: that is said first, at the address of the table,
    and the table is folded. Breaks if digits lead, if links to the item end in a fold, or if it is so under `laptop`.
    """
    stand_in("partial-tab4", profile)
    html, warnings = site("```{record} partial-tab4\n```\n\nIn {item}`partial-tab4`.")
    assert not warnings
    (labelled,) = re.findall(r'<(\w+) class="([^"]*)"[^>]* id="partial-tab4"', html)
    text = re.sub(r"<[^>]+>|\s+", " ", html)
    if profile == "laptop":
        assert labelled[0] == "table"
        assert "5,000 digits" not in html
        return
    assert labelled == ("div", "warning admonition")
    assert "Table 4: not recorded on OrganAMNIST with ConvNet" in text
    assert "a run on 5,000 digits (ConvNet, 1/8 width), which shows that the code works and nothing about Org" in text
    before, folded = html.split("<details")
    assert "<table" not in before
    for part in ("<table", "<strong>Stand-ins: MNIST 5k; ConvNet, 1/8 width.</strong>", "mu-provenance"):
        assert part in folded.split("</details>")[0]


@pytest.mark.parametrize("again", ["", "\n:again:"])
def test_a_folded_figure_has_both_drawings(site, again, monkeypatch):
    """Once with the label, again with a link in its place. Breaks if a dark page loses the picture in the fold, or
    if a label stands twice."""
    stand_in("partial-fig2")
    empty = replace(figures.exhibit("partial-fig2"), make=lambda rows: Figure(), caption="")
    monkeypatch.setattr(figures, "exhibit", lambda item: empty)
    html, warnings = site(f"```{{record}} partial-fig2{again}\n```", more="# B\n\n```{record} partial-fig2\n```")
    assert not warnings
    folded = html.split("<details")[1].split("</details>")[0]
    assert [folded.count(f"only-{theme}") for theme in ("light", "dark")] == [1, 1]
    assert html.count('id="partial-fig2"') == (not again)
    assert ('href="more.html#partial-fig2"' in html) is bool(again)


def test_a_method_names_where_it_is_recorded(site, recorded):
    """Paper by paper, by the papers' own numbers. Breaks if ids are shown, or a record without the method."""
    row = {"seed": 0, "metric": "RA", "value": 1.0}
    write("mumis-tabA7", [pd.DataFrame([{**row, "method": "amnesiac"}])])
    write("mumis-tab2", [pd.DataFrame([{**row, "method": "retrain"}])])
    html, warnings = site("```{method} amnesiac\n```\n\n(partial-tab1)=\n(mumis-tabA7)=\nEnd")
    assert not warnings
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))
    assert "Records partial: Table 1 MU-Mis: Table A7" in text
    assert "Table 2" not in text


def test_the_retrained_models_line_is_marked(site, recorded):
    """That line alone. Breaks if the row to reach looks like any other."""
    rows = [{"seed": 0, "metric": "RA", "value": 1.0, "dataset": "cifar100", "scenario": "class", "method": method}
            for method in ("trained", "retrain")]  # fmt: skip
    write("mumis-tab1", [pd.DataFrame(rows)])
    html, warnings = site("```{record} mumis-tab1\n```", **{"notebooks/mumis/tuning": "(mumis-tuning)=\n# A"})
    assert not warnings
    (line,) = re.findall(r'<tr class="[^"]*mu-goal[^"]*">(.*?)</tr>', html, re.DOTALL)
    assert "<p>retrain</p>" in line
    assert "<p>trained</p>" in html


def test_settings_of_the_grids_have_no_provenance(site):
    """No run made them; the chapter is linked all the same. Breaks if a record is named that they are not from."""
    row = {"seed": 0, "method": "trained", "metric": "RA", "value": 1.0}
    write("sparsity-tab3", [pd.DataFrame([row])])
    html, warnings = site("```{record} sparsity-tabA1\n```")
    assert not warnings
    assert "recorded on" not in html
    assert "chapter: <a" in html


def test_a_page_does_not_link_to_itself(site, recorded):
    """The notebook with the code, and the chapter, are named below what other pages show. Breaks if their own pages
    say so too."""
    shown = {"notebooks/partial/tab1": "# A\n\n```{record} partial-tab1\n```",
             "book/partial": "# A\n\n```{record} partial-tab1\n:again:\n```"}  # fmt: skip
    html, warnings = site("```{record} partial-tab1\n:again:\n```", **shown)
    assert not warnings
    links = {
        "notebooks/partial/tab1": '<span class="doc">code</span>',
        "book/partial": '<span class="doc">partial</span>',
    }
    for page in links:
        written = (results.home().parent / f"out/{page}.html").read_text()
        assert [link in written for link in links.values()] == [page != own for own in links]
        assert links[page] in html


@pytest.mark.parametrize(
    ("formula", "drawn"),
    [
        (r"\arg\min_x", "<mi>arg</mi>"),
        (r"\mathcal S", "&#x1D4AE;"),
        (r"f_{c'}", "<mi>c</mi><mo lspace='0' rspace='0'>&#x02032;</mo>"),
        (r"\mathbf 1", "&#x1D7CF;"),
        (r"\bigl\{a\bigr\}", ">{</mo>"),
        (r"\Bigl\lvert a\Bigr\rvert", ">|</mo>"),
    ],
)
def test_formulas_are_drawn_by_browsers(site, formula, drawn):
    """Letters as letters, signs as signs. Breaks if a command or a variant that browsers ignore is left."""
    results.folder().mkdir(parents=True)
    html, warnings = site(f"{{math}}`{formula}`")
    assert not warnings
    assert drawn in html
    assert "mathvariant" not in html


def test_a_formula_that_cannot_be_drawn_is_a_warning(site):
    """Under -W it fails the build. Breaks if raw TeX is shown in silence."""
    results.folder().mkdir(parents=True)
    assert any("which no browser draws" in w for w in site(r"{math}`\notacommand`")[1])


def test_status_counts_cells(site, recorded):
    """The status page reads manifests: a line for each item. Breaks if foreign cells (hashes the grid does not have)
    are counted, or if what is recorded in part passes for whole."""
    strange = replace(recorded.segments[0], cell="none of the grid's")
    recorded.add(strange, recorded.text[recorded.text["cell"] == recorded.segments[0].cell])
    recorded.write(results.folder())
    (cell,) = get_item("partial-fig3").cells("quick")
    whole = results.Record("partial-fig3", "quick")
    whole.add(replace(strange, cell=cell.key, settings=cell.settings), recorded.text.drop(columns="cell"))
    whole.write(results.folder())
    html, warnings = site("```{status}\n```\n\n```{rerun}\n```", **{"notebooks/partial/fig3": "# Maps"})
    assert not warnings
    text = " ".join(re.sub("<[^>]+>", " ", html).split())
    count = len(primary_items())
    for profile, have in {"quick": (1, 0), "laptop": (0, 1), "paper": (0, 0)}.items():
        said = "{} of {} items recorded completely, {} in part, {} not at all"
        assert f"{profile} : {said.format(have[0], count, have[1], count - sum(have))}" in text
    assert "Maps ✓ one seed 0 of 3 0 of 5" in text
    assert "2 of 6 0 of 10" in text
    assert f"{strange.commit} {digest([cell.key], length=8)}" in text  # of what counts alone
    text = re.sub("<[^>]+>", "", html)
    assert "notebooks/partial/tab1.ipynb" in text
    assert re.search(r"sparsity-tab3 notebooks/sparsity/tab3\.ipynb, .*sparsity-tuning", text)  # one record


def test_a_formula_of_another_page_is_named_with_its_page(site):
    """Breaks if "(1)" stands alone, or the page's own formulas are named as well."""
    results.folder().mkdir(parents=True)
    formula = "```{{math}}\n:label: {}\na=b\n```\n\n".format
    own = formula("own") + "See {eq}`own` and {eq}`other`.\n\n```{toctree}\nthere\n```"
    html, warnings = site(own, there="# The other page\n\n" + formula("other"))
    assert not warnings
    text = re.sub("<[^>]+>", "", html)
    assert "See (1) and (1) of The other page." in text


def test_a_reported_gap_is_in_points(site):
    """Of percentages the difference is none. Breaks if "0.07 %" is a gap, or if an accuracy is in points."""
    html, warnings = site("```{reported} mumis-tab1\n```")
    assert not warnings
    lines = [re.findall(r"<td[^>]*><p>([^<]*)</p></td>", line) for line in html.split("<tr")]
    units = {(line[2], line[4]) for line in lines if line}
    assert units == {("Avg. Gap", "points"), ("RTE", "s"), *((accuracy, "%") for accuracy in ("RA", "FA", "TA"))}


def test_what_all_reported_numbers_share_is_said_once(site):
    """Breaks if a column of one value is kept, or one that varies is dropped."""
    results.folder().mkdir(parents=True)
    html, warnings = site("```{reported} graves2021-run-mnist-amnesiac\n```")
    assert not warnings
    text = re.sub("<[^>]+>", " ", html)
    assert "The same in every line: dataset MNIST, model" in text
    assert text.count("MNIST") == 1
    assert "method" in text


def test_committed_records_are_whole(checkout):
    """Every committed record passes its checksums and is of a known item. Breaks if a CSV is edited by hand."""
    manifests = list((CHECKOUT / "results").glob("*/*.json"))
    for manifest in manifests:
        record = results.read(manifest.stem, manifest.parent.name)
        assert record.segments, manifest
        assert record.item in items()
        assert json.loads(manifest.read_text())["item"] == manifest.stem


def test_a_table_keeps_its_number_when_its_caption_refers_to_another(site, recorded, monkeypatch):
    """A role in a table's title. Breaks if the directive is fenced by backticks, which end at those of the role."""
    plain = figures.exhibit("partial-tab1")
    titled = replace(plain, caption="All, but see {item}`partial-tab1`.")
    monkeypatch.setattr(figures, "exhibit", lambda item: titled)
    page, warnings = site("```{record} partial-tab1\n```\n\nIn {item}`partial-tab1`.")
    assert not warnings
    assert "In <a" in page.replace("\n", " ")
    assert page.count("Table 1") >= 3  # its own, in its title, and in the sentence


def test_heads_and_repeated_names_of_a_table():
    """A name is left out under itself only, and rows without a name have no head. Breaks if "0" stands there, or if
    a method is nameless under the second request."""
    index = pd.MultiIndex.from_tuples(
        [("a", "x", "1"), ("a", "x", "2"), ("b", "x", "1"), ("a", "x", "3")], names=["one", "two", "three"]
    )
    shown = number_table(pd.DataFrame({"n": ["5", "6", "7", "8"]}, index=index))
    named = [" a ", " x "]
    assert [row.split("|")[1:3] for row in shown.splitlines()[2:]] == [named, ["  ", "  "], [" b ", " x "], named]
    assert number_table(pd.DataFrame({"n": ["5"]}, index=["a"])).startswith("|  | n |\n")


@pytest.mark.parametrize(("columns", "cell", "fit"), [(4, "1.0 ± 0.1", True), (5, "1", False), (3, "9" * 21, False)])
def test_a_table_reaches_over_the_margin_if_it_must(columns, cell, fit):
    """By many columns or by long cells. Breaks if either is left out: then a table scrolls beside an empty margin."""
    assert fits(pd.DataFrame([["short"] * columns, [cell] * columns])) is fit


def test_a_block_is_fenced_by_more_than_any_inside():
    """Also by one that is set in. Breaks if an inner fence ends the outer block."""
    assert block("image", "a.svg", ":alt: A") == ["~~~{image} a.svg", ":alt: A", "~~~"]
    inside = block("div", "", *block("div", "", "text"), "  ~~~~~\n~ x")
    assert [inside[0], inside[-1]] == ["~~~~~~{div} ", "~~~~~~"]
