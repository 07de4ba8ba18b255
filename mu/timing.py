"""How long unlearning takes: RTE, the run-time of the papers' tables."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping

import torch


class Stopwatch:
    """Seconds of a `stopwatch` block, and those since it began."""

    seconds: float = math.nan
    elapsed: Callable[[], float]


@contextlib.contextmanager
def stopwatch(device: str | torch.device = "cpu") -> Iterator[Stopwatch]:
    """Time a block: RTE is the time of the unlearning call alone.

    On a GPU seconds by the clock, the device waited for at both ends; on a CPU processor seconds of this process:
    waiting for other work on the machine does not enter, though caches and clock rate shared with it do. With one
    thread, as experiments run, both agree when idle.
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


def timed(calls: Mapping[str, Callable[[], object]], repeats: int, device: str) -> Iterator[tuple[str, float]]:
    """(name, seconds) of each call: the fastest of `repeats` runs, after one to warm up."""
    for name, call in calls.items():
        call()
        seconds = []
        for _ in range(repeats):
            with stopwatch(device) as watch:
                call()
            seconds.append(watch.seconds)
        yield name, min(seconds)
