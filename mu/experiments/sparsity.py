"""Model sparsity can simplify machine unlearning (Jia et al.): its figures and tables as grids of cells.

One record carries most of the paper: every method, on dense and on pruned models, in both scenarios. The main table,
the radars and the curves against sparsity are views of it.

No hyper-parameter is picked here, see `mu.experiments.sweeps`.
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch.nn import functional

import mu
from mu import attacks, explain, pruning
from mu.data import Dataset, Samples
from mu.experiments import sweeps
from mu.experiments.case import SHARE, TARGET, Case, untrained
from mu.experiments.item import ONE_SEED, Item, data_of, distinct, network_of, rows_of
from mu.experiments.sweeps import Swept, Tuned, method_rows, one_each, scored, tries, tuned
from mu.masks import apply_masks, masks_of, prunable
from mu.metrics import Outputs, accuracy, attack_success, confidence, evaluate, outputs, retain_loss
from mu.models import embed, predict, reinitialise
from mu.tasks import Task
from mu.timing import stopwatch, timed
from mu.training import Recipe, train

if TYPE_CHECKING:
    from torch import Tensor, nn

SPARSE = 95  # percent of convolution weights pruned in the main table
SCHEDULES = (  # of the l1 penalty, and how it is applied
    ("constant", "subgradient"), ("growing", "subgradient"), ("decaying", "subgradient"), ("decaying", "proximal"),
)  # fmt: skip
SPARSITIES = (0, 50, 75, 90, 95, 99)
TROJAN_SPARSITIES = (0, 75, 90, 95, 99)

# In the tables' order. Published is what the public code, its earlier states or its authors' other releases used on
# CIFAR-10 and ResNet-18.
METHODS = {
    "fine-tune": Tuned((0.01,), (0.01, 0.03, 0.1), quick=(0.01, 0.1), paper=(0.01, 0.02, 0.04, 0.1),
                       published={"class": 0.01, "random": 0.01, "poisoned": 0.01}),
    "gradient-ascent": Tuned((1e-4, 1e-3), (1e-5, 1e-4, 3e-4, 1e-3, 3e-3), paper=(1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
                             published={"class": 1e-4, "random": 1e-4}),
    "fisher": Tuned((1e-7,), (1e-9, 3e-8, 1e-6), paper=(1e-10, 1e-9, 1e-8, 3e-8, 1e-7, 1e-6), option="alpha",
                    published=3e-8),
    "influence": Tuned((1.0,), (0.1, 0.3, 1.0, 3.0, 10.0), option="alpha",
                       paper=(0.1, 0.3, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0),
                       published={"class": 1.0, "random": 10.0}),
    "fisher-as-published": Tuned((1e-7,), (1e-9, 3e-8, 1e-6), quick=(3e-8,), paper=(1e-9, 1e-8, 3e-8, 1e-7),
                                 option="alpha", published=3e-8),
    "influence-as-published": Tuned((1.0,), (1.0, 3.0, 10.0, 30.0), paper=(1.0, 5.0, 10.0, 20.0), option="alpha",
                                    published={"class": 1.0, "random": 10.0}),
    "l1-sparse": Tuned((5e-4,), (1e-4, 5e-4, 2e-3, 5e-3), quick=(5e-4, 5e-3),
                       paper=(5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3), option="gamma",
                       published={"class": 5e-4, "random": 5e-4, "poisoned": 1e-4}),
}  # fmt: skip
CORE = tuple(method for method in METHODS if not method.endswith("as-published"))
# At random the main record tries larger values under `laptop`: a sparse model needs them to forget as much.
AT_RANDOM = {
    "fine-tune": (0.01, 0.03, 0.1, 0.3),
    "gradient-ascent": (1e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "fisher": (3e-8, 1e-6, 1e-5, 1e-4),
    "influence": (1.0, 3.0, 10.0, 30.0),
    "fisher-as-published": (3e-8, 1e-6, 1e-5, 1e-4),
    "influence-as-published": (1.0, 3.0, 10.0, 30.0),
    "l1-sparse": (1e-4, 5e-4, 2e-3, 5e-3, 1e-2),
}


@dataclass(frozen=True)
class Scale:
    """Sizes of one profile."""

    samples: int | None  # images of the training part that are used, held-out ones included; None: all
    recipe: Recipe  # training
    tune: tuple[int, int]  # epochs and batch size of fine-tuning and l1-sparse
    seeds: int
    gradients: int  # retain samples whose gradients Fisher and influence take
    sparsities: tuple[int, ...]
    pruners: tuple[tuple[str, float], ...]  # pruner and percent, for the comparison
    steps: int  # of the check of Proposition 2
    removed: tuple[int, ...]  # classes removed before the transfer
    timed: int  # images of the timed epoch


STEPPED = Recipe(
    epochs=182, batch_size=256, optimizer="sgd", lr=0.1, momentum=0.9, weight_decay=5e-4, schedule="step",
    augment="crop-flip",
)  # fmt: skip
# A short run on few images memorises them, as the long one does, only without augmentation and in small batches.
SHORT = replace(STEPPED, epochs=15, batch_size=32, lr=0.05, schedule="cosine", warmup=0.1, augment="none")
COMPARED = tuple((pruner, percent) for percent in (50, 75, 90, 95) for pruner in ("omp", "synflow"))
IMP = tuple(("imp", 100 * (1 - (1 - pruning.RATE) ** rounds)) for rounds in (3, 6, 10, 14))

PAPER = Scale(
    samples=None, recipe=STEPPED, tune=(10, 256), seeds=5, gradients=1000, sparsities=SPARSITIES,
    pruners=(*COMPARED, *IMP), steps=300, removed=(10, 20, 30), timed=45_000,
)  # fmt: skip
LAPTOP = replace(
    PAPER, samples=3_300, recipe=SHORT, tune=(3, 32), seeds=3, gradients=250, pruners=(*COMPARED, *IMP[:2]), steps=60,
    timed=2000,
)  # fmt: skip
QUICK = replace(
    LAPTOP, samples=2_000, recipe=replace(SHORT, epochs=8), tune=(2, 32), seeds=1, gradients=50,
    sparsities=(0, 75, 95), steps=20, removed=(2, 4), timed=1000,
    pruners=(("omp", 75), ("synflow", 75), ("omp", 95), ("synflow", 95), IMP[0]),
)  # fmt: skip
SMOKE = replace(
    QUICK, samples=300, recipe=replace(SHORT, epochs=1), tune=(1, 64), gradients=8, sparsities=(0, 95), steps=4,
    removed=(2,), timed=64,
    pruners=(("omp", 50), ("synflow", 50), IMP[0]),
)  # fmt: skip
SCALES = {"smoke": SMOKE, "quick": QUICK, "laptop": LAPTOP, "paper": PAPER}


# ---- The main record: every method, every value tried ----------------------------------------------------


def method_grid(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Scores against the model retrained under the same mask: of both models, or of what the cell's sweeps try."""
    yield from method_rows(Swept(settings, seed, device), scores)


