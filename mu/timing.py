"""How long unlearning takes: RTE, the run-time of the papers' tables."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator

import torch


class Stopwatch:
    """Seconds of a `stopwatch` block, and those since it began."""

    seconds: float = math.nan
    elapsed: Callable[[], float]


@contextlib.contextmanager
def stopwatch(device: str | torch.device = "cpu") -> Iterator[Stopwatch]:
    """Time a block: RTE is the time of the unlearning call alone.

    On a GPU seconds by the clock, the device waited for at both ends; on a CPU processor seconds of this process,
    which other work on the machine does not lengthen. With one thread, as experiments run, both agree when idle.
    """
    clock = time.perf_counter if torch.device(device).type == "cuda" else time.process_time
    watch = Stopwatch()
    _synchronise(device)
    start = clock()
    watch.elapsed = lambda: clock() - start
    yield watch
    _synchronise(device)
    watch.seconds = watch.elapsed()


def _synchronise(device: str | torch.device) -> None:
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)
