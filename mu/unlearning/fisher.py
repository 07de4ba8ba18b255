"""Fisher forgetting: noise on every weight, more of it where the retained samples need the weight less.

Golatkar et al. (2020), in the form of Jia et al. (2023, FF, public code). D_r is the retain set; squares are
taken entry by entry:

    1. $F = \\frac1{|D_r|} \\sum_{x \\in D_r} \\sum_y p_\\theta(y|x) (\\nabla_\\theta \\log p_\\theta(y|x))^2$.
    2. $v = \\alpha \\min(1 / (F + 10^{-8}), c)$ with $c = 10^2$ in the head and $10^3$ elsewhere.
    3. In tensors of several dimensions, $v$ is replaced by its mean over dimension 1 (the inputs).
    4. $\\mu = \\theta$. Where a class is named, its row of the head gets $\\mu = 0$ and $v = 10^{-4}$.
    5. $v \\leftarrow 10 v$ in the head and in tensors of one dimension (biases, norms).
    6. $\\theta_u = \\mu + \\sqrt v \\odot n$, $n \\sim N(0, I)$; pruned weights stay 0.

`fisher-as-published` differs in step 1, where it squares the mean gradient of a batch of 32; in step 3, where
pruned weights (F = 0) enter the mean; and in step 4, which it takes without a class being named.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.func import functional_call, vjp, vmap

from mu.data import APART
from mu.masks import by_parameter
from mu.models import class_count, device_of, head_of
from mu.selection import trainable
from mu.unlearning.gradients import single

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jaxtyping import UInt8
    from torch import Tensor

    from mu.data import Samples

    Diagonal = dict[str, Tensor]  # by name of the parameter, each of its shape

ALPHA = 3e-8  # Jia et al., an earlier state of their code; their authors: 1e-9 where test accuracy collapses
# Steps 2, 4 and 5 and the batch: Jia et al., public code
EPSILON, CAP, HEAD_CAP, ROW_VARIANCE, FACTOR, BATCH = 1e-8, 1e3, 1e2, 1e-4, 10, 32


def fisher(
    model: nn.Module,
    retain: Samples,
    *,
    alpha: float = ALPHA,
    samples: int | None = None,
    label: int | None = None,
    seed: int = 0,
) -> nn.Module:
    """Add noise scaled by the inverse Fisher information of the retain set.

    Args:
        alpha: scale of the noise's variance; not below 0.
        samples: how many retain samples, drawn at random, F is estimated on; None for all.
        label: a class whose row of the head is to be replaced by noise, or None: whole-class forgetting only.
        seed: of the draw and of the noise.
    """
    _require_class(model, retain, label, least=0)
    images = single(model, retain.draw(samples, seed).images)
    return _scrubbed(model, retain, diagonal(model, images), alpha, label, seed, skip_pruned=True)


def fisher_as_published(
    model: nn.Module,
    retain: Samples,
    *,
    alpha: float = ALPHA,
    batch_size: int = BATCH,
    label: int | None = -1,
    seed: int = 0,
) -> nn.Module:
    """Fisher forgetting as in the public code of Jia et al., faults included, on plain images (there augmented).

    Args:
        alpha: scale of the noise's variance; not below 0.
        batch_size: samples whose gradients are averaged before they are squared.
        label: a class whose row of the head is replaced by noise. The code does so whenever 4500 samples of CIFAR-10
            or 450 of CIFAR-100 are forgotten, whichever they are; when drawn at random their class is -1, which
            is the last row. None leaves all rows, as the code does with any other number of samples.
        seed: of the noise.
    """
    _require_class(model, retain, label, least=-1)
    batches = (batch.unsqueeze(0) for batch in retain.images.split(batch_size))
    return _scrubbed(model, retain, diagonal(model, batches), alpha, label, seed, skip_pruned=False)


def diagonal(model: nn.Module, chunks: Iterable[UInt8[Tensor, "group image channel height width"]]) -> Diagonal:
    """Diagonal of the Fisher information, in evaluation mode: step 1.

    With groups of one image, `single`, this is the Fisher information. In a larger group the gradients are
    averaged before they are squared, and weighted by the group's mean probabilities: an image then counts for labels
    that it excludes itself, and F no longer vanishes where the model is certain.
    """
    model = copy.deepcopy(model).eval()
    parameters = {name: p.detach() for name, p in trainable(model).items()}
    device = device_of(model)

    def expected_square(images: Tensor) -> Diagonal:
        def mean_log_probability(parameters):
            log_p = functional_call(model, parameters, (images,)).log_softmax(1)  # image, class
            return log_p.mean(0), log_p.exp().mean(0)

        log_p, backward, p = vjp(mean_log_probability, parameters, has_aux=True)
        squares = {name: torch.zeros_like(value) for name, value in parameters.items()}
        for y, one_hot in enumerate(torch.eye(len(log_p), dtype=log_p.dtype, device=device)):
            (gradient,) = backward(one_hot)
            squares = {name: square + p[y] * gradient[name] ** 2 for name, square in squares.items()}
        return squares

    total, groups = {name: torch.zeros_like(value) for name, value in parameters.items()}, 0
    for chunk in chunks:
        for name, squares in vmap(expected_square)(chunk.to(device)).items():
            total[name] += squares.sum(0)
        groups += len(chunk)
    return {name: value / groups for name, value in total.items()}


def _require_class(model: nn.Module, samples: Samples, label: int | None, least: int) -> None:
    classes = class_count(model, samples.images)
    if label is not None and not least <= label < classes:
        raise ValueError(f"label must be a class from {least} to {classes - 1}, or None, not {label}")


@torch.no_grad()
def _scrubbed(
    model: nn.Module,
    retain: Samples,
    diagonal: Diagonal,
    alpha: float,
    label: int | None,
    seed: int,
    skip_pruned: bool,
) -> nn.Module:
    """A copy of the model with noise on its weights: steps 2 to 6."""
    if not 0 <= alpha < math.inf:
        raise ValueError(f"alpha must be finite and not below 0; it is {alpha}")
    model, generator = copy.deepcopy(model), torch.Generator().manual_seed(APART + seed)
    last = {id(p) for p in head_of(model.eval(), retain.images[:1].to(device_of(model))).parameters()}
    masks = by_parameter(model)
    for name, p in trainable(model).items():
        mask = masks[name]
        variance = alpha * (1 / (diagonal[name] + EPSILON)).clamp(max=HEAD_CAP if id(p) in last else CAP)
        if p.ndim > 1:
            counted = mask if skip_pruned else torch.ones_like(mask)
            variance = (variance * counted).sum(1, keepdim=True) / counted.sum(1, keepdim=True).clamp(min=1)
        if label is not None and id(p) in last:
            p[label], variance[label] = 0, ROW_VARIANCE
        if id(p) in last or p.ndim == 1:
            variance *= FACTOR
        noise = torch.randn(p.shape, generator=generator, dtype=torch.float32).to(p)
        p.add_(variance.sqrt() * noise * mask)
    return model
