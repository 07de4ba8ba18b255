"""Verdicts: what synthetic records with a known answer say about each claim."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mu import results, verdicts
from mu.experiments import CHAPTERS, get_item
from mu.experiments.partial import SCALED
from mu.reading import select
from mu.results import complete
from mu.verdicts import differences, judge
from mu.verdicts.claim import Finding, joined
from mu.verdicts.differences import Comparison, by_seed, exceeds, paired, summary

SEEDS = (0, 1, 2)
CLAIMS = {claim.id.split("-")[1]: claim for claim in verdicts.claims("partial")}
OTHERS, CLASS = "non-target accuracy", "target accuracy"


def rows(metric, values, seeds=SEEDS, **columns):
    """One row a seed; a single number stands for all seeds."""
    values = np.broadcast_to(values, len(seeds))
    common = {"dataset": "mnist", "model": "mlp", "scenario": "rare", "metric": metric}
    return [{**common, "seed": s, "value": float(v), **columns} for s, v in zip(seeds, values, strict=True)]


def removal(trained=98.0, partial=97.5, full=90.0, left=0.0, seeds=SEEDS, trained_class=80.0, **columns):
    """Rows of a table right after the two removals."""
    at_once = {"epochs": 0.0, **columns}
    return pd.DataFrame([
        *rows(OTHERS, trained, seeds, method="trained", **columns),
        *rows(CLASS, trained_class, seeds, method="trained", **columns),
        *rows(OTHERS, full, seeds, method="amnesiac", **at_once),
        *rows(CLASS, 0, seeds, method="amnesiac", **at_once),
        *rows("UA", 100, seeds, method="amnesiac", **at_once),
        *rows(OTHERS, partial, seeds, method="partial-amnesiac", **at_once),
        *rows(CLASS, left, seeds, method="partial-amnesiac", **at_once),
        *rows("UA", np.subtract(100, left), seeds, method="partial-amnesiac", **at_once),
    ])  # fmt: skip


def decide(name, **frames):
    """Verdict on rows by item (`tab1=...`), of which `verdicts.verdict` hands on the claim's scenario alone."""
    claim = CLAIMS[name]
    read = lambda frame: select(frame, scenario=claim.scenario) if claim.scenario else frame
    return judge(claim.evidence({f"partial-{item}": complete(read(frame)) for item, frame in frames.items()}))


# ---- counting and pairing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ([(True,), (True, True)], "holds"),
        ([(True,), (False,)], "holds in part"),
        ([(True, None)], "holds in part"),
        ([(False,), (None,)], "does not hold"),
        ([(None,)], "unclear"),
        ([()], "nothing to test"),
        ([], "not recorded"),
    ],
)
def test_a_verdict_counts_answers(answers, word):
    """All, some, none, nothing to count. Breaks if unclear counts as held or an empty list as "all"."""
    assert judge(Finding(a, "", 3) for a in answers).word == word


@pytest.mark.parametrize(
    ("yes", "no", "unclear", "word", "alone"),
    [
        (2, 0, 36, "unclear", "holds in part"),  # chance gives up to four of 38
        (5, 0, 33, "holds in part", "holds in part"),
        (0, 3, 17, "unclear", "does not hold"),  # and up to three of 20
        (0, 4, 16, "does not hold", "does not hold"),
        (37, 1, 0, "holds in part", "holds in part"),
        (38, 0, 0, "holds", "holds"),
        (1, 0, 3, "holds in part", "holds in part"),  # of four each is a question of its own
    ],
)
def test_of_many_answers_a_few_come_by_chance(yes, no, unclear, word, alone):
    """The 95 % quantile of the binomial distribution, for yes and no alike. One seed passes no margin by spread."""
    answers = (True,) * yes + (False,) * no + (None,) * unclear
    assert judge([Finding(answers, "", 3)]).word == word
    assert judge([Finding(answers, "", 1)]).word == alone


def test_differences_are_paired_by_seed():
    """Only seeds that both have, each with its own partner. Breaks if rows are paired by position."""
    a = pd.Series({0: 10.0, 1: 20.0, 2: 30.0})
    b = pd.Series({2: 29.0, 1: 18.0, 5: 0.0})
    assert paired(a, b).to_dict() == {1: 2.0, 2: 1.0}


def test_a_margin_is_passed_or_missed_with_confidence():
    """From two seeds on, as SciPy's one-sided t-tests at 5 % have it. Breaks if the test is two-sided, if sd stands
    in for the standard error, or the normal distribution for Student's."""
    rng = np.random.default_rng(0)
    for margin in (0.0, 0.3):
        for _ in range(200):
            values = rng.normal(0.7, 0.5, rng.integers(2, 8))
            above, below = (stats.ttest_1samp(values, margin, alternative=a).pvalue for a in ("greater", "less"))
            expected = True if above < 0.05 else False if below < 0.05 else None
            assert exceeds(pd.Series(values), margin) == differences.Tested(expected, len(values))


def test_one_seed_is_judged_by_its_value():
    """There is no spread to ask. Breaks if its NaN reads as unclear."""
    assert exceeds(pd.Series({0: 1.0}), 0.5)[:2] == (True, 1)
    assert exceeds(pd.Series({0: 0.5}), 0.5)[:2] == (False, 1)  # a margin has to be passed


