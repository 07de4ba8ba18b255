"""Methods with one hyper-parameter, every value of it tried: what `sparsity` and `mumis` share.

No hyper-parameter is picked while recording. Every value tried is recorded with its scores, and `chosen` picks
afterwards by one of three rules: the published value; the best guess without the retrained model and the test set; or
the value nearest to the retrained model, which is what the field reports and nobody could do in practice.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pandas as pd
import torch

import mu
from mu import pruning
from mu.data import Dataset, Samples
from mu.experiments.common import Trained, kept, training_digest
from mu.metrics import Outputs, accuracy, outputs
from mu.models import predict, reinitialise
from mu.tasks import Task
from mu.timing import stopwatch
from mu.training import Recipe, train

if TYPE_CHECKING:
    from jaxtyping import Bool
    from torch import Tensor, nn

TARGET = 0  # the class to forget where the settings name none: airplane (Jia et al., public code)
SHARE = 0.1  # of the training samples, in the random and the backdoor scenario
HELD_OUT = 0.1  # of the training part of every class, never trained on: validation (Jia et al., public code)
TUNING_RATE = 0.01  # learning rate of l1-sparse: that of class-wise fine-tuning (Jia et al., public code)
NEIGHBOURS = 10  # ours
CHOICES = {"published": None, "rule": "proxy gap", "oracle": "Avg. Gap"}  # how to choose -> what to minimise


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


@dataclass
class Case:
    """What every cell starts from: task, recipe and the (pruned) original model, at one seed.

    The seed draws the held-out samples, the forget set, the initial weights and the batch order of training.
    Everything after the request is seeded apart, by `after`: retraining by this seed, unlearning by another.
    """

    settings: dict
    seed: int
    device: str
    guesses: WeakKeyDictionary = field(default_factory=WeakKeyDictionary)  # original model -> what to expect

    def __post_init__(self) -> None:
        s = self.settings
        data = mu.load_dataset(s["dataset"], device=self.device)
        data, self.validation = hold_out(data, s["samples"], self.seed)
        self.forget = s.get("forget", TARGET)
        self.task = self.request(data)
        self.recipe = Recipe(**s["recipe"])
        self.after = 1000 + self.seed

    def request(self, data: Dataset) -> Task:
        """What is to be forgotten."""
        return {
            "class": lambda: mu.forget_class(data, self.forget),
            "subclass": lambda: mu.forget_subclass(data, self.forget),
            "random": lambda: mu.forget_random(data, SHARE, self.seed),
            "poisoned": lambda: mu.forget_poisoned(data, SHARE, self.forget, self.seed),
        }[self.settings["scenario"]]()

    def build(self) -> nn.Module:
        return mu.build_model(self.settings["model"], self.task.data, seed=self.seed).to(self.device)

    def build_pruned(self) -> nn.Module:
        """A model with the tensors of a pruned one."""
        model = self.build()
        return pruning.apply_masks(model, pruning.masks_of(model))

    def original(self) -> Trained:
        """The trained model, dense or pruned by the cell's pruner; every training on the way comes from the cache."""
        pruner, percent = self.settings.get("pruner"), self.settings.get("sparsity")
        train_on = self.task.train
        learn = lambda model: train(model, train_on, self.recipe, seed=self.seed)  # noqa: E731
        if pruner == "synflow" and percent:
            masks = lambda model: pruning.synflow_masks(model, self.task.data.shape, percent)  # noqa: E731
            make = lambda _: learn(pruning.apply_masks(self.build(), masks(self.build())))  # noqa: E731
            return self._kept(f"synflow {percent:g}", self.build_pruned, make)
        made = self._kept("dense", self.build, learn)
        if not percent:
            return made
        early = lambda model: pruning.rewound(model, train_on, self.recipe, seed=self.seed)  # noqa: E731
        rewound = self._kept("rewound", self.build, early).model
        rounds, rate = 1, percent / 100  # OMP is one round of IMP
        if pruner == "imp":
            rounds, rate = round(math.log(1 - percent / 100) / math.log(1 - pruning.RATE)), pruning.RATE
        for k in range(1, rounds + 1):
            before = made
            make = lambda _, before=before: pruning.imp(  # noqa: E731
                before.model, rewound, train_on, self.recipe, 1, seed=self.seed, rate=rate
            )
            made = self._kept(f"pruned {rate:g}, round {k}", self.build_pruned, make)
            made = made._replace(seconds=made.seconds + before.seconds)
        return made

    def retrained(self, original: nn.Module) -> Trained:
        """The reference: new weights under the original's mask, trained on the retain set only, as published."""
        build = lambda: reinitialise(original, self.after)  # noqa: E731
        learn = lambda model: train(model, self.task.retain, self.recipe, seed=self.after)  # noqa: E731
        masked = [f"{self.settings[name]}" for name in ("pruner", "sparsity") if self.settings.get("sparsity")]
        return self._kept(" ".join(["retain", self.task.retain.fingerprint, *masked]), build, learn)

    def unlearn(self, sweep: dict, value: float, original: nn.Module, surrogate: Samples | None = None) -> nn.Module:
        """One method with one value of its hyper-parameter."""
        options, known = dict(sweep["options"]), mu.methods()[sweep["method"]].defaults
        if "seed" in known:
            options["seed"] = 1000 + self.after
        if "recipe" in known:
            options["recipe"] = self._recipe(sweep, value, known["recipe"])
        if sweep["name"] in known:  # it may be the recipe's
            options[sweep["name"]] = value
        return mu.unlearn(sweep["method"], original, self.task, surrogate=surrogate, **options)

    def _recipe(self, sweep: dict, value: float, published: Recipe) -> Recipe:
        """The method's own recipe with what the sweep changes, or with `tune` that of training at constant rate."""
        lr = {"lr": value} if sweep["name"] == "lr" else {}
        if "tune" not in sweep:
            return replace(published, **sweep.get("recipe", {}), **lr)
        epochs, batch = sweep["tune"]
        tuned = {"epochs": epochs, "batch_size": batch, "lr": TUNING_RATE, "schedule": "constant", "warmup": 0.0}
        return replace(self.recipe, **tuned | lr)

    def _kept(self, part: str, build: Callable, make: Callable) -> Trained:
        names = ("dataset", "model", "samples", "recipe")
        config = {name: self.settings[name] for name in names} | {"part": part, "seed": self.seed}
        if self.settings["scenario"] == "poisoned":
            config["poisoned"] = [SHARE, self.forget]
        if self.settings.get("removed"):  # by earlier requests
            config["removed"] = self.settings["removed"]
        return kept({**config, "code": training_digest()}, build, make, device=self.device)

    def spared(self) -> Bool[Tensor, " held_out"]:
        """The held-out samples but those of the class or sub-class to forget."""
        if self.settings["scenario"] == "class":
            return self.validation.labels != self.forget
        if self.settings["scenario"] == "subclass":
            return self.validation.fine != self.forget
        return torch.ones_like(self.validation.labels, dtype=torch.bool)

    def observed(self, forget: Tensor, retain: Tensor, held_out: Tensor) -> tuple[float, float, float]:
        """Accuracy of logits on forget, retain and held-out samples; of the last without what is to be forgotten."""
        spared = self.spared()
        return (
            accuracy(forget, self.task.forget.labels),
            accuracy(retain, self.task.retain.labels),
            accuracy(held_out[spared], self.validation.labels[spared]),
        )

    def expected(self, original: nn.Module) -> tuple[float, float, float]:
        """What a retrained model should score there, guessed from the original, which must have fitted its samples.

        It is as good on retained and held-out samples. A class it never saw it never answers; a sub-class it answers
        as the retained images most like it suggest; single samples it never saw are to it what held-out samples are;
        a trigger it never saw it does not follow. Worked out once for each original.
        """
        if original not in self.guesses:
            self.guesses[original] = self._guess(original)
        return self.guesses[original]

    def _guess(self, original: nn.Module) -> tuple[float, float, float]:
        parts = (self.task.forget, self.task.retain, self.validation)
        forget, retain, held_out = (predict(original, samples) for samples in parts)
        _, retain, unseen = self.observed(forget, retain, held_out)
        asked = {
            "class": lambda: 0.0,
            "subclass": lambda: by_neighbours(self.task.forget, self.task.retain),
            "poisoned": lambda: 100 * (held_out.argmax(1) == self.forget).double().mean().item(),
        }
        return asked.get(self.settings["scenario"], lambda: unseen)(), retain, unseen

    def proxy_gap(self, guess: tuple[float, ...], model: nn.Module, out: Outputs) -> float:
        """Mean distance of a model's accuracies to those expected, in points: what the rule makes small."""
        seen = self.observed(out.forget, out.retain, predict(model, self.validation))
        return sum(abs(a - b) for a, b in zip(guess, seen, strict=True)) / len(guess)


