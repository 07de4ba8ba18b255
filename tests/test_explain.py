"""Grad-CAM against the formula by hand, and the probe on features whose answer is known."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

import mu
from mu.explain import grad_cam, linear_probe
from mu.metrics import accuracy
from mu.models import Normalise, embed


@pytest.fixture(scope="module", autouse=True)
def package():
    pytest.importorskip("pytorch_grad_cam")


def build(*layers, seed=0):
    model = nn.Sequential(Normalise((0.4,), (0.3,)), *layers)
    return mu.models.reinitialise(model, seed)


def same_size(seed=0):
    """The last convolution is as large as the image, so nothing is enlarged."""
    conv = [nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 5, 3, padding=1), nn.ReLU()]
    return build(*conv, nn.Flatten(), nn.Linear(5 * 64, 7), nn.Tanh(), nn.Linear(7, 4), seed=seed)


def pooled(seed=0):
    """The last convolution has maps of 6x6 for images of 16x16."""
    conv = [
        nn.Conv2d(1, 3, 3, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 5, 3),
        nn.ReLU(),
    ]
    return build(*conv, nn.Flatten(), nn.Linear(5 * 36, 4), seed=seed)


def pictures(n=6, size=8, seed=0):
    return torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(seed))


LABELS = torch.tensor([0, 1, 2, 3, 0, 1])


def by_hand(model, image, label):
    """One image: cut the network behind layer 3, differentiate the logit by the maps, average, weigh, cut off."""
    maps = model[:4](image[None]).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model[4:](maps)[0, label], maps)
    weighted = sum(gradient[0, k].mean() * maps[0, k] for k in range(maps.shape[1]))
    return weighted.clamp(min=0).detach()


def test_grad_cam_by_hand():
    """Weights are spatial means of gradients, summed over maps, then ReLU; without pooling nothing is enlarged.

    The gradient of the loss instead of the logit, of another class, or maps after the ReLU would differ.
    """
    model, images = same_size(), pictures()
    maps = grad_cam(model, images, LABELS)
    expected = torch.stack([by_hand(model, image, label) for image, label in zip(images, LABELS.tolist())])
    assert (expected > 0).any(2).any(1).sum() >= 3  # not everything is cut off
    assert maps.dtype == torch.float32
    assert torch.allclose(maps, expected, rtol=1e-4, atol=1e-7)


def test_global_pooling_gives_the_class_activation_map():
    """With average pooling before the head, a_k is the head's weight over the number of pixels: CAM, closed form."""
    model = build(nn.Conv2d(1, 5, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4))
    images = pictures()
    maps = torch.einsum("nk,nkhw->nhw", model[-1].weight[LABELS], model[:2](images)) / 64
    assert torch.allclose(grad_cam(model, images, LABELS), maps.clamp(min=0), rtol=1e-4, atol=1e-7)


def test_stretched_maps_are_the_packages():
    """Our enlargement and the package's agree: each map stretched to [0, 1] is what the package itself returns.

    Another interpolation, or corners aligned otherwise, moves pixels by more than the tolerance.
    """
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model, images = pooled().eval(), pictures(size=16)
    targets = [ClassifierOutputTarget(label) for label in LABELS.tolist()]
    stretched = torch.from_numpy(GradCAM(model, [model[5]])(images, targets))
    raw = grad_cam(model, images, LABELS)
    assert stretched.shape == raw.shape == (6, 16, 16)
    shown = raw.amax((1, 2)) > 0
    assert shown.sum() >= 3
    low, high = (extreme[shown, None, None] for extreme in (raw.amin((1, 2)), raw.amax((1, 2))))
    assert torch.allclose((raw[shown] - low) / (high - low), stretched[shown], atol=1e-3)


def test_maps_tell_strength():
    """A head three times as strong triples the map; the package's own maps would stay as they are."""
    model, images = pooled(), pictures(size=16)
    louder = copy.deepcopy(model)
    louder[-1].weight.data *= 3
    quiet, loud = (grad_cam(m, images, LABELS) for m in (model, louder))
    assert torch.allclose(loud, 3 * quiet, rtol=1e-4, atol=1e-7)


def test_images_do_not_mix():
    """A map is that of its image alone, in evaluation mode; batch norm in training mode would mix the batch."""
    model, images = pooled().train(), pictures(size=16)
    together = grad_cam(model, images, LABELS)
    alone = torch.cat([grad_cam(model, images[i : i + 1], LABELS[i : i + 1]) for i in range(6)])
    assert torch.allclose(together, alone, rtol=1e-4, atol=1e-7)


def test_the_model_is_untouched(same):
    """Modes, gradients, frozen flags and hooks are as before, also when the model is frozen and gradients are off."""
    model = pooled().train()
    model[2].eval()
    for p in model.parameters():
        p.requires_grad_(False)
    model[-1].weight.grad = kept = torch.ones_like(model[-1].weight)
    before, modes = copy.deepcopy(model), [m.training for m in model.modules()]
    images = pictures(size=16)
    with torch.no_grad():
        maps = grad_cam(model, images, LABELS)
        assert not torch.is_grad_enabled()
    assert torch.equal(maps, grad_cam(pooled(), images, LABELS))
    assert same(model, before)
    assert [m.training for m in model.modules()] == modes
    assert model[-1].weight.grad is kept
    assert torch.equal(kept, torch.ones_like(kept))
    assert not any(p.requires_grad for p in model.parameters())
    assert not any(m._forward_hooks for m in model.modules())


