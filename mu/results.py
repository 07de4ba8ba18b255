"""Recorded results: tidy rows with their provenance.

An item's record is two files in `results/<profile>/`: `<item>.csv`, one number per row, and `<item>.json`, its
manifest. A *segment* is the rows of one cell of the item's grid; the manifest says for each segment what
made it (settings, seed, commit, date, hardware, library versions, seconds) and carries a checksum of its rows.
Rows that no segment describes are never used; rows that do not match their checksum are an error.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Collection
from dataclasses import KW_ONLY, asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd
from filelock import FileLock

from mu.storage import CorruptFile, write_text

PROFILES = ("smoke", "quick", "laptop", "paper")
LEADING = ("paper", "laptop", "quick")  # which recorded profile a page leads with, best first

COLUMNS = ["cell", "seed", "dataset", "model", "scenario", "sparsity", "keep", "method", "metric", "value"]
MORE = (  # columns that some items have beside these
    "affected",  # percent of the training steps that used a sample to forget
    "asked",  # class that an accuracy is on, along a sequence of requests
    "bin",  # of a histogram: its lower end, as a logarithm to the base 10
    "choice",  # how the kept share was found: fixed, or chosen
    "count",  # samples to forget
    "epoch",  # of training
    "epochs",  # of fine-tuning after a removal; in `sparsity-fit` of training the original
    "forget",  # class or sub-class to forget
    "gradients",  # samples whose gradients are timed
    "images",  # in a pass
    "label",  # class of a map's image
    "level",  # of the forget set's memorisation: low, mid, high
    "loop",  # what is timed
    "lr",  # learning rate, where the value tried is that of another hyper-parameter
    "mask",  # which weights are left: by size, or at random
    "optimizer",  # of the training
    "option",  # name of the hyper-parameter that was tried
    "parameters",  # of the network
    "passes",  # over the images, at full size
    "phase",  # training, removal, or after
    "pruner",
    "recorder",  # of training steps
    "removed",  # number of removed classes
    "rule",  # which entries of a step are kept
    "schedule",  # of a penalty
    "step",  # of a run; of a sequence, how many requests before
    "target",  # data set of the linear probe
    "tried",  # value of the hyper-parameter
    "update",  # by a penalty: subgradient, or proximal
    "variant",  # of a method, its loss, or a reference
    "x",  # column of a pixel; in `mumis-fig1` its value
    "y",  # row of a pixel
)
NUMBERS = {"seed", "sparsity", "keep", "value"}
DIGITS = 8  # significant digits of a recorded number

_CHECKED: dict[Path, tuple] = {}  # file -> its contents when last read, and what `_checked` made of them


def home() -> Path:
    """The checkout: $MU_HOME; else the nearest folder with a `_toc.yml`, from the current one upwards or the
    package's; else the current folder."""
    if "MU_HOME" in os.environ:
        return Path(os.environ["MU_HOME"]).expanduser()
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).parent.parent):
        if (folder / "_toc.yml").exists():
            return folder
    return here


def folder() -> Path:
    """Where committed records lie."""
    return home() / "results"


@dataclass(frozen=True)
class Segment:
    """Provenance of the rows of one cell."""

    cell: str  # hash of item, settings and seed
    settings: dict  # as JSON gives them back
    seed: int
    rows: int = 0  # set, as is their checksum, by the record that they are added to
    sha256: str = ""
    _: KW_ONLY
    seconds: float  # wall time of the cell
    date: str  # UTC, ISO 8601
    commit: str  # with "+" if the working tree differed from it
    code: str  # hash of the source files the numbers depend on
    hardware: str
    versions: dict


@dataclass
class Record:
    """All recorded cells of one item under one profile.

    Rows are kept as the strings of the CSV, so that no cell's text depends on which other cells are there.
    """

    item: str
    profile: str
    segments: list[Segment] = field(default_factory=list)
    text: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS, dtype=str))

    @property
    def frame(self) -> pd.DataFrame:
        """One number per row, with every column; made anew at every access, so that the caller may change it."""
        return complete(_typed(self.text))

    @property
    def cells(self) -> set[str]:
        return {segment.cell for segment in self.segments}

    def add(self, segment: Segment, rows: pd.DataFrame) -> None:
        """Add one cell's rows, replacing earlier ones of the same cell."""
        text = as_text(rows)
        self.keep_only(self.cells - {segment.cell})
        self.segments.append(replace(segment, rows=len(text), sha256=checksum(text)))
        self.segments.sort(key=lambda s: (json.dumps(s.settings, sort_keys=True), s.seed))
        text = pd.concat([self.text, text.assign(cell=segment.cell)], ignore_index=True)
        order = {s.cell: i for i, s in enumerate(self.segments)}
        text = text.iloc[text["cell"].map(order).argsort(kind="stable")]
        extra = sorted(set(text.columns) - set(COLUMNS))
        self.text = text.reindex(columns=COLUMNS + extra).fillna("").reset_index(drop=True)

    def keep_only(self, cells: Collection[str]) -> None:
        """Drop every other cell, here and not on disk."""
        self.segments = [s for s in self.segments if s.cell in cells]
        self.text = self.text[self.text["cell"].isin(cells)].reset_index(drop=True)

    def write(self, root: Path) -> None:
        """Write both files. A kill between the two renames loses no cell that was recorded before.

        Rows are written before the manifest that describes them, and a manifest forgets a cell before its
        rows go, so a reader never meets a described cell without its rows.
        """
        csv, manifest = _paths(root, self.profile, self.item)
        if manifest.exists():
            known = _segments(manifest, manifest.read_bytes())
            staying = [s for s in known if s in self.segments]
            if len(staying) < len(known):
                write_text(manifest, self._manifest(staying))
        write_text(csv, self.text.to_csv(index=False, lineterminator="\n"))
        write_text(manifest, self._manifest(self.segments))

    def _manifest(self, segments: list[Segment]) -> str:
        facts = {"item": self.item, "profile": self.profile, "segments": [asdict(s) for s in segments]}
        return json.dumps(facts, indent=1, sort_keys=True) + "\n"


