"""Gradients over the samples of a set, batch by batch or one by one: what SSD, SalUn, Fisher and influence take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from mu.models import device_of
from mu.selection import trainable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jaxtyping import Shaped
    from torch import Tensor, nn

    from mu.data import Samples

# Numbers that the gradients of one chunk may take: 32 MiB and 4 GiB, of which Fisher's sum over the classes holds
# up to four at once. Ours; on a CPU larger chunks are slower.
BUDGET = {"cpu": 2**23, "cuda": 2**30}
MOST = 256  # images in a chunk, which bounds activations: ours


def batch_gradients(
    model: nn.Module, samples: Samples, batch_size: int, reduction: str = "mean"
) -> Iterator[tuple[Tensor, ...]]:
    """Gradient of the cross-entropy on each batch, the last of which may be smaller; the model keeps its mode.

    Args:
        reduction: "mean" or "sum" over the samples of a batch.

    Yields:
        One tensor for each trainable parameter, of its shape; zeros where the loss does not depend on it.
    """
    parameters, samples = list(trainable(model).values()), samples.to(device_of(model))
    for images, labels in zip(samples.images.split(batch_size), samples.labels.split(batch_size)):
        with torch.enable_grad():
            loss = functional.cross_entropy(model(images), labels, reduction=reduction)
        yield torch.autograd.grad(loss, parameters, materialize_grads=True)


def single(model: nn.Module, tensor: Shaped[Tensor, "n ..."]) -> tuple[Shaped[Tensor, "group 1 ..."], ...]:
    """Groups of one sample, in chunks whose gradients keep within the memory budget."""
    size = sum(p.numel() for p in trainable(model).values())
    budget = BUDGET.get(device_of(model).type, BUDGET["cpu"])
    return tensor.unsqueeze(1).split(max(1, min(MOST, budget // size)))
