"""Recorded updates: what every training step changed, kept so that some of it can be taken back.

Amnesiac unlearning (Graves et al.) writes a trained model as its start plus the sum of its steps,
$\\theta_M = \\theta_0 + \\sum_k \\Delta_k$, and forgets by subtracting the steps whose batch held a sample to
forget. *Partial* amnesiac unlearning (Gogineni & Nadimi, Algorithm 1) prunes every step layer by layer before
it is stored, and subtracts only what was kept.

A `Ledger` stores each step by itself together with its samples, so the forget set may be chosen *after*
training. A `RunningSum` keeps one vector, for a forget set known before: the strong baseline in storage.
Both record true parameter differences, never $-\\eta g$: with momentum or Adam a step also carries earlier
batches, with weight decay it carries the weights. Buffers (batch-norm statistics) are not updates and are
left alone; `mu.training.recalibrate` re-estimates them where data may be used.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import torch

from mu import storage
from mu.pruning import Layout, Selection

if TYPE_CHECKING:
    from pathlib import Path

    from jaxtyping import Float, Int64
    from torch import Tensor, nn


class Recorder:
    """What `mu.train` drives: told the layout once, then shown every step that it wants.

    Args:
        keep, rule, layers, seed: which entries of a step are kept, see `mu.pruning.Selection`.
        only: positions in `data.train`; if given, only steps whose batch holds one of them are recorded.
    """

    def __init__(
        self,
        keep: float = 1.0,
        rule: str = "top",
        *,
        layers: tuple[str, ...] | None = None,
        only: Int64[Tensor, " n"] | None = None,
        seed: int = 0,
    ) -> None:
        self.selection = Selection(keep, rule, layers, seed)
        self.only = None if only is None else torch.as_tensor(only).cpu()
        if only is not None:  # the table's last entry stands for all positions above
            self._watched = torch.zeros(int(self.only.max()) + 2 if len(self.only) else 1, dtype=torch.bool)
            self._watched[self.only] = True
        self.layout: Layout | None = None
        self.finalised = False  # True once training has ended without an error
        self.steps_seen = 0  # all steps of the training run, recorded or not

    @property
    def keep(self) -> float:
        return self.selection.keep

    def begin(self, layout: Layout) -> None:
        if self.layout is not None:
            raise ValueError("this ledger has recorded a training run already; use a new one")
        self.selection.counts(layout)  # raises here, not at step 1, if a layer is unknown
        self.layout = layout

    def record(self, step: int, change: Float[Tensor, " d"], samples: Int64[Tensor, " b"]) -> None:
        """Keep the selected part of `change`, the parameter difference (after - before) of one step."""
        self.steps_seen += 1
        if self.only is None or self._watches(samples.cpu()):
            self._store(step, change, samples)

    def finish(self) -> None:
        self.finalised = True

    def _watches(self, samples: Int64[Tensor, " b"]) -> bool:
        """Whether a batch holds one of `only`, by table look-up: this runs at every step."""
        return bool(self._watched[samples.clamp(max=len(self._watched) - 1)].any())

    def subtract(self, model: nn.Module, sample_indices: Int64[Tensor, " n"]) -> nn.Module:
        """A copy of `model` without the kept part of every step that used one of the samples.

        The sum runs in float64: thousands of float32 subtractions would drift.

        Args:
            model: the model that was trained while this ledger recorded; left untouched.
            sample_indices: positions in `data.train`; samples in no recorded step change nothing.

        Raises:
            ValueError: nothing was recorded, the model's layers are not those recorded, or the samples are
                not all covered by `only`.
        """
        sample_indices = torch.as_tensor(sample_indices).cpu()
        self._check(model, sample_indices)
        total = self._total(sample_indices)
        model = copy.deepcopy(model)
        parameters = dict(model.named_parameters())
        with torch.no_grad():
            for name, part in zip(self.layout.names, self.layout.split(total), strict=True):
                p = parameters[name]
                p.copy_(p.double() - part.view(p.shape).to(p.device))
        return model

    def _check(self, model: nn.Module, sample_indices: Int64[Tensor, " n"]) -> None:
        if not self.finalised:
            raise ValueError("this ledger holds no finished training run; pass it to mu.train first")
        if Layout.of(model) != self.layout:
            raise ValueError("the model's layers are not the ones this ledger recorded")
        if self.only is not None and not bool(torch.isin(sample_indices, self.only).all()):
            raise ValueError("this ledger recorded only the steps of other samples (see `only`)")

    def _store(self, step, change, samples) -> None:
        raise NotImplementedError

    def _total(self, sample_indices) -> Float[Tensor, " d"]:
        raise NotImplementedError


class Entry(NamedTuple):
    """One recorded step."""

    step: int
    samples: np.ndarray  # int32[batch], positions in data.train
    mask: Tensor  # uint8[ceil(d / 8)], one bit per parameter; empty if everything is kept
    values: Tensor  # float16 or float32[kept], divided by their layer's scale
    scales: Tensor  # float32[layer], the largest |change| of each layer


class Ledger(Recorder):
    """Every step's kept changes and samples, compact: one bit per parameter and two bytes per kept value.

    Args:
        keep: 1.0 is conventional amnesiac unlearning, less is partial.
        values: how kept values are stored. Half precision is relative to each layer's largest change, so its
            rounding error stays below 0.05 % of it; float32 is exact.
        rule, layers, only, seed: see `Recorder`.
    """

    def __init__(self, keep: float = 1.0, rule: str = "top", *,
                 values: Literal["float16", "float32"] = "float16", **options) -> None:  # fmt: skip
        super().__init__(keep, rule, **options)
        if values not in ("float16", "float32"):
            raise ValueError(f"values must be 'float16' or 'float32', not {values!r}")
        self.values = values
        self.entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def nbytes(self) -> int:
        """Bytes that all recorded steps occupy, sample lists and index cost included."""
        return sum(4 + e.samples.nbytes + e.mask.nbytes + e.values.nbytes + e.scales.nbytes for e in self.entries)

    def affected(self, sample_indices: Int64[Tensor, " n"]) -> Int64[Tensor, " steps"]:
        """Numbers of the recorded steps whose batch held any of the samples, ascending."""
        wanted = torch.as_tensor(sample_indices).cpu().numpy()
        return torch.tensor([e.step for e in self.entries if np.isin(e.samples, wanted).any()], dtype=torch.int64)

    def _store(self, step, change, samples) -> None:
        views = self.layout.split(change)
        scales = torch.stack(torch._foreach_norm(views, float("inf")))
        counts = torch.tensor(self.selection.counts(self.layout), device=change.device)
        if self.selection.keeps_all(self.layout):
            mask, kept = torch.empty(0, dtype=torch.uint8), change
        else:
            chosen = self.selection.mask(change, self.layout, step)
            mask, kept = _pack(chosen), change[chosen]
        if self.values == "float16":
            scales = scales.clamp_min(torch.finfo(torch.float32).tiny)  # a layer that did not move
            kept = kept / scales.repeat_interleave(counts, output_size=len(kept))
        else:
            scales = torch.ones_like(scales)
            kept = kept.clone()
        self.entries.append(
            Entry(
                step,
                samples.cpu().numpy().astype(np.int32),
                mask,
                kept.to(getattr(torch, self.values)).cpu(),
                scales.cpu(),
            )
        )

    def _total(self, sample_indices) -> Float[Tensor, " d"]:
        total = torch.zeros(self.layout.size, dtype=torch.float64)
        counts = torch.tensor(self.selection.counts(self.layout))
        steps = set(self.affected(sample_indices).tolist())
        for entry in self.entries:
            if entry.step in steps:
                change = entry.values.double() * entry.scales.double().repeat_interleave(counts)
                if len(entry.mask):
                    total[_unpack(entry.mask, len(total))] += change
                else:
                    total += change
        return total

    def save(self, path: str | Path) -> None:
        """Store the ledger, checksummed, in one safetensors file."""
        if not self.finalised:
            raise ValueError("this ledger holds no finished training run; nothing is saved")
        lengths = [len(e.samples) for e in self.entries]
        samples = [np.empty(0, np.int32), *(e.samples for e in self.entries)]
        stack = lambda parts, empty: torch.stack(parts) if parts else empty  # noqa: E731
        storage.save(
            path,
            {
                "steps": torch.tensor([e.step for e in self.entries], dtype=torch.int64),
                "lengths": torch.tensor(lengths, dtype=torch.int64),
                "samples": torch.from_numpy(np.concatenate(samples)),
                "masks": stack([e.mask for e in self.entries], torch.empty(0, 0, dtype=torch.uint8)),
                "values": stack([e.values for e in self.entries], torch.empty(0, 0)),
                "scales": stack([e.scales for e in self.entries], torch.empty(0, 0)),
                **({} if self.only is None else {"only": self.only}),
            },
            {
                "keep": self.keep,
                "rule": self.selection.rule,
                "layers": self.selection.layers,
                "seed": self.selection.seed,
                "values": self.values,
                "names": self.layout.names,
                "shapes": self.layout.shapes,
                "steps_seen": self.steps_seen,
            },
        )

    @classmethod
    def load(cls, path: str | Path) -> Ledger:
        """Read a saved ledger.

        Raises:
            mu.storage.CorruptFile: a byte of the file is not what was written; the message names the file.
        """
        tensors, facts = storage.load(path)
        ledger = cls(
            facts["keep"],
            facts["rule"],
            layers=facts["layers"],
            only=tensors.get("only"),
            seed=facts["seed"],
            values=facts["values"],
        )
        ledger.layout = Layout(tuple(facts["names"]), tuple(tuple(shape) for shape in facts["shapes"]))
        ledger.steps_seen = facts["steps_seen"]
        samples = tensors["samples"].split(tensors["lengths"].tolist())
        ledger.entries = [
            Entry(int(step), ids.numpy(), mask, values, scales)
            for step, ids, mask, values, scales in zip(
                tensors["steps"], samples, tensors["masks"], tensors["values"], tensors["scales"], strict=True
            )
        ]
        ledger.finish()
        return ledger


class RunningSum(Recorder):
    """The sum of the (pruned) steps that held one of the samples in `only`: one vector, whatever the steps.

    Enough when the forget set is known before training; useless when it is chosen afterwards.
    """

    def __init__(self, keep: float = 1.0, rule: str = "top", *, only: Int64[Tensor, " n"], **options) -> None:
        super().__init__(keep, rule, only=only, **options)
        self.steps: list[int] = []

    @property
    def nbytes(self) -> int:
        return self.sum.nbytes

    def begin(self, layout: Layout) -> None:
        super().begin(layout)
        self.sum = torch.zeros(layout.size, dtype=torch.float64)

    def affected(self, sample_indices: Int64[Tensor, " n"]) -> Int64[Tensor, " steps"]:
        """Numbers of the steps in the sum. The samples must be exactly those of `only`."""
        self._require_all(torch.as_tensor(sample_indices).cpu())
        return torch.tensor(self.steps, dtype=torch.int64)

    def _store(self, step, change, samples) -> None:
        if not self.selection.keeps_all(self.layout):
            change = change * self.selection.mask(change, self.layout, step)
        self.sum += change.to(self.sum)
        self.steps.append(step)

    def _total(self, sample_indices) -> Float[Tensor, " d"]:
        self._require_all(sample_indices)
        return self.sum

    def _require_all(self, sample_indices: Int64[Tensor, " n"]) -> None:
        if not torch.equal(sample_indices.unique(), self.only.unique()):
            raise ValueError("a running sum can take back only the whole set it was kept for")


def _pack(mask: Tensor) -> Tensor:
    """bool[d] -> uint8[ceil(d / 8)] on the CPU, first entry in the lowest bit."""
    return torch.from_numpy(np.packbits(mask.cpu().numpy(), bitorder="little"))


def _unpack(packed: Tensor, size: int) -> Tensor:
    """The inverse of `_pack`."""
    return torch.from_numpy(np.unpackbits(packed.numpy(), count=size, bitorder="little")).bool()
