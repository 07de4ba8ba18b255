"""MUNBa: the bargaining weights against their equations, and the step made of them against autograd by hand."""

import importlib
import math

import pytest
import torch
from torch.nn import functional

import mu
from mu.models import Normalise
from mu.unlearning.munba import FALLBACK, munba, weights
from mu.unlearning.relabel import fresh_wrong_labels

ONE = mu.Recipe(epochs=1, batch_size=1000, optimizer="sgd", lr=0.1)


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(), task.train, mu.Recipe(epochs=5, batch_size=32, lr=1e-2))


def gram(a, b):
    both = torch.stack([a, b])
    return both @ both.T


def gradient(model, samples, labels):
    loss = functional.cross_entropy(model(samples.images), labels)
    return torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, list(model.parameters()))])


@pytest.mark.parametrize("cosine", [-0.999, -0.5, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("lengths", [(1.0, 1.0), (1e-3, 5.0), (20.0, 0.1)])
def test_weights_solve_the_bargaining_equations(cosine, lengths):
    """w_i (K w)_i = 1 for both players, w positive; also where the public form divides by zero (orthogonal) or its
    1e-8 outweighs a small gradient. Breaks with any other weight."""
    a = lengths[0] * torch.tensor([1.0, 0.0], dtype=torch.float64)
    b = lengths[1] * torch.tensor([cosine, math.sqrt(1 - cosine**2)], dtype=torch.float64)
    k = gram(a, b)
    w = weights(k)
    assert (w > 0).all()
    assert torch.allclose(w * (k @ w), torch.ones(2, dtype=torch.float64))


def test_weights_maximise_the_product_of_gains():
    """Among directions of one length, w_r g_r + w_f g_f has the largest product of its projections on both
    gradients (brute force). Breaks if a player is favoured."""
    a, b = torch.tensor([3.0, 0.0]), 0.2 * torch.tensor([math.cos(2.0), math.sin(2.0)])
    w = weights(gram(a, b))
    agreed = w[0] * a + w[1] * b
    angles = torch.linspace(0, 2 * math.pi, 100_001)
    directions = torch.stack([angles.cos(), angles.sin()], 1)
    gains = torch.stack([directions @ a, directions @ b], 1)
    product = torch.where((gains > 0).all(1), gains.prod(1), 0.0)
    assert torch.allclose(agreed / agreed.norm(), directions[product.argmax()], atol=1e-3)


def test_the_agreed_gradient_has_length_root_two():
    """Whatever the two gradients: a clip below root two always binds."""
    generator = torch.Generator().manual_seed(0)
    for scale in (1e-4, 1.0, 1e4):
        a, b = scale * torch.randn(50, generator=generator), torch.randn(50, generator=generator)
        w = weights(gram(a, b))
        assert (w[0] * a + w[1] * b).norm().item() == pytest.approx(math.sqrt(2), rel=1e-4)


def test_no_agreement_where_a_gradient_is_zero_or_the_two_are_opposite():
    """The fall-back weights, not NaN and not infinity."""
    a = torch.tensor([2.0, 0.0])
    for b in (torch.zeros(2), -a, -3 * a):
        assert weights(gram(a, b)).tolist() == pytest.approx(FALLBACK)
        assert weights(gram(b, a)).tolist() == pytest.approx(FALLBACK)


@pytest.mark.parametrize("clip", [0.3, 1.0, 5.0])
def test_one_step_by_hand(original, task, flat, clip):
    """Whole sets, one step: -lr times the sum of both unit gradients over sqrt(1 + cosine), clipped; the wrong labels
    are found among all nine shifts of one sample to forget. Breaks if a gradient is taken in the wrong order, mixed
    with the other or left unclipped, or the true label is drawn."""
    forget = task.forget[:1]
    kept = gradient(original, task.retain, task.retain.labels)
    moves = []
    for shift in range(1, 10):
        gone = gradient(original, forget, (forget.labels + shift) % 10)
        kept_unit, gone_unit = kept / kept.norm(), gone / gone.norm()
        agreed = (kept_unit + gone_unit) / (1 + kept_unit @ gone_unit).sqrt()
        moves.append(-0.1 * agreed * min(1.0, clip / math.sqrt(2)))
    for seed in range(3):
        moved = (
            flat(munba(original, forget, task.retain, recipe=ONE, clip=clip, seed=seed)) - flat(original)
        ).float()
        assert sum(torch.allclose(moved, move, rtol=1e-3, atol=1e-6) for move in moves) == 1


def test_a_forget_batch_follows_every_retain_batch(original, task):
    """12 samples to keep in batches of 4, six to forget, two epochs: retain batches are followed by 4, 2, 4 | 2, 4, 2
    of the forget set. Breaks if a pass over it restarts with an epoch, or ends before one."""
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, x):
            if self.training:
                seen.append(len(x))
            return x

    recipe = mu.Recipe(epochs=2, batch_size=4, optimizer="sgd", lr=1e-3)
    munba(torch.nn.Sequential(Spy(), *original), task.forget, task.retain[:12], recipe=recipe)
    assert seen == [4, 4, 4, 2, 4, 4, 4, 2, 4, 4, 4, 2]


def test_every_step_is_clipped(original, task, flat):
    """At clip 0 nothing moves, also where the one forget batch is used up. Breaks if a step is plain."""
    recipe = mu.Recipe(epochs=1, batch_size=71, optimizer="sgd", lr=0.1)
    assert torch.equal(flat(munba(original, task.forget, task.retain, recipe=recipe, clip=0.0)), flat(original))


def test_it_forgets_and_keeps(original, task):
    """More epochs: cross-entropy of the true labels up on the forget set, and lower on the retain set."""
    recipe = mu.Recipe(epochs=10, batch_size=32, optimizer="sgd", lr=0.01, momentum=0.9)
    model = munba(original, task.forget, task.retain, recipe=recipe)
    loss = lambda m, part: functional.cross_entropy(mu.metrics.predict(m, part), part.labels)
    assert loss(model, task.forget) > loss(original, task.forget) + 1
    assert loss(model, task.retain) < loss(original, task.retain)


@pytest.mark.parametrize("black", ["forget", "retain"])
def test_a_step_without_agreement_by_hand(black):
    """Black images give a model without biases a gradient of zero, so nothing is agreed: the step is 1 times the
    retain gradient or 0.1 times that of the forget set. Breaks if the two weights or gradients change places."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(Normalise((0.0,), (1.0,)), torch.nn.Flatten(), torch.nn.Linear(4, 2, bias=False))
    bright, dark = torch.full((2, 1, 2, 2), 255, dtype=torch.uint8), torch.zeros(2, 1, 2, 2, dtype=torch.uint8)
    make = lambda what: mu.Samples(dark if what == black else bright, torch.zeros(2).long(), torch.arange(2))
    moved = munba(model, make("forget"), make("retain"), recipe=ONE, clip=100.0)
    # Two classes: the wrong label of a forget sample is 1.
    label, weight = (0, 1.0) if black == "forget" else (1, 0.1)
    p = torch.ones(1, 4) @ model[2].weight.detach().T
    slope = (p.softmax(1) - torch.eye(2)[label]).T @ torch.ones(1, 4)
    assert torch.allclose(moved[2].weight - model[2].weight, -0.1 * weight * slope, atol=1e-6)


def test_each_pass_has_its_own_labels_order_and_augmentation(original, task, monkeypatch):
    """Four passes over six samples, one batch each. Breaks if passes share labels or order, or see plain images."""
    seen, labels = [], []

    class Spy(torch.nn.Module):
        def forward(self, x):
            if self.training:
                seen.append(x.clone())
            return x

    def draw(*arguments):
        drawn = fresh_wrong_labels(*arguments)
        labels.append(drawn.labels)
        return drawn

    monkeypatch.setattr(importlib.import_module("mu.unlearning.munba"), "fresh_wrong_labels", draw)
    spied, forget = torch.nn.Sequential(Spy(), *original), task.forget[:6]
    for how in ("none", "crop-flip"):
        recipe = mu.Recipe(epochs=4, batch_size=200, optimizer="sgd", lr=1e-3, augment=how)
        munba(spied, forget, task.retain, recipe=recipe)
    plain, moved = ([x for x in part if len(x) == 6] for part in (seen[:8], seen[8:]))
    assert len(plain) == len(moved) == 4
    assert all(not torch.equal(plain[0], other) for other in plain[1:])
    inks = [sorted(x.flatten(1).sum(1).tolist()) for x in (forget.images, *plain, *moved)]
    assert inks[1:5] == [inks[0]] * 4
    assert all(other != inks[0] for other in inks[5:])
    assert any(not torch.equal(labels[0], other) for other in labels[1:4])
