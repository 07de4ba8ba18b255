"""Selective synaptic dampening: shrink the weights that matter for the forget set more than for all data.

Foster et al. (AAAI 2024), public code. D is all training data, $D_f$ the part to forget; squares are taken entry by
entry and $\\ell_B$ is the mean cross-entropy of a batch B:

    1. $I_D$ = mean over the batches B of D of $(\\nabla_\\theta \\ell_B)^2$, in evaluation mode.
    2. $I_f$ = the same over the batches of $D_f$.
    3. Where $I_f > \\alpha I_D$: $\\theta \\leftarrow \\min(\\lambda I_D / I_f, 1)\\,\\theta$. Other weights stay.

One shot, no training, nothing drawn at random.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch

from mu.selection import trainable
from mu.unlearning.gradients import batch_gradients

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mu.data import Samples

ALPHA = 10.0  # Foster et al., public code, ResNet-18 on CIFAR-20 and CIFAR-100; ViT 5, PinsFaceRecognition 50
STRENGTH = 1.0  # the same; 0.1 on PinsFaceRecognition
BATCH = 64  # the same


def ssd(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    alpha: float = ALPHA,
    strength: float = STRENGTH,
    batch_size: int = BATCH,
    by_class: bool = True,
) -> nn.Module:
    """Dampen the weights that are important for the forget set.

    Args:
        alpha: how many times more important a weight must be for the forget set than for all data; above 0.
        strength: lambda of the paper; larger dampens less.
        batch_size: samples whose gradients are averaged before they are squared; alpha depends on it.
        by_class: sort the samples by label first, so that a batch holds one class, as in the public code for
            whole classes; its code for random subsets does not sort.

    Raises:
        ValueError: alpha is not above 0 or strength is negative.
    """
    if not alpha > 0 or not strength >= 0:
        raise ValueError(f"alpha > 0 and strength >= 0 are needed, not {alpha} and {strength}")
    model = copy.deepcopy(model).eval()
    parts = retain + forget, forget
    if by_class:
        parts = [part[part.labels.argsort(stable=True)] for part in parts]
    everything, forgotten = (importance(model, part, batch_size) for part in parts)
    with torch.no_grad():
        for p, i_d, i_f in zip(trainable(model).values(), everything, forgotten, strict=True):
            p.mul_(torch.where(i_f > alpha * i_d, (strength * i_d / i_f).clamp(max=1), 1.0))
    return model


def importance(model: nn.Module, samples: Samples, batch_size: int) -> list[Tensor]:
    """Mean over batches, the last of which may be smaller, of the squared gradient of the mean cross-entropy.

    Returns:
        One tensor for each trainable parameter, of its shape. The model is used in the mode it is in.
    """
    total, batches = [torch.zeros_like(p) for p in trainable(model).values()], 0
    for gradients in batch_gradients(model, samples, batch_size):
        torch._foreach_addcmul_(total, gradients, gradients)
        batches += 1
    return [t / batches for t in total]
