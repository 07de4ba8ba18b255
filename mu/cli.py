"""The `mu` command: what there is, what is recorded, run more of it, build the book."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mu.downloads import FileStatus

app = typer.Typer(
    help="Machine unlearning, reproduced: run any figure or table of three papers, and build the book.",
    no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False,
)  # fmt: skip
data_app = typer.Typer(help="Fetch and verify data sets.", no_args_is_help=True)
app.add_typer(data_app, name="data")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Profile = Annotated[str, typer.Option(help="smoke, quick, laptop or paper: the sizes, never the code.")]
Seeds = Annotated[int | None, typer.Option(help="Number of seeds; the profile's own if not given.")]


@app.command("list", epilog="Example: `mu list --json`")
def list_items(as_json: AsJson = False) -> None:
    """Every figure and table."""
    from mu.experiments import items
    from mu.results import PROFILES

    rows = [
        {"id": item.id, "paper": item.paper, "title": item.title, "notebook": item.notebook,
         "profiles": list(PROFILES), "recorded": [p for p in PROFILES if item.progress(p).have]}
        for item in items().values()
    ]  # fmt: skip
    _show(rows, as_json, ("id", "title", "recorded"))


@app.command(epilog="Example: `mu methods`")
def methods(as_json: AsJson = False) -> None:
    """Every unlearning method, and the data it is handed."""
    from mu.unlearning import methods

    rows = [
        {"name": m.name, "paper": m.paper, "needs": list(m.needs), "summary": m.summary,
         "defaults": {k: asdict(v) if is_dataclass(v) else v for k, v in m.defaults.items()}}
        for m in methods().values()
    ]  # fmt: skip
    _show(rows, as_json, ("name", "needs", "summary"))


@app.command(epilog="Example: `mu run partial-fig1 partial-tab1 --profile laptop --budget 30m`")
def run(
    names: Annotated[
        list[str], typer.Argument(metavar="ITEM...", help="Item ids, or a chapter for all of its items.")
    ],
    profile: Profile = "quick",
    seeds: Seeds = None,
    only: Annotated[
        list[str],
        typer.Option(metavar="NAME=VALUE", help="Only cells with this setting, `seed` or `method`; repeatable."),
    ] = [],  # noqa: B006 (typer's own form)
    budget: Annotated[str, typer.Option(help="Stop inside this time: 90s, 9m, 1h30m.")] = "",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    backend: Annotated[str, typer.Option(help="loky (this machine) or dask (a cluster).")] = "loky",
    workers: Annotated[int | None, typer.Option(help="Cells side by side; every core, or one on a GPU.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the records; results/ if not given.")] = None,
) -> None:
    """Record what is missing of one or more items; may be stopped and started again at any time."""
    from mu import DataError, results, runner
    from mu.experiments import CHAPTERS, get_item, items

    asked = []
    for name in names:
        asked += [item for item in items().values() if item.paper == name] if name in CHAPTERS else [get_item(name)]
    settings = dict(parse_setting(text) for text in only)
    cells = {item.record: item.cells(profile, seeds, settings) for item in asked}  # or an error, before anything runs
    root = out.expanduser() if out else results.folder()  # a shell leaves the ~ of `--out=~/folder` as it is
    deadline = time.monotonic() + parse_duration(budget) if budget else None
    lacking = False
    how = {"only": settings, "device": device, "out": root, "backend": backend, "workers": workers}
    for name, wanted in cells.items():
        if {cell.key for cell in wanted} <= results.read(name, profile, root).cells:
            print(f"{name}: nothing to do, all {len(wanted)} cells are recorded", file=sys.stderr)
            continue
        left = None if deadline is None else deadline - time.monotonic()
        try:
            runner.run(name, profile, seeds, budget=left, **how)
        except runner.BudgetSpent as spent:
            print(f"{spent}; run the same line again to go on", file=sys.stderr)
            break
        except DataError as error:  # the other items may have theirs
            print(f"mu: {name}: {error}", file=sys.stderr)
            lacking = True
    if lacking:
        raise typer.Exit(2)


@app.command(epilog="Example: `mu status --profile paper`")
def status(
    profile: Annotated[str | None, typer.Option(help="Only this profile.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is recorded, what is missing, and what it has cost so far."""
    from mu.experiments import primary_items
    from mu.results import LEADING

    rows = []
    for item in primary_items():
        for p in [profile] if profile else LEADING:
            done = item.progress(p)
            rows.append({
                "id": item.id, "profile": p, "cells": len(done.wanted), "recorded": len(done.have),
                "missing": done.missing, "seconds": round(sum(segment.seconds for segment in done.have), 1),
                "hardware": done.hardware,
            })  # fmt: skip
    _show(rows, as_json, ("id", "profile", "recorded", "missing", "seconds"))