@pytest.mark.parametrize("name", ["lenet", "resnet9-slim"])
def test_the_papers_networks(name, data):
    """The maps of a `Classifier` are as large as the images, and not all zero."""
    maps = grad_cam(mu.build_model(name, data), data.test.images[:3].float() / 255, data.test.labels[:3])
    assert maps.shape == (3, 28, 28)
    assert maps.min() >= 0
    assert maps.any()


def test_what_cannot_be_mapped_is_an_error():
    """Unequal numbers (the package would cut to the shorter), none, labels that are no class (-1 would be the last),
    and a network without convolution.
    """
    model, images = same_size(), pictures()
    for n, labels in ((6, LABELS[:5]), (5, LABELS), (0, LABELS[:0])):
        with pytest.raises(ValueError, match="as many of both"):
            grad_cam(model, images[:n], labels)
    for labels in (LABELS - 1, LABELS + 1):
        with pytest.raises(ValueError, match="classes 0 to 3"):
            grad_cam(model, images, labels)
    with pytest.raises(ValueError, match=r"no nn\.Conv2d"):
        grad_cam(build(nn.Flatten(), nn.Linear(64, 4)), images, LABELS)


# ---- probe -----------------------------------------------------------------------------------------------


def clusters(sizes, seed, distance=2.0):
    """Unit Gaussians in two dimensions, class c at (c * distance, 0)."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes)), sizes)
    return torch.from_numpy(random.standard_normal((len(labels), 2)) + np.c_[labels * distance, 0 * labels]), (
        torch.from_numpy(labels)
    )


def test_probe_of_two_gaussians():
    """The best line is midway: the probe gets the normal distribution's share at half the distance right."""
    right = linear_probe(*clusters((2000, 2000), 0), *clusters((5000, 5000), 1))
    assert right == pytest.approx(84.13, abs=1)  # 100 * Phi(1)


def test_probe_finds_a_rare_class():
    """Forty samples against two thousand: balanced, the line stays midway; unweighted it moves and finds a third."""
    x, y = clusters((0, 4000), 1)
    assert linear_probe(*clusters((2000, 40), 0), x, y) == pytest.approx(84.13, abs=8)


def test_probe_does_not_see_units():
    """Features in other units give the same answer; without standardising, the penalty depends on them."""
    (x, y), (test_x, test_y) = clusters((200, 200, 200), 0), clusters((300, 300, 300), 1)
    units, shift = torch.tensor([1e-4, 1e3]), torch.tensor([5.0, -7.0])
    right = linear_probe(x, y, test_x, test_y)
    assert linear_probe(x * units + shift, y, test_x * units + shift, test_y) == pytest.approx(right, abs=0.2)


def test_suppression_is_not_deletion(data):
    """A model whose head can no longer answer 3 has 0 % on class 3, and its features still tell it apart.

    A probe on logits, or one that never sees class 3, would find nothing.
    """
    model = mu.train(mu.build_model("mlp", data), data.train, mu.Recipe(epochs=15))
    suppressed = copy.deepcopy(model)
    with torch.no_grad():
        suppressed.head.weight[3] = 0
        suppressed.head.bias[3] = -1e6
    of_class = data.test[data.test.labels == 3]
    assert accuracy(mu.predict(model, of_class), of_class.labels) > 80
    assert accuracy(mu.predict(suppressed, of_class), of_class.labels) == 0
    features, test_features = embed(suppressed, data.train), embed(suppressed, of_class)
    assert linear_probe(features, data.train.labels, test_features, of_class.labels) > 80
    others = data.train.labels != 3
    assert linear_probe(features[others], data.train.labels[others], test_features, of_class.labels) == 0


@pytest.mark.filterwarnings("ignore:invalid value")
def test_probe_errors():
    """Nothing to learn from, nothing to test, one class only, features that are not numbers."""
    x, y = clusters((5, 5), 0)
    for sets in ((x[:0], y[:0], x, y), (x, y, x[:0], y[:0])):
        with pytest.raises(ValueError, match="one set is empty"):
            linear_probe(*sets)
    with pytest.raises(ValueError, match="class"):
        linear_probe(x[:5], y[:5], x, y)
    with pytest.raises(ValueError, match="infinity"):
        linear_probe(x / 0, y, x, y)


def test_maps_do_not_depend_on_relu_in_place():
    """In place it overwrites the maps that are to be weighted. Breaks if the copy keeps it."""
    maps = []
    for inplace in (False, True):
        model = same_size()
        for module in model.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = inplace
        maps.append(grad_cam(model, pictures(), torch.zeros(6, dtype=torch.int64)))
    assert torch.equal(*maps)
