"""Membership inference: does a model still treat a sample as one it was trained on?

Six attacks, each named after what it reads or does:

| attack               | reads                    | learns from                        | used with                  |
|----------------------|--------------------------|------------------------------------|----------------------------|
| `mia_efficacy`       | confidence in the label  | members and non-members            | Jia et al.                 |
| `mia_privacy`        | the same                 | half of both; asked about the rest | Jia et al.                 |
| `entropy_recall`     | entropy of the output    | members and non-members            | SSD, MU-Mis                |
| `threshold_attack`   | confidence, or any score | nothing; every threshold is tried  | ours, after Carlini et al. |
| `ShadowAttack`       | the whole softmax output | models that the attacker trains    | Graves et al.              |
| `per_example_attack` | log-odds of the label    | models of both kinds               | ours, after Carlini et al. |

The first three train on outputs of the attacked model itself. In the first five neither lower nor higher is better:
the value to reach is that of the retrained model. The last asks about that directly, and 50 % is the value to reach.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from mu.models import predict, reinitialise
from mu.training import train

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int64
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.training import Recipe

SVC_C = 3.0  # Jia et al., public code: SVC(C=3, gamma="auto", kernel="rbf")
# Confidences are rounded to 1/1024, ours: hundreds of times faster than 20,000 separate values. It moves the result
# by 0.1 to 0.3 points, and by up to 1 where most confidences are within a step of 1.
CONFIDENCE_STEPS = 1024
LEAST_SPREAD = 1e-6  # of scores in `per_example_attack`: ours, for models that all say the same
SHADOW_LAYERS = (256, 128)  # hidden widths of the attack network: Graves et al., public code, as the next two
SHADOW_EPOCHS = 10
CHECKED = 0.1  # share of the shadow outputs that the attack network is checked on
SHADOW_BATCH = 200  # scikit-learn's default; 8 in the public code, which takes 25 times as long


def mia_efficacy(
    member_confidence: Float[Tensor, " m"],
    nonmember_confidence: Float[Tensor, " n"],
    forget_confidence: Float[Tensor, " f"],
) -> float:
    """MIA-Efficacy as published with Jia et al. (2023): percent of the forget set taken for non-members.

    An RBF support-vector classifier learns members (retain) from non-members (test) on one feature, the
    softmax probability of the true label, all scored by the unlearned model itself. It is then asked about the
    forget set. Higher is not better: compare with the retrained model.

    The feature is one-dimensional, so equal values are merged and weighted by how often they occur, which
    leaves the classifier's optimum unchanged.

    Args:
        member_confidence, nonmember_confidence, forget_confidence: probabilities, 0 to 1.

    Raises:
        ValueError: one of the sets is empty or no vector, or a value is NaN or no probability.
    """
    member, nonmember, forget = map(_rounded, _sets(member_confidence, nonmember_confidence, forget_confidence))
    return _called_nonmembers(_confidence_classifier(member, nonmember), forget)


def mia_privacy(member_confidence: Float[Tensor, " m"], nonmember_confidence: Float[Tensor, " n"]) -> float:
    """MIA-Privacy as published with Jia et al. (2023): percent right of the attack on samples it has not seen.

    The classifier of `mia_efficacy` learns from the first half of the non-members and as many members, and is asked
    about the second halves; the value is the mean of the two shares it gets right. 50 leaks nothing. Source: public
    code, which gives it retained training samples and test images.

    Args:
        member_confidence, nonmember_confidence: probabilities, 0 to 1, in data-set order.

    Raises:
        ValueError: fewer than two members or non-members, or a value is NaN.
    """
    member, nonmember = map(_rounded, _sets(member_confidence, nonmember_confidence))
    half = min(len(member), len(nonmember)) // 2
    if not half:
        raise ValueError("MIA-Privacy needs at least two members and two non-members")
    classifier = _confidence_classifier(member[:half], nonmember[:half])
    wrong = _called_nonmembers(classifier, member[half : 2 * half])
    return (100 - wrong + _called_nonmembers(classifier, nonmember[half : 2 * half])) / 2


def _confidence_classifier(member: np.ndarray, nonmember: np.ndarray):
    """The published support-vector classifier, fitted on distinct values weighted by how often they occur."""
    from sklearn.svm import SVC

    values, weights, labels = [], [], []
    for label, x in ((1, member), (0, nonmember)):
        value, count = np.unique(x, return_counts=True)
        values.append(value)
        weights.append(count)
        labels.append(np.full(len(value), label))
    classifier = SVC(C=SVC_C, gamma="auto", kernel="rbf")
    return classifier.fit(
        np.concatenate(values)[:, None], np.concatenate(labels), sample_weight=np.concatenate(weights)
    )


def _called_nonmembers(classifier, confidence: np.ndarray) -> float:
    """Percent of samples that the classifier takes for non-members."""
    value, count = np.unique(confidence, return_counts=True)
    return 100.0 * float(np.average(classifier.predict(value[:, None]) == 0, weights=count))


def _rounded(confidence: np.ndarray) -> np.ndarray:
    if confidence.min() < 0 or confidence.max() > 1 + 1e-6:  # a softmax output may be above 1 by rounding
        raise ValueError(f"confidences are from 0 to 1, not {confidence.min():g} to {confidence.max():g}")
    return np.round(confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS


def entropy_recall(
    member_logits: Float[Tensor, "m class"],
    nonmember_logits: Float[Tensor, "n class"],
    forget_logits: Float[Tensor, "f class"],
) -> float:
    """Percent of the forget set that the entropy attack calls members.

    A logistic regression with balanced classes learns members (retained training samples) from non-members (test)
    on one feature, the entropy of the attacked model's softmax output. Source: public code of SSD (Foster et al.
    2024, `metrics.py`), after Chundawat et al. (2023), whose own release has the same feature but a support-vector
    classifier. SSD's non-members are the whole test set, images of a forgotten class included.

    Args:
        member_logits, nonmember_logits, forget_logits: of the attacked model.

    Raises:
        ValueError: one of the sets is empty, the three have not the same classes, or a value is NaN.
    """
    from sklearn.linear_model import LogisticRegression

    shapes = [tuple(logits.shape) for logits in (member_logits, nonmember_logits, forget_logits)]
    if any(len(shape) != 2 or shape[1] != shapes[0][1] for shape in shapes):
        raise ValueError(f"logits (images, classes) with the same classes are needed, not {shapes}")
    member, nonmember, forget = _sets(*map(_entropy, (member_logits, nonmember_logits, forget_logits)))
    classifier = LogisticRegression(class_weight="balanced", solver="lbfgs")
    labels = np.r_[np.ones(len(member)), np.zeros(len(nonmember))]
    classifier.fit(np.concatenate([member, nonmember])[:, None], labels)
    return 100.0 * float(classifier.predict(forget[:, None]).mean())


class AttackScores(NamedTuple):
    """How well one kind is told from another by a score, in percent."""

    auc: float  # area under the ROC curve; chance is 50
    tpr_at_1_fpr: float  # share of the first kind above all but 1 % of the other; chance is 1


def threshold_attack(
    nonmember_confidence: Float[Tensor, " n"], forget_confidence: Float[Tensor, " f"]
) -> AttackScores:
    """Call a sample of the forget set a member if the model is sure enough of it, at every threshold.

    Carlini et al. (2022) ask for few false positives. The non-members must be of the forget set's kind. Where a class
    is forgotten they are test images *of that class*: against all test images the attack would tell the class, not
    the membership.

    Args:
        nonmember_confidence, forget_confidence: any score that is larger for members; ours is the softmax
            probability of the true label.

    Raises:
        ValueError: one of the sets is empty or no vector, or a value is NaN.
    """
    nonmember, forget = _sets(nonmember_confidence, forget_confidence)
    return _told(forget, nonmember)


def _told(positive: np.ndarray, negative: np.ndarray) -> AttackScores:
    from sklearn.metrics import roc_auc_score

    kinds = np.r_[np.ones(len(positive)), np.zeros(len(negative))]
    auc = 100.0 * float(roc_auc_score(kinds, np.r_[positive, negative]))
    return AttackScores(auc, _tpr_at_1_fpr(positive, negative))


def per_example_attack(
    unlearned: Float[Tensor, "model sample"], retrained: Float[Tensor, "model sample"]
) -> AttackScores:
    """Tell unlearned from retrained models by what they say about one forgotten sample, given others of both kinds.

    The likelihood-ratio attack of Carlini et al. (2022) between the two kinds of model that the unlearning
    competition of NeurIPS compared (Triantafillou et al. 2024). For every sample one Gaussian is fitted to its scores
    in unlearned models and one to those in retrained models, and a score is judged by the ratio of its two densities.
    One variance serves all samples, as the first paper advises for few models; ours is the mean of theirs. Each pair
    of models is attacked by what the others say, and has its own ROC curve over the samples, the unlearned model's
    being the positives; the means over pairs are returned. (One curve for the ratios of all pairs would put chance
    below one half: every model is left out of the fit of its own kind alone.)

    It tells how a model was made, which need not be by the sample: the same on samples that no model has seen says
    how much is told without it. A model that hides a sample too well is told from a retrained one as well.

    Args:
        unlearned, retrained: a score of each sample by each model, unbounded, as `mu.metrics.log_odds`.

    Raises:
        ValueError: there are not as many models of both kinds, fewer than three, no sample, or a value is not finite.
    """
    kinds = [torch.as_tensor(scores).detach().cpu().double() for scores in (unlearned, retrained)]
    models, samples = kinds[0].shape
    if kinds[1].shape != kinds[0].shape or models < 3 or not samples:
        raise ValueError("the attack needs the same samples scored by as many models of both kinds, three or more")
    if not all(scores.isfinite().all() for scores in kinds):
        raise ValueError("a score is not finite")
    pairs = []
    for k in range(models):
        known = [scores[torch.arange(models) != k] for scores in kinds]
        spreads = (scores.var(0).mean().sqrt().clamp(min=LEAST_SPREAD) for scores in known)
        fits = [torch.distributions.Normal(s.mean(0), spread) for s, spread in zip(known, spreads, strict=True)]
        found, others = ((fits[0].log_prob(s[k]) - fits[1].log_prob(s[k])).numpy() for s in kinds)
        pairs.append(_told(found, others))
    return AttackScores(*np.mean(pairs, axis=0).tolist())


def chance_of_attack(
    one: Float[Tensor, "model sample"], other: Float[Tensor, "model sample"], *, draws: int = 200, seed: int = 0
) -> tuple[float, float]:
    """5th and 95th percentile of the per-example AUC between models of the same kind, in two sets drawn anew.

    Samples of a model move together, so chance is wider than their number suggests.

    Args:
        one, other: as in `per_example_attack`, of models that were both retrained.

    Raises:
        ValueError: no draw is asked for; or as there.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    generator = torch.Generator().manual_seed(seed)
    models = torch.cat([torch.as_tensor(scores).detach().cpu() for scores in (one, other)])
    shuffled = (models[torch.randperm(len(models), generator=generator)] for _ in range(draws))
    aucs = [per_example_attack(*drawn.chunk(2)).auc for drawn in shuffled]
    low, high = np.percentile(aucs, (5, 95))
    return float(low), float(high)


