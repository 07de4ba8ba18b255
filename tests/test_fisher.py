"""Fisher forgetting: the information against closed forms and plain loops, and the noise made of it."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

import mu
from mu.masks import Masked
from mu.models import Normalise
from mu.unlearning import gradients
from mu.unlearning.fisher import diagonal, fisher, fisher_as_published
from mu.unlearning.gradients import single

FUNCTIONS = [fisher, fisher_as_published]


def samples(images, classes, seed=0):
    labels = torch.randint(classes, (len(images),), generator=torch.Generator().manual_seed(seed))
    return mu.Samples(images, labels, torch.arange(len(images)))


def noise_images(*shape):
    return torch.randint(256, shape, generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def softmax_regression(inputs, classes):
    """Linear model of 1 x 1 x inputs images, its weights drawn."""
    model = nn.Sequential(Normalise((0.0,), (1.0,)), nn.Flatten(), nn.Linear(inputs, classes))
    for p in model.parameters():
        nn.init.normal_(p, generator=torch.Generator().manual_seed(1))
    return model


def batches(images, size):
    return [batch.unsqueeze(0) for batch in images.split(size)]


def plain(model, images, size):
    """Step 1 as a loop: for each batch and class the squared gradient of the mean, weighted, divided by batches."""
    parameters = list(model.eval().parameters())
    total = [torch.zeros_like(p) for p in parameters]
    for batch in images.split(size):
        log_p = model(batch).log_softmax(1)
        for y in range(log_p.shape[1]):
            gradients = torch.autograd.grad(log_p[:, y].mean(), parameters, retain_graph=True)
            for t, g in zip(total, gradients):
                t += log_p[:, y].exp().mean().detach() * g**2
    return [t / len(images.split(size)) for t in total]


# ---- the information ------------------------------------------------------------------------------------


def test_information_of_softmax_regression():
    """Weight (c, k): the mean of p_c (1 - p_c) x_k^2; bias c: of p_c (1 - p_c). Breaks if true labels are used, or
    labels are not weighted by the model's probabilities."""
    model, images = softmax_regression(5, 3), noise_images(40, 1, 1, 5)
    x = images.flatten(1) / 255
    p = model(images).softmax(1).detach()
    found = diagonal(model, single(model, images))
    spread = p * (1 - p)
    assert torch.allclose(found["2.weight"], torch.einsum("nc,nk->ck", spread, x**2) / 40, rtol=1e-4)
    assert torch.allclose(found["2.bias"], spread.mean(0), rtol=1e-4)


@pytest.mark.parametrize("size", [1, 8])
def test_information_equals_a_plain_loop(data, normed, size):
    """A network with batch norm, groups of 1 and of 8 with a last one of 5. Breaks if statistics are re-estimated, or
    the last batch is weighted by its size."""
    model, images = normed().train(), data.train.images[:21]
    chunks = single(model, images) if size == 1 else batches(images, size)
    found = diagonal(model, chunks)
    for a, b in zip(found.values(), plain(copy.deepcopy(model), images, size), strict=True):
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-9)


def test_information_does_not_depend_on_chunks(data, normed, monkeypatch):
    """Chunks of 1, of 7 and of all give the same sum. Breaks if the mean is taken within chunks, of which the last is
    smaller."""
    model, images = normed(), data.train.images[:24]
    found = []
    for most in (1, 7, 256):
        monkeypatch.setattr(gradients, "MOST", most)
        assert max(len(chunk) for chunk in single(model, images)) == min(most, 24)
        found.append(diagonal(model, single(model, images)))
    monkeypatch.setattr(gradients, "BUDGET", {"cpu": 1})  # less than one gradient
    assert {len(chunk) for chunk in single(model, images)} == {1}
    for other in found[1:]:
        assert all(torch.allclose(other[name], value, rtol=1e-4, atol=1e-9) for name, value in found[0].items())


def test_averaging_first_sees_information_where_there_is_none():
    """Two images, each certain of its own class: information 0; averaged as published, 1/8 for every weight (worked
    by hand). Breaks if the published form squares per sample."""
    model = softmax_regression(2, 2)
    nn.init.zeros_(model[2].bias)
    model[2].weight.data = 100 * torch.eye(2)
    images = torch.tensor([[255, 0], [0, 255]], dtype=torch.uint8).reshape(2, 1, 1, 2)
    assert (diagonal(model, single(model, images))["2.weight"] < 1e-8).all()
    assert torch.allclose(diagonal(model, batches(images, 2))["2.weight"], torch.full((2, 2), 1 / 8))


def test_the_published_form_depends_on_the_batch(data, small, flat):
    """At batch 1 it is `fisher`, at 32 it is not. Breaks if they differ in more than step 1 (no class, no mask)."""
    model, retain = small(), data.train
    whole = flat(fisher(model, retain))
    at = {size: flat(fisher_as_published(model, retain, batch_size=size, label=None)) for size in (1, 16, 32)}
    assert torch.allclose(at[1], whole, rtol=0, atol=1e-6)
    assert not torch.allclose(at[32], whole, rtol=0, atol=1e-5)
    assert not torch.allclose(at[32], at[16], rtol=0, atol=1e-5)


