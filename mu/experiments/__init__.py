"""Every figure and table as a grid of cells.

An `Item` is one figure or table: which cells it has under each profile, and how one cell turns into rows.
The profiles change sizes only; the code of a cell is the same under all of them. Items of one paper live in
the module of its name and are registered here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mu import results
from mu.results import PROFILES, Record, Segment
from mu.storage import digest

if TYPE_CHECKING:
    from pathlib import Path

PAPERS = {
    "partial": "gogineni2025partial",
    "mumis": "cheng2026mumis",
    "sparsity": "jia2023sparsity",
}  # key of an item id -> BibTeX key

NAMES = {  # data sets, networks and papers as shown, in the order shown
    "mlp": "MLP", "lenet": "LeNet", "convnet": "ConvNet", "alexnet": "AlexNet", "resnet9": "ResNet9",
    "resnet18": "ResNet-18", "vgg16": "VGG-16", "vit": "ViT", "convnet-slim": "ConvNet, 1/8 width",
    "alexnet-slim": "AlexNet, 1/8 width", "resnet9-slim": "ResNet9, 1/8 width",
    "resnet18-slim": "ResNet-18, 1/4 width", "vgg16-slim": "VGG-16, 1/4 width", "vit-slim": "ViT, 1/3 width",
    "mnist": "MNIST", "mnist5k": "MNIST 5k", "mnist5k-pairs": "MNIST 5k in pairs", "organamnist": "OrganAMNIST",
    "svhn": "SVHN", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "cifar20": "CIFAR-20",
    "folder:faces:32": "Pins faces", "folder:tiny-imagenet:64": "Tiny ImageNet", "folder:imagenet:64": "ImageNet",
    "mumis": "MU-Mis",
}  # fmt: skip


ONE_SEED = dict.fromkeys(PROFILES, 1)


@dataclass(frozen=True)
class Item:
    """A figure or table.

    Attributes:
        id: `<paper>-<fig|tab><n>`, or `<paper>-<word>` for what the paper does not number.
        title: what it shows, in a line.
        grid: profile -> settings of each cell; JSON-able, complete, no seed.
        seeds: profile -> number of seeds.
        run: (settings, seed, device) -> rows; a row needs method, metric and value.
        revision: raise it when the code of `run` changes what the recorded numbers mean.
        shows: the item whose record it shows another side of; empty if the record is its own.
    """

    id: str
    title: str
    grid: Callable[[str], list[dict]]
    seeds: dict[str, int]
    run: Callable[[dict, int, str], Iterable[dict]]
    revision: int = 1
    shows: str = ""

    @property
    def record(self) -> str:
        """The item whose record it shows."""
        return self.shows or self.id

    def view(self, name: str, title: str) -> Item:
        """Another figure or table from the same record."""
        return replace(self, id=name, title=title, shows=self.id)

    @property
    def paper(self) -> str:
        return self.id.split("-")[0]

    @property
    def number(self) -> str:
        """What the paper calls it: "Figure 4", "Table A7". Empty for an item of our own."""
        found = re.search(r"-(fig|tab)(A?\d+)$", self.id)
        return f"{'Figure' if found[1] == 'fig' else 'Table'} {found[2]}" if found else ""

    @property
    def notebook(self) -> str:
        """Path of its notebook, from the top of the checkout."""
        return f"notebooks/{self.paper}/{self.id.split('-', 1)[1]}.ipynb"

    def cells(self, profile: str, seeds: int | None = None) -> list[Cell]:
        """Every cell of the grid, seed by seed, so that one seed of everything comes first."""
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}; choose one of {', '.join(PROFILES)}")
        if seeds is not None and seeds < 1:
            raise ValueError(f"seeds must be at least 1, not {seeds}")
        count = self.seeds[profile] if seeds is None else seeds
        grid = json.loads(json.dumps(self.grid(profile)))  # as a manifest gives them back, tuples as lists
        return [Cell(self.record, settings, seed) for seed in range(count) for settings in grid]

    def progress(self, record: Record) -> tuple[list[Segment], frozenset[str]]:
        """The segments of its record that belong to the grid, and the keys of all cells of that grid."""
        wanted = _keys(self.record, record.profile, self.seeds[record.profile])
        return [segment for segment in record.segments if segment.cell in wanted], wanted


@dataclass(frozen=True)
class Cell:
    """One entry of an item's grid at one seed."""

    item: str
    settings: dict
    seed: int

    @property
    def key(self) -> str:
        """Hash of everything that defines the cell."""
        return digest({
            "item": self.item, "revision": get_item(self.item).revision,
            "settings": self.settings, "seed": self.seed,
        })  # fmt: skip

    def run(self, device: str) -> list[dict]:
        """Compute the rows, each with the columns that say what it belongs to."""
        common = {name: self.settings.get(name) for name in ("dataset", "model", "scenario", "sparsity", "pruner")}
        rows = get_item(self.item).run(self.settings, self.seed, device)
        return [{"seed": self.seed, **common, **row} for row in rows]

    def __str__(self) -> str:
        names = ("dataset", "model", "scenario", "forget", "level", "variant", "count", "pruner", "sparsity")
        methods = dict.fromkeys(sweep["method"] for sweep in self.settings.get("sweeps", ()))
        return " ".join([self.item, *(str(self.settings[n]) for n in names if n in self.settings), *methods,
                         f"seed {self.seed}"])  # fmt: skip


def items() -> dict[str, Item]:
    """All items by id, paper by paper in the book's order."""
    from mu.experiments import mumis, partial, sparsity

    return {item.id: item for item in (*partial.ITEMS, *mumis.ITEMS, *sparsity.ITEMS)}


def best(name: str, root: Path | None = None) -> Record | None:
    """The record a page shows of an item: `paper`, else `laptop`, else `quick`, else None.

    Only cells of the present grid are in it, of any seed. What an earlier grid left behind counts as not recorded.
    A record is passed over until one of its seeds has half as many cells as the fullest seed of any other profile.

    Raises:
        mu.storage.CorruptFile: a record is damaged.
    """
    item = get_item(name)
    records = []
    for profile in results.LEADING:
        record = results.read(item.record, profile, root)
        seeds = max((segment.seed + 1 for segment in record.segments), default=1)
        record.keep_only(_keys(item.record, profile, seeds))
        records.append(record)
    fullest = max(_one_seed(record) for record in records)
    return next((record for record in records if record.segments and 2 * _one_seed(record) >= fullest), None)


def _one_seed(record: Record) -> int:
    """Cells of the seed that has most."""
    return max(Counter(segment.seed for segment in record.segments).values(), default=0)


@cache
def _keys(name: str, profile: str, seeds: int) -> frozenset[str]:
    """Keys of all cells of an item's grid; a page asks for them at every number."""
    return frozenset(cell.key for cell in get_item(name).cells(profile, seeds))


def get_item(name: str) -> Item:
    known = items()
    if name not in known:
        raise ValueError(f"unknown item {name!r}; choose one of {', '.join(known)}")
    return known[name]


def distinct(cells: list[dict]) -> list[dict]:
    """Each cell once: under small profiles one data set or network stands for several."""
    return [cell for i, cell in enumerate(cells) if cell not in cells[:i]]