def test_two_rows_a_seed_are_refused():
    """A number that is not pinned down is an error. Breaks if the last one wins."""
    frame = pd.DataFrame(rows(OTHERS, 1, method="trained") * 2)
    with pytest.raises(ValueError, match="more than one row a seed for 'non-target accuracy'"):
        by_seed(frame, OTHERS, method="trained")


# ---- the claims of `partial` ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "holds"),
        ({"left": 1.5}, "holds"),  # the rule aims at 1, and may miss by as much
        ({"left": 2.5}, "does not hold"),  # not forgotten
        ({"partial": 95.5}, "does not hold"),  # 2.5 points lost
        ({"full": 98.1}, "does not hold"),  # 0.6 points below conventional
        ({"full": 97.9}, "holds"),  # 0.4 points are no difference
        ({"partial": (97.9, 97.9, 93.0)}, "unclear"),  # 1.7 on average, but 3.3 either way
    ],
)
def test_c1_efficacy(change, word):
    """C1: forgotten, little lost, not below conventional. Breaks if any of the three is not asked."""
    assert decide("C1", tab1=removal(**change)).word == word


def trained_by(optimizer, partial):
    """Rows of the sweep of optimisers: a share of a tenth and the whole step, both forget."""
    made = rows(OTHERS, 98, method="trained") + rows(CLASS, 80, method="trained")
    for keep, others in ((0.1, partial), (1.0, 90)):
        for metric, value in ((OTHERS, others), (CLASS, 0), ("UA", 100)):
            made += rows(metric, value, method="partial-amnesiac", rule="top", keep=keep)
    return pd.DataFrame(made).assign(optimizer=optimizer)


def test_c1_counts_other_ways_of_training_as_networks_of_their_own():
    """C1: SGD counts beside Adam, which the tables have. Breaks if Adam counts twice or optimisers are averaged."""
    sweep = pd.concat([trained_by("Adam", 97.5), trained_by("SGD", 40)])
    verdict = decide("C1", tab1=removal(), optimizer=sweep)
    assert [(e.network.split(", ")[-1], e.word) for e in verdict.evidence] == [("MLP", "yes"), ("SGD", "no")]


@pytest.mark.parametrize(("known", "word"), [(0, "nothing to test"), (10, "nothing to test"), (11, "holds")])
def test_c1_asks_where_the_class_was_learnt(known, word):
    """A class the trained model never got right cannot be forgotten. Breaks if that counts as success."""
    rows = removal()
    rows.loc[(rows["method"] == "trained") & (rows["metric"] == CLASS), "value"] = known
    assert decide("C1", tab1=rows).word == word


def test_c1_seeds_that_share_their_ups_and_downs_agree():
    """C1 pairs: trained models from 90 to 98, each losing one point. Breaks if spread over seeds counts as doubt."""
    trained = np.array([90.0, 98.0, 94.0])
    assert decide("C1", tab1=removal(trained, trained - 1, trained - 9)).word == "holds"


def test_c1_mixed_networks():
    """C1: one network yes, one no. Breaks if networks are averaged."""
    verdict = decide("C1", tab1=removal(), tab2=removal(partial=80, model="lenet"))
    assert verdict.word == "holds in part"
    assert [e.word for e in verdict.evidence] == ["yes", "no"]
    assert "98.0 ± 0.0 → 97.5 ± 0.0, conventional" in verdict.evidence[0].numbers


def test_c1_reads_a_network_once_from_where_it_has_most_seeds():
    """Sweep and table hold the same removal. Breaks if it counts twice, or one seed goes before three."""
    swept = trained_by("Adam", 97.5).drop(columns="optimizer")
    verdict = decide("C1", tab1=removal(partial=50, seeds=(0,)), keep=swept)
    assert [(e.item, e.n, e.word) for e in verdict.evidence] == [("partial-keep", 3, "yes")]


def test_c1_chooses_the_share_of_the_sweep_by_the_forget_set():
    """The smallest share with UA of 99. Breaks if the best test accuracy is picked, which here does not forget, or if
    test images of the class are asked, of which the rule knows nothing."""
    sweep = rows(OTHERS, 98, method="trained")
    for keep, others, left, ua in ((0.1, 97.9, 60, 40), (0.2, 97, 5, 99), (1.0, 80, 0, 100)):
        at = {"method": "partial-amnesiac", "keep": keep, "rule": "top"}
        sweep += rows(OTHERS, others, **at) + rows(CLASS, left, **at) + rows("UA", ua, **at)
        sweep += rows(OTHERS, 10, **{**at, "rule": "bottom"})
    (finding,) = decide("C1", keep=pd.DataFrame(sweep)).evidence
    assert finding.word == "yes"
    assert "→ 97.0 ± 0.0, conventional 80.0 ± 0.0" in finding.numbers


def test_one_seed_is_said():
    """One seed decides by its number, and the verdict says so; beside several seeds it does not count."""
    verdict = decide("C1", tab1=removal(seeds=(0,)))
    assert (verdict.word, verdict.seeds, verdict.evidence[0].n) == ("holds", "one seed", 1)
    verdict = decide("C1", tab1=removal(seeds=(0,)), tab2=removal(model="lenet"))
    assert verdict.seeds == "3 seeds"
    assert [finding.n for finding in verdict.counted] == [3]


