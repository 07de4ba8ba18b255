"""What a model knows, in percent: the accuracies, gaps and distances of the three papers.

Logits of every image are computed once per model (`outputs`); every metric reads those. Accuracies count
samples, never batches. A gap is the absolute difference to the retrained model, the reference: an unlearned
model is good when it behaves as if the samples had never been there, not when it is wrong about them most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.nn import functional

from mu import attacks
from mu.models import predict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jaxtyping import Float, Int64
    from torch import Tensor, nn

    from mu.tasks import Task

NAN = math.nan
# Metric, as tables name it -> field of Scores.
FIELDS = {
    "target accuracy": "target_accuracy",
    "non-target accuracy": "non_target_accuracy",
    "UA": "ua",
    "RA": "ra",
    "TA": "ta",
    "MIA-Efficacy": "mia_efficacy",
    "KL": "kl",
    "Avg. Gap": "avg_gap",
}


class Outputs(NamedTuple):
    """Logits of one model on all images of one task, float32 on the model's device."""

    forget: Float[Tensor, "forget class"]
    retain: Float[Tensor, "retain class"]
    test: Float[Tensor, "test class"]

    @property
    def finite(self) -> bool:
        """Whether every logit is; a model that diverged has others."""
        return all(bool(part.isfinite().all()) for part in self)


@dataclass(frozen=True)
class Scores:
    """Scores of one model on one task; percent unless a field says otherwise.

    Attributes:
        ua: unlearning accuracy, 100 - accuracy on the forget set (Jia et al.).
        ra: accuracy on the retain set, training images (Jia et al.).
        ta: accuracy on test images; without those of the forgotten (sub-)class if all of it is to be
            forgotten (Jia et al., public code).
        target_accuracy: on test images of the forgotten class or sub-class; NaN if there is none (Graves et al.).
        non_target_accuracy: on all other test images (Graves et al.).
        mia_efficacy: share of the forget set that the published confidence attack takes for non-members.
        kl: mean over the forget set of KL(retrained || this model), nats (Cheng et al.); NaN without reference.
        ua_gap, ra_gap, ta_gap, mia_efficacy_gap: absolute difference to the reference, points.
        avg_gap: mean of those four ("Disparity Ave.", Jia et al., Table 3).
    """

    ua: float
    ra: float
    ta: float
    target_accuracy: float
    non_target_accuracy: float
    mia_efficacy: float
    kl: float = NAN
    ua_gap: float = NAN
    ra_gap: float = NAN
    ta_gap: float = NAN
    mia_efficacy_gap: float = NAN
    avg_gap: float = NAN

    def named(self, metrics: Iterable[str] = FIELDS) -> dict[str, float]:
        """Metric, as tables name it -> score."""
        return {metric: getattr(self, FIELDS[metric]) for metric in metrics}


GAPS = ("ua", "ra", "ta", "mia_efficacy")  # the metrics that enter `avg_gap`


def evaluate(model: nn.Module | Outputs, task: Task, reference: nn.Module | Outputs | None = None) -> Scores:
    """Score a model on a task, and against a retrained reference if one is given.

    Either may be given as its `outputs`, so that a reference is run once for many models.
    """
    out = model if isinstance(model, Outputs) else outputs(model, task)
    target = task.target_test.to(out.test.device)
    labels = task.test.labels.to(out.test.device)
    tested = ~target if task.whole_class else torch.ones_like(target)
    retain_labels = task.retain.labels.to(labels.device)
    forget_labels = task.forget.labels.to(labels.device)
    scores = {
        "ua": 100 - accuracy(out.forget, forget_labels),
        "ra": accuracy(out.retain, retain_labels),
        "ta": accuracy(out.test[tested], labels[tested]),
        "target_accuracy": accuracy(out.test[target], labels[target]),
        "non_target_accuracy": accuracy(out.test[~target], labels[~target]),
        "mia_efficacy": attacks.mia_efficacy(
            *_as_many(confidence(out.retain, retain_labels), confidence(out.test[tested], labels[tested])),
            confidence(out.forget, forget_labels),
        ),
    }
    if reference is None:
        return Scores(**scores)
    ref = reference if isinstance(reference, Outputs) else outputs(reference, task)
    ref_scores = evaluate(ref, task)
    gaps = {f"{name}_gap": abs(scores[name] - getattr(ref_scores, name)) for name in GAPS}
    return Scores(**scores, kl=kl(ref.forget, out.forget), **gaps, avg_gap=sum(gaps.values()) / len(gaps))


