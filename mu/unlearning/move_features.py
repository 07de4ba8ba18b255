"""Steps that move the features of the samples to forget: what DUCK and SCAR have in common.

Features are what enters a model's last linear layer. Both methods give every sample to forget one target among the
other classes, fixed at the start, and then take steps on two batches at once: one of samples to forget, which moves
to its targets, and one of other images, on which the model is to stay as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from mu.models import device_of, features_of
from mu.training import train
from mu.unlearning.steps import lasting, stopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Bool, Float, Int64
    from torch import Tensor

    from mu.data import Samples
    from mu.training import Recipe

HOLD = 6  # steps with one forget batch before the next: DUCK and SCAR, public code, which counts from 0 to 5


def nearest_other(
    distances: Float[Tensor, "n class"], labels: Int64[Tensor, " n"], present: Bool[Tensor, " class"]
) -> Int64[Tensor, " n"]:
    """The nearest class that is present and not the sample's own.

    Raises:
        ValueError: for some sample there is none.
    """
    allowed = present & (labels[:, None] != torch.arange(len(present), device=labels.device))
    if not allowed.any(1).all():
        found = ", ".join(map(str, present.nonzero().flatten().tolist())) or "none"
        raise ValueError(f"every forget sample needs another class to move to; classes with enough images: {found}")
    return distances.masked_fill(~allowed, torch.inf).argmin(1)


def move_features(
    model: nn.Module,
    forget: Samples,
    others: Samples,
    recipe: Recipe,
    *,
    distance: Callable[[Tensor, Tensor], Tensor],
    loss: Callable[[Tensor, Tensor], Tensor],
    steps: int,
    seed: int,
    stop_at: float | None = None,
    every: int = 1,
    after: int = 0,
    frozen_norm: bool = False,
) -> nn.Module:
    """Minimise `distance` on batches of `forget` plus `loss` on batches of `others`.

    The batches are run one after the other, each with its own statistics where batch norms take them, as in the
    public code of DUCK and SCAR but for DUCK's repair. Those of `forget` come in its order, each for `HOLD` steps;
    they are never augmented, the others as the recipe says.

    Args:
        recipe: its number of epochs is not used.
        distance: (features, their positions in `forget`) -> scalar.
        loss: (logits, labels) -> scalar.
        steps: the end in any case.
        stop_at, every, after: see `mu.unlearning.steps.stopping`.
        frozen_norm: see `mu.train`.
    """
    forget = forget.to(device_of(model))
    stop = stopping(forget, stop_at, steps, every, after)
    batches = torch.arange(len(forget), device=forget.labels.device).split(recipe.batch_size)
    now = batches[0]

    def both(outputs: tuple[Tensor, Tensor], labels: Tensor) -> Tensor:
        return distance(outputs[0].float(), now) + loss(outputs[1], labels)

    def turn(step: int, pair: nn.Module) -> bool:
        nonlocal now
        now = batches[(step + 1) // HOLD % len(batches)]
        return stop(step, pair.model)

    pair, recipe = _Pair(model, lambda: forget.images[now]), lasting(recipe, steps, others)
    return train(pair, others, recipe, seed=seed, loss=both, on_step=turn, frozen_norm=frozen_norm).model


class _Pair(nn.Module):
    """Images -> features of the images that `first` gives, and logits of these."""

    def __init__(self, model: nn.Module, first: Callable[[], Tensor]) -> None:
        super().__init__()
        self.model, self.first = model, first

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return features_of(self.model, self.first())[0], self.model(images)
