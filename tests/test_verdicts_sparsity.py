"""Verdicts on the claims about sparsity: what synthetic records with a known answer say."""

import numpy as np
import pandas as pd
import pytest

from mu import verdicts
from mu.results import complete
from mu.verdicts import judge
from mu.verdicts.sparsity import APPROXIMATE, VALUES

CLAIMS = {claim.id.split("-")[1]: claim for claim in verdicts.claims("sparsity")}
SEEDS = (0, 1, 2)
UNCLEAR = (5.0, 5.0, -4.0)  # above 0 on average, but not for sure


def rows(metric, values, **columns):
    """One row a seed; a single number stands for all seeds."""
    values = np.broadcast_to(values, len(SEEDS))
    common = {"dataset": "cifar10", "model": "resnet18", "scenario": "class", "sparsity": 0.0, "pruner": "omp"}
    common |= {"tried": np.nan, "metric": metric}
    return [{**common, "seed": s, "value": float(v), **columns} for s, v in zip(SEEDS, values, strict=True)]


def swept(metrics, better=0.02, **columns):
    """A method with two values tried, none published. The rule picks `better`; with the other every number is 7."""
    made = []
    for tried, off in ((better, 1.0), (10 * better, 2.0)):
        made += rows("proxy gap", off, tried=tried, **columns)
        for metric, values in metrics.items():
            made += rows(metric, values if tried == better else 7, tried=tried, **columns)
    return made


def ends(metrics, method, scenario="class"):
    """Rows of a method on the dense and the sparse model: {metric: (dense, sparse)}."""
    made = []
    for i, sparsity in enumerate((0, 95)):
        at = {"method": method, "scenario": scenario, "sparsity": sparsity}
        values = {metric: pair[i] for metric, pair in metrics.items()}
        if method in ("trained", "retrain"):
            made += [row for metric, value in values.items() for row in rows(metric, value, **at)]
        else:
            made += swept(values, **at)
    return made


def by_rule(claim, frames):
    """The verdict without what other ways to choose a value show."""
    other = (VALUES["published"], VALUES["oracle"])
    return judge(finding for finding in claim.evidence(frames) if not finding.network.endswith(other))


def decide(name, *made, item=None):
    frame = complete(pd.DataFrame([row for part in made for row in part]))
    return by_rule(CLAIMS[name], {item or CLAIMS[name].items[0]: frame})


# ---- tables: dense and sparse ----------------------------------------------------------------------------


def gaps(sparse, scenario="class", method=None):
    methods = [method] if method else APPROXIMATE
    return [row for m in methods for row in ends({"Avg. Gap": (10, sparse)}, m, scenario)]


@pytest.mark.parametrize(
    ("sparse", "word"),
    [(4, "holds"), (12, "does not hold"), (10, "does not hold"), (tuple(10 - x for x in UNCLEAR), "unclear")],
)
def test_c1_disparity(sparse, word):
    """C1: the gap shrinks. Breaks if the sign is turned, no change counts, or not the rule's value is read."""
    verdict = decide("C1", gaps(sparse), gaps(sparse, "random"))
    assert verdict.word == word
    assert len(verdict.evidence[0].answers) == 8


def test_c1_names_the_comparisons_that_fail():
    """C1: each method and scenario counts by itself. Breaks if they are averaged or unclear reads as no."""
    made = [gaps(4, "class", m) for m in APPROXIMATE[:3]] + [gaps(4, "random", m) for m in APPROXIMATE[2:]]
    made += [gaps(12, "class", "influence"), gaps(13, "random", "fine-tune")]
    verdict = decide("C1", *made, gaps(tuple(10 - x for x in UNCLEAR), "random", "gradient-ascent"))
    assert verdict.word == "holds in part"
    text = verdict.evidence[0].numbers
    assert "5 of 8 comparisons, nearer by 6.0; no at IU class-wise (-2.0 ± 0.0), FT random 10 % (-3.0" in text
    assert "unclear at GA random 10 % (2.0 ± 5.2)" in text


@pytest.mark.parametrize(("better", "answers"), [(0.01, 1), (0.02, 2)])
def test_c1_counts_values_chosen_in_two_ways_once(better, answers):
    """C1: the rule picks the published value, or another as good. Breaks if one comparison counts twice."""
    made = []
    for sparsity, gap in ((0, 10), (95, 4)):
        at = {"method": "fine-tune", "scenario": "class", "sparsity": sparsity}
        for tried in (0.01, 0.02):
            made += rows("proxy gap", 1 if tried == better else 2, tried=tried, **at)
            made += rows("Avg. Gap", gap, tried=tried, **at)
    frames = {"sparsity-tab3": complete(pd.DataFrame(made))}
    found = [f for f in CLAIMS["C1"].evidence(frames) if not f.network.endswith(VALUES["oracle"])]
    assert [f.answers for f in found] == [(True,)] * answers


