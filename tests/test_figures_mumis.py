"""Figures and tables of `mumis`: what they compute from made-up rows, and that parts of a record will do."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mu import figures
from mu.experiments import items
from mu.experiments.mumis import DELTAS, RETAIN_FREE
from mu.figures import mumis
from mu.reading import mumis as reading
from mu.results import complete

ITEMS = [name for name in items() if name.startswith("mumis-")]
GRIDS = ("mumis-tab1", "mumis-tab2", "mumis-tab3", "mumis-tabA7", "mumis-tabA9", "mumis-tabA10", "mumis-memo")
CASE = {"seed": 0, "dataset": "cifar100", "model": "resnet18", "scenario": "class"}


def together(parts):
    """As a record: every row with a number of its own."""
    return pd.concat(parts, ignore_index=True)


def frame(*rows, **common):
    return complete(pd.DataFrame([{**CASE, **common, **row} for row in rows]))


# ---- The course of a run ---------------------------------------------------------------------------------

FALLS_RISES = (10, 8, 6, 7, 9, 11, 12)  # after every pass of two steps


def course(others=FALLS_RISES, every=4, **columns):
    """A course of two steps a pass; FA is 100 less the step and RA 50 plus it, at every fourth step."""
    rows = [{"metric": "other", "step": 2 * i, "value": s} for i, s in enumerate(others)]
    rows += [{"metric": "target", "step": 2 * i, "value": 40 / (i + 1)} for i in range(len(others))]
    for step in range(0, 2 * len(others), every):
        rows += [{"metric": m, "step": step, "value": v} for m, v in (("FA", 100 - step), ("RA", 50 + step))]
    return frame(*rows, **{"method": "mu-mis", "lr": 0.01, "variant": "both"} | columns)


@pytest.mark.parametrize(("delta", "step"), [(0.65, 6), (0.8, 8), (1.0, 10), (1.15, math.inf), (2.0, math.inf)])
def test_where_the_rule_stops(delta, step):
    """Past the minimum and above delta, at any order of rows; not at a course's last pass.

    Breaks if a delta below 1 ends the run at its start, or a run that never ends counts as ended.
    """
    assert reading.stop(course().sample(frac=1, random_state=0), delta) == step


def test_the_distance_to_the_retrained_model_along_a_run():
    """At FA 60, RA 20 and TA 50 it is (20 + 5 + 8) / 3 from 80, 15 and 42; a reference that every course repeats
    counts once, and one of another request not at all."""
    reference = {"FA": 80, "RA": 15, "TA": 42}
    retrained = frame(*({"metric": m, "value": v, "method": "retrain"} for m, v in reference.items()))
    elsewhere = retrained.assign(scenario="random", value=0)
    looks = [{"metric": m, "value": v, "step": 4} for m, v in (("FA", 60), ("RA", 20), ("TA", 50), ("loss", 9))]
    run = frame(*looks, method="mu-mis", lr=0.01, variant="both")
    gaps = reading.distances(together([retrained, run, retrained, elsewhere, run.assign(lr=0.1, step=6)]))
    assert gaps[["lr", "step", "value"]].to_numpy().tolist() == [[0.01, 4, 11], [0.1, 6, 11]]
    assert reading.distances(run).empty


@pytest.mark.parametrize(("step", "value"), [(0, 100), (5, 96), (6, 96), (7, 92), (12, 88)])
def test_the_nearest_recorded_step(step, value):
    """Of two as near the earlier. Breaks if the last step before is taken: 7 is nearer to 8 than to 4."""
    assert reading.at(course(), "FA", step) == value


def test_a_course_that_ended_has_no_value_later():
    """Breaks if a diverged run is shown as it was before: nearest to step 9 would be step 4."""
    assert math.isnan(reading.at(course(FALLS_RISES[:4]), "FA", 9))
    assert math.isnan(reading.at(course(), "FA", math.nan))


def test_accuracy_by_delta():
    """FA and RA at each delta's own stop, else at the course's end. Breaks if one delta serves all."""
    found = reading.by_delta(together([course(), course(seed=1, others=FALLS_RISES[:3])]))
    fa = found[found["metric"] == "FA"].set_index(["seed", "delta"])
    assert set(fa.loc[0].index) == set(DELTAS)
    assert fa.loc[(0, 0.5), "value"] == 96  # stops at step 6, as near to 4 as to 8
    assert fa.loc[(0, 0.7), "value"] == 92  # at step 8: after step 6, s is just 0.7 of the first
    assert fa.loc[(0, 1.0), "value"] == 92  # at step 10
    assert fa.loc[0, "ended"].to_dict() == {delta: delta < 1.1 for delta in DELTAS}  # 12 is last
    assert not fa.loc[1, "ended"].any()
    assert (fa.loc[1, "value"] == 96).all()


def test_variants_are_compared_where_both_terms_stop(monkeypatch):
    """Step 10 by delta 1, and each variant's own stop and end; slopes as shares of the first.

    Breaks if every variant is read at its own stop only, or slopes are not divided by the start's.
    """
    monkeypatch.setattr(mumis, "DELTA", 1.0)
    rows = together(
        [course(), course((10, 11, 12, 13, 14, 15, 20), variant="other"), course((9, 8), variant="target")]
    )
    table = mumis.variants(rows, ("both", "target", "other", "jacobian"))
    assert table.loc[("original", "start"), "FA, %"] == "100.0"
    assert list(table.loc["both terms"].index) == ["where both terms stop", "end"]
    assert table.loc[("both terms", "where both terms stop"), ["step", "FA, %"]].tolist() == ["10", "92.0"]
    assert table.loc[("both terms", "where both terms stop"), "other slope"] == "1.10"
    assert table.loc[("both terms", "where both terms stop"), "target slope"] == "0.17"  # a sixth
    assert table.loc[("other class alone", "where both terms stop"), "other slope"] == "1.50"
    assert table.loc[("other class alone", "where its own rule stops"), "step"] == "2"
    assert table.loc[("other class alone", "end"), "step"] == "12"
    assert (table.loc[("target class alone", "where both terms stop")] == "–").all()  # it was over by then
    assert "both lowered" not in table.index


def test_slopes_of_a_course_that_diverges_have_no_decimals():
    """Breaks if a number of five places has two more."""
    table = mumis.variants(course((1, 2, 12345.678)), ("both",))
    assert table.loc[("both terms", "end"), ["target slope", "other slope"]].tolist() == ["0.33", "12,346"]


# ---- The sequence ----------------------------------------------------------------------------------------


def after(method, step, fas, ra, **columns):
    """Rows after one request: FA of classes 7 and 3, asked for in that order, and RA."""
    rows = [{"metric": "FA", "asked": label, "value": fa} for label, fa in zip((7, 3), fas, strict=True)]
    return frame(*rows, {"metric": "RA", "value": ra}, method=method, step=step, **columns)


def test_gaps_along_a_sequence():
    """Against the model retrained after the same request, at the same seed, over the classes removed by then.

    Breaks if classes that are yet to be removed count, if distances are averaged before their absolute value is
    taken, or if seeds are mixed.
    """
    rows = together([
        after("trained", 0, (90, 80), 70), after("retrain", 1, (0, 80), 70), after("retrain", 2, (10, 10), 60),
        after("mu-mis", 1, (4, 20), 65), after("mu-mis", 2, (4, 14), 66),
        after("retrain", 1, (50, 50), 50, seed=1), after("mu-mis", 1, (50, 0), 51, seed=1),
        after("mu-mis", 2, (0, 0), 0, seed=1), after("retrain", 1, (0, 0), 0, scenario="subclass"),
    ])  # fmt: skip
    found = reading.gaps(rows).set_index(["metric", "seed", "step"])["value"]
    assert found["utility gap"].to_dict() == {(0, 1): 5, (0, 2): 6, (1, 1): 1}
    assert found["resilience gap"].to_dict() == {(0, 1): 4, (0, 2): 5, (1, 1): 0}


def test_a_class_changes_colour_where_it_is_removed():
    """Class 7 after the first request, class 3 after the second. Breaks if the order of labels counts, or what was
    removed before is drawn as still in."""
    rows = [after("trained", 0, (90, 80), 70), after("retrain", 1, (0, 60), 70), after("retrain", 2, (5, 10), 60)]
    figure = mumis.along(together(rows))
    (axis,) = figure.axes
    lines = {colour: [] for colour in (mumis.COLOURS["trained"], mumis.TARGET_COLOUR)}
    for drawn in axis.lines[:-1]:  # the last one is RA
        lines[drawn.get_color()].append(list(drawn.get_ydata()))
    assert list(lines.values()) == [[[90, 0], [80, 60, 10]], [[0, 5], [0], [10], [10]]]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["start", "class 7", "class 3"]
    plt.close(figure)


# ---- Sensitivity -----------------------------------------------------------------------------------------


def test_shares_of_a_histogram():
    """A bin that a seed has no sample in counts as 0 there. Breaks if the mean is over the seeds that have it."""
    rows = frame(
        {"bin": -0.3, "value": 40}, {"bin": -0.1, "value": 60}, {"bin": -0.3, "value": 100, "seed": 1},
        {"bin": -math.inf, "value": 0}, {"bin": 1.0, "value": 100, "metric": "other"}, metric="target",
    )  # fmt: skip
    edges, percents = mumis.shares(rows, "target")
    assert np.log10(edges) == pytest.approx([-0.4, -0.3, -0.2, -0.1, 0.0])
    assert percents == pytest.approx([0, 70, 0, 30, 0])


# ---- Tables ----------------------------------------------------------------------------------------------


def tried(method, *values, lr=math.nan, **columns):
    """A method's scores for each value: (value, proxy gap, gap); RA is 100 less the gap."""
    rows = []
    for value, proxy, gap in values:
        named = {"tried": value, "lr": lr}
        rows += [
            {**named, "metric": metric, "value": number}
            for metric, number in {"proxy gap": proxy, "Avg. Gap": gap, "RA": 100 - gap, "RTE": 3}.items()
        ]
    return frame(*rows, **{"method": method, "forget": 69} | columns)