def _tpr_at_1_fpr(found: np.ndarray, others: np.ndarray) -> float:
    """Percent of the positives above all but 1 % of the others; with fewer than 100 of these, above all."""
    return 100.0 * float((found > np.sort(others)[len(others) - 1 - len(others) // 100]).mean())


class ShadowOutputs(NamedTuple):
    """What every shadow model says about every sample of the pool, on the CPU."""

    probabilities: Float[Tensor, "shadow sample class"]  # softmax
    labels: Int64[Tensor, " sample"]
    member: Bool[Tensor, "shadow sample"]  # whether the shadow was trained on the sample


def train_shadows(
    model: nn.Module,
    pool: Samples,
    recipe: Recipe,
    count: int,
    seed: int,
) -> ShadowOutputs:
    """Train `count` models as the attacked one was, each from new weights on a random half of `pool`.

    Graves et al. (2021), public code: 20 shadows (their text: 16), 10 epochs. The halves overlap. Shadow i is the
    same whatever `count` is.

    Args:
        model: the architecture; left untouched. Its device is where the shadows are trained.
        pool: what the attacker has; half of it, rounded down, are members of each shadow.
        recipe: of the attacked model.
        seed: of halves, weights and batch orders; two seeds share no shadow.

    Raises:
        ValueError: `count` is below one, or the pool has fewer than two samples.
    """
    if count < 1 or len(pool) < 2:
        raise ValueError(f"at least one shadow and two samples are needed, not {count} and {len(pool)}")
    generator = torch.Generator().manual_seed(seed)
    probabilities, member = [], torch.zeros(count, len(pool), dtype=torch.bool)
    for i in range(count):
        shadow_seed = int(torch.randint(2**62, (), generator=generator))
        member[i, torch.randperm(len(pool), generator=generator)[: len(pool) // 2]] = True
        half = pool[member[i].to(pool.labels.device)]
        shadow = train(reinitialise(model, shadow_seed), half, recipe, seed=shadow_seed)
        probabilities.append(predict(shadow, pool).softmax(1).cpu())
    return ShadowOutputs(torch.stack(probabilities), pool.labels.cpu(), member)


class TooFewOutputs(ValueError):
    """The shadow models have not learnt the class, or there is too little of it."""


@dataclass(frozen=True)
class ShadowAttack:
    """The attack of Graves et al. (2021) on one class: a network that tells members by their softmax output.

    Attributes:
        classifier: a fitted `sklearn.neural_network.MLPClassifier`.
        advantage: points by which, on the tenth of the shadow outputs kept back, members are called members more
            often than the others (Yeom et al. 2018). Of an attack that has next to none, a recall says nothing.
    """

    classifier: Any
    advantage: float

    @classmethod
    def fit(cls, outputs: ShadowOutputs, label: int, seed: int) -> ShadowAttack:
        """Fit classes-256-128-1 (ReLU, sigmoid, cross-entropy, Adam 1e-3, 10 epochs) on nine tenths of a class.

        As in the public code, members that their shadow gets wrong are left out and non-members are not. Unlike
        there: no dropout, which scikit-learn's network does not have (the public code leaves it on when it attacks);
        batches of 200, not 8; and both parts of the split have members and non-members in the same proportion.
        The split is by output, so a sample may be on both sides, seen by different shadows.

        Args:
            seed: of the split, the weights and the batch order.

        Raises:
            mu.attacks.TooFewOutputs: the class has no members that are right, or no non-members, or too few to split.
        """
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.model_selection import train_test_split
        from sklearn.neural_network import MLPClassifier

        of_class = outputs.labels == label
        x, member = outputs.probabilities[:, of_class], outputs.member[:, of_class]  # (shadow, sample of the class)
        kept = (x.argmax(2) == label) | ~member
        x, member = x[kept].numpy(), member[kept].numpy()
        counts = member.sum(), (~member).sum()
        if min(counts) < 2 or CHECKED * len(member) <= 1:  # both in both parts of the split
            found = f"{counts[0]} correctly classified members and {counts[1]} non-members"
            raise TooFewOutputs(f"class {label} has {found} among the shadow outputs; that is too few to tell by")
        x, held_x, member, held_member = train_test_split(
            x, member, test_size=CHECKED, stratify=member, random_state=seed
        )
        for kind, count, held in (("members", counts[0], held_member), ("non-members", counts[1], ~held_member)):
            if not held.any():
                raise TooFewOutputs(f"none of class {label}'s {count} {kind} among the outputs is held out")
        classifier = MLPClassifier(
            SHADOW_LAYERS,
            alpha=0.0,  # no weight decay
            batch_size=min(SHADOW_BATCH, len(x)),
            max_iter=SHADOW_EPOCHS,
            n_iter_no_change=SHADOW_EPOCHS,  # no early stopping
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # ten epochs are what the attack is defined by
            classifier.fit(x, member)
        called = classifier.predict(held_x)
        recalled, false = (100.0 * float(called[kind].mean()) for kind in (held_member, ~held_member))
        return cls(classifier, advantage=recalled - false)

    def recall(self, logits: Float[Tensor, "n class"]) -> float:
        """Percent of samples of the attack's class called members, from the attacked model's logits.

        Raises:
            ValueError: there are no samples, or the number of classes is not that of the shadows.
        """
        if not len(logits):
            raise ValueError("there are no samples to ask the attack about")
        probabilities = torch.as_tensor(logits).detach().float().softmax(1).cpu().numpy()
        return 100.0 * float(self.classifier.predict(probabilities).mean())


def _entropy(logits: Float[Tensor, "n class"]) -> Float[Tensor, " n"]:
    """Entropy of the softmax output in nats, double precision; a probability of zero adds nothing."""
    return torch.special.entr(torch.as_tensor(logits).detach().double().softmax(1)).sum(1)


def _sets(*scores) -> list[np.ndarray]:
    """Members', non-members' and forget set's scores as float64 arrays."""
    sets = [torch.as_tensor(x).detach().cpu().double().numpy() for x in scores]
    if any(x.ndim != 1 for x in sets):
        raise ValueError(f"one number a sample is needed, not shapes {', '.join(str(x.shape) for x in sets)}")
    if not all(len(x) for x in sets):
        raise ValueError("membership inference needs members, non-members and a forget set; one is empty")
    if any(np.isnan(x).any() for x in sets):
        raise ValueError("a model's output on members, non-members or forget set is NaN")
    return sets