def test_c1_leaves_out_what_forgets_nothing():
    """C1: with the trained model's UA and MIA-Efficacy, dense and sparse, a method is no comparison; with another
    of one of them it is. Breaks if a gap that moved because test accuracy did is taken for forgetting."""
    untouched = {"UA": (1, 2), "MIA-Efficacy": (5, 6)}
    trained = ends(untouched, "trained")
    idle, active = ends({"Avg. Gap": (30, 34), **untouched}, "fisher"), ends({"Avg. Gap": (20, 34)}, "influence")
    active += ends({"UA": (1, 2), "MIA-Efficacy": (5, 7)}, "influence")
    (finding,) = decide("C1", trained, idle, active, gaps(4, "class", "fine-tune")).evidence
    assert finding.answers == (True, False)
    assert "no at IU class-wise" in finding.numbers


@pytest.mark.parametrize("methods", [("fisher",), APPROXIMATE])
def test_c1_says_so_where_nothing_forgets_anything(methods):
    """C1: what is recorded is idle, on the dense model more of it than on the sparse one. Breaks if a method or a
    scenario without a seed to compare makes that unrecorded."""
    untouched = {"UA": (1, 2), "MIA-Efficacy": (5, 6)}
    idle = [row for m in methods for row in ends({"Avg. Gap": (30, 33), **untouched}, m)]
    idle = [row for row in idle if row["method"] == "fisher" or row["sparsity"] == 0]
    (finding,) = decide("C1", ends(untouched, "trained"), idle).evidence
    assert (finding.word, finding.numbers, finding.n) == ("nothing to test", "no method forgets anything", 3)


def test_c1_ignores_other_methods_and_sparsities():
    """C1: four methods at 95 %. Breaks if variants as published, l1-sparse or other sparsities count."""
    other = [ends({"Avg. Gap": (1, 9)}, method) for method in ("fisher-as-published", "l1-sparse")]
    verdict = decide("C1", gaps(4), *other, swept({"Avg. Gap": 50}, method="fine-tune", sparsity=99))
    assert (verdict.word, len(verdict.evidence[0].answers)) == ("holds", 4)


def test_c1_counts_a_network_once():
    """Small profiles have one data set for several items: the one with most seeds counts. Breaks if all do."""
    frame, few = complete(pd.DataFrame(gaps(4))), complete(pd.DataFrame(gaps(20)))
    other = frame.assign(dataset="svhn", value=frame["value"].where(frame["sparsity"] == 0, 20))
    frames = {"sparsity-tab3": few[few["seed"] == 0], "sparsity-tabA2": frame, "sparsity-tabA3": other}
    evidence = by_rule(CLAIMS["C1"], frames).evidence
    assert [(e.network.split(",")[0], e.item, e.n, e.word) for e in evidence] == [
        ("CIFAR-10", "sparsity-tabA2", 3, "yes"), ("SVHN", "sparsity-tabA3", 3, "no"),
    ]  # fmt: skip


def rise(method="fine-tune", ua=(20, 70), mia=(75, 83), ra=(99.9, 99.8)):
    return ends({"UA": ua, "MIA-Efficacy": mia, "RA": ra}, method)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "holds"),
        ({"ua": (20, 21.8)}, "does not hold"),  # a few of 300 images
        ({"mia": (83, 75)}, "does not hold"),
        ({"ra": (99.9, 98.5)}, "does not hold"),  # 1.4 points lost
        ({"ra": (97.0, 98.4)}, "does not hold"),  # it moves all the same
        ({"ua": (20, tuple(22 + x for x in UNCLEAR))}, "unclear"),
    ],
)
def test_c3_forgets_more(change, word):
    """C3: both rise and RA stays. Breaks if one of the three is not asked."""
    assert decide("C3", rise(**change)).word == word


def test_c3_counts_both_methods():
    """C3: FT and IU each answer, with their numbers. Breaks if one stands for both."""
    verdict = decide("C3", rise(), rise("influence", ua=(88, 80)))
    assert verdict.word == "holds in part"
    assert "FT: UA 20.0 ± 0.0 → 70.0 ± 0.0, MIA-Efficacy 75.0" in verdict.evidence[0].numbers
    assert "; IU: UA 88.0 ± 0.0 → 80.0 ± 0.0" in verdict.evidence[0].numbers


