"""Layer-wise partial unlearning (Gogineni & Nadimi): its figures and tables as grids of cells.

Headline setting, after the predecessor (Graves et al.): class 3 has only `count` samples in training,
scattered by shuffling, so that about a tenth of all steps used one of them. With the whole class in training
nearly every step did, and what is taken back is a part of the whole training.

The paper's share of kept entries is not known. We choose it by a rule that sees the forget set only: the
smallest share of the grid after which at most 1 % of the forget samples are still classified correctly.
"""

from __future__ import annotations

import copy
import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from scipy import stats

import mu
from mu import attacks, explain
from mu.data import Samples
from mu.experiments.cache import Trained
from mu.experiments.case import Case, untrained
from mu.experiments.item import ONE_SEED, Item, data_of, distinct, network_of, rows_of
from mu.ledger import Ledger, Recorder, RunningSum
from mu.metrics import Outputs, accuracy, confidence, evaluate, outputs
from mu.models import batch_norms, embed, predict
from mu.names import shown
from mu.selection import RULES, Layout
from mu.storage import cache_folder
from mu.timing import stopwatch
from mu.training import Recipe, recalibrate, train
from mu.unlearning.steps import PARTIAL

if TYPE_CHECKING:
    from torch import Tensor, nn

LABEL = 3  # the class to forget: digit three (Graves et al.); the heart in OrganAMNIST
FORGOTTEN = 1.0  # percent of the forget set still classified correctly that counts as forgotten
ADVANTAGE = 10.0  # points, ours: a shadow attack with less on its own shadows cannot tell members from others
KEEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # ours
RULE_KEEPS = (0.02, 0.05, 0.1, 0.2, 0.5)  # ours: where the other selection rules are tried
STEPPING = ("label-flip", "label-flip-all", "ascent")  # methods that take steps; each has a partial form
WAYS_TO_TRAIN = {  # ours; at larger rates plain SGD loses a class for good at some seeds
    "Adam": {"optimizer": "adam", "lr": 1e-3}, "SGD": {"optimizer": "sgd", "lr": 0.02},
    "SGD with momentum": {"optimizer": "sgd", "lr": 0.02, "momentum": 0.9},
}  # fmt: skip
SMALLER_KEEPS = (0.0005, 0.001, 0.002)  # ours: plain SGD's window lies lower
RATES = (1e-3, 3e-4, 1e-4)  # ours: of methods that take steps; the first is everywhere else's
SPILLED, FILES = 0.1, 8  # ours: at which share a ledger that spills to disk is timed, and in how many files
# Ours: on CIFAR-10 LeNet never learns 100 cats, so that nothing could be forgotten; of 500 cars it learns some.
LEARNABLE = {"label": 1, "count": 500}
SCALED = "scaled"  # in place of a rule: every entry is taken back, each that share of it
SCALINGS = tuple(k / 20 for k in range(1, 20))  # ours; finer than the shares of entries, to the control's advantage
STEP_KEEPS, STEP_RULES = (0.05, 0.1, 0.2), ("top", "random", "fixed")  # ours
SLOWER = (0.03, 0.1, 0.3)  # ours: shares of the rate at which whole steps are taken as a control


@dataclass(frozen=True)
class Scale:
    """Sizes of one profile."""

    epochs: dict[str, int]  # of training, by network; apart for a data set where they differ
    count: int  # training samples of the class to forget
    counts: tuple[int, ...]  # the same for figure 4, from few affected steps to most
    seeds: int
    evaluations: int  # points per epoch on the curves of figures 1 and 2
    shadows: int  # shadow models of the membership attack
    timed: tuple[str, ...]  # networks whose recording is timed
    timed_steps: int


SHARES = (8, 17, 42, 85, 200, 500, 1000)  # about 1, 2, 5, 10, 21, 45 and 69 % of the steps on MNIST