def test_one_seed_does_not_count_beside_several_of_the_same_finding():
    """Its numbers are shown and marked. Breaks if it answers, or makes the whole finding one of one seed."""
    several, one = Finding((False,), "many", 3), Finding((True,), "few", 1)
    assert joined([several, one]) == Finding((False,), "many; few (one seed, not counted)", 3)
    assert joined([one, one]) == Finding((True, True), "few; few", 1)
    silent = Finding((), "nothing to test in it", 1)  # no answer, so nothing that could count
    assert joined([several, silent]) == Finding((False,), "many; nothing to test in it", 3)
    cases = [
        Comparison(name, differences.Tested(n > 1, n), name, pd.Series(np.ones(n)))
        for name, n in (("many", 3), ("few", 1))
    ]
    assert summary(cases, "hold") == Finding(
        (True,), "1 of 1 hold, ahead by 1.0; one seed, not counted, at few (few)", 3
    )


@pytest.mark.parametrize(
    ("partial", "full", "anyway", "word"),
    [
        (0.2, 6.0, 0.0, "holds"),
        (0.9, 6.0, 0.0, "does not hold"),
        (0.9, 6.0, 0.7, "holds"),
        (0.9, 1.1, 0.7, "does not hold"),
        (
            0.4,
            6.0,
            -0.5,
            "holds",
        ),  # that the epoch harms the trained model is no merit of a removal's gain, nor a fault
        (0.2, 0.3, 0.0, "does not hold"),
        ((-0.4, 0.2, 1.2), 6.0, 0.0, "unclear"),
    ],
)
def test_c2_fine_tuning(partial, full, anyway, word):
    """C2: little to gain after partial, much after conventional, beyond what the epoch gains without a removal.

    Breaks if one of the three is not asked, or if another number of epochs is read.
    """
    tuned = [
        *rows(OTHERS, np.add(97.5, partial), method="partial-amnesiac", epochs=1.0),
        *rows(OTHERS, np.add(90, full), method="amnesiac", epochs=1.0),
        *rows(OTHERS, 98 + anyway, method="fine-tune", epochs=1.0),
        *rows(OTHERS, 60, method="partial-amnesiac", epochs=10.0),
        *rows(OTHERS, 60, method="fine-tune", epochs=10.0),
    ]
    assert decide("C2", tab1=pd.concat([removal(), pd.DataFrame(tuned)])).word == word


@pytest.mark.parametrize(
    ("slow", "left", "known", "word"),
    [
        (94, 1, 80, "holds"),
        (95.5, 1, 80, "does not hold"),
        (94, 30, 80, "does not hold"),
        (94, 1, 5, "nothing to test"),
    ],
)
def test_the_pace_of_a_partial_form(slow, left, known, word):
    """Against the best of the whole ones, if it forgets. Breaks if only one of their rates is asked."""
    made = [*rows(OTHERS, 95, method="partial-ascent", variant="partial"), *rows(CLASS, known, method="trained"),
            *rows("UA", 100 - left, method="partial-ascent", variant="partial"),
            *rows(OTHERS, 90, method="ascent", variant="0.001"), *rows(OTHERS, 20, method="ascent", variant="0.0003"),
            *rows(OTHERS, slow, method="ascent", variant="0.0001")]  # fmt: skip
    verdict = decide("pace", pace=pd.DataFrame(made))
    assert (verdict.word, verdict.evidence[0].n) == (word, len(SEEDS))
    if slow > 95:
        assert "ascent, few samples (-0.5 ± 0.0 beside rate 0.0001)" in verdict.evidence[0].numbers


def stepping(base, naive, variants, known=0.5, **columns):
    """Rows of a sweep over steps: {(rule, keep): other classes}, of which `("top", 0.1)` is what counts."""
    made = rows(OTHERS, naive, method=base, keep=1.0, rule="top", **columns)
    for (rule, keep), value in variants.items():
        at = {"method": f"partial-{base}", "keep": keep, "rule": rule, **columns}
        made += rows(OTHERS, value, **at) + rows("UA", 100 - known, **at)
    return pd.DataFrame(made)


@pytest.mark.parametrize(("name", "base"), [("C3", "label-flip"), ("C3", "label-flip-all"), ("C4", "ascent")])
def test_c3_c4_stepping(name, base):
    """C3, C4: partial above plain at equal forgetting, in the usual form; other variants are counted beside.

    Breaks if the wrong pair is compared, the sign turned, or variants that share one whole form answer each.
    """
    variants = {("top", 0.1): 95, ("random", 0.2): 94}
    assert decide(name, steps=stepping(base, 90, variants)).word == "holds"
    assert decide(name, steps=stepping(base, 96, variants)).word == "does not hold"
    assert decide(name, steps=stepping(base, 90, variants, known=30)).word == "does not hold"
    mixed = decide(name, steps=stepping(base, 94.5, variants))
    assert (mixed.word, len(mixed.answers)) == ("holds", 1)
    numbers = f"1 of 1 comparisons with {base}, ahead by 0.5; of the sweep's other variants 0 of 1"
    assert numbers == mixed.evidence[0].numbers.replace(", in nan times its steps (medians)", "")
    no = decide(name, steps=stepping(base, 96, variants)).evidence[0].numbers
    assert "no at few samples (-1.0 ± 0.0)" in no
    other = "C4" if name == "C3" else "C3"
    assert decide(other, steps=stepping(base, 90, variants)).word == "not recorded"