def test_c3_counts_values_chosen_in_two_ways_once():
    """C3: the rule picks the published value. Breaks if its comparison counts again, or is left unsaid."""
    made = []
    for sparsity, ua in ((0, 20), (95, 70)):
        at = {"method": "fine-tune", "scenario": "class", "sparsity": sparsity, "tried": 0.01}
        made += (
            rows("proxy gap", 1, **at) + rows("UA", ua, **at) + rows("MIA-Efficacy", ua, **at) + rows("RA", 99, **at)
        )
    published, rule = CLAIMS["C3"].evidence({"sparsity-tab3": complete(pd.DataFrame(made))})
    assert (published.answers, rule.answers) == ((True,), ())
    assert rule.numbers.endswith("(the same values as by a way before)")


def at_values(method, pairs):
    """UA on the dense and the sparse model, at each value tried."""
    return [
        row
        for tried, pair in pairs.items()
        for sparsity, ua in zip((0, 95), pair, strict=True)
        for row in rows("UA", ua, method=method, tried=tried, sparsity=sparsity)
    ]


@pytest.mark.parametrize(
    ("pairs", "word", "answers"),
    [
        ({0.01: (20, 70), 0.1: (30, 33)}, "holds", 2),
        ({0.01: (20, 70), 0.1: (30, 31)}, "holds in part", 2),
        ({0.01: (70, 20), 0.1: (99.5, 99.8)}, "does not hold", 1),  # at 0.1 both have forgotten
        ({0.01: (70, 20), 0.1: (100, 98)}, "does not hold", 2),
        ({0.1: (100, 100)}, "nothing to test", 0),
    ],
)
def test_equal_values(pairs, word, answers):
    """Equal: by more than two points, at each value apart. Breaks if the rule's value or a mean over values answers,
    or a value at which both models forget the class."""
    verdict = decide("equal", at_values("influence", pairs), at_values("gradient-ascent", {0.1: (0, 90)}))
    assert (verdict.word, sum(len(e.answers) for e in verdict.evidence)) == (word, answers)


def l1_sparse(ua, tuned, time):
    unlearned = ends({"UA": (ua, 0), "RTE": (time, 99)}, "l1-sparse")
    retrained = ends({"UA": (100, 0)}, "retrain")
    return unlearned + retrained + ends({"UA": (tuned, 100), "RTE": (10, 1)}, "fine-tune")


@pytest.mark.parametrize(
    ("ua", "tuned", "time", "word"),
    [
        (100, 22, 10, "holds"),
        (100, 22, 12, "holds"),
        (100, 22, 13, "does not hold"),  # 1.3 times
        (98, 22, 10, "does not hold"),
        (99.5, 89.8, 10, "does not hold"),  # 9.7 ahead
        (100, 95, 10, "nothing to test"),  # nothing to gain, nothing to test
        (100, (60, 99, 99), 10, "unclear"),  # 14 on average, unclear
    ],
)
def test_c4_l1_sparse(ua, tuned, time, word):
    """C4: forgotten, ahead of FT, as fast. Breaks if one is not asked or the sparse model is read."""
    assert decide("C4", l1_sparse(ua, tuned, time)).word == word


@pytest.mark.parametrize(
    ("random", "word"),
    [(93.3, "holds"), (94.2, "holds in part"), (tuple(93.9 - x for x in UNCLEAR), "holds in part")],
)
def test_c8_the_retrained_model_loses(random, word):
    """C8: in both scenarios by more than nothing. Breaks if an unlearned model is read or scenarios are averaged."""
    retrained = [ends({"TA": (94.8, 91.8)}, "retrain"), ends({"TA": (94.4, random)}, "retrain", "random")]
    verdict = decide("C8", *retrained, ends({"TA": (90, 95)}, "fine-tune"))
    assert verdict.word == word
    assert "class-wise, 95 %: 94.8 ± 0.0 → 91.8 ± 0.0; random 10 %, 95 %: 94.4" in verdict.evidence[0].numbers


def test_c8_asks_every_high_sparsity():
    """C8: 95 and 99 % answer apart, 90 % is not high. Breaks if only one of them is read."""
    made = [rows("TA", v, method="retrain", sparsity=s) for s, v in ((0, 94), (90, 80), (95, 94), (99, 90))]
    (finding,) = decide("C8", *made).evidence
    assert finding.answers == (False, True)


