"""Beyond the papers: the methods of all three on one request, and a per-example attack.

Several models are trained on one split of the data, each with its own weights and batch orders, and as many are
retrained. Every method unlearns from each of the trained ones. So it can be asked whether what an unlearned model
says about one forgotten sample tells it from a retrained one: `mu.attacks.per_example_attack`.

Sizes of data and training are those of the main table of `sparsity`, sizes of unlearning each paper's own. A method's
hyper-parameter is picked at the first model, by the rule of all records, and kept for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from statistics import mean
from typing import TYPE_CHECKING

import torch

import mu
from mu.attacks import chance_of_attack, per_example_attack, threshold_attack
from mu.experiments import mumis, sparsity
from mu.experiments.cache import Trained
from mu.experiments.case import TARGET
from mu.experiments.item import ONE_SEED, Item
from mu.experiments.mumis import Request, scores, surrogate_images
from mu.experiments.rows import rows
from mu.experiments.sweeps import Tuned, again, best_by_rule, columns_of
from mu.ledger import RunningSum
from mu.metrics import WHOLE_CLASS, Outputs, confidence, log_odds, outputs
from mu.timing import stopwatch

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor, nn

    from mu.data import Samples

# Of the partial paper; the rates around that of training are ours. They stop at the accuracy to expect, as DUCK does.
STEPPED = Tuned((1e-3,), (1e-4, 1e-3), expects=("stop_at", 1.0, 1.0))
TAKEN_BACK = {
    "amnesiac": Tuned((1.0,), (1.0,), option="keep"),
    "partial-amnesiac": Tuned((0.1,), (0.02, 0.1, 0.5), option="keep"),
    **dict.fromkeys(("label-flip", "partial-label-flip", "ascent", "partial-ascent"), STEPPED),
}
SPARSIFIED = ("fisher", "influence", "l1-sparse")  # of the sparsity paper; it shares the others with MU-Mis
SUPPRESSED = tuple(method for method in mumis.CLASSWISE if method != "scar-as-published")
METHODS = {  # in the table's order
    **{method: mumis.METHODS[method] for method in SUPPRESSED},
    **{method: sparsity.METHODS[method] for method in SPARSIFIED},
    **TAKEN_BACK,
}
CHANCE = ("per-example AUC, 5 % of chance", "per-example AUC, 95 % of chance")  # metrics of what is retrained again
# By profile: how many models of each kind; requests; methods, where not all.
MODELS = {"smoke": 3, "quick": 4, "laptop": 8, "paper": 16}
BOTH = ("random", "class")
REQUESTS = {"smoke": BOTH, "quick": ("random",), "laptop": BOTH, "paper": BOTH}
FEW = {
    "smoke": ("mu-mis", "fine-tune", "l1-sparse", "partial-amnesiac", "ascent"),
    "quick": ("mu-mis", "fine-tune", "bad-teacher", "ssd", "salun", "fisher", "l1-sparse", "partial-amnesiac",
              "ascent"),
}  # fmt: skip


class Trial(Request):
    """One of several models of the same split."""

    methods = METHODS

    def original(self) -> Trained:
        """The trained model; where a method of the cell takes steps back, trained again to add those up."""
        if not any("ledger" in mu.methods()[sweep["method"]].needs for sweep in self.settings["sweeps"]):
            return super().original()
        shares = {share for sweep in self.settings["sweeps"] for share in sweep["values"]}
        self.sums = {share: RunningSum(share, only=self.task.forget.indices) for share in shares}
        with stopwatch(self.device) as watch:
            model = self.learn(self.task.train, self.seed, list(self.sums.values()))(self.build())
        return Trained(model, (), watch.seconds)

    def unlearn(self, sweep: dict, value: float, original: nn.Module, surrogate: Samples | None = None) -> nn.Module:
        if "ledger" not in mu.methods()[sweep["method"]].needs:
            return super().unlearn(sweep, value, original, surrogate)
        return mu.unlearn(sweep["method"], original, self.task, ledger=self.sums[value])

    def options(self, sweep: dict, value: float, original: nn.Module) -> dict:
        """As any other; what is retrained again is another model every time."""
        options = super().options(sweep, value, original)
        return options | {"seed": value + self.seed} if sweep["method"] == "retrain" else options


def compared(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Of trained and retrained models, or of one method: mean scores over the models, and the attack on them all."""
    which = {"forget": settings["forget"]} if "forget" in settings else {}
    split = {**settings, "split": seed}
    cases = [Trial(split, 100 * seed + k, device) for k in range(settings["models"])]
    originals = [case.original() for case in cases]
    retrained = [case.retrained(made.model) for case, made in zip(cases, originals, strict=True)]
    references = [outputs(made.model, case.task) for case, made in zip(cases, retrained, strict=True)]

    def scored(method: str, made: list[Trained], **columns) -> list[dict]:
        outs = [outputs(one.model, case.task) for case, one in zip(cases, made, strict=True)]
        if not all(part.isfinite().all() for out in outs for part in out):
            return rows(method, {"diverged": 1}, **columns, **which)
        each = [
            {
                **scores(case, one.model, out, reference),
                "AUC": _auc(case, out),
                "RTE": one.seconds,
                "proxy gap": case.proxy_gap(case.expected(start.model), one.model, out),
            }
            for case, start, one, out, reference in zip(cases, originals, made, outs, references, strict=True)
        ]
        values = {name: mean(of_model[name] for of_model in each) for name in each[0]}
        if made is not retrained:  # which are what the attack is to tell from
            odds = _odds(cases, outs), _odds(cases, references)
            found = per_example_attack(*odds)
            values |= {"per-example AUC": found.auc, "per-example TPR at 1 % FPR": found.tpr_at_1_fpr}
            if method == "retrain":
                values |= dict(zip(CHANCE, chance_of_attack(*odds), strict=True))
        return rows(method, values, **columns, **which)

    if not settings["sweeps"]:
        yield from scored("trained", originals)
        yield from scored("retrain", retrained)
        return
    surrogate = surrogate_images(settings, device)
    sweep, value = best_by_rule(cases[0], originals[0].model, surrogate)
    method, columns = sweep["method"], columns_of(sweep, value)
    made = []
    for case, start in zip(cases, originals, strict=True):
        try:
            with stopwatch(device) as watch:
                model = case.unlearn(sweep, value, start.model, surrogate)
        except FloatingPointError:
            yield from rows(method, {"diverged": 1}, **columns, **which)
            return
        made.append(Trained(model, (), watch.seconds))
    yield from scored(method, made, **columns)


