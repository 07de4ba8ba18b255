"""Runs the cells of an item: skips what is recorded, survives a kill, keeps to a budget, uses every core.

A *cell* is one entry of an item's grid at one seed. Its rows are written as soon as it ends, so a run killed
at any moment loses at most the cells in progress, and the next run goes on from there. On a CPU every cell runs with
one thread, in worker processes if there are several, so results do not depend on how many run side by side.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import torch

from mu import results
from mu.data import DataError
from mu.experiments import get_item, primary_items
from mu.experiments.cache import code_digest
from mu.results import Segment
from mu.storage import digest
from mu.training import deterministic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mu.experiments import Cell, Item

BACKENDS = ("loky", "dask")
LIBRARIES = ("torch", "torchvision", "numpy", "pandas", "scikit-learn")


class BudgetSpent(Exception):
    """The time budget ended before the grid did; what was finished is recorded."""


class Finished(NamedTuple):
    """A cell that has ended."""

    cell: Cell
    rows: list[dict] | DataError  # the error where its data are not at hand
    seconds: float


def live_folder() -> Path:
    """Where notebooks record: not committed, and redone when the code that computes changes."""
    return results.home() / "_build" / "live"


def run(
    item: str,
    profile: str = "quick",
    seeds: int | None = None,
    *,
    only: Mapping[str, str] | None = None,
    device: str = "auto",
    out: Path | None = None,
    budget: float | None = None,
    backend: str = "loky",
    workers: int | None = None,
) -> pd.DataFrame:
    """Run what is missing of an item and return all its rows for these settings.

    A cell that another item's record in the same folder holds, from the same settings and seed, is taken over.

    Args:
        item: id from `mu list`.
        profile: smoke, quick, laptop or paper: the sizes, never the code.
        seeds: how many seeds (0, 1, ...); the profile's own number if None.
        only: run only cells with these settings, see `mu.experiments.Item.cells`.
        device: "cpu", "cuda", or "auto" for a GPU if there is one.
        out: folder of the record. None is the live folder, where a cell also counts as missing when the
            code that computes it has changed since.
        budget: seconds; no cell is begun that is not expected to end inside, and one that overruns is ended.
        backend: "loky" (processes on this machine) or "dask" (the cluster that dask.distributed is set to).
        workers: cells side by side with loky; None is every core of a CPU, and one on a GPU, which holds more if
            the networks are small. Of cells that share a model one trains it; their seconds have the waiting in them.

    Raises:
        ValueError: unknown item, profile, device or backend, no worker, or no such cell.
        BudgetSpent: not every cell fitted; what did is recorded.
        DataError: the data of some cells are not at hand; all others are recorded.
        ChildProcessError: a worker process was killed; what was finished is recorded.
        OSError: a disk is full, or a folder cannot be written.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    if backend not in BACKENDS:
        raise ValueError(f"unknown backend {backend!r}; choose one of {', '.join(BACKENDS)}")
    device = resolve_device(device)
    cells = get_item(item).cells(profile, seeds, only)
    wanted = {cell.key for cell in cells}
    item = get_item(item).record
    root = out or live_folder()
    root.mkdir(parents=True, exist_ok=True)
    if not os.access(root, os.W_OK):  # better now than after the first cell
        raise PermissionError(f"cannot write into {root}")
    record = results.read(item, profile, root)
    code = code_digest(item)
    done = {s.cell for s in record.segments if out is not None or s.code == code}
    lacking = [cell for cell in cells if cell.key not in done]
    for segment, rows in _computed_for_others(get_item(item), lacking, profile, root):
        if out is not None or segment.code == code:
            record = results.add(segment, rows, item, profile, root)
            done.add(segment.cell)
    missing = [cell for cell in lacking if cell.key not in done]
    provenance = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit(), "code": code,
        "hardware": hardware(device, min(workers or 1, len(missing))),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }  # fmt: skip
    counted = [segment for segment in record.segments if segment.cell in done]
    if elsewhere := _elsewhere(counted, missing, hardware(device)):
        differ = "models trained here may differ from theirs, so one machine should record all of a seed"
        print(f"{item}: cells of these seeds are from {elsewhere}; {differ}", file=sys.stderr)
    start = time.monotonic()
    data_error: DataError | None = None
    known = {digest(s.settings): s.seconds for s in record.segments}  # what a cell cost at another seed
    for cell, rows, seconds in _finished(missing, known, device, backend, budget, workers):
        if isinstance(rows, DataError):
            data_error = rows  # the others may have theirs
            continue
        known[digest(cell.settings)] = seconds
        segment = Segment(cell.key, cell.settings, cell.seed, seconds=round(seconds, 2), **provenance)
        with _no_alarm():
            record = results.add(segment, pd.DataFrame(rows), item, profile, root)
        have = len(record.cells & wanted)
        elapsed = time.monotonic() - start
        said = f"[{have}/{len(cells)}] {cell}: {seconds:.0f} s ({elapsed:.0f} s elapsed)"
        print(said, file=sys.stderr, flush=True)
    if data_error:
        raise data_error
    record.keep_only(wanted)
    rows = record.frame
    rows.attrs = {"profile": profile, "seeds": len({cell.seed for cell in cells}), "hardware": hardware(device)}
    return rows


