"""What a model looks at, and what its features still hold.

Accuracy cannot tell a class that is deleted from one that is only suppressed in the last layer. Two looks inside:
`grad_cam` shows where in an image the evidence for a class is (partial, Figure 3), and `linear_probe` asks whether a
new last layer could read the class again.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mu.models import class_count, device_of

if TYPE_CHECKING:
    from jaxtyping import Float, Int64
    from torch import Tensor

PROBE_STEPS = 1000  # of L-BFGS at most: ours; a warning of scikit-learn says when they were not enough


def grad_cam(
    model: nn.Module,
    images: Float[Tensor, "n channel height width"],
    labels: Int64[Tensor, " n"],
) -> Float[Tensor, "n height width"]:
    """Grad-CAM (Selvaraju et al. 2017) of each image for its label, by the package `grad-cam`.

    The map is ReLU(sum over k of a_k A_k): A_k are the maps of the last `nn.Conv2d` to be registered, before its
    normalisation and ReLU, a_k the spatial mean of the derivative of the label's logit by A_k. It is enlarged to the
    image by bilinear interpolation. The package's own maps are each stretched to run from 0 to 1, which hides how
    strong they are: a map that fades looks as strong as before. These are not, so that maps of several models can be
    compared.

    Args:
        model: images -> logits; runs in evaluation mode. It is copied, so that its modes, gradients and hooks are
            untouched.
        images: floats in [0, 1].
        labels: the class each map is for; not necessarily the one predicted.

    Returns:
        Maps on the CPU, float32, at least 0 and not bounded above.

    Raises:
        ImportError: the package `grad-cam` is missing (`pip install mu-companion[book]`).
        ValueError: no images, another number of labels than of images, a label that is no class, or no convolution
            in the model.
    """
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    if not len(images) or len(images) != len(labels):
        raise ValueError(
            f"{len(images)} images and {len(labels)} labels; as many of both are needed, and at least one"
        )
    model = copy.deepcopy(model).eval().requires_grad_(True)  # a frozen model would have no gradient to look at
    for module in model.modules():
        if hasattr(module, "inplace"):  # it would overwrite the layer's maps
            module.inplace = False
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    if not convolutions:
        raise ValueError(f"this {type(model).__name__} has no nn.Conv2d; Grad-CAM needs feature maps")
    layer, classes, images = convolutions[-1], class_count(model, images), images.detach().to(device_of(model))
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels from {labels.min()} to {labels.max()}; this model has classes 0 to {classes - 1}")

    # Not as a context manager: the package's one prints an IndexError and goes on.
    cam = GradCAM(model, [layer])
    targets = [ClassifierOutputTarget(label) for label in labels.tolist()]
    with torch.enable_grad():
        cam(images, targets)
    seen = cam.activations_and_grads
    small = cam.get_cam_image(images, layer, targets, seen.activations[0].numpy(), seen.gradients[0].numpy())
    small = torch.from_numpy(np.maximum(small, 0))[:, None]
    return functional.interpolate(small, images.shape[2:], mode="bilinear", align_corners=False)[:, 0]


def linear_probe(
    features_train: Float[Tensor, "m feature"],
    labels_train: Int64[Tensor, " m"],
    features_test: Float[Tensor, "n feature"],
    labels_test: Int64[Tensor, " n"],
) -> float:
    """Percent of test samples that a new linear layer gets right, on features of `mu.models.embed`.

    To ask whether a forgotten class can still be read: train on features of retain *and* forget set, test on test
    images of the forgotten class. The probe sees the forgotten samples, so even untrained features give more than
    chance; compare with the retrained model. Ours: logistic regression (L2, C = 1) on standardised features, classes
    balanced, because only a few samples of the class may be left to learn from.

    Raises:
        ValueError: a set is empty, lengths differ, a feature is not finite, or there is one class only to learn.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    sets = (features_train, labels_train, features_test, labels_test)
    if not all(len(x) for x in sets):
        raise ValueError("a probe needs samples to learn from and samples to test; one set is empty")
    x, y, test_x, test_y = (x.detach().cpu().numpy() for x in sets)
    probe = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=PROBE_STEPS))
    return 100.0 * float(probe.fit(x, y).score(test_x, test_y))
