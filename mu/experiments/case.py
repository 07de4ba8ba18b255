"""What a cell of any paper starts from: its task, and the models trained for it, which are kept.

Each paper adds its own: `partial.Trial` the ledgers, `sweeps.Swept` what unlearns and how that is judged.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import torch

import mu
from mu import pruning
from mu.data import Dataset, Samples, tensor_hash
from mu.experiments.cache import Trained, kept
from mu.ledger import Ledger, Recorder, RunningSum
from mu.masks import apply_masks, masks_of
from mu.models import reinitialise
from mu.timing import stopwatch
from mu.training import Recipe, train

if TYPE_CHECKING:
    from jaxtyping import Int64
    from torch import Tensor, nn

    from mu.tasks import Task

TARGET = 0  # the class to forget where the settings name none: airplane (Jia et al., public code)
SHARE = 0.1  # of the training samples, in the random and the backdoor scenario
HELD_OUT = 0.1  # of the training part of every class, never trained on: validation (Jia et al., public code)


def hold_out(data: Dataset, samples: int | None, seed: int) -> tuple[Dataset, Samples]:
    """A tenth of every class put aside: (data set with the other training samples, held-out ones).

    Args:
        samples: use only so many training samples, drawn at random; None uses all.
    """
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(seed))[:samples]
    labels = data.train.labels.cpu()[order]
    of_class = [order[labels == label] for label in range(data.num_classes)]
    held = torch.cat([positions[: round(HELD_OUT * len(positions))] for positions in of_class])
    rest = order[~torch.isin(order, held)]
    return replace(data, train=data.train[rest.sort().values]), data.train[held.sort().values]


def untrained(settings: dict, seed: int, device: str, images: int | None = None) -> tuple[Dataset, nn.Module]:
    """Where a cell times or follows training itself: its data set, and its network before training.

    Args:
        images: so many training images, from the first again where there are fewer; None: as they are.
    """
    data = mu.load_dataset(settings["dataset"], device=device)
    if images is not None:
        data = replace(data, train=data.train[torch.arange(images) % len(data.train)])
    return data, mu.build_model(settings["model"], data, seed=seed).to(device)


@dataclass
class Case:
    """The task of a cell and the models trained for it, at one seed.

    The seed draws the held-out samples, the forget set, the initial weights and the batch order of training.
    Everything after the request is seeded apart, by `after`. Where the settings have `samples`, so many are used, and
    part of them is held out (`validation`). Where they have `split`, that seed draws held-out samples and forget set,
    which models of several seeds can share.
    """

    settings: dict
    seed: int
    device: str
    data: Dataset | None = None  # the data set as loaded, where several cases share it

    def __post_init__(self) -> None:
        s = self.settings
        self.recipe = Recipe(**s["recipe"])
        self.after = 1000 + self.seed
        self.split = s.get("split", self.seed)
        self.label = s.get("forget", s.get("label", TARGET))
        data = self.data or mu.load_dataset(s["dataset"], device=self.device)
        if "samples" in s:
            data, self.validation = hold_out(data, s["samples"], self.split)
        self.task = self.request(data)

    def request(self, data: Dataset) -> Task:
        """What is to be forgotten."""
        match self.settings["scenario"]:
            case "class":
                return mu.forget_class(data, self.label)
            case "rare":
                return mu.forget_rare(data, self.label, self.settings["count"], self.split)
            case "subclass":
                return mu.forget_subclass(data, self.label)
            case "random":
                return mu.forget_random(data, SHARE, self.split)
            case "poisoned":
                return mu.forget_poisoned(data, SHARE, self.label, self.split)
            case other:
                raise ValueError(f"unknown scenario {other!r}; choose one of class, rare, subclass, random, poisoned")

    @cached_property
    def images(self) -> str:
        """Hash of the training images: a folder's may change under the same name."""
        return tensor_hash(self.task.data.train.images)

    def kinds(self, samples: Samples) -> Int64[Tensor, " n"]:
        """Labels, or fine labels where a sub-class is asked for."""
        return samples.fine if self.settings["scenario"] == "subclass" else samples.labels

    def build(self) -> nn.Module:
        """The untrained network."""
        return mu.build_model(self.settings["model"], self.task.data, seed=self.seed).to(self.device)

    def learn(
        self, samples: Samples, seed: int, ledgers: Sequence[Recorder] = ()
    ) -> Callable[[nn.Module], nn.Module]:
        """Training by the case's recipe: untrained model -> trained model."""
        return lambda model: train(model, samples, self.recipe, seed=seed, ledger=ledgers)

    def original(self) -> Trained:
        """The trained model, dense or pruned by the cell's pruner; every training on the way comes from the cache."""
        pruner, percent = self.settings.get("pruner"), self.settings.get("sparsity")
        if not percent:
            return self._dense()
        if pruner == "synflow":
            return self._synflow(percent)
        if pruner == "imp":
            return self._pruned(round(math.log(1 - percent / 100) / math.log(1 - pruning.RATE)), pruning.RATE)
        return self._pruned(1, percent / 100)  # OMP is one round of IMP

    def summed(self, shares: Iterable[float]) -> Trained:
        """The dense original with running sums: as ledgers to take back, without the bytes of nearly every step.

        It is trained anew, for sums are not kept.
        """
        sums = [RunningSum(share, only=self.task.forget.indices) for share in shares]
        with stopwatch(self.device) as watch:
            model = self.learn(self.task.train, self.seed, sums)(self.build())
        return Trained(model, sums, watch.seconds)

    def _dense(self) -> Trained:
        return self._on_all("dense", self.build, self.learn(self.task.train, self.seed))

    def _synflow(self, percent: float) -> Trained:
        def make(_: nn.Module) -> nn.Module:
            untrained = self.build()
            masks = pruning.synflow_masks(untrained, self.task.data.shape, percent)
            return self.learn(self.task.train, self.seed)(apply_masks(untrained, masks))

        return self._on_all(f"synflow {percent:g}", self._build_pruned, make)

    def _pruned(self, rounds: int, rate: float) -> Trained:
        """By magnitude, round by round, each of which is kept: IMP at one sparsity goes on from another's."""
        more = {"samples": self.task.train, "recipe": self.recipe, "seed": self.seed}
        early = self.early(f"rewound, {self.task.train.fingerprint}", self.build, self.task.train, self.seed)
        made = self._dense()
        for k in range(1, rounds + 1):
            make = lambda _, before=made.model: pruning.imp(before, early, rounds=1, rate=rate, **more)
            after = self._on_all(f"pruned {rate:g}, round {k}", self._build_pruned, make)
            made = after._replace(seconds=after.seconds + made.seconds)
        return made

    def early(self, part: str, build: Callable, samples: Samples, seed: int) -> nn.Module:
        """The model early in training on these samples, to which survivors are rewound."""
        make = lambda model: pruning.rewound(model, samples, self.recipe, seed=seed)
        return self.kept(part, build, make).model

    def _on_all(self, part: str, build: Callable, make: Callable) -> Trained:
        """A model that has seen what is to be forgotten."""
        return self.kept(f"{part}, {self.task.train.fingerprint}", build, make)

    def _build_pruned(self) -> nn.Module:
        """A model with the tensors of a pruned one."""
        model = self.build()
        return apply_masks(model, masks_of(model))

    def retrained(self, original: nn.Module) -> Trained:
        """The reference: new weights under the original's mask, trained on the retain set only, as published."""
        build = lambda: reinitialise(original, self.after)
        part = f"retain {self.task.retain.fingerprint}"
        if self.settings.get("sparsity"):
            part += f" {self.settings['pruner']} {self.settings['sparsity']}, mask of {self.task.train.fingerprint}"
        return self.kept(part, build, self.learn(self.task.retain, self.after))

    def kept(self, part: str, build: Callable, make: Callable, recorders: Sequence[Ledger] = (), **more) -> Trained:
        """What `make(build())` returns, from the cache if it is there; see `mu.experiments.cache.kept`.

        Args:
            part: which of the case's models it is, and of which samples.
            recorders: the ledgers that `make` fills.
            more: what else decides the result.
        """
        config = {**self.identity(), "part": part, "seed": self.seed, **more}
        return kept(config, build, make, device=self.device, ledgers=recorders)

    def identity(self) -> dict:
        """What decides how every model of the case is trained; `kept` adds which, of which samples, and the seed."""
        deciding = {name: self.settings[name] for name in ("dataset", "model", "recipe")}
        if self.settings["dataset"].startswith("folder:"):
            deciding["images"] = self.images
        if self.settings["scenario"] == "poisoned":
            deciding["poisoned"] = [self.label, self.task.forget.fingerprint]
        return deciding
