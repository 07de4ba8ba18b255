"""Random labels for a fixed time: what is learnt, and what it is not stopped by."""

import pytest
import torch
from torch.nn import functional

import mu
from mu.metrics import accuracy
from mu.models import predict
from mu.unlearning.fine_tune import fine_tune
from mu.unlearning.gradient_ascent import gradient_ascent
from mu.unlearning.label_flip import label_flip
from mu.unlearning.random_label import random_label, random_label_all
from mu.unlearning.relabel import wrong_labels

LONG = mu.Recipe(epochs=40, batch_size=16, lr=1e-2)


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=10, batch_size=16, lr=1e-2))


@pytest.mark.parametrize("method", ["alone", "all"])
def test_one_step_by_hand(original, task, flat, method):
    """Down the mean loss of all samples, those to forget under their wrong labels, by SGD at rate 0.1.

    The true labels, the other sign, or retained samples that are lost or relabelled give another step.
    """
    recipe = mu.Recipe(epochs=1, batch_size=200, optimizer="sgd", lr=0.1)
    images, labels = task.forget.images, wrong_labels(task.forget, 10, seed=5).labels
    if method == "alone":
        stepped = random_label(original, task.forget, recipe=recipe, seed=5)
    else:
        stepped = random_label_all(original, task.forget, task.retain, recipe=recipe, seed=5)
        images, labels = torch.cat([images, task.retain.images]), torch.cat([labels, task.retain.labels])
    loss = functional.cross_entropy(original(images), labels)
    gradient = torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(original.parameters()))])
    assert gradient.abs().max() > 0.01
    torch.testing.assert_close(flat(stepped), flat(original) - 0.1 * gradient, rtol=0, atol=1e-6)


def test_the_wrong_labels_are_learnt_for_as_long_as_told(original, task):
    """Forty epochs teach every sample the one label drawn for it; label flipping stops long before. Labels that are
    drawn anew in each epoch cannot be learnt."""
    drawn = wrong_labels(task.forget, 10, seed=2).labels
    learnt, stopped = (
        predict(model, task.forget)
        for model in (
            random_label(original, task.forget, recipe=LONG, seed=2),
            label_flip(original, task.forget, recipe=LONG, seed=2),
        )
    )
    assert accuracy(learnt, drawn) == 100
    assert accuracy(stopped, task.forget.labels) <= 1
    assert functional.cross_entropy(learnt, drawn) < 0.5 * functional.cross_entropy(stopped, drawn)


def test_retained_samples_keep_their_labels(original, task):
    """With them in training both are learnt: the wrong labels of the ones, the true ones of the others."""
    model = random_label_all(original, task.forget, task.retain, recipe=LONG, seed=2)
    assert accuracy(predict(model, task.forget), wrong_labels(task.forget, 10, seed=2).labels) == 100
    assert accuracy(predict(model, task.retain), task.retain.labels) > 95


@pytest.mark.parametrize(("method", "default"), [(random_label, True), (gradient_ascent, False), (fine_tune, False)])
def test_batch_norms_can_be_frozen(task, normed, same, method, default):
    """Frozen, no statistic changes and the weights do; free, they follow the samples given.

    A method that does not pass the option on to `train` fails this.
    """
    model, recipe = mu.train(normed(), task.train, mu.Recipe(epochs=2)), mu.Recipe(epochs=2, batch_size=3, lr=1e-2)
    frozen, free = (method(model, task.forget, recipe=recipe, frozen_norm=how) for how in (True, False))
    assert all(torch.equal(new, old) for new, old in zip(frozen.buffers(), model.buffers()))
    assert all(not torch.equal(new, old) for new, old in zip(frozen.parameters(), model.parameters()))
    statistics = [name for name, _ in model.named_buffers() if "running" in name]
    assert len(statistics) == 4
    assert all(not torch.equal(free.get_buffer(name), model.get_buffer(name)) for name in statistics)
    assert same(method(model, task.forget, recipe=recipe), frozen if default else free)