@app.command(epilog="Example: `mu merge ~/results-from-the-gpu`")
def merge(
    folder: Annotated[Path, typer.Argument(help="Holds `<profile>/<item>.csv` and `.json`, of `mu run --out`.")],
) -> None:
    """Bring records made elsewhere into results/."""
    from mu import results
    from mu.experiments import get_item

    for manifest in folder.glob("*/*.json"):
        get_item(manifest.stem)  # or an error: nothing would ever read it
    for (profile, item), cells in results.merge(folder).items():
        print(f"{profile}/{item}: {cells} cells added")


@app.command(epilog="Example: `mu book --profile quick`")
def book(
    profile: Profile = "quick",
    seeds: Seeds = None,
    rerun: Annotated[bool, typer.Option("--rerun", help="Execute notebooks even where nothing changed.")] = False,
) -> None:
    """Run every notebook live, render the book, and say where it is."""
    from mu import book

    start = time.monotonic()
    index = book.build(profile, seeds, rerun=rerun)
    print(f"\nThe book is ready after {time.monotonic() - start:.0f} s: {index}")


@data_app.command(epilog="Example: `mu data fetch cifar10`")
def fetch(name: Annotated[str, typer.Argument(help="Data set, or `all`.")]) -> None:
    """Download a data set from its official source, unless it is there, and verify it."""
    from mu import data

    _report(data.fetch, name)


@data_app.command(epilog="Example: `mu data verify mnist`")
def verify(name: Annotated[str, typer.Argument(help="Data set, or `all`.")]) -> None:
    """Compare every file of a data set with its official checksum; exit code 2 if one is not right."""
    from mu import data

    _report(data.verify, name)


def _report(look: Callable[[str], list[FileStatus]], name: str) -> None:
    """How every file of a data set is; exit code 2 if one is not right."""
    from mu import data

    ok = True
    for dataset in data.dataset_names() if name == "all" else [name]:
        try:
            states = look(dataset)
        except data.DataError as error:
            print(f"mu: {error}", file=sys.stderr)
            ok = False
            continue
        if not states:
            print(f"{dataset}: generated, there is no file")
        for state in states:
            print(f"{dataset}: {state.file}: {state.status}" + (f" ({state.path})" if state.path else ""))
            ok = ok and state.status == "ok"
    if not ok:
        raise typer.Exit(2)


def parse_setting(text: str) -> tuple[str, str]:
    """ "name=value", taken apart."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is no setting; write name=value")
    return name, value


def parse_duration(text: str) -> float:
    """ "1h30m", "9m", "90s" or plain seconds, in seconds."""
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text)
    if not text or not match:
        raise ValueError(f"{text!r} is no duration; write 90s, 9m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600.0 * hours + 60 * minutes + seconds


def _show(rows: list[dict], as_json: bool, columns: tuple[str, ...]) -> None:
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in rows:
        cells = (row[column] for column in columns)
        table.add_row(*(", ".join(cell) or "–" if isinstance(cell, list) else str(cell) for cell in cells))
    Console().print(table)


def main() -> None:
    """Run the command; what a user can put right is one line on stderr and exit code 2, not a traceback.

    MU_DEBUG=1 shows the traceback all the same.
    """
    from mu import CorruptFile, DataError

    try:
        app()
    except (ValueError, OSError, DataError, CorruptFile) as error:
        if os.environ.get("MU_DEBUG"):
            raise
        print(f"mu: {error}", file=sys.stderr)
        sys.exit(2)