def _as_many(members: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """As published, equally many members and non-members, since the classifier weighs the two by their number.

    Of more members the first ones in data-set order are taken; more non-members are thinned out evenly. With two
    non-members for each member it called every sample a non-member.
    """
    n = min(len(members), len(others))
    return members[:n], others[torch.linspace(0, len(others) - 1, n).round().long().to(others.device)]


def outputs(model: nn.Module, task: Task) -> Outputs:
    """Logits on the forget, retain and test samples of a task."""
    return Outputs(*(predict(model, part) for part in (task.forget, task.retain, task.test)))


def accuracy(logits: Float[Tensor, "n class"], labels: Int64[Tensor, " n"]) -> float:
    """Percent of samples whose largest logit is their label; NaN for no samples. Logits of NaN are no answer.

    Raises:
        ValueError: there is not a row of logits for each label.
    """
    if len(labels) == 0:
        return NAN
    _require_rows(logits, labels)
    right = (logits.argmax(1) == labels) & ~logits.isnan().any(1)  # argmax takes NaN for the largest
    return 100.0 * right.double().mean().item()


def retain_loss(out: Outputs, task: Task) -> float:
    """Mean cross-entropy of the retain set, in nats: how well a model fits what it may keep."""
    return functional.cross_entropy(out.retain.double(), task.retain.labels.to(out.retain.device)).item()


def confidence(logits: Float[Tensor, "n class"], labels: Int64[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Softmax probability of the true label.

    Raises:
        ValueError: there is not a row of logits for each label.
    """
    _require_rows(logits, labels)
    return logits.softmax(1).gather(1, labels[:, None]).squeeze(1)


def log_odds(logits: Float[Tensor, "n class"], labels: Int64[Tensor, " n"]) -> Float[Tensor, " n"]:
    """log(p / (1 - p)) of the true label's probability p, from the logits, so that it never overflows; double.

    Over models it is nearly Gaussian, where p itself piles up at 1 (Carlini et al. 2022).
    """
    _require_rows(logits, labels)
    logits, mask = logits.double(), functional.one_hot(labels, logits.shape[1]).bool()
    return logits[mask] - logits.masked_fill(mask, -math.inf).logsumexp(1)


def _require_rows(logits: Tensor, labels: Tensor) -> None:
    """One row for each label; torch would broadcast, or leave rows out."""
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        found = f"{tuple(logits.shape)} and {tuple(labels.shape)}"
        raise ValueError(f"logits (images, classes) and as many labels are needed, not {found}")


def attack_success(model: nn.Module, task: Task, *, with_target: bool = False) -> float:
    """Percent of triggered test images that the model takes for the class the trigger leads to (ASR).

    Args:
        with_target: count images of that class as well, as Jia et al. do (public code): then a clean model is not
            at 0 but at the share of the class, 10 on CIFAR-10.

    Raises:
        ValueError: the task has no trigger.
    """
    if task.scenario != "poisoned":
        raise ValueError(f"attack success needs the scenario 'poisoned', not {task.scenario!r}")
    predicted = predict(model, task.triggered_test).argmax(1)
    other = task.test.labels.to(predicted.device) != task.target
    return 100.0 * (predicted[other | with_target] == task.target).double().mean().item()


def kl(reference: Float[Tensor, "n class"], logits: Float[Tensor, "n class"]) -> float:
    """Mean over samples of KL(reference || model) between softmax outputs, in nats; NaN for no samples.

    Raises:
        ValueError: the two have not the same shape.
    """
    if reference.shape != logits.shape:
        raise ValueError(
            f"logits of the same shape are needed, not {tuple(reference.shape)} and {tuple(logits.shape)}"
        )
    return divergence(reference.double(), logits.double()).item() if len(logits) else NAN


def divergence(
    teacher: Float[Tensor, "n class"], student: Float[Tensor, "n class"], temperature: float = 1.0
) -> Float[Tensor, ""]:
    """Mean over samples of KL(teacher || student) between softmax outputs of logits over `temperature`, in nats.

    The mean is over samples (`batchmean`); a mean over entries, as some public code has it, is smaller by the number
    of classes. It is not multiplied by the temperature squared.
    """
    log_p = (teacher / temperature).log_softmax(1)
    log_q = (student / temperature).log_softmax(1)
    return functional.kl_div(log_q, log_p, reduction="batchmean", log_target=True)
