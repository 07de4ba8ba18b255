"""Figures and tables: drawn for every item from rows of the smoke profile."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from mu import figures, results
from mu.experiments import best, items
from mu.figures import drawing
from mu.results import complete
from mu.unlearning import methods


@pytest.fixture
def rows(smoke):
    """item -> its smoke rows."""
    return lambda item: complete(pd.concat([rows for _, rows in smoke(item)], ignore_index=True))


@pytest.mark.parametrize("item", items())
def test_every_item_is_drawn(rows, item):
    """Every item has an exhibit that its own rows fill. Breaks if an item is registered without one."""
    exhibit = figures.exhibit(item)
    made = exhibit.make(rows(item))
    if exhibit.kind == "table":
        assert made.notna().all().all()
        assert not made.index.duplicated().any()
    else:
        for axis in made.axes:
            assert axis.images or any(len(line.get_xdata()) for line in axis.lines), axis.get_title()
        plt.close(made)


@pytest.mark.parametrize("item", [name for name in items() if figures.exhibit(name).kind == "figure"])
def test_a_figure_is_drawn_in_the_ink_of_its_theme(rows, item):
    """Breaks if text or lines have a colour of their own, which cannot be read on a dark page."""
    dark = drawing.svg(figures.exhibit(item).make, rows(item), "dark")
    assert drawing.INK["dark"] in dark
    assert drawing.INK["light"] not in dark


@pytest.mark.parametrize("item", ["partial-fig1", "partial-fig3", "sparsity-fig1", "mumis-fig2", "beyond-attack"])
def test_a_figure_is_a_function_of_its_rows(rows, item):
    """Same rows, same bytes. Breaks if a date or a random id gets into the SVG."""
    light, again = (drawing.svg(figures.exhibit(item).make, rows(item), "light") for _ in range(2))
    assert light == again
    assert drawing.INK["light"] in light


def test_every_method_has_a_colour_of_its_own():
    """One colour per method. Breaks if a method is added without one or two share one."""
    colours = [drawing.COLOURS[name] for name in ("trained", *methods())]
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
    ("across", "places"), [(None, [(0, 0), (0, 1), (0, 2), (0, 3)]), (2, [(0, 0), (0, 1), (1, 0), (1, 1)])]
)
def test_panels_are_titled_in_order(across, places):
    """Each title above what its own panel shows, `across` a line. Breaks if lines are filled downwards."""
    figure = drawing.panels(
        lambda axis, what: axis.plot([what], label="x"), dict(zip("abcd", range(4))), across=across
    )
    assert [axis.get_title() for axis in figure.axes] == list("abcd")
    assert [axis.lines[0].get_ydata()[0] for axis in figure.axes] == list(range(4))
    specs = [axis.get_subplotspec() for axis in figure.axes]
    assert [(spec.rowspan.start, spec.colspan.start) for spec in specs] == places
    plt.close(figure)


def test_without_a_column_there_is_an_empty_panel():
    """One for each row, and nothing drawn in it. Breaks if a record that has only begun ends the book."""
    figure = drawing.panels(lambda *_: pytest.fail("drawn"), {}, {"one": 1, "two": 2}, x="step")
    assert [axis.get_ylabel() for axis in figure.axes] == ["one", "two"]
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
    for theme in drawing.THEMES:
        assert readme_picture(theme).read_text() == draw_readme_picture(theme)


def readme_picture(theme):
    return results.home() / "book" / "_static" / f"readme-{theme}.svg"


def draw_readme_picture(theme):
    return drawing.svg(figures.exhibit("partial-fig1").make, best("partial-fig1").frame, theme)


if __name__ == "__main__":
    for theme in drawing.THEMES:
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
        at = {"dataset": "mnist", "model": "mlp", "rule": rule, "keep": keep, "seed": seed}
        made += [{"metric": metric, "value": value, **at} for metric, value in values.items()]
    table = figures.exhibit("partial-rules").make(complete(pd.DataFrame(made)))
    line = lambda rule: list(table.loc[("MLP", rule)])
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
    table = figures.exhibit("sparsity-controls").make(complete(pd.DataFrame(made)))
    assert list(table["value"]) == ["1e-05", "0.0001"]
    assert list(table["UA"]) == ["1.0", "1.0"]


def made_up(metrics, method, seed=0, **columns):
    """Rows of a sparsity record: {metric: value}."""
    common = {"dataset": "cifar10", "model": "resnet18", "scenario": "class", "pruner": "omp", "method": method}
    at = {**common, "seed": seed, "sparsity": 0, "tried": float("nan"), **columns}
    return [{**at, "metric": metric, "value": float(value)} for metric, value in metrics.items()]


def two_values(ruled, nearest, **columns):
    """Fine-tuning with two values tried: the first is the rule's, the second has the smallest gap to retraining."""
    return [*made_up({"proxy gap": 1, "Avg. Gap": 9, **ruled}, "fine-tune", tried=0.01, **columns),
            *made_up({"proxy gap": 5, "Avg. Gap": 0.1, **nearest}, "fine-tune", tried=0.1, **columns)]  # fmt: skip