def _computed_for_others(
    item: Item, cells: list[Cell], profile: str, root: Path
) -> Iterator[tuple[Segment, pd.DataFrame]]:
    """What other items' records hold of these cells: computed by the same function from the same settings and seed.

    Tables overlap, and under small profiles one data set stands for several.
    """
    others = [other for other in primary_items() if cells and other.run is item.run and other is not item]
    for other in others:
        record = results.read(other.id, profile, root)
        theirs = {segment.cell: segment for segment in record.segments}
        for cell in cells:
            twin = replace(cell, item=other.id, revision=other.revision).key
            if twin in theirs:
                yield replace(theirs[twin], cell=cell.key), record.text[record.text["cell"] == twin]


def _elsewhere(recorded: list[Segment], missing: list[Cell], here: str) -> str:
    """What else cells of the missing ones' seeds were recorded on; however many cells shared it."""
    begun = {cell.seed for cell in missing}
    on = {segment.hardware for segment in recorded if segment.seed in begun}
    return "; ".join(sorted(name for name in on if not f"{name}, ".startswith(f"{here}, ")))


def _finished(
    missing: list[Cell], known: dict[str, float], device: str, backend: str, budget: float | None, workers: int | None
) -> Iterator[Finished]:
    """Compute the missing cells and yield each as it ends, in whatever order."""
    from joblib import Parallel, cpu_count, delayed

    deadline = None if budget is None else time.monotonic() + budget
    workers = min(workers or (cpu_count() if device == "cpu" else 1), len(missing) or 1)
    parent = None if backend == "dask" else os.getpid()  # dask's workers have a life of their own
    refused: list[Cell] = []
    todo = (delayed(_run_cell)(cell, device, parent) for cell in _affordable(missing, known, deadline, refused))
    with _backend(backend, device, workers), _alarm(deadline):
        # One cell per worker in flight: the next is taken only when one ends, so the budget can refuse it.
        parallel = Parallel(return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1)
        try:
            yield from parallel(todo)
        except BrokenProcessPool as error:
            raise ChildProcessError(
                "a worker process was killed, most often for want of memory; what was finished is recorded, "
                "and fewer workers at once need less"
            ) from error
    if refused:
        raise BudgetSpent(f"{len(refused)} cells would not end inside the budget, {refused[0]} first")