def test_steps_of_another_optimiser_are_another_network():
    """C4 and the pace. By Adam as in the sweep, which counts once; by SGD the partial form is ahead of the whole one,
    and not of the whole one at a third of its rate.

    Breaks if Adam counts twice, if a smaller rate is taken for the whole form, or if the pace does not ask it.
    """
    ahead = {("top", 0.1): 95, ("random", 0.2): 94}
    trained = pd.DataFrame(rows(CLASS, 90, method="trained", optimizer="SGD"))
    slower = pd.DataFrame(rows(OTHERS, 96, method="ascent", rule="scaled", keep=0.3, optimizer="SGD"))
    by = {name: stepping("ascent", 90, ahead, optimizer=name) for name in ("Adam", "SGD")}
    frames = {"steps": stepping("ascent", 90, ahead), "optimizer-steps": pd.concat([*by.values(), trained, slower])}
    usual, otherwise = decide("C4", **frames).evidence
    assert [(part.item, part.answers) for part in (usual, otherwise)] == [
        ("partial-steps", (True,)), ("partial-optimizer-steps", (True,)),
    ]  # fmt: skip
    assert "SGD" in otherwise.network
    assert "other variants 1 of 1" in otherwise.numbers
    (pace,) = decide("pace", **frames).evidence
    assert pace.answers == (False,)
    assert "ascent, few samples (-1.0 ± 0.0 beside rate 0.3 of the usual)" in pace.numbers


@pytest.mark.parametrize(("known", "word"), [((5, 5), "nothing to test"), ((5, 90), "holds"), ((90, 90), "holds")])
def test_c3_asks_where_the_class_was_learnt(known, word):
    """C3: a scenario whose trained model never got the class right is left out. Breaks if the other one goes with it,
    or if two such scenarios are read as one."""
    made = [
        pd.concat([stepping("label-flip", 90, {("top", 0.1): 95}, scenario=scenario),
                   pd.DataFrame(rows(CLASS, right, method="trained", scenario=scenario))])
        for scenario, right in zip(("rare", "class"), known, strict=True)
    ]  # fmt: skip
    verdict = decide("C3", steps=pd.concat(made))
    assert (verdict.word, len(verdict.answers)) == (word, sum(right == 90 for right in known))


def test_c3_reads_both_scenarios_of_a_table():
    """C3: rows of a table have no rule or share; both scenarios count. Breaks if the whole class is left out."""
    table = pd.concat([stepping("label-flip", 90, {("top", 0.1): 95}),
                       stepping("label-flip", 90, {("top", 0.1): 85}, scenario="class")])  # fmt: skip
    verdict = decide("C3", tab1=table.drop(columns=["rule", "keep"]))
    assert verdict.word == "holds in part"
    assert "no at whole class (" in verdict.evidence[0].numbers


def test_c3_counts_a_comparison_once():
    """A table's partial form is a point of the sweep on the same network. Breaks if one comparison counts twice, or
    if a table with more seeds hides the sweep."""
    sweep = stepping("label-flip", 90, {("top", 0.1): 95, ("random", 0.1): 85})
    table = stepping("label-flip", 90, {("top", 0.1): 95}).drop(columns=["rule", "keep"])
    table = pd.concat([table, table.assign(seed=table["seed"] + len(SEEDS))])
    (evidence,) = decide("C3", steps=sweep, tab1=table).evidence
    assert (evidence.item, len(evidence.answers)) == ("partial-steps", 1)


@pytest.mark.parametrize(("kept", "word"), [(10, "holds"), (120, "does not hold")])
def test_c5_bytes(kept, word):
    """C5: fewer bytes. Breaks if accuracies or the ledger after fine-tuning are read."""
    stored = [*rows("stored bytes", kept, method="partial-amnesiac", epochs=0.0),
              *rows("stored bytes", 100, method="amnesiac", epochs=0.0),
              *rows("stored bytes", 1, method="partial-amnesiac", epochs=1.0)]  # fmt: skip
    assert decide("C5", tab1=pd.DataFrame(stored)).word == word


def shares(cases):
    """Rows of figure 4: {count: (partial, conventional, class left)}."""
    made = []
    for count, (partial, full, left) in cases.items():
        at = {"count": count, "affected": count / 10}
        for choice, value in (("chosen", partial), ("fixed", 0.0)):
            made += rows(OTHERS, value, method="partial-amnesiac", choice=choice, **at)
        made += rows(CLASS, left, method="partial-amnesiac", choice="chosen", **at)
        made += rows(OTHERS, full, method="amnesiac", choice=None, **at)
    return pd.DataFrame(made)


def test_c6_shares():
    """C6: every share counts, and those that fail are named. Breaks if shares are averaged or forgetting is not
    asked."""
    assert decide("C6", fig4=shares({10: (98, 97, 0), 900: (90, 20, 0)})).word == "holds"
    verdict = decide("C6", fig4=shares({10: (98, 97, 5), 100: (97, 90, 0), 900: (40, 50, 0)}))
    assert verdict.word == "holds in part"
    text = verdict.evidence[0].numbers
    assert "1 of 3 shares of affected steps, ahead by 7.0" in text
    assert "no at 1 % (ahead by 1.0 ± 0.0, class left 5.00 ± 0.00), 90 % (ahead by -10.0 ± 0.0)" in text
    assert decide("C6", fig4=shares({900: (40, 50, 0)})).word == "does not hold"
    unlearnt = pd.DataFrame(rows(CLASS, 5, method="trained", count=10))
    part = decide("C6", fig4=pd.concat([shares({10: (98, 97, 0), 900: (40, 50, 0)}), unlearnt]))
    assert part.word == "does not hold"  # the one share that would hold has nothing to forget


