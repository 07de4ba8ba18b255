"""mu.models against the digests' sizes, torchvision's networks, closed forms and finite differences."""

import copy
from types import SimpleNamespace

import pytest
import torch
import torchvision
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.utils.parametrizations import weight_norm
from torchvision.models import vgg

from mu.models import (
    MODELS,
    Classifier,
    build_model,
    class_count,
    device_of,
    embed,
    features_of,
    head_of,
    reinitialise,
)

DIGITS = SimpleNamespace(shape=(1, 28, 28), num_classes=10, mean=(0.5,), std=(0.5,))
ORGANS = SimpleNamespace(shape=(1, 28, 28), num_classes=11, mean=(0.5,), std=(0.5,))
PHOTOS = SimpleNamespace(shape=(3, 32, 32), num_classes=10, mean=(0.49, 0.48, 0.45), std=(0.25, 0.24, 0.26))

every_model = pytest.mark.parametrize("name", MODELS)


def images_of(data, count=2):
    generator = torch.Generator().manual_seed(7)
    return torch.randint(256, (count, *data.shape), dtype=torch.uint8, generator=generator)


def same(a: nn.Module, b: nn.Module) -> bool:
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


# ---- architectures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "count"),
    [
        ("mlp", DIGITS, 118_282),
        ("lenet", DIGITS, 61_706),
        ("convnet", ORGANS, 319_755),
        ("alexnet", ORGANS, 1_868_875),
        ("resnet9", DIGITS, 6_571_978),
        ("resnet18", PHOTOS, 11_173_962),
        ("vgg16", PHOTOS, 14_728_266),
    ],
)
def test_parameter_counts(name, data, count):
    """Claim: the networks have the sizes of the digests' tables.

    Broken by: any other width, depth, kernel or bias.
    """
    assert sum(p.numel() for p in build_model(name, data).parameters()) == count


def test_resnet9_buffers():
    """Claim: resnet9 saves 4,488 buffer entries, 8 of them step counters.

    Broken by: a persistent mean or std.
    """
    model = build_model("resnet9", DIGITS)
    parameters = dict(model.named_parameters())
    assert sum(v.numel() for key, v in model.state_dict().items() if key not in parameters) == 4_488


@every_model
@pytest.mark.parametrize("data", [DIGITS, PHOTOS], ids=["28px-1ch", "32px-3ch"])
def test_output_shapes(name, data):
    """Claim: every network takes both image formats and its head reads its features.

    Broken by: a size fixed to 32 pixels.
    """
    model, images = build_model(name, data), images_of(data)
    features = model.features(model.normalise(images))
    assert features.shape == (2, model.head.in_features)
    assert torch.equal(model.head(features), model(images))
    assert model(images).shape == (2, data.num_classes)


def test_lenet_is_lenet5_at_32_pixels():
    """Claim: unpadded at 32, padded by 2 at 28: one parameter count for both.

    Broken by: always padding by 2.
    """
    wide = SimpleNamespace(**{**vars(DIGITS), "shape": (1, 32, 32)})
    assert build_model("lenet", wide).features[0].padding == (0, 0)
    assert same(build_model("lenet", wide), build_model("lenet", DIGITS))


@pytest.mark.parametrize("training", [True, False])
def test_resnet18_is_torchvisions(training):
    """Claim: with equal weights it computes torchvision's ResNet-18 less its max pool.

    Broken by: a missing ReLU after a sum.
    """
    ours = build_model("resnet18", PHOTOS).train(training)
    theirs = torchvision.models.resnet18(num_classes=10).train(training)
    theirs.conv1, theirs.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    images = images_of(PHOTOS)
    torch.testing.assert_close(ours(images), theirs(ours.normalise(images)), rtol=1e-4, atol=1e-4)


def test_vgg16_is_torchvisions():
    """Claim: with equal weights its features are those of `vgg16_bn`.

    Broken by: a pool moved by one layer.
    """
    ours, theirs = build_model("vgg16", PHOTOS), vgg.make_layers(vgg.cfgs["D"], batch_norm=True)
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.features.state_dict().values(), strict=True)))
    images = images_of(PHOTOS)
    expected = theirs(ours.normalise(images)).flatten(1)
    torch.testing.assert_close(ours.features(ours.normalise(images)), expected, rtol=1e-4, atol=1e-4)
    assert sum(isinstance(m, nn.Conv2d) for m in ours.modules()) == 13


def test_convnet_norm_is_instance_norm():
    """Claim: the norm is affine instance norm. Broken by: fewer groups than channels."""
    model, x = build_model("convnet", DIGITS), torch.randn(2, 128, 5, 5)
    norm = next(m for m in model.modules() if isinstance(m, nn.GroupNorm))
    torch.testing.assert_close(norm(x), nn.functional.instance_norm(x))
    assert norm.weight.shape == norm.bias.shape == (128,)