def curves(axis):
    """{label: (x, y)} of the lines drawn."""
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axis.lines}


def test_the_main_table_shows_the_rules_value_and_the_papers_of_the_same_sparsity():
    """Class-wise FT: 22.53 printed for the dense model, 73.64 for the sparse one. Breaks if the oracle chooses, or
    one printed number stands for both."""
    made = two_values({"UA": 20}, {"UA": 99}) + two_values({"UA": 70}, {"UA": 99}, sparsity=95)
    table = figures.exhibit("sparsity-tab3").make(complete(pd.DataFrame(made)))
    assert table["UA"].to_dict() == {
        ("class-wise, dense", "fine-tune"): "20.0 (22.53)", ("class-wise, 95 % sparse", "fine-tune"): "70.0 (73.64)",
    }  # fmt: skip


def test_the_main_table_says_how_sparse_a_model_really_is():
    """As counted on the pruned original, to two places. Breaks if what an unlearned model has is counted."""
    made = made_up({"UA": 1, "zero weights": 94.996}, "trained", sparsity=95)
    made += two_values({"UA": 70, "zero weights": 97}, {"UA": 99, "zero weights": 99}, sparsity=95)
    table = figures.exhibit("sparsity-tab3").make(complete(pd.DataFrame(made)))
    assert {block for block, _ in table.index} == {"class-wise, 95 % sparse (zero: 95.00 %)"}


def test_the_qualitative_table_by_hand():
    """Each beside the model retrained under its own mask: 1 point off dense, 5 sparse; a tenth of its time. Breaks if
    one retrained model serves both, the ratio is turned, or the oracle chooses."""
    made = []
    for sparsity, goal, off in ((0, 50, 1), (95, 90, 5)):
        made += made_up({"TA": goal, "RTE": 100}, "retrain", sparsity=sparsity)
        made += two_values({"TA": goal - off, "RTE": 10}, {"TA": 0, "RTE": 1}, sparsity=sparsity)
    metrics = [
        row
        for m in ("UA", "RA", "MIA-Efficacy")
        for t in (0.01, 0.1)
        for row in made_up({m: 1}, "fine-tune", tried=t)
    ]
    table = figures.exhibit("sparsity-tab1").make(complete(pd.DataFrame(made + metrics)))
    assert table.loc[("class-wise", "fine-tune"), ["TA", "time of retraining"]].tolist() == ["●● → ●", "1/10"]


def test_the_fastest_is_at_the_rim_of_the_radar():
    """Retraining takes 100 s and fine-tuning 10: 0.1 and 1 on the axis of speed. Breaks if the ratio is turned."""
    made = []
    for sparsity in (0, 95):
        made += made_up({"UA": 100, "RTE": 100}, "retrain", sparsity=sparsity)
        made += two_values({"UA": 90, "RTE": 10}, {"UA": 90, "RTE": 1}, sparsity=sparsity)
    figure = figures.exhibit("sparsity-fig1").make(complete(pd.DataFrame(made)))
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.get_xticklabels()] == ["UA", "speed"]
    found = {label: y[1] for label, (_, y) in curves(axis).items()}
    assert found == pytest.approx({"retrained": 0.1, "fine-tuned, dense": 1, "fine-tuned, 95 % sparse": 1})
    plt.close(figure)


