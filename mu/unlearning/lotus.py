"""LoTUS: learn one's own outputs again, blurred on the samples to forget for as long as they are known too well.

Spartalis et al. (CVPR 2025); steps as in their public code. $f$ are the logits of the original, $g$ Gumbel noise,
$a$ the accuracy on $\\mathcal D_f$ now and $a_u$ that of the original on unseen images, both shares from 0 to 1:

    1. Draw a share of the retain set, $\\mathcal D_s$.
    2. At the start of each epoch stop if $a - a_u \\le -0.01$; else $\\tau = \\exp(\\alpha (a - a_u))$ and draw g.
    3. Targets: $\\mathrm{softmax}((f + g) / \\tau)$ on $\\mathcal D_f$; on $\\mathcal D_s$ the class of the largest
       entry of $f + g$, which is a class drawn by the original's probabilities.
    4. Take steps down the cross-entropy with these targets on mixed batches.

Where a whole class is forgotten $a_u = 0$, so that the rule of step 2 never stops.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from mu.metrics import accuracy
from mu.models import predict
from mu.training import Recipe, train
from mu.unlearning.relabel import numbered

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples

ALPHA = 32.0  # Spartalis et al., a whole class; 8 for random subsets of CIFAR-10, 2 of CIFAR-100
SHARE, STOP = 0.3, -0.01  # the same, public code
# The same, but for AdamW's decay of 5e-4. At this rate that takes 5e-8 of a weight a step, so it is left out.
RECIPE = Recipe(epochs=10, batch_size=128, optimizer="adam", lr=1e-4)


def lotus(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    alpha: float = ALPHA,
    share: float = SHARE,
    unseen_accuracy: float = 0.0,
    recipe: Recipe = RECIPE,
    seed: int = 0,
) -> nn.Module:
    """Train on noisy outputs of the original, smoothed on the forget set by how well it is still known.

    Args:
        alpha: how fast the temperature rises with the accuracy on the forget set.
        share: of the retain set that is used, above 0 and at most 1. Its labels are not read.
        unseen_accuracy: accuracy that a model has without training on the forget set, as a share: 0 for a whole
            class; for random subsets the original's on held-out images.
        seed: of the share, the noise and the batch order.

    Raises:
        ValueError: the unseen accuracy is no share, or `alpha` is not from 0 to 100, beyond which targets are as
            good as uniform.
    """
    if not 0 <= alpha <= 100:
        raise ValueError(f"alpha must be from 0 to 100, not {alpha}")
    if not 0 <= unseen_accuracy <= 1:
        raise ValueError(f"unseen_accuracy must be a share from 0 to 1, not {unseen_accuracy}")
    kept, generator = retain.some(share, seed), torch.Generator().manual_seed(seed)
    both = forget + kept
    teacher = predict(model, both)
    targets, steps = torch.empty_like(teacher), math.ceil(len(both) / recipe.batch_size)  # of one epoch

    def forgotten(model: nn.Module) -> bool:
        """Steps 2 and 3: whether this is the end, and if not the targets of the epoch that begins."""
        logits = predict(model, forget)
        ahead = accuracy(logits, forget.labels.to(logits.device)) / 100 - unseen_accuracy
        targets.copy_(draw_targets(teacher, len(forget), math.exp(alpha * ahead), generator))
        return ahead <= STOP

    if forgotten(model):
        return copy.deepcopy(model).eval()
    return train(
        model, numbered(both), recipe, seed=seed,
        loss=lambda logits, numbers: functional.cross_entropy(logits, targets[numbers]),
        on_step=lambda step, student: (step + 1) % steps == 0 and forgotten(student),
    )  # fmt: skip


def draw_targets(
    logits: Float[Tensor, "n class"], soft: int, temperature: float, generator: torch.Generator
) -> Float[Tensor, "n class"]:
    """Probabilities to learn: Gumbel-softmax in the first `soft` rows, one class drawn by softmax in the others."""
    noise = -torch.empty(logits.shape).exponential_(generator=generator).log()
    noisy = logits + noise.to(logits.device)
    drawn = functional.one_hot(noisy[soft:].argmax(1), logits.shape[1])
    return torch.cat([(noisy[:soft] / temperature).softmax(1), drawn.to(noisy.dtype)])
