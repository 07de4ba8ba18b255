"""The membership attacks: the published one against scikit-learn on every single point, the others by brute force."""

import math
import time

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import torch
from sklearn.svm import SVC
from torch import nn

import mu
from mu.attacks import (
    CONFIDENCE_STEPS,
    ShadowAttack,
    ShadowOutputs,
    TooFewOutputs,
    _entropy,
    chance_of_attack,
    entropy_recall,
    mia_efficacy,
    mia_privacy,
    per_example_attack,
    threshold_attack,
    train_shadows,
)
from mu.models import Normalise


def published(member, nonmember, forget):
    """Jia et al., public code: SVC(C=3, gamma="auto", kernel="rbf") on the confidence; forget taken for 0."""
    x = np.concatenate([member, nonmember])[:, None]
    y = np.r_[np.ones(len(member)), np.zeros(len(nonmember))]
    return 100 * np.mean(SVC(C=3, gamma="auto", kernel="rbf").fit(x, y).predict(forget[:, None]) == 0)


def confidences(seed, n=400, spread=1.0):
    """Members a little surer than non-members, the forget set between, as confidences of trained networks are."""
    random = np.random.default_rng(seed)
    draw = lambda shift, n: 1 / (1 + np.exp(-shift - 2 * spread * random.standard_normal(n)))
    return draw(3, n), draw(1.5, n), draw(2.3, n // 2)


def rounded(sets):
    return [np.round(x * CONFIDENCE_STEPS) / CONFIDENCE_STEPS for x in sets]


@pytest.mark.parametrize("seed", range(8))
def test_merged_points_give_the_classifier_of_all_points(seed):
    """On confidences that are already rounded, merging equal ones and weighting changes no decision at all.

    Without the weights, with another C or gamma, or with the classes swapped, this fails.
    """
    sets = rounded(confidences(seed))
    assert mia_efficacy(*map(torch.from_numpy, sets)) == pytest.approx(published(*sets), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_few_values_many_times(seed):
    """Heavily repeated values, in unequal numbers: exactly where weights decide."""
    random = np.random.default_rng(seed)
    values = np.array([0.25, 0.5, 0.75, 0.9375, 1.0])
    member = random.choice(values, 300, p=[0.05, 0.1, 0.15, 0.3, 0.4])
    nonmember = random.choice(values, 200, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    forget = random.choice(values, 100)
    assert mia_efficacy(member, nonmember, forget) == pytest.approx(published(member, nonmember, forget), abs=1e-9)


@pytest.mark.parametrize("sure", [0, 3, 6])
@pytest.mark.parametrize("seed", range(3))
def test_rounding_moves_the_result_by_less_than_a_point(seed, sure):
    """Against the classifier on unrounded confidences, also where most are near 1. Coarser rounding moves it more."""
    random = np.random.default_rng(seed)
    draw = lambda shift, n: 1 / (1 + np.exp(-shift - 2 * random.standard_normal(n)))
    sets = draw(3 + sure, 1500), draw(1.5 + sure / 2, 1500), draw(2.3 + sure / 2, 750)
    assert mia_efficacy(*sets) == pytest.approx(published(*sets), abs=1.0)


def test_perfect_separation():
    """Sure members and unsure non-members: an unsure forget set is found out to 100 %, a sure one to 0 %."""
    sure, unsure = torch.linspace(0.95, 1, 50), torch.linspace(0, 0.1, 50)
    assert mia_efficacy(sure, unsure, torch.linspace(0, 0.05, 7)) == 100
    assert mia_efficacy(sure, unsure, torch.linspace(0.97, 1, 7)) == 0
    assert mia_efficacy(sure, unsure, torch.tensor([0.02, 0.99, 0.98, 0.97])) == 25


def test_repeated_forget_samples_count_each():
    """Three of four forget samples share one value: they are counted three times."""
    sure, unsure = torch.linspace(0.95, 1, 50), torch.linspace(0, 0.1, 50)
    assert mia_efficacy(sure, unsure, torch.tensor([0.02, 0.02, 0.02, 0.99])) == 75


def test_one_of_each_and_gradients():
    """Single points are enough, and tensors that need a gradient are read as they are."""
    member = torch.tensor([0.9], requires_grad=True)
    assert mia_efficacy(member, torch.tensor([0.1]), torch.tensor([0.2])) == 100


@pytest.mark.parametrize(
    ("attack", "count", "shape", "empty"),
    [
        (attack, count, shape, empty)
        for attack, count, shape in ((mia_efficacy, 3, ()), (entropy_recall, 3, (3,)), (threshold_attack, 2, ()))
        for empty in range(count)
    ],
)
def test_an_empty_set_and_nan_are_errors(attack, count, shape, empty):
    """Nothing can be inferred from nothing, or from a model that diverged: NaN would sort as the surest score."""
    sets = [torch.rand(5, *shape) for _ in range(count)]
    sets[empty] = torch.empty(0, *shape)
    with pytest.raises(ValueError, match="one is empty"):
        attack(*sets)
    sets[empty] = torch.full((5, *shape), torch.nan)
    with pytest.raises(ValueError, match="NaN"):
        attack(*sets)


def test_mia_privacy_of_all_and_nothing_to_tell():
    """100 where the two are apart, 50 where they are the same, and only second halves are asked about."""
    sure, unsure = torch.linspace(0.95, 1, 20), torch.linspace(0, 0.05, 20)
    assert mia_privacy(sure, unsure) == 100
    assert mia_privacy(torch.cat([sure, unsure]), torch.cat([unsure, sure])) == 0  # the halves are swapped
    same = torch.rand(400, generator=torch.Generator().manual_seed(0))
    assert mia_privacy(same, same) == 50
    with pytest.raises(ValueError, match="two"):
        mia_privacy(sure[:1], unsure)


@pytest.mark.parametrize("seed", range(3))
def test_mia_privacy_is_that_of_all_points(seed):
    """The mean of both kinds' shares by scikit-learn's classifier on every point, none merged."""
    member, nonmember, _ = (np.round(x * 1024) / 1024 for x in confidences(seed, 200))
    member = np.r_[member, member]  # the members beyond the non-members are not used
    half = 100
    whole = SVC(C=3, gamma="auto", kernel="rbf")
    whole.fit(np.r_[member[:half], nonmember[:half]][:, None], np.r_[np.ones(half), np.zeros(half)])
    asked = [whole.predict(x[half : 2 * half, None]) for x in (member, nonmember)]
    expected = 50 * (np.mean(asked[0] == 1) + np.mean(asked[1] == 0))
    assert mia_privacy(torch.from_numpy(member), torch.from_numpy(nonmember)) == pytest.approx(expected, abs=1e-9)


def test_twenty_thousand_points_take_a_moment():
    """As many as in the MNIST and CIFAR runs, in well under a second; all points one by one take many seconds."""
    random = np.random.default_rng(0)
    draw = lambda mean, spread, n: 1 / (1 + np.exp(-mean - spread * random.standard_normal(n)))
    sets = draw(7, 3, 10_000), draw(5.5, 3.2, 10_000), draw(5, 3, 5_000)
    mia_efficacy(*confidences(1, 100))  # imports

    def spent() -> float:
        start = time.process_time()
        mia_efficacy(*sets)
        return time.process_time() - start

    assert min(spent() for _ in range(3)) < 0.2


# ---- entropy ---------------------------------------------------------------------------------------------


def test_entropy_in_closed_form():
    """ln C for equal logits, 0 for a sure one, -sum p ln p between, in nats.

    Bits, a mean over classes, or 0 * -inf of a probability that underflows would each show here.
    """
    p = torch.tensor([0.5, 0.25, 0.25], dtype=torch.double)
    logits = torch.stack([torch.zeros(3).double(), torch.tensor([5000.0, 0, -5000]).double(), p.log() + 7])
    expected = [np.log(3), 0, 1.5 * np.log(2)]
    assert _entropy(logits).tolist() == pytest.approx(expected, abs=1e-12)
    assert _entropy(logits.float()).tolist() == pytest.approx(expected, abs=1e-6)


def logits_of(seed, n, sharpness):
    random = np.random.default_rng(seed)
    return torch.from_numpy(sharpness * random.standard_normal((n, 4)))


@pytest.mark.parametrize("seed", range(4))
def test_entropy_recall_is_that_of_the_optimum(seed):
    """Against the balanced logistic loss written out and minimised by scipy, ten times more members than others.

    Without class weights nearly everything is called a member; with the labels swapped the share is its complement.
    """
    sets = logits_of(seed, 1000, 3), logits_of(seed + 10, 100, 2), logits_of(seed + 20, 300, 2.5)
    member, nonmember, forget = (scipy.stats.entropy(scipy.special.softmax(x.numpy(), 1), axis=1) for x in sets)

    def loss(parameters):
        w, b = parameters
        weight = (len(member) + len(nonmember)) / 2  # n / (2 n_class) for each sample of a class
        value = weight * np.logaddexp(0, -(w * member + b)).mean()
        return value + weight * np.logaddexp(0, w * nonmember + b).mean() + w**2 / 2

    w, b = scipy.optimize.minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x
    expected = 100 * np.mean(w * forget + b > 0)
    assert 20 < expected < 80
    assert entropy_recall(*sets) == pytest.approx(expected, abs=0.4)  # one forget sample


def test_entropy_recall_of_sure_and_unsure():
    """A forget set as sure as the members is recalled whole, one as unsure as the others not at all."""
    sure, unsure = logits_of(0, 50, 40), logits_of(1, 50, 0.1)
    assert entropy_recall(sure, unsure, logits_of(2, 9, 40)) == 100
    assert entropy_recall(sure, unsure, logits_of(2, 9, 0.1)) == 0


# ---- threshold -------------------------------------------------------------------------------------------


def few_values(seed):
    """Scores with many ties within and across the sets."""
    random = np.random.default_rng(seed)
    draw = lambda n, shift: np.clip(np.round(random.normal(shift, 3, n)), 0, 12) / 12
    return draw(300, 8), draw(250, 5), draw(90, 7)


@pytest.mark.parametrize(
    "sets", [*(confidences(seed) for seed in range(3)), *(few_values(seed) for seed in range(3))]
)
def test_threshold_scores_by_brute_force(sets):
    """Every threshold tried, one by one; the AUC pair by pair.

    Ties counted whole or not at all, the two sets exchanged, or one false positive too many fail it.
    """
    _, nonmember, forget = sets
    scores = threshold_attack(torch.from_numpy(nonmember), torch.from_numpy(forget))
    above, equal = (compare.outer(forget, nonmember).mean() for compare in (np.greater, np.equal))
    assert scores.auc == pytest.approx(100 * (above + equal / 2), abs=1e-10)

    thresholds = np.r_[np.unique(np.concatenate(sets)), np.inf]
    controlled = [t for t in thresholds if (nonmember >= t).mean() <= 0.01]
    assert scores.tpr_at_1_fpr == pytest.approx(100 * max((forget >= t).mean() for t in controlled), abs=1e-9)


def test_threshold_scores_see_the_order_only():
    """Any increasing function of the score gives the same result; the sign turned round does not."""
    sets = [torch.from_numpy(x) for x in confidences(0)[1:]]
    scores = threshold_attack(*sets)
    assert threshold_attack(*(torch.log(x) for x in sets)) == pytest.approx(scores)
    assert threshold_attack(*(-x for x in sets)).auc == pytest.approx(100 - scores.auc)


def test_never_trained_samples_are_at_chance():
    """Forget samples drawn as the non-members are: AUC near one half, 1 % of them above the 1 % threshold."""
    random = np.random.default_rng(0)
    scores = threshold_attack(random.normal(0, 1, 20000), random.normal(0, 1, 20000))
    assert scores.auc == pytest.approx(50, abs=1)
    assert scores.tpr_at_1_fpr == pytest.approx(1, abs=0.3)


def test_few_nonmembers_allow_no_false_positive():
    """With 99 non-members one would be more than 1 %; with 100 it is allowed."""
    forget = torch.tensor([98.0, 99.0, 98.5])
    assert threshold_attack(torch.arange(1.0, 100), forget).tpr_at_1_fpr == 0
    assert threshold_attack(torch.arange(0.0, 100), forget).tpr_at_1_fpr == pytest.approx(100 * 2 / 3)


# ---- example by example ---------------------------------------------------------------------------------


def worlds(models, samples, apart, seed=0):
    """Scores of both kinds of model: a level for each sample, in unlearned models moved up or down by `apart`."""
    random = np.random.default_rng(seed)
    level, side = random.normal(0, 3, samples), random.choice([-1, 1], samples)
    noise = random.normal(0, 1, (2, models, samples))
    return torch.from_numpy(level + apart * side + noise[0]), torch.from_numpy(level + noise[1])


def ratio(scores, k, here, there):
    """Log-ratio of two Gaussian densities at the scores of one model, fitted to the models other than the k-th."""
    fits = []
    for world in (here, there):
        others = np.delete(world.numpy(), k, 0)
        fits.append(scipy.stats.norm(others.mean(0), np.sqrt(others.var(0, ddof=1).mean())))
    return fits[0].logpdf(scores) - fits[1].logpdf(scores)


def test_the_per_example_attack_by_brute_force():
    """Mean over pairs of models: AUC counted pair by pair, and the share above the third-largest of 200 others."""
    unlearned, retrained = worlds(4, 200, 0.7)
    aucs, rates = [], []
    for k in range(4):
        found, others = (ratio(kind[k].numpy(), k, unlearned, retrained) for kind in (unlearned, retrained))
        aucs.append(100 * np.mean(found[:, None] > others[None]))
        rates.append(100 * np.mean(found > np.sort(others)[-3]))
    scores = per_example_attack(unlearned, retrained)
    assert scores.auc == pytest.approx(np.mean(aucs))
    assert scores.tpr_at_1_fpr == pytest.approx(np.mean(rates))


def test_the_per_example_attack_sees_what_one_threshold_cannot():
    """Half of the samples end too high and half too low: over all samples nothing is to be told.

    The best that can be done, with both means known, is the chance that one of two normal draws is above the other.
    """
    unlearned, retrained = worlds(8, 500, 2)
    assert threshold_attack(retrained.flatten(), unlearned.flatten()).auc == pytest.approx(50, abs=5)
    assert per_example_attack(unlearned, retrained).auc == pytest.approx(
        100 * scipy.stats.norm.cdf(2 / 2**0.5), abs=2
    )


def test_the_per_example_attack_sees_nothing_where_there_is_nothing():
    """Also with three models: a fit that has seen the model it judges would be far above 50, one curve for all pairs
    below it."""
    for models in (3, 8):
        scores = per_example_attack(*worlds(models, 4000, 0))
        assert scores.auc == pytest.approx(50, abs=2)
        assert scores.tpr_at_1_fpr == pytest.approx(1, abs=0.5)


def test_models_that_move_as_one_leave_chance_at_half():
    """All samples of a model shifted together, as in models that answer a whole class: chance scatters around 50."""
    random = np.random.default_rng(1)
    draws = []
    for seed in range(80):
        shift = torch.from_numpy(random.normal(0, 2, (2, 8, 1)))
        draws.append(per_example_attack(*(s + d for s, d in zip(worlds(8, 50, 0, seed), shift, strict=True))).auc)
    assert np.mean(draws) == pytest.approx(50, abs=3 * np.std(draws) / len(draws) ** 0.5)


def test_chance_is_as_wide_as_models_scatter():
    """Nine draws in ten of two sets alike lie between its ends, and those of models that move as one lie wider."""
    random = np.random.default_rng(2)
    inside, widths = [], []
    for seed in range(16):
        shift = torch.from_numpy(random.normal(0, seed % 2, (2, 8, 1)))
        one, other = (s + d for s, d in zip(worlds(8, 40, 0, seed), shift, strict=True))
        low, high = chance_of_attack(one, other, draws=40)
        inside.append(low <= per_example_attack(one, other).auc <= high)
        widths.append(high - low)
    assert np.mean(inside) > 0.7  # 0.9 but for few draws
    assert np.mean(widths[1::2]) > 2 * np.mean(widths[::2])
    assert chance_of_attack(one, other, draws=5) == chance_of_attack(one, other, draws=5)


def test_models_that_all_say_the_same_are_no_division_by_zero():
    same = torch.zeros(3, 5, dtype=torch.float64)
    assert per_example_attack(same, same).auc == 50
    assert per_example_attack(same + 1, same).auc == 100


@pytest.mark.parametrize(
    ("unlearned", "retrained", "match"),
    [
        (torch.zeros(2, 5), torch.zeros(2, 5), "three or more"),
        (torch.zeros(4, 5), torch.zeros(3, 5), "as many models"),
        (torch.zeros(4, 0), torch.zeros(4, 0), "same samples"),
        (torch.full((3, 5), torch.inf), torch.zeros(3, 5), "not finite"),
    ],
)
def test_the_per_example_attack_refuses(unlearned, retrained, match):
    with pytest.raises(ValueError, match=match):
        per_example_attack(unlearned, retrained)


# ---- shadow models ---------------------------------------------------------------------------------------


def noise(seed, n=300):
    """Random images with random labels out of two: nothing to learn, everything to remember."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(256, (n, 1, 8, 8), generator=generator, dtype=torch.uint8)
    return mu.Samples(images, torch.randint(2, (n,), generator=generator), torch.arange(n))


def network():
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return nn.Sequential(
            Normalise((0.5,), (0.3,)), nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 2)
        )


MEMORISE = mu.Recipe(epochs=25, lr=3e-3, batch_size=32)
GLANCE = mu.Recipe(epochs=1, batch_size=64)


@pytest.fixture(scope="module")
def shadows():
    return train_shadows(network(), noise(0), MEMORISE, count=4, seed=1)


def test_members_are_recalled_and_others_are_not(shadows):
    """A network that remembers its training set is found out; samples it never saw are called members as often as
    the attack is wrong. Flags swapped, members of another shadow, or logits taken for probabilities fail it.
    """
    seen, unseen = noise(2), noise(3)
    attacked = mu.train(network(), seen, MEMORISE, seed=5)
    for label in (0, 1):
        attack = ShadowAttack.fit(shadows, label, seed=0)
        recall = {name: attack.recall(mu.predict(attacked, part[part.labels == label]))
                  for name, part in (("seen", seen), ("unseen", unseen))}  # fmt: skip
        assert recall["seen"] > 95
        assert recall["unseen"] < 65  # half of them get the right label by luck, most of those with confidence
        assert attack.advantage > 30


def test_shadows_are_what_they_say(monkeypatch):
    """Outputs are those of the models trained, halves are halves and differ, and the model stays untouched.

    A shadow trained on its non-members, or all on one half, would show.
    """
    model, pool, trained = network(), noise(0, 101), []
    before = [p.clone() for p in model.parameters()]
    keep = lambda *args, **options: trained.append(mu.train(*args, **options)) or trained[-1]
    monkeypatch.setattr("mu.attacks.train", keep)
    out = train_shadows(model, pool, GLANCE, count=3, seed=7)
    assert len(trained) == 3
    for i, shadow in enumerate(trained):
        assert torch.equal(out.probabilities[i], mu.predict(shadow, pool).softmax(1))
    assert out.probabilities.shape == (3, 101, 2)
    assert out.member.sum(1).tolist() == [50, 50, 50]
    assert len({tuple(row.tolist()) for row in out.member}) == 3
    assert torch.equal(out.labels, pool.labels)
    assert all(map(torch.equal, before, model.parameters()))


def test_a_memorising_shadow_is_right_on_its_members(shadows):
    """On random labels only what was trained on is right: near 100 % of the members, about half of the others."""
    right = shadows.probabilities.argmax(2) == shadows.labels
    assert right[shadows.member].double().mean() > 0.95
    assert 0.3 < right[~shadows.member].double().mean() < 0.7


def test_shadows_repeat_by_seed():
    """Same seed: bitwise the same, and the first ones do not depend on how many follow. Another seed: none in common.

    Seeds that are counted up (seed + i) would share shadows between neighbouring seeds.
    """
    runs = [
        train_shadows(network(), noise(0, 60), GLANCE, count=n, seed=seed) for n, seed in ((3, 0), (2, 0), (3, 1))
    ]
    assert torch.equal(runs[0].probabilities[:2], runs[1].probabilities)
    assert torch.equal(runs[0].member[:2], runs[1].member)
    assert not any(torch.equal(a, b) for a in runs[0].probabilities for b in runs[2].probabilities)
    untrained = mu.Recipe(epochs=0)
    first, second = (train_shadows(network(), noise(0, 60), untrained, count=3, seed=seed) for seed in (0, 1))
    assert not any(torch.equal(a, b) for a in first.probabilities for b in second.probabilities)


def test_the_attack_repeats_by_seed(shadows):
    """Same seed: the same network, bit by bit; global random state is left alone. Another seed: another network."""
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    fits = [ShadowAttack.fit(shadows, 0, seed) for seed in (3, 3, 4)]
    assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002
    first, again, other = (fit.classifier.coefs_[0] for fit in fits)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert fits[0].classifier.n_iter_ == 10
    assert [w.shape for w in fits[0].classifier.coefs_] == [(2, 256), (256, 128), (128, 1)]


def outputs(right_members, wrong_members, nonmembers):
    """One shadow and class 0: right members answer (.9, .1), all others (.1, .9); one sample of class 1 besides."""
    count = right_members + wrong_members + nonmembers
    probabilities = torch.tensor([[0.1, 0.9]]).repeat(count + 1, 1)
    probabilities[:right_members] = torch.tensor([0.9, 0.1])
    member = torch.arange(count + 1) < right_members + wrong_members
    return ShadowOutputs(probabilities[None], torch.tensor([0] * count + [1]), member[None])


def test_wrong_members_are_left_out_and_wrong_nonmembers_are_not():
    """(.1, .9) belongs to 1,500 wrong members and 200 non-members: left out, the answer is "not a member".

    Kept, it would be "member". Were non-members filtered as well, none would be left.
    """
    attack = ShadowAttack.fit(outputs(300, 1500, 200), 0, seed=0)
    assert attack.advantage == 100
    assert attack.recall(torch.log(torch.tensor([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.9, 0.1]]))) == 50
    assert attack.recall(torch.log(torch.tensor([[0.9, 0.1]])) + 30) == 100  # a shift changes no probability


@pytest.mark.parametrize("members", [50, 500])
def test_an_attack_that_guesses_has_no_advantage(members):
    """Members and others answer alike; whichever is the commoner, all are called the same.

    Breaks if being right on most outputs counts: that takes no more than naming the commoner kind.
    """
    alike = ShadowOutputs(
        torch.tensor([[[0.9, 0.1]] * 600]), torch.zeros(600, dtype=torch.int64), torch.arange(600)[None] < members
    )
    assert ShadowAttack.fit(alike, 0, seed=0).advantage == 0


def test_nothing_to_tell_takes_ten_epochs_as_well():
    """Members and non-members answer alike: the loss cannot fall, and stopping early would end before epoch 10."""
    alike = ShadowOutputs(
        torch.tensor([0.9, 0.1]).repeat(1, 400, 1), torch.zeros(400).long(), torch.arange(400)[None] < 200
    )
    assert ShadowAttack.fit(alike, 0, seed=0).classifier.n_iter_ == 10


@pytest.mark.parametrize(
    ("counts", "label"), [((0, 0, 50), 0), ((0, 50, 50), 0), ((50, 0, 0), 0), ((50, 0, 50), 1), ((50, 0, 50), 5)]
)
def test_a_class_without_both_kinds_is_an_error(counts, label):
    """No members, none that is right, no non-members, or no such class: the message names the class."""
    with pytest.raises(ValueError, match=f"class {label} has"):
        ShadowAttack.fit(outputs(*counts), label, seed=0)


def test_nothing_to_train_or_to_ask():
    """No shadow, no pool to halve, no sample to judge."""
    for count, pool in ((0, noise(0, 10)), (1, noise(0, 1))):
        with pytest.raises(ValueError, match="at least one shadow and two samples"):
            train_shadows(network(), pool, GLANCE, count=count, seed=0)
    attack = ShadowAttack.fit(outputs(50, 0, 50), 0, seed=0)
    with pytest.raises(ValueError, match="no samples"):
        attack.recall(torch.empty(0, 2))


def test_both_parts_of_the_split_have_both_kinds():
    """18 right members and 4 non-members: of the three kept back one is a non-member, by every seed. Breaks if chance
    decides: then more than half of all splits keep back members alone, and the advantage is over none, NaN."""
    for seed in range(8):
        assert math.isfinite(ShadowAttack.fit(outputs(18, 0, 4), 0, seed).advantage)
    for counts, kind in (((60, 0, 3), "non-members"), ((3, 0, 60), "members")):  # a tenth of so few is none
        with pytest.raises(TooFewOutputs, match=f"none of class 0's 3 {kind} among"):
            ShadowAttack.fit(outputs(*counts), 0, seed=0)


def test_what_is_no_score_is_refused():
    """Matrices would be flattened, logits squeezed into a probability's place, and outputs of other classes mixed."""
    p, matrix = torch.rand(20), torch.rand(20, 3)
    for attack, more in ((mia_efficacy, (p, p)), (threshold_attack, (p,))):
        with pytest.raises(ValueError, match=r"one number a sample.*\(20, 3\)"):
            attack(matrix, *more)
    with pytest.raises(ValueError, match="one number a sample"):
        mia_privacy(p, matrix)
    for wrong in (50 * p, p - 1):
        with pytest.raises(ValueError, match="from 0 to 1"):
            mia_efficacy(p, p, wrong)
    with pytest.raises(ValueError, match="same classes"):
        entropy_recall(matrix, matrix, torch.rand(20, 4))
    with pytest.raises(ValueError, match="same classes"):
        entropy_recall(p, p, p)


def test_chance_takes_arrays_and_wants_a_draw():
    one, other = np.random.default_rng(0).normal(size=(2, 3, 40))
    assert chance_of_attack(one, other, draws=5) == chance_of_attack(torch.tensor(one), torch.tensor(other), draws=5)
    with pytest.raises(ValueError, match="at least 1"):
        chance_of_attack(one, other, draws=0)
