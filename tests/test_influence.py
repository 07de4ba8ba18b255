"""Influence unlearning: its parts against definitions, the whole against an optimum known in closed form."""

import copy
import importlib
import sys
from itertools import product

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import parametrize

import mu
from mu import pruning
from mu.masks import Masked, apply_masks, masks_of, unmasked
from mu.models import Normalise
from mu.unlearning.influence import (
    gradient_change,
    influence,
    influence_as_published,
    inverse_product,
    sample_gradients,
)

FUNCTIONS = [influence, influence_as_published]


@pytest.fixture(scope="module")
def parts(data):
    """Forget and retain set: 6 and 20 images."""
    order = torch.randperm(150, generator=torch.Generator().manual_seed(3))
    return data.train[order[:6]], data.train[order[6:26]]


def gradients_of(model, samples):
    """Gradient of each sample's loss, by a plain loop."""
    model = copy.deepcopy(model).eval()
    rows = []
    for image, label in zip(samples.images, samples.labels):
        loss = cross_entropy(model(image[None]), label[None])
        rows.append(torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))]))
    return torch.stack(rows)


# ---- the parts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damping", [1.0, 1e-2])
def test_woodbury_equals_the_dense_inverse(damping):
    """Against solving with the d x d matrix, for fewer and for more rows than columns. Breaks if m is left out, or
    multiplies the wrong term."""
    generator = torch.Generator().manual_seed(0)
    for m in (1, 7, 40):
        rows, v = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((m, 12), (12,)))
        dense = damping * torch.eye(12, dtype=torch.float64) + rows.T @ rows / m
        assert torch.allclose(inverse_product(rows, v, damping), torch.linalg.solve(dense, v), rtol=1e-9)
        single = inverse_product(rows.float(), v.float(), damping)
        assert single.dtype == torch.float32
        assert torch.allclose(single.double(), torch.linalg.solve(dense, v), rtol=1e-3, atol=1e-4)


def test_sample_gradients_equal_a_plain_loop(normed, parts, monkeypatch):
    """A network with batch norm, in chunks of any size. Breaks if statistics are those of the chunk."""
    model, retain = normed().train(), parts[1]
    expected = gradients_of(model, retain)
    for most in (1, 7, 256):
        monkeypatch.setattr(importlib.import_module("mu.unlearning.gradients"), "MOST", most)
        chunks = list(sample_gradients(model, retain))
        assert max(map(len, chunks)) == min(most, len(retain))
        assert torch.allclose(torch.cat(chunks), expected, rtol=1e-3, atol=1e-6)


def test_gradient_change_is_that_of_the_weights(normed, parts, monkeypatch):
    """Sum over samples of (1/N - w_i) times the gradient, w = 1/N_r on the retain set and 0 else; batches of 256 and
    of 7. Breaks if a sign is wrong or a batch mean is not weighted by its size."""
    forget, retain = parts
    forgotten, kept = gradients_of(normed(), forget), gradients_of(normed(), retain)
    expected = forgotten.sum(0) / 26 + (1 / 26 - 1 / 20) * kept.sum(0)
    for size in (256, 7):
        monkeypatch.setattr(importlib.import_module("mu.unlearning.influence"), "BATCH", size)
        assert torch.allclose(gradient_change(normed(), forget, retain), expected, rtol=1e-3, atol=1e-6)


# ---- the step -------------------------------------------------------------------------------------------


def exact_case(scale):
    """Softmax regression on one-hot inputs at its optimum: there log-weights are log-frequencies, and the gradients'
    second moment is the Hessian. (model, forget, retain, weights at the optimum of the retain set)."""
    counts = scale * torch.tensor([[5, 2, 3], [1, 6, 3]]).double()  # input, label
    removed = torch.tensor([[1, 0, 0], [0, 1, 1]])
    model = nn.Sequential(Normalise((0.0,), (1.0,)), nn.Flatten(), nn.Linear(2, 3, bias=False)).double()
    model[2].weight.data = (counts / counts.sum(1, keepdim=True)).log().T.clone()

    def samples(counts):
        pairs = [(k, c) for k, c in product(range(2), range(3)) for _ in range(int(counts[k, c]))]
        images = torch.zeros(len(pairs), 1, 1, 2, dtype=torch.uint8)
        for i, (k, _) in enumerate(pairs):
            images[i, 0, 0, k] = 255
        return mu.Samples(images, torch.tensor([c for _, c in pairs]), torch.arange(len(pairs)))

    left = counts - removed
    return model, samples(removed), samples(left), (left / left.sum(1, keepdim=True)).log().T


def test_step_leads_to_the_optimum_without_the_forget_set():
    """Its error falls as the share of forget samples squared: under 0.2 % of the change at 3 of 1000 samples, a
    quarter of that at 3 of 4000. Breaks if a sign, a factor N_f / N or the mean in H is wrong."""
    errors = []
    for scale in (50, 200):
        model, forget, retain, optimum = exact_case(scale)
        change = influence(model, forget, retain, damping=1e-9, samples=len(retain))[2].weight - model[2].weight
        exact = optimum - model[2].weight
        change, exact = (x - x.mean(0) for x in (change, exact))  # a constant over the labels changes nothing
        errors.append(((change - exact).norm() / exact.norm()).item())
    assert errors[0] < 0.002
    assert errors[1] < errors[0] / 3


