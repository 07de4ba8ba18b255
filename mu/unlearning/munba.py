"""MUNBa: two players, one who keeps and one who forgets, bargain over every step.

Wu & Harandi (ICCV 2025), public code. $g_r$ is the gradient of the cross-entropy on a batch of the retain set, $g_f$
that on a batch of the forget set under wrong labels, and K their Gram matrix, $K_{ij} = g_i \\cdot g_j$:

    1. Find weights $w > 0$ with $K w = 1 / w$, entry by entry: the Nash bargaining solution.
    2. Where there are none, w = (1, 0.1).
    3. $g = w_r g_r + w_f g_f$, shortened to norm `clip` if it is longer. Take an SGD step with g.

In closed form, with $\\rho$ the cosine of the two gradients: the two equations give
$w_r \\lVert g_r\\rVert = w_f \\lVert g_f\\rVert$, and then

    $w_i = 1 / (\\lVert g_i\\rVert \\sqrt{1 + \\rho})$,

which is the published formula simplified. So g is the sum of the two unit vectors over $\\sqrt{1+\\rho}$, and its
norm is $\\sqrt2$ whatever the gradients are. There is no solution where a gradient is zero or the two are opposite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from mu.models import answer, class_count, device_of
from mu.training import Recipe, augment, autocast, train
from mu.unlearning.fine_tune import RECIPE  # the defaults of the public code are the same
from mu.unlearning.relabel import fresh_wrong_labels

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.training import Flat

FALLBACK = (1.0, 0.1)  # weights where no agreement is reached: public code
CLIP = 1.0  # public code


def munba(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    recipe: Recipe = RECIPE,
    clip: float = CLIP,
    seed: int = 0,
) -> nn.Module:
    """Train on the retain set and on wrong labels for the forget set, each step weighted by Nash bargaining.

    Args:
        recipe: an epoch is a pass over the retain set; forget batches have the same size.
        clip: largest norm of the combined gradient.
        seed: of the batch orders and of the wrong labels, which are drawn anew for every pass over the forget set.
    """
    if not clip >= 0:
        raise ValueError(f"clip must not be below 0; it is {clip}")
    forget, classes = forget.to(device_of(model)), class_count(model, forget.images)
    generator = torch.Generator().manual_seed(seed)
    batches = []  # left of a pass over the forget set

    def bargain(flat: Flat, done: float) -> None:
        nonlocal batches
        if not batches:  # ours; the public code takes plain, unclipped steps until the epoch ends
            drawn = fresh_wrong_labels(forget, classes, generator)
            order = torch.randperm(len(forget), generator=generator)
            batches = [drawn[where] for where in order.split(recipe.batch_size)]
        batch, keeping = batches.pop(0), flat.gradient.clone()
        flat.gradient.zero_()
        images = augment(batch.images, recipe.augment, generator)
        with autocast(recipe.precision, images.device):  # as the other: both gradients enter as equals
            loss = functional.cross_entropy(answer(flat.model, images), batch.labels)
        loss.backward()  # into flat.gradient
        both = torch.stack([keeping, flat.gradient])
        agreed = weights(both @ both.T) @ both
        flat.gradient.copy_(agreed * (clip / agreed.norm()).clamp(max=1))

    return train(model, retain, recipe, seed=seed, on_gradient=bargain)


def weights(gram: Float[Tensor, "2 2"]) -> Float[Tensor, " 2"]:
    """The positive w with K w = 1 / w, or `FALLBACK` where there is none."""
    norms = gram.diagonal().sqrt()
    cosine = gram[0, 1] / norms[0] / norms[1]
    agreed = 1 / (norms * (1 + cosine).sqrt())
    return torch.where(agreed.isfinite().all(), agreed, agreed.new_tensor(FALLBACK))
