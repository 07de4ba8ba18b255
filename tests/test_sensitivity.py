"""Input sensitivity: slopes of logits against closed forms, one sample at a time, and their norms."""

import copy

import pytest
import torch
from torch import nn

import mu
from mu.data import Samples
from mu.models import Classifier, Normalise, batch_norms, build_model
from mu.sensitivity import input_gradient, sensitivity, squared_norm


def linear(classes=3, std=0.5, seed=0):
    """Logits W z + b of the normalised pixels z of 2x2 images, and W as one image a class."""
    torch.manual_seed(seed)
    model = Classifier(Normalise((0.4,), (std,)), nn.Flatten(), nn.Linear(4, classes)).eval()
    return model, model.head.weight.detach().clone().view(classes, 1, 2, 2)


def drawn(n, shape=(1, 2, 2), classes=3, seed=0):
    """Random images and labels."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(256, (n, *shape), dtype=torch.uint8, generator=generator)
    return Samples(images, torch.randint(classes, (n,), generator=generator), torch.arange(n))


# ---- gradients ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("std", [0.5, 2.0])
def test_the_slope_of_a_linear_model_is_its_weight_row(std):
    """By normalised pixels: whatever the scale of pixels. Breaks if the division by std stays in."""
    (model, rows), samples = linear(std=std), drawn(5)
    for classes in (samples.labels, (samples.labels + 1) % 3):
        (slope,) = input_gradient(model, samples.images, classes)
        assert torch.allclose(slope, rows[classes], rtol=1e-6)


def test_without_a_normalise_slopes_are_by_pixels_from_0_to_1():
    """The same network with a scaling of its own: one over std larger; with 0 to 255 it is not.

    Also pitfall 6.18: scaling the input by a scales the norm, so that the unit has to be said. What the layer in
    front is called does not matter: the unit is that of a `Normalise` anywhere in the model.
    """
    (model, rows), samples = linear(std=0.5), drawn(5)

    class Own(nn.Module):
        def forward(self, x):
            return model.normalise(x)

    plain = nn.Sequential(Own(), model.features, model.head).eval()
    (slope,) = input_gradient(plain, samples.images, samples.labels)
    assert torch.allclose(slope, rows[samples.labels] / 0.5, rtol=1e-6)
    renamed = nn.Sequential(model.normalise, model.features, model.head).eval()
    (slope,) = input_gradient(renamed, samples.images, samples.labels)
    assert torch.allclose(slope, rows[samples.labels], rtol=1e-6)


def test_slopes_agree_with_finite_differences():
    """Central differences of a smooth network's logits in float64, pixel by pixel."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).double().eval()

    class Wide(nn.Module):
        def forward(self, x):
            return net(x.double())

    samples = drawn(4)
    (slope,) = input_gradient(Wide().eval(), samples.images, samples.labels)
    pixels, h = samples.images.double() / 255, 1e-5
    for i, step in enumerate(h * torch.eye(4).double().view(4, 1, 2, 2)):
        change = (net(pixels + step) - net(pixels - step)).gather(1, samples.labels[:, None]).squeeze(1) / (2 * h)
        assert torch.allclose(slope.flatten(1)[:, i].double(), change, rtol=1e-4, atol=1e-7)


def test_slopes_are_those_of_logits(data, normed):
    """A number added to all logits changes nothing, a larger head scales them: not probabilities, not the loss."""
    part, model = data.train[:8], normed().eval()
    (slope,) = input_gradient(model, part.images, part.labels)
    shifted, scaled = copy.deepcopy(model), copy.deepcopy(model)
    with torch.no_grad():
        shifted[-1].bias += 5
        for p in scaled[-1].parameters():
            p *= 3
    assert torch.equal(input_gradient(shifted, part.images, part.labels)[0], slope)
    assert torch.allclose(input_gradient(scaled, part.images, part.labels)[0], 3 * slope, rtol=1e-5)


def test_a_sample_has_the_same_slope_alone_and_in_a_batch(data, normed):
    """With batch norms, whose statistics would mix samples in training mode."""
    part, model = data.train[:6], normed()
    for norm in batch_norms(model):  # statistics that are not those of a new layer
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
    (together,) = input_gradient(model.eval(), part.images, part.labels)
    alone = torch.cat([input_gradient(model, part.images[i : i + 1], part.labels[i : i + 1])[0] for i in range(6)])
    assert together.flatten(1).norm(dim=1).min() > 0
    assert torch.allclose(together, alone, atol=1e-6)