@pytest.mark.parametrize(
    ("partial", "gone", "word"), [(0.9, 0.2, "holds"), (0.3, 0.2, "holds in part"), (0.3, 0.7, "does not hold")]
)
def test_c7_maps(partial, gone, word):
    """C7: the retained map kept better than conventionally, and better than the forgotten one. Breaks if labels are
    swapped, or if the forgotten map after conventional removal, or a height, is read."""
    maps = [*rows("cam similarity", partial, method="partial-amnesiac", label=1),
            *rows("cam similarity", 0.5, method="amnesiac", label=1),
            *rows("cam similarity", gone, method="partial-amnesiac", label=3),
            *rows("cam similarity", 1 - gone, method="amnesiac", label=3),
            *rows("cam peak", 0.5, method="trained", label=3),
            *rows("cam peak", 1 - gone, method="partial-amnesiac", label=3)]  # fmt: skip
    assert decide("C7", fig3=pd.DataFrame(maps)).word == word


@pytest.mark.parametrize(
    ("trained", "after", "retrained", "word"),
    [
        (70, 52, 50, "holds"),
        (70, 60, 50, "does not hold"),  # not down to the level
        (70, 40, 50, "does not hold"),  # too far below it: that tells, too
        (60, 60, 50, "does not hold"),  # no drop
        (58, 52, 50, "nothing to test"),  # it did not catch the trained model either
    ],
)
def test_c8_membership(trained, after, retrained, word):
    """C8: each attack near the retrained model's, where it caught the trained one. Breaks if a class never learnt
    counts, if one attack speaks for the other, or if an attack does that takes all the class for members, or none."""
    levels = lambda metric, trained, after: [
        *rows(metric, trained, method="trained"), *rows(metric, retrained, method="retrain"),
        *rows(metric, after, method="partial-amnesiac", epochs=0.0),
    ]  # fmt: skip
    made = levels("AUC", trained, after)
    recall = levels("MIA recall (shadow)", 70, 50)
    false = [{**row, "metric": "MIA false positives (shadow)", "value": 30.0} for row in recall]
    joint = {"nothing to test": "holds", "does not hold": "holds in part"}
    assert decide("C8", tab1=pd.DataFrame(made + recall + false)).word == joint.get(word, word)
    assert decide("C8", tab1=pd.DataFrame(made)).word == word
    all_taken = [{**row, "value": row["value"] - 2} for row in recall]
    blind = [{**row, "metric": "MIA false positives (shadow)"} for row in all_taken]
    assert decide("C8", tab1=pd.DataFrame(made + recall + blind)).word == word
    silent = [{**row, "value": 1.0} if row["method"] != "trained" else row for row in recall + false]
    assert decide("C8", tab1=pd.DataFrame(made + silent)).word == word
    assert decide("C8", tab1=pd.DataFrame(made + rows(CLASS, 5, method="trained"))).word == "nothing to test"


@pytest.mark.parametrize(
    ("change", "word"),
    [({"partial": 15}, "holds"), ({"left": 60}, "holds"), ({}, "does not hold"), ({"partial": 90}, "does not hold")],
)
def test_the_limit(change, word):
    """With the whole class the method breaks the rest or keeps the class. Breaks if the rare scenario is read, or
    if both ways of failing are needed."""
    whole = removal(**change, scenario="class").assign(choice="chosen")
    assert decide("limit", fig4=pd.concat([removal().assign(choice="chosen"), whole])).word == word
    assert decide("limit", fig4=pd.concat([whole.assign(choice="fixed")])).word == "not recorded"
    assert decide("limit", fig4=removal(partial=15).assign(choice="chosen")).word == "not recorded"


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_nothing_or_too_little_recorded_is_no_verdict(claim):
    """No rows, rows of the trained model alone, or no seed in common. Breaks if absence reads as failure."""
    assert judge(claim.evidence({})).word == "not recorded"
    trained = complete(pd.DataFrame([*rows(OTHERS, 98, method="trained"), *rows("UA", 3, method="trained")]))
    assert judge(claim.evidence(dict.fromkeys(claim.items, trained))).word == "not recorded"
    apart = complete(removal())
    apart.loc[apart["method"] != "partial-amnesiac", "seed"] += 10
    assert judge(claim.evidence(dict.fromkeys(claim.items, apart))).word == "not recorded"


def test_claims_are_well_formed():
    """Ids are unique, no claim is left out, items exist and have own records. Breaks if an item is renamed."""
    counts = {"partial": 8, "mumis": 8, "sparsity": 9, "beyond": 0}
    claims = [claim for paper in counts for claim in verdicts.claims(paper)]
    ids = [claim.id for claim in claims]
    assert len(set(ids)) == len(ids)
    assert {f"{paper}-C{i}" for paper, n in counts.items() for i in range(1, n + 1)} <= set(ids)
    assert all(get_item(name).record == name for claim in claims for name in claim.items)
    with pytest.raises(ValueError, match="no claims of paper 'mumi'; choose one of partial, mumis, sparsity, beyond"):
        verdicts.claims("mumi")