TAB1 = together([
    frame({"metric": "RA", "value": 80.0}, {"metric": "RTE", "value": 9.0}, method="retrain", forget=69),
    tried("mu-mis", (1.1, 5, 20), (1.2, 4, 30), lr=0.01), tried("mu-mis", (1.1, 3, 8), (1.2, 6, 1), lr=0.1),
    tried("salun", (0.013, 2, 7), (0.05, 1, 9)), tried("scar-as-published", (5e-4, 1, 2)),
    frame({"metric": "diverged", "value": 1, "tried": 3e-4}, method="jit", forget=69),
    tried("mu-mis", (1.1, 1, 2), lr=0.01, forget=1, dataset="folder:faces:32"),
])  # fmt: skip


def test_the_main_table():
    """Values by the rule, groups by what a method is handed, the paper's numbers behind its own request's only.

    Breaks if the oracle picks, delta and rate are picked apart, SCAR as published counts as doing without retained
    data, or a method that diverged vanishes.
    """
    table = mumis.main_table(TAB1, "mumis-tab1")
    rocket = "CIFAR-100, rocket"
    assert table.loc[(rocket, "retrain"), ["RA", "time, s"]].tolist() == ["80.0 (76.52)", "9.0 (7432)"]
    assert table.loc[(f"{rocket}: without retained data", "mu-mis"), "Avg. Gap"] == "8.0 (0.07)"
    assert table.loc[(f"{rocket}: with retained data", "salun"), "RA"] == "91.0 (76.63)"
    assert table.loc[(f"{rocket}: with retained data", "scar-as-published"), "RA"] == "98.0"
    assert table.loc[(f"{rocket}: without retained data", "jit"), "RA"] == "– (65.44)"
    assert table.loc[("Pins faces, class 1: without retained data", "mu-mis"), "RA"] == "98.0"
    assert set(table.index.get_level_values("method")) <= {*RETAIN_FREE, "retrain", "salun", "scar-as-published"}


