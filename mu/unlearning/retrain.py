"""Retraining from scratch on the retain set: exact unlearning, and the reference for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mu.models import reinitialise
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples


def retrain(model: nn.Module, retain: Samples, *, recipe: Recipe = Recipe(), seed: int = 0) -> nn.Module:  # noqa: B008 (frozen)
    """Draw every weight anew from `seed` and train on the retain set alone.

    Args:
        recipe: use the one the original model was trained with; a reference trained otherwise is none.
        seed: of the new weights and of the batch order.
    """
    return train(reinitialise(model, seed), retain, recipe, seed=seed)