def private(original, tuned):
    """MIA-Privacy of the original and, by rate, after FT, each on the dense and on the sparse model."""
    made = ends({"MIA-Privacy": original}, "trained")
    for tried, pair in tuned.items():
        for sparsity, score in zip((0, 95), pair, strict=True):
            made += rows("MIA-Privacy", score, method="fine-tune", tried=tried, sparsity=sparsity)
    return made


@pytest.mark.parametrize(
    ("tuned", "word"),
    [
        ((55, 55), "holds"),
        ((55, 65), "holds in part"),  # lower at one value, higher at the other: unclear
        ((65, 65), "holds in part"),
        ((59.5, 59.5), "holds in part"),
    ],
)
def test_c9_privacy(tuned, word):
    """C9: the scores of the original, and of FT at one and the same value. Breaks if the retrained model is read, a
    rise counts, or values that the rule picks apart for the two models are compared."""
    made = private((60, 56), {tried: (60, sparse) for tried, sparse in zip((0.01, 0.1), tuned, strict=True)})
    assert decide("C9", made, ends({"MIA-Privacy": (60, 70)}, "retrain")).word == word


def test_c9_counts_chance_as_no_leakage():
    """C9: below 50 there is nothing to leak. Breaks if a fall from 49 to 40 counts, or one from 55 to 40 does not."""
    verdict = decide("C9", private((49, 40), {0.1: (55, 40)}))
    assert verdict.evidence[0].answers == (False, True)


# ---- the other records -----------------------------------------------------------------------------------


def proposition(error, bound, mask="size", relative=1.0):
    """Rows of prop2 from curves over four sparsities."""
    made = []
    for sparsity, e, b in zip((0, 50, 90, 99), error, bound, strict=True):
        at = {"sparsity": sparsity, "mask": mask, "method": "gradient-ascent", "scenario": None}
        made += rows("error", e, **at) + rows("bound", b, **at) + rows("relative error", relative * e, **at)
    return made


@pytest.mark.parametrize(
    ("error", "bound", "word", "rank"),
    [
        ((8, 6, 3, 1), (80, 50, 20, 10), "holds in part", "1.00"),
        ((8, 3, 6, 1), (80, 50, 20, 10), "holds in part", "0.80"),
        ((8, 6, 3, 1), (10, 20, 50, 80), "does not hold", "-1.00"),
        ((1, 3, 6, 8), (10, 20, 50, 80), "does not hold", "1.00"),  # together, but up
        ((2, 8, 1, 4), (60, 80, 10, 30), "does not hold", "0.80"),  # the error does not fall
        ((6, 8, 1, 3), (20, 80, 10, 40), "does not hold", "0.80"),  # the bound does not fall
        ((3, 8, 6, 1), (80, 40, 10, 20), "does not hold", "0.00"),  # both fall, but not together
    ],
)
def test_c2_bound(error, bound, word, rank):
    """C2: error and bound fall, and together. Breaks if one of the two is not asked or Pearson's is computed."""
    verdict = decide("C2", proposition(error, bound), proposition((1, 2, 3, 4), (4, 3, 2, 1), "random"))
    assert verdict.word == word
    start = f"masks by size: rank correlation {rank} ± 0.00, error {error[0]} → {error[3]}"
    assert verdict.evidence[0].numbers.startswith(start)


def test_c2_ranks_seed_by_seed():
    """C2: 1, -0.8 and 0.4 are no clear sign. Breaks if curves are averaged before they are ranked."""
    curves = (((8, 6, 3, 1), (80, 50, 20, 10)), ((6, 1, 8, 3), (50, 80, 10, 20)), ((8, 6, 3, 1), (40, 80, 60, 10)))
    made = [row for s, curve in enumerate(curves) for row in proposition(*curve) if row["seed"] == s]
    (finding,) = decide("C2", made).evidence
    assert "rank correlation 0.20 ± 0.92" in finding.numbers
    assert (finding.word, finding.n) == ("unclear", 3)


def test_c2_masks_at_random_answer_too():
    """C2: the bound is for any mask, so those at random make an answer of their own. Breaks if masks are mixed."""
    size = proposition((8, 6, 3, 1), (80, 50, 20, 10))
    both = decide("C2", size, proposition((9, 2, 5, 1), (9, 5, 2, 1), "random", 0.5))
    assert both.word == "holds"
    text = both.evidence[0].numbers
    assert "relative error 8 → 1; masks at random: rank correlation 0.80 ± 0.00, error 9 → 1" in text
    assert decide("C2", size, proposition((1, 2, 5, 9), (1, 2, 5, 9), "random")).word == "holds in part"
    assert decide("C2", size).word == "holds"


