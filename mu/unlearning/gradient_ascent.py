"""Gradient ascent for a fixed number of epochs: undo learning by climbing the loss.

Graves et al. (2021) and Thudi et al. (2022); as run by Jia et al. (NeurIPS 2023), public code, class-wise CIFAR-10:

    1. For 5 epochs take SGD steps on $-L(\\theta; \\mathcal D_f)$, the negative loss on the samples to forget.

Nothing stops it: the learning rate alone decides how far it goes. `ascent` stops by what it has forgotten instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional

from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.unlearning.steps import OnStep

RECIPE = Recipe(epochs=5, batch_size=256, optimizer="sgd", lr=1e-4, momentum=0.9, weight_decay=5e-4)


def gradient_ascent(
    model: nn.Module,
    forget: Samples,
    *,
    recipe: Recipe = RECIPE,
    frozen_norm: bool = False,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Train on the forget set to make the loss larger.

    Args:
        frozen_norm: keep batch-norm statistics, see `mu.train`; later public code does, that of the paper does not.
        on_step: called after each step with its number and the model; True ends the run.

    Raises:
        FloatingPointError: the loss became infinite; the learning rate is too large.
    """
    return train(model, forget, recipe, seed=seed, loss=negative_loss, frozen_norm=frozen_norm, on_step=on_step)


def negative_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the cross-entropy."""
    return -functional.cross_entropy(logits, labels)
