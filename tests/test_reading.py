"""What is read of recorded rows: which of them, the value of a hyper-parameter, and numbers in words."""

import math

import pandas as pd
import pytest

from mu import reading
from mu.experiments.sweeps import Tuned
from mu.reading import chosen, mumis, sparsity
from mu.results import complete


def test_rows_are_selected_by_every_value():
    """No row where a record lacks the column. Breaks if a missing column selects all."""
    rows = pd.DataFrame({"method": ["a", "a", "b"], "keep": [1.0, 0.5, 1.0]})
    assert list(reading.select(rows, method="a", keep=1).index) == [0]
    assert reading.select(rows, rule="top").empty


def test_a_line_is_drawn_through_points_of_the_same_seeds():
    """Seed 1 has two of three sparsities: it is left out, as long as another has more. Breaks if points mix seeds."""
    rows = pd.DataFrame({"seed": [0, 0, 0, 1, 1], "sparsity": [0, 50, 95, 0, 95], "value": [1, 2, 3, 9, 9]})
    assert reading.same_seeds(rows, "sparsity")["value"].tolist() == [1, 2, 3]
    assert len(reading.same_seeds(rows[rows["sparsity"] != 50], "sparsity")) == 4


# ---- choosing ------------------------------------------------------------------------------------------------


def lines(method="mu-mis", scores=(), **more):
    """Rows of what was tried: (value, lr, proxy gap, Avg. Gap)."""
    common = {"seed": 0, "dataset": "d", "model": "m", "scenario": "class", "method": method, **more}
    return [
        {**common, "tried": value, "lr": lr, "metric": metric, "value": number}
        for value, lr, proxy, gap in scores
        for metric, number in (("proxy gap", proxy), ("Avg. Gap", gap), ("FA", 100 * value + (lr or 0)))
    ]


TWO_RATES = ((1.0, 0.1, 5, 1), (1.1, 0.1, 2, 7), (1.0, 0.2, 9, 8), (1.1, 0.2, 8, 9))


def picks(rows, how="rule", published=None):
    """(tried, lr) of each row of FA that is chosen."""
    found = chosen(complete(pd.DataFrame(rows)), how, published or {}).query("metric == 'FA'")
    return sorted(zip(found["tried"], found["lr"], strict=True))


def test_two_hyper_parameters_are_chosen_together():
    """The best pair, and only its rows. Breaks if the value at the other rate comes along."""
    assert picks(lines(scores=TWO_RATES)) == [(1.1, 0.1)]
    assert picks(lines(scores=TWO_RATES), "oracle") == [(1.0, 0.1)]


def test_beside_a_method_with_a_second_hyper_parameter_others_have_none():
    """Their column is empty, and empty matches empty."""
    other = lines("fine-tune", [(0.01, math.nan, 3, 1), (0.1, math.nan, 1, 3)])
    rows = complete(pd.DataFrame(lines(scores=TWO_RATES) + other))
    found = chosen(rows, "rule", {})
    assert found.groupby("method")["tried"].unique().map(list).to_dict() == {"mu-mis": [1.1], "fine-tune": [0.1]}
    assert len(found) == 6


def test_every_seed_and_every_request_has_its_own_choice():
    """A value that is best for one seed is not taken for another."""
    rows = [
        row
        for seed, forget, best in ((0, 1, 1.0), (0, 2, 1.1), (1, 1, 1.1))
        for row in lines(scores=[(v, 0.1, abs(v - best), 0) for v in (1.0, 1.1)], forget=forget)
        for row in [{**row, "seed": seed}]
    ]
    found = chosen(complete(pd.DataFrame(rows)), "rule", {}).query("metric == 'FA'")
    assert dict(zip(zip(found["seed"], found["forget"]), found["tried"])) == {(0, 1): 1.0, (0, 2): 1.1, (1, 1): 1.1}


@pytest.mark.parametrize(
    ("column", "values"),
    [("sparsity", (0, 95)), ("pruner", ("omp", "imp")), ("level", ("low", "high")), ("variant", ("as is", "other")),
     ("schedule", ("constant", "decaying")), ("update", ("subgradient", "proximal"))],
)  # fmt: skip
def test_every_model_and_every_variant_has_its_own_choice(column, values):
    """The best value of the dense model is not taken for the sparse one. Breaks if such a column is left out of what
    makes a case: then one value wins for both."""
    rows = [row for at, best in zip(values, (1.0, 1.1), strict=True)
            for row in lines(scores=[(v, 0.1, abs(v - best), 0) for v in (1.0, 1.1)], **{column: at})]  # fmt: skip
    found = chosen(complete(pd.DataFrame(rows)), "rule", {}).query("metric == 'FA'")
    assert dict(zip(found[column], found["tried"], strict=True)) == dict(zip(values, (1.0, 1.1), strict=True))


@pytest.mark.parametrize("order", [(1.0, 1.1), (1.1, 1.0)])
def test_of_values_as_good_the_smallest_is_chosen(order):
    """In whatever order they were recorded."""
    assert picks(lines(scores=[(value, 0.1, 5, 5) for value in order])) == [(1.0, 0.1)]