def schedules(constant, growing):
    made = rows("Avg. Gap", 0, method="retrain", scenario="random")
    for (schedule, update), gap, best in (
        (("decaying", "subgradient"), 5, 0.1), (("constant", "subgradient"), constant, 0.3),
        (("growing", "subgradient"), growing, 0.1), (("decaying", "proximal"), 50, 0.2),
    ):  # fmt: skip
        columns = {"method": "l1-sparse", "scenario": "random", "schedule": schedule, "update": update}
        made += swept({"Avg. Gap": gap}, best, **columns)
    return made


@pytest.mark.parametrize(
    ("constant", "growing", "word"),
    [
        (8, 6, "holds"), (8, 4, "does not hold"), (5, 4, "does not hold"),
        (tuple(5 + x for x in UNCLEAR), 9, "unclear"),
    ],
)  # fmt: skip
def test_c5_schedules(constant, growing, word):
    """C5: decaying beats both. Breaks if the proximal update is read or one value is chosen for all schedules."""
    verdict = decide("C5", schedules(constant, growing))
    assert verdict.word == word
    assert "gap decaying 5.0 ± 0.0, constant" in verdict.evidence[0].numbers


def backdoor(before=99, after=10, dense=47, cost=1.0, worst=None, other=98):
    """Rows of the backdoor record: FT with two rates, the first of which leaves an ASR of `other` everywhere. With
    the second, `worst` is that at 99 %."""
    made = []
    for sparsity in (0, 75, 90, 95, 99):
        at = {"scenario": "poisoned", "sparsity": sparsity}
        left = dense if sparsity < 90 else after if worst is None or sparsity < 99 else worst
        made += rows("ASR", before, method="trained", **at) + rows("SA", 94, method="trained", **at)
        for tried, asr in ((0.01, other), (0.1, left)):
            tuned = {"method": "fine-tune", "tried": tried, **at}
            made += rows("ASR", asr, **tuned) + rows("SA", np.subtract(94, cost), **tuned)
    made += rows("ASR", 3, method="l1-sparse", tried=0.5, scenario="poisoned")
    return made


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "holds"),
        ({"before": 60, "other": 60}, "does not hold"),  # never planted
        ({"after": 25}, "does not hold"),
        ({"dense": 5}, "nothing to test"),  # removed without sparsity as well
        ({"dense": 98, "after": 98}, "nothing to test"),  # no rate does anything
        ({"dense": 98}, "holds"),  # it does nothing to the dense model alone
        ({"cost": 3.0}, "does not hold"),
        ({"cost": (0.0, 0.0, 6.9)}, "unclear"),  # 2.3 on average, unclear
        ({"worst": 60}, "holds in part"),
    ],
)
def test_c6_backdoor(change, word):
    """C6: planted, removed, by sparsity, at little cost. Breaks if one is not asked, below 90 % is, or if a rate
    that does nothing counts against the claim."""
    verdict = decide("C6", backdoor(**change))
    assert verdict.word == word
    assert len(verdict.answers) == (0 if word == "nothing to test" else 3)


def test_c6_asks_every_rate():
    """C6: at 80 the other rate does something, and too little. Breaks if the rule, or a mean over rates, answers."""
    verdict = decide("C6", backdoor(other=80))
    assert (verdict.word, len(verdict.answers)) == ("holds in part", 6)


def test_c6_shows_the_dense_model_too():
    """C6: the numbers of every sparsity and of the dense model, by rate. Breaks if rates are mixed."""
    _, finding = decide("C6", backdoor(worst=60)).evidence
    start = "FT at 0.1, ASR dense 99.0 ± 0.0 → 47.0 ± 0.0; 90 % 99.0 ± 0.0 → 10.0 ± 0.0, SA loses 1.0"
    assert finding.numbers.startswith(start)
    assert "; 99 % 99.0 ± 0.0 → 60.0 ± 0.0" in finding.numbers


def cleansed(asr, cost):
    """Rows of two penalties on a poisoned model: the second removes the trigger and ruins the model."""
    made = rows("ASR", 99, method="trained") + rows("SA", 94, method="trained")
    for tried, left, lost in ((0.1, asr, cost), (0.2, 1, 20)):
        at = {"method": "l1-sparse", "tried": tried}
        made += rows("ASR", left, **at) + rows("SA", 94 - lost, **at)
    return made


