"""SCRUB: a student that moves away from its teacher on the forget set and stays with it on the retain set.

Kurmanji et al. (NeurIPS 2023), public code. The teacher t is the model as given, frozen; the student s starts as its
copy. With $\\mathrm{KL}_T = T^2\\,\\mathrm{KL}(\\mathrm{softmax}(t/T) \\Vert \\mathrm{softmax}(s/T))$, mean over
the samples of a batch, for epochs e = 1, 2, ..:

    1. Where e <= `max_epochs`, a pass over the forget set that maximises $\\mathrm{KL}_T$.
    2. A pass over the retain set that minimises $\\gamma\\,\\mathrm{CE} + \\alpha\\,\\mathrm{KL}_T$.

One optimiser runs through all passes: its momentum carries from one into the next.
"""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from mu.metrics import divergence
from mu.models import predict
from mu.training import Recipe, train
from mu.unlearning.relabel import numbered

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from mu.data import Samples
    from mu.training import Flat

# Public code, large-scale experiments, as all defaults below. Its rate falls after epochs 3, 5 and 9: never in three.
RECIPE = Recipe(epochs=3, batch_size=128, optimizer="sgd", lr=5e-4, momentum=0.9, weight_decay=5e-4)


def scrub(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    gamma: float = 0.99,
    alpha: float = 0.001,
    temperature: float = 4.0,
    max_epochs: int = 2,
    forget_batch: int = 32,
    recipe: Recipe = RECIPE,
    seed: int = 0,
) -> nn.Module:
    """Alternate passes away from the teacher on the forget set and towards it on the retain set.

    Args:
        gamma: weight of the cross-entropy on the retain set.
        alpha: weight of the divergence there.
        temperature: T; above 0.
        max_epochs: how many epochs begin with a pass over the forget set.
        forget_batch: samples of a step on the forget set; the recipe's batch size is that of the retain set.
        recipe: a rate that changes does so at the same share of the forget pass and of the retain pass. Of Adam,
            unlike SGD, the moments are fresh in every pass.
        seed: of the batch orders.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; it is {temperature}")
    teacher, model = [predict(model, part) for part in (forget, retain)], copy.deepcopy(model).eval()
    labels = retain.labels.to(teacher[1].device)
    momentum = recipe.momentum if recipe.optimizer == "sgd" else 0.0
    velocity = 0.0

    def away(logits: Tensor, i: Tensor) -> Tensor:
        return -(temperature**2) * divergence(teacher[0][i], logits, temperature)

    def towards(logits: Tensor, i: Tensor) -> Tensor:
        kept = temperature**2 * divergence(teacher[1][i], logits, temperature)
        return gamma * functional.cross_entropy(logits, labels[i]) + alpha * kept

    def accumulate(flat: Flat, done: float) -> None:
        """Momentum and weight decay of SGD, here because `train` starts every pass with a fresh optimiser."""
        nonlocal velocity
        velocity = momentum * velocity + flat.gradient + recipe.weight_decay * flat.vector
        flat.gradient.copy_(velocity)

    def one_pass(
        model: nn.Module,
        samples: Samples,
        epoch: int,
        batch: int,
        loss: Callable[[Tensor, Tensor], Tensor],
        seed: int,
    ) -> nn.Module:
        bare = replace(recipe, batch_size=batch, momentum=0.0, weight_decay=0.0)
        last = (epoch + 1) * math.ceil(len(samples) / batch) - 1
        return train(
            model, numbered(samples), bare, seed=seed, start_epoch=epoch, loss=loss, on_gradient=accumulate,
            on_step=lambda step, _: step == last,
        )  # fmt: skip

    seeds = torch.randint(2**62, (recipe.epochs, 2), generator=torch.Generator().manual_seed(seed)).tolist()
    for epoch, (first, second) in enumerate(seeds):
        if epoch < max_epochs:
            model = one_pass(model, forget, epoch, forget_batch, away, first)
        model = one_pass(model, retain, epoch, recipe.batch_size, towards, second)
    return model
