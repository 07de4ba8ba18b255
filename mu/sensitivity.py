"""How strongly a model's logits react to its input: the quantity that MU-Mis takes for a sample's contribution.

Training raises the slope of the learned function at the samples it uses, most of all that of the true class's
logit (Cheng et al., section 3). `input_gradient` is that slope for one logit of each sample, `sensitivity` its size.

Slopes are those of logits, never of probabilities or the loss, by *normalised* pixels, as models of public code
see them: with the pixel scale another factor would enter every number. Batch norm runs on its statistics, or one
sample's slope would depend on the others.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from mu.models import class_count, device_of, pixel_unit, require_floats

if TYPE_CHECKING:
    from jaxtyping import Float, Int64, UInt8
    from torch import Tensor, nn

NORMS = ("frobenius", "spectral")


def input_gradient(
    model: nn.Module,
    images: UInt8[Tensor, "n channel height width"],
    *classes: Int64[Tensor, " n"],
    create_graph: bool = False,
) -> list[Float[Tensor, "n channel height width"]]:
    """Derivative of one logit of each sample by that sample's pixels, for each vector of classes.

    Args:
        model: images -> logits, in evaluation mode.
        images: uint8, 0 to 255.
        classes: whose logits; several vectors share one forward pass.
        create_graph: keep what a derivative of these derivatives by the weights needs.

    Returns:
        For each vector of classes the gradients, by normalised pixels if there is a `mu.models.Normalise` in the
        model, by pixels in [0, 1] if not.

    Raises:
        ValueError: the model is in training mode.
    """
    if model.training:
        raise ValueError("input gradients need a model in evaluation mode; call model.eval()")
    with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):  # fused attention has no second derivative
        pixels = (images.float() / 255).requires_grad_()
        logits = model(pixels)
        rows = torch.arange(len(images), device=logits.device)
        gradients = []
        for i, labels in enumerate(classes):
            more = create_graph or i + 1 < len(classes)
            # Summed over samples: no logit depends on another sample's pixels.
            chosen = logits[rows, labels].sum()
            gradients += torch.autograd.grad(chosen, pixels, create_graph=create_graph, retain_graph=more)
        return [gradient * pixel_unit(model) for gradient in gradients]


def squared_norm(gradient: Float[Tensor, "n channel height width"], norm: str = "frobenius") -> Float[Tensor, " n"]:
    """Squared norm of each sample's gradient.

    "frobenius": sum of all squares. "spectral": of each channel, as a matrix, the largest singular value squared,
    summed over channels; at most the former.

    Raises:
        FloatingPointError: a gradient is not finite; a matrix of such has no singular values.
    """
    if norm not in NORMS:
        raise ValueError(f"unknown norm {norm!r}; choose one of {', '.join(NORMS)}")
    if norm == "frobenius":
        return gradient.square().flatten(1).sum(1)
    if not gradient.isfinite().all():
        raise FloatingPointError("an input gradient became infinite; a smaller learning rate may help")
    return torch.linalg.matrix_norm(gradient, ord=2).square().sum(1)


class Sensitivity(NamedTuple):
    """Frobenius norms, not squared, one per sample."""

    target: Float[Tensor, " n"]  # of the gradient of the true class's logit
    other: Float[Tensor, " n"]  # mean of those of all other classes
    jacobian: Float[Tensor, " n"]  # of all logits' gradients together


def sensitivity(
    model: nn.Module,
    images: UInt8[Tensor, "n channel height width"],
    labels: Int64[Tensor, " n"],
    batch_size: int = 128,
) -> Sensitivity:
    """How strongly each sample's logits react to its pixels.

    Costs one backward pass for every class. Runs in evaluation mode; the model keeps its mode.

    Raises:
        ValueError: the model does not take floats in [0, 1] as it takes uint8, see `mu.models.require_floats`.
    """
    model, device = copy.deepcopy(model).eval(), device_of(model)
    require_floats(model, images)
    parts, classes = [], class_count(model, images)
    for part, label in zip(images.split(batch_size), labels.to(device).split(batch_size), strict=True):
        slopes = input_gradient(model, part.to(device), *(torch.full_like(label, c) for c in range(classes)))
        norms = torch.stack([squared_norm(slope).sqrt() for slope in slopes], 1)  # n, class
        own = norms.gather(1, label[:, None]).squeeze(1)
        parts.append((own, (norms.sum(1) - own) / (classes - 1), norms.norm(dim=1)))
    return Sensitivity(*(torch.cat(column) for column in zip(*parts, strict=True)))