@pytest.mark.parametrize(
    ("asr", "cost", "word"),
    [(10, 1, "holds"), (25, 1, "does not hold"), (10, 3, "does not hold"), ((10, 10, 39), 1, "unclear")],
)
def test_l1_removes_the_backdoor(asr, cost, word):
    """Cleanse: one of two values does both; the other removes it at a high price. Breaks if every value must, or if
    one value's removal is paired with another one's cost."""
    verdict = decide("cleanse", cleansed(asr, cost))
    assert (verdict.word, len(verdict.answers)) == (word, 1)


def fits(sparse=10.0, shift=1.0):
    """UA rises by ten points with each factor ten of the loss; from sparse originals it is higher by `sparse`, and
    their losses are `shift` times the dense ones'."""
    made = []
    for percent, factor in ((0, 1.0), (95, shift)):
        for epochs, loss in ((10, 0.1), (20, 0.01), (30, 0.001)):
            at = {"sparsity": percent, "epochs": epochs}
            made += rows("loss", loss * factor, method="trained", **at)
            ua = 60 + 10 * np.log10(loss * factor)
            made += rows("UA", ua + np.multiply(sparse, percent > 0), method="fine-tune", tried=0.01, **at)
    return made


@pytest.mark.parametrize("shift", [1.0, 0.3])
@pytest.mark.parametrize(("sparse", "word"), [(10, "holds"), (1, "does not hold"), (-5, "does not hold"),
                                              ((3, 12, 0), "unclear")])  # fmt: skip
def test_equally_fitted_originals(sparse, word, shift):
    """Fit: a shift along the curve is no rise. Breaks if UA is compared at equal epochs."""
    verdict = decide("fit", fits(sparse, shift))
    assert verdict.word == word
    assert f"UA higher by {np.mean(sparse):.1f} ±" in verdict.evidence[0].numbers


def test_originals_without_a_loss_in_common_say_nothing():
    """Fit: Breaks if UA is extrapolated."""
    assert decide("fit", fits(shift=1e-4)).word == "not recorded"


def kept(dense, sparse, ua=100):
    """Fine-tuning with one value that forgets the class and one that forgets too little and keeps far more.

    `dense` and `sparse` are TA less that of the own retrained model, 60 and 50.
    """
    made = rows("UA", 100, method="retrain") + rows("UA", 100, method="retrain", sparsity=95)
    made += rows("TA", 60, method="retrain") + rows("TA", 50, method="retrain", sparsity=95)
    dense, sparse = np.add(60, dense), np.add(50, sparse)
    for percent, ta in ((0, dense), (95, sparse)):
        for tried, reached, left in ((0.1, ua, ta), (0.01, 90, 70 - percent / 10)):
            at = {"method": "fine-tune", "sparsity": percent, "tried": tried}
            made += rows("UA", reached, **at) + rows("TA", left, **at)
    return made


@pytest.mark.parametrize(("sparse", "word"), [(-5, "holds"), (-9.6, "does not hold"), (-15, "does not hold"),
                                              (tuple(x - 10 for x in UNCLEAR), "unclear")])  # fmt: skip
def test_what_is_kept_at_equal_forgetting(sparse, word):
    """Tradeoff: of values that forget. Breaks if those that forget too little are compared, or the sign is turned."""
    verdict = decide("tradeoff", kept(-10, sparse))
    assert (verdict.word, len(verdict.answers)) == (word, 1)
    assert decide("tradeoff", kept(-10, sparse, ua=94)).word == "not recorded"


@pytest.mark.parametrize(("ua", "word"), [(100, "holds"), (98, "does not hold"), ((100, 100, 97.5), "unclear")])
def test_l1_forgets_a_class(ua, word):
    """l1: also where FT forgets it as well. Breaks if that leaves nothing to test, or the sparse model is read."""
    assert decide("l1", l1_sparse(ua, 100, 10)).word == word


