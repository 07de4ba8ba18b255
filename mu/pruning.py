"""Which weights a sparse model keeps: pruning by magnitude, once or in rounds, and SynFlow.

Jia et al. (2023) prune first and unlearn then. Pruning is unstructured and global over the weights of all
convolutions; linear layers, norms and biases stay whole. d is the number of convolution weights, s = `percent` / 100.

    OMP (Ma et al. 2021), their default; IMP (Frankle & Carbin 2019) repeats steps 2 to 4, each time with a small s:
    1. Train the dense model; w_0: its weights after the share `REWIND` of the training.      `mu.train`, `rewound`
    2. m = 1 for the (1 - s) d weights of largest |w|, over all layers together.              `magnitude_masks`
    3. Start from w_0 times m.                                                                `apply_masks`
    4. Train it for the rest of the epochs, with the rates that belong to them.               `omp`, `imp`

    SynFlow (Tanaka et al. 2020), before training and without data; n = `rounds`, k = 1 .. n:
    1. $R$ = sum of the outputs for an image of ones, every parameter replaced by its magnitude.
    2. Keep the $(1 - s)^{k/n} d$ weights of largest $|w\\, \\partial R / \\partial w|$.              `synflow_masks`

A pruned model carries its masks, see `mu.masks`.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import torch

from mu.masks import apply_masks, dense, masks_of, prunable, sparsity
from mu.selection import extreme, flatten
from mu.training import train

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.masks import Masks
    from mu.training import Recipe

REWIND = 8 / 182  # epoch 8 of 182: Jia et al., public code, CIFAR-10
RATE = 0.2  # share of the remaining weights that a round of IMP prunes: Jia et al., public code
ROUNDS = 100  # of SynFlow: Tanaka et al.; Jia et al., public code


# ---- which weights to keep ----------------------------------------------------------------------


def magnitude_masks(model: nn.Module, percent: float) -> Masks:
    """Keep the round((1 - percent / 100) d) weights of largest magnitude, of all convolutions together.

    Nothing protects a layer: one whose weights are all small is pruned completely.

    Args:
        model: trained. If it carries masks, what they prune stays pruned.
        percent: of all d convolution weights, those pruned before included; 0 to below 100.

    Raises:
        ValueError: `percent` is out of range or below what is already pruned, or there is no convolution.
    """
    scores = {name: conv.weight.detach().abs() for name, conv in prunable(model).items()}
    return _largest(scores, masks_of(model), _kept(percent))


def synflow_masks(model: nn.Module, shape: tuple[int, int, int], percent: float, rounds: int = ROUNDS) -> Masks:
    """Keep round((1 - percent / 100) d) weights by SynFlow.

    Args:
        model: a `mu.models.Classifier`, untrained and dense.
        shape: channel, height and width of its images.
        percent: of all d convolution weights; 0 to below 100.
        rounds: number of prunings, each by the same share of what remains. In one, layers may be lost whole.

    Raises:
        ValueError: `percent` is out of range, there is no round, or no convolution.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, not {rounds}")
    masks, kept = masks_of(model), _kept(percent)
    for k in range(1, rounds + 1):
        masks = _largest(synflow_scores(apply_masks(model, masks), shape), masks, kept ** (k / rounds))
    return masks


def synflow_scores(model: nn.Module, shape: tuple[int, int, int]) -> dict[str, Float[Tensor, "out in height width"]]:
    """$|w\\, \\partial R / \\partial w|$ of every convolution weight, in float64: deep networks overflow float32.

    The ones enter behind `normalise`. Batch norms are in evaluation mode, with the statistics they have.
    """
    model = dense(model).double().eval()
    with torch.enable_grad():
        for parameter in model.parameters():
            parameter.data.abs_()
        ones = torch.ones(1, *shape, dtype=torch.float64, device=model.head.weight.device)
        weights = {name: conv.weight.requires_grad_() for name, conv in prunable(model).items()}
        gradients = torch.autograd.grad(model.head(model.features(ones)).sum(), list(weights.values()))
    return {name: (w.detach() * g).abs() for (name, w), g in zip(weights.items(), gradients, strict=True)}


def _kept(percent: float) -> float:
    """Share of the weights that stays."""
    if not 0 <= percent < 100:
        raise ValueError(f"percent must be from 0 to below 100, not {percent}")
    return 1 - percent / 100


def _largest(scores: Mapping[str, Tensor], masks: Masks, share: float) -> Masks:
    """True for `share` of all weights: those of largest score that `masks` keeps; among equals the first ones."""
    if not masks:
        raise ValueError("the model has no convolution to prune")
    kept = flatten(masks.values())
    count, left = round(share * len(kept)), kept.nonzero().flatten()
    if count > len(left):
        raise ValueError(f"{count} weights cannot be kept: only {len(left)} are not yet pruned")
    values = flatten(scores[name] for name in masks)[left]
    kept[left] = extreme(values, count, largest=True)
    parts = kept.split([mask.numel() for mask in masks.values()])
    return {name: part.view(mask.shape).clone() for (name, mask), part in zip(masks.items(), parts, strict=True)}


# ---- train, prune, rewind, train ----------------------------------------------------------------


def rewound(initial: nn.Module, samples: Samples, recipe: Recipe, *, seed: int = 0) -> nn.Module:
    """The model as `mu.train` with these arguments has it at `rewind_epoch`, statistics included, in evaluation mode.

    Training is repeatable, so this is a moment of the run that gave the dense model; that one can come from a cache.
    """
    epoch = rewind_epoch(recipe)
    if epoch == 0:
        return copy.deepcopy(initial).eval()
    last = epoch * math.ceil(len(samples) / recipe.batch_size) - 1
    return train(initial, samples, recipe, seed=seed, on_step=lambda step, _: step == last)


def omp(
    trained: nn.Module,
    rewound: nn.Module,
    samples: Samples,
    recipe: Recipe,
    percent: float,
    *,
    seed: int = 0,
) -> nn.Module:
    """One-shot magnitude pruning: `imp` in one round.

    Args:
        percent: of the convolution weights, to prune.
    """
    return imp(trained, rewound, samples, recipe, 1, seed=seed, rate=percent / 100)


def imp(
    trained: nn.Module,
    rewound: nn.Module,
    samples: Samples,
    recipe: Recipe,
    rounds: int,
    *,
    seed: int = 0,
    rate: float = RATE,
) -> nn.Module:
    """Iterative magnitude pruning: `rounds` times prune, rewind and train.

    The models given are left untouched. Deviation: the public code trains for all epochs again, the last ones at the
    final rate; here a rewound model trains for the epochs that are left.

    Args:
        trained: the dense model after `mu.train` on `samples` with `recipe`.
        rewound: `rewound(...)` of the same run.
        rounds: at least 1. After k of them 100 (1 - (1 - rate)^k) percent are pruned.
        seed: of the batch orders, in every round.
        rate: share of the remaining weights pruned in a round; 0 to below 1.

    Returns:
        The sparse model after the last round, in evaluation mode.

    Raises:
        ValueError: `rounds` or `rate` is out of range.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, not {rounds}")
    start, model = rewind_epoch(recipe), trained
    for _ in range(rounds):
        percent = 100 - (100 - sparsity(model)) * (1 - rate)
        pruned = apply_masks(rewound, magnitude_masks(model, percent))
        model = train(pruned, samples, recipe, seed=seed, start_epoch=start)
    return model


def rewind_epoch(recipe: Recipe) -> int:
    """The epoch to rewind to: `REWIND` of the training, in whole epochs; epoch 0 is the untrained model."""
    return round(REWIND * recipe.epochs)
