"""MU-Mis, unlearning without retained data by suppressing sample contribution (Cheng et al.): its figures and tables.

One function scores every method on a request, full class, sub-class or random samples: `method_grid`. Beside it are
the looks at sensitivity (figures 2 to 4), the course of a run (ablations and figures of the appendix) and the
sequence of requests (figures 5 to 7). No hyper-parameter is picked here, see `mu.experiments.sweeps`; only the
sequence picks, at its first request, by the same rule.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from sklearn.metrics import roc_auc_score

import mu
from mu.attacks import entropy_recall
from mu.data import Dataset, Samples
from mu.experiments import sweeps
from mu.experiments.case import HELD_OUT, SHARE, Case, untrained
from mu.experiments.item import FOLDERS, ONE_SEED, Item, data_of, distinct, network_of, rows_of
from mu.experiments.sweeps import Accuracies, Swept, Tuned, best_by_rule, columns_of, method_rows, one_each, tries
from mu.metrics import Outputs, accuracy, evaluate, kl, retain_loss
from mu.models import predict
from mu.sensitivity import Sensitivity, sensitivity
from mu.tasks import Task
from mu.timing import timed
from mu.training import Recipe, train
from mu.unlearning.mu_mis import BATCH, DELTA

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from torch import Tensor, nn

ROCKET, MUSHROOM, BABY, LAMP, SEA = 69, 51, 2, 40, 71  # fine labels of CIFAR-100
SEQUENCE = (ROCKET, MUSHROOM, BABY, LAMP, SEA)  # the five of the code of SSD; the paper's are not known
DELTAS = (0.5, 0.7, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5)  # ours
VARIANTS = (  # of the loss: the paper's ablations
    {"terms": "both"}, {"terms": "target"}, {"terms": "other"}, {"terms": "jacobian"},
    {"terms": "both", "norm": "spectral"}, {"terms": "both", "weighted": True},
)  # fmt: skip

# In the tables' order. Published is what a method's own public code, or that of SSD, uses for CIFAR-100 or near; of
# MU-Mis it is not known. Options differ between scenarios where the public code changes them with the request.
METHODS = {
    "mu-mis": Tuned((1.1,), (1.0, 1.1, 1.2), paper=DELTAS, option="delta"),  # with each learning rate of the profile
    "fine-tune": Tuned((0.02,), (0.005, 0.02, 0.05), quick=(0.005, 0.05), paper=(0.01, 0.02, 0.05, 0.1),
                       published=0.02, shortened=True),
    "random-label-all": Tuned((1e-3,), (1e-4, 3e-4, 1e-3), quick=(1e-4, 1e-3), published=1e-4, shortened=True),
    "bad-teacher": Tuned((1e-3,), (1e-4, 3e-4, 1e-3), quick=(1e-4, 1e-3), published=1e-4, shortened=True),
    # It needs its three epochs: in float32 its first pass over the forget set starts without a gradient.
    "scrub": Tuned((5e-4,), (5e-4, 2e-3, 0.01, 0.03), quick=(5e-4, 0.01), published=5e-4),
    "ssd": Tuned((10.0,), (5.0, 10.0, 25.0, 50.0, 100.0), quick=(5.0, 25.0, 100.0),
                 paper=(2.0, 5.0, 10.0, 25.0, 50.0, 100.0), option="alpha", published=10.0,
                 fixed={"random": {"by_class": False}}),
    "salun": Tuned((0.013,), (3e-3, 0.013, 0.05), quick=(3e-3, 0.05), published=0.013, shortened=True),
    # An epoch of DUCK or SCAR is one pass over the forget set, and they need many. For a part of a class or for many
    # samples their stopping rule may never be met: there they have fewer.
    "duck": Tuned((1e-3,), (1e-4, 4e-4, 1e-3), quick=(1e-4, 1e-3), published=4e-4, expects=("stop_at", 1.0, 1.0),
                  fewest_epochs={"subclass": 10, "random": 3}),
    "munba": Tuned((0.01,), (3e-3, 0.01, 0.03), quick=(3e-3, 0.03), published=0.01, shortened=True),
    "lotus": Tuned((1e-3,), (1e-4, 3e-4, 1e-3), quick=(1e-4, 1e-3), published=1e-4, shortened=True,
                   expects=("unseen_accuracy", 0.01, 0.0), fixed={"random": {"alpha": 8.0}}),
    "rum": Tuned((0.013,), (0.013, 0.05, 0.1), quick=(0.013, 0.1), published=0.1, shortened=True),
    "gradient-ascent": Tuned((1e-3,), (1e-5, 3e-5, 1e-4, 3e-4, 1e-3), quick=(1e-5, 1e-4, 1e-3),
                             paper=(1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3), published=1e-4,
                             fixed={"": {"frozen_norm": True}}),
    "random-label": Tuned((1e-3,), (1e-5, 3e-5, 1e-4, 3e-4), quick=(1e-5, 1e-4),
                          paper=(1e-6, 1e-5, 1e-4, 1e-3, 1e-2)),
    "jit": Tuned((3e-3,), (3e-5, 1e-4, 3e-4, 6e-4, 1e-3, 2e-3), quick=(3e-5, 3e-4, 1e-3),
                 paper=(3e-5, 3e-4, 1e-3, 3e-3, 0.03, 0.5, 1.5), published=3e-4,
                 fixed={"subclass": {"noise": 0.01}, "random": {"noise": 0.01}}),
    # It does not look at the forget set before its third pass.
    **dict.fromkeys(("scar", "scar-as-published"), Tuned(
        (5e-4,), (1e-4, 5e-4, 2e-3), quick=(1e-4, 2e-3), published=5e-4, expects=("stop_at", 1.0, 1.0),
        fewest_epochs={"random": 3}, fixed={"subclass": {"whole_class": False}, "random": {"whole_class": False}},
    )),
}  # fmt: skip
RETAIN_FREE = tuple(method for method in METHODS if "retain" not in mu.methods()[method].needs)
TAUGHT = ("bad-teacher", "scrub", "lotus", "scar-as-published")  # by what a model says of the images as they are
CLASSWISE = tuple(method for method in METHODS if method != "rum")
LEVELS = ("low", "mid", "high")  # of memorisation
# Rates of methods that see no image but those to forget, with which they lose a class over many passes; ours.
SIMPLER = {"gradient-ascent": (1e-4, 3e-4), "random-label": (3e-5, 1e-4), "jit": (1e-4, 3e-4)}


@dataclass(frozen=True)
class Scale:
    """Sizes of one profile."""

    surrogate: dict[str, str]  # data set -> where SCAR's images are from
    labels: dict[str, int]  # the classes to forget, by the paper's names
    samples: int | None  # images of the training part that are used, held-out ones included; None: all
    recipe: Recipe  # training
    seeds: int
    epochs: int  # at most so many of the epochs a method asks for
    batch: int | None  # batch size of unlearning; None: each method's own
    whole: Recipe  # training on all images, in fewer epochs
    rates: tuple[float, ...]  # learning rates of MU-Mis
    whole_rates: dict[str, tuple[float, ...]]  # of MU-Mis, and of whom the tables' would miss, on that model
    steps: int  # of MU-Mis at most
    passes: int  # of MU-Mis over a forget set, where two requests are followed equally far
    looked: int  # samples whose sensitivity is measured; a tenth of the test images on a course
    sequence: tuple[int, ...]
    compared: tuple[str, ...]  # methods along the sequence
    others: tuple[str, ...]  # methods in the tables after the first; none: all
    subsets: int  # models of which each sample's memorisation is estimated
    timed: tuple[str, int]  # network and images of the comparison of costs


SURROGATE_OF = {
    "cifar100": "cifar10", "cifar20": "cifar10", "cifar10": "cifar100", "svhn": "cifar100",
    FOLDERS["faces"]: "cifar10", FOLDERS["tiny-imagenet"]: FOLDERS["imagenet"],
}  # fmt: skip
LABELS = {"rocket": ROCKET, "sea": SEA, "face": 1, "tiny": 0}  # of the last two the paper's are not known
LONG = Recipe(
    epochs=200, batch_size=128, optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=5e-4, schedule="cosine",
    augment="crop-flip",
)  # fmt: skip
# A short run on few images memorises them, as the long one does, only without augmentation and in small batches.
SHORT = replace(LONG, epochs=12, batch_size=32, lr=0.05, warmup=0.1, augment="none")
ALONG = ("mu-mis", "fine-tune", "bad-teacher", "ssd", "salun", "scrub", "gradient-ascent", "jit")

PAPER = Scale(
    surrogate=SURROGATE_OF, labels=LABELS, samples=None, recipe=LONG, seeds=3,
    whole=replace(LONG, epochs=30), epochs=200, batch=None, rates=(1e-6, 1e-5, 1e-4, 3e-4),
    whole_rates={"mu-mis": (1e-6, 1e-5, 1e-4, 3e-4)}, steps=500, passes=32, looked=1000,
    sequence=SEQUENCE, compared=ALONG, others=(), subsets=20, timed=("resnet18", 512),
)  # fmt: skip
LAPTOP = replace(
    PAPER, samples=8_000, recipe=SHORT, whole=replace(LONG, epochs=16, warmup=0.1), epochs=2, batch=64,
    rates=(1e-3, 3e-3), steps=64, whole_rates={
        "mu-mis": (5e-5, 1e-4, 2.5e-4, 5e-4, 7.5e-4, 1e-3, 1.5e-3, 2e-3, 3e-3),
        "gradient-ascent": (5e-6, 1e-5, 1.5e-5, 2e-5, 3e-5),
    },
    looked=200, compared=("mu-mis", "gradient-ascent", "jit", "fine-tune", "bad-teacher", "ssd", "salun"), subsets=4,
    timed=("resnet18", 128),
)  # fmt: skip
QUICK = replace(
    LAPTOP, surrogate=dict.fromkeys(("mnist5k", "mnist5k-pairs"), "synthetic"),
    labels={"rocket": 3, "sea": 8, "face": 3, "tiny": 3}, samples=2_000, recipe=replace(SHORT, epochs=8),
    whole=replace(SHORT, epochs=4), whole_rates={"mu-mis": (1e-3, 3e-3, 0.01)}, seeds=1,
    steps=60, passes=8, looked=100, sequence=(3, 8, 5),
    compared=("mu-mis", "gradient-ascent", "jit", "fine-tune", "ssd"),
    others=("mu-mis", "fine-tune", "bad-teacher", "salun", "gradient-ascent", "jit", "rum"), subsets=3,
    timed=("resnet9-slim", 256),
)  # fmt: skip
SMOKE = replace(
    QUICK, surrogate={"synthetic-rgb": "synthetic-rgb"},
    labels={"rocket": 3, "sea": 7, "face": 3, "tiny": 3}, samples=300, recipe=replace(SHORT, epochs=1),
    whole=replace(SHORT, epochs=1), epochs=1, rates=(1e-3,), whole_rates={"mu-mis": (1e-3,)}, steps=3,
    passes=2, looked=20, sequence=(3, 5), compared=("mu-mis", "fine-tune"),
    others=("mu-mis", "fine-tune", "rum"), subsets=2, timed=("resnet9-slim", 16),
)  # fmt: skip
SCALES = {"smoke": SMOKE, "quick": QUICK, "laptop": LAPTOP, "paper": PAPER}
SURROGATE_IMAGES = 2_000  # at most: ours


# ---- Every method on one request -------------------------------------------------------------------------


def method_grid(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Scores against the retrained model: of both models, or of what the cell's sweeps try."""
    kind = Memorised if settings["scenario"] == "memorised" else Request
    yield from method_rows(kind(settings, seed, device), scores, surrogate_images(settings, device))


