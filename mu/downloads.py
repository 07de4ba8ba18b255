"""The official files of a data set: found, downloaded, and read only where their checksum matches.

A file is looked for in $MU_DATA, then in the user's cache, else downloaded into the cache. The first one
found counts: it is read into memory once, its MD5 compared with the official one, and those bytes are handed on.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from mu import storage


class DataError(RuntimeError):
    """A data file is missing, cannot be downloaded or is not the official one. The message has the fix."""


class FileStatus(NamedTuple):
    """What `verify` found out about one file."""

    file: str  # path below a data folder
    path: Path | None  # where it was found
    status: str  # "ok", "missing" or "corrupt"
    md5: str = ""  # as found


@dataclass(frozen=True)
class File:
    """An official file."""

    path: str  # below a data folder, in torchvision's layout
    md5: str
    urls: tuple[str, ...] = ()  # mirrors, in the order they are tried


@dataclass(frozen=True)
class Files:
    """All files of a data set, and where they come from."""

    name: str  # of the data set
    files: tuple[File, ...] = ()
    archive: File | None = None  # the one download that all files are in
    package: str = ""  # requirement of the Python package that ships the files, if one does

    def folders(self) -> list[Path]:
        if not self.package:
            return data_folders()
        spec = importlib.util.find_spec(self.package.partition("==")[0])
        return [Path(folder) for folder in spec.submodule_search_locations] if spec else []

    def find(self, file: File) -> Path | None:
        paths = (folder / file.path for folder in self.folders())
        return next((path for path in paths if path.is_file()), None)

    def contents(self) -> Iterator[bytes]:
        """The verified content of each file in turn, one in memory at a time; first downloads what is missing.

        Raises:
            DataError: a file cannot be downloaded, or is not the official one.
        """
        self._download([file for file in self.files if self.find(file) is None])
        for file in self.files:
            path = self.find(file)
            content = path.read_bytes()
            self._check(file, path, _md5(content))
            yield content

    def verify(self) -> list[FileStatus]:
        """Compare every file with its official checksum; nothing is downloaded or changed."""
        found = []
        for file in self.files:
            path = self.find(file)
            md5 = _md5(path.read_bytes()) if path else ""
            status = "missing" if path is None else "ok" if md5 == file.md5 else "corrupt"
            found.append(FileStatus(file.path, path, status, md5))
        return found

    def fetch(self) -> list[FileStatus]:
        """Download what is missing, replace what is corrupt in the user's cache.

        Raises:
            DataError: a download failed, or a corrupt file lies in a folder that is not ours to write to.
        """
        wanted = []
        for file, found in zip(self.files, self.verify()):
            if found.path in (None, data_folders()[-1] / file.path):
                wanted += [file] if found.status != "ok" else []
            else:
                self._check(file, found.path, found.md5)
        self._download(wanted)
        return self.verify()

    def _check(self, file: File, path: Path, md5: str) -> None:
        if md5 == file.md5:
            return
        if self.package:
            fix = f"pip install --force-reinstall {self.package}"
        elif path == data_folders()[-1] / file.path:
            fix = f"`mu data fetch {self.name}` replaces it"
        else:
            fix = f"delete it or put the official file in its place, then `mu data fetch {self.name}`"
        raise DataError(f"{path} is partial or altered: its MD5 is {md5}, expected {file.md5}. Fix: {fix}")

    def _download(self, wanted: list[File]) -> None:
        """Put files into the user's cache; each appears there verified and in one step."""
        if not wanted:
            return
        if self.package:
            raise DataError(f"{self.name} comes with a package that is missing: pip install {self.package}")
        from torchvision.datasets.utils import extract_archive

        try:
            with tempfile.TemporaryDirectory() as folder:
                for file in [self.archive] if self.archive else wanted:
                    _download_one(file, Path(folder, file.path))
                if self.archive:
                    extract_archive(str(Path(folder, self.archive.path)), folder)
                for file in wanted:
                    content = Path(folder, file.path).read_bytes()
                    if _md5(content) != file.md5:
                        raise DataError(f"{file.path} came with MD5 {_md5(content)}, expected {file.md5}")
                    with storage.replacing(data_folders()[-1] / file.path) as path:
                        path.write_bytes(content)
        except (OSError, RuntimeError) as error:
            raise DataError(
                f"{self.name}: no usable {', '.join(file.path for file in wanted)} "
                f"in {' or '.join(map(str, self.folders()))}, and downloading failed ({error}). "
                f"Fix: `mu data fetch {self.name}` with a network, or put them under $MU_DATA by these paths"
            ) from error


def data_folders() -> list[Path]:
    """Where data files are looked for, in order. The last is the user's cache, the only one written to."""
    cache = storage.cache_folder() / "data"
    given = os.environ.get("MU_DATA")
    return [Path(given).expanduser(), cache] if given else [cache]


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _download_one(file: File, path: Path) -> None:
    """Download from the first mirror that serves the official file."""
    from torchvision.datasets import utils

    failures = []
    for url in file.urls:
        try:
            return utils.download_url(url, path.parent, path.name, file.md5)
        except (OSError, RuntimeError, HTTPException) as error:
            failures.append(f"{url}: {error}")
    raise DataError("; ".join(failures))
