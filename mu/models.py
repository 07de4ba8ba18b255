"""The papers' networks, called on raw images.

A model is one `Classifier`: `normalise` (uint8 or [0, 1] images in, so nothing outside the model ever
scales pixels), `features` (the body, ending in a flat vector) and `head` (one linear layer). An
architecture is a small function `(shape, sizes) -> (features, feature_dim)`; `MODELS` binds its sizes
to a name.

partial (Gogineni & Nadimi) names MLP, LeNet, ConvNet, AlexNet and ResNet9 without giving sizes. Ours
are those of the same-named networks in the public VICO-UoE/DatasetCondensation (`networks.py`, "DC"
below), and for ResNet9, which is not there, the 6.57 M network of the CIFAR speed-training literature:
a guess. sparsity (Jia et al.) and mumis (Cheng et al.) use ResNet-18 in its CIFAR form and VGG-16 with
batch norm. The ViT and every `-slim` variant, for runs on two cores, are ours.

Initial weights are PyTorch's layer defaults everywhere, so that `reinitialise` works on any module.
Jia et al. draw convolutions by Kaiming fan-out instead.
"""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from mu.masks import apply_masks, dense, is_pruned, masks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jaxtyping import Float, UInt8

    from mu.data import Dataset, Samples

    Images = UInt8[Tensor, "batch channel height width"] | Float[Tensor, "batch channel height width"]

Shape = tuple[int, int, int]  # channel, height, width
Features = tuple[nn.Module, int]  # images -> (batch, feature_dim), and that feature_dim


class Normalise(nn.Module):
    """Pixels to zero mean, unit variance: `(x - mean) / std`, with uint8 first divided by 255.

    `mean` and `std` are per channel, for pixels in [0, 1]. They belong to the data, not to what was
    learnt, so they stay out of `state_dict`.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        super().__init__()
        for name, values in (("mean", mean), ("std", std)):
            values = torch.as_tensor(values, dtype=torch.float32).reshape(-1, 1, 1)
            self.register_buffer(name, values, persistent=False)

    def forward(self, images: Images) -> Float[Tensor, "batch channel height width"]:
        channels = len(self.mean)
        if images.shape[-3] != channels:  # one would silently broadcast to three
            raise ValueError(f"images of shape {tuple(images.shape)}; this model takes {channels} channel(s)")
        if images.dtype == torch.uint8:
            images = images.to(self.mean.dtype) / 255
        elif not images.is_floating_point():
            raise ValueError(f"images of {images.dtype}; allowed: uint8 in [0, 255], floats in [0, 1]")
        return (images - self.mean) / self.std


def pixel_unit(model: nn.Module) -> Float[Tensor, "channel 1 1"] | float:
    """How far pixels in [0, 1] move when normalised ones move by 1: the `std` of the model's `Normalise`, else 1."""
    return next((module.std for module in model.modules() if isinstance(module, Normalise)), 1.0)


@torch.no_grad()
def require_floats(model: nn.Module, images: UInt8[Tensor, "n channel height width"]) -> None:
    """Refuse a model whose output for floats in [0, 1] is not that for the same pixels as uint8.

    What differentiates by pixels, or adds noise to them, hands it floats.

    Raises:
        ValueError: it does; `Normalise` in front of it makes the two the same.
    """
    few = images[:4].to(device_of(model))
    if not torch.allclose(model(few), model(few.float() / 255), rtol=1e-3, atol=1e-3, equal_nan=True):
        raise ValueError(
            f"this {type(model).__name__} answers floats in [0, 1] otherwise than uint8 images, and this needs both; "
            "put mu.models.Normalise(mean, std) in front"
        )


class Classifier(nn.Module):
    """`head(features(normalise(images)))`."""

    def __init__(self, normalise: nn.Module, features: nn.Module, head: nn.Linear):
        super().__init__()
        self.normalise, self.features, self.head = normalise, features, head

    def forward(self, images: Images) -> Float[Tensor, "batch class"]:
        return self.head(self.features(self.normalise(images)))


