"""SCAR: move forget features to the nearest wrong class, and hold the model in place with images from elsewhere.

Bonato et al. (ECCV 2024), "selective-distillation for class and architecture-agnostic unlearning"; constants and
details from their public code. With $\\psi$ the features' square root, scaled to unit length:

    1. Of each class k: mean $\\mu_k$ and covariance S of the square roots of features. S is shrunk twice by
       $S \\leftarrow S + \\gamma_1 v_1 I + \\gamma_2 v_2 (1 - I)$, with $v_1$ its mean variance and $v_2$ the mean
       of its other entries, zeros left out. $S_k$ is its correlation matrix; $\\mu_k$ is scaled to unit length.
    2. Every sample to forget gets its target, the class $k \\ne y$ of smallest
       $d = (\\psi - \\mu_k)^\\top S_k^{-1} (\\psi - \\mu_k)$.
    3. Teacher: the model as it is, on surrogate images. If a whole class is forgotten, images that it takes for that
       class are dropped, and at all others the logit of that class is replaced by the smallest of all logits.
    4. Adam steps on $\\lambda_1$ times the mean of d over a batch of the forget set plus $\\lambda_2$ times
       KL(teacher || model) over a batch of surrogate images, six of them for each batch of the forget set.
    5. From the third pass over the forget set on, stop after a step that leaves the accuracy on it at `stop_at` or
       below.

`scar` takes step 1 on surrogate images, each counted under the class the model takes it for: ours, and free of
retained data. `scar_as_published` takes it on the retain set, as the public code does.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from mu.metrics import divergence
from mu.models import device_of, embed, predict
from mu.training import Recipe
from mu.unlearning.move_features import HOLD, move_features, nearest_other
from mu.unlearning.relabel import numbered

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int64
    from torch import Tensor, nn

    from mu.data import Samples

RECIPE = Recipe(epochs=30, batch_size=1024, optimizer="adam", lr=5e-4)
WEIGHT_FORGET, WEIGHT_KEEP, STOP_AT = 1.0, 5.0, 1.0  # public code; the last in percent
POWER, GAMMA = 0.5, 3.0  # of the square root; gamma_1 and gamma_2: public code
PASSES = 2  # over the forget set before the first look at it: public code
LEAST = 2  # images of a class for it to have a covariance: ours
SMALL = 1e-6  # below it a feature gets no gradient, as that of the root has no bound: ours


def scar(
    model: nn.Module,
    forget: Samples,
    surrogate: Samples,
    known: Samples | None = None,
    *,
    weight_forget: float = WEIGHT_FORGET,
    weight_keep: float = WEIGHT_KEEP,
    whole_class: bool = True,
    stop_at: float = STOP_AT,
    recipe: Recipe = RECIPE,
    frozen_norm: bool = False,
    seed: int = 0,
) -> nn.Module:
    """Pull forget features to wrong classes while distilling the original on surrogate images.

    Args:
        known: samples that step 1 is taken on; None: the surrogate images, by what the model takes them for.
        weight_forget, weight_keep: lambda_1 and lambda_2.
        whole_class: all samples of the forget set's labels are to be forgotten, see step 3. False for a part of
            a class or a random subset: then the teacher is the model as it is, on all surrogate images.
        stop_at: percent of the forget set still classified correctly at which to stop. 1 is for classes; for random
            subsets the public code takes the model's accuracy on the test set less 1.5 points.
        recipe: its batch size is that of both sets; its epochs are passes over the forget set, at most.
        frozen_norm: keep batch-norm statistics, see `mu.train`. Without, as in the public code, those of surrogate
            images and of the forget set enter.
        seed: of the batch order.

    Raises:
        ValueError: too few surrogate images are taken for any other class than the forgotten one.
    """
    device = device_of(model)
    labels, surrogate = forget.labels.to(device), surrogate.to(device)
    teacher = predict(model, surrogate)
    predicted = teacher.argmax(1)
    if whole_class:
        gone = labels.unique()
        kept = ~torch.isin(predicted, gone)
        surrogate, teacher, predicted = surrogate[kept], teacher[kept], predicted[kept]
        if not len(surrogate):
            raise ValueError("the model takes every surrogate image for a forgotten class; try whole_class=False")
        teacher[:, gone] = teacher.min()
    known = replace(surrogate, labels=predicted) if known is None else known.to(device)
    classes = Gaussians.of(embed(model, known), known.labels, teacher.shape[1])
    distances = torch.cat([classes.distances(part) for part in embed(model, forget).split(recipe.batch_size)])
    target = nearest_other(distances, labels, classes.present)

    turn = HOLD * math.ceil(len(forget) / recipe.batch_size)  # steps of a pass over the forget set

    def distance(found: Tensor, i: Tensor) -> Tensor:
        return weight_forget * classes.distances(found).gather(1, target[i, None]).mean()

    return move_features(
        model, forget, numbered(surrogate), recipe, seed=seed, frozen_norm=frozen_norm, distance=distance,
        loss=lambda logits, i: weight_keep * divergence(teacher[i], logits.float()),
        steps=recipe.epochs * turn, stop_at=stop_at, after=PASSES * turn,
    )  # fmt: skip


def scar_as_published(
    model: nn.Module, forget: Samples, retain: Samples, surrogate: Samples, **options: object
) -> nn.Module:
    """SCAR with the classes' statistics of the retain set, so not free of retained data.

    Options and errors as in `scar`.
    """
    return scar(model, forget, surrogate, retain, **options)


class Gaussians(NamedTuple):
    """Step 1: where the classes lie, and how they are spread."""

    means: Float[Tensor, "class feature"]  # of unit length
    inverses: Float[Tensor, "class feature feature"]  # of the correlation matrices
    present: Bool[Tensor, " class"]  # whether there were enough images; if not, the others are 0

    @classmethod
    def of(cls, found: Float[Tensor, "n feature"], labels: Int64[Tensor, " n"], classes: int) -> Gaussians:
        roots = root(found)
        means = roots.new_zeros(classes, roots.shape[1])
        inverses = roots.new_zeros(classes, roots.shape[1], roots.shape[1])
        present = labels.bincount(minlength=classes) >= LEAST
        for k in present.nonzero().flatten().tolist():
            own = roots[labels == k]
            covariance = own.T.cov()
            if covariance.trace() == 0:  # the same features every time
                present[k] = False
                continue
            means[k] = functional.normalize(own.mean(0), dim=0)
            inverses[k] = torch.linalg.pinv(correlation(shrink(shrink(covariance))), hermitian=True)
        return cls(means, inverses, present)

    def distances(self, found: Float[Tensor, "n feature"]) -> Float[Tensor, "n class"]:
        """Squared Mahalanobis distance of every feature vector to every class."""
        with torch.autocast(found.device.type, enabled=False):  # bfloat16 would round the inverses
            away = functional.normalize(root(found.float()))[:, None] - self.means
            # n: sample, c: class, d and e: feature
            return torch.einsum("ncd,cde,nce->nc", away, self.inverses, away)


def root(found: Float[Tensor, "n feature"]) -> Float[Tensor, "n feature"]:
    """Tukey's transformation with power 1/2; of negative features, minus that of their magnitude."""
    return found.sign() * found.abs().clamp(min=SMALL).pow(POWER)


def shrink(covariance: Float[Tensor, "feature feature"], gamma: float = GAMMA) -> Float[Tensor, "feature feature"]:
    """More of the mean variance on the diagonal, more of the mean covariance off it."""
    one = torch.eye(len(covariance)).to(covariance)
    off = covariance * (1 - one)
    v1, v2 = covariance.diagonal().mean(), off.sum() / (off != 0).sum().clamp(min=1)
    return covariance + gamma * v1 * one + gamma * v2 * (1 - one)


def correlation(covariance: Float[Tensor, "feature feature"]) -> Float[Tensor, "feature feature"]:
    """The covariance with its rows and columns scaled to a diagonal of ones."""
    scale = covariance.diagonal().sqrt()
    return covariance / (scale[:, None] * scale)
