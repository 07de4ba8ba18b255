"""The published membership attack, against scikit-learn on every single point."""

import time

import numpy as np
import pytest
import torch
from sklearn.svm import SVC

from mu.attacks import CONFIDENCE_STEPS, mia_efficacy


def published(member, nonmember, forget):
    """Jia et al., public code: SVC(C=3, gamma="auto", kernel="rbf") on the confidence; forget taken for 0."""
    x = np.concatenate([member, nonmember])[:, None]
    y = np.r_[np.ones(len(member)), np.zeros(len(nonmember))]
    return 100 * np.mean(SVC(C=3, gamma="auto", kernel="rbf").fit(x, y).predict(forget[:, None]) == 0)


def confidences(seed, n=400, spread=1.0):
    """Members a little surer than non-members, the forget set between, as confidences of trained networks are."""
    random = np.random.default_rng(seed)
    draw = lambda shift, n: 1 / (1 + np.exp(-shift - 2 * spread * random.standard_normal(n)))  # noqa: E731
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


@pytest.mark.parametrize("seed", range(4))
def test_rounding_moves_the_result_by_less_than_a_point(seed):
    """Against the classifier on unrounded confidences; coarser rounding would move it further."""
    sets = confidences(seed)
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


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_an_empty_set_is_an_error(empty):
    """Nothing can be inferred from nothing; scikit-learn's own message would not say what is missing."""
    sets = [torch.rand(5) for _ in range(3)]
    sets[empty] = torch.empty(0)
    with pytest.raises(ValueError, match="one is empty"):
        mia_efficacy(*sets)


def test_twenty_thousand_points_take_a_moment():
    """As many as in the MNIST and CIFAR runs, in well under a second; all points one by one take many seconds."""
    random = np.random.default_rng(0)
    draw = lambda mean, spread, n: 1 / (1 + np.exp(-mean - spread * random.standard_normal(n)))  # noqa: E731
    sets = draw(7, 3, 10_000), draw(5.5, 3.2, 10_000), draw(5, 3, 5_000)
    mia_efficacy(*confidences(1, 100))  # imports
    start = time.process_time()
    mia_efficacy(*sets)
    assert time.process_time() - start < 1
