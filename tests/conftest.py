"""Fixtures for every test: tiny data, tiny models, and folders of their own.

No test reads or writes the user's cache or the checkout's records: both folders are temporary. Tests run on
one thread, so that "bitwise" means the same on every machine.
"""

import itertools
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from filelock import FileLock
from torch import nn

import mu
from mu import results
from mu.experiments import CHAPTERS, get_item, items
from mu.models import Normalise
from mu.storage import digest, replacing

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """An empty cache and an empty checkout; returns the folder that holds both."""
    monkeypatch.setenv("MU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MU_HOME", str(tmp_path / "home"))
    for name in ("MU_DATA", "MU_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def noisy_folder(folders, monkeypatch):
    """(name, pixels a side) -> nothing; $MU_DATA then has it: 4 classes of 10 + 10 noisy pictures, each brighter."""
    from PIL import Image

    monkeypatch.setenv("MU_DATA", str(folders / "data"))
    noise = np.random.default_rng(0)

    def write(name, side):
        for part, label, i in itertools.product(("train", "test"), range(4), range(10)):
            folder = folders / "data" / name / part / f"class{label}"
            folder.mkdir(parents=True, exist_ok=True)
            pixels = noise.integers(0, 120, (side, side, 3)) + 30 * label
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{i}.png")

    return write


@pytest.fixture(scope="session")
def smoke(tmp_path_factory):
    """item -> (cell, its rows) for every cell of the smoke profile; computed once for all tests and all workers.

    Under `smoke` one data set stands for all, so that many items have cells in common, and trained models.
    """
    folder = tmp_path_factory.getbasetemp()
    shared = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "smoke"
    shared.mkdir(exist_ok=True)

    def rows(item, cell):
        made = shared / f"{digest([item.run.__module__, item.run.__qualname__, cell.settings, cell.seed])}.pickle"
        with FileLock(f"{made}.lock"), pytest.MonkeyPatch.context() as patch:
            if not made.exists():
                patch.setenv("MU_CACHE", str(shared / "cache"))
                with replacing(made) as temporary:
                    pd.DataFrame(item.compute(cell, "cpu")).to_pickle(temporary)
        return pd.read_pickle(made)

    return lambda name: [(cell, rows(get_item(name), cell)) for cell in get_item(name).cells("smoke")]


@pytest.fixture
def site(folders):
    """(MyST text, other pages=...) -> (HTML of a page of the text, warnings), with the records of this checkout.

    Sphinx reads everything and writes only these pages, not the stubs that generated text links to.
    """

    from sphinx.application import Sphinx  # here, as most tests render nothing
    from sphinx.util.docutils import docutils_namespace

    def site(text, **pages):
        source, warnings = folders / "site", folders / "warnings.txt"
        results.folder().mkdir(parents=True, exist_ok=True)
        shutil.copytree(results.folder(), source / "results")
        stubs = [Path(item.notebook).with_suffix("") for item in items().values()]
        stubs += [Path("book", name) for name in ("rerun", "status", *CHAPTERS)]
        pages = {"index": f"# Page\n\n{text}\n", **pages}
        for name, content in {**dict.fromkeys(map(str, stubs), "# A\n"), **pages}.items():
            page = source / f"{name}.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(content)
        config = {"extensions": ["myst_parser", "mu.pages", "mu.pages.mathml"], "exclude_patterns": ["_build"]}
        config["primary_domain"] = None  # as in the book: `{method}` is ours
        with warnings.open("w") as sink, docutils_namespace():
            app = Sphinx(source, None, folders / "out", folders / "trees", "html", config, status=None, warning=sink)
            app.build(filenames=[str(source / f"{name}.md") for name in pages])
        ours = ("in any toctree", "search index")  # of stubs, and of writing a part alone
        kept = [w for w in warnings.read_text().splitlines() if w.strip() and not any(word in w for word in ours)]
        return (folders / "out" / "index.html").read_text(), kept

    return site


@pytest.fixture(scope="session")
def data():
    """`synthetic` cut to 150 training and 80 test images: 15 and 8 of each class."""
    whole = mu.load_dataset("synthetic")
    train, test = (
        torch.cat([(part.labels == label).nonzero().flatten()[:count] for label in range(10)]).sort().values
        for part, count in ((whole.train, 15), (whole.test, 8))
    )
    cut = [replace(part[where], indices=torch.arange(len(where))) for part, where in
           ((whole.train, train), (whole.test, test))]  # fmt: skip
    return replace(whole, train=cut[0], test=cut[1])


@pytest.fixture(scope="session")
def task(data):
    """Six samples of class 3 to forget, the class's other nine left out: 141 samples in training."""
    return mu.forget_rare(data, label=3, count=6, seed=1)


@pytest.fixture(scope="session")
def small():
    """seed -> an untrained network of 491 parameters in five layers, one of them a single number."""

    class Gain(nn.Module):
        def __init__(self):
            super().__init__()
            self.gain = nn.Parameter(torch.ones(1))

        def reset_parameters(self):
            nn.init.ones_(self.gain)

        def forward(self, x):
            return self.gain * x

    return _builder(
        nn.AvgPool2d(4), nn.Flatten(), lambda: nn.Linear(49, 8), Gain, nn.ReLU(), lambda: nn.Linear(8, 10)
    )


@pytest.fixture(scope="session")
def normed():
    """seed -> an untrained network with two batch norms."""
    return _builder(
        nn.AvgPool2d(2),
        lambda: nn.Conv2d(1, 4, 3), lambda: nn.BatchNorm2d(4), nn.ReLU(), nn.AvgPool2d(4),
        nn.Flatten(), lambda: nn.Linear(36, 6), lambda: nn.BatchNorm1d(6), lambda: nn.Linear(6, 10),
    )  # fmt: skip


def _builder(*parts):
    def build(seed=0):
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            layers = [part if isinstance(part, nn.Module) else part() for part in parts]
            return nn.Sequential(Normalise((0.5,), (0.5,)), *layers)

    return build


@pytest.fixture(scope="session")
def same():
    """(a, b) -> whether two models hold bitwise the same parameters and buffers."""

    def same(a, b):
        a, b = a.state_dict(), b.state_dict()
        return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)

    return same


@pytest.fixture(scope="session")
def flat():
    """model -> its trainable parameters as one float64 vector."""
    return lambda model: torch.cat([p.detach().double().reshape(-1) for p in model.parameters() if p.requires_grad])
