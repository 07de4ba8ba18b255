"""Layer-wise partial unlearning (Gogineni & Nadimi): its figures and tables as grids of cells.

Headline setting, after the predecessor (Graves et al.): class 3 has only `count` samples in training,
scattered by shuffling, so that about a tenth of all steps used one of them. With the whole class in training
nearly every step did, and nothing selective is left to take back; table 1 shows that too.

The papers' share of kept entries is not known. We choose it by a rule that sees the forget set only: the
smallest share of the grid after which at most 1 % of the forget samples are still classified correctly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import mu
from mu.experiments import Item
from mu.experiments.common import Trained, score_rows, train_kept
from mu.ledger import Ledger, Recorder, RunningSum
from mu.metrics import Outputs, accuracy, evaluate, outputs, predict, stopwatch
from mu.pruning import RULES
from mu.tasks import Task
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import nn

TARGET = 3  # the class to forget: digit three (Graves et al.)
FORGOTTEN = 1.0  # percent of the forget set still classified correctly that counts as forgotten
KEEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # ours
RULE_KEEPS = (0.02, 0.1, 0.5)  # ours: where the other selection rules are tried


@dataclass(frozen=True)
class Scale:
    """Sizes of one profile."""

    dataset: str
    epochs: dict[str, int]  # per network: training epochs, and epochs after the removal in figure 1
    count: int  # training samples of the class to forget
    counts: tuple[int, ...]  # the same for figure 4, from few affected steps to most
    seeds: int
    evaluations: int  # points per epoch on the curves of figure 1
    fine_tune: tuple[int, int] = (1, 10)  # epochs of fine-tuning in table 1


SCALES = {
    "smoke": Scale("synthetic", {"mlp": 2, "lenet": 2}, 4, (2, 8), 1, 2, (1, 2)),
    # 20 of 3,620 samples affect 29 % of the steps, 8 affect 13 %.
    "quick": Scale("mnist5k", {"mlp": 10, "lenet": 10, "resnet9-slim": 3}, 20, (1, 4, 8, 20, 60), 1, 2),
    # 100 threes affect 11 % of the steps; figure 4 goes from 1 to 69 %.
    "laptop": Scale(
        "mnist", {"mlp": 10, "lenet": 10, "resnet9-slim": 2}, 100, (8, 17, 42, 85, 200, 500, 1000), 3, 4
    ),
    "paper": Scale("mnist", {"mlp": 10, "lenet": 10, "resnet9": 10}, 100, (8, 17, 42, 85, 200, 500, 1000), 5, 4),
}


def _settings(profile: str, model: str, **more) -> dict:
    """One cell's settings. Adam at 1e-3 and batches of 64 are the predecessor's (Graves et al., public code)."""
    scale = SCALES[profile]
    recipe = Recipe(epochs=scale.epochs[model], batch_size=64, optimizer="adam", lr=1e-3)
    return {
        "dataset": scale.dataset, "model": model, "scenario": "rare", "label": TARGET, "count": scale.count,
        "recipe": asdict(recipe), **more,
    }  # fmt: skip


@dataclass
class Trial:
    """What every cell starts from: the task, the untrained model and the recipe, at one seed.

    The seed draws the forget set, the initial weights and the batch order of training. Everything after the
    removal (retraining, fine-tuning) is seeded apart, by `after`.
    """

    settings: dict
    seed: int
    device: str

    def __post_init__(self) -> None:
        s = self.settings
        data = mu.load_dataset(s["dataset"], device=self.device)
        self.task: Task = (
            mu.forget_class(data, s["label"])
            if s["scenario"] == "class"
            else mu.forget_rare(data, s["label"], s["count"], seed=self.seed)
        )
        self.recipe = Recipe(**{**s["recipe"], "milestones": tuple(s["recipe"]["milestones"])})
        self.after = 1000 + self.seed

    def build(self) -> nn.Module:
        return mu.build_model(self.settings["model"], self.task.data, seed=self.seed).to(self.device)

    def ledgers(self, keeps=KEEPS, rule: str = "top") -> list[Ledger]:
        return [Ledger(keep, rule, only=self.task.forget_indices) for keep in keeps]

    def train(self, ledgers: list[Ledger]) -> Trained:
        """The original model with its ledgers, from the cache if it is there."""
        kept = [[ledger.keep, ledger.selection.rule] for ledger in ledgers]
        return train_kept(
            {**self._identity(), "part": "train", "ledgers": kept},
            self.build, self.task.train, self.recipe, seed=self.seed, device=self.device, ledgers=ledgers,
        )  # fmt: skip

    def retrain(self) -> Trained:
        """The reference: new weights, retain samples only; from the cache if it is there."""
        build = lambda: mu.build_model(self.settings["model"], self.task.data, seed=self.after)  # noqa: E731
        config = {**self._identity(), "part": "retain"}
        return train_kept(
            config, build, self.task.retain, self.recipe, seed=self.after, device=self.device
        )  # fmt: skip

    def fine_tune(self, model: nn.Module, epochs: int) -> nn.Module:
        recipe = Recipe(**{**asdict(self.recipe), "epochs": epochs})
        return mu.unlearn("fine-tune", model, self.task, recipe=recipe, seed=self.after)

    def take_back(self, original: nn.Module, ledger: Recorder) -> nn.Module:
        return mu.unlearn("partial-amnesiac", original, self.task, ledger=ledger)

    def choose(self, original: nn.Module, ledgers: list[Recorder]) -> tuple[Recorder, nn.Module]:
        """The ledger with the smallest share after whose subtraction the forget set is forgotten.

        Reads forget samples only. Where no share forgets, the largest one (conventional) is what is left.
        """
        for ledger in sorted(ledgers, key=lambda ledger: ledger.keep):
            unlearned = self.take_back(original, ledger)
            if self.forget_accuracy(unlearned) <= FORGOTTEN:
                break
        return ledger, unlearned

    def forget_accuracy(self, model: nn.Module) -> float:
        return accuracy(predict(model, self.task.forget), self.task.forget.labels)

    def quick_rows(self, method: str, model: nn.Module, **columns) -> list[dict]:
        """Accuracies on test and forget images alone: a pass over the retain set would cost more than the rest."""
        logits, labels, target = predict(model, self.task.test), self.task.test.labels, self.task.target_test
        values = {
            "target accuracy": accuracy(logits[target], labels[target]),
            "non-target accuracy": accuracy(logits[~target], labels[~target]),
            "test accuracy": accuracy(logits, labels),
            "UA": 100 - self.forget_accuracy(model),
        }
        return [{"method": method, "metric": name, "value": value, **columns} for name, value in values.items()]

    def _identity(self) -> dict:
        from mu.runner import code_digest

        names = ("dataset", "model", "scenario", "label", "count", "recipe")
        return {**{name: self.settings[name] for name in names}, "code": code_digest("partial")}


# ---- Figure 1: accuracy over training and unlearning -----------------------------------------------------


def accuracy_curves(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Target and non-target test accuracy while training, at the removal, and while training on without the
    samples: conventional and partial from the same trained model."""
    trial = Trial(settings, seed, device)
    rows: list[dict] = []
    every = max(1, len(trial.task.train) // trial.recipe.batch_size // settings["evaluations"])

    def record(method: str, phase: str, epoch: float, model: nn.Module, **columns) -> None:
        scores = trial.quick_rows(method, model, phase=phase, epoch=epoch, **columns)
        rows.extend(row for row in scores if row["metric"] in ("target accuracy", "non-target accuracy"))

    def follow(method: str, phase: str, start: float, samples, **columns):
        per_epoch = math.ceil(len(samples) / trial.recipe.batch_size)
        last = per_epoch * trial.recipe.epochs

        def on_step(step: int, model: nn.Module) -> None:
            if (step + 1) % every == 0 or step + 1 == last:
                record(method, phase, start + (step + 1) / per_epoch, model, **columns)

        return on_step

    model, ledgers = trial.build(), trial.ledgers()
    record("trained", "training", 0.0, model)
    watch = follow("trained", "training", 0.0, trial.task.train)
    original = train(model, trial.task.train, trial.recipe, seed=seed, ledger=ledgers, on_step=watch)
    conventional = mu.unlearn("amnesiac", original, trial.task, ledger=ledgers[-1])
    chosen, partial = trial.choose(original, ledgers)
    end = float(trial.recipe.epochs)
    for method, keep, unlearned in (
        ("amnesiac", 1.0, conventional),
        ("partial-amnesiac", chosen.keep, partial),
    ):
        record(method, "removal", end, unlearned, keep=keep)
        watch = follow(method, "after", end, trial.task.retain, keep=keep)
        train(unlearned, trial.task.retain, trial.recipe, seed=trial.after, on_step=watch)
    yield from rows


# ---- Figure 4: accuracy against the share of affected steps ----------------------------------------------


def affected_share(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Accuracy right after the removal, for more and more samples of the class in training.

    Running sums of each share stand in for ledgers: the same subtraction, without the bytes of nearly every step.
    """
    trial = Trial(settings, seed, device)
    sums = [RunningSum(keep, only=trial.task.forget_indices) for keep in KEEPS]
    original = train(trial.build(), trial.task.train, trial.recipe, seed=seed, ledger=sums)
    share = 100 * len(sums[0].steps) / sums[0].steps_seen
    chosen, partial = trial.choose(original, sums)
    fixed = next(s for s in sums if s.keep == settings["keep"])
    for method, kind, keep, model in (
        ("trained", "", None, original),
        ("amnesiac", "", 1.0, trial.take_back(original, sums[-1])),
        ("partial-amnesiac", "fixed", fixed.keep, trial.take_back(original, fixed)),
        ("partial-amnesiac", "chosen", chosen.keep, partial),
    ):
        columns = {"count": settings["count"], "affected": share, "choice": kind, "keep": keep}
        yield from trial.quick_rows(method, model, **columns)


# ---- Table 1, and the sweep over the kept share ----------------------------------------------------------


def method_grid(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Every method from the same trained model, scored against the same retrained one."""
    trial = Trial(settings, seed, device)
    original, ledgers, seconds = trial.train(trial.ledgers(settings["keeps"]))
    retrained, _, retrain_seconds = trial.retrain()
    reference = outputs(retrained, trial.task)
    chosen, _ = trial.choose(original, ledgers)

    def rows(method: str, model: nn.Module | Outputs, seconds: float, stored: int = 0, **columns):
        yield from score_rows(method, evaluate(model, trial.task, reference), **columns)
        yield {"method": method, "metric": "RTE", "value": seconds, **columns}
        yield {"method": method, "metric": "stored bytes", "value": stored, **columns}

    yield from rows("trained", original, seconds)
    yield from rows("retrain", reference, retrain_seconds)
    dense = ledgers[-1]
    for method, ledger in (("amnesiac", dense), ("partial-amnesiac", chosen)):
        with stopwatch(device) as watch:
            unlearned = mu.unlearn(method, original, trial.task, ledger=ledger)
        yield from rows(method, unlearned, watch.seconds, ledger.nbytes, keep=ledger.keep, epochs=0)
        if settings["scenario"] == "class":
            continue
        for epochs in settings["fine_tune"]:
            with stopwatch(device) as tuning:
                tuned = trial.fine_tune(unlearned, epochs)
            spent = watch.seconds + tuning.seconds
            yield from rows(method, tuned, spent, ledger.nbytes, keep=ledger.keep, epochs=epochs)
    yield {"method": "trained", "metric": "affected share", "value": 100 * len(dense) / dense.steps_seen}
    yield {"method": "partial-amnesiac", "metric": "kept share", "value": chosen.keep}


def keep_sweep(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """The same removal at every kept share, and by every rule that picks the entries."""
    trial = Trial(settings, seed, device)
    ledgers = trial.ledgers()
    for rule in RULES[1:]:
        ledgers += trial.ledgers(RULE_KEEPS, rule)
    original, ledgers, _ = trial.train(ledgers)
    yield from trial.quick_rows("trained", original)
    yield from trial.quick_rows("retrain", trial.retrain().model)
    for ledger in ledgers:
        unlearned = trial.take_back(original, ledger)
        columns = {"keep": ledger.keep, "rule": ledger.selection.rule}
        yield from trial.quick_rows("partial-amnesiac", unlearned, **columns)
        yield {"method": "partial-amnesiac", "metric": "stored bytes", "value": ledger.nbytes, **columns}


# ---- The items -------------------------------------------------------------------------------------------


def _per_model(**more):
    return lambda profile: [_settings(profile, model, **more) for model in SCALES[profile].epochs]


def _curves(profile: str) -> list[dict]:
    return [{**s, "evaluations": SCALES[profile].evaluations} for s in _per_model()(profile)]


def _shares(profile: str) -> list[dict]:
    scale = SCALES[profile]
    return [
        _settings(profile, model, keep=0.1) | {"count": count} for model in scale.epochs for count in scale.counts
    ]


def _table(model: str):
    def grid(profile: str) -> list[dict]:
        few = _settings(profile, model, fine_tune=list(SCALES[profile].fine_tune), keeps=list(KEEPS))
        # With the whole class nearly every step is affected: two ledgers are gigabytes already.
        return [few, {**few, "scenario": "class", "count": None, "keeps": [0.1, 1.0]}]

    return grid


SEEDS = {profile: scale.seeds for profile, scale in SCALES.items()}
ITEMS = (
    Item(
        "partial-fig1",
        "Accuracy over training and unlearning on MNIST, conventional against partial amnesiac",
        _curves, SEEDS, accuracy_curves,
    ),
    Item(
        "partial-fig4",
        "Accuracy after the removal against the share of affected steps",
        _shares, SEEDS, affected_share,
    ),
    Item("partial-tab1", "All methods on MNIST with the MLP", _table("mlp"), SEEDS, method_grid),
    Item(
        "partial-keep",
        "Accuracy after the removal against the share of each step that is kept",
        _per_model(), SEEDS, keep_sweep,
    ),
)  # fmt: skip