def test_a_line_through_cells_recorded_apart_is_of_the_same_seeds():
    """Seed 1 has one of two points: it is left out, in figure 4 of `partial` and in the backdoor's. Breaks if the
    mean over both seeds is drawn at one point and one seed at the other."""
    made = []
    for seed, count, affected, value in ((0, 8, 1.0, 90), (0, 85, 10.0, 80), (1, 8, 3.0, 10)):
        at = {"seed": seed, "model": "mlp", "count": count, "affected": affected, "metric": "non-target accuracy"}
        for method, choice, keep in (("amnesiac", None, 1.0), ("partial-amnesiac", "fixed", 0.1)):
            made.append({**at, "method": method, "choice": choice, "keep": keep, "value": value})
    figure = figures.exhibit("partial-fig4").make(complete(pd.DataFrame(made)))
    assert curves(figure.axes[0])["amnesiac"] == ([1.0, 10.0], [90, 80])
    plt.close(figure)
    made = []
    for seed, sparsity, value in ((0, 0, 90), (0, 95, 80), (1, 0, 10)):
        made += made_up({"SA": value}, "trained", seed=seed, sparsity=sparsity, scenario="poisoned")
    figure = figures.exhibit("sparsity-fig5").make(complete(pd.DataFrame(made)))
    clean = next(axis for axis in figure.axes if axis.get_title() == "clean test acc., %")
    assert curves(clean)["original"] == ([0, 95], [90, 80])
    plt.close(figure)


def test_points_lost_in_figure_4_are_beside_the_trained_model_of_the_seed():
    """On all classes. Breaks if one seed's loss is taken from another's start, or the other classes are read."""
    made = []
    for seed, before, after in ((0, 95, 40), (1, 90, 50)):
        at = {"seed": seed, "model": "mlp", "count": 20, "affected": 10.0, "metric": "test accuracy"}
        made.append({**at, "method": "trained", "choice": None, "keep": None, "value": before})
        made.append({**at, "method": "amnesiac", "choice": None, "keep": 1.0, "value": after})
        made.append({**at, "method": "partial-amnesiac", "choice": "fixed", "keep": 0.1, "value": before - 5})
    figure = figures.exhibit("partial-fig4").make(complete(pd.DataFrame(made)))
    lost = {label: y for label, (_, y) in curves(figure.axes[2]).items()}
    assert (lost["amnesiac"], lost["partial, keep 0.1"]) == ([47.5], [5])
    plt.close(figure)


def test_curves_against_sparsity_are_class_wise_and_by_the_rule():
    """Breaks if the random scenario is drawn, or the oracle's value."""
    made = [row for s, ua in ((0, 20), (95, 70)) for row in two_values({"UA": ua}, {"UA": 99}, sparsity=s)]
    made += [row for s in (0, 95) for row in two_values({"UA": 5}, {"UA": 6}, sparsity=s, scenario="random")]
    figure = figures.exhibit("sparsity-fig3").make(complete(pd.DataFrame(made)))
    assert curves(figure.axes[0])["fine-tune"] == ([0, 95], [20, 70])
    plt.close(figure)


def test_a_loop_that_takes_a_fifth_of_the_time_is_five_times_as_fast():
    """Breaks if the ratio is turned; Fisher is no epoch and has none."""
    at = {"method": "trained", "metric": "seconds", "images": 1000, "gradients": 50}
    seconds = {"plain loop": 10.0, "this package": 2.0, "fisher": 1.0}
    table = figures.exhibit("sparsity-speed").make(
        complete(pd.DataFrame([{**at, "loop": k, "value": v} for k, v in seconds.items()]))
    )
    assert table["as fast as the plain loop"].tolist() == ["1.0 times", "5.0 times", "–"]


def test_a_line_is_the_mean_and_its_band_one_deviation_either_side():
    """Over seeds 0, 0 and 30: 10, and 10 ± 17.3 (worked by hand). Breaks with the median, or half of the band."""
    rows = pd.DataFrame({"x": [1.0] * 3 + [2.0] * 3, "value": [0.0, 0, 30, 5, 5, 5]})
    figure, axis = plt.subplots()
    drawing.line(axis, rows, "x", colour="red", label="a")
    assert curves(axis)["a"] == ([1, 2], [10, 5])
    ys = axis.collections[0].get_paths()[0].vertices[:, 1]
    assert (ys.min(), ys.max()) == pytest.approx((10 - 300**0.5, 10 + 300**0.5))
    plt.close(figure)


