"""Influence unlearning: one Newton step from the weights trained on all data to those without the forget set.

Koh & Liang (2017) for one sample; Jia et al. (2023), Proposition 1 and public code, for the mean loss over the
retain set. N, N_f and N_r are the numbers of all, forget and retain samples:

    1. $v = \\frac1N \\sum_{D_f} \\nabla\\ell_i - \\frac{N_f}{N N_r} \\sum_{D_r} \\nabla\\ell_i$ at $\\theta$:
       $\\frac{N_f}N$ times the difference of the two mean gradients.
    2. $H = \\lambda I + \\frac1M G^\\top G$; the rows of G are the gradients of M retain samples, one by one.
    3. $\\theta_u = \\theta + \\alpha H^{-1} v$, by Woodbury's identity
       $H^{-1} v = \\frac1\\lambda [v - G^\\top (M \\lambda I + G G^\\top)^{-1} G v]$.

The public code means to apply WoodFisher (Singh & Alistarh 2020) in step 3, the rank-one updates of $H^{-1}$, but
carries one vector along instead of a matrix; `influence-as-published` does what it does, on plain images (there
augmented).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch.func import functional_call, grad, vmap
from torch.nn import functional

from mu.masks import unmasked
from mu.models import device_of
from mu.selection import flatten, moved, trainable
from mu.unlearning.gradients import single

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples

ALPHA = 1.0  # Jia et al., an earlier state of their code; its later users take 1 to 100
DAMPING = 1.0  # Jia et al., public code, where it is the start of the recursion
SAMPLES = 1000  # Jia et al., public code; 300,000 for ImageNet
BATCH = 256  # Jia et al., public code; only speed depends on it


def influence(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    alpha: float = ALPHA,
    damping: float = DAMPING,
    samples: int = SAMPLES,
    seed: int = 0,
) -> nn.Module:
    """Move the weights by the inverse Hessian times the change of the mean gradient.

    G takes `samples` numbers of 4 bytes a weight on the model's device: 0.4 GB for 10^5 of them, 45 GB for the 11.2
    million of ResNet-18. Weights that a mask holds at zero have no gradient and are left out: 2.3 GB at 95 %.

    Args:
        alpha: length of the step; 1 is that of the proposition.
        damping: lambda, added to the diagonal of the Hessian; above 0.
        samples: how many retain samples, drawn at random, give the Hessian; all where there are fewer.
        seed: of the draw.
    """
    if not damping > 0:
        raise ValueError(f"damping must be above 0; it is {damping}")
    v, drawn, live = gradient_change(model, forget, retain), retain.draw(samples, seed), unmasked(model)
    rows = v.new_empty(len(drawn), int(live.sum()))
    start = 0
    for chunk in sample_gradients(model, drawn):
        rows[start : start + len(chunk)] = chunk[:, live]
        start += len(chunk)
    change = torch.zeros_like(v)
    change[live] = alpha * inverse_product(rows, v[live], damping)
    return _stepped(model, change)


def influence_as_published(
    model: nn.Module, forget: Samples, retain: Samples, *, alpha: float = ALPHA, samples: int = SAMPLES
) -> nn.Module:
    """Influence unlearning as in the public code of Jia et al., whose product is not one with an inverse Hessian.

    Its recursion should carry $H_j^{-1} g_{j+1}$, a new vector for every sample. It carries one vector o for all,
    which starts as the first gradient and is only ever rescaled, so v is corrected along that gradient alone.

    Args:
        alpha: length of the step.
        samples: M of the recursion. The code reads the first M + 2 of the retain set, in data-set order.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1; it is {samples}")
    k, o, m = gradient_change(model, forget, retain), None, samples
    for chunk in sample_gradients(model, retain[: m + 2]):
        for g in chunk:
            if o is None:
                o = g
                continue
            og = o @ g
            k = k - (k @ g) / (m + og) * o
            o = o - og / (m + og) * o
    return _stepped(model, alpha * k)


def gradient_change(model: nn.Module, forget: Samples, retain: Samples) -> Float[Tensor, " d"]:
    """Mean gradient over all samples minus that over the retain set: v of step 1, in evaluation mode."""
    gradient, device = _gradient(model), device_of(model)

    def mean(samples: Samples) -> Tensor:
        batches = zip(samples.images.split(BATCH), samples.labels.split(BATCH))
        return sum(len(y) * gradient(x.to(device), y.to(device)) for x, y in batches) / len(samples)

    return len(forget) / (len(forget) + len(retain)) * (mean(forget) - mean(retain))


def sample_gradients(model: nn.Module, samples: Samples) -> Iterator[Float[Tensor, "chunk d"]]:
    """Gradients of the samples one by one, in evaluation mode and in chunks that keep within a memory budget."""
    gradient, device = vmap(_gradient(model)), device_of(model)
    for images, labels in zip(single(model, samples.images), single(model, samples.labels)):
        yield gradient(images.to(device), labels.to(device))


def inverse_product(rows: Float[Tensor, "m d"], v: Float[Tensor, " d"], damping: float) -> Float[Tensor, " d"]:
    """(damping I + rows^T rows / m)^{-1} v, solved in double precision in the m x m form."""
    gram = (rows @ rows.T).double()
    gram.diagonal().add_(len(rows) * damping)
    return (v - rows.T @ torch.linalg.solve(gram, (rows @ v).double()).to(v)) / damping


def _gradient(model: nn.Module) -> Callable[[Tensor, Tensor], Float[Tensor, " d"]]:
    """(images, labels) -> gradient of the mean cross-entropy as one vector, in the order of `Layout`."""
    model = copy.deepcopy(model).eval()
    parameters = {name: p.detach() for name, p in trainable(model).items()}

    def loss(parameters, images, labels):
        return functional.cross_entropy(functional_call(model, parameters, (images,)), labels)

    def gradient(images, labels):
        by_name = grad(loss)(parameters, images, labels)
        return flatten(by_name[name] for name in parameters)

    return gradient


def _stepped(model: nn.Module, change: Float[Tensor, " d"]) -> nn.Module:
    """`moved`, by a step that must be finite."""
    if not change.isfinite().all():
        raise FloatingPointError("the step is not finite; a smaller alpha or a larger damping may help")
    return moved(model, change)
