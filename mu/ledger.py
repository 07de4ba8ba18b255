"""Recorded updates: what every training step changed, kept so that some of it can be taken back.

Amnesiac unlearning (Graves et al.) writes a trained model as its start plus the sum of its steps,
$\\theta_M = \\theta_0 + \\sum_k \\Delta_k$, and forgets by subtracting the steps whose batch held a sample to
forget. *Partial* amnesiac unlearning (Gogineni & Nadimi, Algorithm 1) prunes every step layer by layer before
it is stored, and subtracts only what was kept.

A `Ledger` stores each step by itself together with its samples, so the forget set may be chosen *after*
training. A `RunningSum` keeps one vector, for a forget set known before: the strong baseline in storage.
The steps of a ledger lie in *chunks*. They stay in memory, or go to one file each in a folder while training runs,
for ledgers larger than memory: see `mu.spill`.
Both record true parameter differences, never $-\\eta g$: with momentum or Adam a step also carries earlier
batches, with weight decay it carries the weights. Buffers (batch-norm statistics) are not updates and are
left alone; `mu.training.recalibrate` re-estimates them where data may be used.
"""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import torch

from mu import storage
from mu.data import positions, tensor_hash
from mu.selection import Layout, Selection, flatten, moved, trainable
from mu.spill import INDEX, Spill

if TYPE_CHECKING:
    from jaxtyping import Float, Int64
    from torch import Tensor, nn


