"""Retraining from scratch on the retain set: exact unlearning, and the reference for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mu.models import reinitialise
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples


def retrain(model: nn.Module, retain: Samples, *, recipe: Recipe = Recipe(), seed: int = 1) -> nn.Module:  # noqa: B008 (frozen)
    """Draw every trainable weight anew from `seed` and train on the retain set alone.

    What is frozen stays as it is, the statistics of wholly frozen batch norms included, as `mu.train` leaves them.

    Args:
        recipe: use the one the original model was trained with; a reference trained otherwise is none.
        seed: of the new weights and of the batch order; another than that of the original's first weights, or both
            start from the same.
    """
    fresh = reinitialise(model, seed)
    with torch.no_grad():
        for old, new in zip(model.modules(), fresh.modules(), strict=True):
            own = dict(old.named_parameters(recurse=False))
            kept = {name: parameter for name, parameter in own.items() if not parameter.requires_grad}
            if own and len(kept) == len(own):
                kept |= dict(old.named_buffers(recurse=False))
            for name, tensor in kept.items():
                getattr(new, name).copy_(tensor)
    return train(fresh, retain, recipe, seed=seed)
