"""Printed numbers beside ours."""

from itertools import pairwise
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mu import reproduced
from mu.figures.reproduced import against_ours
from mu.reported import reported
from mu.reproduced import TOLERANCES, Pair, compared, summary
from mu.results import complete


def rows(metric, values, **columns):
    return [{"seed": seed, "metric": metric, "value": value, **columns} for seed, value in enumerate(values)]


@pytest.fixture
def recorded(monkeypatch):
    """Puts rows in place of the best record of every item."""

    def recorded(made, profile="paper"):
        record = SimpleNamespace(frame=complete(pd.DataFrame(made)), profile=profile) if made else None
        monkeypatch.setattr(reproduced, "best", lambda name: record)

    return recorded


def of(found, method, metric, case=""):
    return next(one for one in found if one.method == method and one.metric == metric and case in one.case)


@pytest.mark.parametrize("name", TOLERANCES)
def test_every_printed_accuracy_has_a_line(name, recorded):
    """No number is passed over but times and what follows from others. Breaks if a filter drops more."""
    recorded([])
    found = compared(name)
    printed = reported().query("item == @name and unit == '%'")
    left_out = printed["metric"].str.endswith(" gap")
    left_out |= (printed["method"] == "Retrain") & printed["metric"].isin(("Disparity Ave.", "Avg. Gap"))
    assert len(found) == (~left_out).sum() > 0
    assert len({(one.case, one.method, one.metric) for one in found}) == len(found)
    grouped = [(one.case, one.method) for one in found]
    assert len(set(grouped)) == 1 + sum(a != b for a, b in pairwise(grouped))  # what belongs together stands together
    assert {one.verdict for one in found} == {"not recorded"}
    assert summary(found) == f"0 of {len(found)} numbers recorded at the paper's size, and none at a smaller one."


@pytest.mark.parametrize(
    ("values", "word"),
    [((22, 24), "reproduced"), ((38, 39), "reproduced"), ((40, 41), "close"), ((90, 91), "not reproduced")],
)
def test_the_tolerance_is_twice_the_printed_spread(values, word, recorded):
    """Class-wise FT has 22.53 ± 8.16. Breaks if the least tolerance is taken, or the wrong sparsity or scenario."""
    here = {"dataset": "cifar10", "scenario": "class", "method": "fine-tune", "tried": 0.01}
    random = here | {"scenario": "random"}
    elsewhere = [*rows("UA", (0, 0), sparsity=95, **here), *rows("UA", (0, 0), sparsity=0, **random)]
    gaps = [*rows("proxy gap", (1, 1), sparsity=0, **here), *rows("proxy gap", (1, 1), sparsity=95, **here)]
    recorded([*rows("UA", values, sparsity=0, **here), *elsewhere, *gaps])
    one = of(compared("sparsity-tab3"), "FT", "UA", "class-wise, dense")
    assert (one.verdict, one.line["paper"], one.line["tolerance"]) == (word, "22.53 ± 8.16", "16.32")
    assert one.line["ours"].endswith("(n = 2)")
    assert one.difference == pytest.approx(np.mean(values) - 22.53)


@pytest.mark.parametrize(
    ("profile", "words", "said"),
    [
        (
            "paper",
            ["reproduced", "reproduced", "close", "not reproduced", "not recorded"],
            "4 of 5 numbers recorded at the paper's size: 2 reproduced (1 of them at an end of the scale, 0 or 100), "
            "1 close, 1 not reproduced, 1 not recorded.",
        ),
        (
            "laptop",
            ["agrees", "agrees", "near", "differs", "not recorded"],
            "0 of 5 numbers recorded at the paper's size. At `laptop` size: 2 agree (1 of them at an end of the "
            "scale, 0 or 100), 1 near, 1 differs, 1 not recorded.",
        ),
    ],
)
def test_only_the_papers_size_reproduces(profile, words, said):
    """A number of a smaller size agrees or differs. Breaks if it counts as reproduced, or if 99 % beside 100 is
    counted like 51 beside 50."""
    pairs = [(50, (51,)), (100, (99,)), (50, (45,)), (50, (90,)), (50, ())]
    found = [Pair("", "FT", "UA", printed, 0.0, ours, 2.0, profile) for printed, ours in pairs]
    assert [one.verdict for one in found] == words
    assert summary(found) == said