class Recorder:
    """What `mu.train` drives: told the layout once, then shown every step that it wants.

    Args:
        keep, rule, layers, seed: which entries of a step are kept, see `mu.selection.Selection`.
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
        self.only = None if only is None else positions(only).cpu()
        if only is not None:  # the table's last entry stands for all positions above
            self._watched = torch.zeros(int(self.only.max()) + 2 if len(self.only) else 1, dtype=torch.bool)
            self._watched[self.only] = True
        self.layout: Layout | None = None
        self.finalised = False  # True once training has ended without an error
        self.final: str | None = None  # hash of the parameters that training ended with; None: not known
        self.steps: list[int] = []  # numbers of the recorded steps, ascending
        self.steps_seen = 0  # all steps of the training run, recorded or not

    @property
    def keep(self) -> float:
        return self.selection.keep

    def begin(self, layout: Layout) -> None:
        if self.layout is not None:
            raise ValueError("this ledger has recorded a training run already, whole or in part; use a new one")
        self.selection.counts(layout)  # raises here, not at step 1, if a layer is unknown
        self.layout = layout

    def record(
        self,
        step: int,
        change: Float[Tensor, " d"],
        samples: Int64[Tensor, " b"],
        parameters: Float[Tensor, " d"] | None = None,
    ) -> None:
        """Keep the selected part of `change`, the parameter difference (after - before) of one step.

        Args:
            parameters: after the step; by them a ledger that is recovered knows its model again.

        Raises:
            LedgerFull: the disk became full while an earlier step was written.
        """
        self.steps_seen += 1
        self._expect(parameters)
        if self.only is None or self._watches(samples.cpu()):
            self._store(step, change, samples)

    def finish(self, parameters: Float[Tensor, " d"] | None = None) -> None:
        """Training has ended without an error; from here on the ledger can be used.

        Args:
            parameters: as training left them, in the order of the layout; by them `subtract` knows the model again.

        Raises:
            LedgerFull: what is not yet in the ledger's folder does not fit on the disk.
        """
        self.final = None if parameters is None else _hash(parameters)
        self._close()
        self.finalised = True

    def _expect(self, parameters: Float[Tensor, " d"] | None) -> None:
        """Get ready for a step."""

    def _close(self) -> None:
        """Write what is not written yet."""

    def _watches(self, samples: Int64[Tensor, " b"]) -> bool:
        """Whether a batch holds one of `only`, by table look-up: this runs at every step."""
        return bool(self._watched[samples.clamp(max=len(self._watched) - 1)].any())

    def subtract(
        self, model: nn.Module, sample_indices: Int64[Tensor, " n"], already: Int64[Tensor, " m"] | None = None
    ) -> nn.Module:
        """A copy of `model` without the kept part of every step that used one of the samples.

        The sum runs in float64: thousands of float32 subtractions would drift.

        Args:
            model: the model that was trained while this ledger recorded, or one that came of it; left untouched.
            sample_indices: positions in `data.train`; samples in no recorded step change nothing. A ledger warns if
                all of them are such.
            already: those whose steps were taken back from `model` before; a step is taken back once. None says that
                `model` is as training left it, which is checked; an empty tensor that it changed in another way.

        Raises:
            ValueError: nothing was recorded, the model's layers are not those recorded, its parameters are not and
                `already` is not given, or the samples are not all covered by `only`.
        """
        sample_indices = positions(sample_indices).cpu()
        self._check(model, sample_indices, already)
        before = sample_indices[:0] if already is None else positions(already).cpu()
        return moved(model, -self._total(sample_indices, before))

    def _check(self, model: nn.Module, sample_indices: Tensor, already: Tensor | None) -> None:
        if not self.finalised:
            raise ValueError("this ledger holds no finished training run; pass it to mu.train first")
        if Layout.of(model) != self.layout:
            raise ValueError("the model's layers are not the ones this ledger recorded")
        if self.only is not None and not bool(torch.isin(sample_indices, self.only).all()):
            raise ValueError("this ledger recorded only the steps of other samples (see `only`)")
        if self.final is not None and already is None and self.final != _hash(flatten(trainable(model).values())):
            raise ValueError(
                "the model is not as the recorded training left it. If steps were taken back from it, name their "
                "samples (already=...): no step may be taken back twice. An empty tensor says that none were"
            )

    def _store(self, step, change, samples) -> None:
        raise NotImplementedError

    def _total(self, sample_indices, already) -> Float[Tensor, " d"]:
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
        spill: an empty folder, made if absent. Every full chunk is then written there in the background, and
            memory holds at most 1 + `mu.spill.WAITING` + 1 chunks (filled, waiting, being written, the last with its
            copy for the file), whatever the number of steps. None keeps everything in memory.
        chunk_steps: recorded steps in a chunk.
    """

    def __init__(self, keep: float = 1.0, rule: str = "top", *, values: Literal["float16", "float32"] = "float16",
                 spill: Path | str | None = None, chunk_steps: int = 64, **options) -> None:  # fmt: skip
        super().__init__(keep, rule, **options)
        if values not in ("float16", "float32"):
            raise ValueError(f"values must be 'float16' or 'float32', not {values!r}")
        if chunk_steps < 1:
            raise ValueError(f"chunk_steps must be at least 1, not {chunk_steps}")
        self.values = values
        self.spill = None if spill is None else Spill(Path(spill))
        self.chunk_steps = chunk_steps
        self.samples: list[np.ndarray] = []  # int32[batch] of each, positions in data.train
        self._parameters: Tensor | None = None  # after the step that is being recorded, if known
        self.chunks: list[list[Entry] | None] = []  # the recorded steps, `chunk_steps` each; None: in the folder

    def __len__(self) -> int:
        return len(self.steps)

    def __bool__(self) -> bool:
        """True before the first step as well: `ledger=mine or ()` would else record nothing."""
        return True

    @property
    def entries(self) -> list[Entry]:
        """All recorded steps, read from their files if spilled."""
        return [entry for number in range(len(self.chunks)) for entry in self._read(number)]

    @property
    def nbytes(self) -> int:
        """Bytes that all recorded steps occupy, sample lists and index cost included."""
        return _bytes(self, sum(map(len, self.samples)), self.values)

    def begin(self, layout: Layout) -> None:
        """Start recording.

        Raises:
            FileExistsError: the spill folder holds something already; the message names it.
            LedgerFull: there is no space in it.
        """
        super().begin(layout)
        if self.spill is not None:
            self.spill.claim()
            self._write_index(finalised=False)

    def _expect(self, parameters) -> None:
        if self.spill is not None:
            self.spill.wait()
            self._parameters = parameters

    def _close(self) -> None:
        if self.spill is not None:
            if self.chunks and self.chunks[-1] is not None:
                self._hand_over()
            self.spill.close()
            self._write_index(finalised=True)
            self._parameters = None

    def affected(self, sample_indices: Int64[Tensor, " n"]) -> Int64[Tensor, " steps"]:
        """Numbers of the recorded steps whose batch held any of the samples, ascending. No chunk is read."""
        wanted = positions(sample_indices).cpu().numpy()
        return torch.tensor([self.steps[i] for i in self._holding(wanted)], dtype=torch.int64)

    def _store(self, step, change, samples) -> None:
        views = self.layout.split(change)
        scales = torch.stack([x.abs().amax() for x in views]).float()  # on a CPU a tenth of _foreach_norm's time
        counts = torch.tensor(self.selection.counts(self.layout), device=change.device)
        if self.selection.keeps_all(self.layout):
            mask, kept = torch.empty(0, dtype=torch.uint8), change
        else:
            chosen = self.selection.mask(change, self.layout, step)
            mask, kept = _pack(chosen), _taken(change, chosen)
        if self.values == "float16":
            scales = scales.clamp_min(torch.finfo(torch.float32).tiny)  # a layer that did not move
            kept = kept / scales.repeat_interleave(counts, output_size=len(kept))
        else:
            scales = torch.ones_like(scales)
            kept = kept.clone()
        held = samples.cpu().numpy()
        if held.max(initial=0) > np.iinfo(np.int32).max:
            raise ValueError(f"a ledger stores positions up to {np.iinfo(np.int32).max}, not {held.max()}")
        self._append(
            Entry(
                step,
                held.astype(np.int32),
                mask,
                kept.to(getattr(torch, self.values)).cpu(),
                scales.cpu(),
            )
        )

    def _append(self, entry: Entry) -> None:
        if len(self) % self.chunk_steps == 0:
            self.chunks.append([])
        self.chunks[-1].append(entry)
        self.steps.append(entry.step)
        self.samples.append(entry.samples)
        if self.spill is not None and len(self) % self.chunk_steps == 0:
            self._hand_over()

    def _holding(self, wanted: np.ndarray) -> list[int]:
        """Places, in the order of recording, of the steps whose batch held one of the samples."""
        if not self.samples:
            return []
        starts = np.cumsum([0, *map(len, self.samples[:-1])])
        return np.flatnonzero(np.logical_or.reduceat(np.isin(np.concatenate(self.samples), wanted), starts)).tolist()

    def _total(self, sample_indices, already) -> Float[Tensor, " d"]:
        total = torch.zeros(self.layout.size, dtype=torch.float64)
        counts = torch.tensor(self.selection.counts(self.layout))
        gone = set(self._holding(already.numpy()))
        asked = self._holding(sample_indices.numpy())
        if len(sample_indices) and not asked:
            warnings.warn("no recorded step used any of these samples: nothing is taken back", stacklevel=3)
        places = [place for place in asked if place not in gone]
        for number, held in itertools.groupby(places, key=lambda i: i // self.chunk_steps):
            chunk = self._read(number)
            for entry in (chunk[i % self.chunk_steps] for i in held):
                change = entry.values.double() * entry.scales.double().repeat_interleave(counts)
                if len(entry.mask):
                    total.index_add_(0, _unpack(entry.mask, len(total)).nonzero().flatten(), change)
                else:
                    total += change
        return total

    # ---- files: a ledger in one file, or an index and a file for each chunk

    def save(self, path: str | Path) -> None:
        """Store the ledger, checksummed, in one safetensors file.

        A spilled ledger is read into memory for this. If it does not fit, copy its folder instead.
        """
        if not self.finalised:
            raise ValueError("this ledger holds no finished training run; nothing is saved")
        storage.save(path, self._tensors(self.entries), self._facts())

    @classmethod
    def load(cls, path: str | Path) -> Ledger:
        """Read a saved ledger, or open the folder of a spilled one, whose chunks are read when they are needed.

        Raises:
            FileNotFoundError: there is no such file, or the folder holds no ledger.
            ValueError: the training run that spilled into this folder did not finish, see `recover`; or the file
                holds something else.
            mu.storage.CorruptFile: a byte of the file is not what was written; the message names the file.
                The same, and FileNotFoundError, are raised for a chunk by the method that needs it.
        """
        path = Path(path)
        ledger, tensors, facts = cls._open(path / INDEX if path.is_dir() else path)
        if "chunk" in facts:
            raise ValueError(f"{path} is one chunk of a ledger; load its folder")
        if "chunks" not in facts:
            for entry in _entries(tensors):
                ledger._append(entry)
        elif facts["finalised"]:
            ledger.steps = tensors["steps"].tolist()
            ledger.samples = _split_samples(tensors)
            ledger.chunks = [None] * len(facts["chunks"])
        else:
            raise ValueError(
                f"the training run that spilled into {ledger.spill.path} did not finish; "
                f"mu.Ledger.recover opens the steps that are complete"
            )
        ledger.finalised = True
        return ledger

    @classmethod
    def recover(cls, folder: str | Path) -> Ledger:
        """The complete chunks of a run that did not finish: a ledger of its first `steps_seen` training steps.

        It can be subtracted from the model as it was after those steps, and from no other, which is checked where
        training handed it the parameters, as `mu.train` does. Without a complete chunk it fits no model.
        Writes nothing.

        Raises:
            FileNotFoundError: the folder holds no ledger.
            mu.storage.CorruptFile: a chunk is damaged; the message names it.
        """
        ledger, _, facts = cls._open(Path(folder) / INDEX)
        if facts["finalised"]:
            return cls.load(folder)
        while ledger.spill.chunk(len(ledger.chunks)).exists():
            tensors, facts = ledger.spill.read(len(ledger.chunks))
            ledger.chunks.append(None)
            ledger.steps += tensors["steps"].tolist()
            ledger.samples += _split_samples(tensors)
            ledger.steps_seen, ledger.final = facts["steps_seen"], facts["final"]
        if not ledger.chunks:
            ledger.final = ""  # the hash of no model
        ledger.finalised = True
        return ledger

    @classmethod
    def _open(cls, path: Path) -> tuple[Ledger, dict[str, Tensor], dict]:
        """A file's tensors and facts, and a ledger with its settings and no steps yet."""
        tensors, facts = storage.load(path)
        if "keep" not in facts:
            raise ValueError(f"{path} holds something else than a ledger")
        ledger = cls(
            facts["keep"],
            facts["rule"],
            layers=facts["layers"],
            only=tensors.get("only"),
            seed=facts["seed"],
            values=facts["values"],
        )
        ledger.layout = Layout(tuple(facts["names"]), tuple(tuple(shape) for shape in facts["shapes"]))
        ledger.steps_seen, ledger.final = facts["steps_seen"], facts["final"]
        if "chunks" in facts:
            ledger.spill, ledger.chunk_steps = Spill(path.parent, facts["run"]), facts["chunk_steps"]
        return ledger, tensors, facts

    def _hand_over(self) -> None:
        """Give the last chunk to the folder."""
        number, entries = len(self.chunks) - 1, self.chunks[-1]
        last = self.steps[number * self.chunk_steps - 1] if number else None
        facts = self._facts()
        if not self.final and self._parameters is not None:
            facts["final"] = _hash(self._parameters)
        self.spill.write_later(number, lambda: self._tensors(entries), facts, last)
        self.chunks[-1] = None

    def _write_index(self, finalised: bool) -> None:
        facts = {
            **self._facts(),
            "finalised": finalised,
            "chunk_steps": self.chunk_steps,
            "chunks": [self.spill.chunk(number).name for number in range(len(self.chunks))],
        }
        last = self.steps[-1] if self.steps else None
        self.spill.write(INDEX, self._index(self.steps, self.samples), facts, last)

    def _read(self, number: int) -> list[Entry]:
        chunk = self.chunks[number]
        return _entries(self.spill.read(number)[0]) if chunk is None else chunk

    def _index(self, steps: list[int], samples: list[np.ndarray]) -> dict[str, Tensor]:
        return {
            "steps": torch.tensor(steps, dtype=torch.int64),
            "lengths": torch.tensor([len(ids) for ids in samples], dtype=torch.int64),
            "samples": torch.from_numpy(np.concatenate([np.empty(0, np.int32), *samples])),
            **({} if self.only is None else {"only": self.only}),
        }

    def _tensors(self, entries: list[Entry]) -> dict[str, Tensor]:
        stack = lambda parts, empty: torch.stack(parts) if parts else empty
        return {
            **self._index([e.step for e in entries], [e.samples for e in entries]),
            "masks": stack([e.mask for e in entries], torch.empty(0, 0, dtype=torch.uint8)),
            "values": stack([e.values for e in entries], torch.empty(0, 0)),
            "scales": stack([e.scales for e in entries], torch.empty(0, 0)),
        }

    def _facts(self) -> dict:
        return {
            "keep": self.keep,
            "rule": self.selection.rule,
            "layers": self.selection.layers,
            "seed": self.selection.seed,
            "values": self.values,
            "names": self.layout.names,
            "shapes": self.layout.shapes,
            "steps_seen": self.steps_seen,
            "final": self.final,
        }


class RunningSum(Recorder):
    """The sum of the (pruned) steps that held one of the samples in `only`: one vector, whatever the steps.

    Enough when the forget set is known before training; useless when it is chosen afterwards.
    """

    def __init__(self, keep: float = 1.0, rule: str = "top", *, only: Int64[Tensor, " n"], **options) -> None:
        super().__init__(keep, rule, only=only, **options)
        self.held = 0  # positions in the batches of the steps in the sum

    @property
    def nbytes(self) -> int:
        return self.sum.nbytes

    @property
    def ledger_nbytes(self) -> int:
        """Bytes of a ledger, in float16, of the steps that are in the sum."""
        return _bytes(self, self.held, "float16")

    def begin(self, layout: Layout) -> None:
        super().begin(layout)
        self.sum = torch.zeros(layout.size, dtype=torch.float64)

    def affected(self, sample_indices: Int64[Tensor, " n"]) -> Int64[Tensor, " steps"]:
        """Numbers of the steps in the sum. The samples must be exactly those of `only`."""
        self._require_all(positions(sample_indices).cpu())
        return torch.tensor(self.steps, dtype=torch.int64)

    def _store(self, step, change, samples) -> None:
        if not self.selection.keeps_all(self.layout):
            change = change * self.selection.mask(change, self.layout, step)
        self.sum = self.sum.to(change.device)  # at the first step; then it stays where training is
        self.sum += change
        self.steps.append(step)
        self.held += len(samples)

    def _total(self, sample_indices, already) -> Float[Tensor, " d"]:
        self._require_all(sample_indices)
        if len(already):
            raise ValueError("a running sum is taken back once; it does not know which step is whose")
        return self.sum

    def _require_all(self, sample_indices: Int64[Tensor, " n"]) -> None:
        if not torch.equal(sample_indices.unique(), self.only.unique()):
            raise ValueError("a running sum can take back only the whole set it was kept for")


def _bytes(recorder: Recorder, held: int, values: str) -> int:
    """Bytes of a ledger of a recorder's steps, whose batches hold so many positions."""
    if not recorder.steps:
        return 0
    selection, layout = recorder.selection, recorder.layout
    mask = 0 if selection.keeps_all(layout) else -(-layout.size // 8)
    kept = sum(selection.counts(layout)) * getattr(torch, values).itemsize
    return len(recorder.steps) * (4 + mask + kept + 4 * len(layout.names)) + 4 * held


def _entries(tensors: dict[str, Tensor]) -> list[Entry]:
    """The steps in a file's tensors; the inverse of `Ledger._tensors`."""
    heavy = (tensors[name] for name in ("masks", "values", "scales"))
    return [
        Entry(int(step), *parts)
        for step, *parts in zip(tensors["steps"], _split_samples(tensors), *heavy, strict=True)
    ]


def _split_samples(tensors: dict[str, Tensor]) -> list[np.ndarray]:
    return [ids.numpy() for ids in tensors["samples"].split(tensors["lengths"].tolist())]


def _hash(parameters: Float[Tensor, " d"]) -> str:
    return tensor_hash(parameters.detach().float())  # numpy has no bfloat16


def _pack(mask: Tensor) -> Tensor:
    """bool[d] -> uint8[ceil(d / 8)] on the CPU, first entry in the lowest bit; from a GPU an eighth is moved."""
    return _packed(mask).cpu() if mask.is_cuda else torch.from_numpy(np.packbits(mask.numpy(), bitorder="little"))


def _packed(mask: Tensor) -> Tensor:
    """The same by operations that every device has; on a CPU several times slower than numpy's."""
    eights = torch.nn.functional.pad(mask, (0, -len(mask) % 8)).view(-1, 8)
    return (eights << torch.arange(8, device=mask.device, dtype=torch.uint8)).sum(1, dtype=torch.uint8)


def _taken(change: Tensor, chosen: Tensor) -> Tensor:
    """change[chosen]; on the CPU by positions, in a third of the time."""
    return change[chosen if chosen.is_cuda else torch.from_numpy(np.flatnonzero(chosen.numpy()))]


def _unpack(packed: Tensor, size: int) -> Tensor:
    """The inverse of `_pack`."""
    return torch.from_numpy(np.unpackbits(packed.numpy(), count=size, bitorder="little")).bool()