def scores(case: Case, model: nn.Module, out: Outputs, reference: Outputs) -> dict[str, float]:
    """The paper's metrics, by name; "retain loss" is ours."""
    shared = evaluate(out, case.task, reference).named(("UA", "RA", "TA", "MIA-Efficacy", "Avg. Gap", "KL"))
    return {
        **shared,
        "MIA-Privacy": privacy(out, case.task),
        "zero weights": zero_share(model),
        "retain loss": retain_loss(out, case.task),
    }


def zero_share(model: nn.Module) -> float:
    """Percent of convolution weights that are exactly zero: pruned, or shrunk to it."""
    weights = torch.cat([conv.weight.detach().flatten() for conv in prunable(model).values()])
    return 100 * (weights == 0).double().mean().item()


def privacy(out: Outputs, task: Task) -> float:
    """MIA-Privacy of retained against test samples, in percent."""
    members, others = confidence(out.retain, task.retain.labels), confidence(out.test, task.test.labels)
    return attacks.mia_privacy(members, others[~task.target_test])


# ---- What a sparse model is measured against -------------------------------------------------------------


def references(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Four models that never saw the forget set, each scored against the published reference.

    That is `as published`: new weights, but under the mask of the original, which was found with the forget set and
    for other weights. `rewound` has the same mask and starts from weights early in training on the retain set; `own
    mask` is all of OMP, on the retain set: what the original is, had it never seen the samples. The dense model that
    it was pruned from is beside them (`sparsity` 0).
    """
    case = Case(settings, seed, device)
    original, retain, recipe = case.original().model, case.task.retain, case.recipe
    dense = Case({**settings, "sparsity": 0}, seed, device)
    untouched = dense.original().model
    anew = lambda: reinitialise(untouched, case.after)
    early = case.early(f"retain {retain.fingerprint} rewound", anew, retain, case.after)
    whole, published = dense.retrained(untouched).model, case.retrained(original).model
    epoch, same_mask = pruning.rewind_epoch(recipe), apply_masks(early, masks_of(original))
    models = {
        "dense": whole,
        "as published": published,
        "rewound": train(same_mask, retain, recipe, seed=case.after, start_epoch=epoch),
        "own mask": pruning.omp(whole, early, retain, recipe, settings["sparsity"], seed=case.after),
    }
    reference = outputs(published, case.task)
    for variant, model in models.items():
        values = scores(case, model, outputs(model, case.task), reference)
        yield from rows_of("retrain", values, variant=variant, **({"sparsity": 0} if model is whole else {}))


# ---- Backdoor --------------------------------------------------------------------------------------------


def backdoor(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Attack success and clean accuracy of a poisoned model, before and after unlearning the poisoned samples."""
    case = Swept(settings, seed, device)

    def success(model: nn.Module, out: Outputs) -> dict[str, float]:
        return {
            "SA": accuracy(out.test, case.task.test.labels),
            "ASR": attack_success(model, case.task),
            "ASR, target class included": attack_success(model, case.task, with_target=True),
            "UA": 100 - accuracy(out.forget, case.task.forget.labels),
        }

    yield from before_and_after(case, success)


def before_and_after(case: Swept, score: Callable[[nn.Module, Outputs], dict[str, float]], **which) -> Iterator[dict]:
    """Scores of the original, and after all that the cell tries; there is no retrained model beside them."""
    original = case.original().model
    guess = case.expected(original)
    yield from scored(case, guess, score, "trained", original, **which)
    for method, model, _, columns in tries(case, original):
        yield from scored(case, guess, score, method, model, **columns, **which)


# ---- How well the original fits --------------------------------------------------------------------------


def fitted(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """What is forgotten of a class, and the loss on the retain set: the less is left of it, the less moves a model.

    Fine-tuning descends this loss, and an influence step begins with gradients that vanish with it. Originals differ
    in how long they were trained, so dense and sparse ones can be compared where they fit their samples equally well.
    """
    case = Swept(settings, seed, device)

    def fit(_: nn.Module, out: Outputs) -> dict[str, float]:
        forget, retain = case.task.forget.labels, case.task.retain.labels
        return {
            "UA": 100 - accuracy(out.forget, forget),
            "RA": accuracy(out.retain, retain),
            "loss": retain_loss(out, case.task),
        }

    yield from before_and_after(case, fit, epochs=case.recipe.epochs)


# ---- Proposition 2 ---------------------------------------------------------------------------------------


def proposition(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Weight distance of ascent to retraining, beside the bound's factors, for masks by size and at random.

    Plain SGD in a fixed order, without batch norm, where the first batch is what is to be forgotten. Retraining is
    the same run without that batch; unlearning adds its first gradient back (Thudi et al., one pass). Every layer
    keeps the same share of its weights: a layer that is lost whole would make both sides vanish.
    """
    data, model = untrained(settings, seed, device)
    steps, batch, eta = settings["steps"], settings["batch"], settings["lr"]
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(seed)).to(device)
    pairs = [(data.train.images[p], data.train.labels[p]) for p in order.split(batch)[:steps]]  # each sample once
    look = (torch.cat([x for x, _ in pairs[:2]]), torch.cat([y for _, y in pairs[:2]]))
    trained = _descend(model, pairs, eta)
    generator = torch.Generator().manual_seed(1000 + seed)
    for percent in settings["percents"]:
        by_size = layer_masks(trained, percent)
        by_chance = {name: _shuffled(mask, generator) for name, mask in by_size.items()}
        for kind, masks in (("size", by_size), ("random", by_chance)):
            start = apply_masks(model, masks)
            end, without = _descend(start, pairs, eta), _descend(start, pairs[1:], eta)
            vector = lambda m: torch.nn.utils.parameters_to_vector(m.parameters()).detach()
            unlearned = vector(end) + eta * _gradient(start, *pairs[0])
            error = (unlearned - vector(without)).norm().item()
            travelled = (vector(end) - vector(start)).norm().item()
            curvature = _largest_curvature(end, *look, seed=seed)
            values = {
                "error": error,
                "bound": eta**2 * steps * travelled * curvature,
                "distance travelled": travelled,
                "curvature": curvature,
                "relative error": error / vector(without).norm().item(),
                "error per root weight": error / math.sqrt(sum(int(m.sum()) for m in masks.values())),
            }
            yield from rows_of("gradient-ascent", values, sparsity=percent, mask=kind)


def layer_masks(model: nn.Module, percent: float) -> dict[str, Tensor]:
    """Masks that keep the largest weights of every convolution, the same share of each."""
    return {name: pruning.magnitude_masks(conv, percent)[""] for name, conv in prunable(model).items()}


def _shuffled(mask: Tensor, generator: torch.Generator) -> Tensor:
    return mask.flatten()[torch.randperm(mask.numel(), generator=generator).to(mask.device)].view_as(mask)


def _descend(model: nn.Module, pairs: list[tuple[Tensor, Tensor]], eta: float) -> nn.Module:
    """Plain gradient descent over the batches in their order."""
    model = copy.deepcopy(model)
    parameters = list(model.parameters())
    for images, labels in pairs:
        gradients = torch.autograd.grad(functional.cross_entropy(model(images), labels), parameters)
        with torch.no_grad():
            torch._foreach_sub_(parameters, torch._foreach_mul(gradients, eta))
    return model


def _gradient(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    loss = functional.cross_entropy(model(images), labels)
    return torch.nn.utils.parameters_to_vector(torch.autograd.grad(loss, list(model.parameters())))


def _largest_curvature(model: nn.Module, images: Tensor, labels: Tensor, seed: int) -> float:
    """Largest singular value of the loss's Hessian over unmasked weights, by Lanczos iteration.

    Masked weights have gradient zero, so the Hessian's product with any vector is masked by itself.
    """
    parameters = list(model.parameters())
    gradients = torch.autograd.grad(functional.cross_entropy(model(images), labels), parameters, create_graph=True)
    flat = torch.cat([g.reshape(-1) for g in gradients])

    def product(vector: np.ndarray) -> np.ndarray:
        v = torch.from_numpy(vector.reshape(-1)).to(flat)
        parts = torch.autograd.grad(flat, parameters, v, retain_graph=True)
        return torch.cat([part.reshape(-1) for part in parts]).numpy(force=True)

    start = torch.randn(len(flat), generator=torch.Generator().manual_seed(seed)).numpy()
    hessian = LinearOperator((len(flat), len(flat)), product, dtype=start.dtype)
    return abs(eigsh(hessian, k=1, v0=start, tol=1e-3, return_eigenvectors=False).item())


# ---- Transfer --------------------------------------------------------------------------------------------


class Classes(Case):
    """Several classes to forget, drawn at random."""

    def request(self, data: Dataset) -> Task:
        order = torch.randperm(data.num_classes, generator=torch.Generator().manual_seed(self.seed))
        forget = torch.isin(data.train.labels, order[: self.settings["removed"]].to(self.device))
        return Task(data, "classes", forget.nonzero().flatten(), (~forget).nonzero().flatten())


def transfer(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Remove classes from a source model, then probe its features on another data set.

    A proxy: CIFAR-100 stands for ImageNet, CIFAR-10 for the downstream sets, and the removed classes are drawn at
    random where the paper removes those that harm the transfer (Jain et al. 2023).
    """
    case = Classes(settings, seed, device)
    task, original = case.task, case.original().model
    retrained = case.retrained(original)
    target = mu.load_dataset(settings["target"], device=device)
    learnt, test = target.train.draw(settings["probe"], seed), target.test[: settings["probe"]]
    recipe = tuned(case.recipe, *settings["tune"])
    with stopwatch(device) as watch:
        more = {"recipe": recipe, "gamma": settings["gamma"], "seed": 1000 + case.after}
        sparse = mu.unlearn("l1-sparse", original, task, **more)
    models = {"untrained": case.build(), "trained": original, "retrain": retrained.model, "l1-sparse": sparse}
    times = {"retrain": retrained.seconds, "l1-sparse": watch.seconds}
    for method, model in models.items():
        probe = explain.linear_probe(embed(model, learnt), learnt.labels, embed(model, test), test.labels)
        values = {"probe accuracy": probe}
        if method != "untrained":  # the floor of the probe; of the source it knows nothing
            values["UA"] = 100 - accuracy(predict(model, task.forget), task.forget.labels)
            values["RA"] = accuracy(predict(model, task.retain), task.retain.labels)
        values |= {"RTE": times[method]} if method in times else {}
        yield from rows_of(method, values, removed=settings["removed"], target=settings["target"])


# ---- Speed -----------------------------------------------------------------------------------------------


def speed(settings: dict, seed: int, device: str) -> Iterator[dict]:
    """Seconds of one epoch here and in a plain loop, and of the two methods known to be slow, in one run."""
    data, model = untrained(settings, seed, device, images=settings["timed"])
    images, task = data.train, mu.forget_random(data, SHARE, seed)
    recipe = replace(STEPPED, epochs=1, batch_size=settings["tune"][1])
    loops = {
        "plain loop": plain_loop(model, images, recipe, device),
        "this package": lambda: train(model, images, recipe, seed=seed),
        "this package, float32": lambda: train(model, images, replace(recipe, precision="float32"), seed=seed),
        "fisher": lambda: mu.unlearn("fisher", model, task, samples=settings["gradients"]),
        "influence": lambda: mu.unlearn("influence", model, task, samples=settings["gradients"]),
    }
    columns = {"method": "trained", "metric": "seconds", "images": len(images), "gradients": settings["gradients"]}
    for name, seconds in timed(loops, settings["repeats"], device):
        yield {**columns, "loop": name, "value": seconds}


def plain_loop(model: nn.Module, samples: Samples, recipe: Recipe, device: str) -> Callable[[], None]:
    """A call of which is an epoch as most public code has it: transforms per image, a loader, PyTorch's defaults.

    By default a GPU's convolutions may use TF32 and algorithms that do not repeat, which our own training does not.
    """
    from torch.utils.data import DataLoader
    from torch.utils.data import Dataset as TorchDataset
    from torchvision import transforms

    augment = transforms.Compose(
        [transforms.RandomCrop(samples.images.shape[-1], 4), transforms.RandomHorizontalFlip()]
    )

    class Images(TorchDataset):
        images, labels = samples.images.cpu(), samples.labels.cpu()

        def __len__(self) -> int:
            return len(self.labels)

        def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
            return augment(self.images[i]), self.labels[i]

    model = copy.deepcopy(model).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=recipe.lr, momentum=0.9, weight_decay=recipe.weight_decay)
    workers = 0 if device == "cpu" else 4
    loader = DataLoader(
        Images(), recipe.batch_size, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )

    def epoch() -> None:
        with torch.backends.cudnn.flags(enabled=True, deterministic=False, allow_tf32=True):
            for images, labels in loader:
                loss = functional.cross_entropy(model(images.to(device)), labels.to(device))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    return epoch


# ---- The items -------------------------------------------------------------------------------------------


def _settings(profile: str, data: str, network: str, scenario: str, sparsity: float, **more) -> dict:
    scale = SCALES[profile]
    return {
        "dataset": data_of(profile, data), "model": network_of(profile, network), "scenario": scenario,
        "sparsity": sparsity, "pruner": "omp", "samples": scale.samples, "recipe": asdict(scale.recipe), **more,
    }  # fmt: skip


def ascent_epochs(scale: Scale) -> int:
    """Of gradient ascent: five, as in the public code, or what a profile has for fine-tuning, if fewer."""
    return min(5, scale.tune[0])


def sweeps_of(profile: str, scenario: str, methods: tuple[str, ...] | None = None, **options) -> list[dict]:
    """What is tried of every method."""
    scale = SCALES[profile]
    tried = []
    for method in methods or METHODS:
        given = dict(options)
        if "samples" in mu.methods()[method].defaults:
            given["samples"] = scale.gradients
        if method.startswith("fisher") and scenario == "class":
            given["label"] = TARGET
        tune = (ascent_epochs(scale), scale.tune[1]) if method == "gradient-ascent" else scale.tune
        tried.append({
            "method": method, "options": given, "name": METHODS[method].option,
            "values": METHODS[method].values(profile), "tune": tune,
        })  # fmt: skip
    return tried


def _table(data: str, network: str, scenarios=("class", "random"), methods=None, main: bool = False):
    """Dense and sparse, class-wise and random; the main record has the other sparsities, class-wise, as well."""

    def settings(profile: str, scenario: str, percent: float, methods: tuple[str, ...] | None = methods) -> dict:
        tried = sweeps_of(profile, scenario, methods)
        if main and profile == "laptop" and scenario == "random":
            tried = [{**sweep, "values": list(AT_RANDOM[sweep["method"]])} for sweep in tried]
        return _settings(profile, data, network, scenario, percent, sweeps=tried)

    def grid(profile: str) -> list[dict]:
        table = [settings(profile, scenario, percent) for scenario in scenarios for percent in (0, SPARSE)]
        others = [s for s in SCALES[profile].sparsities if main and s not in (0, SPARSE)]
        more = [settings(profile, "class", percent, CORE) for percent in others]
        return one_each(table) + one_each(more)

    return grid


def _schedulers(profile: str) -> list[dict]:
    tried = [
        sweep
        for schedule, update in SCHEDULES
        for sweep in sweeps_of(profile, "random", ("l1-sparse",), update=update, schedule=schedule)
    ]
    return one_each([_settings(profile, "cifar10", "resnet18", "random", 0, sweeps=tried)])


def _controls(profile: str) -> list[dict]:
    """Class-wise ascent and fine-tuning with frozen batch-norm statistics, and Fisher forgetting that leaves the row.

    Each `variant` of a method: as it is in the main table, or without what else it does.
    """
    ascent, fisher, tuned = sweeps_of(profile, "class", ("gradient-ascent", "fisher", "fine-tune"))
    changed = lambda sweep, **options: {**sweep, "options": {**sweep["options"], **options}}
    tried = (
        ("", []), *(("as in the main table", [sweep]) for sweep in (ascent, fisher, tuned)),
        ("statistics frozen", [changed(ascent, frozen_norm=True)]), ("row kept", [changed(fisher, label=None)]),
        ("statistics frozen", [changed(tuned, frozen_norm=True)]),
    )  # fmt: skip
    return [
        _settings(profile, "cifar10", "resnet18", "class", percent, sweeps=swept, variant=variant)
        for percent in (0, SPARSE)
        for variant, swept in tried
    ]


def _floor(profile: str) -> list[dict]:
    tried = [sweeps.again(SCALES[profile].recipe)]
    return [
        _settings(profile, "cifar10", "resnet18", scenario, percent, sweeps=tried)
        for scenario in ("class", "random")
        for percent in (0, SPARSE)
    ]


def _references(profile: str) -> list[dict]:
    return [_settings(profile, "cifar10", "resnet18", scenario, SPARSE) for scenario in ("class", "random")]


def _pruners(profile: str) -> list[dict]:
    tried = sweeps_of(profile, "class", ("fine-tune",))
    return one_each([
        {**_settings(profile, "cifar10", "resnet18", "class", percent, sweeps=tried), "pruner": pruner}
        for pruner, percent in SCALES[profile].pruners
    ])  # fmt: skip


def _backdoors(profile: str) -> list[dict]:
    swept = lambda *methods: sweeps_of(profile, "poisoned", methods)
    return [
        _settings(profile, "cifar10", "resnet18", "poisoned", percent,
                  sweeps=swept("fine-tune", *(() if percent else ("l1-sparse",))))
        for percent in TROJAN_SPARSITIES
        if percent in SCALES[profile].sparsities
    ]  # fmt: skip


def _propositions(profile: str) -> list[dict]:
    scale = SCALES[profile]
    common = {"scenario": None, "percents": list(scale.sparsities), "steps": scale.steps, "batch": 64, "lr": 0.05}
    return [{"dataset": data_of(profile, "cifar10"), "model": network_of(profile, "convnet"), **common}]


def _fits(profile: str) -> list[dict]:
    """Class-wise, with the published values: originals trained for two thirds of the epochs up to twice as many."""
    recipe, cells = SCALES[profile].recipe, []
    tried = [{**sweep, "values": [METHODS[sweep["method"]].known("class")]}
             for sweep in sweeps_of(profile, "class", ("fine-tune", "influence"))]  # fmt: skip
    for share, percent in itertools.product((2 / 3, 1, 4 / 3, 2), (0, SPARSE)):
        longer = asdict(replace(recipe, epochs=round(share * recipe.epochs)))
        cells.append({**_settings(profile, "cifar10", "resnet18", "class", percent, sweeps=tried), "recipe": longer})
    return distinct(cells)


def _transfers(profile: str) -> list[dict]:
    scale = SCALES[profile]
    base = _settings(profile, "cifar100", "resnet18", "classes", 0, target=data_of(profile, "cifar10"), gamma=5e-4)
    return [{**base, "probe": 2000, "tune": scale.tune, "removed": removed} for removed in scale.removed]


def _speeds(profile: str) -> list[dict]:
    scale = SCALES[profile]
    more = {"timed": scale.timed, "tune": scale.tune, "gradients": scale.gradients, "repeats": 3}
    return [_settings(profile, "cifar10", "resnet18", None, 0, **more)]


SEEDS = {profile: scale.seeds for profile, scale in SCALES.items()}
MAIN = Item(
    "sparsity-tab3", "Every method on dense and 95 % sparse models, class-wise and random",
    _table("cifar10", "resnet18", main=True), SEEDS, method_grid,
)  # fmt: skip
PRUNERS = Item("sparsity-figA2", "Three pruners: unlearning after each", _pruners, SEEDS, method_grid)
ITEMS = (
    MAIN.view("sparsity-fig1", "Overview: fine-tuning from a dense and from a sparse model"),
    MAIN.view("sparsity-tab1", "Which method is close to retraining, by metric"),
    PRUNERS.view("sparsity-fig2", "Three pruners: accuracy of the original, and its price"),
    MAIN.view("sparsity-fig3", "Unlearning metrics against sparsity"),
    Item("sparsity-tab2", "Schedules of the l1 penalty", _schedulers, SEEDS, method_grid),
    MAIN,
    MAIN.view("sparsity-gaps", "How far from retraining, metric by metric"),
    MAIN.view("sparsity-tuning", "What the choice of hyper-parameters changes"),
    MAIN.view("sparsity-tradeoff", "What is kept against what is forgotten, dense and sparse"),
    MAIN.view("sparsity-search", "Every value tried, on the dense and on the sparse model"),
    Item("sparsity-floor", "How far apart two retrained models are", _floor, SEEDS, method_grid),
    Item("sparsity-reference", "What a sparse model is measured against", _references, SEEDS, references),
    Item("sparsity-controls", "Three methods without what else they do", _controls, SEEDS,
         method_grid),
    Item("sparsity-fit", "What is forgotten, by how well the original fits its samples", _fits, SEEDS, fitted),
    MAIN.view("sparsity-fig4", "l1-sparse unlearning beside retraining and fine-tuning"),
    Item("sparsity-fig5", "Removing a backdoor", _backdoors, SEEDS, backdoor),
    Item("sparsity-tab4", "Transfer after removing classes, a proxy", _transfers, SEEDS, transfer, revision=3),
    Item("sparsity-prop2", "Proposition 2: error and bound", _propositions, SEEDS, proposition, revision=2),
    MAIN.view("sparsity-tabA1", "Training settings"),
    MAIN.view("sparsity-figA1", "Leakage of retained samples against sparsity"),
    PRUNERS,
    Item("sparsity-tabA2", "As the main table, CIFAR-100", _table("cifar100", "resnet18", methods=CORE), SEEDS,
         method_grid),
    Item("sparsity-tabA3", "As the main table, SVHN", _table("svhn", "resnet18", methods=CORE), SEEDS, method_grid),
    Item("sparsity-tabA4", "As the main table, VGG-16", _table("cifar10", "vgg16", methods=CORE), SEEDS, method_grid),
    Item(
        "sparsity-tabA6", "As the main table, ImageNet, class-wise",
        _table("imagenet", "resnet18", ("class",), ("fine-tune", "gradient-ascent", "influence", "l1-sparse")),
        SEEDS, method_grid,
    ),
    Item("sparsity-speed", "Seconds of an epoch, of Fisher and of influence unlearning", _speeds, ONE_SEED, speed),
)  # fmt: skip
