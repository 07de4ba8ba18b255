"""l1-sparse unlearning and epochs of ascent: what the penalty adds, what the proximal step sets to zero."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

import mu
from mu.metrics import accuracy
from mu.models import predict
from mu.unlearning.l1_sparse import penalty

RECIPE = mu.Recipe(epochs=4, batch_size=16, optimizer="sgd", lr=0.05, momentum=0.9)


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=10, batch_size=16, lr=1e-2))


def test_schedules_at_both_ends():
    """Constant gamma; growing 0 to gamma (T-1)/T; decaying gamma to gamma/T; one value through an epoch."""
    ends = {name: [penalty(2.0, name, t / 4, 4) for t in range(4)] for name in ("constant", "growing", "decaying")}
    assert ends["constant"] == [2, 2, 2, 2]
    assert ends["growing"] == pytest.approx([0, 0.5, 1, 1.5])
    assert ends["decaying"] == pytest.approx([2, 1.5, 1, 0.5])
    assert penalty(2.0, "decaying", 0.49, 4) == pytest.approx(1.5)
    for steps in range(1, 40):  # the first step of an epoch belongs to it, whatever the rounding of step / total
        assert penalty(1.0, "growing", steps / (3 * steps), 3) == pytest.approx(1 / 3)


@pytest.mark.parametrize("epochs", [1, 3, 10, 22, 182])
def test_the_weight_changes_where_an_epoch_begins(epochs):
    """At the share t/T of the run epoch t is running, whatever rounds: 15/22 times 22 is below 15."""
    for t in range(epochs):
        assert penalty(1.0, "growing", t / epochs, epochs) == pytest.approx(t / epochs, abs=1e-12)


def test_one_step_by_hand(original, task, flat):
    """The first step moves every weight by -lr (gradient + gamma sign): fine-tuning's step less lr gamma sign."""
    one = mu.Recipe(epochs=1, batch_size=len(task.retain), optimizer="sgd", lr=0.1)
    plain = mu.unlearn("fine-tune", original, task, recipe=one)
    sparse = mu.unlearn("l1-sparse", original, task, recipe=one, gamma=0.01, schedule="constant")
    moved = flat(plain) - flat(sparse)
    assert torch.allclose(moved, 0.1 * 0.01 * flat(original).sign(), atol=1e-7)


def test_a_proximal_step_is_soft_thresholding(original, task, flat):
    """Fine-tuning's step, then every weight shrunk by lr gamma and stopped at zero, which some weights reach."""
    one = mu.Recipe(epochs=1, batch_size=len(task.retain), optimizer="sgd", lr=0.1)
    plain = flat(mu.unlearn("fine-tune", original, task, recipe=one))
    options = {"recipe": one, "gamma": 0.2, "schedule": "constant", "update": "proximal"}
    sparse = flat(mu.unlearn("l1-sparse", original, task, **options))
    assert torch.allclose(sparse, plain.sign() * (plain.abs() - 0.02).clamp(min=0), atol=1e-6)
    assert (sparse == 0).sum() == (plain.abs() <= 0.02).sum() > 10


def test_a_proximal_step_leaves_frozen_weights_and_momentum_to_sgd(original, task, flat):
    """Breaks if a weight that is not trained is shrunk, or if the threshold has a momentum that Adam ignores."""
    model = copy.deepcopy(original)
    frozen = next(model.parameters()).requires_grad_(False)
    options = {"gamma": 0.2, "schedule": "constant", "update": "proximal"}
    one = mu.Recipe(epochs=1, batch_size=len(task.retain), optimizer="sgd", lr=0.1)
    sparse = mu.unlearn("l1-sparse", model, task, recipe=one, **options)
    assert torch.equal(next(sparse.parameters()), frozen)
    assert (flat(sparse) == 0).any()
    adam = mu.Recipe(epochs=1, batch_size=len(task.retain), lr=1e-2)
    plain = flat(mu.unlearn("fine-tune", original, task, recipe=adam))
    for momentum in (0.0, 0.9):
        sparse = flat(mu.unlearn("l1-sparse", original, task, recipe=replace(adam, momentum=momentum), **options))
        assert torch.allclose(sparse, plain.sign() * (plain.abs() - 0.002).clamp(min=0), atol=1e-6)


