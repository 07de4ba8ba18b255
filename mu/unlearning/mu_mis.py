"""MU-Mis: take back a sample's contribution by levelling how the logits react to it; no retained data.

Cheng et al. (ICLR 2026), Eq. 3 and Algorithm 1 as third-party accounts have them. With $f_k$ the logit of class k, c
a sample's label and c' another class, drawn anew for every sample at every step,

    $L(\\theta) = \\frac1{\\lvert\\mathcal D_f\\rvert} \\sum_{x\\in\\mathcal D_f}
        \\lVert\\nabla_x f_c(x)\\rVert_F^2 - \\lVert\\nabla_x f_{c'}(x)\\rVert_F^2$

    1. In evaluation mode, on each batch of the samples to forget: draw c', compute L, and
       $\\theta \\leftarrow \\theta - \\eta\\,\\nabla_\\theta L$, a derivative of derivatives.
    2. After each pass t over $\\mathcal D_f$ take $s_t$, the mean of $\\lVert\\nabla_x f_{c'}(x)\\rVert_F$, and
       $r_t = s_t / s_0$. Stop when $s_t$ is above its minimum so far and $r_t > \\delta$, or after T steps.
       For this look the c' are drawn once (ours): new draws move $s_t$ by more than a step does.

Training raised the first norm above the second; levelling them is to undo that. The slope at other classes first
falls and then recovers, and with it what the model knows of the rest: hence the rule of step 2. L has no lower
bound, so without the rule the method does not end.

Batch size, learning rate, $\\delta$ and T are not given where we could read; ours are marked. `terms`, `norm` and
`weighted` are the paper's ablations.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, NamedTuple

import torch

from mu.models import class_count, device_of, require_floats
from mu.selection import trainable
from mu.sensitivity import input_gradient, squared_norm
from mu.unlearning.relabel import fresh_wrong_labels

if TYPE_CHECKING:
    from jaxtyping import Float64
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.unlearning.steps import OnStep

TERMS = ("both", "target", "other", "jacobian")
LR = 1e-4  # ours
BATCH = 128  # ours
DELTA = 1.1  # ours: the accounts give 1, but then a run whose s rises from the start ends after one pass
MAX_STEPS = 500  # ours


class Pass(NamedTuple):
    """Sensitivities before the first pass over the forget set, and after each."""

    step: int  # steps done by then
    target: float  # mean over the set of the norm of the target-class gradient
    other: float  # s_t: the same for the other class drawn
    ratio: float  # r_t = s_t / s_0
    loss: float  # L over the set, of the variant that is run


class Guard:
    """The stopping rule: true once s is above its running minimum and above delta times its first value."""

    def __init__(self, delta: float) -> None:
        self.delta, self.first, self.least = delta, None, float("inf")

    def __call__(self, s: float) -> bool:
        self.first = s if self.first is None else self.first
        past_minimum = s > self.least
        self.least = min(self.least, s)
        return past_minimum and s > self.delta * self.first


def mu_mis(
    model: nn.Module,
    forget: Samples,
    *,
    lr: float = LR,
    delta: float = DELTA,
    batch_size: int = BATCH,
    max_steps: int = MAX_STEPS,
    terms: str = "both",
    norm: str = "frobenius",
    weighted: bool = False,
    curve: list[Pass] | None = None,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Lower the target-class sensitivity of the forget set, raise that of other classes, and stop in time.

    Plain gradient descent on all trainable weights, batch norm's included; its statistics stay.

    Args:
        lr: learning rate; it scales with one over the squared sensitivity, so every network has its own.
        delta: share of its first value that the other-class sensitivity must regain; infinity never stops.
        max_steps: the end in any case.
        terms: "both"; "target" or "other" alone; "jacobian" shrinks both, as regularisation by the Jacobian does.
        norm: "frobenius" or "spectral", see `mu.sensitivity.squared_norm`.
        weighted: an accelerated form, reconstructed: the first term counts twice for samples whose target class is
            still the more sensitive, the second twice while the sample's is below the mean it had at the start.
        curve: a list to which a `Pass` is added at the start and after every pass.
        on_step: called after each step with its number and the model; True ends the run.
        seed: of c' and of the batch order.

    Raises:
        FloatingPointError: a sensitivity became infinite; the learning rate is too large.
        ValueError: unknown terms or norm, a model that does not react to its input at all, or one that does not take
            floats in [0, 1] as it takes uint8.
    """
    if terms not in TERMS:
        raise ValueError(f"unknown terms {terms!r}; choose one of {', '.join(TERMS)}")
    if not 0 <= lr < math.inf or not delta >= 0:
        raise ValueError(f"a finite lr >= 0 and delta >= 0 are needed, not {lr} and {delta}")
    if batch_size < 1 or max_steps < 0:
        raise ValueError(f"batch_size >= 1 and max_steps >= 0 are needed, not {batch_size} and {max_steps}")
    model = copy.deepcopy(model).eval()
    require_floats(model, forget.images)
    parameters, forget = list(trainable(model).values()), forget.to(device_of(model))
    classes, generator = class_count(model, forget.images), torch.Generator().manual_seed(seed)
    watched = fresh_wrong_labels(forget, classes, generator).labels  # c' at the looks
    looked = (watched,) if curve is None else (watched, forget.labels)  # only the curve needs the second
    guard, first, step = Guard(delta), None, 0
    while True:
        norms = _norms(model, forget.images, looked, norm, batch_size)
        other, *own = norms.mean(1).tolist()
        if not math.isfinite(sum(own, other)):
            raise FloatingPointError(f"sensitivity became {other} by step {step}; a smaller lr than {lr:g} may help")
        if not other > 0 and first is None:
            raise ValueError("the model does not react to these images: its other-class sensitivity is 0")
        first = first or other
        if curve is not None:
            loss = _loss(norms[1] ** 2, norms[0] ** 2, terms, first if weighted else None)
            curve.append(Pass(step, *own, other, other / first, loss.item()))
        if guard(other) or step >= max_steps:
            return model
        for batch in torch.randperm(len(forget), generator=generator).split(batch_size):
            part = forget[batch]
            drawn = fresh_wrong_labels(part, classes, generator).labels  # c'
            with torch.enable_grad():
                slopes = input_gradient(model, part.images, part.labels, drawn, create_graph=True)
                loss = _loss(*(squared_norm(slope, norm) for slope in slopes), terms, first if weighted else None)
            gradients = torch.autograd.grad(loss, parameters, materialize_grads=True)  # the head's bias has no part
            with torch.no_grad():
                torch._foreach_sub_(parameters, torch._foreach_mul(gradients, lr))
            if on_step and on_step(step, model):
                return model
            step += 1
            if step >= max_steps:
                break


def _norms(
    model: nn.Module, images: Tensor, classes: tuple[Tensor, ...], norm: str, batch_size: int
) -> Float64[Tensor, "classes image"]:
    """Norms, not squared, of the slopes of these classes at each image."""
    found = []
    for where in torch.arange(len(images)).split(batch_size):
        slopes = input_gradient(model, images[where], *(labels[where] for labels in classes))
        found.append(torch.stack([squared_norm(slope, norm).sqrt() for slope in slopes]))
    return torch.cat(found, dim=1).double()


def _loss(target: Tensor, other: Tensor, terms: str, first: float | None) -> Tensor:
    """Mean over the batch; squared norms of each sample, and the first s if the weighted form is wanted."""
    if first is not None:
        target = target * (1 + (target > other).float())
        other = other * (1 + (other < first**2).float())
    signs = {"both": (1, -1), "target": (1, 0), "other": (0, -1), "jacobian": (1, 1)}
    a, b = signs[terms]
    return (a * target + b * other).mean()