def _odds(cases: list[Trial], outs: list[Outputs]) -> Float[Tensor, "model forget"]:
    """Log-odds of the true label."""
    return torch.stack([log_odds(out.forget, case.task.forget.labels) for case, out in zip(cases, outs, strict=True)])


def _auc(case: Trial, out: Outputs) -> float:
    """AUC of forget samples against test images of their kind, by the confidence in the label, in percent."""
    task = case.task
    kind = task.target_test if task.scenario in WHOLE_CLASS else torch.ones_like(task.target_test)
    found = threshold_attack(
        confidence(out.retain, task.retain.labels),
        confidence(out.test, task.test.labels)[kind],
        confidence(out.forget, task.forget.labels),
    )
    return 100 * found.auc


# ---- The items -------------------------------------------------------------------------------------------


def _requests(profile: str) -> list[dict]:
    """A random tenth and a class of CIFAR-10; of each first the models, then one cell for every method.

    The first method is to retrain again: how far chance alone leads.
    """
    scale, sizes = sparsity.SCALES[profile], mumis.SCALES[profile]
    dataset = scale.data["cifar10"]
    base = {
        "dataset": dataset, "model": scale.networks["resnet18"], "samples": scale.samples,
        "recipe": asdict(scale.recipe), "surrogate": sizes.surrogate[dataset], "models": MODELS[profile],
    }  # fmt: skip
    cells = []
    for scenario in REQUESTS[profile]:
        asked = {"forget": TARGET} if scenario == "class" else {}
        tried = [[], [again(scale.recipe)]]
        tried += [_sweeps(profile, scenario, method) for method in FEW.get(profile, METHODS)]
        cells += [{**base, "scenario": scenario, **asked, "sweeps": sweeps} for sweeps in tried]
    return cells


def _sweeps(profile: str, scenario: str, method: str) -> list[dict]:
    """What is tried of one method, by the paper it is compared in."""
    if method in SUPPRESSED:
        return mumis.sweeps_of(profile, scenario, (method,))
    if method in SPARSIFIED:
        return sparsity.sweeps_of(profile, "cifar10", scenario, (method,))
    tuned, known = TAKEN_BACK[method], mu.methods()[method].defaults
    steps = mumis.SCALES[profile].steps
    options = {"max_steps": 10 * steps if "keep" in mu.methods()[method].preset else steps} if known else {}
    return [{"method": method, "options": options, "name": tuned.option, "values": tuned.values(profile)}]


METHODS_COMPARED = Item(
    "beyond-methods", "The methods of all three papers on one request", _requests, ONE_SEED | {"laptop": 2}, compared
)
ITEMS = (
    METHODS_COMPARED.view("beyond-attack", "What a per-example attack still sees"),
    METHODS_COMPARED,
)
