"""Every figure and table as a grid of cells; the items of one chapter live in the module of its name.

What is handed on here is all that the pages, the commands and the runner need.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mu import results
from mu.experiments import beyond, mumis, partial, sparsity
from mu.experiments.item import CHAPTERS, PAPERS, Cell, Item

if TYPE_CHECKING:
    from mu.results import Record

__all__ = ["CHAPTERS", "PAPERS", "Cell", "Item", "best", "get_item", "items", "primary_items"]

_ITEMS = {item.id: item for item in (*partial.ITEMS, *mumis.ITEMS, *sparsity.ITEMS, *beyond.ITEMS)}


def items() -> dict[str, Item]:
    """All items by id, chapter by chapter in the book's order."""
    return dict(_ITEMS)


def primary_items() -> list[Item]:
    """Items with a record of their own, in that order; the others show another side of one."""
    return [item for item in _ITEMS.values() if not item.shows]


def get_item(name: str) -> Item:
    """The item of this id.

    Raises:
        ValueError: there is none.
    """
    if name not in _ITEMS:
        raise ValueError(f"unknown item {name!r}; choose one of {', '.join(_ITEMS)}")
    return _ITEMS[name]


def best(name: str) -> Record | None:
    """The record a page shows of an item: `paper`, else `laptop`, else `quick`, else None.

    Only cells of the present grid are in it, of any seed. What an earlier grid left behind counts as not recorded.
    A record is passed over until one of its seeds has half as many cells as the fullest seed of any other profile.

    Raises:
        mu.storage.CorruptFile: a record is damaged.
    """
    item = get_item(name)
    records = []
    for profile in results.LEADING:
        record = results.read(item.record, profile)
        seeds = max((segment.seed + 1 for segment in record.segments), default=1)
        record.keep_only(item.keys(profile, seeds))
        records.append(record)
    fullest = max(_one_seed(record) for record in records)
    return next((record for record in records if record.segments and 2 * _one_seed(record) >= fullest), None)


def _one_seed(record: Record) -> int:
    """Cells of the seed that has most."""
    return max(Counter(segment.seed for segment in record.segments).values(), default=0)