# ---- partial: small networks --------------------------------------------------------------------


def mlp(shape: Shape, width: int = 128) -> Features:
    """pixels-128-128, ReLU (DC `MLP`). Any image size."""
    layers = [nn.Linear(math.prod(shape), width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(nn.Flatten(), *layers), width


def lenet(shape: Shape) -> Features:
    """LeNet-5 with ReLU and max pooling (DC `LeNet`): conv 6@5, pool, conv 16@5, pool, 120, 84."""
    layers = [
        *[nn.Conv2d(shape[0], 6, 5, padding=_border(shape)), nn.ReLU(), nn.MaxPool2d(2)],  # 28 -> 14
        *[nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)],  # 10 -> 5
        *[nn.Flatten(), nn.Linear(16 * 5 * 5, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU()],
    ]
    return nn.Sequential(*layers), 84


def convnet(shape: Shape, width: int = 128) -> Features:
    """3 x [conv 128@3, affine instance norm, ReLU, average pool] (DC `ConvNet`, its defaults)."""
    layers, channels, padding = [], shape[0], 1 + _border(shape)
    for _ in range(3):  # 32 -> 16 -> 8 -> 4
        norm = nn.GroupNorm(width, width)  # a group per channel is instance norm; affine, as DC writes it
        layers += [nn.Conv2d(channels, width, 3, padding=padding), norm, nn.ReLU(), nn.AvgPool2d(2)]
        channels, padding = width, 1
    return nn.Sequential(*layers, nn.Flatten()), width * 4 * 4


def alexnet(shape: Shape, width: int = 128) -> Features:
    """AlexNet for 32 pixels (DC `AlexNet`): conv 128@5, pool, 192@5, pool, 256@3, 192@3, 192@3, pool."""
    a, b, c = width, width * 3 // 2, width * 2  # 128, 192, 256
    layers = [
        *[nn.Conv2d(shape[0], a, 5, padding=2 + _border(shape)), nn.ReLU(), nn.MaxPool2d(2)],  # 32 -> 16
        *[nn.Conv2d(a, b, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)],  # 16 -> 8
        *[nn.Conv2d(b, c, 3, padding=1), nn.ReLU()],
        *[nn.Conv2d(c, b, 3, padding=1), nn.ReLU()],
        *[nn.Conv2d(b, b, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],  # 8 -> 4
    ]
    return nn.Sequential(*layers, nn.Flatten()), b * 4 * 4


def _border(shape: Shape) -> int:
    """Padding that brings a 28-pixel image to the 32 pixels a network was laid out for."""
    if shape[1:] not in ((28, 28), (32, 32)):
        raise ValueError(f"images of {shape[1]}x{shape[2]} pixels; this network takes 28x28 or 32x32")
    return (32 - shape[1]) // 2


# ---- residual networks and VGG ------------------------------------------------------------------


class Residual(nn.Module):
    """`body(x) + shortcut(x)`; an empty shortcut is the identity."""

    def __init__(self, body: nn.Sequential, shortcut: nn.Sequential):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: Float[Tensor, "batch in h w"]) -> Float[Tensor, "batch out h2 w2"]:
        return self.body(x) + self.shortcut(x)


def _conv_bn(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


def resnet9(shape: Shape, width: int = 64) -> Features:
    """conv 64, conv 128 + pool, res 128, conv 256 + pool, conv 512 + pool, res 512, global max pool.

    Every convolution is 3x3 without bias, followed by batch norm and ReLU; `width` is the first one's.
    """
    final = (shape[1] // 8, shape[2] // 8)  # height and width after three poolings
    if 0 in final:
        raise ValueError(f"images of {shape[1]}x{shape[2]} pixels; resnet9 takes 8x8 or larger")

    def conv(inputs: int, outputs: int) -> list[nn.Module]:
        return [*_conv_bn(inputs, outputs), nn.ReLU()]

    def residual(channels: int) -> Residual:
        return Residual(nn.Sequential(*conv(channels, channels), *conv(channels, channels)), nn.Sequential())

    w1, w2, w4, w8 = width, 2 * width, 4 * width, 8 * width
    layers = [
        *conv(shape[0], w1),
        *[*conv(w1, w2), nn.MaxPool2d(2), residual(w2)],
        *[*conv(w2, w4), nn.MaxPool2d(2)],
        *[*conv(w4, w8), nn.MaxPool2d(2), residual(w8)],
        nn.MaxPool2d(final),  # the adaptive pooling has no deterministic backward on a GPU
    ]
    return nn.Sequential(*layers, nn.Flatten()), w8


def resnet18(shape: Shape, width: int = 64) -> Features:
    """ResNet-18 for small images: torchvision's with a 3x3 stem of stride 1 and no max pooling."""
    layers, channels = [*_conv_bn(shape[0], width), nn.ReLU()], width
    for stage in range(4):
        outputs = width * 2**stage
        for stride in (1 if stage == 0 else 2, 1):
            body = [*_conv_bn(channels, outputs, stride=stride), nn.ReLU(), *_conv_bn(outputs, outputs)]
            shortcut = []
            if stride != 1 or channels != outputs:
                shortcut = _conv_bn(channels, outputs, kernel=1, stride=stride)
            layers += [Residual(nn.Sequential(*body), nn.Sequential(*shortcut)), nn.ReLU()]
            channels = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels


def vgg16(shape: Shape, width: int = 64) -> Features:
    """VGG-16 with batch norm: 13 convolutions with bias, as torchvision's `vgg16_bn`, then no hidden layer.

    The head on 512 averaged features is `vgg16_bn_lth` of the code of Jia et al.
    """
    layers, channels, padding = [], shape[0], 1 + _border(shape)
    for multiple, depth in ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3)):
        for _ in range(depth):
            outputs = multiple * width
            layers += [nn.Conv2d(channels, outputs, 3, padding=padding), nn.BatchNorm2d(outputs), nn.ReLU()]
            channels, padding = outputs, 1
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels


# ---- vision transformer -------------------------------------------------------------------------


class VisionTransformer(nn.Module):
    """Patches and a class token through pre-norm encoder layers; the feature is the class token's.

    Fused attention kernels have no second derivative. A method that differentiates a gradient (MU-Mis)
    runs this model under `torch.nn.attention.sdpa_kernel(SDPBackend.MATH)`.
    """

    def __init__(self, shape: Shape, dim: int, depth: int, heads: int, patch: int):
        super().__init__()
        tokens = 1 + (shape[1] // patch) * (shape[2] // patch)
        self.patches = nn.Conv2d(shape[0], dim, patch, stride=patch)
        self.class_token = nn.Parameter(torch.empty(1, 1, dim))
        self.position = nn.Parameter(torch.empty(1, tokens, dim))
        options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
        layers = [nn.TransformerEncoderLayer(dim, heads, 2 * dim, **options) for _ in range(depth)]
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(dim)

    def reset_parameters(self) -> None:
        for parameter in (self.class_token, self.position):
            nn.init.trunc_normal_(parameter, std=0.02)  # as timm draws a ViT's positions

    def forward(self, images: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch dim"]:
        patches = self.patches(images).flatten(2).transpose(1, 2)  # batch, patch, dim
        tokens = torch.cat([self.class_token.expand(len(images), -1, -1), patches], dim=1) + self.position
        return self.norm(self.layers(tokens)[:, 0])


def vit(shape: Shape, dim: int = 192, depth: int = 6, heads: int = 3, patch: int = 4) -> Features:
    """A ViT for 28 or 32 pixels. Ours: ViT-Ti's dim and heads, half its depth and MLP ratio, 4-pixel patches.

    The size of the ViT in mumis is unknown to us; the code of SSD, one of its baselines, runs ViT-B/16 at
    224 pixels.
    """
    if shape[1] % patch or shape[2] % patch:
        raise ValueError(f"images of {shape[1]}x{shape[2]} pixels; vit takes multiples of its patch, {patch}")
    return VisionTransformer(shape, dim, depth, heads, patch), dim


# ---- by name ------------------------------------------------------------------------------------

MODELS: dict[str, Callable[[Shape], Features]] = {
    "mlp": mlp,
    "lenet": lenet,
    "convnet": convnet,
    "convnet-slim": partial(convnet, width=16),
    "alexnet": alexnet,
    "alexnet-slim": partial(alexnet, width=16),
    "resnet9": resnet9,
    "resnet9-slim": partial(resnet9, width=8),
    "resnet18": resnet18,
    "resnet18-slim": partial(resnet18, width=16),
    "vgg16": vgg16,
    "vgg16-slim": partial(vgg16, width=16),
    "vit": vit,
    "vit-slim": partial(vit, dim=64, depth=4, heads=2),
}


def build_model(name: str, data: Dataset, seed: int = 0) -> Classifier:
    """A new model for the images of `data`, its weights drawn from `seed` alone.

    Of `data` it reads `shape` (channel, height, width), `num_classes`, and the per-channel `mean` and `std`
    of pixels in [0, 1]. Global random state is neither read nor changed. Raises ValueError for an unknown
    name, and for images that the architecture cannot take.
    """
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}; known: {', '.join(MODELS)}")
    shape = tuple(data.shape)
    if not len(data.mean) == len(data.std) == shape[0]:
        raise ValueError(f"mean {data.mean}, std {data.std}; each needs {shape[0]} value(s), one per channel")
    with torch.random.fork_rng(devices=[]):  # constructors draw weights; reinitialise draws those that count
        features, dim = MODELS[name](shape)
        model = Classifier(Normalise(data.mean, data.std), features, nn.Linear(dim, data.num_classes))
    return reinitialise(model, seed)


# ---- what it answers ----------------------------------------------------------------------------


def predict(model: nn.Module, samples: Samples, batch_size: int = 512) -> Float[Tensor, "n class"]:
    """Logits of all samples in evaluation mode, float32, on the model's device; every module's mode is kept."""
    device = next((parameter.device for parameter in model.parameters()), samples.images.device)
    with _evaluated(model):
        return torch.cat([logits_of(model, part.to(device)).float() for part in samples.images.split(batch_size)])


@contextlib.contextmanager
def _evaluated(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients inside; every module's mode is as before after."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:  # one by one: a frozen batch norm in a training model stays frozen
            module.training = training


def answer(model: nn.Module, images: UInt8[Tensor, "n channel height width"]) -> Tensor:
    """What the model returns, with errors that say what it takes.

    Our networks get the images with their channels last in memory, where convolutions are faster, but for group norm,
    which wants them first. Other networks may not expect that order: `view` refuses it.

    Raises:
        ValueError: it does not take uint8 images, or, in training mode, not a single one.
    """
    kinds = {type(module) for module in model.modules()}
    if Classifier in kinds and nn.GroupNorm not in kinds:
        images = images.clone(memory_format=torch.channels_last)  # a copy: one channel alone has either order
    try:
        return model(images)
    except RuntimeError as error:
        if "Byte" not in str(error) and "unsigned char" not in str(error):
            raise
        raise ValueError("images are uint8, and this model takes floats: put mu.models.Normalise in front") from error
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        raise ValueError(
            "this model's batch norm cannot be trained on a batch of one image; choose a batch size that leaves no "
            "single image over, or freeze that layer's weights and with them its statistics"
        ) from error


def logits_of(model: nn.Module, images: UInt8[Tensor, "n channel height width"]) -> Float[Tensor, "n class"]:
    """The model's answer, which must be logits.

    Raises:
        ValueError: it does not take uint8 images, or does not return a matrix.
    """
    logits = answer(model, images)
    if not isinstance(logits, torch.Tensor) or logits.ndim != 2:
        found = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise ValueError(f"a model must return logits (images, classes), not {found}")
    return logits


# ---- what a model is made of --------------------------------------------------------------------


def device_of(model: nn.Module) -> torch.device:
    """Where a model is: the device of its first parameter."""
    return next(model.parameters()).device


def class_count(model: nn.Module, images: Images) -> int:
    """How many classes a model tells apart, by its answer to the first image; every module's mode is kept."""
    with _evaluated(model):
        return logits_of(model, images[:1].to(device_of(model))).shape[1]


def batch_norms(model: nn.Module) -> list[nn.Module]:
    """All batch norms of a model, of any dimension."""
    return [module for module in model.modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)]


def head_of(model: nn.Module, images: UInt8[Tensor, "n channel height width"]) -> nn.Linear:
    """The linear layer that gives the logits: the one called last, wherever it was registered.

    Raises:
        ValueError: the logits do not come from a linear layer.
    """
    with torch.no_grad():
        return _last_linear(model, images)[0]


def features_of(
    model: nn.Module, images: UInt8[Tensor, "n channel height width"]
) -> tuple[Float[Tensor, "n feature"], Float[Tensor, "n class"]]:
    """What enters the layer that gives the logits, and the logits, both with gradient.

    Raises:
        ValueError: the logits do not come from a linear layer.
    """
    _, entering, logits = _last_linear(model, images)
    return entering, logits


def embed(model: nn.Module, samples: Samples) -> Float[Tensor, "n feature"]:
    """Features of all samples in evaluation mode, float32, on the model's device."""
    return predict(_Embedding(model), samples)


class _Embedding(nn.Module):
    """Images -> features."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        return features_of(self.model, images)[0]


def _last_linear(model: nn.Module, images: Tensor) -> tuple[nn.Linear, Tensor, Tensor]:
    """The linear layer called last, what entered it, and the model's logits."""
    calls = []
    note = lambda module, inputs, output: calls.append((module, inputs[0], output))
    hooks = [module.register_forward_hook(note) for module in model.modules() if isinstance(module, nn.Linear)]
    try:
        logits = model(images)
    finally:
        for hook in hooks:
            hook.remove()
    if not calls or calls[-1][2].shape != logits.shape:
        raise ValueError(
            f"the logits of this {type(model).__name__} do not come from an nn.Linear; this method needs one"
        )
    module, entering, _ = calls[-1]
    return module, entering, logits


# ---- new weights --------------------------------------------------------------------------------


@torch.no_grad()
def reinitialise(model: nn.Module, seed: int) -> nn.Module:
    """A deep copy of any module with all parameters drawn anew and running statistics reset.

    Every submodule's `reset_parameters` (or `_reset_parameters`) is called, children first, as constructors
    do: `nn.MultiheadAttention` zeroes the bias its child drew. A parameter that none of them writes raises
    ValueError with its name. The draw is made on the CPU in contiguous layout, so that a seed means the same
    weights on every device and in every memory format. Global random state is neither read nor changed.
    A pruned model gets the weights its dense form would get, under its own masks.
    """
    if is_pruned(model):
        return apply_masks(reinitialise(dense(model), seed), masks_of(model))
    drawn = copy.deepcopy(model).to("cpu", memory_format=torch.contiguous_format)
    for parameter in drawn.parameters():
        parameter.fill_(math.nan)  # what no reset overwrites is still nan afterwards
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would reseed the GPUs as well
        drawn.apply(_reset)
    forgotten = [name for name, parameter in drawn.named_parameters() if parameter.isnan().any()]
    if forgotten:
        raise ValueError(
            f"no module's reset_parameters draws {', '.join(forgotten)}; give the module that owns them a "
            "reset_parameters(), or train a fresh model yourself"
        )

    fresh = copy.deepcopy(model)
    for old, new in zip(_tensors(fresh), _tensors(drawn), strict=True):
        old.copy_(new)
    return fresh


def _reset(module: nn.Module) -> None:
    for name in ("reset_parameters", "_reset_parameters"):
        if hasattr(module, name):
            return getattr(module, name)()


def _tensors(model: nn.Module) -> chain[Tensor]:
    return chain(model.parameters(), model.buffers())
