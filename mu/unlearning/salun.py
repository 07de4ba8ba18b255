"""SalUn: random labels, learnt by those weights alone that the samples to forget depend on most.

Fan et al. (ICLR 2024), *saliency unlearning*, with random labels:

    1. $s = \\lvert\\nabla_\\theta L(\\theta; \\mathcal D_f)\\rvert$ under the true labels, in evaluation mode.
    2. m = 1 for the share p of all weights with the largest s, over all layers together; 0 for the others.
    3. Give every sample of $\\mathcal D_f$ a wrong label, drawn once.
    4. Train on $\\mathcal D_f$ and $\\mathcal D_r$ in mixed batches:
       $\\theta \\leftarrow m \\odot \\theta' + (1 - m) \\odot \\theta$, with $\\theta'$ what the optimiser makes of
       $\\theta$.

Step 4 is exact: neither momentum nor weight decay moves a weight outside the mask. Batch-norm statistics are not
weights and follow the data. The public code draws the labels anew in each epoch, true ones included, and mixes
batches on CIFAR-100 and Tiny ImageNet only; on CIFAR-10 and SVHN an epoch is a pass over D_f, then one over D_r.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from mu.models import class_count
from mu.selection import extreme, flatten
from mu.training import Recipe, train
from mu.unlearning.gradients import batch_gradients
from mu.unlearning.relabel import wrong_labels

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from torch import Tensor, nn

    from mu.data import Samples

SHARE = 0.5  # Fan et al.
BATCH = 256  # images whose gradient is taken at once: ours, it does not change the result
# Fan et al., public code, random 10 % of CIFAR-10. The rate belongs to that case; the paper searches it.
RECIPE = Recipe(epochs=10, batch_size=256, optimizer="sgd", lr=0.013, momentum=0.9, weight_decay=5e-4)


def salun(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    share: float = SHARE,
    recipe: Recipe = RECIPE,
    seed: int = 0,
) -> nn.Module:
    """Train the weights that matter for the forget set on all data, the forget set under wrong labels.

    Args:
        share: of all weights, those that may move; above 0. At 1 this is `random-label-all`.
        seed: of the wrong labels and of the batch order.

    Raises:
        ValueError: the share is out of range.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, not {share}")
    salient = largest(saliency(model, forget), share)
    flipped = wrong_labels(forget, class_count(model, forget.images), seed)
    return train(model, flipped + retain, recipe, seed=seed, partial=lambda *_: salient)


def saliency(model: nn.Module, forget: Samples) -> Float[Tensor, " d"]:
    """Magnitude of the gradient of the summed loss, for all trainable parameters in the order of a `Layout`."""
    model = copy.deepcopy(model).eval()
    return sum(map(flatten, batch_gradients(model, forget, BATCH, reduction="sum"))).abs()


def largest(scores: Float[Tensor, " d"], share: float) -> Bool[Tensor, " d"]:
    """True for the `share` of the entries, at least one, with the largest scores; of equal ones the first count."""
    return extreme(scores, max(1, round(share * len(scores))), largest=True)
