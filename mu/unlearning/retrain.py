"""Retraining from scratch on the retain set: exact unlearning, and the reference for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mu.models import reinitialise
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples


def retrain(model: nn.Module, retain: Samples, *, recipe: Recipe = Recipe(), seed: int = 0) -> nn.Module:  # noqa: B008 (frozen)
    """Draw every trainable weight anew from `seed` and train on the retain set alone.

    What is frozen stays as it is, running statistics of wholly frozen modules included: it was not learnt here.

    Args:
        recipe: use the one the original model was trained with; a reference trained otherwise is none.
        seed: of the new weights and of the batch order.
    """
    fresh = reinitialise(model, seed)
    with torch.no_grad():
        for old, new in zip(model.modules(), fresh.modules(), strict=True):
            own = dict(old.named_parameters(recurse=False))
            if own and not any(parameter.requires_grad for parameter in own.values()):
                for name, tensor in (own | dict(old.named_buffers(recurse=False))).items():
                    getattr(new, name).copy_(tensor)
    return train(fresh, retain, recipe, seed=seed)
