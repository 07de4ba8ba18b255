"""JiT: make the model's answers at the samples to forget as flat as they can be; no retained data.

Foster et al. (TMLR 2025), "just in time"; constants and the details marked * from their public code. For
every batch $\\mathcal B$ of the samples to forget, in one pass:

    1. For each x draw n copies of noise $\\varepsilon \\sim N(0, \\sigma^2)$. The noisy image $x + \\xi$ is
       $x + \\varepsilon$ clamped to the range of images, so $\\xi$ is what the clamping has left*.
    2. $L = \\sum_{x\\in\\mathcal B}\\frac1n\\sum_{i=1}^n
       \\lVert f(x) - f(x + \\xi_i)\\rVert_2 / \\lVert\\xi_i\\rVert_2$, a sum over the batch*.
    3. One SGD step on L; the public code adds the gradients of all earlier batches to its own. The answer $f(x)$ has
       a gradient, $f(x + \\xi_i)$ is taken as given*.

f are logits. $\\sigma$ and $\\lVert\\xi\\rVert$ are in units of normalised pixels*, as in `mu.sensitivity`.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import nn

from mu.models import pixel_unit, require_floats
from mu.training import Recipe, train

if TYPE_CHECKING:
    from jaxtyping import Float, UInt8
    from torch import Tensor

    from mu.data import Samples
    from mu.unlearning.steps import OnStep

# One pass of plain SGD, batch 128, rate 3e-4, sigma 0.5, 25 copies: public code, VGG, whole class of CIFAR-100.
# Full precision is ours: the difference of two nearly equal answers does not survive bfloat16.
RECIPE = Recipe(epochs=1, batch_size=128, optimizer="sgd", lr=3e-4, precision="float32")
NOISE, COPIES = 0.5, 25


def jit(
    model: nn.Module,
    forget: Samples,
    *,
    noise: float = NOISE,
    copies: int = COPIES,
    recipe: Recipe = RECIPE,
    on_step: OnStep | None = None,
    seed: int = 0,
) -> nn.Module:
    """Train towards the same answer for an image to forget and for noisy copies of it.

    The model is in evaluation mode throughout: batch norms keep and use their statistics, nothing is dropped out.
    That is ours; the public code sets no mode.

    Args:
        noise: sigma, in units of normalised pixels if there is a `mu.models.Normalise` in the model, else of pixels
            in [0, 1]; above 0.
        copies: n, at least 1.
        on_step: called after each step with its number and the model; True ends the run.
        seed: of the batch order and the noise.

    Raises:
        ValueError: noise or copies out of range, or a model that does not take floats in [0, 1] as it takes uint8.
        FloatingPointError: the loss became infinite; the learning rate is too large.
    """
    if not noise > 0 or copies < 1:
        raise ValueError(f"noise > 0 and copies >= 1 are needed, not {noise} and {copies}")
    require_floats(copy.deepcopy(model).eval(), forget.images)
    slopes = _Slopes(model, noise, copies)
    watch = lambda step, slopes: on_step(step, slopes.model)
    total = lambda values, _: values.sum()
    return train(slopes, forget, recipe, seed=seed, loss=total, on_step=watch if on_step else None).model


class _Slopes(nn.Module):
    """Images -> how far each answer moves with noise, over the length of the noise; a mean over copies.

    A module, so that it can be trained as a model is: the network inside it is what learns.
    """

    def __init__(self, model: nn.Module, noise: float, copies: int) -> None:
        super().__init__()
        self.model, self.noise, self.copies = model, noise, copies

    def train(self, mode: bool = True) -> nn.Module:
        """Stays in evaluation mode, with all it holds."""
        return super().train(False)

    def forward(self, images: UInt8[Tensor, "n channel height width"]) -> Float[Tensor, " n"]:
        clean, pixels = self.model(images), images.float() / 255
        unit = pixel_unit(self.model)
        total = 0
        for _ in range(self.copies):
            noisy = (pixels + self.noise * unit * torch.randn_like(pixels)).clamp(0, 1)
            with torch.no_grad():
                moved = self.model(noisy)
            total = total + (clean - moved).norm(dim=1) / ((noisy - pixels) / unit).flatten(1).norm(dim=1)
        return total / self.copies