# ---- from records to the page ---------------------------------------------------------------------------


def record(item, frame, seeds=SEEDS, stale=False, profile="laptop"):
    """A record in which every rare cell of the grid holds the frame's rows of its seed."""
    made = results.Record(item, profile)
    for cell in get_item(item).cells(profile):
        if cell.seed in seeds and cell.settings["scenario"] == "rare":
            part = frame[frame["seed"] == cell.seed].drop(columns=["dataset", "model"])
            part = part.assign(dataset=cell.settings["dataset"], model=cell.settings["model"])
            sha256 = results.checksum(results.as_text(part))
            facts = {"seconds": 1.0, "date": "2026-01-02", "commit": "abc", "code": "", "hardware": "chip"}
            key = f"old{cell.key}" if stale else cell.key
            made.add(results.Segment(key, cell.settings, cell.seed, len(part), sha256, versions={}, **facts), part)
    made.write(results.folder())


def test_a_verdict_reads_the_best_records():
    """From files to word, seeds and coverage. Breaks if whole items are not told from parts."""
    record("partial-tab1", removal())
    record("partial-tab2", removal(seeds=(0, 1)), seeds=(0, 1))
    verdict = verdicts.verdict(CLAIMS["C1"])
    assert (verdict.word, verdict.seeds, verdict.profile) == ("holds", "2 to 3 seeds", "laptop")
    assert (verdict.complete, verdict.items) == (1, 9)


def test_a_verdict_is_from_the_largest_profile_that_has_evidence():
    """A stand-in does not count beside the real data, not even where that leaves nothing to test. Breaks if profiles
    are mixed, or if a claim's own choice of profiles is not heard."""
    record("partial-tab2", removal(partial=80, seeds=(0,)), (0,), profile="quick")
    verdict = verdicts.verdict(CLAIMS["C1"])
    assert (verdict.word, verdict.profile) == ("does not hold", "quick")
    record("partial-tab1", removal(trained_class=5))  # never learnt: nothing to test
    verdict = verdicts.verdict(CLAIMS["C1"])
    assert (verdict.word, verdict.profile) == ("nothing to test", "laptop")
    assert verdicts.verdict(replace(CLAIMS["C1"], profiles=("paper",))).word == "not recorded"
    record("partial-tab1", removal())
    verdict = verdicts.verdict(CLAIMS["C1"])
    assert (verdict.word, verdict.profile) == ("holds", "laptop")
    assert [e.item for e in verdict.evidence] == ["partial-tab1"]


def test_checks_of_ours_are_told_from_claims():
    """Breaks if a check of ours counts as a claim of the paper, or the other way round."""
    ours = {claim.id for chapter in CHAPTERS for claim in verdicts.claims(chapter) if claim.ours}
    checks = {"partial-entries", "partial-gone", "partial-head", "partial-pace", "partial-recording", "partial-limit",
              "partial-search", "partial-scaled", "mumis-cost", "mumis-price", "mumis-unseen", "mumis-weak",
              "mumis-stop", "mumis-equal", "mumis-free", "sparsity-equal", "sparsity-tradeoff", "sparsity-mask",
              "sparsity-price", "sparsity-fit", "sparsity-l1", "sparsity-cleanse", "beyond-chance", "beyond-power",
              "beyond-enough"}  # fmt: skip
    assert ours == checks


def test_cells_of_an_older_grid_are_not_read():
    """What the present code would not run is no evidence. Breaks if old rows count beside new ones."""
    record("partial-tab1", removal(), stale=True)
    assert verdicts.verdict(CLAIMS["C1"]).word == "not recorded"


@pytest.mark.parametrize("state", ["nothing", "one seed", "three seeds"])
def test_the_page_renders_whatever_is_recorded(site, state):
    """A row per claim, no warning. Breaks if a missing record stops the build or leaves a claim out."""
    if state != "nothing":
        seeds = (0,) if state == "one seed" else SEEDS
        record("partial-tab1", removal(seeds=seeds), seeds)
        record("partial-tab2", removal(partial=80, seeds=seeds), seeds)
    html, warnings = site("```{verdicts} partial\n```")
    assert not warnings
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))
    for claim in CLAIMS.values():
        assert claim.claim.replace("'", "’") in text
    assert 'href="notebooks/partial/tab1.html"' in html
    if state == "nothing":
        assert "holds;" not in text
        assert html.count("<strong>– not recorded</strong>") == len(CLAIMS)
    else:
        many = "one seed" if state == "one seed" else "3 seeds"
        complete = 0 if state == "one seed" else 2
        assert (
            f"holds in part; 1 yes, 1 no; {many}; laptop; so far {complete} of 9 figures and tables recorded in full"
            in text
        )
        assert "yes MNIST, MLP: 98.0" in text
        assert "no MNIST, LeNet: 98.0" in text


@pytest.mark.parametrize("paper", ["mumis", "sparsity"])
def test_every_paper_renders(site, paper):
    """A row per claim without a record, no warning. Breaks if a claim's text is no valid Markdown."""
    html, warnings = site(f"```{{verdicts}} {paper}\n```")
    assert not warnings
    assert html.count("<strong>– not recorded</strong>") == len(verdicts.claims(paper))