PAPER = Scale(
    count=100, counts=SHARES, seeds=5, evaluations=4, shadows=20, timed=("lenet", "resnet9", "resnet18"),
    timed_steps=200,
    epochs={"mlp": 10, "lenet": 10, "resnet9": 10, "convnet": 20, "alexnet": 20, "organamnist resnet9": 20},
)  # fmt: skip
LAPTOP = replace(
    PAPER, seeds=3, shadows=4, timed_steps=16,
    epochs={"mlp": 10, "lenet": 10, "resnet9": 2, "convnet": 2, "alexnet": 2},
)  # fmt: skip
QUICK = replace(  # 20 of 3,620 samples affect 29 % of the steps, 8 affect 13 %
    LAPTOP, epochs={**LAPTOP.epochs, "resnet9": 3}, count=20, counts=(1, 4, 8, 20, 60), seeds=1, evaluations=2,
    shadows=2, timed=("lenet",), timed_steps=30,
)  # fmt: skip
SMOKE = replace(
    QUICK, epochs={**LAPTOP.epochs, "mlp": 2, "lenet": 2, "resnet9": 1}, count=4, counts=(2, 8), shadows=1,
    timed=("mlp",), timed_steps=6,
)  # fmt: skip
SCALES = {"smoke": SMOKE, "quick": QUICK, "laptop": LAPTOP, "paper": PAPER}


def _settings(profile: str, data: str, network: str, **more) -> dict:
    """One cell's settings. Adam at 1e-3 and batches of 64 are the predecessor's (Graves et al., public code)."""
    scale = SCALES[profile]
    epochs = scale.epochs.get(f"{data} {network}", scale.epochs[network])
    recipe = Recipe(epochs=epochs, batch_size=64, optimizer="adam", lr=1e-3)
    return {
        "dataset": data_of(profile, data), "model": network_of(profile, network), "scenario": "rare",
        "label": LABEL, "count": scale.count, "recipe": asdict(recipe), **more,
    }  # fmt: skip


class Trial(Case):
    """A case whose training is recorded; everything after the removal is seeded by `after`."""

    def ledgers(self, keeps=KEEPS, rule: str = "top") -> list[Ledger]:
        return [Ledger(keep, rule, only=self.task.forget.indices) for keep in keeps]

    def recorded(self, ledgers: Sequence[Ledger]) -> Trained:
        """The original model with its ledgers, from the cache if it is there."""
        which = [[s.keep, s.rule, *(s.layers or ())] for s in (ledger.selection for ledger in ledgers)]
        part = f"recorded, {self.task.train.fingerprint}, for {self.task.forget.fingerprint}"
        return self.kept(part, self.build, self.learn(self.task.train, self.seed, ledgers), ledgers, ledgers=which)

    def take_back(self, original: nn.Module, ledger: Recorder) -> nn.Module:
        return mu.unlearn("partial-amnesiac", original, self.task, ledger=ledger)

    def choose(self, original: nn.Module, ledgers: list[Recorder]) -> tuple[Recorder, nn.Module]:
        """The ledger with the smallest kept share whose subtraction forgets the forget set, and the model it leaves.

        Reads forget samples only. Where no share forgets, the largest one (conventional) is what is left.
        """
        for ledger in sorted(ledgers, key=lambda ledger: ledger.keep):
            unlearned = self.take_back(original, ledger)
            if self.forget_accuracy(unlearned) <= FORGOTTEN:
                break
        return ledger, unlearned

    def step(self, method: str, original: nn.Module, **options) -> tuple[nn.Module, int, float]:
        """Unlearn with a method that takes steps: (model, steps, seconds)."""
        steps = 0

        def count(step: int, model: nn.Module) -> None:
            nonlocal steps
            steps = step + 1

        with stopwatch(self.device) as watch:
            options = {"recipe": self.recipe, **options}
            model = mu.unlearn(method, original, self.task, seed=self.after, on_step=count, **options)
        return model, steps, watch.seconds

    def forget_accuracy(self, model: nn.Module) -> float:
        return accuracy(predict(model, self.task.forget), self.task.forget.labels)

    def accuracy_rows(self, method: str, model: nn.Module, **columns) -> list[dict]:
        """Accuracies on test and forget images alone: a pass over the retain set would cost more than the rest."""
        logits, labels, target = predict(model, self.task.test), self.task.test.labels, self.task.target_test
        values = {
            "target accuracy": accuracy(logits[target], labels[target]),
            "non-target accuracy": accuracy(logits[~target], labels[~target]),
            "test accuracy": accuracy(logits, labels),
            "UA": 100 - self.forget_accuracy(model),
        }
        return rows_of(method, values, **columns)

    def shadow_attack(self, shadows: int) -> attacks.ShadowAttack | None:
        """The membership attack of Graves et al., on shadow models that never saw the forget samples if possible.

        The attacker's pool is the retain set and as many other samples of the class as are to be forgotten; where
        the whole class is to be forgotten there are none, and the forget samples stand in. None if no shadow model
        has learnt the class, or if the attack hardly tells members of the shadows themselves from others.
        """
        train, forget = self.task.data.train, self.task.forget_indices
        others = train.labels == self.settings["label"]
        others[forget] = False
        others = others.nonzero().flatten()[: len(forget)]
        stand_in: Samples = train[others] if len(others) else self.task.forget
        pool = self.task.retain + stand_in
        seen = attacks.train_shadows(self.build(), pool, self.recipe, count=shadows, seed=self.after)
        try:
            attack = attacks.ShadowAttack.fit(seen, self.settings["label"], seed=self.after)
        except attacks.TooFewOutputs:
            return None
        return attack if attack.advantage >= ADVANTAGE else None


