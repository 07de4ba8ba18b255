"""Samples under other labels: what several methods train on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from mu.data import Samples


def wrong_labels(samples: Samples, classes: int, seed: int) -> Samples:
    """The samples with labels drawn uniformly from the other classes: never the true one.

    Raises:
        ValueError: there is no other class.
    """
    if classes < 2:
        raise ValueError(f"there is no wrong label: the model tells {classes} class apart")
    shift = torch.randint(1, classes, samples.labels.shape, generator=torch.Generator().manual_seed(seed))
    return replace(samples, labels=(samples.labels + shift.to(samples.labels.device)) % classes)


def fresh_wrong_labels(samples: Samples, classes: int, generator: torch.Generator) -> Samples:
    """`wrong_labels` under a seed drawn from the generator: others at every call."""
    return wrong_labels(samples, classes, int(torch.randint(2**62, (), generator=generator)))


def numbered(samples: Samples) -> Samples:
    """The samples with their positions 0 .. n - 1 in place of labels, so that a loss can look up each one's target.

    `train` hands a loss the labels of its batch. With `targets` one row per sample, soft targets are
    `train(model, numbered(samples), ..., loss=lambda logits, i: mu.metrics.divergence(targets[i], logits))`.
    """
    return replace(samples, labels=torch.arange(len(samples), device=samples.labels.device))