def test_a_partial_form_is_drawn_beside_its_whole_form_seed_by_seed():
    """Whole steps leave 50 and 70. The largest tenth is ahead by 10 and 20; fixed entries are behind by 5 and leave a
    tenth of the forget set. Breaks if seeds are averaged first, if the sign is turned, or if the dot is not empty."""
    made = []
    for method, keep, rule, ua, others in (
        ("ascent", 1.0, "top", 100, (50, 70)), ("partial-ascent", 0.1, "top", 99, (60, 90)),
        ("partial-ascent", 0.1, "fixed", 90, (45, 65)), ("partial-ascent", 0.1, "random", 99, (50, 70)),
    ):  # fmt: skip
        for seed, other in enumerate(others):
            at = {"seed": seed, "model": "mlp", "scenario": "rare", "method": method, "keep": keep, "rule": rule}
            made += [{**at, "metric": "UA", "value": ua}, {**at, "metric": "non-target accuracy", "value": other}]
    figure = figures.exhibit("partial-steps").make(complete(pd.DataFrame(made)))
    axis = next(axis for axis in figure.axes if axis.get_title() == "ascent")
    dots = [container[0] for container in axis.containers]
    assert [(dot.get_xdata()[0], dot.get_markerfacecolor() == "none") for dot in dots] == [
        (15, False), (0, False), (-5, True),
    ]  # fmt: skip
    strokes = [line for line in axis.lines if line.get_marker() == "|"]
    assert sorted(strokes[0].get_xdata()) == [10, 20]
    named = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert named == ["largest 10 %", "random 10 %", "fixed 10 %"]
    assert figure.get_supxlabel() == "points on the other classes, partial minus whole"
    plt.close(figure)


def test_every_map_has_its_own_scale():
    """The removal doubles the heights. Breaks if one scale for all leaves a low map black."""
    made = [{"method": "trained", "metric": "pixel", "value": 1.0}]
    for method, peak in (("trained", 2.0), ("amnesiac", 4.0), ("partial-amnesiac", 1.0)):
        made += [
            {"method": method, "metric": "cam", "value": peak},
            {"method": method, "metric": "class score", "value": 9.0},
        ]
    rows = complete(pd.DataFrame(made)).assign(seed=0, label=3.0, x=0, y=0)
    figure = figures.exhibit("partial-fig3").make(rows)
    assert [axis.images[0].get_clim()[1] for axis in figure.axes[1:]] == [2.0, 4.0, 1.0]
    assert [axis.get_xlabel() for axis in figure.axes[1:]] == ["scored 9 %"] * 3
    plt.close(figure)


def test_forget_accuracy_is_what_ua_leaves():
    """UA 98 is 2 % still right. Breaks if UA itself is shown."""
    at = {"seed": 0, "dataset": "mnist", "model": "mlp", "scenario": "rare", "method": "amnesiac", "epochs": 0.0}
    table = figures.exhibit("partial-tab1").make(complete(pd.DataFrame([{**at, "metric": "UA", "value": 98.0}])))
    assert table["forget train acc."].tolist() == ["2.0"]


def test_kept_shares_of_figure_4_are_not_mixed():
    """The dashed line is the fixed share and the solid one the chosen. Breaks if one is drawn twice."""
    made = []
    for method, choice, keep, value in (
        ("trained", None, None, 95), ("amnesiac", None, 1.0, 40), ("partial-amnesiac", "fixed", 0.1, 60),
        ("partial-amnesiac", "chosen", 0.02, 90),
    ):  # fmt: skip
        at = {"seed": 0, "model": "mlp", "count": 20, "affected": 10.0, "choice": choice, "keep": keep}
        made.append({**at, "method": method, "metric": "non-target accuracy", "value": value})
    figure = figures.exhibit("partial-fig4").make(complete(pd.DataFrame(made)))
    assert {label: y for label, (_, y) in curves(figure.axes[0]).items()} == {
        "before the removal": [95], "amnesiac": [40], "partial, keep 0.1": [60], "partial, keep chosen": [90],
    }  # fmt: skip
    plt.close(figure)
