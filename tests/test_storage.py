"""Files: whole or absent, and refused when a byte is not what was written."""

import errno
import hashlib
import pickle

import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from mu import storage
from mu.storage import CorruptFile


@pytest.fixture
def stored(tmp_path):
    """A small file with tensors of several types, and what is in it."""
    tensors = {
        "half": torch.tensor([0.5, -2.0, 65504.0], dtype=torch.float16),
        "bits": torch.tensor([[1, 255], [0, 7]], dtype=torch.uint8),
        "ids": torch.tensor([3, 2**40], dtype=torch.int64),
        "empty": torch.empty(0, 3),
        "scalar": torch.tensor(2.5),
        "flags": torch.tensor([True, False]),
    }
    metadata = {"name": "a task", "nested": {"share": 0.1, "layers": None}, "list": [1, 2]}
    path = tmp_path / "some.safetensors"
    storage.save(path, tensors, metadata)
    return path, tensors, metadata


def test_round_trip_gives_back_every_tensor_and_all_metadata(stored):
    """Types, shapes, values and metadata survive; storing in another type or dropping metadata would fail this."""
    path, tensors, metadata = stored
    loaded, facts = storage.load(path)
    assert facts == metadata
    assert loaded.keys() == tensors.keys()
    for name, t in tensors.items():
        assert loaded[name].dtype == t.dtype
        assert torch.equal(loaded[name], t)


def test_views_and_gradients_can_be_stored(tmp_path):
    """A transposed view that needs a gradient is stored by value; without `contiguous` and `detach` it fails."""
    t = torch.arange(6.0, requires_grad=True).reshape(2, 3).t()
    storage.save(tmp_path / "file", {"t": t}, {})
    assert torch.equal(storage.load(tmp_path / "file")[0]["t"], t.detach())


def test_a_missing_file_is_named(tmp_path):
    """Absent is not corrupt: `FileNotFoundError` with the path; reading blindly would raise something else."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        storage.load(tmp_path / "nowhere")


def test_every_damaged_byte_is_refused(stored):
    """Each byte of the file, in header, metadata and tensors, is covered; leaving any out of the checksum fails."""
    path, *_ = stored
    whole = path.read_bytes()
    for position in range(len(whole)):
        for change in (1 << position % 8, 255):
            damaged = bytearray(whole)
            damaged[position] ^= change
            path.write_bytes(damaged)
            with pytest.raises(CorruptFile, match=str(path)):
                storage.load(path)


def test_every_truncation_is_refused(stored):
    """A file that ends early, even at no byte at all, never passes; catching fewer errors of the reader fails."""
    path, *_ = stored
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptFile, match=str(path)):
            storage.load(path)


@pytest.mark.parametrize("change", ["metadata", "names", "shape", "dtype", "extra", "no checksum"])
def test_well_formed_files_with_other_content_are_refused(stored, change):
    """A valid safetensors file with the old checksum but other content; a checksum of the bytes alone would pass."""
    path, tensors, _ = stored
    with safe_open(path, framework="pt") as file:
        header = file.metadata()
    if change == "metadata":
        header["metadata"] = header["metadata"].replace("0.1", "0.2")
    elif change == "names":
        tensors["other"] = tensors.pop("ids")
    elif change == "shape":
        tensors["bits"] = tensors["bits"].reshape(1, 4)
    elif change == "dtype":
        tensors["bits"] = tensors["bits"].view(torch.int8)
    elif change == "extra":
        tensors["more"] = torch.empty(0)
    else:
        header = {}
    save_file(tensors, path, header)
    with pytest.raises(CorruptFile, match="checksum"):
        storage.load(path)


def test_a_pickle_is_refused_and_not_run(tmp_path):
    """Nothing is unpickled; falling back to `torch.load` or `pickle.load` would create the file `ran`."""

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    path = tmp_path / "pickled"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(CorruptFile, match="pickled"):
        storage.load(path)
    assert not (tmp_path / "ran").exists()


def test_replacing_shows_old_content_until_the_end(tmp_path):
    """A reader sees the old file until the block ends, then the new one; writing in place would fail this."""
    path = tmp_path / "deep" / "file"
    storage.write_text(path, "old")
    with storage.replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.parent == path.parent  # else the rename may cross file systems
    assert path.read_text() == "new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_an_error_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    """A failed write changes nothing; renaming in `finally` would fail this, as would leaving the temporary."""
    path = tmp_path / "file"
    storage.write_text(path, "old")

    def fail():
        with storage.replacing(path) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.glob("*file*")) == [path]
    assert [p for p in tmp_path.iterdir() if p.is_file()] == [path]


@pytest.mark.parametrize("text", ["I/O error: No space left on device (os error 28)", "(os error 122)"])
def test_a_full_disk_is_said_to_be_and_where(tmp_path, monkeypatch, text):
    """safetensors has an error of its own for it. Breaks if a user is shown that, without the file."""

    def full(*_):
        raise SafetensorError(text)

    monkeypatch.setattr(storage, "save_file", full)
    with pytest.raises(OSError, match="brimful") as caught:
        storage.save(tmp_path / "brimful", {}, {})
    assert caught.value.errno in (errno.ENOSPC, errno.EDQUOT)
    assert not list(tmp_path.iterdir())


def test_an_error_of_writing_names_the_file(tmp_path):
    """Breaks if only the system's words come out, or the temporary file's name."""
    with (
        pytest.raises(OSError, match=r"No space left on device: .*/record\.csv") as caught,
        storage.replacing(tmp_path / "record.csv"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.errno == errno.ENOSPC


def test_digest_is_sha256_of_canonical_json():
    """Equal settings, equal name, whatever the order; `hash()` or unsorted keys would fail this."""
    assert storage.digest({"b": 1, "a": [0.5, None]}) == storage.digest({"a": [0.5, None], "b": 1})
    assert storage.digest({"a": (1, 2)}) == storage.digest({"a": [1, 2]})  # as it comes back from a file
    assert storage.digest({"a": 1}) != storage.digest({"a": 2})
    assert storage.digest({"b": 1, "a": None}, 64) == hashlib.sha256(b'{"a":null,"b":1}').hexdigest()
    assert len(storage.digest(0)) == 16


def test_what_is_stored_can_be_read_by_others(tmp_path):
    """Tasks and ledgers are meant to be shared: readable, like any new file. Breaks if the temporary file's mode
    stays, or that of the library that writes in its place."""
    storage.save(tmp_path / "a", {"x": torch.ones(2)}, {})
    storage.write_text(tmp_path / "b", "text")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o644, 0o644]