@pytest.mark.parametrize("name", ["mlp", "lenet"] + [n for n in MODELS if n.endswith("-slim")])
def test_small_models_are_fast(name):
    """Claim: a small network has fewer than a million weights.

    Broken by: a slim width that is not bound.
    """
    assert sum(p.numel() for p in build_model(name, DIGITS).parameters()) < 1e6


@pytest.mark.parametrize(
    ("name", "shape", "allowed"),
    [
        ("lenet", (1, 30, 30), "28x28 or 32x32"),
        ("convnet", (1, 28, 32), "28x28 or 32x32"),
        ("vgg16", (3, 64, 64), "28x28 or 32x32"),
        ("resnet9", (1, 7, 28), "8x8"),
        ("vit", (1, 30, 28), "patch, 4"),
    ],
)
def test_wrong_image_size(name, shape, allowed):
    """Claim: an image the network cannot take is refused by its size.

    Broken by: building it and failing in forward.
    """
    data = SimpleNamespace(**{**vars(PHOTOS if shape[0] == 3 else DIGITS), "shape": shape})
    with pytest.raises(ValueError, match=f"{shape[1]}x{shape[2]}.*{allowed}"):
        build_model(name, data)


def test_unknown_name():
    """Claim: an unknown name is answered with the known ones. Broken by: a bare KeyError."""
    with pytest.raises(ValueError, match=r"'lenett'; known: mlp, lenet, .*vit-slim"):
        build_model("lenett", DIGITS)


# ---- images -------------------------------------------------------------------------------------


@every_model
def test_uint8_equals_unit_floats(name):
    """Claim: uint8 pixels and the same pixels over 255 give equal logits.

    Broken by: dividing floats by 255 too.
    """
    model, images = build_model(name, DIGITS).eval(), images_of(DIGITS)
    assert torch.equal(model(images), model(images.float() / 255))


def test_normalisation_per_channel():
    """Claim: pixel p of channel c becomes (p/255 - mean_c) / std_c.

    Broken by: swapped mean and std, or a wrong axis.
    """
    images, normalise = images_of(PHOTOS), build_model("mlp", PHOTOS).normalise
    for c in range(3):
        expected = (images[:, c].double() / 255 - PHOTOS.mean[c]) / PHOTOS.std[c]
        torch.testing.assert_close(normalise(images)[:, c].double(), expected, rtol=0, atol=1e-5)


def test_images_that_are_not_the_models():
    """Claim: wrong channels, integer images and a mean of the wrong length are refused.

    Broken by: broadcasting them.
    """
    model = build_model("resnet18-slim", PHOTOS)
    with pytest.raises(ValueError, match="3 channel"):
        model(images_of(DIGITS))
    with pytest.raises(ValueError, match=r"torch\.int64"):
        model(images_of(PHOTOS).long())
    with pytest.raises(ValueError, match="one per channel"):
        build_model("mlp", SimpleNamespace(**{**vars(PHOTOS), "mean": (0.5,)}))


# ---- weights ------------------------------------------------------------------------------------


@every_model
def test_seed_decides_the_weights(name):
    """Claim: one seed, one set of weights; another seed, another draw of every matrix.

    Broken by: seed not passed on.
    """
    first, again, other = (build_model(name, DIGITS, seed=seed) for seed in (3, 3, 4))
    assert same(first, again)
    for key, p in first.named_parameters():
        if p.dim() > 1:
            assert not torch.equal(p, other.get_parameter(key)), key


@pytest.mark.parametrize("name", ["lenet", "vit-slim"])
def test_global_random_state(name):
    """Claim: building neither reads nor moves the global generator. Broken by: building outside fork_rng."""
    torch.manual_seed(0)
    before = torch.get_rng_state()
    first = build_model(name, DIGITS)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert same(build_model(name, DIGITS), first)


