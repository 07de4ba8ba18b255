"""Unlearning methods: one file each, and the registry that hands each only the data it asks for.

A method is a function `(model, ..., *, options) -> new model`. Its signature is its declaration: parameters
named `forget` and `retain` are given the samples to forget and to keep, `ledger` the recorded updates, `surrogate`
unlabelled images from elsewhere. A method cannot read what its signature does not name. `seed` is passed on where it
draws at random; everything keyword-only with a default is an option.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from mu.selection import trainable
from mu.training import deterministic
from mu.unlearning.amnesiac import amnesiac, partial_amnesiac
from mu.unlearning.ascent import ascent
from mu.unlearning.bad_teacher import bad_teacher
from mu.unlearning.duck import duck
from mu.unlearning.fine_tune import fine_tune
from mu.unlearning.fisher import fisher, fisher_as_published
from mu.unlearning.gradient_ascent import gradient_ascent
from mu.unlearning.influence import influence, influence_as_published
from mu.unlearning.jit import jit
from mu.unlearning.l1_sparse import l1_sparse
from mu.unlearning.label_flip import label_flip, label_flip_all
from mu.unlearning.lotus import lotus
from mu.unlearning.mu_mis import mu_mis
from mu.unlearning.munba import munba
from mu.unlearning.random_label import random_label, random_label_all
from mu.unlearning.retrain import retrain
from mu.unlearning.rum import rum
from mu.unlearning.salun import salun
from mu.unlearning.scar import scar, scar_as_published
from mu.unlearning.scrub import scrub
from mu.unlearning.ssd import ssd
from mu.unlearning.steps import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from mu.data import Samples
    from mu.ledger import Recorder
    from mu.tasks import Task

DATA = ("forget", "retain", "ledger", "surrogate")  # what a method may ask for


@dataclass(frozen=True)
class Method:
    """A registered method.

    Attributes:
        name: its name everywhere: records, pages, figures, command line.
        paper: BibTeX key of where it comes from.
        function: the method itself.
        preset: options whose default differs from the function's.
        base: the method it is a variant of, on whose page in the book it is described; empty for itself.
    """

    name: str
    paper: str
    function: Callable[..., nn.Module]
    preset: dict[str, object] = field(default_factory=dict)
    base: str = ""

    @property
    def summary(self) -> str:
        """First line of the method's docstring, and whether it is the partial form."""
        line = inspect.getdoc(self.function).splitlines()[0]
        return f"{line} Only a share of each layer's step is applied." if "keep" in self.preset else line

    @property
    def page(self) -> str:
        """Its page in the book."""
        return f"book/methods/{self.base or self.name}"

    @property
    def needs(self) -> tuple[str, ...]:
        """Which of forget samples, retain samples, ledger and surrogate images the method is handed."""
        return tuple(name for name in inspect.signature(self.function).parameters if name in DATA)

    @property
    def defaults(self) -> dict[str, object]:
        """Options and their default values."""
        return (self.function.__kwdefaults__ or {}) | self.preset


_METHODS = {
    method.name: method
    for method in (
        Method("retrain", "jia2023sparsity", retrain),
        Method("fine-tune", "warnecke2023features", fine_tune),
        Method("amnesiac", "graves2021amnesiac", amnesiac),
        Method("partial-amnesiac", "gogineni2025partial", partial_amnesiac),
        Method("label-flip", "graves2021amnesiac", label_flip),
        Method("partial-label-flip", "gogineni2025partial", label_flip, PARTIAL, "label-flip"),
        Method("label-flip-all", "graves2021amnesiac", label_flip_all, base="label-flip"),
        Method("partial-label-flip-all", "gogineni2025partial", label_flip_all, PARTIAL, "label-flip"),
        Method("ascent", "gogineni2025partial", ascent),
        Method("partial-ascent", "gogineni2025partial", ascent, PARTIAL, "ascent"),
        Method("gradient-ascent", "thudi2022unrolling", gradient_ascent),
        Method("fisher", "golatkar2020eternal", fisher),
        Method("fisher-as-published", "jia2023sparsity", fisher_as_published, base="fisher"),
        Method("influence", "jia2023sparsity", influence),
        Method("influence-as-published", "jia2023sparsity", influence_as_published, base="influence"),
        Method("l1-sparse", "jia2023sparsity", l1_sparse),
        Method("mu-mis", "cheng2026mumis", mu_mis),
        Method("random-label", "graves2021amnesiac", random_label),
        Method("random-label-all", "graves2021amnesiac", random_label_all, base="random-label"),
        Method("bad-teacher", "chundawat2023badteacher", bad_teacher),
        Method("scrub", "kurmanji2023scrub", scrub),
        Method("ssd", "foster2024ssd", ssd),
        Method("salun", "fan2024salun", salun),
        Method("jit", "foster2025jit", jit),
        Method("duck", "cotogni2023duck", duck),
        Method("scar", "bonato2024scar", scar),
        Method("scar-as-published", "bonato2024scar", scar_as_published, scar.__kwdefaults__, "scar"),
        Method("lotus", "spartalis2025lotus", lotus),
        Method("munba", "wu2025munba", munba),
        Method("rum", "zhao2024rum", rum),
    )
}


def methods() -> dict[str, Method]:
    """All methods by name."""
    return dict(_METHODS)


def unlearn(
    name: str,
    model: nn.Module,
    task: Task,
    *,
    ledger: Recorder | None = None,
    surrogate: Samples | None = None,
    **options: object,
) -> nn.Module:
    """Forget `task.forget` with the named method.

    Args:
        name: a key of `methods()`.
        model: the trained model; left untouched.
        task: says what to forget; a method sees only the parts it declares in `needs`.
        ledger: recorded updates, for methods that need them.
        surrogate: images that stand for those one no longer has, for methods that need them; labels are not read.
        options: the method's own options, `seed` among them; see `methods()[name].defaults`.

    Returns:
        A new model in evaluation mode.

    Raises:
        ValueError: unknown method or option; a ledger or surrogate images are needed and none were given; the forget
            or the retain set, or the surrogate images, that it needs are empty; the model has no trainable parameter;
            it is called inside `torch.inference_mode()`.
    """
    if name not in _METHODS:
        raise ValueError(f"unknown method {name!r}; choose one of {', '.join(_METHODS)}")
    method = _METHODS[name]
    unknown = sorted(set(options) - set(method.defaults))
    if unknown:
        known = ", ".join(method.defaults) or "none"
        raise ValueError(f"{name} has no option {', '.join(unknown)}; its options: {known}")
    extra = {"ledger": ledger, "surrogate": surrogate}
    for need, what in (("ledger", "the ledger of the model's training"), ("surrogate", "images from elsewhere")):
        if need in method.needs and extra[need] is None:
            raise ValueError(f"{name} needs {what}; pass {need}=...")
    for need in ("forget", "retain"):
        if need in method.needs and not len(getattr(task, need)):
            raise ValueError(f"{name} needs a {need} set, and this task's is empty")
    if "surrogate" in method.needs and not len(surrogate):
        raise ValueError(f"{name} needs surrogate images, and there is none")
    if not trainable(model):
        raise ValueError("there is nothing to change: the model has no trainable parameter")
    if torch.is_inference_mode_enabled():  # `influence` would return the original, `fisher` a wrong model
        raise ValueError("unlearning takes gradients; leave torch.inference_mode()")
    handed = {need: extra[need] if need in extra else getattr(task, need) for need in method.needs}
    with deterministic():
        return method.function(model, **handed, **method.preset | options).eval()
