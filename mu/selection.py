"""A model's parameters as one flat vector, and which of its entries to keep: layer-wise selections.

A `Layout` says which stretch of the vector belongs to which layer, where a *layer* is one parameter tensor (each
weight and each bias by itself). A `Selection` keeps the same share of every layer: $S_l(x; r)$ in Gogineni &
Nadimi's layer-wise partial updates, which set one threshold per layer rather than one for all.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jaxtyping import Bool, Float, Shaped
    from torch import Tensor, nn

RULES = ("top", "bottom", "random", "fixed", "cyclic")


def trainable(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name, in the order they lie in the flat vector."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def flatten(tensors: Iterable[Shaped[Tensor, "..."]]) -> Shaped[Tensor, " d"]:
    """The entries of all tensors, one tensor behind the other."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def moved(model: nn.Module, change: Float[Tensor, " d"]) -> nn.Module:
    """A deep copy of the model with a vector added to its trainable parameters: in float64, rounded once."""
    model, layout = copy.deepcopy(model), Layout.of(model)
    with torch.no_grad():
        for p, part in zip(trainable(model).values(), layout.split(change), strict=True):
            p.copy_(p.double() + part.view(p.shape).to(p.device))
    return model


@dataclass(frozen=True)
class Layout:
    """Names and shapes of a model's trainable parameters, in the order they lie in the flat vector."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, model: nn.Module) -> Layout:
        parameters = trainable(model)
        return cls(tuple(parameters), tuple(tuple(p.shape) for p in parameters.values()))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        return tuple(prod(shape) for shape in self.shapes)

    @property
    def size(self) -> int:
        return sum(self.sizes)

    def split(self, vector: Tensor) -> tuple[Tensor, ...]:
        """Views of a flat vector, one flat view per layer."""
        return vector.split(self.sizes)


@dataclass(frozen=True)
class Selection:
    """A rule that keeps the same share of the entries of every layer.

    Attributes:
        keep: share of the entries kept in each layer, above 0 and at most 1; at least one entry is kept.
        rule: `top` keeps the largest magnitudes; `bottom` the smallest (a control: it should fail to forget);
            `random` draws anew at every step; `fixed` draws once; `cyclic` rotates blocks over the steps.
        layers: names of the layers to keep entries of, the others keep none; None for all (the other literal reading
            of "layer-wise partial").
        seed: of the draws of `random` and `fixed`.
    """

    keep: float = 1.0
    rule: str = "top"
    layers: tuple[str, ...] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.layers, str):
            raise ValueError(f"layers takes several names; write layers=({self.layers!r},)")
        if self.layers is not None:
            object.__setattr__(self, "layers", tuple(self.layers))
        if not 0 < self.keep <= 1:
            raise ValueError(f"keep must be above 0 and at most 1, not {self.keep}")
        if self.rule not in RULES:
            raise ValueError(f"unknown rule {self.rule!r}; choose one of {', '.join(RULES)}")

    def counts(self, layout: Layout) -> tuple[int, ...]:
        """Entries kept per layer: max(1, round(keep * size)), or 0 where `layers` leaves the layer out.

        Raises:
            ValueError: `layers` names a layer the model does not have.
        """
        return _counts(self, layout)

    def keeps_all(self, layout: Layout) -> bool:
        return self.counts(layout) == layout.sizes

    def mask(self, vector: Float[Tensor, " d"], layout: Layout, step: int = 0) -> Bool[Tensor, " d"]:
        """True for exactly `counts[l]` entries of every layer l.

        Among equal magnitudes the entry that comes first wins, so the mask is a function of the arguments
        alone. `step`, the number of the training step, moves `random` and `cyclic` on. The mask of `fixed` is drawn
        once, and not to be changed.
        """
        if self.rule == "fixed":
            return _fixed(self, layout, vector.device)
        if (
            self.rule == "top"
            and not vector.is_cuda
            and (mask := _top(vector, layout, self.counts(layout))) is not None
        ):
            return mask
        mask = torch.zeros_like(vector, dtype=torch.bool)
        generator = torch.Generator().manual_seed((self.seed * 1_000_003 + step) % 2**63)
        for x, kept, count in zip(layout.split(vector), layout.split(mask), self.counts(layout), strict=True):
            if count == len(x):
                kept.fill_(True)
            elif count == 0:
                continue
            elif self.rule == "top":
                kept.copy_(extreme(x.abs(), count, largest=True))
            elif self.rule == "bottom":
                kept.copy_(extreme(x.abs(), count, largest=False))
            elif self.rule == "cyclic":
                kept[torch.arange(step * count, (step + 1) * count, device=x.device) % len(x)] = True
            else:
                kept[torch.randperm(len(x), generator=generator)[:count].to(x.device)] = True
        return mask


@cache
def _fixed(selection: Selection, layout: Layout, device: torch.device) -> Bool[Tensor, " d"]:
    """What `random` draws at step 0."""
    return replace(selection, rule="random").mask(torch.empty(sum(layout.sizes), device=device), layout)


@cache
def _counts(selection: Selection, layout: Layout) -> tuple[int, ...]:
    unknown = sorted(set(selection.layers or ()) - set(layout.names))
    if unknown:
        raise ValueError(f"the model has no layer {', '.join(unknown)}; it has {', '.join(layout.names)}")
    return tuple(
        max(1, round(selection.keep * size)) if selection.layers is None or name in selection.layers else 0
        for name, size in zip(layout.names, layout.sizes, strict=True)
    )


def _top(vector: Float[Tensor, " d"], layout: Layout, counts: tuple[int, ...]) -> Bool[Tensor, " d"] | None:
    """The largest entries of every layer in a few passes over the whole vector; None where ties have to be broken."""
    x = vector.abs().nan_to_num_(nan=torch.inf)
    least = [
        (torch.inf if count == 0 else -torch.inf)
        if count in (0, len(part))
        else float(_ranked(part, len(part) - count))
        for part, count in zip(layout.split(x), counts, strict=True)
    ]
    mask = x >= torch.from_numpy(np.repeat(np.array(least), layout.sizes)).to(x.dtype)
    return mask if np.count_nonzero(mask.numpy()) == sum(counts) else None


def extreme(x: Float[Tensor, " n"], count: int, largest: bool) -> Bool[Tensor, " n"]:
    """True for the `count` largest (or smallest) of non-negative entries; among equals for the first ones.

    NaN counts as infinite, so that a diverged step still keeps exactly `count` entries.
    """
    if count in (0, len(x)):
        return torch.full_like(x, bool(count), dtype=torch.bool)
    x = x.nan_to_num(nan=torch.inf)
    threshold = _ranked(x, len(x) - count if largest else count - 1)
    inside, level = (x > threshold if largest else x < threshold), x == threshold
    missing = count - inside.sum()
    if not x.is_cuda and level.sum() == missing:  # no tie to break
        return inside | level
    return inside | (level & (level.cumsum(0) <= missing))  # on a GPU without waiting for it


def _ranked(x: Float[Tensor, " n"], rank: int) -> Float[Tensor, ""] | float:
    """The entry of non-negative `x` that has `rank` entries before it in ascending order.

    Updates of a network can be mostly zeros (pixels that are always black never move their weights); among so many
    equal values the library's selection takes twenty times as long, so they are counted and left out first.
    """
    if x.is_cuda:
        return x.sort().values[rank]  # `kthvalue` reads one vector by a single block of threads
    if x.dtype != torch.float32:
        return x.kthvalue(rank + 1).values
    values = x.numpy()
    zeros = len(values) - np.count_nonzero(values)
    if rank < zeros:
        return 0.0
    if 3 * zeros > len(values):
        values, rank = values[values > 0], rank - zeros
    return float(np.partition(values, rank)[rank])
