"""Features, and steps that move those of the samples to forget: what DUCK and SCAR have in common.

Features are what enters a model's last linear layer. Both methods give every sample to forget one target among the
other classes, fixed at the start, and then take steps on two batches at once: one of samples to forget, which moves
to its targets, and one of other images, on which the model is to stay as it is.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import nn

from mu.models import predict
from mu.training import train
from mu.unlearning.steps import LOOK_AT, at_most, require_percentage

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Bool, Float, Int64, UInt8
    from torch import Tensor

    from mu.data import Samples
    from mu.training import Recipe

HOLD = 6  # steps with one forget batch before the next: DUCK and SCAR, public code, which counts from 0 to 5


def features(
    model: nn.Module, images: UInt8[Tensor, "n channel height width"]
) -> tuple[Float[Tensor, "n feature"], Float[Tensor, "n class"]]:
    """What enters the last linear layer, and the logits, both with gradient.

    Raises:
        ValueError: the logits do not come from a linear layer.
    """
    _, entering, logits = _last_linear(model, images)
    return entering, logits


def head(model: nn.Module, images: UInt8[Tensor, "n channel height width"]) -> nn.Linear:
    """The linear layer that gives the logits: the one called last, wherever it was registered.

    Raises:
        ValueError: the logits do not come from a linear layer.
    """
    with torch.no_grad():
        return _last_linear(model, images)[0]


def _last_linear(model: nn.Module, images: Tensor) -> tuple[nn.Linear, Tensor, Tensor]:
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


def embed(model: nn.Module, samples: Samples) -> Float[Tensor, "n feature"]:
    """Features of all samples in evaluation mode, float32, on the model's device."""
    return predict(_Embedding(model), samples)


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


def move(
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
        stop_at: percent of the forget set (at most 512 of it) still classified correctly at which to stop, or None.
        every: steps between two looks at the forget set.
        after: steps before which there is no look.
        frozen_norm: see `mu.train`.
    """
    if stop_at is not None:
        require_percentage(stop_at)
    forget = forget.to(next(model.parameters()).device)
    seen = forget[:: math.ceil(len(forget) / LOOK_AT)]
    batches = torch.arange(len(forget), device=forget.labels.device).split(recipe.batch_size)
    now = batches[0]

    def both(outputs: tuple[Tensor, Tensor], labels: Tensor) -> Tensor:
        return distance(outputs[0].float(), now) + loss(outputs[1], labels)

    def look(step: int, pair: nn.Module) -> bool:
        nonlocal now
        now = batches[(step + 1) // HOLD % len(batches)]
        if step + 1 >= steps:
            return True
        looking = stop_at is not None and step >= after and (step + 1) % every == 0
        return looking and at_most(stop_at, pair.model, seen)

    epochs = math.ceil(steps / math.ceil(len(others) / recipe.batch_size))
    pair, recipe = _Pair(model, lambda: forget.images[now]), replace(recipe, epochs=epochs)
    return train(pair, others, recipe, seed=seed, loss=both, on_step=look, frozen_norm=frozen_norm).model


class _Embedding(nn.Module):
    """Images -> features."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> Tensor:
        return features(self.model, images)[0]


class _Pair(nn.Module):
    """Images -> features of the images that `first` gives, and logits of these."""

    def __init__(self, model: nn.Module, first: Callable[[], Tensor]) -> None:
        super().__init__()
        self.model, self.first = model, first

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        return features(self.model, self.first())[0], self.model(images)
