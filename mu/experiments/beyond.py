"""Beyond the papers: the methods of all three on one request, and a per-example attack.

Several models are trained on one split of the data, each with its own weights and batch orders, and as many are
retrained. Every method unlearns from each of the trained ones. So it can be asked whether what an unlearned model
says about one forgotten sample tells it from a retrained one: `mu.attacks.per_example_attack`. The same is asked of
test images, which no model saw: what is told by these is how the model was made, and not that a sample was forgotten.

Sizes of data and training are those of the main table of `sparsity`, methods have the options of the paper that they
are compared in. A method's hyper-parameter is picked at the first model, by the rule of all records, and kept for the
others.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import operator
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

import torch

import mu
from mu.attacks import chance_of_attack, per_example_attack, threshold_attack
from mu.experiments import mumis, sparsity
from mu.experiments.cache import Trained
from mu.experiments.case import TARGET
from mu.experiments.item import ONE_SEED, Item, data_of, network_of, rows_of
from mu.experiments.mumis import Request, scores, surrogate_images
from mu.experiments.sweeps import Accuracies, Tuned, again, best_by_rule, columns_of
from mu.metrics import Outputs, confidence, log_odds, outputs

if TYPE_CHECKING:
    from jaxtyping import Bool
    from torch import Tensor, nn

    from mu.data import Dataset
    from mu.tasks import Task

# Of the partial paper; the rates around that of training are ours. They stop at the accuracy to expect, as DUCK does.
STEPPED = Tuned((1e-3,), (1e-4, 1e-3), expects=("stop_at", 1.0, 1.0))
OF_PARTIAL = {
    "amnesiac": Tuned((1.0,), (1.0,), option="keep"),
    "partial-amnesiac": Tuned((0.1,), (0.02, 0.1, 0.5), option="keep"),
    **dict.fromkeys(("label-flip", "partial-label-flip", "ascent", "partial-ascent"), STEPPED),
}
OF_SPARSITY = ("fine-tune", "fisher", "influence", "l1-sparse")
OF_MUMIS = tuple(method for method in mumis.CLASSWISE if method not in ("fine-tune", "scar-as-published"))
METHODS = {  # in the table's order
    **{method: mumis.METHODS[method] for method in OF_MUMIS},
    **{method: sparsity.METHODS[method] for method in OF_SPARSITY},
    **OF_PARTIAL,
}
AMNESIAC = tuple(method for method in METHODS if "ledger" in mu.methods()[method].needs)
TOLD, UNSEEN = "per-example AUC", "per-example AUC, unseen"  # metrics: on forgotten samples, on test images
CHANCE = (f"{TOLD}, 5 % of chance", f"{TOLD}, 95 % of chance")  # the same, of what is retrained again


@dataclass(frozen=True)
class Scale:
    """Sizes of one profile."""

    models: int  # of either kind
    tested: int | None  # test images, evenly spaced; None: all
    requests: tuple[str, ...] = ("random", "class")
    methods: tuple[str, ...] = tuple(METHODS)


SCALES = {
    "smoke": Scale(3, 100, methods=("mu-mis", "fine-tune", "l1-sparse", "partial-amnesiac", "ascent")),
    "quick": Scale(4, 500, ("random",), (
        "mu-mis", "bad-teacher", "ssd", "salun", "fine-tune", "fisher", "l1-sparse", "partial-amnesiac", "ascent",
    )),
    "laptop": Scale(6, 2_000),
    "paper": Scale(16, None),
}  # fmt: skip


class Replica(Request):
    """One of several models of the same split."""

    methods = METHODS

    def request(self, data: Dataset) -> Task:
        tested = self.settings["tested"]
        return super().request(replace(data, test=data.test.spread(tested)) if tested else data)

    def original(self) -> Trained:
        """The trained model; where a method of the cell takes steps back, trained again to add those up."""
        if not any(sweep["method"] in AMNESIAC for sweep in self.settings["sweeps"]):
            return super().original()
        shares = {share for sweep in self.settings["sweeps"] for share in sweep["values"]}
        made = self.summed(shares)
        self.sums = {recorder.keep: recorder for recorder in made.ledgers}
        return made

    def options(self, sweep: dict, value: float, original: nn.Module) -> dict:
        """As any other; what takes steps back gets their sum, what is retrained again is another model every time."""
        if sweep["method"] in AMNESIAC:
            return {"ledger": self.sums[value]}
        options = super().options(sweep, value, original)
        return options | {"seed": value + self.seed} if sweep["method"] == "retrain" else options

    @property
    def alike(self) -> Bool[Tensor, " test"]:
        """Test images of the kind that is to be forgotten: of the class, or all."""
        target = self.task.target_test
        return target if self.task.whole_class else torch.ones_like(target)


class Reference(NamedTuple):
    """What one model of a split is measured against."""

    retrained: Trained
    out: Outputs  # its outputs
    expected: Accuracies  # guessed from the original, see `Swept.expected`


def replicas(settings: dict, seed: int, device: str) -> list[Replica]:
    """The cases of one split, a model each."""
    data = mu.load_dataset(settings["dataset"], device=device)
    return [Replica({**settings, "split": seed}, 100 * seed + k, device, data) for k in range(settings["models"])]


@lru_cache(maxsize=1)  # the cells of a request come one after the other, and predicting takes half of their time
def references(settings: str, seed: int, device: str) -> list[Reference]:
    """Of each model of a split; `settings` as JSON, with no sweep in them."""
    found = []
    for case in replicas(json.loads(settings), seed, device):
        original = case.original().model
        retrained = case.retrained(original)
        found.append(Reference(retrained, outputs(retrained.model, case.task), case.expected(original)))
    return found


def compared(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Of trained and retrained models, or of methods: mean scores over the models, and the attack on all of them."""
    which = {"forget": settings["forget"]} if "forget" in settings else {}
    cases = replicas(settings, seed, device)
    known = references(json.dumps({**settings, "sweeps": []}), seed, device)
    originals = [case.original() for case in cases]
    for case, start, reference in zip(cases, originals, known, strict=True):
        case.guesses[start.model] = reference.expected

    def scored(method: str, made: list[Trained], **columns) -> list[dict]:
        outs = [outputs(one.model, case.task) for case, one in zip(cases, made, strict=False)]
        if len(outs) < len(cases) or not all(out.finite for out in outs):
            return rows_of(method, {"diverged": 1}, **columns, **which)
        each = [
            {
                **scores(case, one.model, out, reference.out),
                "AUC": population_auc(case, out),
                "RTE": one.seconds,
                "proxy gap": case.proxy_gap(reference.expected, one.model, out),
            }
            for case, one, out, reference in zip(cases, made, outs, known, strict=True)
        ]
        values = {name: mean(of_model[name] for of_model in each) for name in each[0]}
        if settings["sweeps"] or method == "trained":  # else it is what the attack is to tell from
            values |= attacked(method, cases[0], outs, [reference.out for reference in known])
        return rows_of(method, values, **columns, **which)

    if not settings["sweeps"]:
        yield from scored("trained", originals)
        yield from scored("retrain", [reference.retrained for reference in known])
        return
    surrogate = surrogate_images(settings, device)
    for method, sweeps in itertools.groupby(settings["sweeps"], key=operator.itemgetter("method")):
        sweep, value = best_by_rule(cases[0], list(sweeps), originals[0].model, surrogate)
        made, columns = [], columns_of(sweep, value)
        with contextlib.suppress(FloatingPointError):
            for case, start in zip(cases, originals, strict=True):
                model, seconds = case.unlearn(sweep, value, start.model, surrogate)
                made.append(Trained(model, (), seconds))
        yield from scored(method, made, **columns)


