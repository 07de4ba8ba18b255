"""Membership inference: does a model still treat a sample as one it was trained on?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

SVC_C = 3.0  # Jia et al., public code: SVC(C=3, gamma="auto", kernel="rbf")
# Confidences are rounded to 1/1024, ours: it moves the result by less than 0.1 points and makes it hundreds of
# times faster than 20,000 separate values.
CONFIDENCE_STEPS = 1024


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
        ValueError: one of the sets is empty.
    """
    from sklearn.svm import SVC

    sets = [_numbers(x) for x in (member_confidence, nonmember_confidence, forget_confidence)]
    if not all(len(x) for x in sets):
        raise ValueError("membership inference needs members, non-members and a forget set; one is empty")
    member, nonmember, forget = (np.round(x * CONFIDENCE_STEPS) / CONFIDENCE_STEPS for x in sets)
    values, weights, labels = [], [], []
    for label, x in ((1, member), (0, nonmember)):
        value, count = np.unique(x, return_counts=True)
        values.append(value)
        weights.append(count)
        labels.append(np.full(len(value), label))
    classifier = SVC(C=SVC_C, gamma="auto", kernel="rbf")
    classifier.fit(np.concatenate(values)[:, None], np.concatenate(labels), sample_weight=np.concatenate(weights))
    value, count = np.unique(forget, return_counts=True)
    return 100.0 * float(np.average(classifier.predict(value[:, None]) == 0, weights=count))


def _numbers(x) -> np.ndarray:
    return torch.as_tensor(x).detach().cpu().double().numpy()
