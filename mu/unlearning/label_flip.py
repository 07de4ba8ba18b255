"""Label flipping: train on, with the samples to forget under wrong labels.

Graves et al. (AAAI 2021), "Unlearning"; Gogineni & Nadimi (JMLR 2025), Algorithm 2, reconstructed, as its box could
not be read:

    1. Give every sample to forget one wrong label, drawn once, uniformly from the other classes.
    2. For t = 1 .. T: $g = \\nabla_\\theta L$ on a batch, and for every layer l
       $\\theta_l \\leftarrow \\theta_l - \\eta\\, S_l(g; r) \\odot u_l$; $u$ is the optimiser's step.
    3. Stop when the accuracy on the forget set, true labels, is at most `stop_at`, or at T = `max_steps`.

`label-flip` is r = 1; `partial-label-flip` moves the share r = `keep` of every layer. Whether the second paper trains
on the relabelled samples alone or on all data is not known, so there are both: these two see the forget set
only, and `label-flip-all`, `partial-label-flip-all` the retain set too, as in the public code of the first paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn import functional

from mu.models import class_count
from mu.training import Recipe
from mu.unlearning.relabel import wrong_labels
from mu.unlearning.steps import MAX_STEPS, RECIPE, STOP_AT, OnStep, step_until_forgotten

if TYPE_CHECKING:
    from torch import nn

    from mu.data import Samples

EVERY = 10  # steps between two looks at the forget set when most steps do not use it: ours


def label_flip(
    model: nn.Module,
    forget: Samples,
    *,
    keep: float = 1.0,
    rule: str = "top",
    recipe: Recipe = RECIPE,
    stop_at: float = STOP_AT,
    max_steps: int = MAX_STEPS,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Train on the forget set under wrong labels until the right ones are forgotten.

    Args:
        keep, rule: share of every layer that a step moves, and which entries, see `mu.Selection`.
        stop_at: percent of the forget set still classified correctly at which to stop.
        recipe, max_steps, on_step: see `mu.unlearning.steps.step_until_forgotten`.
        seed: of the wrong labels and of the batch order.
    """
    flipped = wrong_labels(forget, class_count(model, forget.images), seed)
    return step_until_forgotten(
        model, flipped, forget, functional.cross_entropy, recipe=recipe, keep=keep, rule=rule, stop_at=stop_at,
        max_steps=max_steps, every=1, on_step=on_step, seed=seed,
    )  # fmt: skip


def label_flip_all(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    keep: float = 1.0,
    rule: str = "top",
    recipe: Recipe = RECIPE,
    stop_at: float = STOP_AT,
    max_steps: int = 25 * MAX_STEPS,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Train on all data, the forget set under wrong labels, until the right ones are forgotten.

    Options as in `label_flip`.
    """
    flipped = wrong_labels(forget, class_count(model, forget.images), seed)
    return step_until_forgotten(
        model, retain + flipped, forget, functional.cross_entropy, recipe=recipe, keep=keep, rule=rule,
        stop_at=stop_at, max_steps=max_steps, every=EVERY, on_step=on_step, seed=seed,
    )  # fmt: skip
