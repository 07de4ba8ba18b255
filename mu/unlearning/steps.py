"""Gradient steps until the forget set is forgotten: what ascent and label flipping have in common.

Both take steps on some samples with some loss, whole or layer-wise partial, and stop by one rule, that of DUCK and
SCAR as well, which looks at the forget set alone, never at test data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mu.models import predict
from mu.selection import Selection
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mu.data import Samples

OnStep = Callable[[int, "nn.Module"], "bool | None"]

RECIPE = Recipe(batch_size=64, optimizer="adam", lr=1e-3)  # the rate of training: Graves et al., public code
STOP_AT = 1.0  # percent of the forget set still classified correctly: ours
MAX_STEPS = 200  # ours; a partial step moves less, so the partial methods are allowed 25 times as many
LOOK_AT = 512  # forget samples that a look takes in, spread evenly: ours, for large forget sets
LOOK_PART = 64  # of them at a time: ours; most looks end with the first
PARTIAL = {"keep": 0.1, "max_steps": 25 * MAX_STEPS}  # what makes a method partial


def step_until_forgotten(
    model: nn.Module,
    samples: Samples,
    forget: Samples,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    recipe: Recipe,
    keep: float,
    rule: str,
    stop_at: float,
    max_steps: int,
    every: int,
    on_step: OnStep | None,
    seed: int,
) -> nn.Module:
    """Train on `samples` until the model classifies at most `stop_at` percent of `forget` correctly.

    Args:
        samples: what steps are taken on.
        forget: samples with their true labels; at most 512 of them are looked at, every `every` steps.
        loss: (logits, labels) -> scalar to minimise.
        recipe: batch size, optimiser and rate; its number of epochs is not used.
        keep, rule: the layer-wise selection applied to every step; keep = 1 applies the whole step.
        max_steps: the end in any case.
        on_step: called at every step with its number and the model: to count, or to follow a curve.
    """
    stop = stopping(forget, stop_at, max_steps, every)
    watch = lambda step, model: bool(on_step and on_step(step, model)) or stop(step, model)
    selection = Selection(keep, rule, seed=seed)  # refuses an unknown rule, used or not
    partial = None if keep == 1 else selection.mask
    recipe = lasting(recipe, max_steps, samples)
    return train(model, samples, recipe, seed=seed, loss=loss, partial=partial, on_step=watch)


def stopping(
    forget: Samples, stop_at: float | None, max_steps: int, every: int = 1, after: int = 0
) -> Callable[[int, nn.Module], bool]:
    """The stopping rule: (number of the step just taken, model) -> whether that was the last one.

    Args:
        forget: samples with their true labels; at most 512 of them are looked at.
        stop_at: percent of them still classified correctly at which to stop, or None for no look.
        max_steps: the end in any case.
        every: steps between two looks.
        after: steps before which there is no look.

    Raises:
        ValueError: `stop_at` is no percentage: NaN would never stop, above 100 would at once.
    """
    if stop_at is not None and not stop_at <= 100:
        raise ValueError(f"stop_at is a percentage, or below 0 for never; it is {stop_at}")
    seen = forget[:: math.ceil(len(forget) / LOOK_AT)]

    def stop(step: int, model: nn.Module) -> bool:
        if step + 1 >= max_steps:
            return True
        looks = stop_at is not None and step >= after and (step + 1) % every == 0
        return looks and at_most(stop_at, model, seen)

    return stop


def lasting(recipe: Recipe, steps: int, samples: Samples) -> Recipe:
    """The recipe with as many whole epochs as so many steps on the samples take."""
    return replace(recipe, epochs=math.ceil(steps / math.ceil(len(samples) / recipe.batch_size)))


def at_most(percent: float, model: nn.Module, samples: Samples) -> bool:
    """Whether the model classifies at most this percent of the samples correctly; it looks no further than it must.

    Raises:
        FloatingPointError: an output is not finite. By `argmax` it would count as a class.
    """
    right = 0
    for start in range(0, len(samples), LOOK_PART):
        part = samples[start : start + LOOK_PART]
        logits = predict(model, part)
        if not logits.isfinite().all():
            raise FloatingPointError("the outputs became infinite; a smaller learning rate may help")
        right += (logits.argmax(1) == part.labels.to(logits.device)).sum().item()
        if 100 * right > percent * len(samples):
            return False
    return True
