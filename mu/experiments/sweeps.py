"""Methods with one hyper-parameter, every value of it tried: what `sparsity` and `mumis` share.

Mostly no hyper-parameter is picked while recording: every value tried is recorded with its scores, and `mu.reading`
picks afterwards. Where a method is run many times, along a sequence of requests or on many models, `best_by_rule`
picks first, and one value is recorded.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import torch
from sklearn.neighbors import KNeighborsClassifier

import mu
from mu.data import Samples
from mu.experiments.case import Case
from mu.experiments.item import rows_of
from mu.metrics import Outputs, accuracy, outputs
from mu.models import predict
from mu.timing import stopwatch
from mu.training import Recipe

if TYPE_CHECKING:
    from jaxtyping import Bool
    from torch import Tensor, nn

TUNING_RATE = 0.01  # where a rate is not what is tried: that of class-wise fine-tuning (Jia et al., public code)
NEIGHBOURS = 10  # ours
AGAIN = 2000  # seed of a second retrained model, none of the first's; the same beside every first


@dataclass(frozen=True)
class Tuned:
    """How a method is run where values of one of its options are tried."""

    smoke: tuple[float, ...]  # values tried, by profile
    laptop: tuple[float, ...]
    quick: tuple[float, ...] = ()  # none: as `laptop`
    paper: tuple[float, ...] = ()  # none: as `laptop`
    option: str = "lr"  # what is tried
    published: float | dict[str, float] | None = None  # value of public code; by scenario, where it differs
    fixed: dict[str, dict] = field(default_factory=dict)  # scenario -> options that are fixed; "": in every one
    shortened: bool = False  # an epoch passes over retained data too, so a profile may cut the epochs down
    fewest_epochs: dict[str, int] = field(default_factory=dict)  # scenario -> epochs left, where also others are cut
    expects: tuple[str, float, float] | None = None  # an option that is given the forget accuracy to expect, in
    # percent; the factor to the option's unit; its smallest value

    def values(self, profile: str) -> list[float]:
        """What is tried under a profile."""
        return list(getattr(self, profile) or self.laptop)

    def known(self, scenario: str) -> float:
        """The published value for a scenario; NaN if there is none."""
        value = self.published.get(scenario) if isinstance(self.published, dict) else self.published
        return math.nan if value is None else value


class Accuracies(NamedTuple):
    """Of a model, in percent, on what unlearning may look at: no test image."""

    forget: float
    retain: float
    held_out: float  # without what is to be forgotten


def tuned(recipe: Recipe, epochs: int, batch: int) -> Recipe:
    """How sparsity's methods go on from training by a recipe: shorter, and at one rate throughout."""
    return replace(recipe, epochs=epochs, batch_size=batch, lr=TUNING_RATE, schedule="constant", warmup=0.0)


@dataclass
class Swept(Case):
    """A case whose methods are run with a value of their hyper-parameter, and what they should reach."""

    # Original -> what a retrained model should reach.
    guesses: WeakKeyDictionary[nn.Module, Accuracies] = field(default_factory=WeakKeyDictionary)

    def unlearn(
        self, sweep: dict, value: float, original: nn.Module, surrogate: Samples | None = None
    ) -> tuple[nn.Module, float]:
        """One method with one value of its hyper-parameter: (model, seconds).

        What the method is told, such as the accuracy to expect, is worked out before, and not in its seconds.
        """
        options = self.options(sweep, value, original)
        with stopwatch(self.device) as watch:
            model = mu.unlearn(sweep["method"], original, self.task, surrogate=surrogate, **options)
        return model, watch.seconds

    def options(self, sweep: dict, value: float, original: nn.Module) -> dict:
        """What the method is called with."""
        options, known = dict(sweep["options"]), mu.methods()[sweep["method"]].defaults
        if "seed" in known:
            options["seed"] = 1000 + self.after
        if "recipe" in known:
            options["recipe"] = self._recipe(sweep, value, known["recipe"])
        if sweep["name"] in known:  # it may be the recipe's
            options[sweep["name"]] = value
        return options

    def _recipe(self, sweep: dict, value: float, published: Recipe) -> Recipe:
        """The method's own recipe with what the sweep changes, or with `tune` that of training at constant rate."""
        lr = {"lr": value} if sweep["name"] == "lr" else {}
        if "tune" not in sweep:
            return replace(published, **sweep.get("recipe", {}), **lr)
        return replace(tuned(self.recipe, *sweep["tune"]), **lr)

    def spared(self) -> Bool[Tensor, " held_out"]:
        """Which held-out samples are not of the class or sub-class to forget."""
        kinds = self.kinds(self.validation)
        return kinds != self.label if self.task.whole_class else torch.ones_like(kinds, dtype=torch.bool)

    def observed(self, forget: Tensor, retain: Tensor, held_out: Tensor) -> Accuracies:
        """Accuracies of the logits of forget, retain and held-out samples."""
        spared = self.spared()
        return Accuracies(
            forget=accuracy(forget, self.task.forget.labels),
            retain=accuracy(retain, self.task.retain.labels),
            held_out=accuracy(held_out[spared], self.validation.labels[spared]),
        )

    def expected(self, original: nn.Module) -> Accuracies:
        """What a retrained model should score on them, guessed from the original, which must have fitted its samples.

        On retained and held-out samples as much as the original. On those to forget, none of which it saw: of a class
        nothing; of a sub-class what the retained images most like them suggest; of single samples as much as on
        held-out ones; with a trigger, the share of clean images that the original takes for the target class.
        Worked out once for each original.
        """
        if original not in self.guesses:
            self.guesses[original] = self._guess(original)
        return self.guesses[original]

    def _guess(self, original: nn.Module) -> Accuracies:
        parts = (self.task.forget, self.task.retain, self.validation)
        forget, retain, held_out = (predict(original, samples) for samples in parts)
        reached = self.observed(forget, retain, held_out)
        unseen = {  # scenario -> accuracy on the forget set of a model that never saw it
            "class": lambda: 0.0,
            "subclass": lambda: by_neighbours(self.task.forget, self.task.retain),
            "poisoned": lambda: 100 * (held_out.argmax(1) == self.label).double().mean().item(),
        }
        return reached._replace(forget=unseen.get(self.settings["scenario"], lambda: reached.held_out)())

    def proxy_gap(self, guess: Accuracies, model: nn.Module, out: Outputs) -> float:
        """Mean distance of a model's accuracies to those expected, in points: what the rule makes small."""
        reached = self.observed(out.forget, out.retain, predict(model, self.validation))
        return sum(abs(a - b) for a, b in zip(guess, reached, strict=True)) / len(reached)


