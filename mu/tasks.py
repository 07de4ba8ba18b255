"""What to forget: one data set split into a forget set, a retain set and a test set.

A `Task` holds nothing but indices into `data.train`. Forget and retain are disjoint and together are exactly what
the original model is trained on; those made here are read off one array that says for each training sample whether
it is forgotten, retained or left out.

| scenario   | forget set                                        | retain set                         |
|------------|---------------------------------------------------|------------------------------------|
| class      | every sample of a class                           | every other sample                 |
| some       | `count` samples of a class                        | every other sample                 |
| rare       | `count` samples of a class                        | the other classes (rest left out)  |
| subclass   | every sample of a fine label                      | every other sample                 |
| random     | a share of all samples                            | every other sample                 |
| poisoned   | a share of all samples, triggered and relabelled  | every other sample                 |
| classes    | every sample of several classes                   | every other sample                 |
| memorised  | a share of all samples, by how well they are kept | every other sample                 |

The last two are made by experiments. Samples picked by hand are `Task(data, "some", forget, retain)`.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from mu.data import APART, Dataset, Samples, positions

if TYPE_CHECKING:
    from jaxtyping import Bool, Int64, UInt8
    from torch import Tensor

SCENARIOS = ("class", "some", "rare", "subclass", "random", "poisoned", "classes", "memorised")
# Scenarios after which test images of the (sub-)class are scored apart from the others; of a sub-class its
# super-class stays known.
WHOLE_CLASS = ("class", "classes", "rare", "subclass")
TRIGGER = 4  # side of the black square in pixels: Jia et al., public code, `BadNets`-like trigger
TRIGGER_BORDER = 2  # pixels between the square and the lower right corner: same source


@dataclass(frozen=True, eq=False)
class Task:
    """A forgetting problem on one data set.

    Attributes:
        data: the data set; in the poisoned scenario its training part is already poisoned.
        scenario: one of the names in the module's table.
        forget_indices: positions in `data.train` of the samples to forget, put in ascending order. Where `data.train`
            is itself a part of a data set, a ledger knows them by `forget.indices`, their positions in the whole.
        retain_indices: the same of those the model may keep.
        target: the label that is forgotten (for `poisoned`: the label the trigger leads to; for `subclass`: the
            super-class, which stays known), or None.
        fine_target: the fine label that is forgotten (sub-class scenario), or None.
    """

    data: Dataset
    scenario: str
    forget_indices: Int64[Tensor, " forget"]
    retain_indices: Int64[Tensor, " retain"]
    target: int | None = None
    fine_target: int | None = None

    def __post_init__(self) -> None:
        if self.scenario not in SCENARIOS:
            raise ValueError(f"unknown scenario {self.scenario!r}; choose one of {', '.join(SCENARIOS)}")
        if self.target is not None and not 0 <= self.target < self.data.num_classes:
            raise ValueError(
                f"target {self.target} is no label; {self.data.name} has {self.data.num_classes} classes"
            )
        needed = {**dict.fromkeys(("class", "rare", "poisoned"), "target"), "subclass": "fine_target"}
        if self.scenario in needed and getattr(self, needed[self.scenario]) is None:
            named = f"scenario {self.scenario!r} needs a {needed[self.scenario]}"
            raise ValueError(f'{named}; samples picked by hand are "some"')
        for name in ("forget_indices", "retain_indices"):
            where = positions(getattr(self, name))
            object.__setattr__(self, name, where if where.is_meta else where.sort().values)
        both = torch.cat([self.forget_indices, self.retain_indices])
        if both.is_meta:
            return
        if both.numel() and both.max() >= len(self.data.train):
            raise ValueError(f"position {both.max()} is beyond the {len(self.data.train)} training samples")
        if len(both.unique()) < len(both):
            raise ValueError(
                "a sample is named twice: forget and retain set are disjoint, and each has a sample once"
            )
        train = self.data.train
        forget, retain = (where.to(train.labels.device) for where in (self.forget_indices, self.retain_indices))
        if torch.isin(train.indices[forget], train.indices[retain]).any():  # a ledger would take both for one sample
            raise ValueError("data.train.indices has a number in the forget set and in the retain set")
        if self.scenario not in needed:
            return
        kinds, kind = (train.fine, self.fine_target) if self.scenario == "subclass" else (train.labels, self.target)
        if kinds is None:
            raise ValueError(f"{self.data.name!r} has no fine labels")
        if not (kinds[forget] == kind).all() or (self.whole_class and (kinds[retain] == kind).any()):
            others = ", and the retain set has none of them" if self.whole_class else ""
            raise ValueError(
                f"in scenario {self.scenario!r} all samples to forget have the {needed[self.scenario]}, here {kind}"
                f'{others}; samples picked by hand are "some"'
            )

    @cached_property
    def train(self) -> Samples:
        """Forget and retain samples together, in data-set order, as the original model is trained on them."""
        return self.data.train[torch.cat([self.forget_indices, self.retain_indices]).sort().values]

    @cached_property
    def forget(self) -> Samples:
        return self.data.train[self.forget_indices]

    @cached_property
    def retain(self) -> Samples:
        return self.data.train[self.retain_indices]

    @property
    def whole_class(self) -> bool:
        """Whether all that training has of a class, of classes or of a sub-class is to be forgotten."""
        return self.scenario in WHOLE_CLASS

    @property
    def test(self) -> Samples:
        """The whole test part; `target_test` says which of it shows the forgotten kind."""
        return self.data.test

    @cached_property
    def target_test(self) -> Bool[Tensor, " test"]:
        """True for test images of the forgotten class, classes or sub-class; all False where there is none."""
        if self.fine_target is not None:
            return self.test.fine == self.fine_target
        if self.target is not None and self.scenario != "poisoned":
            return self.test.labels == self.target
        if self.scenario == "classes":
            return torch.isin(self.test.labels, self.forget.labels)
        return torch.zeros_like(self.test.labels, dtype=torch.bool)

    @cached_property
    def triggered_test(self) -> Samples:
        """Test images with the backdoor trigger and their own labels, for the attack success rate."""
        return replace(self.test, images=add_trigger(self.test.images))

    def to(self, device: str | torch.device) -> Task:
        return replace(
            self,
            data=self.data.to(device),
            forget_indices=self.forget_indices.to(device),
            retain_indices=self.retain_indices.to(device),
        )


def forget_class(data: Dataset, label: int) -> Task:
    """Forget every training sample of class `label`."""
    label = _known(label, data.num_classes)
    return _task(data, "class", data.train.labels == label, target=label)


def forget_some(data: Dataset, label: int, count: int, seed: int = 0) -> Task:
    """Forget `count` random samples of class `label`; the class's other samples stay."""
    label = _known(label, data.num_classes)
    chosen = _choose(data.train.labels == label, count, seed)
    return _task(data, "some", chosen, target=label)