def test_a_share_of_the_samples_is_drawn_by_seed(data, small, flat):
    """So many different samples, others by another seed, all of fewer; the method takes those. Breaks if drawn with
    replacement, or the first are taken."""
    first, again, other = (data.train.draw(20, seed).indices for seed in (0, 0, 1))
    assert len(first.unique()) == 20
    assert torch.equal(first, again)
    assert not torch.equal(first.sort().values, other.sort().values)
    for count in (None, 1000):
        assert torch.equal(data.train.draw(count, 0).indices.sort().values, data.train.indices)
    found = flat(fisher(small(), data.train, samples=5, seed=3))
    assert torch.allclose(found, flat(fisher(small(), data.train.draw(5, 3), seed=3)), atol=1e-7)
    assert not torch.allclose(found, flat(fisher(small(), data.train[:5], seed=3)), atol=1e-5)


# ---- the noise ------------------------------------------------------------------------------------------


def test_variance_of_the_noise():
    """Over 200 seeds it is that of steps 2 to 5: head (cap 100, times 10), hidden weight (cap 1000), bias (times 10);
    the caps bind for a part of the entries. Breaks if a cap, a mean or a factor is lost."""
    model = softmax_regression(30, 6)
    model = nn.Sequential(*model, nn.Linear(6, 4))
    model[3].weight.data = torch.randn(4, 6, generator=torch.Generator().manual_seed(2))
    model[3].bias.data = torch.tensor([0.0, 0.0, -4.0, 0.0])
    images = noise_images(12, 1, 1, 30)
    images[..., :15] //= 12
    retain = samples(images, 4)
    weight, bias, head, head_bias = plain(model, images, 1)
    expected = {
        "2.weight": (1 / weight).clamp(max=1e3).mean(1, keepdim=True).expand(6, 30),
        "2.bias": 10 * (1 / bias).clamp(max=1e3),
        "3.weight": 10 * (1 / head).clamp(max=1e2).mean(1, keepdim=True).expand(4, 6),
        "3.bias": 10 * (1 / head_bias).clamp(max=1e2),
    }
    assert ((weight < 1e-3).any(1) & (weight > 1e-3).any(1)).any()
    assert (head < 1e-2).any()
    assert (head > 1e-2).any()
    noisy = [fisher(model, retain, alpha=1e-4, seed=seed) for seed in range(200)]
    for name, variance in expected.items():
        added = torch.stack([m.get_parameter(name).detach() for m in noisy]) - model.get_parameter(name).detach()
        ratio = added.var(0) / (1e-4 * variance)
        assert (ratio.log().abs() < 0.5).all()  # 5 standard errors of 200 draws
        assert abs(ratio.mean() - 1) < 0.5 / ratio.numel() ** 0.5
        assert (added.mean(0).abs() < 5 * (1e-4 * variance / 200).sqrt()).all()


@pytest.mark.parametrize(("function", "options"), [(fisher, {}), (fisher_as_published, {"label": None})])
def test_without_a_class_every_row_of_the_head_keeps_its_mean(data, small, function, options):
    """With little noise all rows of the head stay as they are. Breaks if a class is erased in random forgetting."""
    model = small()
    model[6].weight.data.fill_(1)
    after = function(model, data.train, alpha=1e-12, **options)[6]
    assert torch.allclose(after.weight, torch.ones(10, 8), atol=1e-3)
    assert torch.allclose(after.bias, model[6].bias, atol=1e-3)


@pytest.mark.parametrize(
    ("function", "options", "row"), [(fisher, {"label": 4}, 4), (fisher_as_published, {}, 9),
                                     (fisher_as_published, {"label": 4}, 4)],
)  # fmt: skip
def test_a_class_named_loses_its_row_and_no_other(data, small, function, options, row):
    """Its row of weights and its bias become noise of variance 10 * 1e-4, the rest stays; as published, with no class
    given, it is the last. Breaks if another row goes, or only the weights."""
    model = small()
    nn.init.ones_(model[6].weight)
    nn.init.ones_(model[6].bias)
    after = function(model, data.train, alpha=1e-12, **options)[6]
    rows = torch.cat([after.weight, after.bias[:, None]], 1).detach()
    others = torch.arange(10) != row
    assert torch.allclose(rows[others], torch.ones(9, 9), atol=1e-3)
    assert 0.01 < rows[row].std() < 0.07
    assert rows[row].abs().max() < 0.2


