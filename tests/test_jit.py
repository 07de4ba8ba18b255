"""JiT: its step in closed form, what the noise is, and what stays as it was."""

import pytest
import torch
from torch import nn

import mu
from mu.models import Classifier, Normalise
from mu.unlearning.jit import _Slopes, jit

ONE = mu.Recipe(epochs=1, batch_size=6, optimizer="sgd", lr=0.1)


def linear(weight, std=None):
    """f(x) = W x on 28 x 28 pixels; with a `std`, W (x / std) and a `normalise` to be found."""
    head = nn.Linear(784, len(weight), bias=False)
    head.weight = nn.Parameter(weight.clone())
    return nn.Sequential(Normalise((0.0,), (1.0,)), nn.Flatten(), head) if std is None else Classifier(
        Normalise((0.0,), (std,)), nn.Flatten(), head
    )  # fmt: skip


def test_of_a_scaled_identity_every_slope_is_the_scale(task):
    """f(x) = 3 x: |f(x) - f(x + xi)| / |xi| = 3, clamped or not; the length before clamping would give less."""
    slopes = _Slopes(linear(3 * torch.eye(784)), noise=0.5, copies=4)
    assert torch.allclose(slopes(task.forget.images), torch.full((6,), 3.0), rtol=1e-4)


def test_slopes_are_by_normalised_pixels(task):
    """With a std of 0.25 in front of 3 x' the slope is 3, not 12, and sigma 0.5 is 0.125 of the range."""
    torch.manual_seed(0)
    assert torch.allclose(
        _Slopes(linear(3 * torch.eye(784), std=0.25), 0.5, 2)(task.forget.images), torch.tensor(3.0), rtol=1e-4
    )
    grey = torch.full((50, 1, 28, 28), 128, dtype=torch.uint8)
    spread = []
    model = linear(torch.eye(784), std=0.25)
    model.register_forward_pre_hook(lambda _, inputs: spread.append(inputs[0].float().std().item()))
    _Slopes(model, 0.5, 1)(grey)
    assert spread[0] == 0
    assert spread[1] == pytest.approx(0.125, rel=0.02)


def test_noisy_images_stay_images(task):
    """From 0 to 1, whatever sigma."""
    seen, model = [], linear(torch.eye(784))
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    _Slopes(model, 9.0, 3)(task.forget.images)
    assert len(seen) == 4
    assert all(images.min() >= 0 and images.max() <= 1 for images in seen[1:])


def test_one_step_in_closed_form(task, flat):
    """f(x) = W x: the gradient by W of |W x - c| is u x^T, u the unit vector along W x - c, with c taken as given.

    A gradient through the noisy answer would give u (x - x')^T; a mean over the batch a sixth of it.
    """
    torch.manual_seed(3)
    weight = 0.1 * torch.randn(10, 784)
    noisy = []
    model = linear(weight)
    with model.register_forward_pre_hook(lambda _, inputs: noisy.append(inputs[0].detach())):
        moved = jit(model, task.forget, copies=1, recipe=ONE, seed=5)  # the hook is copied with the model
    order, moved_to = noisy[-2].float().flatten(1) / 255, noisy[-1]  # the first two look at how it takes floats
    moved_by = moved_to.flatten(1) - order
    unit = nn.functional.normalize(-moved_by @ weight.T)
    gradient = torch.einsum("nk,nd->kd", unit / moved_by.norm(dim=1, keepdim=True), order)
    assert torch.allclose(flat(moved), flat(linear(weight - 0.1 * gradient)), atol=1e-6)


def test_the_answer_becomes_flatter_and_is_forgotten(task, small):
    """Mean slope at the forget set falls; the loss of its labels rises. With the sign turned both fail."""
    model = mu.train(small(0), task.train, mu.Recipe(epochs=10, batch_size=16, lr=1e-2))
    recipe = mu.Recipe(epochs=4, batch_size=6, optimizer="sgd", lr=0.02)
    flatter = jit(model, task.forget, noise=1.0, copies=5, recipe=recipe)
    torch.manual_seed(1)
    before, after = (_Slopes(m, 1.0, 20)(task.forget.images).mean() for m in (model, flatter))
    assert after < 0.9 * before
    losses = [nn.functional.cross_entropy(m(task.forget.images), task.forget.labels) for m in (model, flatter)]
    assert losses[1] > losses[0]


def test_statistics_and_dropout_stay(task, normed, same):
    """Batch-norm buffers bitwise; a dropout of one half changes nothing. In training mode both would."""
    model = mu.train(normed(0), task.train, mu.Recipe(epochs=1, batch_size=32))
    moved = jit(model, task.forget, copies=2, recipe=ONE)
    assert not same(moved, model)
    assert all(torch.equal(a, b) for a, b in zip(model.buffers(), moved.buffers(), strict=True))
    dropping = nn.Sequential(*model[:-1], nn.Dropout(0.5), model[-1])
    assert torch.equal(jit(dropping, task.forget, copies=2, recipe=ONE)[-1].weight, moved[-1].weight)


def test_a_pruned_model_stays_pruned(task, normed):
    """Masked weights are zero after the steps as before; without the masks they would move."""
    model = mu.train(normed(0), task.train, mu.Recipe(epochs=1, batch_size=32))
    pruned = mu.masks.apply_masks(model, mu.pruning.magnitude_masks(model, 50))
    moved = jit(pruned, task.forget, copies=2, recipe=ONE)
    assert (moved[2].weight == 0).sum() == (pruned[2].weight == 0).sum() == 18


def test_it_is_repeatable_and_leaves_no_trace(task, small, same):
    """Same seed, bitwise the same; another seed, another noise; the caller's random state and model stay."""
    model, state = small(0), torch.get_rng_state()
    first = jit(model, task.forget, copies=2, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert same(model, small(0))
    assert model.training
    assert not first.training
    assert same(jit(model, task.forget, copies=2, seed=1), first)
    assert not same(jit(model, task.forget, copies=2, seed=2), first)


@pytest.mark.parametrize("options", [{"noise": 0.0}, {"copies": 0}])
def test_wrong_options_are_refused(task, small, options):
    """By a message that names both."""
    with pytest.raises(ValueError, match="noise > 0 and copies >= 1"):
        jit(small(0), task.forget, **options)


@pytest.mark.parametrize("name", ["jit", "mu-mis"])
def test_what_the_parts_of_a_model_are_called_does_not_matter(data, name):
    """The unit of pixels is that of its `Normalise`, be it in a `Classifier` or first of a plain sequence."""
    task, known = mu.forget_class(data, 3), mu.build_model("lenet", data)
    plain = nn.Sequential(known.normalise, known.features, known.head)
    made = [mu.unlearn(name, model, task, lr=1e-2, max_steps=2) if name == "mu-mis" else
            mu.unlearn(name, model, task, recipe=ONE, copies=2) for model in (known, plain)]  # fmt: skip
    vectors = [nn.utils.parameters_to_vector(model.parameters()).detach() for model in (known, *made)]
    steps = [after - vectors[0] for after in vectors[1:]]
    assert (steps[0] - steps[1]).norm() < 1e-4 * steps[0].norm()  # sums may be taken in another order
    assert steps[0].norm() > 0