def test_an_unknown_paper_is_an_error_of_the_page(site):
    """A typo does not leave an empty page. Breaks if it is swallowed."""
    assert any("no claims of paper" in w for w in site("```{verdicts} partail\n```")[1])


@pytest.mark.parametrize(
    ("answers", "every", "either"),
    [
        ((True, True), True, True), ((True, False), False, True), ((False, None), False, None),
        ((None, False), False, None), ((True, None), None, True), ((None, True), None, True),
        ((False, False), False, False), ((None, None), None, None),
    ],
)  # fmt: skip
def test_a_no_decides_all_and_a_yes_decides_any(answers, every, either):
    """Three-valued and/or. Breaks if an unclear part hides that another one settles the matter."""
    tests = [differences.Tested(answer, n) for answer, n in zip(answers, (3, 2), strict=True)]
    assert (differences.every(*tests)[:2], differences.either(*tests)[:2]) == ((every, 2), (either, 2))


def test_a_finding_says_which_of_its_conditions_is_missed():
    """The name, the number and what was asked. Breaks if a condition that is met is named, if one that is only
    unclear is named beside one that is not met, or if the sign of what has to stay below turns."""
    loss, ahead, gap = (pd.Series(values) for values in ([2.0, 2.1, 1.9], [3.0, 3.1, 2.9], [0.0, 1.2, 0.6]))
    answer = differences.every(
        differences.below(loss, 1.3, "RA lost"),
        exceeds(ahead, 0.5, "ahead by"),
        differences.within(gap, 1.0, "off by"),
    )
    said = differences.finding("RA 70", answer).numbers
    assert said == "RA 70; no because of RA lost 2.0 ± 0.1, asked below 1.3"
    unclear = differences.every(exceeds(ahead, 0.5, "ahead by"), differences.within(gap, 1.0, "off by"))
    said = differences.finding("RA 70", unclear).numbers
    assert said == "RA 70; unclear because of off by 0.6 ± 0.6, asked within 1"
    assert differences.finding("RA 70", exceeds(ahead, 0.5, "ahead by")).numbers == "RA 70"
    assert differences.finding("RA 70", answer, moot=True).numbers == "RA 70"


@pytest.mark.parametrize(
    ("answers", "word"),
    [((True, True), "yes"), ((True, False), "in part"), ((None, True), "in part"), ((False, None), "no"),
     ((None, None), "unclear")],
)  # fmt: skip
def test_the_word_of_one_network(answers, word):
    """As `judge` has it for all. Breaks if unclear reads as no."""
    assert Finding(answers, "", 3).word == word


def test_c6_reads_few_samples_alone():
    """Figure 4 ends with the whole class, where the method fails: that is `limit`. Breaks if C6 counts it."""
    made = results.Record("partial-fig4", "laptop")
    for cell in get_item("partial-fig4").cells("laptop", 1):
        s = cell.settings
        if s["model"] != "mlp":
            continue
        rare = s["scenario"] == "rare"
        part = shares({s["count"] if rare else 6000: (98, 97, 0) if rare else (20, 60, 0)}).query("seed == 0")
        part = part.assign(dataset=s["dataset"], scenario=s["scenario"])
        facts = {"seconds": 1.0, "date": "2026-01-02", "commit": "abc", "code": "", "hardware": "chip"}
        sha256 = results.checksum(results.as_text(part))
        made.add(results.Segment(cell.key, s, 0, len(part), sha256, versions={}, **facts), part)
    made.write(results.folder())
    verdict = verdicts.verdict(CLAIMS["C6"])
    assert verdict.word == "holds"
    counts = {cell.settings["count"] for cell in get_item("partial-fig4").cells("laptop")}
    assert len(verdict.evidence[0].answers) == len(counts - {None})


def test_c6_has_no_margin():
    """0.3 points behind conventional removal are behind it. Breaks if what C1 calls no difference counts as ahead."""
    assert decide("C6", fig4=shares({10: (97, 97.3, 0)})).word == "does not hold"
    assert decide("C6", fig4=shares({10: (97, 96.7, 0)})).word == "holds"


@pytest.mark.parametrize(("known", "word"), [(1.5, "holds"), (2.5, "does not hold")])
def test_c3_allows_for_a_look_at_a_part_of_the_forget_set(known, word):
    """Stopped at 1 % of what was looked at, 1.5 % of all may be right. Breaks with the level of the stop itself."""
    assert decide("C3", steps=stepping("label-flip", 90, {("top", 0.1): 95}, known=known)).word == word


# ---- checks of ours ---------------------------------------------------------------------------------------


def sweep(shares, seeds=SEEDS):
    """{rule: smallest share that forgets}, with every share of a grid tried."""
    made = []
    for rule, least in shares.items():
        for keep in (0.01, 0.1, 0.5, 1.0):
            at = {"rule": rule, "keep": keep, "method": "partial-amnesiac"}
            made += rows("UA", 100 if keep >= least else 50, seeds, **at)
    return made


@pytest.mark.parametrize(
    ("shares", "word"),
    [
        ({"top": 0.1, "random": 0.5, "bottom": 1.0}, "holds"),
        ({"top": 0.1, "random": 0.1, "bottom": 1.0}, "holds in part"),
        ({"top": 0.1, "random": 0.5, "bottom": 0.5}, "holds in part"),
        ({"top": 0.01, "random": 0.1, "bottom": 1.0}, "holds in part"),  # no other rule is tried at 0.01
        ({"top": 0.5, "random": 0.1, "bottom": 0.1}, "does not hold"),
        ({"top": 0.1}, "not recorded"),
    ],
)
def test_entries(shares, word):
    """By the smallest share of each rule that forgets. Breaks if a rule is not asked."""
    assert decide("entries", keep=pd.DataFrame(sweep(shares))).word == word