def test_no_penalty_is_fine_tuning(original, task, same):
    """Bitwise, by both updates."""
    tuned = mu.unlearn("fine-tune", original, task, recipe=RECIPE, seed=3)
    for update in ("subgradient", "proximal"):
        sparse = mu.unlearn("l1-sparse", original, task, recipe=RECIPE, gamma=0.0, update=update, seed=3)
        assert same(sparse, tuned)


def test_the_penalty_shrinks_weights(original, task, flat):
    """A larger gamma leaves a smaller l1 norm."""
    norms = [
        flat(mu.unlearn("l1-sparse", original, task, recipe=RECIPE, gamma=g)).abs().sum() for g in (0.0, 1e-3, 1e-2)
    ]
    assert norms[0] > norms[1] > norms[2]


@pytest.mark.parametrize(("option", "value"), [("schedule", "rising"), ("update", "newton"), ("gamma", -1.0)])
def test_wrong_options_are_refused_before_training(original, task, option, value):
    """By a message that names the option."""
    with pytest.raises(ValueError, match=option):
        mu.unlearn("l1-sparse", original, task, recipe=RECIPE, **{option: value})


def test_ascent_raises_the_loss_on_the_forget_set(original, task):
    """More of it the larger the rate; the model handed in stays."""
    before = accuracy(predict(original, task.forget), task.forget.labels)
    losses = []
    for lr in (1e-4, 1e-2, 1e-1):
        recipe = mu.Recipe(epochs=5, batch_size=4, optimizer="sgd", lr=lr)
        logits = predict(mu.unlearn("gradient-ascent", original, task, recipe=recipe), task.forget)
        losses.append(torch.nn.functional.cross_entropy(logits, task.forget.labels))
    assert losses[0] < losses[1] < losses[2]
    assert accuracy(predict(original, task.forget), task.forget.labels) == before


def test_an_ascent_that_diverges_says_so(original, task):
    """FloatingPointError, not a model of NaN."""
    recipe = mu.Recipe(epochs=80, batch_size=2, optimizer="sgd", lr=1e3)
    with pytest.raises(FloatingPointError, match="learning rate"):
        mu.unlearn("gradient-ascent", original, task, recipe=recipe)


def test_proximal_steps_follow_momentum_rate_and_schedule(original, task, flat):
    """Four full-batch steps, an epoch each, by hand: v = 0.9 v + g, a step of -rate v, then soft thresholding by
    rate gamma_t / (1 - 0.9), with the rate and gamma_t of that step. Breaks if the threshold forgets the momentum,
    or takes the first rate or the first gamma throughout."""
    recipe = mu.Recipe(epochs=4, batch_size=1000, optimizer="sgd", lr=0.05, momentum=0.9, schedule="cosine")
    model = copy.deepcopy(original)
    parameters = list(model.parameters())
    velocity = [torch.zeros_like(p) for p in parameters]
    for t in range(4):
        rate, gamma = 0.05 * (1 + math.cos(math.pi * t / 4)) / 2, 0.02 * (1 - t / 4)
        loss = functional.cross_entropy(model(task.retain.images), task.retain.labels)
        for p, v, g in zip(parameters, velocity, torch.autograd.grad(loss, parameters), strict=True):
            v.mul_(0.9).add_(g)
            moved = p.data - rate * v
            p.data = moved.sign() * (moved.abs() - 10 * rate * gamma).clamp(min=0)
    options = {"recipe": recipe, "gamma": 0.02, "schedule": "decaying", "update": "proximal"}
    sparse = mu.unlearn("l1-sparse", original, task, **options)
    assert torch.allclose(flat(sparse), flat(model), rtol=0, atol=1e-5)
    assert (flat(model) == 0).any()