def probes(removed, probe, time, retrained=60, left=0, floor=30, kept=50):
    at = {"scenario": "classes", "removed": removed}
    return [
        *rows("probe accuracy", kept, method="trained", **at), *rows("UA", 100 - left, method="l1-sparse", **at),
        *rows("probe accuracy", floor, method="untrained", **at),
        *rows("probe accuracy", retrained, method="retrain", **at), *rows("RTE", 100, method="retrain", **at),
        *rows("probe accuracy", probe, method="l1-sparse", **at), *rows("RTE", time, method="l1-sparse", **at),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("probe", "time", "word"),
    [
        (60, 20, "holds"),
        (57.5, 20, "holds"),
        (70, 20, "holds"),  # better is as well as
        (56, 20, "holds in part"),
        (60, 120, "holds in part"),
        ((60, 60, 52), 20, "holds in part"),  # 2.7 behind on average, unclear
    ],
)
def test_c7_transfer(probe, time, word):  # 10 classes hold; of 20 it depends
    """C7: as good, and faster, for every number of classes. Breaks if one is not asked or the original is read."""
    verdict = decide("C7", probes(10, 61, 50), probes(20, probe, time))
    assert verdict.word == word
    numbers = (
        "10 classes: 61.0 ± 0.0, retrained 60.0 ± 0.0, not removed 50.0 ± 0.0, untrained 30.0 ± 0.0, 2.0 ± 0.0 t"
    )
    assert numbers in verdict.evidence[0].numbers


def test_c7_needs_classes_removed_and_features_learnt():
    """Nothing is shown where the classes are still known, where an untrained network serves as well, or where the
    model that keeps the classes serves as well as the retrained one."""
    assert decide("C7", probes(10, 60, 20)).word == "holds"
    assert decide("C7", probes(10, 60, 20, left=5)).word == "does not hold"
    assert decide("C7", probes(10, 60, 20, floor=58)).word == "does not hold"
    assert decide("C7", probes(10, 60, 20, kept=58)).word == "nothing to test"


# ---- beside a reference with a mask of its own -------------------------------------------------------------

METRICS = ("UA", "MIA-Efficacy", "RA", "TA")


def own_mask(value, dense=90, scenarios=("class", "random")):
    """What was retrained: every metric of the dense model, and of the one that found its own mask."""
    made = {"dense": (0, dense), "as published": (95, 99), "own mask": (95, value)}
    return [
        row
        for scenario in scenarios for variant, (sparsity, values) in made.items() for metric in METRICS
        for row in rows(metric, values, method="retrain", variant=variant, sparsity=sparsity, scenario=scenario)
    ]  # fmt: skip


@pytest.mark.parametrize(("theirs", "word"), [(50, "holds"), (70, "does not hold"), (62, "does not hold")])
def test_a_gap_may_be_counted_to_another_reference(theirs, word):
    """On the sparse model all methods are at 52 and the gap is 10 dense: nearer than that to 50, not to 62 or 70.

    Breaks if the published gap is read, or the published reference, or the dense one; and if the oracle counts.
    """
    values = {"Avg. Gap": (10, 1)} | dict.fromkeys(METRICS, (80, 52))
    made = [row for scenario in ("class", "random") for method in APPROXIMATE
            for row in ends(values, method, scenario)]  # fmt: skip
    frames = {
        "sparsity-tab3": complete(pd.DataFrame(made)),
        "sparsity-reference": complete(pd.DataFrame(own_mask(theirs))),
    }
    found = [
        finding for finding in CLAIMS["mask"].evidence(frames) if not finding.network.endswith("published values")
    ]
    assert not any("oracle" in finding.network for finding in found)
    assert judge(found).word == word
    assert len(found[0].answers) == 8


def test_without_the_other_reference_there_is_nothing_to_say():
    """Breaks if C1's own numbers stand in for it."""
    made = [row for scenario in ("class", "random") for row in gaps(4, scenario)]
    assert judge(CLAIMS["mask"].evidence({"sparsity-tab3": complete(pd.DataFrame(made))})).word == "not recorded"


@pytest.mark.parametrize(("sparse", "word"), [(85, "holds"), (89.8, "does not hold"), (95, "does not hold")])
def test_the_price_of_a_model_that_finds_its_own_mask(sparse, word):
    """Against the dense one, not the published one at 99. Breaks if that is read, or the sign is turned."""
    verdict = judge(CLAIMS["price"].evidence({"sparsity-reference": complete(pd.DataFrame(own_mask(sparse)))}))
    assert (verdict.word, len(verdict.evidence[0].answers)) == (word, 2)


# ---- all of them -----------------------------------------------------------------------------------------

