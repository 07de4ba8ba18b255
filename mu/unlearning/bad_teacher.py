"""Bad teacher: learn from a network that knows nothing on the samples to forget, from the original on the others.

Chundawat et al. (AAAI 2023). With $\\theta_o$ the original, $\\theta_b$ a network with random weights, the student
$\\theta$ and T the temperature of all softmax outputs p:

    1. Start the student from $\\theta_o$. Draw $\\theta_b$ and a share of the retain set, $\\mathcal D_s$.
    2. Compute the logits of $\\theta_b$ on $\\mathcal D_f$ and those of $\\theta_o$ on $\\mathcal D_s$.
    3. On mixed batches take steps down the mean of $KL(p_t(x) \\,\\Vert\\, p_\\theta(x))$, t the teacher of x.

The mean is over samples. The public code has it over entries, which is smaller by the number of classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mu.data import APART
from mu.metrics import divergence
from mu.models import predict, reinitialise
from mu.training import Recipe, train
from mu.unlearning.relabel import numbered

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mu.data import Samples

SHARE, TEMPERATURE = 0.3, 1.0  # Chundawat et al., public code
RECIPE = Recipe(epochs=1, batch_size=256, optimizer="adam", lr=1e-4)  # the same


def bad_teacher(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    share: float = SHARE,
    temperature: float = TEMPERATURE,
    recipe: Recipe = RECIPE,
    seed: int = 0,
) -> nn.Module:
    """Distil from a random network on the forget set and from the original on a part of the retain set.

    Labels are not read. Teachers see the images as they are, whatever augmentation the recipe has for the student.

    Args:
        share: of the retain set that is used, above 0 and at most 1.
        temperature: by which the logits of teachers and student are divided; above 0.
        seed: of the random network, the share and the batch order.

    Raises:
        ValueError: the temperature is not above 0, or the network cannot be drawn anew (`mu.models.reinitialise`).
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    kept = retain.some(share, seed)
    teacher = torch.cat([predict(reinitialise(model, APART + seed), forget), predict(model, kept)])

    def loss(logits: Tensor, numbers: Tensor) -> Tensor:
        return divergence(teacher[numbers], logits, temperature)

    return train(model, numbered(forget + kept), recipe, seed=seed, loss=loss)