def by_neighbours(asked: Samples, known: Samples) -> float:
    """Percent of samples whose label is the commonest among the 10 known images nearest to them, pixel by pixel.

    What a model that never saw a sub-class may answer to it, without training one. Pixels, because a trained model's
    features have learnt the sub-class under its label: by them nearly all neighbours agree.
    """
    flat = lambda samples: samples.images.flatten(1).float() / 255  # noqa: E731
    library, hits = flat(known), 0
    for images, labels in zip(flat(asked).split(512), asked.labels.split(512), strict=True):
        near = torch.cdist(images, library).topk(min(NEIGHBOURS, len(known)), largest=False).indices
        hits += (known.labels[near].mode(1).values == labels).sum().item()
    return 100 * hits / len(asked)


def tries(
    case: Case, original: nn.Module, surrogate: Samples | None = None
) -> Iterator[tuple[str, nn.Module | None, float, dict]]:
    """(method, unlearned model, seconds, columns) for every value the cell tries; no model where it diverged."""
    for sweep in case.settings["sweeps"]:
        named = {k: v for k, v in sweep["options"].items() if isinstance(v, str) or k == "lr"}
        named["option"] = sweep["name"]
        for value in sweep["values"]:
            unlearned = None
            with stopwatch(case.device) as watch, contextlib.suppress(FloatingPointError):
                unlearned = case.unlearn(sweep, value, original, surrogate)
            yield sweep["method"], unlearned, watch.seconds, {**named, "tried": value}


