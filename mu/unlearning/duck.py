"""DUCK: move the features of the samples to forget to the nearest class that is not theirs.

Cotogni et al. (2023), "distance-based unlearning via centroid kinematics"; constants from their public code:

    1. $c_k$: mean feature of class k, on at most 50 batches of the retain set, under the model as it is.
    2. Every sample to forget gets its target, the class $k \\ne y$ of smallest $d = 1 - \\cos(\\phi(x), c_k)$.
    3. Adam steps on
       $\\lambda_1\\,\\frac1{|\\mathcal B_f|}\\sum_{\\mathcal B_f} d(\\phi(x), c_{k(x)})
       + \\lambda_2\\,\\frac1{|\\mathcal B_r|}\\sum_{\\mathcal B_r} \\ell_{CE}(f(x) / T, y)$,
       six batches of the retain set for each batch of the forget set.
    4. After each pass over the forget set: stop if the accuracy on it is at most `stop_at`.
    5. Repair: two epochs on the retain set with a smaller rate, $\\lambda_1 / 10$ and 1 in place of $\\lambda_2$.

$\\phi$: what enters the last linear layer. $\\ell_{CE}$: cross-entropy. Step 5 is in the released code only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from torch.nn import functional

from mu.data import APART
from mu.models import class_count, device_of, embed
from mu.training import Recipe
from mu.unlearning.move_features import HOLD, move_features, nearest_other

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int64
    from torch import Tensor, nn

    from mu.data import Samples

RECIPE = Recipe(epochs=200, batch_size=256, optimizer="adam", lr=4e-4)
# Public code. Its cosine has another period.
REPAIR = Recipe(epochs=2, batch_size=512, optimizer="adam", lr=1e-4, schedule="cosine", augment="crop-flip")
SEEN = 50 * 256  # retain samples that centroids are taken of: public code
REPAIR_SHARE = 0.1  # of lambda_1 in the repair: public code
STOP_AT = 1.0  # percent: public code


def duck(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    weight_forget: float = 1.0,
    weight_retain: float = 1.4,
    temperature: float = 2.0,
    stop_at: float = STOP_AT,
    recipe: Recipe = RECIPE,
    repair: Recipe = REPAIR,
    seed: int = 0,
) -> nn.Module:
    """Pull forget features to wrong centroids while training on the retain set.

    Args:
        weight_forget, weight_retain, temperature: lambda_1, lambda_2 and T.
        stop_at: percent of the forget set still classified correctly at which to stop. 1 is for classes; for random
            subsets the public code takes the model's accuracy on the test set.
        recipe: of step 3. Its batch size is that of both sets; its epochs are passes over the forget set, at most.
        repair: of step 5; its epochs are passes over the retain set, 0 for no repair.
        seed: of the samples that centroids are taken of, the batch order and the augmentation.

    Raises:
        ValueError: the retain set holds no other class than that of a sample to forget, or the temperature is not
            above 0.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0; it is {temperature}")
    device = device_of(model)
    labels, few = forget.labels.to(device), retain.some(min(1, SEEN / len(retain)), APART + seed)
    centroids, present = class_means(embed(model, few), few.labels.to(device), class_count(model, forget.images))
    distances = 1 - functional.normalize(embed(model, forget)) @ functional.normalize(centroids).T
    target = centroids[nearest_other(distances, labels, present)]

    def stage(model: nn.Module, recipe: Recipe, first: float, second: float, **end: float) -> nn.Module:
        return move_features(
            model, forget, retain, recipe, seed=seed, **end,
            distance=lambda found, i: first * (1 - functional.cosine_similarity(found, target[i])).mean(),
            loss=lambda logits, labels: second * functional.cross_entropy(logits / temperature, labels),
        )  # fmt: skip

    turn = HOLD * math.ceil(len(forget) / recipe.batch_size)  # steps of a pass over the forget set
    end = {"steps": recipe.epochs * turn, "stop_at": stop_at, "every": turn}
    model = stage(model, recipe, weight_forget, weight_retain, **end)
    steps = repair.epochs * math.ceil(len(retain) / repair.batch_size)
    return stage(model, repair, REPAIR_SHARE * weight_forget, 1.0, steps=steps)


def class_means(
    found: Float[Tensor, "n feature"], labels: Int64[Tensor, " n"], classes: int
) -> tuple[Float[Tensor, "class feature"], Bool[Tensor, " class"]]:
    """Mean feature of every class, zero where it has no sample, and whether it has one."""
    members = functional.one_hot(labels, classes).to(found)  # sample, class
    counts = members.sum(0)
    return members.T @ found / counts.clamp(min=1)[:, None], counts > 0
