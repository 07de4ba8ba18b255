"""Trained models that are kept, and which source files they and the recorded numbers depend on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from filelock import FileLock

from mu import storage
from mu.checkpoints import resumable
from mu.experiments.item import CHAPTERS, PAPERS
from mu.ledger import Ledger, Recorder
from mu.timing import stopwatch

if TYPE_CHECKING:
    from torch import nn

PACKAGE = Path(__file__).parents[1]
# Source files that no recorded number depends on: they present, or run, but do not compute.
PRESENTATION = {
    "cli.py", "__main__.py", "book.py", "pages", "names.py", "results.py", "reported.py", "reproduced.py",
    "runner.py", "reading", "verdicts", "figures",
}  # fmt: skip
TRAINING = (
    "data.py", "downloads.py", "tasks.py", "models.py", "training.py", "checkpoints.py", "selection.py", "masks.py",
    "pruning.py", "ledger.py", "spill.py", "timing.py", "experiments/case.py",
)  # fmt: skip
KEPT_BYTES = 1e9  # ours: ledgers above this are not worth their disk; they are recorded again


class Trained(NamedTuple):
    model: nn.Module
    ledgers: Sequence[Recorder]
    seconds: float  # of training, recording included


def kept(
    config: dict,
    build: Callable[[], nn.Module],
    make: Callable[[nn.Module], nn.Module],
    *,
    device: str,
    ledgers: Sequence[Ledger] = (),
) -> Trained:
    """What `make(build())` returns, or what an earlier call with the same configuration and code left in the cache.

    A call that is killed leaves the state of its training there, and the next one goes on from it. A call beside
    another with the same configuration waits for it, which is not in the seconds.

    Args:
        config: everything but the code that decides the result, JSON-able (data, task, model, recipe, seed, ledgers).
        build: makes an untrained model with the same parameters and buffers as the result.
        ledgers: what `make` fills.

    Raises:
        mu.storage.CorruptFile: a kept file is damaged; the message names it.
    """
    config = {**config, "code": training_digest()}
    where = torch.cuda.get_device_name() if device == "cuda" else device  # seconds are those of one machine
    key = storage.digest({**config, "device": where, "torch": torch.__version__})
    folder, lock = storage.cache_folder() / "trained" / key, storage.cache_folder() / "locks" / key
    model = build().to(device)
    if found := _found(folder, model, len(ledgers)):
        return found
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):  # freed by the system if the process is killed
        return _found(folder, model, len(ledgers)) or _made(folder, config, model, make, device, ledgers)


def _found(folder: Path, model: nn.Module, ledgers: int) -> Trained | None:
    """What an earlier call left, if it is complete."""
    ready = folder / "model.safetensors"  # written last
    recorded = [folder / f"ledger{i}.safetensors" for i in range(ledgers)]
    if not all(file.exists() for file in (ready, *recorded)):
        return None
    tensors, facts = storage.load(ready)
    model.load_state_dict(tensors)
    return Trained(model.eval(), [Ledger.load(file) for file in recorded], facts["seconds"])


def _made(folder: Path, config: dict, model: nn.Module, make: Callable, device: str, ledgers) -> Trained:
    unfinished = folder / "unfinished"
    with stopwatch(device) as watch, resumable(unfinished, watch.elapsed) as run:
        model = make(model)
    trained = Trained(model, ledgers, run.earlier + watch.seconds)
    if sum(ledger.nbytes for ledger in ledgers) <= KEPT_BYTES:
        for i, ledger in enumerate(ledgers):
            ledger.save(folder / f"ledger{i}.safetensors")
        storage.save(folder / "model.safetensors", model.state_dict(), {"seconds": trained.seconds, **config})
    shutil.rmtree(unfinished, ignore_errors=True)
    return trained


def code_digest(item: str) -> str:
    """Hash of every source file that an item's numbers depend on."""
    own = item.split("-")[0]
    others = {f"experiments/{name}.py" for name in CHAPTERS if name != own and own in PAPERS}  # beyond reads them all
    counts = lambda name: name.parts[0] not in PRESENTATION and name.as_posix() not in others
    files = (file for file in PACKAGE.rglob("*.py") if counts(file.relative_to(PACKAGE)))
    return storage.digest_files(PACKAGE, files)


def training_digest() -> str:
    """Hash of the source files that a trained model depends on: kept models outlive a change of any other."""
    return storage.digest_files(PACKAGE, (PACKAGE / name for name in TRAINING))
