"""What an item and a cell are, and what a profile has for a paper's data set or network.

An `Item` is one figure or table: which cells it has under each profile, and how one cell turns into rows. The
profiles change sizes only; the code of a cell is the same under all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from mu import results
from mu.models import MODELS
from mu.results import PROFILES, Segment
from mu.storage import digest

PAPERS = {
    "partial": "gogineni2025partial",
    "mumis": "cheng2026mumis",
    "sparsity": "jia2023sparsity",
}  # key of an item id -> BibTeX key
CHAPTERS = (*PAPERS, "beyond")  # what item ids begin with: a paper, or what none of them has

ONE_SEED = dict.fromkeys(PROFILES, 1)
FOLDERS = {"faces": "folder:faces:32", "tiny-imagenet": "folder:tiny-imagenet:64", "imagenet": "folder:imagenet:64"}


def data_of(profile: str, name: str) -> str:
    """What a profile has for a paper's data set: the set itself, embedded digits, or generated images."""
    match profile:
        case "quick":
            return "mnist5k-pairs" if name == "cifar20" else "mnist5k"
        case "smoke":
            return "synthetic" if name in ("mnist", "organamnist") else "synthetic-rgb"
    return FOLDERS.get(name, name)


def network_of(profile: str, name: str) -> str:
    """What a profile has for a paper's network: the network itself, its slim variant, or the slim ResNet9."""
    if profile == "paper" or f"{name}-slim" not in MODELS:
        return name
    return "resnet9-slim" if profile in ("quick", "smoke") and name in ("resnet18", "vgg16") else f"{name}-slim"


class Progress(NamedTuple):
    """How much of an item's grid is recorded."""

    have: list[Segment]  # one per recorded cell of the grid
    wanted: frozenset[str]  # keys of all its cells

    @property
    def missing(self) -> int:
        """Cells of the grid that are not recorded."""
        return len(self.wanted) - len(self.have)

    @property
    def hardware(self) -> list[str]:
        """What the recorded cells were recorded on, each once."""
        return sorted({segment.hardware for segment in self.have})


@dataclass(frozen=True, eq=False)
class Item:
    """A figure or table.

    Attributes:
        id: `<paper>-<fig|tab><n>`, or `<chapter>-<word>` for what no paper numbers.
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
        """The paper it is of, or "beyond"."""
        return self.id.split("-")[0]

    @property
    def number(self) -> str:
        """What the paper calls it: "Figure 4", "Table A7". Empty for an item of our own."""
        match = re.search(r"-(fig|tab)(A?\d+)$", self.id)
        return f"{'Figure' if match[1] == 'fig' else 'Table'} {match[2]}" if match else ""

    @property
    def notebook(self) -> str:
        """Path of its notebook, from the top of the checkout."""
        return f"notebooks/{self.paper}/{self.id.split('-', 1)[1]}.ipynb"

    def cells(self, profile: str, seeds: int | None = None, only: Mapping[str, str] | None = None) -> list[Cell]:
        """The cells of the grid, seed by seed, so that one seed of everything comes first.

        Args:
            profile: smoke, quick, laptop or paper.
            seeds: how many seeds (0, 1, ...); the profile's own number if None.
            only: settings that a cell must have, as text, by name; `seed` and `method` are names as well.

        Raises:
            ValueError: unknown profile, no seed, or no cell has these settings.
        """
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}; choose one of {', '.join(PROFILES)}")
        if seeds is not None and seeds < 1:
            raise ValueError(f"seeds must be at least 1, not {seeds}")
        count = self.seeds[profile] if seeds is None else seeds
        grid = json.loads(json.dumps(self.grid(profile)))  # as a manifest gives them back, tuples as lists
        cells = [Cell(self.record, self.revision, settings, seed) for seed in range(count) for settings in grid]
        if fitting := [cell for cell in cells if cell.fits(only or {})]:
            return fitting
        described = ", ".join(f"{name}={value}" for name, value in only.items())
        known = {name: sorted({str(cell.settings.get(name)) for cell in cells}) for name in only}
        known["method"] = sorted({method for cell in cells for method in cell.methods})
        known["seed"] = sorted({str(cell.seed) for cell in cells})
        there = "; ".join(f"{name}: {', '.join(known[name]) or 'no cell is of one method'}" for name in only)
        raise ValueError(f"no cell of {self.id} under {profile} has {described}; there is {there}")

    @cache  # noqa: B019  (a page asks for them at every number, and no item is ever freed)
    def keys(self, profile: str, seeds: int | None = None) -> frozenset[str]:
        """Keys of all cells of the grid."""
        return frozenset(cell.key for cell in self.cells(profile, seeds))

    def progress(self, profile: str) -> Progress:
        """How much of the grid its committed record holds; what an earlier grid left behind does not count."""
        wanted = self.keys(profile)
        segments = results.read(self.record, profile).segments
        return Progress([segment for segment in segments if segment.cell in wanted], wanted)

    def compute(self, cell: Cell, device: str) -> list[dict]:
        """The rows of a cell, each with the columns that say what it belongs to."""
        columns = ("dataset", "model", "scenario", "sparsity", "pruner")
        common = {"seed": cell.seed, **{name: cell.settings.get(name) for name in columns}}
        return [common | row for row in self.run(cell.settings, cell.seed, device)]


@dataclass(frozen=True)
class Cell:
    """One entry of an item's grid at one seed: everything that decides its rows, but for code and device."""

    item: str
    revision: int
    settings: dict
    seed: int

    @property
    def key(self) -> str:
        """Hash of all of it."""
        return digest(vars(self))

    @property
    def methods(self) -> list[str]:
        """What it tries values of, where each method has its own cell."""
        return list(dict.fromkeys(sweep["method"] for sweep in self.settings.get("sweeps", ())))

    def fits(self, only: Mapping[str, str]) -> bool:
        """Whether it has all of these settings."""
        mine = {**self.settings, "seed": self.seed}
        return all(value in self.methods if name == "method" else str(mine.get(name)) == value
                   for name, value in only.items())  # fmt: skip

    def __str__(self) -> str:
        names = ("dataset", "model", "scenario", "forget", "level", "variant", "count", "pruner", "sparsity")
        return " ".join([self.item, *(str(self.settings[n]) for n in names if n in self.settings), *self.methods,
                         f"seed {self.seed}"])  # fmt: skip


def rows_of(method: str, values: Mapping[str, float], **columns) -> list[dict]:
    """A row for each metric and its value, all with these columns."""
    return [{"method": method, "metric": metric, "value": value, **columns} for metric, value in values.items()]


def distinct(cells: list[dict]) -> list[dict]:
    """Each cell once: under small profiles one data set or network stands for several."""
    return [cell for i, cell in enumerate(cells) if cell not in cells[:i]]