def read(item: str, profile: str, root: Path | None = None) -> Record:
    """The record of an item; empty if there is none.

    Raises:
        mu.storage.CorruptFile: rows are missing or do not match their checksum; the message names the file.
    """
    csv, manifest = _paths(root or folder(), profile, item)
    if not manifest.exists():
        return Record(item, profile)
    if not csv.exists():
        raise CorruptFile(f"{csv} is missing, but {manifest.name} describes it")
    contents = csv.read_bytes(), manifest.read_bytes()
    if csv not in _CHECKED or _CHECKED[csv][0] != contents:  # a page asks for one record at every number
        _CHECKED[csv] = contents, _checked(csv, manifest, *contents)
    segments, text = _CHECKED[csv][1]
    record = Record(item, profile, list(segments), text)
    record.keep_only(record.cells)
    return record


def _checked(csv: Path, manifest: Path, rows: bytes, facts: bytes) -> tuple[tuple[Segment, ...], pd.DataFrame]:
    """Segments and rows of these contents, checked."""
    segments = _segments(manifest, facts)
    try:
        text = pd.read_csv(io.BytesIO(rows), dtype=str, keep_default_na=False)
    except ValueError as error:  # no text, or no table
        raise CorruptFile(f"{csv} cannot be read: {error}") from error
    if "cell" not in text:
        raise CorruptFile(f"{csv} has no column 'cell'")
    for segment in segments:
        part = text[text["cell"] == segment.cell]
        if len(part) != segment.rows or checksum(part) != segment.sha256:
            raise CorruptFile(
                f"{csv}: the rows of cell {segment.cell} ({segment.settings}, seed {segment.seed}) do not "
                f"match their checksum; restore the file or delete it with {manifest.name} and record again"
            )
    return tuple(segments), text


def add(segment: Segment, rows: pd.DataFrame, item: str, profile: str, root: Path) -> Record:
    """Add a cell to the record on disk; that record, with the cells that other processes added."""
    with locked(root, profile, item):
        record = read(item, profile, root)
        record.add(segment, rows)
        record.write(root)
    return record


def locked(root: Path, profile: str, item: str) -> FileLock:
    """A lock on one record, to be held while it is read and written, so that nobody writes in between.

    It lies beside the record: whoever writes that may have another cache.
    """
    folder = root / profile
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f".{item}.lock")


def merge(source: Path) -> dict[tuple[str, str], int]:
    """Bring cells recorded elsewhere into the committed records: (profile, item) -> cells added.

    Cells already recorded here stay as they are. All of it is read before anything is written.

    Raises:
        ValueError: `source` holds no records.
        CorruptFile: one of them is damaged.
    """
    manifests = sorted(path for profile in PROFILES for path in Path(source).glob(f"{profile}/*.json"))
    if not manifests:
        raise ValueError(f"{source} holds no records (<profile>/<item>.json); profiles: {', '.join(PROFILES)}")
    found = {(path.parent.name, path.stem): read(path.stem, path.parent.name, Path(source)) for path in manifests}
    added = {}
    for (profile, item), theirs in found.items():
        with locked(folder(), profile, item):
            ours = read(item, profile)
            new = [segment for segment in theirs.segments if segment.cell not in ours.cells]
            for segment in new:
                ours.add(segment, theirs.text[theirs.text["cell"] == segment.cell])
            if new:
                ours.write(folder())
        added[profile, item] = len(new)
    return added


def complete(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column that any item has, empty where they have none."""
    return rows.reindex(columns=list(dict.fromkeys([*COLUMNS, *MORE, *rows.columns])))


def as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as the strings the CSV will hold, so that they can be hashed before and after writing."""
    buffer = io.StringIO(rows.to_csv(index=False, float_format=f"%.{DIGITS}g"))
    return pd.read_csv(buffer, dtype=str, keep_default_na=False)


def checksum(text: pd.DataFrame) -> str:
    """SHA-256 over the filled fields of rows given as strings; columns added later do not change it."""
    sha = hashlib.sha256()
    columns = sorted(set(text.columns) - {"cell"})
    for row in text[columns].itertuples(index=False):
        sha.update("\x1f".join(f"{c}={v}" for c, v in zip(columns, row, strict=True) if v != "").encode())
        sha.update(b"\n")
    return sha.hexdigest()


def _paths(root: Path, profile: str, item: str) -> tuple[Path, Path]:
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}; choose one of {', '.join(PROFILES)}")
    return root / profile / f"{item}.csv", root / profile / f"{item}.json"


def _segments(path: Path, facts: bytes) -> list[Segment]:
    try:
        manifest = json.loads(facts)
        segments = [Segment(**segment) for segment in manifest["segments"]]
        named = manifest["profile"], manifest["item"]
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptFile(f"{path} is not a manifest: {error}") from error
    if named != (path.parent.name, path.stem):
        raise CorruptFile(f"{path} is the manifest of another record, {'/'.join(named)}")
    return segments


def _typed(text: pd.DataFrame) -> pd.DataFrame:
    """Strings to numbers wherever a whole column is numbers; empty becomes missing."""
    frame = text.replace("", None)
    for column in frame.columns:
        try:
            frame[column] = pd.to_numeric(frame[column])
        except (ValueError, TypeError):
            if column in NUMBERS:
                raise CorruptFile(f"column {column!r} of a record holds something that is no number") from None
    return frame
