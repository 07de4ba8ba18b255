"""Files that are whole or absent, and checked when read.

Checkpoints, ledgers, tasks and records all go through here. A file is written to a temporary name
in the same folder and renamed, so a reader never sees half of it. Tensors are stored as safetensors
(nothing is unpickled) together with a SHA-256 over every tensor and all metadata.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor


class CorruptFile(RuntimeError):
    """A stored file does not match the checksum written with it. The message names the file."""


def cache_folder() -> Path:
    """$MU_CACHE, else ~/.cache/mu: downloaded data and trained models. Safe to delete."""
    return Path(os.environ.get("MU_CACHE") or "~/.cache/mu").expanduser()


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends without an error.

    Raises:
        OSError: it cannot be written, for want of space for instance; the message names `path`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp makes it private; a record is meant to be shared
        temporary.replace(path)
    except OSError as error:
        if error.errno is None:  # not the system's
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path` in one step."""
    with replacing(path) as temporary:
        temporary.write_text(text)


def digest(value: object, length: int = 16) -> str:
    """Hash of anything JSON can hold, independent of key order: the name of a configuration."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def digest_files(root: Path, files: Iterable[Path]) -> str:
    """Hash of files below a folder, by name and content, whatever their order."""
    sha = hashlib.sha256()
    for file in sorted(files):
        sha.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return sha.hexdigest()[:16]


def save(path: str | Path, tensors: dict[str, Tensor], metadata: dict) -> None:
    """Store tensors and JSON-able metadata, with their checksum, in one safetensors file."""
    tensors = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    text = json.dumps(metadata, sort_keys=True)
    with replacing(path) as temporary:
        try:
            save_file(tensors, temporary, {"metadata": text, "sha256": _checksum(tensors, text)})
        except SafetensorError as error:  # it hands the system's error on as text only
            if code := re.search(r"\(os error (\d+)\)", str(error)):
                raise OSError(int(code[1]), os.strerror(int(code[1]))) from error
            raise


def load(path: str | Path) -> tuple[dict[str, Tensor], dict]:
    """Read what `save` wrote.

    Raises:
        FileNotFoundError: there is no such file.
        CorruptFile: the content does not match its checksum, or is no such file at all.
    """
    if not Path(path).exists():
        raise FileNotFoundError(f"no file {path}")
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except SafetensorError as error:
        raise CorruptFile(f"{path} is damaged, or was not written by mu: {error}") from error
    text = header.get("metadata", "")
    if header.get("sha256") != _checksum(tensors, text):
        raise CorruptFile(f"{path} is damaged: it does not match its checksum")
    return tensors, json.loads(text)


def _checksum(tensors: dict[str, Tensor], text: str) -> str:
    sha = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        t = tensors[name]
        sha.update(f"{name} {t.dtype} {tuple(t.shape)}".encode())
        if t.numel():
            sha.update(memoryview(t.reshape(-1).view(torch.uint8).numpy()))
    return sha.hexdigest()