def attacked(method: str, case: Replica, outs: list[Outputs], retrained: list[Outputs]) -> dict[str, float]:
    """The per-example attack on forgotten samples, and on test images of their kind."""
    labels, kind = case.task.test.labels, case.alike
    forgotten, unseen = [], []
    for of in (outs, retrained):
        forgotten.append(torch.stack([log_odds(out.forget, case.task.forget.labels) for out in of]))
        unseen.append(torch.stack([log_odds(out.test[kind], labels[kind]) for out in of]))
    found = per_example_attack(*forgotten)
    values = {
        TOLD: found.auc,
        "per-example TPR at 1 % FPR": found.tpr_at_1_fpr,
        UNSEEN: per_example_attack(*unseen).auc,
    }
    if method == "retrain":
        values |= dict(zip(CHANCE, chance_of_attack(*forgotten), strict=True))
    return values


def population_auc(case: Replica, out: Outputs) -> float:
    """AUC of forget samples against test images of their kind, by the confidence in the label, in percent."""
    task = case.task
    found = threshold_attack(
        confidence(out.test, task.test.labels)[case.alike],
        confidence(out.forget, task.forget.labels),
    )
    return found.auc


# ---- The items -------------------------------------------------------------------------------------------


def _requests(profile: str) -> list[dict]:
    """A random tenth and a class of CIFAR-10; of each first the models, then the methods.

    The first method is to retrain again: how far chance alone leads. Methods that take steps back share a cell, as
    they share a training that is recorded.
    """
    scale, training, unlearning = SCALES[profile], sparsity.SCALES[profile], mumis.SCALES[profile]
    dataset = data_of(profile, "cifar10")
    base = {
        "dataset": dataset, "model": network_of(profile, "resnet18"), "samples": training.samples,
        "recipe": asdict(training.recipe), "surrogate": unlearning.surrogate[dataset], "models": scale.models,
        "tested": scale.tested,
    }  # fmt: skip
    cells = []
    for scenario in scale.requests:
        asked = {"forget": TARGET} if scenario == "class" else {}
        by_method = {method: _sweeps(profile, scenario, method) for method in scale.methods}
        taken_back = [sweep for method in AMNESIAC for sweep in by_method.pop(method, ())]
        tried = [[], [again(training.recipe)], *by_method.values(), taken_back]
        cells += [{**base, "scenario": scenario, **asked, "sweeps": sweeps} for sweeps in tried]
    return cells


def _sweeps(profile: str, scenario: str, method: str) -> list[dict]:
    """What is tried of one method, by the paper it is compared in."""
    if method in OF_MUMIS:
        return mumis.sweeps_of(profile, scenario, (method,))
    if method in OF_SPARSITY:
        return sparsity.sweeps_of(profile, scenario, (method,))
    tuned, known = OF_PARTIAL[method], mu.methods()[method]
    steps = mumis.SCALES[profile].steps  # fewer than in their chapter: they stop early
    options = {"max_steps": 10 * steps if "keep" in known.preset else steps} if "max_steps" in known.defaults else {}
    return [{"method": method, "options": options, "name": tuned.option, "values": tuned.values(profile)}]


COMPARED = Item(
    "beyond-methods", "The methods of all three papers on one request", _requests, ONE_SEED | {"laptop": 2}, compared
)
ITEMS = (COMPARED.view("beyond-attack", "What a per-example attack still sees"), COMPARED)