def test_training_mode_is_refused(data, normed):
    """Rather than silently changing the statistics."""
    with pytest.raises(ValueError, match="evaluation mode"):
        input_gradient(normed().train(), data.train.images[:2], data.train.labels[:2])


def test_several_classes_share_one_forward_pass(data, small):
    """And each has the gradient that it has when asked for alone."""
    part, model, passes = data.train[:5], small().eval(), []
    model[0].register_forward_hook(lambda *_: passes.append(1))
    other = (part.labels + 4) % 10
    both = input_gradient(model, part.images, part.labels, other)
    assert len(passes) == 1
    for slope, classes in zip(both, (part.labels, other), strict=True):
        assert torch.equal(slope, input_gradient(model, part.images, classes)[0])
    assert not torch.equal(*both)


def test_only_with_a_graph_can_the_slope_be_differentiated(data, small):
    """Also inside `no_grad`. Without create_graph there is no gradient by the weights (pitfall 6.4)."""
    part, model = data.train[:3], small().eval()
    with torch.no_grad():
        (plain,) = input_gradient(model, part.images, part.labels)
        (kept,) = input_gradient(model, part.images, part.labels, create_graph=True)
    assert not plain.requires_grad
    assert torch.equal(plain, kept)
    (slope,) = torch.autograd.grad(kept.square().sum(), model[-1].weight)
    assert slope.abs().sum() > 0


def test_a_transformer_has_second_derivatives():
    """Fused attention has none (pitfall 6.10): where it would be chosen, this needs the plain kernel."""
    data = mu.load_dataset("synthetic-rgb")
    part, model = data.train[:2], build_model("vit-slim", data).eval()
    slopes = input_gradient(model, part.images, part.labels, create_graph=True)
    weights = [p for name, p in model.named_parameters() if "in_proj_weight" in name]
    for gradient in torch.autograd.grad(squared_norm(slopes[0]).sum(), weights):
        assert gradient.isfinite().all()
        assert gradient.abs().sum() > 0


# ---- norms ----------------------------------------------------------------------------------------------


def test_norms_by_hand():
    """Two channels, diag(3, 4) and a matrix of rank one: squares sum to 25 + 4, largest singular values to 16 + 4."""
    gradient = torch.tensor([[[[3.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]]])
    assert squared_norm(gradient).tolist() == pytest.approx([29])
    assert squared_norm(gradient, "spectral").tolist() == pytest.approx([20])


def test_the_spectral_norm_is_never_larger():
    """And a norm of another name is refused by a message with the right ones."""
    gradient = torch.randn(10, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert (squared_norm(gradient, "spectral") < squared_norm(gradient)).all()
    with pytest.raises(ValueError, match="frobenius, spectral"):
        squared_norm(gradient, "l1")


def test_sensitivity_of_a_linear_model_by_hand():
    """Norms, not squared: of the own row, the mean of the other rows', and of all rows together; in any batches."""
    (model, rows), samples = linear(), drawn(7)
    size = rows.flatten(1).norm(dim=1)
    found = sensitivity(model, samples.images, samples.labels, batch_size=3)
    assert torch.allclose(found.target, size[samples.labels])
    assert torch.allclose(found.other, (size.sum() - size[samples.labels]) / 2)
    assert torch.allclose(found.jacobian, rows.norm().expand(7))


def test_sensitivity_is_that_of_evaluation_mode(data, normed, same):
    """A model in training mode gives the same, and stays as it was, statistics and mode."""
    part, model = data.train[:6], normed()
    batch_norms(model)[0].running_mean.uniform_(-1, 1)
    before = copy.deepcopy(model)
    expected = sensitivity(copy.deepcopy(model).eval(), part.images, part.labels)
    assert all(map(torch.equal, sensitivity(model.train(), part.images, part.labels), expected))
    assert model.training
    assert same(model, before)
    assert all(p.grad is None for p in model.parameters())


def test_the_spectral_norm_of_what_is_not_finite_is_an_error():
    """As any divergence, so that a run in which it happens is recorded as diverged. Breaks if it ends the program."""
    with pytest.raises(FloatingPointError, match="became infinite"):
        squared_norm(torch.full((2, 1, 4, 4), torch.nan), "spectral")
