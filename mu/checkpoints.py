"""Long training that survives a kill.

Inside `resumable(folder)` every call of `mu.train` leaves its state there about once a minute, at the end of an
epoch, and a call that finds its state goes on from it: the result is bitwise that of a run without a break, where
`mu.train` repeats. Calls are told apart by their order, so what runs inside must make the same calls each time.
Trainings with recorders or `on_step` have state that is not saved; they start over. What a caller's `loss` or
`on_gradient` remembers is not saved either, so MUNBa must not run inside.
"""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mu import storage
from mu.models import device_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

EVERY = 60.0  # seconds between two states; ours


@dataclass
class Run:
    """One block of `resumable`."""

    folder: Path
    elapsed: Callable[[], float]  # seconds since the block began, by the clock that its time is taken with
    earlier: float = 0.0  # seconds that earlier processes spent on what was gone on from
    calls: int = 0


_RUN: ContextVar[Run | None] = ContextVar("run", default=None)


@contextlib.contextmanager
def resumable(folder: Path, elapsed: Callable[[], float]) -> Iterator[Run]:
    """Training inside leaves its state in `folder` and goes on from it; the caller deletes the folder when done."""
    token = _RUN.set(Run(folder, elapsed))
    try:
        yield _RUN.get()
    finally:
        _RUN.reset(token)


class Checkpoint:
    """The state of one training: model, optimiser and all random generators."""

    def __init__(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, generator: torch.Generator, enabled: bool = True
    ) -> None:
        self.model, self.optimizer, self.generator = model, optimizer, generator
        self.device = device_of(model)
        self.run, self.saved = _RUN.get() if enabled else None, time.monotonic()
        if self.run:
            self.path = self.run.folder / f"{self.run.calls}.safetensors"
            self.run.calls += 1

    def load(self) -> int:
        """Go on from the state of an earlier process; the number of epochs done by then, 0 if there is none.

        Raises:
            mu.storage.CorruptFile: the file is damaged; the message names it.
        """
        if not self.run or not self.path.exists():
            return 0
        tensors, facts = storage.load(self.path)
        part = lambda kind: {k.removeprefix(kind): t for k, t in tensors.items() if k.startswith(kind)}
        self.model.load_state_dict(part("model."))  # in place: parameters stay views of the flat vector
        self.optimizer.load_state_dict(self.optimizer.state_dict() | {"state": {0: part("optimizer.")}})
        self.generator.set_state(tensors["random.batches"])
        torch.default_generator.set_state(tensors["random.cpu"])
        if "random.cuda" in tensors:
            torch.cuda.set_rng_state(tensors["random.cuda"], self.device)
        self.run.earlier = max(self.run.earlier, facts["seconds"])
        return facts["epochs"]

    def save(self, epochs: int, last: bool) -> None:
        """Keep the state after so many epochs if the last one kept is older than `EVERY`.

        After the last epoch only if an earlier one is there: a later call would go on from that.
        """
        if not self.run or not (time.monotonic() - self.saved >= EVERY or (last and self.path.exists())):
            return
        state = self.optimizer.state_dict()["state"].get(0, {})
        tensors = {
            **{f"model.{name}": t.clone() for name, t in self.model.state_dict().items()},
            **{f"optimizer.{name}": t for name, t in state.items() if t is not None},
            "random.batches": self.generator.get_state(), "random.cpu": torch.default_generator.get_state(),
        }  # fmt: skip
        if self.device.type == "cuda":
            tensors["random.cuda"] = torch.cuda.get_rng_state(self.device)
        seconds = self.run.earlier + self.run.elapsed()
        storage.save(self.path, tensors, {"epochs": epochs, "seconds": seconds})
        self.saved = time.monotonic()