Score = Callable[[Case, "nn.Module", Outputs, Outputs], dict[str, float]]  # (case, model, its outputs, reference's)


def method_rows(case: Case, score: Score, surrogate: Samples | None = None) -> Iterator[dict]:
    """Scores against the retrained model: of both models, or of what the cell's sweeps try.

    Args:
        score: metric -> value, "Avg. Gap" among them; "RTE" and "proxy gap" are added.
    """
    original = case.original()
    retrained = case.retrained(original.model)
    reference, guess = outputs(retrained.model, case.task), case.expected(original.model)

    def rows(method: str, model: nn.Module | None, seconds: float, **columns) -> Iterator[dict]:
        out = outputs(model, case.task) if model else None
        if out is None or not all(part.isfinite().all() for part in out):  # a value not to be chosen
            yield {"method": method, "metric": "diverged", "value": 1, **columns}
            return
        values = score(case, model, out, reference)
        values |= {"RTE": seconds, "proxy gap": case.proxy_gap(guess, model, out)}
        yield from ({"method": method, "metric": m, "value": value, **columns} for m, value in values.items())

    if not case.settings["sweeps"]:
        yield from rows("trained", original.model, original.seconds)
        yield from rows("retrain", retrained.model, retrained.seconds)
    for method, model, seconds, columns in tries(case, original.model, surrogate):
        yield from rows(method, model, seconds, **columns)


CASE = ("seed", "dataset", "model", "scenario", "forget", "level", "sparsity", "pruner", "method")


def chosen(
    rows: pd.DataFrame,
    how: str,
    published: dict[str, dict[str, float]],
    within: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> pd.DataFrame:
    """The rows of `method_rows` with one value of each method's hyper-parameter.

    Args:
        how: "published"; "rule": smallest "proxy gap", which reads neither the retrained model nor a test image;
            "oracle": smallest "Avg. Gap" to the retrained model, test accuracy included.
        published: method -> scenario -> value; a method without one is left out of that choice.
        within: further columns whose every value is chosen for apart.
        also: columns of a second hyper-parameter, chosen together with the first.

    Returns:
        Rows of methods without a hyper-parameter and, of the others, those of the chosen value.
    """
    if how not in CHOICES:
        raise ValueError(f"unknown choice {how!r}; choose one of {', '.join(CHOICES)}")
    if "tried" not in rows:  # only the trained and the retrained model so far
        return rows
    fixed, swept = rows[rows["tried"].isna()], rows[rows["tried"].notna()]
    if how == "published":
        pairs = zip(swept["method"], swept["scenario"], swept["tried"], strict=True)
        picked = swept[[math.isclose(published.get(m, {}).get(s, math.nan), tried) for m, s, tried in pairs]]
    else:
        keys = [column for column in (*CASE, *within) if column in rows]
        judged = swept[swept["metric"] == CHOICES[how]].sort_values("tried", kind="stable")
        pick = [*keys, "tried", *(column for column in also if column in rows)]
        best = judged.loc[judged.groupby(keys, dropna=False)["value"].idxmin(), pick]
        picked = swept.merge(best, on=pick)
    return pd.concat([part for part in (fixed, picked) if len(part)] or [rows[:0]], ignore_index=True)


def one_each(cells: list[dict]) -> list[dict]:
    """Cells of the trained and retrained models first, then one for every method: short, and none trains twice."""
    return [{**cell, "sweeps": []} for cell in cells] + [
        {**cell, "sweeps": [sweep]} for cell in cells for sweep in cell["sweeps"]
    ]