@contextlib.contextmanager
def _backend(name: str, device: str, workers: int) -> Iterator[None]:
    """Where joblib runs cells: on dask's cluster; in this process, if on a GPU one by one; in worker processes."""
    from joblib import parallel_config

    if name == "dask":
        try:
            from dask.distributed import Client
        except ImportError as error:
            raise ValueError("backend dask needs a package: pip install mu-companion[dask]") from error
        # The scheduler that dask is configured for, else one on this machine.
        with Client(), parallel_config("dask", n_jobs=-1):
            yield
    elif device != "cpu" and workers == 1:  # one CUDA context; the GPU is the parallelism
        with parallel_config("sequential"):
            yield
    else:
        with warnings.catch_warnings(), parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
            # A worker that has grown is replaced between two cells, and a run that ends early drops those begun:
            # joblib's warnings of it say nothing to a user.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
            warnings.filterwarnings("ignore", r"\d+ tasks which were still being processed", UserWarning)
            yield


def _run_cell(cell: Cell, device: str, parent: int | None) -> Finished:
    if parent not in (None, os.getpid()):
        _end_with(parent)
    start = time.perf_counter()
    try:
        with _repeatable(device):
            rows = get_item(cell.item).compute(cell, device)
    except DataError as error:
        rows = error
    return Finished(cell, rows, time.perf_counter() - start)


@contextlib.contextmanager
def _repeatable(device: str) -> Iterator[None]:
    """One thread on a CPU, the same convolutions every time on a GPU; afterwards as the caller had it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if device == "cpu" else threads)
    try:
        with deterministic():  # also outside of training
            yield
    finally:
        torch.set_num_threads(threads)


@cache
def _end_with(parent: int) -> None:
    """End this worker when `parent` is gone: it would compute what nobody collects."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _affordable(
    missing: list[Cell], known: dict[str, float], deadline: float | None, refused: list[Cell]
) -> Iterator[Cell]:
    """The missing cells that are expected to end before the deadline; the others go to `refused`.

    Args:
        known: hash of settings -> seconds that they took; of what is not in it nothing is expected.
    """
    for cell in missing:
        if deadline is not None and time.monotonic() + known.get(digest(cell.settings), 0) > deadline:
            refused.append(cell)
        else:
            yield cell


@contextlib.contextmanager
def _alarm(deadline: float | None) -> Iterator[None]:
    """Raise BudgetSpent in the main thread at the deadline."""
    if deadline is None:
        yield
        return

    def ring(signum, frame):
        raise BudgetSpent("the budget is spent; what was finished is recorded")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _no_alarm() -> Iterator[None]:
    """Hold the alarm back until the block ends: a cell that is finished is recorded."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def resolve_device(device: str) -> str:
    """ "auto" to a GPU if there is one, else the CPU."""
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device not in ("cpu", "cuda"):
        raise ValueError(f"unknown device {device!r}; choose one of auto, cpu, cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("no CUDA device is available; choose cpu or auto")
    return device


def commit() -> str:
    """The checkout's commit, with "+" if `mu` has uncommitted changes; "unknown" where git does not track `mu`."""
    git = lambda *words: subprocess.run(
        ["git", "-C", Path(__file__).parents[1], *words], capture_output=True, text=True, check=True
    ).stdout.strip()
    try:
        git("ls-files", "--error-unmatch", "mu/__init__.py")  # an installed copy may lie below another repository
        return git("rev-parse", "--short=10", "HEAD") + ("+" if git("status", "--porcelain", "mu") else "")
    except (subprocess.CalledProcessError, FileNotFoundError):
        return "unknown"


def hardware(device: str, workers: int = 1) -> str:
    """What the numbers were made on, in words; of a GPU how many cells shared it: its times are by the clock.

    Of a CPU also the instructions that PyTorch has there: processors of one name may differ in them, and in speed.
    """
    if device == "cuda":
        return torch.cuda.get_device_name() + (f", {workers} cells side by side" if workers > 1 else "")
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        name = lines[0].split(":")[1].strip() if lines else name
    return f"{name}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}"