def test_sub_classes_are_told_apart(recorded):
    """CIFAR-20, rocket and sea: MU-Mis 0.49 and 0.20. Breaks if the forgotten sub-class is not looked at."""
    here = {"dataset": "cifar20", "scenario": "subclass", "method": "mu-mis", "tried": 1.1, "lr": 1e-3}
    recorded([*rows("Avg. Gap", (0.5,), forget=69, **here), *rows("proxy gap", (1,), forget=69, **here),
              *rows("Avg. Gap", (7,), forget=71, **here), *rows("proxy gap", (1,), forget=71, **here)])  # fmt: skip
    found = compared("mumis-tab2")
    assert of(found, "MU-Mis", "Avg. Gap", "rocket").verdict == "reproduced"
    assert of(found, "MU-Mis", "Avg. Gap", "sea").verdict == "not reproduced"


def test_a_dot_is_at_the_papers_number_and_ours(recorded):
    """FT, UA: 22.53 and 30, near enough for a filled dot; at 95 % sparsity 73.64 and 1, an empty one.

    Breaks if the axes are swapped, or dots say nothing of the verdict.
    """
    here = {"dataset": "cifar10", "scenario": "class", "method": "fine-tune", "tried": 0.01}
    both = [r for s, ua in ((0, 30), (95, 1)) for m, v in (("UA", ua), ("proxy gap", 1))
            for r in rows(m, (v,), sparsity=s, **here)]  # fmt: skip
    recorded(both)
    found = [one for one in compared("sparsity-tab3") if one.ours]
    figure = against_ours(found)
    (axis,) = figure.axes
    dots = [(*line.get_xydata()[0], line.get_markerfacecolor() != "none") for line in axis.lines[1:3]]
    assert dots == [(22.53, 30, True), (73.64, 1, False)]
    assert axis.get_title() == "UA, %"
    assert axis.get_xlim() == axis.get_ylim() == (-5, 105)  # a share of all
    plt.close(figure)


@pytest.mark.parametrize(("cases", "legend"), [(("a", "a"), ["FT"]), (("a", "b"), ["FT", "a", "b"])])
def test_shapes_are_explained_where_there_are_two(cases, legend):
    """Breaks if one case alone has a line in the legend, or two have none; or if a gap is on a scale up to 100."""
    figure = against_ours([Pair(case, "FT", "Avg. Gap", 3, 0.0, (4,), 1.0) for case in cases])
    (axis,) = figure.axes
    labels = [text.get_text() for shown in figure.legends for text in shown.get_texts()]
    assert labels == ["alike; below, ours is lower", *legend]
    assert axis.get_title() == "Avg. Gap, points"
    assert axis.get_ylim()[1] == pytest.approx(4.2)
    plt.close(figure)


def test_an_item_without_tolerance_is_an_error():
    """Named, with those that have one."""
    with pytest.raises(ValueError, match="sparsity-tab3"):
        compared("sparsity-speed")


def test_too_low_is_as_far_off_as_too_high(recorded):
    """FT's 22.53 ± 8.16 beside 0.5: 22 points below, more than 16.32. Breaks if the sign of a difference counts."""
    here = {"dataset": "cifar10", "scenario": "class", "method": "fine-tune", "tried": 0.01, "sparsity": 0}
    recorded([*rows("UA", (0, 1), **here), *rows("proxy gap", (1, 1), **here)])
    one = of(compared("sparsity-tab3"), "FT", "UA", "class-wise, dense")
    assert (one.verdict, one.line["difference"]) == ("close", "-22.03")


def test_the_number_beside_a_printed_one_is_the_rules(recorded):
    """Two values tried: the rule prefers one, the retrained model the other. Breaks if the oracle chooses."""
    here = {"dataset": "cifar20", "scenario": "subclass", "method": "mu-mis", "forget": 69, "lr": 1e-3}
    ruled, nearest = here | {"tried": 1.0}, here | {"tried": 1.2}
    recorded([*rows("proxy gap", (1,), **ruled), *rows("Avg. Gap", (8,), **ruled),
              *rows("proxy gap", (5,), **nearest), *rows("Avg. Gap", (0.5,), **nearest)])  # fmt: skip
    assert of(compared("mumis-tab2"), "MU-Mis", "Avg. Gap", "rocket").line["ours"] == "8.0 (n = 1)"
