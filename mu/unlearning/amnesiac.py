"""Amnesiac unlearning and its partial form: take back the recorded steps that saw the samples to forget.

Graves et al., *Amnesiac Machine Learning* (AAAI 2021), section 4.2:

    1. While training, record $\\Delta_k = \\theta_k^{after} - \\theta_k^{before}$ of every step k with its samples.
    2. Let $\\mathcal S$ be the steps whose batch held a sample to forget.
    3. Return $\\theta' = \\theta_M - \\sum_{k \\in \\mathcal S} \\Delta_k$.

Gogineni & Nadimi (JMLR 2025), Algorithm 1, prune each step, layer by layer, before it is stored:

    1'. Record $\\tilde\\Delta_k = S(\\Delta_k; r) \\odot \\Delta_k$: of each layer the share $r$ of largest entries.

The algorithm boxes of the second paper could not be read; its body is our reconstruction from its abstract
and titles. Step 1 is `mu.Ledger` (handed to `mu.train`), steps 2 and 3 are `Ledger.subtract`, so the two
methods differ in nothing but the share `keep` that the ledger stored. Batch-norm statistics stay as trained;
pass the result to `mu.training.recalibrate` to re-estimate them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jaxtyping import Int64
    from torch import Tensor, nn

    from mu.data import Samples
    from mu.ledger import Recorder


def amnesiac(
    model: nn.Module, forget: Samples, ledger: Recorder, *, already: Int64[Tensor, " m"] | None = None
) -> nn.Module:
    """Subtract every recorded step that saw a sample to forget.

    Only `forget.indices` is read, never an image.

    Args:
        already: positions of the samples of earlier requests, where `model` is what those left.

    Raises:
        ValueError: the ledger holds a part of each step (`keep` below 1, or some layers): that is `partial-amnesiac`;
            or the model is not as the recorded training left it and `already` is not given.
    """
    if ledger.keep != 1 or ledger.selection.layers is not None:
        raise ValueError("this ledger keeps a part of each step; use 'partial-amnesiac'")
    return ledger.subtract(model, forget.indices, already)


def partial_amnesiac(
    model: nn.Module, forget: Samples, ledger: Recorder, *, already: Int64[Tensor, " m"] | None = None
) -> nn.Module:
    """Subtract the kept part of every recorded step that saw a sample to forget.

    Only `forget.indices` is read, never an image. At keep = 1 this is `amnesiac`, whose `already` it has.
    """
    return ledger.subtract(model, forget.indices, already)