class Request(Swept):
    """A case in which a method that has an option for it is given the accuracy on the forget set to expect."""

    methods = METHODS  # how those asked for are swept

    def options(self, sweep: dict, value: float, original: nn.Module) -> dict:
        options = super().options(sweep, value, original)
        by_retained = self.settings["scenario"] == "subclass"  # then the guess is read off retained images
        method = self.methods.get(sweep["method"])  # none of retraining
        if method and method.expects and not (by_retained and sweep["method"] in RETAIN_FREE):
            name, factor, least = method.expects
            options[name] = max(least, factor * self.expected(original).forget)
        for name in {"tuning", "repair"} & set(options):  # a second recipe; without a rate it takes the first's
            options[name] = Recipe(**{"lr": value, **options[name]})
        return options


def surrogate_images(settings: dict, device: str) -> Samples | None:
    """Images from elsewhere, if a method of the cell asks for them."""
    if not any("surrogate" in mu.methods()[sweep["method"]].needs for sweep in settings["sweeps"]):
        return None
    return mu.load_dataset(settings["surrogate"], device=device).train.spread(SURROGATE_IMAGES)


def scores(case: Request, model: nn.Module, out: Outputs, reference: Outputs) -> dict[str, float]:
    """The paper's metrics, by name; "MIA-Efficacy" is the attack of `sparsity`, "retain loss" is ours."""
    ours, theirs = accuracies(case.task, out), accuracies(case.task, reference)
    return {
        **ours,
        "Avg. Gap": sum(abs(ours[name] - theirs[name]) for name in ours) / len(ours),
        "MIA": entropy_recall(out.retain, out.test, out.forget),
        "MIA-Efficacy": evaluate(out, case.task).mia_efficacy,
        "KL": kl(reference.forget, out.forget),
        "retain loss": retain_loss(out, case.task),
    }