@pytest.mark.parametrize("name", ["mlp", "lenet", "convnet", "resnet9-slim"])
def test_weights_are_pytorchs_defaults(name):
    """Claim: a seed's weights are what PyTorch's constructors draw after manual_seed.

    Broken by: another initialisation.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        features, dim = MODELS[name](DIGITS.shape)
        plain = Classifier(nn.Identity(), features, nn.Linear(dim, 10))
    assert same(build_model(name, DIGITS, seed=5), plain)


@every_model
def test_reinitialise_equals_build(name):
    """Claim: a trained model reinitialised is a built one, statistics included.

    Broken by: keeping running_mean.
    """
    model, fresh = build_model(name, DIGITS, seed=1), build_model(name, DIGITS, seed=2)
    model(images_of(DIGITS))  # moves the running statistics
    before = copy.deepcopy(model)
    assert same(reinitialise(model, seed=2), fresh)
    assert same(model, before)


def test_reinitialise_ignores_memory_format():
    """Claim: channels_last is kept, and does not change the draw.

    Broken by: drawing in the model's own layout.
    """
    model = build_model("resnet9-slim", PHOTOS).to(memory_format=torch.channels_last)
    fresh = reinitialise(model, seed=2)
    assert same(fresh, build_model("resnet9-slim", PHOTOS, seed=2))
    assert fresh.features[3].weight.is_contiguous(memory_format=torch.channels_last)


def test_reinitialise_children_first():
    """Claim: a parent has the last word: attention's output bias is zero.

    Broken by: resetting parents first.
    """
    assert reinitialise(nn.MultiheadAttention(8, 2), seed=0).out_proj.bias.count_nonzero() == 0


def test_reinitialise_names_what_it_cannot_draw():
    """Claim: a parameter no reset writes is an error with its name.

    Broken by: skipping modules without a method.
    """

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))

    with pytest.raises(ValueError, match=r"draws 1\.scale; give .* a reset_parameters\(\)"):
        reinitialise(nn.Sequential(nn.Linear(3, 3), Scale()), seed=0)
    scaled = weight_norm(nn.Linear(3, 3))  # its reset writes a computed weight, not the parameters behind it
    with pytest.raises(ValueError, match=r"draws parametrizations\.weight\.original0, .*original1;"):
        reinitialise(scaled, seed=0)


# ---- what a model is made of ------------------------------------------------------------------------------


def test_features_are_what_the_last_linear_layer_is_given(task, small):
    """Claim: the layers before it, run by hand, and the model's own logits, with gradient; no hook stays.

    Broken by: the layer's output, or another layer.
    """
    model = small(0).eval()
    found, logits = features_of(model, task.forget.images)
    assert torch.equal(found, model[:-1](task.forget.images))
    assert torch.equal(logits, model(task.forget.images))
    assert found.requires_grad
    assert not any(module._forward_hooks for module in model.modules())
    assert head_of(model, task.forget.images) is model[-1]


def test_embed_is_that_in_evaluation_mode(task, normed):
    """Claim: also of a model in training mode, which stays in it. Broken by: statistics of the batch."""
    model = normed(0).train()
    expected = features_of(normed(0).eval(), task.retain.images)[0]
    assert torch.allclose(embed(model, task.retain), expected, atol=1e-6)
    assert model.training
    assert model[3].num_batches_tracked == 0


def test_the_features_of_a_classifier_are_its_own(data):
    """Claim: what its body gives its head. Broken by: the pixels, or the body without `normalise`."""
    model = build_model("mlp", data).eval()
    found, _ = features_of(model, data.test.images)
    assert torch.equal(found, model.features(model.normalise(data.test.images)))


def test_a_model_without_a_linear_layer_is_refused(task):
    """Claim: by a message that says what features are. Broken by: an IndexError."""
    with pytest.raises(ValueError, match=r"nn\.Linear"):
        features_of(nn.Flatten(), task.forget.images)


def test_classes_are_those_of_the_model(task, small):
    """Claim: ten, whatever labels the samples have, uint8 or float, and no mode changes.

    Broken by: counting labels.
    """
    model = small().train()
    assert class_count(model, task.forget.images) == 10
    assert class_count(model, task.forget.images.float() / 255) == 10
    assert model.training


def test_a_model_is_where_its_parameters_are(small):
    """Claim: also where no memory is behind them. Broken by: the CPU as a default."""
    assert device_of(small()) == torch.device("cpu")
    assert device_of(small().to("meta")) == torch.device("meta")


# ---- second derivatives -------------------------------------------------------------------------


def test_vit_double_backward():
    """Claim: the input gradient's norm has a weight gradient, equal to finite differences.

    Broken by: a fused kernel.
    """
    model = build_model("vit-slim", DIGITS).double()
    images = (images_of(DIGITS).double() / 255).requires_grad_()

    def sensitivity():
        (gradient,) = torch.autograd.grad(model(images)[:, 3].sum(), images, create_graph=True)
        return gradient.norm()

    with sdpa_kernel(SDPBackend.MATH):
        slopes = torch.autograd.grad(sensitivity(), list(model.parameters()), allow_unused=True)
        slopes = {k: g for (k, _), g in zip(model.named_parameters(), slopes, strict=True) if g is not None}
        for key in ("class_token", "position", "patches.weight", "layers.0.self_attn.in_proj_weight"):
            weight, slope, step = model.get_parameter(f"features.{key}"), slopes[f"features.{key}"], 1e-5
            direction = slope / slope.norm()
            sides = []
            for sign in (1, -1):
                weight.data += sign * step * direction
                sides.append(sensitivity().item())
                weight.data -= sign * step * direction
            assert (sides[0] - sides[1]) / (2 * step) == pytest.approx(slope.norm().item(), rel=1e-5), key
