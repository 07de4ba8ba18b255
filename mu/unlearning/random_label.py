"""Random labels: train on for a fixed time, with the samples to forget under wrong labels.

A baseline of Cheng et al. (ICLR 2026), "RL" among the methods without retained data; the idea is that of Graves et
al. (2021):

    1. Give every sample of $\\mathcal D_f$ one wrong label, drawn once, uniformly from the other classes.
    2. For a fixed number of epochs take steps down the cross-entropy on the relabelled samples.

`random-label` steps on them alone and with frozen batch norms; `random-label-all` on the retain set as well.
`label-flip` draws the same labels and stops as soon as the true ones are forgotten. Here nothing looks at an
accuracy: length and learning rate decide how far it goes. Some public code calls the second form "Amnesiac", which
here is the subtraction of recorded steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mu.models import class_count
from mu.training import Recipe, train
from mu.unlearning.relabel import wrong_labels

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples
    from mu.unlearning.steps import OnStep

# Foster et al. (2024), public code, for the form with retained data. None is known for the other: tune the rate.
RECIPE = Recipe(epochs=3, batch_size=128, optimizer="adam", lr=1e-4)


def random_label(
    model: nn.Module,
    forget: Samples,
    *,
    recipe: Recipe = RECIPE,
    frozen_norm: bool = True,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Train on the forget set under wrong labels for a fixed time.

    Args:
        frozen_norm: keep batch-norm statistics, see `mu.train`. Ours: those of one class would not fit the others.
        on_step: called after each step with its number and the model; True ends the run.
        seed: of the wrong labels and of the batch order.
    """
    flipped = wrong_labels(forget, class_count(model, forget.images), seed)
    return train(model, flipped, recipe, seed=seed, frozen_norm=frozen_norm, on_step=on_step)


def random_label_all(
    model: nn.Module, forget: Samples, retain: Samples, *, recipe: Recipe = RECIPE, seed: int = 0
) -> nn.Module:
    """Train on all data for a fixed time, the forget set under wrong labels.

    Args:
        seed: of the wrong labels and of the batch order.
    """
    flipped = wrong_labels(forget, class_count(model, forget.images), seed)
    return train(model, flipped + retain, recipe, seed=seed)