def accuracies(task: Task, out: Outputs) -> dict[str, float]:
    """FA, RA and TA: of a (sub-)class on test images, of single samples on those themselves and on those retained."""
    test, target = task.test.labels, task.target_test
    by_test = task.whole_class
    return {
        "FA": accuracy(out.test[target], test[target]) if by_test else accuracy(out.forget, task.forget.labels),
        "RA": accuracy(out.test[~target], test[~target]) if by_test else accuracy(out.retain, task.retain.labels),
        "TA": accuracy(out.test, test),
    }


# ---- Forget sets by memorisation -------------------------------------------------------------------------


class Memorised(Request):
    """A tenth of the training samples: those memorised least, by half, or most (`level`), as in RUM's code."""

    def request(self, data: Dataset) -> Task:
        self.score = memorisation(self, data)
        away = {"low": self.score, "mid": (self.score - 0.5).abs(), "high": -self.score}[self.settings["level"]]
        order = away.argsort(stable=True)  # with few models many scores are the same
        chosen = torch.zeros_like(data.train.labels, dtype=torch.bool)
        chosen[order[: round(SHARE * len(order))].to(chosen.device)] = True
        return Task(data, "memorised", chosen.nonzero().flatten(), (~chosen).nonzero().flatten())

    def _guess(self, original: nn.Module) -> Accuracies:
        """By what memorisation means: without them the samples lose that much accuracy.

        The same estimate picks the samples, so at the ends its mean is too far out.
        """
        known = accuracy(predict(original, self.task.forget), self.task.forget.labels)
        left = min(max(known - 100 * self.asked.mean().item(), 0.0), 100.0)
        return super()._guess(original)._replace(forget=left)

    def options(self, sweep: dict, value: float, original: nn.Module) -> dict:
        """As any other; RUM is told how far each sample is memorised."""
        told = {"memorisation": self.asked} if sweep["method"] == "rum" else {}
        return super().options(sweep, value, original) | told

    @property
    def asked(self) -> Float[Tensor, " forget"]:
        """Memorisation of the samples to forget."""
        return self.score[self.task.forget_indices.cpu()]


