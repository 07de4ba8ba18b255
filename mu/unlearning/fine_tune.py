"""Fine-tuning: train on with the samples to keep, and hope that the others fade.

Defaults are those of Jia et al. (2023), class-wise CIFAR-10 (public code): 10 epochs of SGD at constant rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples

RECIPE = Recipe(epochs=10, batch_size=256, optimizer="sgd", lr=0.01, momentum=0.9, weight_decay=5e-4)


def fine_tune(
    model: nn.Module, retain: Samples, *, recipe: Recipe = RECIPE, frozen_norm: bool = False, seed: int = 0
) -> nn.Module:
    """Continue training on the retain set, with a fresh optimiser.

    Fresh because momentum and Adam's averages still hold gradients of the samples to forget.

    Args:
        frozen_norm: keep batch-norm statistics, see `mu.train`; as published they are estimated anew.
    """
    return train(model, retain, recipe, seed=seed, frozen_norm=frozen_norm)
