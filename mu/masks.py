"""Masks, and the models that carry them.

A pruned model carries its masks: each weight is a parametrisation, `original * mask`, whose original is 0 where the
mask is. There the gradient is 0, so momentum, weight decay, an l1 penalty and Adam leave it at exactly 0: no training
or unlearning method needs to know of masks. `state_dict` holds them; such models cannot be pickled.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils import parametrize

from mu.selection import flatten, trainable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Bool, Float
    from torch import Tensor

    Masks = dict[str, Bool[Tensor, "out in height width"]]  # by name of the convolution; False is pruned


class Masked(nn.Module):
    """The parametrisation of a pruned weight."""

    def __init__(self, mask: Bool[Tensor, "out in height width"]):
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight: Float[Tensor, "out in height width"]) -> Float[Tensor, "out in height width"]:
        return weight * self.mask

    def right_inverse(self, weight: Float[Tensor, "out in height width"]) -> Float[Tensor, "out in height width"]:
        """What is stored for a weight given: 0 where masked."""
        return self(weight)


def prunable(model: nn.Module) -> dict[str, nn.Conv2d]:
    """The convolutions by name, in the model's order."""
    return {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}


def is_pruned(model: nn.Module) -> bool:
    """Whether the model carries masks, be they all True."""
    return any(_masked(conv) for conv in prunable(model).values())


def _masked(conv: nn.Conv2d) -> bool:
    """Whether a weight carries a mask; it may have another parametrisation, such as weight norm."""
    return parametrize.is_parametrized(conv, "weight") and isinstance(conv.parametrizations.weight[0], Masked)


def masks_of(model: nn.Module) -> Masks:
    """Copies of the masks a model carries; all True where it carries none."""
    return {
        name: conv.parametrizations.weight[0].mask.clone()
        if _masked(conv)
        else torch.ones_like(conv.weight, dtype=torch.bool)
        for name, conv in prunable(model).items()
    }


def by_parameter(model: nn.Module) -> dict[str, Bool[Tensor, "..."]]:
    """Which entries of each trainable parameter no mask holds at zero, by name and in the order of `mu.Layout`."""
    # Dense convolutions go by another name; their masks would be all True.
    masks = {f"{name}.parametrizations.weight.original": mask for name, mask in masks_of(model).items()}
    return {name: masks.get(name, torch.ones_like(p, dtype=torch.bool)) for name, p in trainable(model).items()}


def unmasked(model: nn.Module) -> Bool[Tensor, " d"]:
    """Which entries of the flat vector of trainable parameters (order of `mu.Layout`) no mask holds at zero."""
    return flatten(by_parameter(model).values())


def sparsity(model: nn.Module) -> float:
    """Percent of the convolution weights that are masked; 0 for a dense model."""
    masks = masks_of(model).values()
    return 100 * sum(int((~mask).sum()) for mask in masks) / max(1, sum(mask.numel() for mask in masks))


def dense(model: nn.Module) -> nn.Module:
    """A deep copy without masks: the same weights, pruned ones as plain zeros, free to move."""
    model = copy.deepcopy(model)
    for conv in prunable(model).values():
        if _masked(conv):
            # `remove_parametrizations` would take the property off a class that deep copies share.
            weight, trainable = conv.weight.detach(), conv.parametrizations.weight.original.requires_grad
            conv.__class__ = parametrize.type_before_parametrizations(conv)
            del conv.parametrizations
            conv.weight = nn.Parameter(weight, trainable)
            conv.register_parameter("bias", conv._parameters.pop("bias"))  # behind the weight again
    return model


def apply_masks(model: nn.Module, masks: Mapping[str, Bool[Tensor, "out in height width"]]) -> nn.Module:
    """A deep copy that carries these masks, in place of any it carried.

    Weights that an old mask had pruned and the new one has not are 0 and can be trained.

    Raises:
        ValueError: the names are not those of `prunable(model)`, a mask is not bool or not of its weight's shape, or
            a weight has another parametrisation.
    """
    model = dense(model)
    convs = prunable(model)
    if masks.keys() != convs.keys():
        raise ValueError(f"masks for {', '.join(masks)}; the model's convolutions are {', '.join(convs)}")
    for name, conv in convs.items():
        if parametrize.is_parametrized(conv, "weight"):
            raise ValueError(f"{name} has a parametrisation of its own; a mask cannot be put beside it")
        mask, shape = masks[name], conv.weight.shape
        if mask.shape != shape or mask.dtype != torch.bool:
            raise ValueError(f"{name} needs a bool mask of {tuple(shape)}, not {mask.dtype} of {tuple(mask.shape)}")
        parametrize.register_parametrization(conv, "weight", Masked(mask.to(conv.weight.device, copy=True)))
        conv.train(conv.training)  # what was registered starts in training mode
    return model