def test_what_diverged_is_never_chosen():
    """It has no gap to be the smallest; a method that always diverged is left out."""
    fell = {"seed": 0, "dataset": "d", "model": "m", "scenario": "class", "metric": "diverged", "value": 1, "lr": 0.1}
    rows = [*lines(scores=[(1.0, 0.1, 5, 1)]), {**fell, "method": "mu-mis", "tried": 1.1}]
    assert picks(rows) == [(1.0, 0.1)]
    only = complete(pd.DataFrame([{**fell, "method": "jit", "tried": 1.1}]))
    assert chosen(only, "rule", {}).empty
    assert chosen(only, "oracle", {}).empty


def test_a_gap_that_is_no_number_is_never_the_smallest():
    """An accuracy over no samples has none. Breaks if a method all of whose gaps are such ends the book."""
    assert picks(lines(scores=[(1.0, 0.1, math.nan, 1), (1.1, 0.1, 5, 1)])) == [(1.1, 0.1)]
    assert picks(lines(scores=[(1.0, 0.1, math.nan, 1)])) == []


def test_a_method_without_a_published_value_is_left_out_of_that_choice():
    """And one whose published value was not tried; rows without a hyper-parameter stay."""
    reference = {**lines(scores=[(1.0, 0.1, 5, 1)])[2], "method": "retrain", "tried": math.nan, "lr": math.nan}
    rows = complete(pd.DataFrame([*lines(scores=TWO_RATES), reference, *lines("jit", [(3e-4, math.nan, 1, 1)])]))
    assert set(chosen(rows, "published", {"jit": Tuned((), (), published=3e-4)})["method"]) == {"retrain", "jit"}
    assert set(chosen(rows, "published", {"jit": Tuned((), (), published=3e-3)})["method"]) == {"retrain"}
    assert set(chosen(rows, "published", {"jit": Tuned((), (), published={"random": 3e-4})})["method"]) == {"retrain"}


def test_rows_may_be_put_together_from_several_records():
    """Each with rows numbered from 0. Breaks if the best row is looked up by a number that two rows have."""
    scores = {0: [(1.0, 0.1, 1, 0), (1.1, 0.1, 2, 0)], 1: [(1.0, 0.1, 2, 0), (1.1, 0.1, 1, 0)]}
    parts = [complete(pd.DataFrame(lines(scores=tried))).assign(seed=seed) for seed, tried in scores.items()]
    assert picks(pd.concat(parts)) == [(1.0, 0.1), (1.1, 0.1)]


@pytest.mark.parametrize("how", ["published", "rule", "oracle"])
def test_records_of_references_alone_have_nothing_to_choose(how):
    """What is recorded first, before there is a value."""
    rows = complete(pd.DataFrame(lines("retrain", [(math.nan, None, 5, 1)])))
    assert len(chosen(rows, how, {})) == 3


def made_up():
    """Three values tried; the rule, the oracle and the paper each prefer another one."""
    common = {"seed": 0, "dataset": "d", "model": "m", "scenario": "class", "sparsity": 0, "pruner": "omp"}
    lines = []
    for tried, proxy, gap in ((0.001, 1.0, 9.0), (0.01, 5.0, 5.0), (0.1, 9.0, 1.0)):
        for metric, value in (("proxy gap", proxy), ("Avg. Gap", gap), ("UA", 1000 * tried)):
            lines.append({**common, "method": "fine-tune", "tried": tried, "metric": metric, "value": value})
    lines.append({**common, "method": "retrain", "tried": math.nan, "metric": "UA", "value": 100.0})
    return complete(pd.DataFrame(lines))


@pytest.mark.parametrize(("how", "ua"), [("rule", 1), ("published", 10), ("oracle", 100)])
def test_each_choice_takes_what_it_should(how, ua):
    """And keeps rows that have nothing to choose."""
    picked = sparsity.chosen(made_up(), how)
    values = picked[picked["metric"] == "UA"].set_index("method")["value"]
    assert values.to_dict() == pytest.approx({"fine-tune": ua, "retrain": 100})


def test_the_rule_cannot_see_the_retrained_model_or_the_test_set():
    """Whatever they score, it picks the same."""
    frame = made_up()
    hidden = frame.assign(value=frame["value"].where(frame["metric"] == "proxy gap", 0.0))
    picked = (sparsity.chosen(rows, "rule").query("method == 'fine-tune'") for rows in (frame, hidden))
    tried = [rows["tried"].unique().tolist() for rows in picked]
    assert tried[0] == tried[1] == [0.001]


def test_a_wrong_choice_is_refused():
    """By a message with the right ones."""
    with pytest.raises(ValueError, match="published, rule, oracle"):
        sparsity.chosen(made_up(), "best")