@pytest.fixture(scope="module")
def pruned():
    """A 1 x 1 convolution of 1000 inputs, half of its weights pruned, and a head; images of 1000 channels."""
    conv, head = nn.Conv2d(1000, 4, 1), nn.Linear(4, 3)
    for i, p in enumerate((conv.weight, conv.bias, head.weight, head.bias)):
        nn.init.normal_(p, std=(0.02, 0.02, 2, 1)[i], generator=torch.Generator().manual_seed(i))
    mask = torch.rand(conv.weight.shape, generator=torch.Generator().manual_seed(9)) < 0.5
    parametrize.register_parametrization(conv, "weight", Masked(mask))
    model = nn.Sequential(Normalise([0.0] * 1000, [1.0] * 1000), conv, nn.Flatten(), head)
    return model, mask, samples(noise_images(40, 1000, 1, 1), 3)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_pruned_weights_stay_exactly_zero(pruned, function):
    """No noise where the mask is 0, noise on every other weight. Breaks if the mask is not looked at."""
    model, mask, retain = pruned
    before, after = (m[1].parametrizations.weight.original for m in (model, function(model, retain)))
    assert (before[~mask] == 0).all()
    assert (after[~mask] == 0).all()
    assert (after != before)[mask].all()


def test_pruned_weights_do_not_count_in_the_mean(pruned):
    """Variance of a row: the mean over its weights that are left; as published pruned ones (F = 0, so the cap) enter.
    Breaks if either takes the other's mean."""
    model, mask, retain = pruned
    name, size = "1.parametrizations.weight.original", {fisher: 1, fisher_as_published: 32}
    for function in FUNCTIONS:
        images = retain.images
        chunks = single(model, images) if size[function] == 1 else batches(images, 32)
        inverse = (1 / (diagonal(model, chunks)[name] + 1e-8)).clamp(max=1e3)
        after = function(model, retain, alpha=1e-4).get_parameter(name).detach()
        change = after - model.get_parameter(name).detach()
        for c in range(4):
            counted = inverse[c][mask[c]] if function is fisher else inverse[c]
            found = change[c][mask[c]].var() / (1e-4 * counted.mean())
            assert abs(found - 1) < 0.4  # 6 standard errors of about 500 weights
        kept, all_ = inverse[mask].mean(), inverse.mean()
        assert all_ > 3 * kept  # the two means are told apart


# ---- as a method ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_model_given_stays_and_the_seed_decides(data, normed, same, function):
    """Repeats bitwise by seed, another seed gives another model, the one given stays in weights, statistics and mode;
    frozen weights get no noise. Breaks if noise comes from global state, or statistics are re-estimated."""
    model = normed().train()
    model[2].weight.requires_grad_(False)
    before = copy.deepcopy(model)
    first = function(model, data.train)
    torch.rand(1)
    assert same(function(model, data.train), first)
    assert not same(function(model, data.train, seed=1), first)
    assert torch.equal(first[2].weight, before[2].weight)
    assert same(model, before)
    assert model.training
    assert all(torch.equal(a, b) for a, b in zip(first.buffers(), before.buffers(), strict=True))


@pytest.mark.filterwarnings("ignore:There is a performance drop")  # attention, one sample at a time
def test_networks_of_the_papers_run(data):
    """Residual network, instance norm and attention under per-sample gradients: the information is that of the loop.
    Breaks if a layer mixes samples."""
    for name in ("resnet9-slim", "convnet-slim", "vit-slim"):
        model, images = mu.build_model(name, data).eval(), data.train.images[:2]
        expected = plain(model, images, 1)
        largest = max(float(value.max()) for value in expected)
        for a, b in zip(diagonal(model, single(model, images)).values(), expected, strict=True):
            assert torch.allclose(a, b, rtol=1e-2, atol=1e-7 * largest)


def test_wrong_options_are_refused(data, small):
    """A class there is not, negative noise, no sample."""
    for label in (-1, 10):
        with pytest.raises(ValueError, match=f"label must be a class from 0 to 9, or None, not {label}"):
            fisher(small(), data.train, label=label)
    with pytest.raises(ValueError, match="alpha must be finite and not below 0; it is -1"):
        fisher(small(), data.train, alpha=-1)
    with pytest.raises(ValueError, match="samples must be at least 1; it is 0"):
        fisher(small(), data.train, samples=0)


def test_the_noise_does_not_follow_the_first_weights(data):
    """Model and noise of one seed: both are normal draws. Breaks if they come from the same stream."""
    original = mu.build_model("mlp", data, seed=0)
    scrubbed = fisher(original, data.train[:50], alpha=1e-4, seed=0)
    weights, noisy = (torch.nn.utils.parameters_to_vector(m.parameters()).detach() for m in (original, scrubbed))
    assert abs(torch.corrcoef(torch.stack([weights, noisy - weights]))[0, 1]) < 0.02


@pytest.mark.parametrize("function", FUNCTIONS)
def test_noise_is_the_same_under_any_default_dtype(function):
    """Breaks if the noise is drawn in the default dtype: double has another stream."""
    model, images = softmax_regression(8, 3), noise_images(40, 1, 1, 8)  # below 16 entries the streams agree
    retain = samples(images, 3)
    expected, before = function(model, retain), torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        found = function(model, retain)
    finally:
        torch.set_default_dtype(before)
    for a, b in zip(expected.parameters(), found.parameters()):
        assert torch.equal(a, b)
