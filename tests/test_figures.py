"""Figures and tables: drawn for every item from rows of the smoke profile."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from mu import figures, results
from mu.experiments import best, items
from mu.unlearning import methods


@pytest.fixture
def rows(smoke):
    """item -> its smoke rows."""
    return lambda item: pd.concat([rows for _, rows in smoke(item)], ignore_index=True)


@pytest.mark.parametrize("item", items())
def test_every_item_is_drawn(rows, item):
    """Every item has an exhibit that its own rows fill. Breaks if an item is registered without one."""
    exhibit = figures.exhibit(item)
    made = exhibit.make(rows(item))
    if exhibit.kind == "table":
        assert made.notna().all().all()
        assert not made.index.duplicated().any()
    else:
        assert exhibit.alt
        for axis in made.axes:
            assert axis.images or any(len(line.get_xdata()) for line in axis.lines), axis.get_title()
        plt.close(made)


@pytest.mark.parametrize("item", [name for name in items() if figures.exhibit(name).kind == "figure"])
def test_a_figure_is_a_function_of_its_rows_and_theme(rows, item):
    """Same rows, same bytes; another theme, other ink. Breaks if a date or a random id gets into the SVG."""
    light, again, dark = (figures.svg(item, rows(item), theme) for theme in ("light", "light", "dark"))
    assert light == again
    assert figures.INK["light"] in light
    assert figures.INK["light"] not in dark
    assert figures.INK["dark"] in dark


def test_every_method_has_a_colour_of_its_own():
    """One colour per method. Breaks if a method is added without one or two share one."""
    colours = [figures.COLOURS[name] for name in ("trained", *methods())]
    assert len(set(colours)) == len(colours)


def test_marks_and_radars_are_by_seed(rows):
    """A gap is taken at each seed: +10 and -10 are ten points off, not none. Times that are missing leave the chart.

    Breaks if means are compared.
    """
    seeds = [rows("sparsity-tab3").assign(seed=seed) for seed in (0, 1)]
    retrained = seeds[0][(seeds[0]["method"] == "retrain") & (seeds[0]["metric"] == "TA")]
    assert len(retrained)
    for made, shift in zip(seeds, (10, -10), strict=True):
        made.loc[(made["metric"] == "TA") & (made["method"] == "retrain"), "value"] = 50.0
        made.loc[(made["metric"] == "TA") & (made["method"] == "fine-tune"), "value"] = 50.0 + shift
    both = pd.concat(seeds, ignore_index=True)
    table = figures.exhibit("sparsity-tab1").make(both)
    assert table.loc[("class-wise", "fine-tune"), "TA"] == "● → ●"
    untimed = figures.exhibit("sparsity-fig1").make(both[both["metric"] != "RTE"])
    (chart,) = untimed.axes
    assert [label.get_text() for label in chart.get_xticklabels()] == ["UA", "MIA-Eff.", "RA", "TA"]
    tuned = chart.lines[1].get_ydata()
    assert tuned[3] == pytest.approx(1 - 10 / 50)
    plt.close(untimed)


@pytest.mark.parametrize(
    ("values", "text"),
    [([1.0], "1.0"), ([1.0, 2.0], "1.5 ± 0.7"), ([], "–"), ([float("nan"), 3.0], "3.0"), ([12345.0], "12,345.0")],
)
def test_mean_sd(values, text):
    """Mean and sample deviation over seeds, hand-computed. Breaks if n replaces n - 1 (0.5 for the second)."""
    assert figures.mean_sd(pd.Series(values, dtype=float)) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "–"), (999, "999 B"), (1000, "1 kB"), (2.5e6, "2.5 MB"), (3.21e9, "3.21 GB")]
)
def test_quantity(number, text):
    """Decimal units, three digits. Breaks if 1024 replaces 1000."""
    assert figures.quantity(number) == text


@pytest.mark.parametrize(
    ("metric", "values", "text"),
    [("UA", [1.0, 2.0], "1.50 ± 0.71"), ("stored bytes", [1e6, 3e6], "2 MB"), ("stored bytes", [], "–")],
)
def test_stored_bytes_are_given_in_words(metric, values, text):
    """Breaks if a page or table prints bytes as a mean ± sd."""
    assert figures.number(metric, pd.Series(values, dtype=float), digits=2) == text


def test_rows_are_selected_by_every_value():
    """No row where a record lacks the column. Breaks if a missing column selects all."""
    rows = pd.DataFrame({"method": ["a", "a", "b"], "keep": [1.0, 0.5, 1.0]})
    assert list(figures.select(rows, method="a", keep=1).index) == [0]
    assert figures.select(rows, rule="top").empty


@pytest.mark.parametrize(
    ("across", "places"), [(None, [(0, 0), (0, 1), (0, 2), (0, 3)]), (2, [(0, 0), (0, 1), (1, 0), (1, 1)])]
)
def test_panels_are_titled_in_order(across, places):
    """Each title above what its own panel shows, `across` a line. Breaks if lines are filled downwards."""
    figure = figures.panels(
        lambda axis, what: axis.plot([what], label="x"), dict(zip("abcd", range(4))), across=across
    )
    assert [axis.get_title() for axis in figure.axes] == list("abcd")
    assert [axis.lines[0].get_ydata()[0] for axis in figure.axes] == list(range(4))
    specs = [axis.get_subplotspec() for axis in figure.axes]
    assert [(spec.rowspan.start, spec.colspan.start) for spec in specs] == places
    plt.close(figure)


def test_a_notebook_shows_both_themes(rows):
    """A live figure carries a light and a dark image with alt text. Breaks if one is dropped."""
    shown = figures.show("partial-fig1", rows("partial-fig1"))._repr_html_()
    assert shown.count("<img") == 2
    assert 'class="only-dark"' in shown
    assert figures.exhibit("partial-fig1").alt[:20] in shown


def test_curves_end_where_the_numbers_are(rows):
    """The last point of figure 1's training curve is the trained model's accuracy, by another item's rows.

    Breaks if the curve skips the end of training or swaps target and non-target.
    """
    curve = rows("partial-fig1").query("phase == 'training' and model == 'mlp' and metric == 'non-target accuracy'")
    other = rows("partial-keep").query("method == 'trained' and model == 'mlp' and metric == 'non-target accuracy'")
    assert curve.sort_values("epoch")["value"].iloc[-1] == other["value"].item()


def test_the_readme_picture_is_drawn_from_the_record(monkeypatch):
    """The picture on the front page shows the committed record. Breaks if either changes without the other.

    To draw it again: `python tests/test_figures.py`.
    """
    monkeypatch.delenv("MU_HOME")
    for theme in figures.THEMES:
        assert readme_picture(theme).read_text() == draw_readme_picture(theme)


def readme_picture(theme):
    return results.home() / "book" / "_static" / f"readme-{theme}.svg"


def draw_readme_picture(theme):
    return figures.svg("partial-fig1", best("partial-fig1").frame, theme)


if __name__ == "__main__":
    for theme in figures.THEMES:
        readme_picture(theme).write_text(draw_readme_picture(theme))


def test_rules_are_compared_where_they_forget():
    """Of each rule and seed the smallest share with UA at least 99. Breaks if shares are averaged over, if one that
    does not forget counts, or if conventional removal counts for every rule."""
    made = []
    for rule, seed, keep, ua, other in (
        ("top", 0, 0.1, 50, 99), ("top", 0, 0.2, 100, 98), ("top", 0, 0.5, 100, 90), ("top", 1, 0.1, 99, 97),
        ("random", 0, 0.5, 99.5, 80), ("random", 1, 0.5, 98, 85), ("top", 0, 1.0, 100, 40), ("top", 1, 1.0, 100, 50),
    ):  # fmt: skip
        values = {"UA": ua, "non-target accuracy": other, "stored bytes": 1000 * keep}
        at = {"model": "mlp", "rule": rule, "keep": keep, "seed": seed}
        made += [{"metric": metric, "value": value, **at} for metric, value in values.items()]
    table = figures.exhibit("partial-rules").make(pd.DataFrame(made))
    line = lambda rule: list(table.loc[("MLP", rule)])  # noqa: E731
    assert line("top") == ["2 of 2", "0.1, 0.2", "97.5 ± 0.7", "150 B"]
    assert line("random") == ["1 of 2", "0.5", "80.0", "500 B"]
    assert line("fixed") == ["0 of 2", "–", "–", "–"]
    assert line("all entries")[:3] == ["2 of 2", "1", "45.0 ± 7.1"]


def test_controls_choose_for_each_variant_apart():
    """The rule picks a value for a method with its side effect, and one without. Breaks if one value serves both."""
    made, proxies = [], {"as in the main table": (1, 9), "statistics frozen": (9, 1)}
    for variant, gaps in proxies.items():
        for tried, gap in zip((1e-5, 1e-4), gaps, strict=True):
            at = {"seed": 0, "scenario": "class", "sparsity": 0, "method": "gradient-ascent", "variant": variant}
            made += [{"metric": metric, "value": gap, "tried": tried, **at} for metric in ("proxy gap", "UA")]
    table = figures.exhibit("sparsity-controls").make(pd.DataFrame(made))
    assert list(table["value"]) == ["1e-05", "0.0001"]
    assert list(table["UA"]) == ["1.0", "1.0"]