@pytest.mark.parametrize(("item", "text"), [("mumis-tab2", "20.0 (0.2)"), ("mumis-tab1", "20.0")])
def test_a_sub_class_has_its_own_number(item, text):
    """Sea's number, not rocket's. Breaks if the paper's number is looked up by data set alone."""
    rows = tried("mu-mis", (1.1, 5, 20), lr=0.01, forget=71, dataset="cifar20", scenario="subclass")
    table = mumis.main_table(rows, item)
    assert table.loc[("CIFAR-20, sea: without retained data", "mu-mis"), "Avg. Gap"] == text


def test_levels_of_memorisation_choose_apart():
    """Each level's own best value. Breaks if one level's proxy gap picks for all."""
    levels = {"low": ((0.02, 1, 5), (0.1, 2, 6)), "high": ((0.02, 9, 7), (0.1, 8, 4))}
    rows = together(
        [tried("fine-tune", *v, level=name, forget=None, dataset="cifar10") for name, v in levels.items()]
    )
    table = mumis.main_table(rows, "mumis-memo")
    assert list(table["Avg. Gap"]) == ["5.0", "4.0"]
    assert list(table.index.get_level_values(0)) == [
        f"CIFAR-10, {name} memorisation: with retained data" for name in levels
    ]


def test_tuning():
    """The gap by each way to choose, with the value and MU-Mis's rate. Breaks if ways are mixed. Of two values tried
    both are ends of the grid; one value has none."""
    table = mumis.tuning(TAB1).loc["CIFAR-100, rocket"]
    assert table.loc["mu-mis"].tolist() == ["–", "8.0 (1.1 at 0.1*)", "1.0 (1.2 at 0.1*)"]
    assert table.loc["salun"].tolist() == ["7.0 (0.013*)", "9.0 (0.05*)", "7.0 (0.013*)"]
    assert list(table.columns) == ["published", "rule", "oracle"]


