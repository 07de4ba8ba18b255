"""l1-sparse unlearning: fine-tune on the samples to keep, under a penalty that prunes while it forgets.

Jia et al. (NeurIPS 2023), Eq. 3, from the dense trained model $\\theta_o$:

    $\\theta_u = \\arg\\min_\\theta\\; L(\\theta; \\mathcal D_r) + \\gamma \\lVert\\theta\\rVert_1$

    1. Fine-tune on the retain set for T epochs, with the penalty weight of epoch t = 0 .. T - 1 one of
       $\\gamma_t = \\gamma$ (constant), $\\gamma\\,t/T$ (growing), $\\gamma\\,(1 - t/T)$ (decaying).
    2. `subgradient`, as published: add $\\gamma_t\\,\\mathrm{sign}(\\theta)$ to the gradient of every parameter. It
       makes weights small, never exactly zero.
       `proximal`, ours: after each step shrink every parameter towards zero by $\\eta\\gamma_t$ over 1 - momentum, as
       much as momentum makes of a subgradient, and stop at zero.

The penalty covers all parameters, as in the public code: batch norm, biases and head included.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from mu.selection import trainable
from mu.training import Recipe, train
from mu.unlearning.fine_tune import RECIPE

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples
    from mu.training import Flat

UPDATES = ("subgradient", "proximal")
GAMMA = 5e-4  # a co-author's released run, at the rate of fine-tuning; 1e-4 in an earlier state of the public code


def l1_sparse(
    model: nn.Module,
    retain: Samples,
    *,
    gamma: float = GAMMA,
    schedule: str = "decaying",
    update: str = "subgradient",
    recipe: Recipe = RECIPE,
    seed: int = 0,
) -> nn.Module:
    """Fine-tune with an l1 penalty on the weights.

    Args:
        gamma: largest penalty weight; 0 is `fine-tune`.
        schedule: "constant", "growing" or "decaying" over the epochs.
        update: "subgradient" or "proximal".
        recipe: that of fine-tuning; its learning-rate schedule scales the proximal step as well.

    Raises:
        ValueError: unknown schedule or update, or a negative gamma.
    """
    if update not in UPDATES:
        raise ValueError(f"unknown update {update!r}; choose one of {', '.join(UPDATES)}")
    if not 0 <= gamma < math.inf:
        raise ValueError(f"gamma must be finite and not below 0; it is {gamma}")
    penalty(gamma, schedule, 0.0, recipe.epochs)  # a wrong name is an error before training
    steps = recipe.epochs * math.ceil(len(retain) / recipe.batch_size)

    def subgradient(flat: Flat, done: float) -> None:
        flat.gradient.add_(flat.vector.sign(), alpha=penalty(gamma, schedule, done, recipe.epochs))

    @torch.no_grad()
    def proximal(step: int, model: nn.Module) -> None:
        done = step / steps
        rate = recipe.rate(done) / (1 - (recipe.momentum if recipe.optimizer == "sgd" else 0.0))
        threshold = rate * penalty(gamma, schedule, done, recipe.epochs)
        for parameter in trainable(model).values():
            parameter.copy_(functional.softshrink(parameter, threshold))

    hook = {"on_gradient": subgradient} if update == "subgradient" else {"on_step": proximal}
    return train(model, retain, recipe, seed=seed, **hook)


def penalty(gamma: float, schedule: str, done: float, epochs: int) -> float:
    """$\\gamma_t$: the weight in the epoch t that is running when the share `done` (0 to 1) of the run is over."""
    t = int(done * epochs + 1e-9)
    weights = {"constant": 1.0, "growing": t / max(epochs, 1), "decaying": 1 - t / max(epochs, 1)}
    if schedule not in weights:
        raise ValueError(f"unknown schedule {schedule!r}; choose one of {', '.join(weights)}")
    return gamma * weights[schedule]
