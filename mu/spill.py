"""The folder of a ledger that is larger than memory: one file for each chunk of its steps, and an index.

Chunks are written in the background while training goes on. The index is written at the start, which claims the
folder and says that the run has not finished, and again at the end. Every file names its run, so that chunks of two
runs cannot mix.
"""

from __future__ import annotations

import errno
import secrets
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from mu import storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

INDEX = "ledger.safetensors"  # settings, steps and samples, names of the chunks
WAITING = 2  # chunks that may wait for the disk, beside the one being written; ours: rides out a short stall


class LedgerFull(RuntimeError):
    """The disk under a spilled ledger is full. The message names the folder and the last complete step."""


class Spill:
    """Chunks of one training run in a folder. `last` is always the last step that is complete without the file.

    Args:
        path: of the folder.
        run: name of the run that wrote into it; `claim` gives a new one.
    """

    def __init__(self, path: Path, run: str = "") -> None:
        self.path = path
        self.run = run

    def claim(self) -> None:
        """Make the folder, for a new run.

        Raises:
            FileExistsError: it holds something already; the message names it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        if any(self.path.iterdir()):
            raise FileExistsError(f"{self.path} is not empty; spill a ledger into a folder of its own")
        self.run = secrets.token_hex(8)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mu.Ledger")
        self._writes: deque[Future] = deque()

    def write(self, name: str, tensors: dict[str, Tensor], facts: dict, last: int | None) -> None:
        """Write one file.

        Raises:
            LedgerFull: the disk is full.
        """
        try:
            storage.save(self.path / name, tensors, {**facts, "run": self.run})
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            steps = "no step is complete" if last is None else f"step {last} is the last complete one"
            raise LedgerFull(
                f"no space left for the ledger in {self.path}: {steps}; "
                f"mu.Ledger.recover opens the steps that are complete"
            ) from error

    def write_later(self, number: int, make: Callable[[], dict[str, Tensor]], facts: dict, last: int | None) -> None:
        """Write chunk `number` in the background, its tensors made there; wait if too many wait already."""
        self.wait(WAITING)
        task = lambda: self.write(self.chunk(number).name, make(), {**facts, "chunk": number}, last)
        self._writes.append(self._writer.submit(task))

    def wait(self, pending: int = WAITING + 1) -> None:
        """Wait until at most `pending` chunks are not written yet; raise what went wrong with one."""
        while self._writes and (len(self._writes) > pending or self._writes[0].done()):
            if error := self._writes[0].exception():
                self._writer.shutdown(cancel_futures=True)  # nothing writes once the error is out
                raise error  # and again at every later call: the chunk stays first in the queue
            self._writes.popleft()

    def close(self) -> None:
        """Wait for everything that is to be written."""
        self.wait(0)
        self._writer.shutdown()

    def chunk(self, number: int) -> Path:
        return self.path / f"chunk-{number:05d}.safetensors"

    def read(self, number: int) -> tuple[dict[str, Tensor], dict]:
        """Tensors and facts of a chunk.

        Raises:
            FileNotFoundError: there is no such chunk.
            mu.storage.CorruptFile: it is damaged, or another's.
        """
        tensors, facts = storage.load(self.chunk(number))
        if (facts.get("run"), facts.get("chunk")) != (self.run, number):
            raise storage.CorruptFile(f"{self.chunk(number)} is not chunk {number} of the ledger in {self.path}")
        return tensors, facts
