"""RUM: split the forget set by how far each sample is memorised, and unlearn each part as its kind needs.

Zhao et al. (NeurIPS 2024), with the sequence of methods that their public code gives as its example:

    1. Order the forget set by memorisation and cut it into thirds $D_l$, $D_m$, $D_h$: low, middle, high.
    2. $D_l$: do nothing. A model trained without such samples knows them just as well.
    3. $D_m$: fine-tune on what is left once $D_l$ and $D_m$ are gone, $D_r \\cup D_h$.
    4. $D_h$: SalUn, with $D_h$ to forget and $D_r$ to keep.

A stage keeps what no stage has yet been asked to forget. Memorisation of a sample is by how much the probability of
its label falls when it is left out of training (Feldman 2020), which takes many trained models to estimate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mu.metrics import confidence
from mu.models import predict
from mu.training import Recipe
from mu.unlearning.fine_tune import RECIPE, fine_tune
from mu.unlearning.salun import salun

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples

TUNING = replace(RECIPE, lr=0.1)  # stage 3: public code
SALIENT = replace(RECIPE, epochs=5, lr=0.1)  # stage 4: public code


def rum(
    model: nn.Module,
    forget: Samples,
    retain: Samples,
    *,
    memorisation: Float[Tensor, " forget"] | None = None,
    share: float = 0.5,
    tuning: Recipe = TUNING,
    recipe: Recipe = SALIENT,
    seed: int = 0,
) -> nn.Module:
    """Unlearn thirds of the forget set in turn: by nothing, by fine-tuning, by SalUn.

    Args:
        memorisation: one score a forget sample, larger is more memorised; only their order counts. None takes
            `hardness`, a proxy of ours; scores are public for CIFAR-10 and CIFAR-100 alone.
        share: of the weights that SalUn trains.
        tuning: recipe of fine-tuning.
        recipe: that of SalUn.
        seed: of both.

    Raises:
        ValueError: fewer than three samples to forget, or not one score for each.
    """
    scores = hardness(model, forget) if memorisation is None else memorisation
    _, _, high = thirds(forget, scores)  # the low and the middle third are forgotten by being left out
    model = fine_tune(model, retain + high, recipe=tuning, seed=seed)
    return salun(model, high, retain, share=share, recipe=recipe, seed=seed)


def hardness(model: nn.Module, samples: Samples) -> Float[Tensor, " n"]:
    """1 - probability of the true label: what the model fits worst is taken for what it had to memorise."""
    logits = predict(model, samples).double()  # in single precision most probabilities would be exactly 1
    return 1 - confidence(logits, samples.labels.to(logits.device))


def thirds(samples: Samples, scores: Float[Tensor, " n"]) -> list[Samples]:
    """The samples of low, middle and high score; ties by position, the earlier parts larger by at most one."""
    if not scores.isfinite().all():
        raise ValueError("a memorisation score is not finite")
    if scores.shape != (len(samples),) or len(samples) < 3:
        raise ValueError(f"three samples or more and a score for each, not {len(samples)} and {tuple(scores.shape)}")
    return [samples[where] for where in scores.argsort(stable=True).tensor_split(3)]