@pytest.mark.parametrize(
    ("part", "shrunk", "word"), [(97, 95, "holds"), (97, 97.5, "does not hold"), (97, (95, 99, 97), "unclear")]
)
def test_scaled_steps(part, shrunk, word):
    """At equal forgetting: entries forget all at 0.1, whole steps at 0.5 of their size or only as they are (90).

    Breaks if they are compared at one share, or if whole steps that never forget when scaled are left out.
    """
    points = {"top": {0.05: (60, 99), 0.1: (100, part), 1.0: (100, 90)}, SCALED: {0.1: (60, 99), 0.5: (100, shrunk)}}
    made = [row for rule, curve in points.items() for keep, values in curve.items()
            for metric, value in zip(("UA", OTHERS), values, strict=True)
            for row in rows(metric, value, method="partial-amnesiac", rule=rule, keep=keep)]  # fmt: skip
    found = decide("scaled", keep=pd.DataFrame(made))
    assert (found.word, len(found.answers)) == (word, 2)
    late = [{**row, "value": 80.0} if (row["rule"], row["keep"], row["metric"]) == (SCALED, 0.5, "UA") else row
            for row in made]  # fmt: skip
    assert decide("scaled", keep=pd.DataFrame(late)).word == "holds"


def test_equal_forgetting_lies_between_the_shares():
    """95 % is half way from 90 to 100: 98 of 99 and 97. Breaks if the share that passes it is read, or the last."""
    curve = {0.1: (90, 99), 0.2: (100, 97), 0.5: (100, 60)}
    made = [row for keep, values in curve.items() for metric, value in zip(("UA", OTHERS), values, strict=True)
            for row in rows(metric, value, method="partial-amnesiac", rule=SCALED, keep=keep)]  # fmt: skip
    made += rows("UA", 100, method="partial-amnesiac", rule="top", keep=1.0)
    made += rows(OTHERS, 50, method="partial-amnesiac", rule="top", keep=1.0)
    numbers = decide("scaled", keep=pd.DataFrame(made)).evidence[0].numbers
    assert "95 % forgotten: others 50.0 ± 0.0, scaled 98.0 ± 0.0" in numbers


@pytest.mark.parametrize(("few", "word"), [(10, "holds"), (60, "does not hold")])
def test_what_it_takes_to_search(few, word):
    """The ledgers of all partial shares, together. Breaks if the best alone is counted, or whole steps with them."""
    made = [row for keep, size in ((0.1, few), (0.5, 60), (1.0, 100))
            for row in rows("stored bytes", size, method="partial-amnesiac", rule="top", keep=keep)]  # fmt: skip
    assert decide("search", keep=pd.DataFrame(made)).word == word


@pytest.mark.parametrize(
    ("stored", "slower", "answers"),
    [
        (0.325, 10, (True, True, True)), (0.355, 10, (False, True, True)), (0.325, 40, (True, False, True)),
        (0.1, 10, (True, True, False)),
    ],
)  # fmt: skip
def test_recording(stored, slower, answers):
    """Bytes, time and what bytes are made of: 2 a value and 1/8 a place. Breaks if one is not asked."""
    at = {"recorder": "ledger", "keep": 0.1, "method": "trained"}
    made = rows("bytes per parameter", stored, **at) + rows("slow-down", slower, **at)
    assert decide("recording", ledger=pd.DataFrame(made)).answers == answers


def probed(trained=80, retrained=60, after=60, alone=(0.0, 97.0), others=97.0):
    """Rows of the probe: of the class by features, and the answers of the model's own head."""
    made = []
    for method, value in (
        ("trained", trained),
        ("retrain", retrained),
        ("amnesiac", 60),
        ("partial-amnesiac", after),
    ):
        made += rows("probe target accuracy", value, method=method, variant="plain")
    made += rows(CLASS, alone[0], method="amnesiac", variant="head alone")
    made += rows(OTHERS, alone[1], method="amnesiac", variant="head alone")
    made += rows(CLASS, 0, method="partial-amnesiac", variant="plain")
    return made + rows(OTHERS, others, method="partial-amnesiac", variant="plain")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "holds"), ({"after": 70}, "does not hold"), ({"after": 50}, "holds"),
        ({"after": (50, 70, 66)}, "unclear"), ({"trained": 62}, "nothing to test"),
    ],
)  # fmt: skip
def test_gone_from_the_features(change, word):
    """The probe beside that of the retrained model, where the two differ. Breaks if the trained one is the goal."""
    assert decide("gone", probe=pd.DataFrame(probed(**change))).word == word


@pytest.mark.parametrize(
    ("alone", "word"),
    [((0, 97), "does not hold"), ((0, 90), "holds"), ((30, 97), "holds"), ((30, 90), "holds"),
     ((0, 99), "does not hold")],
)  # fmt: skip
def test_the_head_alone(alone, word):
    """It must leave the class, or cost more than partial removal. Breaks if one of the two is not asked."""
    assert decide("head", probe=pd.DataFrame(probed(alone=alone))).word == word
