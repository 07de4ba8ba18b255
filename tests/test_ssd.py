"""Selective synaptic dampening: importances against loops and closed forms, and which weights shrink by how much."""

import copy

import pytest
import torch
from torch.nn import functional
from torch.nn.utils import parametrize

import mu
from mu.masks import Masked
from mu.unlearning.ssd import importance, ssd


@pytest.fixture(scope="module")
def original(task, normed):
    return mu.train(normed(), task.train, mu.Recipe(epochs=3, batch_size=32, lr=1e-2))


def squares(model, samples, size):
    """Mean over batches of squared batch gradients, one batch and `backward` at a time, as one vector."""
    model, total = copy.deepcopy(model).eval(), 0
    batches = [samples[i : i + size] for i in range(0, len(samples), size)]
    for batch in batches:
        model.zero_grad()
        functional.cross_entropy(model(batch.images), batch.labels).backward()
        total = total + torch.cat([p.grad.reshape(-1) for p in model.parameters()]) ** 2
    return total / len(batches)


def vector(tensors):
    return torch.cat([t.reshape(-1) for t in tensors])


def test_importance_is_the_mean_of_squared_batch_gradients(original, task):
    """41 samples in batches of 16, the last of 9 with the same weight. Breaks if samples are squared one by one, or
    batches are weighted by size."""
    found = vector(importance(original, task.retain[:41], 16))
    assert torch.allclose(found, squares(original, task.retain[:41], 16), rtol=1e-4, atol=1e-10)
    assert not torch.allclose(found, squares(original, task.retain[:41], 1), rtol=0.1)


def test_opposite_gradients_cancel_before_they_are_squared(small):
    """An image under both labels of an even two-way choice: importance of the head's bias 1/4 each by itself, 0 in
    one batch. Breaks if squared per sample."""
    model = small()
    torch.nn.init.zeros_(model[6].weight)
    with torch.no_grad():
        model[6].bias[:2], model[6].bias[2:] = 0.0, -1e4  # two classes are left, at one half each
    image = torch.full((2, 1, 28, 28), 90, dtype=torch.uint8)
    pair = mu.Samples(image, torch.tensor([0, 1]), torch.arange(2))
    assert torch.allclose(importance(model, pair, 1)[-1][:2], torch.tensor([0.25, 0.25]))
    assert torch.allclose(importance(model, pair, 2)[-1][:2], torch.zeros(2))


@pytest.mark.parametrize(("alpha", "strength"), [(2.0, 1.0), (2.0, 5.0), (0.5, 1.0)])
def test_dampening_by_hand(original, task, flat, alpha, strength):
    """Every weight: times min(strength I_D / I_f, 1) where I_f > alpha I_D, else bitwise as before. Breaks if I_D
    leaves out the forget set, a weight may grow, or the threshold is at the other set."""
    everything = squares(original, task.retain + task.forget, 16)
    forgotten = squares(original, task.forget, 16)
    model = ssd(original, task.forget, task.retain, alpha=alpha, strength=strength, batch_size=16, by_class=False)
    before, after = flat(original), flat(model)
    chosen = forgotten > alpha * everything
    assert 20 < chosen.sum() < len(chosen)
    factor = torch.where(chosen, (strength * everything / forgotten).clamp(max=1), 1.0).double()
    assert torch.allclose(after, factor * before, rtol=1e-3, atol=1e-8)
    assert torch.equal(after[~chosen], before[~chosen])


def test_sorting_by_class(original, task, flat):
    """However the classes are mixed, the same model, bitwise; unsorted batches give another one. Breaks if `by_class`
    is ignored or an order within a class is lost."""
    mixed = torch.randperm(len(task.retain), generator=torch.Generator().manual_seed(0))
    apart = mixed[task.retain.labels[mixed].argsort(stable=True)]
    for by_class in (True, False):
        options = {"alpha": 2.0, "batch_size": 15, "by_class": by_class}
        a, b = (flat(ssd(original, task.forget, task.retain[where], **options)) for where in (mixed, apart))
        assert torch.equal(a, b) == by_class


def test_nothing_drawn_and_statistics_kept(original, task, same):
    """Bitwise the same twice, also from training mode; batch-norm statistics as given; alpha at infinity, or a lambda
    above every ratio, changes nothing. Breaks in training mode or where a weight may grow."""
    first = ssd(original, task.forget, task.retain)
    assert same(ssd(copy.deepcopy(original).train(), task.forget, task.retain), first)
    assert not first.training
    for (name, a), b in zip(first.named_buffers(), original.buffers(), strict=True):
        assert torch.equal(a, b), name
    assert same(ssd(original, task.forget, task.retain, alpha=1e30), original)
    assert same(ssd(original, task.forget, task.retain, strength=1e30), original)


def test_a_pruned_model_stays_pruned(original, task):
    """Masked weights stay exactly zero, others are dampened. Breaks if the parametrisation is lost."""
    pruned = copy.deepcopy(original)
    mask = torch.arange(pruned[2].weight.numel()).view_as(pruned[2].weight) % 2 == 0
    parametrize.register_parametrization(pruned[2], "weight", Masked(mask))
    model = ssd(pruned, task.forget, task.retain, alpha=1.0)
    assert (model[2].weight[~mask] == 0).all()
    assert not torch.equal(model[2].weight, pruned[2].weight)


@pytest.mark.parametrize(("option", "value"), [("alpha", 0.0), ("strength", -1.0)])
def test_wrong_options_are_refused(original, task, option, value):
    """By a message that names the option."""
    with pytest.raises(ValueError, match=option):
        ssd(original, task.forget, task.retain, **{option: value})