def test_a_value_is_chosen_with_its_learning_rate_and_published_in_any_scenario():
    """MU-Mis has two hyper-parameters and none published; SSD's holds for a class and a sub-class alike."""
    common = {"seed": 0, "dataset": "d", "model": "m"}
    rows = complete(pd.DataFrame([
        {**common, "scenario": s, "method": m, "tried": v, "lr": lr, "metric": metric, "value": value}
        for s in ("class", "subclass")
        for m, v, lr, proxy in (("mu-mis", 1.0, 0.1, 1), ("mu-mis", 1.0, 0.2, 3), ("mu-mis", 1.2, 0.1, 2),
                                ("ssd", 10.0, math.nan, 8), ("ssd", 3.0, math.nan, 5))
        for metric, value in (("proxy gap", proxy), ("Avg. Gap", -proxy))
    ]))  # fmt: skip
    pairs = lambda how: {
        (s, m): sorted(zip(part["tried"], part["lr"].fillna(0))) for (s, m), part in
        mumis.chosen(rows, how).query("metric == 'proxy gap'").groupby(["scenario", "method"])
    }  # fmt: skip
    for scenario in ("class", "subclass"):
        assert pairs("rule")[scenario, "mu-mis"] == [(1.0, 0.1)]
        assert pairs("oracle")[scenario, "mu-mis"] == [(1.0, 0.2)]
        assert pairs("rule")[scenario, "ssd"] == [(3.0, 0)]
    assert pairs("published") == {(s, "ssd"): [(10.0, 0)] for s in ("class", "subclass")}


def test_an_attempt_is_named_by_its_model_and_its_value():
    """Breaks if dense and sparse models share a name."""
    rows = made_up().assign(sparsity=[0] * 9 + [95])
    found = sparsity.attempts(rows).iloc[[0, 9]]
    assert found["block"].tolist() == ["class-wise, dense", "class-wise, 95 % sparse"]
    assert found["shown"].tolist() == ["0.001", "nan"]


def test_a_record_in_the_papers_words():
    """The rule's value of FT, class-wise; of a metric the paper has not, no name. Breaks if the oracle chooses."""
    found = sparsity.in_its_words(made_up().assign(dataset="cifar10"))
    ours = found[found["metric"] == "UA"].set_index("method")
    assert ours["value"].to_dict() == pytest.approx({"FT": 1, "Retrain": 100})
    assert set(ours["scenario"]) == {"class-wise"}
    assert set(ours["dataset"]) == {"CIFAR-10"}
    assert found["metric"].isna().sum() == 1  # the proxy gap


# ---- the course of a run, and its price ----------------------------------------------------------------------


def test_passes_that_a_hundredth_of_retraining_buys():
    """Training 10 images twice at 3 s each is 60 s, a pass over 2 at 0.1 s each 0.2 s: 3 at 1/100, 6 at 1/50."""
    sizes = [("retrain", 3.0, 10, 2), ("mu-mis", 0.1, 2, 1)]
    rows = pd.DataFrame([
        {"seed": 0, "metric": "seconds an image", "method": m, "value": v, "images": n, "passes": k}
        for m, v, n, k in sizes
    ])  # fmt: skip
    assert mumis.affordable(rows, 100).to_dict() == pytest.approx({0: 3})
    assert mumis.affordable(rows, 50).to_dict() == pytest.approx({0: 6})


# ---- in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "text"),
    [([1.0], "1.0"), ([1.0, 2.0], "1.5 ± 0.7"), ([], "–"), ([float("nan"), 3.0], "3.0"), ([12345.0], "12,345.0")],
)
def test_mean_sd(values, text):
    """Mean and sample deviation over seeds, hand-computed. Breaks if n replaces n - 1 (0.5 for the second)."""
    assert reading.mean_sd(pd.Series(values, dtype=float)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "–"),
        (999, "999 B"),
        (1000, "1 kB"),
        (2.5e6, "2.5 MB"),
        (3.21e9, "3.21 GB"),
        (999.4, "999 B"),
        (999_600, "1 MB"),
        (999_960_000, "1 GB"),
    ],
)
def test_quantity(number, text):
    """Decimal units, three digits; what rounds to a thousand takes the next unit.

    Breaks if 1024 replaces 1000, or 999.6 kB is "1e+03 kB".
    """
    assert reading.quantity(number) == text


@pytest.mark.parametrize(
    ("metric", "values", "text"),
    [("UA", [1.0, 2.0], "1.50 ± 0.71"), ("stored bytes", [1e6, 3e6], "2 MB"), ("stored bytes", [], "–")],
)
def test_stored_bytes_are_given_in_words(metric, values, text):
    """Breaks if a page or table prints bytes as a mean ± sd."""
    assert reading.number(metric, pd.Series(values, dtype=float), digits=2) == text


@pytest.mark.parametrize(
    ("counts", "words"),
    [((), "no seed"), ((1, 1), "one seed"), ((3,), "3 seeds"), ((1, 3, 3), "1 to 3 seeds"), ((0, 1), "0 to 1 seeds")],
)
def test_seeds_are_told_in_words(counts, words):
    """A part of the grid with fewer seeds than another is not hidden behind the larger number."""
    assert reading.seeds_in_words(counts) == words