def memorisation(case: Case, data: Dataset) -> Tensor:
    """For each training sample: share of models right on it among those trained with it, minus among those without.

    Feldman and Zhang's estimator, on `subsets` models. Each is trained on 70 % of the samples; of three models on two
    thirds, of two on half. The part left out rotates, so that every sample is left out at least once. Float, one per
    sample, on the CPU.
    """
    count, n = case.settings["subsets"], len(data.train)
    right, seen = torch.zeros(count, n), torch.zeros(count, n, dtype=torch.bool)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(10_000 + case.seed))
    left_out = math.ceil(max(0.3, 1 / count) * n)
    for k in range(count):
        model_seed = 10_000 + 100 * case.seed + k
        part = order.roll(-(k * n // count))[left_out:].sort().values
        samples = data.train[part]
        build = partial(mu.build_model, case.settings["model"], data, seed=model_seed)
        model = case.kept(samples.fingerprint, build, case.learn(samples, model_seed), seed=model_seed).model
        seen[k, part] = True
        right[k] = (predict(model, data.train).argmax(1) == data.train.labels).float().cpu()
    inside = (right * seen).sum(0) / seen.sum(0).clamp(min=1)
    return inside - (right * ~seen).sum(0) / (~seen).sum(0).clamp(min=1)


# ---- Sensitivity: figures 2 to 4 -------------------------------------------------------------------------


def distributions(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """How input sensitivity is distributed, before and after training: percent of samples per bin.

    Over training samples and, with ", held out" behind the metric, over as many that were never trained on. A row's
    `bin` is the decimal logarithm of the bin's left edge, 0.1 wide. The AUC says how well sensitivity tells training
    samples from the others, in percent: 50 is not at all.
    """
    case = Case(settings, seed, device)
    train, held_out = (samples.spread(settings["looked"]) for samples in (case.task.train, case.validation))
    for method, model in (("untrained", case.build()), ("trained", case.original().model)):
        seen = sensitivity(model, train.images, train.labels)
        unseen = sensitivity(model, held_out.images, held_out.labels)
        for metric, inside, outside in zip(Sensitivity._fields, seen, unseen, strict=True):
            yield from _histogram(method, metric, inside)
            yield from _histogram(method, f"{metric}, held out", outside)
            norms = torch.cat([inside, outside]).cpu()
            auc = roc_auc_score(torch.arange(len(norms)) < len(inside), norms)
            yield {"method": method, "metric": f"{metric}, AUC", "value": 100 * auc}


def _histogram(method: str, metric: str, norms: Float[Tensor, " sample"]) -> Iterator[dict]:
    """The median of a metric, and percent of samples per bin."""
    yield {"method": method, "metric": f"{metric}, median", "value": norms.median().item()}
    bins, counts = (10 * norms.log10()).floor().unique(return_counts=True)
    for tenths, share in zip(bins.tolist(), (100 * counts / len(norms)).tolist(), strict=True):
        yield {"method": method, "metric": metric, "bin": tenths / 10, "value": share}


def directions(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Share of forget samples whose sensitivity is lower than in the original, after retraining and after MU-Mis."""
    case = Request(settings, seed, device)
    original = case.original().model
    asked = case.task.forget.spread(settings["looked"])
    before = sensitivity(original, asked.images, asked.labels)
    tried = [(method, model, columns) for method, model, _, columns in tries(case, original) if model]
    for method, model, columns in [("retrain", case.retrained(original).model, {}), *tried]:
        after = sensitivity(model, asked.images, asked.labels)
        lower = {
            "target": after.target < before.target,
            "other": after.other < before.other,
            "difference": after.target - after.other < before.target - before.other,
        }
        values = {f"{name} falls": 100 * falls.double().mean().item() for name, falls in lower.items()}
        yield from rows_of(method, values, forget=settings.get("forget"), **columns)


# ---- The course of a run ---------------------------------------------------------------------------------


def course(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """MU-Mis without its stopping rule: sensitivities, loss and accuracies after every pass.

    Where the rule would have ended the run, for any delta, can be read off the rows.
    """
    case = Case(settings, seed, device)
    original, task, look = case.original().model, case.task, followed(case.task, settings["looked"])
    steps_a_pass = _steps_a_pass(case)
    curve, looks = [], {0: look(original)}

    def follow(step: int, model: nn.Module) -> None:
        if (step + 1) % steps_a_pass == 0:
            looks[step + 1] = look(model)

    with contextlib.suppress(FloatingPointError):  # the course ends there
        mu.unlearn(
            "mu-mis", original, task, lr=settings["lr"], delta=float("inf"), batch_size=settings["batch"],
            max_steps=settings["steps"], curve=curve, on_step=follow, seed=1000 + case.after, **settings["options"],
        )  # fmt: skip
    columns = {"lr": settings["lr"], "variant": settings["variant"]}
    finite = {passed.step for passed in curve}  # where a course diverged, the last model is none
    for step, seen in looks.items():
        if step in finite:
            yield from rows_of("mu-mis", seen, step=step, **columns)
    for passed in curve:
        values = {metric: getattr(passed, metric) for metric in ("target", "other", "ratio", "loss")}
        yield from rows_of("mu-mis", values, step=passed.step, **columns)


def course_beside(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """The retrained model's accuracies, and a course of so many `passes` on the same samples."""
    case = Case(settings, seed, device)
    retrained = case.retrained(case.original().model).model
    yield from rows_of("retrain", followed(case.task, settings["looked"])(retrained))
    yield from course({**settings, "steps": settings["passes"] * _steps_a_pass(case)}, seed, device)


def passes_of(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Accuracies after every pass of a run that nothing stops, of methods that are handed the forget set alone.

    A cell without a method has the original and the retrained model.
    """
    case = Request(settings, seed, device)
    original, look, steps_a_pass = case.original().model, followed(case.task, settings["looked"]), _steps_a_pass(case)
    if not settings["sweeps"]:
        for method, model in (("trained", original), ("retrain", case.retrained(original).model)):
            yield from rows_of(method, look(model))
    for sweep in settings["sweeps"]:
        for value in sweep["values"]:
            looks = {}

            def follow(step: int, model: nn.Module, looks: dict = looks) -> bool:
                if (step + 1) % steps_a_pass == 0:
                    looks[step + 1] = look(model)
                return len(looks) == settings["passes"]

            with contextlib.suppress(FloatingPointError):  # the course ends there
                options = case.options(sweep, value, original)
                mu.unlearn(sweep["method"], original, case.task, on_step=follow, **options)
            for step, seen in looks.items():
                yield from rows_of(sweep["method"], seen, step=step, **columns_of(sweep, value))


def followed(task: Task, count: int) -> Callable[[nn.Module], dict[str, float]]:
    """model -> FA, RA and TA as in `accuracies`, but RA, and TA of single samples, on at most `count` images.

    TA of a (sub-)class is the mean of the other two by its share of the test images.
    """
    by_test = task.whole_class
    asked, spared = (
        (task.test[task.target_test], task.test[~task.target_test]) if by_test else (task.forget, task.retain)
    )
    parts = {"FA": asked, "RA": spared.spread(count)} | ({} if by_test else {"TA": task.test.spread(count)})

    def look(model: nn.Module) -> dict[str, float]:
        found = {metric: accuracy(predict(model, part), part.labels) for metric, part in parts.items()}
        if by_test:
            found["TA"] = (len(asked) * found["FA"] + len(spared) * found["RA"]) / len(task.test)
        return found

    return look


def _steps_a_pass(case: Case) -> int:
    """Batches of the forget set."""
    return math.ceil(len(case.task.forget) / case.settings["batch"])


# ---- One request after another ---------------------------------------------------------------------------


class Following(Request):
    """A request after others: what was `removed` is neither trained on nor asked for any more."""

    def request(self, data: Dataset) -> Task:
        return super().request(replace(data, train=data.train[~self.gone(data.train)]))

    def gone(self, samples: Samples) -> Bool[Tensor, " n"]:
        """Which samples earlier requests removed."""
        kinds = self.kinds(samples)
        return torch.isin(kinds, torch.tensor(self.settings["removed"], dtype=kinds.dtype, device=kinds.device))


def sequence(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Accuracies and KL after each request of a sequence, of the retrained models or of one method."""
    labels = settings["sequence"]
    requests = [{**settings, "forget": label, "removed": labels[:i]} for i, label in enumerate(labels)]
    data = mu.load_dataset(settings["dataset"], device=device)
    cases = [Following(request, seed, device, data) for request in requests]
    return _unlearn_along(cases) if settings["sweeps"] else _retrain_along(cases)


def _retrain_along(cases: list[Following]) -> Iterator[dict]:
    """The model before any request, and one retrained after each."""
    original = cases[0].original().model
    yield from _after(cases[0], "trained", original, 0)
    for step, case in enumerate(cases, 1):
        yield from _after(case, "retrain", case.retrained(original).model, step)


def _unlearn_along(cases: list[Following]) -> Iterator[dict]:
    """One method, request after request; its hyper-parameter is chosen at the first one, by the rule, and kept."""
    first, settings = cases[0], cases[0].settings
    original = model = first.original().model
    surrogate = surrogate_images(settings, first.device)
    sweep, value = best_by_rule(first, settings["sweeps"], model, surrogate)
    method, columns = sweep["method"], columns_of(sweep, value)
    forgotten = first.task.forget[:0]
    for step, case in enumerate(cases, 1):
        forgotten = forgotten + case.task.forget
        try:
            model, seconds = case.unlearn(sweep, value, model, surrogate)
            logits = predict(model, forgotten)
            if not logits.isfinite().all():
                raise FloatingPointError
        except FloatingPointError:  # the sequence ends here
            yield from rows_of(method, {"diverged": 1}, step=step, **columns)
            return
        yield from _after(case, method, model, step, **columns)
        values = {"KL": kl(predict(case.retrained(original).model, forgotten), logits), "RTE": seconds}
        yield from rows_of(method, values, step=step, **columns)


def _after(case: Following, method: str, model: nn.Module, step: int, **columns) -> Iterator[dict]:
    """FA of every class of the sequence (`asked`), RA of all classes outside it and TA, all on test images."""
    test, labels = case.task.test, case.settings["sequence"]
    logits, kinds = predict(model, test), case.kinds(test)
    common = {"method": method, "step": step, **columns}
    for label in labels:
        asked = kinds == label
        yield {**common, "metric": "FA", "asked": label, "value": accuracy(logits[asked], test.labels[asked])}
    rest = ~torch.isin(kinds, torch.tensor(labels, device=kinds.device))
    yield {**common, "metric": "RA", "value": accuracy(logits[rest], test.labels[rest])}
    yield {**common, "metric": "TA", "value": accuracy(logits, test.labels)}


# ---- What it costs at full size --------------------------------------------------------------------------


def speed(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Seconds an image of a pass in training and of one in MU-Mis, both in batches of their own papers' size.

    Weights are those before training: what is computed does not depend on them. One pass of MU-Mis has the looks
    at the sensitivity before and after it, where each further pass of a run would add one.
    """
    data, model = untrained(settings, seed, device, images=settings["timed"])
    images, everything = data.train, torch.arange(settings["timed"])
    task = Task(data, "some", everything, everything[:0])
    recipe = replace(Recipe(**settings["recipe"]), epochs=1)
    a_pass = {"lr": 0.0, "delta": math.inf, "max_steps": math.ceil(len(images) / BATCH)}
    calls = {
        "retrain": lambda: train(model, images, recipe, seed=seed),
        "mu-mis": lambda: mu.unlearn("mu-mis", model, task, seed=seed, **a_pass),
    }
    sizes = {"retrain": settings["retain"], "mu-mis": settings["asked"]}
    for method, seconds in timed(calls, settings["repeats"], device):
        passes = settings["recipe"]["epochs"] if method == "retrain" else 1
        columns = {"method": method, "images": sizes[method], "passes": passes}
        yield {"metric": "seconds an image", "value": seconds / len(images), **columns}


# ---- A computed sketch: figure 1 -------------------------------------------------------------------------


def sketch(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """What one sample does to a learned function, on images of a single pixel: two classes, one odd sample.

    Rows are the difference of the two logits at every fourth pixel value: untrained, trained, and retrained without
    the odd sample.
    """
    pixels = torch.linspace(8, 248, settings["samples"]).round().to(torch.uint8)
    labels = (pixels > 128).long()
    odd = settings["samples"] // 5
    labels[odd] = 1
    part = Samples(pixels.view(-1, 1, 1, 1), labels, torch.arange(len(pixels)))
    data = Dataset("sketch", part, part, ("left", "right"), (0.5,), (0.5,))
    rest = torch.arange(len(pixels)) != odd
    task = Task(data, "random", torch.tensor([odd]), rest.nonzero().flatten()).to(device)
    recipe, start = Recipe(**settings["recipe"]), mu.build_model("mlp", data, seed=seed).to(device)
    models = {
        "untrained": start,
        "trained": train(start, task.train, recipe, seed=seed),
        "retrain": mu.unlearn("retrain", start, task, recipe=recipe, seed=seed),
    }
    everywhere = torch.arange(0, 256, 4, dtype=torch.uint8)
    axis = Samples(everywhere.view(-1, 1, 1, 1), torch.zeros(64, dtype=torch.int64), torch.arange(64))
    for method, model in models.items():
        logits = predict(model, axis)
        difference = (logits[:, 1] - logits[:, 0]).tolist()
        for x, value in zip(everywhere.tolist(), difference, strict=True):
            yield {"method": method, "metric": "logit difference", "x": x, "value": value}
    for x, label in zip(pixels.tolist(), labels.tolist(), strict=True):
        yield {"method": "sample", "metric": "odd" if x == pixels[odd] else "label", "x": x, "value": label}


# ---- The items -------------------------------------------------------------------------------------------


def _settings(profile: str, data: str, network: str, scenario: str, name: str = "", **more) -> dict:
    """What a cell starts from; one without the name of a class draws samples."""
    scale = SCALES[profile]
    dataset = data_of(profile, data)
    forget = {"forget": scale.labels[name]} if name else {}
    return {
        "dataset": dataset, "model": network_of(profile, network), "scenario": scenario, "samples": scale.samples,
        "recipe": asdict(scale.recipe), "surrogate": scale.surrogate[dataset], **forget, **more,
    }  # fmt: skip


def sweeps_of(profile: str, scenario: str, methods: Iterable[str]) -> list[dict]:
    """What is tried of each of the methods."""
    return [sweep for method in methods for sweep in _sweeps(profile, SCALES[profile], scenario, method)]


def _sweeps(profile: str, scale: Scale, scenario: str, name: str) -> list[dict]:
    """What is tried of one method: a sweep, of MU-Mis one for each learning rate."""
    method, known = METHODS[name], mu.methods()[name].defaults
    options = {**method.fixed.get("", {}), **method.fixed.get(scenario, {})}
    sweep = {"method": name, "options": options, "name": method.option, "values": method.values(profile)}
    smaller = {"batch_size": scale.batch} if scale.batch else {}
    if name == "mu-mis":
        options |= {"max_steps": scale.steps, **smaller}
        return [{**sweep, "options": {**options, "lr": lr}} for lr in scale.rates]
    if name not in (*RETAIN_FREE, *TAUGHT) and scale.recipe.augment != "none":
        smaller["augment"] = scale.recipe.augment  # as the original was trained; public code mostly does
    if "recipe" in known:
        epochs = known["recipe"].epochs
        least = method.fewest_epochs.get(scenario, 0)
        if method.shortened or least:
            epochs = min(max(scale.epochs, least), epochs)
        sweep["recipe"] = {"epochs": epochs, **smaller}
    for second in {"tuning", "repair"} & set(known):  # of RUM and of DUCK
        shorter = {"epochs": min(scale.epochs, known[second].epochs), "augment": scale.recipe.augment, **smaller}
        options[second] = asdict(replace(known[second], **shorter))
    if name == "rum":
        del options["tuning"]["lr"]
    return [sweep]


def _grid(*requests: tuple, methods: tuple[str, ...] | None = None, first: bool = False) -> Callable:
    """profile -> cells of several requests: (data set, network, scenario, class); those of one, then of the next.

    Where one data set stands for several, requests that are then the same are asked once.
    """

    def grid(profile: str) -> list[dict]:
        tried = [m for m in methods or CLASSWISE if first or m in (SCALES[profile].others or METHODS)]
        swept = [_settings(profile, *request, sweeps=sweeps_of(profile, request[2], tried)) for request in requests]
        return distinct([cell for request in swept for cell in one_each([request])])

    return grid


# One request of each kind: data set, scenario, class.
KINDS = (
    ("cifar100", "class", "rocket"), ("cifar20", "subclass", "rocket"), ("cifar20", "subclass", "sea"),
    ("cifar10", "random", ""),
)  # fmt: skip


def _courses(
    profile: str, variants: tuple[dict, ...], rates: tuple[float, ...], request: tuple = KINDS[0], **length: int
) -> list[dict]:
    """Courses of one request, as long as a run may be at most unless another `length` is given."""
    scale = SCALES[profile]
    base = _settings(profile, request[0], "resnet18", *request[1:])
    more = {"batch": scale.batch or BATCH, "looked": 10 * scale.looked, **(length or {"steps": scale.steps})}
    return [
        {**base, **more, "lr": lr, "options": options, "variant": variant_name(options)}
        for options in variants
        for lr in rates
    ]


def middle(tried: Sequence) -> Sequence:
    """Of rates, or of sweeps by rate, the middle one alone, of two the larger: the smallest hardly move a model."""
    return tried[len(tried) // 2 :][:1]


def _stops(profile: str) -> list[dict]:
    """Courses of one length in passes: random samples fill many more batches than a class."""
    scale = SCALES[profile]
    asked = (request for request in KINDS if request[1] in ("class", "random"))
    return [cell for request in asked
            for cell in _courses(profile, VARIANTS[:1], scale.rates, request, passes=scale.passes)]  # fmt: skip


def _passes(profile: str) -> list[dict]:
    """MU-Mis and others, a class, as many passes of each."""
    scale, (data, kind, name) = SCALES[profile], KINDS[0]
    batch = scale.batch or BATCH
    base = _settings(profile, data, "resnet18", kind, name, batch=batch, looked=10 * scale.looked)
    never = {"delta": 1e9, "max_steps": 10**6, "batch_size": batch}  # the passes alone end the run
    recipe = {"epochs": scale.passes, "batch_size": batch}
    tried = [{"method": "mu-mis", "name": "lr", "values": scale.rates, "options": never}]
    tried += [
        {"method": method, "name": "lr", "values": rates, "options": METHODS[method].fixed.get("", {}),
         "recipe": recipe}
        for method, rates in SIMPLER.items()
    ]  # fmt: skip
    return one_each([{**base, "passes": scale.passes, "sweeps": tried}])


def variant_name(options: dict) -> str:
    """What a variant of the loss is called in the tables."""
    return "weighted" if options.get("weighted") else options.get("norm") or options["terms"]


def _directions(profile: str) -> list[dict]:
    cells = []
    for data, scenario, name in KINDS:
        (sweep,) = middle(sweeps_of(profile, scenario, ("mu-mis",)))
        sweep = {**sweep, "values": [DELTA]}
        looked = SCALES[profile].looked
        cells.append(_settings(profile, data, "resnet18", scenario, name, looked=looked, sweeps=[sweep]))
    return cells


def _floor(profile: str) -> list[dict]:
    tried = [sweeps.again(SCALES[profile].recipe)]
    return [_settings(profile, data, "resnet18", kind, name, sweeps=tried) for data, kind, name in KINDS]


def _whole(profile: str) -> list[dict]:
    """The class of the main table, of a model trained on all images; three of the methods have retained data."""
    scale, (data, kind, name) = SCALES[profile], KINDS[0]
    # Longer runs of MU-Mis are let be: a model that is trained for longer takes lower rates, and those more steps.
    whole = replace(scale, recipe=scale.whole, rates=scale.whole_rates["mu-mis"], steps=4 * scale.steps)
    methods = (*RETAIN_FREE, "fine-tune", "ssd", "salun")
    tried = [sweep for method in methods for sweep in _sweeps(profile, whole, kind, method)]
    for sweep in tried:
        if sweep["name"] == "lr":  # of MU-Mis it is delta
            sweep["values"] = scale.whole_rates.get(sweep["method"], sweep["values"])
    base = _settings(profile, data, "resnet18", kind, name, samples=None, recipe=asdict(scale.whole))
    return one_each([{**base, "sweeps": tried}])


def _distributions(profile: str) -> list[dict]:
    return [_settings(profile, "cifar100", "resnet18", "class", "rocket", looked=SCALES[profile].looked)]


def _sequences(profile: str) -> list[dict]:
    scale, cells = SCALES[profile], []
    for data, scenario in (("cifar100", "class"), ("cifar20", "subclass")):
        base = _settings(profile, data, "resnet18", scenario, sequence=list(scale.sequence))
        tried = [[], *(sweeps_of(profile, scenario, (method,)) for method in scale.compared)]
        cells += [{**base, "sweeps": of_method} for of_method in tried]
    return cells


def _subsets(profile: str) -> list[dict]:
    scale = SCALES[profile]
    tried = sweeps_of(profile, "random", ("mu-mis", "fine-tune", "salun", "rum"))
    return one_each([
        _settings(profile, "cifar10", "resnet18", "memorised", level=level, subsets=scale.subsets, sweeps=tried)
        for level in LEVELS
    ])  # fmt: skip


def _speeds(profile: str) -> list[dict]:
    """The counts of images are those of the full size under every profile: CIFAR-100 without what is held out."""
    scale, full = SCALES[profile], SCALES["paper"]
    network, images = scale.timed
    trained, classes = round((1 - HELD_OUT) * 50_000), 100
    return [{
        "dataset": data_of(profile, "cifar100"), "model": network, "scenario": "class", "timed": images, "repeats": 3,
        "recipe": asdict(full.recipe), "retain": trained - trained // classes, "asked": trained // classes,
    }]  # fmt: skip


def _sketches(profile: str) -> list[dict]:
    recipe = Recipe(epochs=200, batch_size=24, optimizer="adam", lr=0.01)
    return [{"dataset": "sketch", "model": "mlp", "scenario": "random", "samples": 24, "recipe": asdict(recipe)}]


SEEDS = {profile: scale.seeds for profile, scale in SCALES.items()}
MAIN = Item(
    "mumis-tab1", "Every method on a full class",
    _grid(("cifar100", "resnet18", "class", "rocket"), ("faces", "resnet18", "class", "face"),
          ("tiny-imagenet", "resnet18", "class", "tiny"), first=True),
    SEEDS, method_grid,
)  # fmt: skip
SENSITIVE = Item(
    "mumis-fig2", "Input sensitivity before and after training", _distributions, SEEDS, distributions, revision=2
)
ALONG_SEQUENCE = Item("mumis-fig5", "One request after another", _sequences, SEEDS, sequence)
VARIED = Item(
    "mumis-tabA12", "Which terms of the loss are needed", lambda p: _courses(p, VARIANTS, middle(SCALES[p].rates)),
    SEEDS, course,
)  # fmt: skip
RATES = Item(
    "mumis-figA1", "The course of a run, by learning rate", lambda p: _courses(p, VARIANTS[:1], SCALES[p].rates),
    SEEDS, course, revision=2,
)  # fmt: skip
ITEMS = (
    Item("mumis-fig1", "What one sample does to the learned function", _sketches, ONE_SEED, sketch),
    SENSITIVE,
    SENSITIVE.view("mumis-fig3", "Sensitivity of the target class and of the others"),
    Item("mumis-fig4", "What retraining does to the sensitivity of forget samples", _directions, SEEDS, directions),
    MAIN,
    MAIN.view("mumis-tuning", "What the choice of hyper-parameters changes"),
    MAIN.view("mumis-search", "Every value tried"),
    MAIN.view("mumis-tradeoff", "What is kept against what is forgotten"),
    Item("mumis-full", "The same class, of a model trained on all images", _whole, SEEDS, method_grid),
    Item("mumis-floor", "How far apart two retrained models are", _floor, SEEDS, method_grid),
    Item(
        "mumis-tab2", "Every method on a sub-class",
        _grid(("cifar20", "resnet18", "subclass", "rocket"), ("cifar20", "resnet18", "subclass", "sea")), SEEDS,
        method_grid,
    ),
    Item("mumis-tab3", "Every method on a full class, ViT", _grid(("tiny-imagenet", "vit", "class", "tiny")), SEEDS,
         method_grid),
    ALONG_SEQUENCE,
    ALONG_SEQUENCE.view("mumis-fig6", "Gaps in utility and in what was removed, along the sequence"),
    ALONG_SEQUENCE.view("mumis-fig7", "Distance to the retrained model along the sequence"),
    Item(
        "mumis-tabA7", "A random tenth",
        _grid(("cifar10", "resnet18", "random"), ("svhn", "resnet18", "random"), methods=tuple(METHODS)), SEEDS,
        method_grid,
    ),
    Item("mumis-tabA9", "Every method on a full class, VGG-16", _grid(("cifar100", "vgg16", "class", "rocket")),
         SEEDS, method_grid),
    Item("mumis-tabA10", "Every method on a sub-class, ViT", _grid(("cifar20", "vit", "subclass", "sea")), SEEDS,
         method_grid),
    VARIED,
    VARIED.view("mumis-tabA13", "Frobenius or spectral norm"),
    VARIED.view("mumis-tabA14", "Beside regularisation of the Jacobian, and the weighted form"),
    RATES,
    RATES.view("mumis-figA2", "What delta changes"),
    Item("mumis-stop", "Where a run could stop: a class, and a random tenth", _stops, SEEDS, course_beside),
    Item("mumis-equal", "MU-Mis and simpler losses at equal forgetting", _passes, SEEDS, passes_of),
    Item("mumis-speed", "What a request costs beside retraining, at full size", _speeds, ONE_SEED, speed),
    Item("mumis-memo", "Forget sets by memorisation", _subsets, SEEDS, method_grid, revision=3),
)  # fmt: skip