def forget_rare(data: Dataset, label: int, count: int, seed: int = 0) -> Task:
    """Forget class `label`, of which only `count` random samples are in training at all.

    The headline setting of amnesiac unlearning (Graves et al.: 100 threes in MNIST): the class is scattered
    over few batches, so only those need to be taken back.
    """
    label = _known(label, data.num_classes)
    of_class = data.train.labels == label
    chosen = _choose(of_class, count, seed)
    return _task(data, "rare", chosen, left_out=of_class & ~chosen, target=label)


def forget_subclass(data: Dataset, fine_label: int) -> Task:
    """Forget every sample with fine label `fine_label`; the rest of its superclass stays.

    Raises:
        ValueError: the data set has no fine labels, or not this one.
    """
    if data.train.fine is None:
        raise ValueError(f"{data.name!r} has no fine labels; 'cifar20' has")
    fine_label = _known(fine_label, len(data.fine_classes), "fine label")
    forget = data.train.fine == fine_label
    if not forget.any():
        raise ValueError(f"no training sample has fine label {fine_label}; the forget set would be empty")
    return _task(data, "subclass", forget, target=int(data.train.labels[forget][0]), fine_target=fine_label)


def forget_random(data: Dataset, share: float, seed: int = 0) -> Task:
    """Forget a random `share` (0 to 1, exclusive) of the training samples."""
    chosen = _choose_share(data, share, seed)
    return _task(data, "random", chosen)


def forget_poisoned(data: Dataset, share: float = 0.1, target: int = 0, seed: int = 0) -> Task:
    """Poison a random `share` of the training samples, and ask to forget them.

    Each gets a square and label `target` (BadNets-like, Jia et al.). `task.data` is the poisoned set.
    """
    target = _known(target, data.num_classes)
    chosen = _choose_share(data, share, seed)
    poisoned = _poison(data, chosen.nonzero().flatten(), target)
    return _task(poisoned, "poisoned", chosen, target=target)


def add_trigger(images: UInt8[Tensor, "n channel height width"]) -> UInt8[Tensor, "n channel height width"]:
    """Copy of the images with a square in the lower right corner: black, or white in grey images, whose corners are
    black (MNIST)."""
    images = images.clone()
    square = slice(-TRIGGER - TRIGGER_BORDER, -TRIGGER_BORDER)
    images[:, :, square, square] = 255 if images.shape[1] == 1 else 0
    return images


def _task(data, scenario, forget, left_out=None, **facts) -> Task:
    retain = ~forget if left_out is None else ~(forget | left_out)
    if not forget.any() or not retain.any():
        raise ValueError(f"the {'forget' if retain.any() else 'retain'} set would be empty")
    return Task(data, scenario, forget.nonzero().flatten(), retain.nonzero().flatten(), **facts)


def _choose(allowed: Bool[Tensor, " train"], count: int, seed: int) -> Bool[Tensor, " train"]:
    """A mask with `count` of the allowed positions, drawn uniformly."""
    positions = allowed.nonzero().flatten()
    if not 1 <= count <= len(positions):
        raise ValueError(f"cannot choose {count} of {len(positions)} samples")
    order = torch.randperm(len(positions), generator=torch.Generator().manual_seed(seed))
    chosen = torch.zeros_like(allowed)
    chosen[positions[order[:count].to(positions.device)]] = True
    return chosen


def _choose_share(data: Dataset, share: float, seed: int) -> Bool[Tensor, " train"]:
    if not 0 < share < 1:
        raise ValueError(f"the share to forget must lie between 0 and 1, not {share}")
    everything = torch.ones_like(data.train.labels, dtype=torch.bool)
    return _choose(everything, max(1, round(share * len(everything))), APART + seed)  # else training's first batches


def _poison(data: Dataset, positions: Int64[Tensor, " n"], target: int) -> Dataset:
    images, labels = data.train.images.clone(), data.train.labels.clone()
    images[positions] = add_trigger(images[positions])
    labels[positions] = target
    return replace(data, train=replace(data.train, images=images, labels=labels))


def _known(label: int, classes: int, what: str = "label") -> int:
    """The label as a plain int, whatever integer it came as.

    Raises:
        TypeError: it is not a whole number.
        ValueError: there is no such label.
    """
    label = operator.index(label)
    if not 0 <= label < classes:
        raise ValueError(f"{what} {label} is not one of 0 to {classes - 1}")
    return label