def by_neighbours(asked: Samples, known: Samples) -> float:
    """Percent of samples whose label is the commonest among the 10 known images nearest to them, pixel by pixel.

    What a model that never saw a sub-class may answer to it, without training one. Pixels, because a trained model's
    features have learnt the sub-class under its label: by them nearly all neighbours agree.
    """
    flat = lambda samples: samples.images.flatten(1).float().cpu()
    model = KNeighborsClassifier(min(NEIGHBOURS, len(known))).fit(flat(known), known.labels.cpu())
    return 100 * model.score(flat(asked), asked.labels.cpu())


def best_by_rule(
    case: Swept, sweeps: list[dict], original: nn.Module, surrogate: Samples | None
) -> tuple[dict, float]:
    """Of the sweeps of one method that, and the value in it, whose proxy gap is smallest; of one value, that."""
    pairs = [(sweep, value) for sweep in sweeps for value in sweep["values"]]
    if len(pairs) == 1:
        return pairs[0]
    guess = case.expected(original)

    def gap(pair: tuple[dict, float]) -> float:
        try:
            model, _ = case.unlearn(*pair, original, surrogate)
        except FloatingPointError:
            return math.inf
        out = outputs(model, case.task)
        return case.proxy_gap(guess, model, out) if out.finite else math.inf

    return min(pairs, key=gap)


def columns_of(sweep: dict, value: float) -> dict:
    """What a row says of how a method was run: the value tried, of what, and which variant of the method it is."""
    variant = {name: option for name, option in sweep["options"].items() if isinstance(option, str) or name == "lr"}
    return {**variant, "option": sweep["name"], "tried": value}


def tries(
    case: Swept, original: nn.Module, surrogate: Samples | None = None
) -> Iterator[tuple[str, nn.Module | None, float, dict]]:
    """(method, unlearned model, seconds, columns) for every value the cell tries; no model where it diverged."""
    for sweep in case.settings["sweeps"]:
        for value in sweep["values"]:
            unlearned, seconds = None, math.nan
            with contextlib.suppress(FloatingPointError):
                unlearned, seconds = case.unlearn(sweep, value, original, surrogate)
            yield sweep["method"], unlearned, seconds, columns_of(sweep, value)


Score = Callable[[Swept, "nn.Module", Outputs, Outputs], dict[str, float]]  # (case, model, its outputs, reference's)


def method_rows(case: Swept, score: Score, surrogate: Samples | None = None) -> Iterator[dict]:
    """Scores against the retrained model: of both models, or of what the cell's sweeps try.

    Rows also say for which of several requests, or variants of a method, the cell is.

    Args:
        score: metric -> value, "Avg. Gap" among them; "RTE" and "proxy gap" are added.
    """
    which = {name: case.settings[name] for name in ("forget", "level", "variant") if name in case.settings}
    original = case.original()
    retrained = case.retrained(original.model)
    reference, guess = outputs(retrained.model, case.task), case.expected(original.model)

    def line(method: str, model: nn.Module | None, seconds: float, **columns) -> list[dict]:
        values = lambda model, out: {**score(case, model, out, reference), "RTE": seconds}
        return scored(case, guess, values, method, model, **columns, **which)

    if not case.settings["sweeps"]:
        yield from line("trained", original.model, original.seconds)
        yield from line("retrain", retrained.model, retrained.seconds)
    for method, model, seconds, columns in tries(case, original.model, surrogate):
        yield from line(method, model, seconds, **columns)


def scored(
    case: Swept,
    guess: Accuracies,
    score: Callable[[nn.Module, Outputs], dict[str, float]],
    method: str,
    model: nn.Module | None,
    **columns,
) -> list[dict]:
    """Rows of a model's scores and its proxy gap; of one that diverged (or None) only that: not to be chosen."""
    out = outputs(model, case.task) if model else None
    if out is None or not out.finite:
        return rows_of(method, {"diverged": 1}, **columns)
    return rows_of(method, {**score(model, out), "proxy gap": case.proxy_gap(guess, model, out)}, **columns)


def again(recipe: Recipe) -> dict:
    """A sweep that retrains once more, from other weights and in another order: how far apart is chance?"""
    return {"method": "retrain", "options": {}, "name": "seed", "values": [AGAIN], "recipe": asdict(recipe)}


def one_each(cells: list[dict]) -> list[dict]:
    """First a cell for each request's trained and retrained models, then one for each method: none trains twice."""
    return [{**cell, "sweeps": []} for cell in cells] + [
        {**cell, "sweeps": [sweep]} for cell in cells for sweep in cell["sweeps"]
    ]