def test_step_of_a_network(normed, parts, flat):
    """theta + alpha H^-1 v with the dense H of the plain loop's gradients; alpha scales it. Breaks if H is taken on
    other samples."""
    forget, retain = parts
    model = normed()
    rows, v = gradients_of(model, retain).double(), gradient_change(model, forget, retain).double()
    step = torch.linalg.solve(0.1 * torch.eye(len(v)) + rows.T @ rows / 20, v)
    for alpha in (1.0, 3.0):
        found = flat(influence(model, forget, retain, alpha=alpha, damping=0.1)) - flat(model)
        assert torch.allclose(found, alpha * step, rtol=1e-3, atol=1e-6)


def test_public_recursion(normed, parts, flat):
    """With o = c g_1 all along, two numbers per sample suffice: worked here from inner products alone. What is taken
    off v lies along g_1, so it is not the step of `influence`. Breaks if the vector is carried on as it should be."""
    forget, retain = parts
    model, m = normed(), 7
    rows, v = gradients_of(model, retain).double(), gradient_change(model, forget, retain).double()
    first, c, off = rows[0], 1.0, 0.0
    for g in rows[1 : m + 2]:
        overlap = c * (first @ g)
        off += (v @ g - off * (first @ g)) / (m + overlap) * c
        c *= m / (m + overlap)
    found = flat(influence_as_published(model, forget, retain, samples=m)) - flat(model)
    assert torch.allclose(found, v - off * first, rtol=1e-3, atol=1e-6)
    right = flat(influence(model, forget, retain[: m + 2])) - flat(model)
    twice = flat(influence_as_published(model, forget, retain, samples=m, alpha=2.0)) - flat(model)
    assert torch.allclose(twice, 2 * found, atol=1e-6)
    assert (found - v).norm() > 0.05 * v.norm()
    assert (found - right).norm() > 0.05 * right.norm()


# ---- as a method ----------------------------------------------------------------------------------------


def test_the_seed_draws_the_samples(normed, data, parts, same):
    """Bitwise the same by seed, others by another; the public form draws none. Breaks if the first ones are taken, or
    they are drawn from global state."""
    model, forget, retain = normed(), parts[0], data.train
    first = influence(model, forget, retain, samples=15)
    torch.rand(1)
    assert same(influence(model, forget, retain, samples=15), first)
    assert not same(influence(model, forget, retain, samples=15, seed=1), first)
    assert same(*(influence_as_published(model, forget, retain) for _ in range(2)))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_model_given_stays(normed, parts, same, function):
    """Weights, statistics and mode of the model given; the new one's statistics and frozen weights too. Breaks if
    gradients are taken in training mode."""
    model = normed().train()
    model[2].weight.requires_grad_(False)
    before = copy.deepcopy(model)
    after = function(model, *parts)
    assert same(model, before)
    assert model.training
    assert torch.equal(after[2].weight, before[2].weight)
    assert not torch.equal(after[8].weight, before[8].weight)
    assert all(torch.equal(a, b) for a, b in zip(after.buffers(), before.buffers(), strict=True))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_pruned_weights_stay_exactly_zero(parts, function):
    """A masked convolution: pruned weights do not move, others do. Breaks if the step is taken in the weights the
    layer sees."""
    conv = nn.Conv2d(1, 4, 5, stride=4)
    mask = torch.rand(conv.weight.shape, generator=torch.Generator().manual_seed(0)) < 0.3
    parametrize.register_parametrization(conv, "weight", Masked(mask))
    model = nn.Sequential(Normalise((0.5,), (0.5,)), conv, nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
    before, after = (m[1].parametrizations.weight.original for m in (model, function(model, *parts)))
    assert (before[~mask] == 0).all()
    assert (after[~mask] == 0).all()
    assert (after != before)[mask].any()


def test_leaving_pruned_weights_out_changes_nothing(pruned, parts, monkeypatch):
    """The step is the one with all columns, at the memory of those that are left. Breaks if a live weight is left out
    or the change lands on other weights."""
    model = pruned
    live = unmasked(model)
    assert 0 < live.sum() < len(live)
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    conv = next(name for name in names if name.endswith("weight.original"))
    mask = next(iter(masks_of(model).values())).flatten()
    start = sum(p.numel() for name, p in model.named_parameters() if names.index(name) < names.index(conv))
    assert torch.equal(live[start : start + len(mask)], mask)
    few = influence(model, *parts, samples=20)
    monkeypatch.setattr(sys.modules["mu.unlearning.influence"], "unmasked", lambda model: torch.ones_like(live))
    every = influence(model, *parts, samples=20)
    for a, b in zip(few.parameters(), every.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


@pytest.fixture
def pruned():
    """A convolution and a linear layer, 70 % of the convolution's weights pruned."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        conv, head = nn.Conv2d(1, 4, 5, stride=4), nn.Linear(144, 10)
    model = nn.Sequential(Normalise((0.5,), (0.5,)), conv, nn.ReLU(), nn.Flatten(), head)
    return apply_masks(model, pruning.magnitude_masks(model, 70))


def test_wrong_options_are_refused(normed, parts):
    """No damping, no sample."""
    with pytest.raises(ValueError, match="damping must be above 0; it is 0"):
        influence(normed(), *parts, damping=0)
    with pytest.raises(ValueError, match="samples must be at least 1; it is 0"):
        influence(normed(), *parts, samples=0)