# ---- Figures 1 and 2: accuracy over training and unlearning -----------------------------------------------------


def accuracy_curves(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Target and non-target test accuracy while training, at the removal, and while training on without the
    samples: conventional and partial from the same trained model."""
    trial = Trial(settings, seed, device)
    curve: list[dict] = []
    every = max(1, len(trial.task.train) // trial.recipe.batch_size // settings["evaluations"])

    def record(method: str, phase: str, epoch: float, model: nn.Module, **columns) -> None:
        scores = trial.accuracy_rows(method, model, phase=phase, epoch=epoch, **columns)
        curve.extend(row for row in scores if row["metric"] in ("target accuracy", "non-target accuracy"))

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
    conventional = trial.take_back(original, ledgers[-1])
    chosen, by_share = trial.choose(original, ledgers)
    end = float(trial.recipe.epochs)
    for method, keep, unlearned in (
        ("amnesiac", 1.0, conventional),
        ("partial-amnesiac", chosen.keep, by_share),
    ):
        record(method, "removal", end, unlearned, keep=keep)
        watch = follow(method, "after", end, trial.task.retain, keep=keep)
        train(unlearned, trial.task.retain, trial.recipe, seed=trial.after, on_step=watch)
    yield from curve


# ---- Figure 4: accuracy against the share of affected steps ----------------------------------------------


def affected_share(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Accuracy right after the removal, for more and more samples of the class in training."""
    trial = Trial(settings, seed, device)
    original, sums, _ = trial.summed(KEEPS)
    share = 100 * len(sums[0].steps) / sums[0].steps_seen
    chosen, by_share = trial.choose(original, sums)
    fixed = next(s for s in sums if s.keep == settings["keep"])
    for method, kind, keep, model in (
        ("trained", "", None, original),
        ("amnesiac", "", 1.0, trial.take_back(original, sums[-1])),
        ("partial-amnesiac", "fixed", fixed.keep, trial.take_back(original, fixed)),
        ("partial-amnesiac", "chosen", chosen.keep, by_share),
    ):
        columns = {"count": len(trial.task.forget), "affected": share, "choice": kind, "keep": keep}
        yield from trial.accuracy_rows(method, model, **columns)


# ---- Tables 1 to 6 ---------------------------------------------------------------------------------------


def method_grid(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Every method from the same trained model, scored against the same retrained one.

    Where the whole class is to be forgotten, running sums are taken back: the same subtraction. Rows have the bytes
    that ledgers would hold, and no time.
    """
    trial = Trial(settings, seed, device)
    task = trial.task
    summed = settings["scenario"] == "class"  # nearly every step is affected: ledgers would be gigabytes
    original, ledgers, seconds = trial.summed(KEEPS) if summed else trial.recorded(trial.ledgers())
    retrained, _, retrain_seconds = trial.retrained(original)
    reference = outputs(retrained, task)
    chosen, _ = trial.choose(original, ledgers)
    attack = trial.shadow_attack(settings["shadows"])

    def trained_on(model: nn.Module, epochs: int) -> tuple[nn.Module, float]:
        """Fine-tuned by the recipe of training: (model, seconds)."""
        with stopwatch(device) as watch:
            recipe = replace(trial.recipe, epochs=epochs)
            tuned = mu.unlearn("fine-tune", model, task, recipe=recipe, seed=trial.after)
        return tuned, watch.seconds

    def scored(method: str, model: nn.Module | Outputs, seconds: float | None, stored=0, **columns) -> list[dict]:
        out = model if isinstance(model, Outputs) else outputs(model, task)
        target = task.target_test
        scores = evaluate(out, task, reference)
        control = attacks.threshold_attack(  # non-members of the same class, so that the class itself tells nothing
            confidence(out.test[target], task.test.labels[target]),
            confidence(out.forget, task.forget.labels),
        )
        values = scores.named() | {
            # Without MIA-Efficacy: once a class is lost that is 0 or 100, whatever was remembered of its samples.
            "accuracy gap": statistics.mean((scores.ua_gap, scores.ra_gap, scores.ta_gap)),
            "stored bytes": stored,
            "MIA recall (entropy)": attacks.entropy_recall(out.retain, out.test, out.forget),
            "AUC": control.auc,
            "TPR at 1 % FPR": control.tpr_at_1_fpr,
        }
        if seconds is not None:
            values["RTE"] = seconds
        if attack:
            values["MIA recall (shadow)"] = attack.recall(out.forget)
            values["MIA false positives (shadow)"] = attack.recall(out.test[target])
        return rows_of(method, values, **columns)

    yield from scored("trained", original, seconds)
    yield from scored("retrain", reference, retrain_seconds)
    dense = ledgers[-1]
    for method, ledger in (("amnesiac", dense), ("partial-amnesiac", chosen)):
        with stopwatch(device) as watch:
            unlearned = mu.unlearn(method, original, task, ledger=ledger)
        if summed:  # it takes as long whatever the steps, so not as long as a ledger
            yield from scored(method, unlearned, None, ledger.ledger_nbytes, keep=ledger.keep, epochs=0)
            continue
        yield from scored(method, unlearned, watch.seconds, ledger.nbytes, keep=ledger.keep, epochs=0)
        for epochs in settings["fine_tune"]:
            tuned, spent = trained_on(unlearned, epochs)
            yield from scored(method, tuned, watch.seconds + spent, ledger.nbytes, keep=ledger.keep, epochs=epochs)
    for epochs in () if summed else settings["fine_tune"]:
        yield from scored("fine-tune", *trained_on(original, epochs), epochs=epochs)
    for method in (name for base in STEPPING for name in (base, f"partial-{base}")):
        unlearned, steps, spent = trial.step(method, original)
        yield from scored(method, unlearned, spent, epochs=0)
        yield {"method": method, "metric": "steps", "value": steps}
    yield {"method": "trained", "metric": "affected share", "value": 100 * len(dense.steps) / dense.steps_seen}
    yield {"method": "partial-amnesiac", "metric": "kept share", "value": chosen.keep}


# ---- Sweeps: over the kept share of recorded and of applied updates --------------------------------------


def keep_sweep(settings: dict, seed: int, device: str, scalings: Sequence[float] = SCALINGS) -> Iterator[dict]:
    """The same removal at every kept share, and by every rule that picks the entries.

    Control: no entry is picked, and the whole steps are taken back in part, `SCALED` to that share of their size.
    """
    trial = Trial(settings, seed, device)
    shares = [*settings.get("smaller", []), *KEEPS]
    ledgers = trial.ledgers(shares)
    for rule in RULES[1:]:
        ledgers += trial.ledgers(RULE_KEEPS, rule)
    original, ledgers, _ = trial.recorded(ledgers)
    dense = ledgers[shares.index(1.0)]
    whole = trial.take_back(original, dense)
    yield from trial.accuracy_rows("trained", original)
    yield from trial.accuracy_rows("retrain", trial.retrained(original).model)

    def removal(unlearned: nn.Module, ledger: Ledger, **columns) -> Iterator[dict]:
        yield from trial.accuracy_rows("partial-amnesiac", unlearned, **columns)
        yield {"method": "partial-amnesiac", "metric": "stored bytes", "value": ledger.nbytes, **columns}

    for ledger in ledgers:
        unlearned = trial.take_back(original, ledger)
        yield from removal(unlearned, ledger, keep=ledger.keep, rule=ledger.selection.rule)
    for share in scalings:
        yield from removal(toward(original, whole, share), dense, keep=share, rule=SCALED)


def toward(start: nn.Module, end: nn.Module, share: float) -> nn.Module:
    """A copy of `start` whose parameters have gone this share of the way to those of `end`."""
    moved = copy.deepcopy(start)
    with torch.no_grad():
        for p, goal in zip(moved.parameters(), end.parameters(), strict=True):
            p.lerp_(goal, share)
    return moved


def by_optimizer(sweep: Callable) -> Callable:
    """The sweep for one way of training, which its rows name."""

    def run(settings: dict, seed: int, device: str) -> Iterator[dict]:
        yield from ({**row, "optimizer": settings["optimizer"]} for row in sweep(settings, seed, device))

    return run


def probes(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Whether a new linear layer still reads the class off the features, beside what the model's own head answers.

    Controls: a network that never learnt; taking back the head's steps alone, whole; batch-norm statistics
    re-estimated on retained samples after the removal.
    """
    trial = Trial(settings, seed, device)
    forget, target, test = trial.task.forget, trial.task.target_test, trial.task.test
    head = Ledger(1.0, layers=("head.weight", "head.bias"), only=forget.indices)
    original, (*swept, head), _ = trial.recorded([*trial.ledgers(), head])
    _, after = trial.choose(original, swept)
    models = {
        ("untrained", "plain"): trial.build(),
        ("trained", "plain"): original,
        ("retrain", "plain"): trial.retrained(original).model,
        ("amnesiac", "plain"): trial.take_back(original, swept[-1]),
        ("amnesiac", "head alone"): trial.take_back(original, head),
        ("partial-amnesiac", "plain"): after,
    }
    if batch_norms(after):
        models["partial-amnesiac", "statistics re-estimated"] = recalibrate(after, trial.task.retain)
    known = forget + trial.task.retain.draw(settings["probe"], seed)
    for (method, variant), model in models.items():
        read = partial(explain.linear_probe, embed(model, known), known.labels)
        values = {
            "probe target accuracy": read(embed(model, test[target]), test.labels[target]),
            "probe non-target accuracy": read(embed(model, test[~target]), test.labels[~target]),
        }
        yield from rows_of(method, values, variant=variant)
        yield from trial.accuracy_rows(method, model, variant=variant)


def step_sweep(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Label flipping and ascent, whole and partial, all stopped at the same forgetting, with their steps.

    Control, if a cell has `slower`: the whole form at these shares of its rate, and as many steps as a partial one
    may take; its rule is called `SCALED`, its share `keep`.
    """
    trial = Trial(settings, seed, device)
    original = trial.original().model
    yield from trial.accuracy_rows("trained", original)
    yield from trial.accuracy_rows("retrain", trial.retrained(original).model)
    for base in STEPPING:
        applied = [
            (base, "top", 1.0),
            *((f"partial-{base}", rule, keep) for rule in STEP_RULES for keep in STEP_KEEPS),
        ]
        runs = [(method, rule, keep, {"rule": rule, "keep": keep}) for method, rule, keep in applied]
        for share in settings.get("slower", ()):
            recipe = replace(trial.recipe, lr=share * trial.recipe.lr)
            runs.append((base, SCALED, share, {"recipe": recipe, "max_steps": PARTIAL["max_steps"]}))
        for method, rule, keep, options in runs:
            unlearned, steps, seconds = trial.step(method, original, **options)
            columns = {"keep": keep, "rule": rule}
            yield from trial.accuracy_rows(method, unlearned, **columns)
            yield from rows_of(method, {"steps": steps, "RTE": seconds}, **columns)


def paces(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """What a partial form may owe to small steps and to many: the whole form at smaller rates, and for as long.

    Rows of the whole form have their rate as `variant`; all end by the same rule. "as many steps" goes on for as many
    as the partial form took, forgotten or not; only on all data, where going on does no harm by itself.
    """
    trial = Trial(settings, seed, device)
    original = trial.original().model
    yield from trial.accuracy_rows("trained", original)

    def tried(method: str, variant: str, **options) -> tuple[list[dict], int]:
        unlearned, steps, seconds = trial.step(method, original, **options)
        scores = trial.accuracy_rows(method, unlearned, variant=variant)
        return scores + rows_of(method, {"steps": steps, "RTE": seconds}, variant=variant), steps

    for base in STEPPING:
        scores, steps = tried(f"partial-{base}", "partial")
        yield from scores
        for rate in settings["rates"]:
            recipe = replace(trial.recipe, lr=rate)
            yield from tried(base, f"{rate:g}", recipe=recipe, max_steps=PARTIAL["max_steps"])[0]
        if base == "label-flip-all":
            yield from tried(base, "as many steps", stop_at=-1.0, max_steps=steps)[0]


# ---- Figure 3: class activation maps ---------------------------------------------------------------------


def activation_maps(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Grad-CAM of a forgotten and a retained class, before and after each removal.

    Shown are the first test images of both classes that the trained model gets right. Over the first 100 of each are
    averaged: the class's probability, the highest value of the map, and, where the map before the removal is not
    empty, the likeness to it.
    """
    trial = Trial(settings, seed, device)
    task, kept_class = trial.task, settings["other"]
    original, ledgers, _ = trial.recorded(trial.ledgers())
    _, by_share = trial.choose(original, ledgers)
    models = {
        "trained": original,
        "amnesiac": trial.take_back(original, ledgers[-1]),
        "partial-amnesiac": by_share,
    }
    right = predict(original, task.test).argmax(1) == task.test.labels
    for label in (settings["label"], kept_class):
        looked = (right & (task.test.labels == label)).nonzero().flatten()[:100]
        if not len(looked):  # a class the trained model never gets right has no map to compare with
            looked = (task.test.labels == label).nonzero().flatten()[:100]
        images, labels = task.test.images[looked].float() / 255, task.test.labels[looked]
        before = explain.grad_cam(original, images, labels)
        yield from _pixels("trained", "pixel", images[0].mean(0), label)
        for method, model in models.items():
            maps = explain.grad_cam(model, images, labels)
            yield from _pixels(method, "cam", maps[0], label)
            score = model(images).softmax(1).gather(1, labels[:, None]).mean().item()
            values = {"class score": 100 * score, "cam peak": maps.flatten(1).amax(1).mean().item()}
            likeness = [_correlation(a, b) for a, b in zip(before, maps, strict=True) if a.any()]
            if likeness:
                values["cam similarity"] = statistics.mean(likeness)
            yield from rows_of(method, values, label=label)


def _pixels(method: str, metric: str, picture: Tensor, label: int) -> Iterator[dict]:
    for y, line in enumerate(picture.tolist()):
        for x, value in enumerate(line):
            yield {"method": method, "metric": metric, "value": value, "label": label, "x": x, "y": y}


def _correlation(a: Tensor, b: Tensor) -> float:
    """Pearson correlation of two maps; 0 where one is constant: an empty map is like nothing."""
    return torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1].nan_to_num(0.0).item()


# ---- The recorder's cost ---------------------------------------------------------------------------------


def ledger_cost(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Bytes and time of recording every step, at every kept share, beside dense and running-sum recording.

    A step's time is the median over a run, of the fastest of several runs. Where ledgers spill to disk it is that of
    the whole run, until all is written, by its steps.
    """
    recipe, spills = Recipe(epochs=1, batch_size=64), "chunk" in settings
    data, model = untrained(settings, seed, device, images=settings["steps"] * recipe.batch_size)
    samples, parameters = data.train, Layout.of(model).size
    timed = _by_run if spills else _by_step
    times: dict[tuple, list[float]] = defaultdict(list)
    stored: dict[tuple, int] = {}
    cache_folder().mkdir(parents=True, exist_ok=True)  # on a disk, where the folder for temporary files may be memory
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        ways = _spilled(settings, folder) if spills else _in_memory(settings, samples)
        for _ in range(settings["repeats"]):  # in turn, so that a slow moment of the machine falls on all alike
            for kind, make in {NONE: list, **ways}.items():
                made = make()
                times[kind].append(timed(model, samples, recipe, made, seed, device))
                stored[kind] = sum(recorder.nbytes for recorder in made)
    fastest = {kind: min(runs) for kind, runs in times.items()}  # other work on the machine only slows
    for name, keep in ways if spills else fastest:
        columns = {"recorder": name, "keep": keep}
        steps = 1 if name == "running-sum" else settings["steps"]
        values = {
            "step time": 1000 * fastest[name, keep],
            "slow-down": 100 * (fastest[name, keep] / fastest[NONE] - 1),
            "bytes per parameter": stored[name, keep] / steps / parameters,
        }
        if name == "ledger":
            values["bytes per parameter, bound"] = 2 * keep + _entropy(keep) / 8
        yield from rows_of("trained", values, **columns)


Ways = dict[tuple[str, float | None], Callable[[], list[Recorder]]]  # (name, kept share) -> recorders, made anew
NONE = ("none", None)


def _in_memory(settings: dict, samples: Samples) -> Ways:
    return {
        ("dense", None): lambda: [Ledger(1.0, values="float32")],
        ("running-sum", None): lambda: [RunningSum(only=samples.indices)],
        **{("ledger", keep): lambda keep=keep: [Ledger(keep)] for keep in settings["keeps"]},
    }


def _spilled(settings: dict, folder: str) -> Ways:
    spill = lambda keep: Ledger(keep, spill=tempfile.mkdtemp(dir=folder), chunk_steps=settings["chunk"])
    return {("spilled", keep): lambda keep=keep: [spill(keep)] for keep in settings["keeps"]}


def _by_step(model, samples, recipe, ledger: list[Recorder], seed: int, device: str) -> float:
    """Median seconds of a step, without the first two, which warm up."""
    marks: list[float] = []

    def mark(step: int, model: nn.Module) -> None:
        if device != "cpu":
            torch.cuda.synchronize()
        marks.append(time.perf_counter())

    train(model, samples, recipe, seed=seed, ledger=ledger, on_step=mark)
    return statistics.median(after - before for before, after in pairwise(marks[1:]))


def _by_run(model, samples, recipe, ledger: list[Recorder], seed: int, device: str) -> float:
    """Seconds of a run by its steps, by the clock: a disk is waited for."""
    start = time.perf_counter()
    train(model, samples, recipe, seed=seed, ledger=ledger, on_step=lambda *_: None)  # so that none keeps checkpoints
    if device != "cpu":
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / math.ceil(len(samples) / recipe.batch_size)


def _entropy(share: float) -> float:
    """Bits per entry that any code needs to say which share of entries was kept, if each is as likely."""
    return float(stats.entropy((share, 1 - share), base=2))


# ---- The items -------------------------------------------------------------------------------------------

MNIST_NETWORKS, ORGAN_NETWORKS = ("mlp", "lenet", "resnet9"), ("convnet", "alexnet", "resnet9")
TABLES = {
    "partial-tab1": ("mnist", "mlp"), "partial-tab2": ("mnist", "lenet"), "partial-tab3": ("mnist", "resnet9"),
    "partial-tab4": ("organamnist", "convnet"), "partial-tab5": ("organamnist", "alexnet"),
    "partial-tab6": ("organamnist", "resnet9"),
}  # fmt: skip


def _sweep(**more):
    return lambda profile: [_settings(profile, "mnist", network, **more) for network in MNIST_NETWORKS]


def _curves(data: str, networks: tuple[str, ...]):
    return lambda profile: [
        _settings(profile, data, network, evaluations=SCALES[profile].evaluations) for network in networks
    ]


def _shares(profile: str) -> list[dict]:
    """From few samples of the class to all of them."""
    counts, networks = SCALES[profile].counts, _sweep(keep=0.1)(profile)
    few = [{**s, "count": count} for s in networks for count in counts]
    return few + [{**s, "scenario": "class", "count": None} for s in networks]


def _both(settings: dict) -> list[dict]:
    """A few samples of the class, and the whole class."""
    return [settings, {**settings, "scenario": "class", "count": None}]


def _table(*pairs: tuple[str, str]):
    def grid(profile: str) -> list[dict]:
        cells = []
        for data, network in pairs:
            learnable = LEARNABLE if data_of(profile, data) in ("cifar10", "svhn") else {}
            settings = _settings(profile, data, network, shadows=SCALES[profile].shadows, **learnable)
            settings["fine_tune"] = sorted({1, min(settings["recipe"]["epochs"], 10)})
            cells += _both(settings)
        return distinct(cells)

    return grid


def _optimizers(profile: str) -> list[dict]:
    base = _settings(profile, "mnist", "mlp")
    more = {"SGD": {"smaller": list(SMALLER_KEEPS)}}
    return [
        {**base, "recipe": base["recipe"] | way, "optimizer": name, **more.get(name, {})}
        for name, way in WAYS_TO_TRAIN.items()
    ]


def _optimizer_steps(profile: str) -> list[dict]:
    base = {**_settings(profile, "mnist", "mlp"), "slower": list(SLOWER)}
    return [{**base, "recipe": base["recipe"] | way, "optimizer": name} for name, way in WAYS_TO_TRAIN.items()]


def _steps(profile: str) -> list[dict]:
    return [s for network in ("mlp", "lenet") for s in _both(_settings(profile, "mnist", network))]


def _paces(profile: str) -> list[dict]:
    return [{**s, "rates": list(RATES)} for s in _steps(profile)]


def _costs(profile: str) -> list[dict]:
    scale = SCALES[profile]
    common = {"dataset": data_of(profile, "mnist"), "scenario": None, "keeps": list(KEEPS)}
    short = {"lenet": {"steps": 10 * scale.timed_steps, "repeats": 6}}  # milliseconds each: more of them
    long = {"steps": scale.timed_steps, "repeats": 3}
    cells = [{**common, "model": model, **short.get(model, long)} for model in scale.timed]
    return cells + [{**cell, "keeps": [SPILLED], "chunk": math.ceil(cell["steps"] / FILES)} for cell in cells]


SEEDS = {profile: scale.seeds for profile, scale in SCALES.items()}
LEDGER = Item("partial-ledger", "What recording every step costs", _costs, ONE_SEED, ledger_cost, revision=2)
KEEP = Item(
    "partial-keep", "Accuracy after the removal against the share of each step that is kept", _sweep(), SEEDS,
    keep_sweep, revision=3,
)  # fmt: skip
ITEMS = (
    Item(
        "partial-fig1", "Accuracy over training and unlearning on MNIST, conventional against partial amnesiac",
        _curves("mnist", MNIST_NETWORKS), SEEDS, accuracy_curves,
    ),
    Item(
        "partial-fig2", "Accuracy over training and unlearning on OrganAMNIST",
        _curves("organamnist", ORGAN_NETWORKS), SEEDS, accuracy_curves,
    ),
    Item(
        "partial-fig3", "Class activation maps before and after the removal",
        lambda profile: [_settings(profile, "mnist", "lenet", other=1)], SEEDS, activation_maps, revision=3,
    ),
    Item(
        "partial-fig4", "Accuracy after the removal against the share of affected steps",
        _shares, SEEDS, affected_share,
    ),
    *(
        Item(name, f"All methods on {shown(data)} with {'the ' * (network == 'mlp')}{shown(network)}",
             _table((data, network)), SEEDS, method_grid)
        for name, (data, network) in TABLES.items()
    ),
    Item(
        "partial-jmlr", "All methods on the journal version's further data sets",
        _table(("cifar10", "lenet"), ("svhn", "lenet")), SEEDS, method_grid,
    ),
    KEEP,
    KEEP.view("partial-rules", "Every selection rule at equal forgetting"),
    Item(
        "partial-optimizer", "The same sweep for three ways of training",
        _optimizers, SEEDS, by_optimizer(partial(keep_sweep, scalings=())), revision=2,
    ),
    Item(
        "partial-steps", "Label flipping and gradient ascent, whole and partial, at equal forgetting",
        _steps, SEEDS, step_sweep,
    ),
    Item(
        "partial-optimizer-steps", "Label flipping and gradient ascent for three ways of training",
        _optimizer_steps, SEEDS, by_optimizer(step_sweep),
    ),
    Item("partial-pace", "Whether smaller or more steps do as well as partial ones", _paces, SEEDS, paces),
    Item(
        "partial-probe", "Whether what is forgotten can still be read off the features", _sweep(probe=2000), SEEDS,
        probes,
    ),
    LEDGER,
    LEDGER.view("partial-recorder", "What recording every step costs, in numbers"),
)  # fmt: skip