HOLDING = {
    "C1": gaps(4), "C2": proposition((8, 6, 3, 1), (80, 50, 20, 10)), "C3": rise(), "C4": l1_sparse(100, 22, 10),
    "C5": schedules(8, 6), "C6": backdoor(), "C7": probes(10, 60, 20), "C8": ends({"TA": (95, 92)}, "retrain"),
    "C9": private((60, 55), {0.1: (60, 55)}), "price": own_mask(85),
    "equal": at_values("fine-tune", {0.1: (20, 70)}), "fit": fits(), "tradeoff": kept(-10, -5),
    "l1": l1_sparse(100, 22, 10), "cleanse": cleansed(10, 1),
    "mask": own_mask(50) + ends({"Avg. Gap": (10, 1)} | dict.fromkeys(METRICS, (80, 52)), "fine-tune"),
}  # fmt: skip
PARTS = {"C2": ("metric", "bound"), "C4": ("method", "l1-sparse"), "C5": ("schedule", "decaying"),
         "C7": ("method", "l1-sparse"), "l1": ("method", "retrain"), "cleanse": ("method", "l1-sparse")}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_nothing_or_too_little_recorded_is_no_verdict(name):
    """No rows, rows of the original alone, or no seed in common. Breaks if absence reads as failure."""
    claim, frame = CLAIMS[name], complete(pd.DataFrame(HOLDING[name]))
    read = lambda rows: by_rule(claim, dict.fromkeys(claim.items, rows)).word
    assert read(frame) == "holds"
    assert judge(claim.evidence({})).word == "not recorded"
    original = frame.assign(method="trained", metric="UA").drop_duplicates(["seed", "sparsity"])
    assert read(original) == "not recorded"
    column, value = PARTS.get(name, ("sparsity", 95))
    apart = frame[column].ge(90) if column == "sparsity" else frame[column] == value
    assert read(frame.assign(seed=frame["seed"] + 10 * apart)) == "not recorded"


def test_one_seed_decides_by_its_number():
    """One seed gives a verdict that says so. Breaks if a standard error is made of it."""
    frame = complete(pd.DataFrame(gaps(4)))
    verdict = judge(CLAIMS["C1"].evidence({"sparsity-tab3": frame[frame["seed"] == 0]}))
    assert (verdict.word, verdict.seeds) == ("holds", "one seed")


def test_a_claim_on_methods_counts_with_every_way_to_choose():
    """Sparse is nearer at the rule's rate, further at the published one, as near at the oracle's. Breaks if mixed."""
    tried = {0.01: (3, 10, 12), 0.03: (2, 10, 4), 0.1: (4, 3, 3)}  # rate -> proxy gap; gap, dense and sparse
    made = []
    for rate, (proxy, *gap) in tried.items():
        for i, sparsity in enumerate((0, 95)):
            at = {"method": "fine-tune", "sparsity": sparsity, "tried": rate}
            made += rows("proxy gap", proxy, **at) + rows("Avg. Gap", gap[i], **at)
    evidence = CLAIMS["C1"].evidence({"sparsity-tab3": complete(pd.DataFrame(made))})
    answers = {finding.network.split(", ")[-1]: finding.answers for finding in evidence}
    assert answers == {VALUES["published"]: (False,), VALUES["rule"]: (True,), VALUES["oracle"]: (False,)}


@pytest.mark.parametrize("name", ["C1", "C3", "C4", "C5"])
def test_claims_on_methods_have_a_part_for_every_way(name):
    """Breaks if a claim reads the rule's values alone."""
    frame = complete(pd.DataFrame(gaps(4) + ends({"UA": (0, 0)}, "trained")))
    parts = CLAIMS[name].parts(dict.fromkeys(CLAIMS[name].items, frame))
    assert {names[-1] for names, *_ in parts} == set(VALUES.values())


def test_c3_asks_nothing_where_the_dense_model_forgets_already():
    """A class forgotten without sparsity cannot be forgotten better. Breaks if that counts against the claim."""
    assert decide("C3", rise(ua=(100, 100))).word == "nothing to test"
    assert decide("C3", rise(mia=(99, 100))).word == "nothing to test"


def test_c3_asks_what_the_dense_model_leaves():
    """Sparse, FT forgets all of the class: that is the claim. Breaks if it is left out as nothing to forget."""
    assert decide("C3", rise(ua=(20, 100))).word == "holds"


def test_c5_reads_the_value_that_the_rule_picks():
    """The other value tried is at 7, nearer to retraining. Breaks if the oracle picks it."""
    (finding,) = decide("C5", schedules(8, 9)).evidence
    assert finding.numbers.startswith("gap decaying 5.0 ± 0.0, constant 8.0 ± 0.0, growing 9.0 ± 0.0")