# ---- Drawing ---------------------------------------------------------------------------------------------


@pytest.fixture
def rows(smoke):
    """item -> its rows under smoke."""
    return lambda item: complete(pd.concat([rows for _, rows in smoke(item)], ignore_index=True))


def parts(rows):
    """The rows, and less and less of them."""
    first = rows["method"] == rows["method"].iloc[0]
    yield rows
    yield rows[~first]
    yield rows[first]
    yield rows.sample(frac=0.3, random_state=0).sort_index()
    yield rows[:0]


@pytest.mark.parametrize("item", ITEMS)
def test_parts_of_a_record_will_do(rows, item):
    """Every exhibit takes what is there so far. Breaks if a method or a metric is taken for granted."""
    exhibit = figures.exhibit(item)
    for part in parts(rows(item)):
        made = exhibit.make(part)
        if exhibit.kind == "table":
            assert made.notna().all().all()
            assert not made.index.duplicated().any()
        else:
            made.draw_without_rendering()
            plt.close(made)
    assert exhibit.caption.endswith((".", ")"))


def test_search_marks_what_the_rule_picks_and_whether_it_is_at_an_edge():
    """Of three values the middle one; of two, either is an edge. Breaks if the oracle's is marked, or the words are
    exchanged."""
    rows = together(
        [tried("fine-tune", (0.01, 5, 1), (0.02, 1, 9), (0.05, 3, 5)), tried("salun", (0.013, 2, 7), (0.05, 1, 9))]
    )
    table = mumis.search(rows)["rule"]
    assert table.loc["CIFAR-100, rocket", "fine-tune"].to_dict() == {"0.01": "", "0.02": "picked", "0.05": ""}
    assert table.loc["CIFAR-100, rocket", "salun"].to_dict() == {"0.013": "", "0.05": "edge"}


def test_speed_at_full_size_by_hand():
    """Retraining: 1 ms an image, 49,500 of them, 200 passes, 9,900 s. MU-Mis: 10 ms, 500 images, 5 s a pass; a
    hundredth of retraining, 99 s, is 19.8 passes. Breaks if passes are not counted, or another share is taken."""
    at = {"metric": "seconds an image"}
    rows = frame({"method": "retrain", "value": 1e-3, "images": 49_500, "passes": 200, **at},
                 {"method": "mu-mis", "value": 1e-2, "images": 500, "passes": 1, **at})  # fmt: skip
    table = mumis.speed(rows)
    assert table["seconds"].to_dict() == {
        "retraining": "9,900", "MU-Mis, one pass": "5", "MU-Mis, a hundredth of retraining": "99",
    }  # fmt: skip
    assert table.loc["MU-Mis, a hundredth of retraining", "passes"] == "20"


def test_each_panel_of_the_directions_has_its_own_share():
    """Breaks if one share is drawn in all three, or methods change places."""
    falls = {"target falls": (80, 70), "other falls": (20, 10), "difference falls": (90, 60)}
    rows = frame(
        *({"metric": metric, "method": method, "value": value}
          for metric, pair in falls.items() for method, value in zip(("retrain", "mu-mis"), pair, strict=True)),
        forget=69,
    )  # fmt: skip
    figure = mumis.directions(rows)
    assert [[bar.get_width() for bar in axis.patches] for axis in figure.axes] == [[80, 70], [20, 10], [90, 60]]
    plt.close(figure)


# ---- Where a run could stop ------------------------------------------------------------------------------


def test_a_dot_is_where_the_rule_ends_a_run():
    """On every line of its rate, at the gap, FA and RA of that step. Breaks if a run that does not end has one."""
    followed = together([course((10, 8, 6, 7, 9, 12, 13), every=2), course((10, 9, 8), every=2, lr=0.1)])
    known = together([followed, followed[followed["metric"] == "RA"].assign(metric="TA")])
    retrained = frame(*({"metric": m, "value": 50, "method": "retrain"} for m in ("FA", "RA", "TA")))
    drawn = mumis.beside_retraining(together([known, retrained]))
    for axis, height in zip(drawn.axes, ((40 + 10 + 10) / 3, 90, 60), strict=True):
        dots = [dot.get_xydata()[0].tolist() for dot in axis.lines if dot.get_marker() == "o"]
        assert [dot for dot in dots if math.isfinite(dot[1])] == [[10, pytest.approx(height)]]
    plt.close(drawn)
