"""Records: what is written comes back, what was altered is refused by name, and a kill loses nothing older."""

import json
import math
import multiprocessing
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import Timeout

from mu import results
from mu.results import Record, Segment
from mu.storage import CorruptFile

SETTINGS = {"dataset": "synthetic", "model": "mlp", "recipe": {"epochs": 2, "milestones": [0.5, 0.75]}}


def row(value=0.5, **more):
    columns = {"seed": 0, "dataset": "synthetic", "model": "mlp", "scenario": "rare", "method": "retrain"}
    return {**columns, "metric": "UA", "value": value, **more}


def segment(cell, rows, **more):
    """A segment as a manifest has it, and its rows."""
    rows = pd.DataFrame(rows)
    facts = {"seconds": 1.5, "date": "2026-01-01T00:00:00+00:00", "commit": "abc", "code": "def",
             "hardware": "a computer", "versions": {"torch": "2.11.0"}}  # fmt: skip
    sha256 = results.checksum(results.as_text(rows))
    return Segment(cell, {**SETTINGS, "cell": cell}, 0, len(rows), sha256, **{**facts, **more}), rows


def record(cells, root=None):
    """A record of {cell: rows}, written if there is a root."""
    made = Record("sparsity-tab3", "smoke")
    for cell, rows in cells.items():
        made.add(*segment(cell, rows))
    if root:
        made.write(root)
    return made


def read(root):
    return results.read("sparsity-tab3", "smoke", root)


@pytest.fixture
def files(tmp_path):
    """A record of two cells, two rows each: (root, csv, manifest)."""
    third = [row(1 / 3, sparsity=95.0), row(1e-7 / 3, metric="KL, 'nats'", note='a "b"\nc')]
    record({"aaaa": third, "bbbb": [row(2.0), row(math.nan, metric="KL", note="end")]}, tmp_path)
    return tmp_path, tmp_path / "smoke/sparsity-tab3.csv", tmp_path / "smoke/sparsity-tab3.json"


# ---- round trip -----------------------------------------------------------------------------------------


def test_rows_and_provenance_come_back(files):
    """Numbers to eight digits, text to the letter, missing as missing, segments as they were."""
    root, *_ = files
    back = read(root)
    assert back.cells == {"aaaa", "bbbb"}
    assert list(back.frame.columns) == [*results.COLUMNS, *results.MORE, "note"]
    assert back.frame["cell"].tolist() == ["aaaa", "aaaa", "bbbb", "bbbb"]
    assert back.frame["value"].tolist() == pytest.approx([1 / 3, 1e-7 / 3, 2.0, math.nan], rel=1e-7, nan_ok=True)
    assert back.frame["metric"].tolist() == ["UA", "KL, 'nats'", "UA", "KL"]
    assert back.frame["note"].isna().tolist() == [True, False, True, False]
    assert back.frame["note"][1] == 'a "b"\nc'
    assert back.frame["keep"].isna().all()
    assert back.frame["sparsity"][0] == 95
    expected = segment("aaaa", [row(1 / 3, sparsity=95.0), row(1e-7 / 3, metric="KL, 'nats'", note='a "b"\nc')])[0]
    assert back.segments[0] == expected


def test_rows_are_counted_and_hashed_where_they_are_added(tmp_path):
    """The runner says who made them, the record what they are. Breaks if a manifest describes other rows."""
    expected, rows = segment("aaaa", [row(1 / 3), row(0.5)])
    results.add(replace(expected, rows=0, sha256=""), rows, "sparsity-tab3", "smoke", tmp_path)
    assert read(tmp_path).segments == [expected]


def test_what_a_reader_does_to_a_record_stays_with_him(files):
    """Contents are checked once and kept. Breaks if a later reader gets what an earlier one has changed."""
    root, *_ = files
    first = read(root)
    frame = first.frame
    frame.loc[:, "value"] = 0.0
    first.keep_only({"aaaa"})
    again = read(root)
    assert again.cells == {"aaaa", "bbbb"}
    assert again.frame["value"][2] == 2.0


def test_writing_what_was_read_changes_no_byte(files):
    """Read and written again, both files are byte for byte the same: committed records stay quiet in git."""
    root, csv, manifest = files
    before = csv.read_bytes(), manifest.read_bytes()
    read(root).write(root)
    assert (csv.read_bytes(), manifest.read_bytes()) == before


COLUMNS_SEEN = {
    "whole numbers, then others": ([12, 3_000_000_000], [0.5, 0.25]),
    "others, then whole numbers": ([0.5, 0.25], [12, 3_000_000_000]),
    "tiny and huge": ([1e-300, 1e300], [5, 7]),
    "infinite and missing": ([math.inf, -math.inf], [math.nan, None]),
    "zero of either sign": ([-0.0, 0.0], [0, 1]),
    "numpy's": ([np.float32(0.1), np.float64(1 / 3)], [np.int64(3), np.int64(2**40)]),
    "nine digits": ([123456.789, 0.1 + 0.2], [99999999.5, 1 / 7]),
}


@pytest.mark.parametrize("name", COLUMNS_SEEN)
def test_cells_added_one_by_one_stay_valid(tmp_path, name):
    """Whatever numbers later cells bring, rows written earlier still match their checksum.

    Each cell is added by a run of its own, as after a kill. Writing 3000000000 as 3e+09 once another cell has
    fractions would make the record refuse itself for ever.
    """
    for cell, values in zip(("aaaa", "bbbb"), COLUMNS_SEEN[name]):
        current = read(tmp_path)
        current.add(*segment(cell, [row(value) for value in values]))
        current.write(tmp_path)
    values = [value for cell in COLUMNS_SEEN[name] for value in cell]
    expected = [math.nan if value is None else float(value) for value in values]
    assert read(tmp_path).frame["value"].tolist() == pytest.approx(expected, rel=1e-7, nan_ok=True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"count": 20}, {}),
        ({"count": 1_234_567_890}, {}),
        ({"count": 20, "rule": "top"}, {"count": 8, "rule": None}),
        ({"flag": True}, {}),
        ({"rule": "007"}, {"rule": "top"}),
        ({"rule": "1.50"}, {}),
        ({"rule": "nan"}, {"rule": "None"}),
        ({"rule": "×–"}, {"rule": " a "}),
    ],
)
def test_extra_columns_stay_valid(tmp_path, first, second):
    """Columns of an item's own, in one cell only or in both, as number, flag or text that looks like a number."""
    for _ in range(2):
        for cell, more in (("aaaa", first), ("bbbb", second)):
            current = read(tmp_path)
            if cell not in current.cells:
                current.add(*segment(cell, [row(1.5, **more)]))
            current.write(tmp_path)
    assert read(tmp_path).cells == {"aaaa", "bbbb"}


def test_order_of_arrival_does_not_matter(tmp_path):
    """Cells finish in any order; the files are the same."""
    rows = {cell: [row(i + 0.5)] for i, cell in enumerate("abcd")}
    record(rows, tmp_path / "one")
    record({cell: rows[cell] for cell in "dbca"}, tmp_path / "two")
    for name in ("smoke/sparsity-tab3.csv", "smoke/sparsity-tab3.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_cell_recorded_again_replaces_its_rows(files):
    """Never twice: old rows and old segment go."""
    root, *_ = files
    current = read(root)
    current.add(*segment("aaaa", [row(7.0)], commit="new"))
    current.write(root)
    back = read(root)
    assert back.frame["value"].tolist()[:2] == [7.0, 2.0]
    assert [s.commit for s in back.segments] == ["new", "abc"]
    assert len(back.frame) == 3


def test_no_record_is_an_empty_record(tmp_path):
    """Nothing recorded is no error, and has the columns."""
    empty = read(tmp_path)
    assert (len(empty.frame), empty.segments) == (0, [])
    assert list(empty.frame.columns) == [*results.COLUMNS, *results.MORE]


def test_more_names_every_column_of_the_committed_records():
    """Breaks if an item gets a column that frames of other items lack, or a name stays that none has any more."""
    headers = [pd.read_csv(path, nrows=0).columns for path in RECORDS.glob("*/*.csv")]
    assert set().union(*headers) == {*results.COLUMNS, *results.MORE}


def test_a_row_holds_the_digits_of_its_number(tmp_path):
    """Eight significant digits on file; six, pandas' and C's habit, would blur gaps."""
    record({"aaaa": [row(12.3456789), row(100 * 59_993 / 60_000)]}, tmp_path)
    text = (tmp_path / "smoke/sparsity-tab3.csv").read_text()
    assert "12.345679" in text
    assert "99.988333" in text


# ---- damage ---------------------------------------------------------------------------------------------


def test_edited_deleted_swapped_or_added_rows_are_refused(files):
    """A number changed in its last digit, a row gone, doubled, or out of order; the error names the CSV."""
    root, csv, _ = files
    whole = csv.read_text()
    lines = whole.splitlines(keepends=True)
    assert "0.33333333" in lines[1]
    assert lines[4].startswith("bbbb")  # the third row has a line break inside
    for damaged in (
        whole.replace("0.33333333", "0.33333334"),
        whole.replace("95", "90"),
        "".join(lines[:1] + lines[2:]),
        "".join(lines[:-1]),
        whole + lines[4],
        "".join([*lines[:4], lines[5], lines[4]]),
        whole.replace("retrain", "fine-tune", 1),
        whole.replace("bbbb", "aaaa"),
    ):
        assert damaged != whole
        csv.write_text(damaged)
        with pytest.raises(CorruptFile, match=str(csv)):
            read(root)
    csv.unlink()
    with pytest.raises(CorruptFile, match=str(csv)):
        read(root)


@pytest.mark.parametrize("which", ["csv", "manifest"])
def test_every_truncation_is_refused(files, which):
    """Cut anywhere, even to nothing, a file is named; cutting the last line break alone loses nothing."""
    root, csv, manifest = files
    path = csv if which == "csv" else manifest
    whole = path.read_bytes()
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptFile, match=str(path)):
            read(root)


@pytest.mark.parametrize("which", ["csv", "manifest"])
def test_a_damaged_byte_is_refused_or_without_effect(files, which):
    """Any byte, any of three changes: `CorruptFile` with the file's name, or all recorded numbers unharmed."""
    root, csv, manifest = files
    path = csv if which == "csv" else manifest
    whole, expected = path.read_bytes(), read(root).frame.dropna(axis=1, how="all")
    for position in range(len(whole)):
        for change in (1, 64, 255):
            path.write_bytes(whole[:position] + bytes([whole[position] ^ change]) + whole[position + 1 :])
            refusal = None
            try:
                back = read(root)
            except CorruptFile as error:
                refusal = str(error)
            if refusal is None:
                pd.testing.assert_frame_equal(back.frame[expected.columns], expected)
            else:
                assert str(path) in refusal or str(csv) in refusal


def test_rows_of_no_segment_are_not_used(files):
    """Rows that the manifest does not know, as after a kill between the two writes, are left out."""
    root, csv, _ = files
    csv.write_text(csv.read_text() + "cccc,0,,,,,,retrain,UA,5.0,\n")
    back = read(root)
    assert back.cells == set(back.frame["cell"]) == {"aaaa", "bbbb"}


@pytest.mark.parametrize("change", ["new cell", "replaced cell"])
def test_a_kill_between_the_two_files_loses_no_earlier_cell(tmp_path, monkeypatch, change):
    """Killed before, between or after the renames, every cell recorded before and left alone is still there.

    Writing the manifest first, or dropping from it what is in it already, fails this.
    """
    made = record({"aaaa": [row(1.5)], "bbbb": [row(1.5)]}, tmp_path)
    cell = "cccc" if change == "new cell" else "aaaa"
    made.add(*segment(cell, [row(2.5), row(3.5)]))
    write = results.write_text
    for allowed in range(4):
        done = []

        def dying(path, text, done=done, allowed=allowed):
            if len(done) == allowed:
                raise KeyboardInterrupt
            done.append(path)
            write(path, text)

        monkeypatch.setattr(results, "write_text", dying)
        try:
            made.write(tmp_path)
        except KeyboardInterrupt:
            pass
        else:
            break
        assert "bbbb" in read(tmp_path).cells
        if change == "new cell":
            assert "aaaa" in read(tmp_path).cells
    assert read(tmp_path).cells == {"aaaa", "bbbb", cell}
    assert read(tmp_path).frame.query("cell == @cell")["value"].tolist() == [2.5, 3.5]


# ---- merging -------------------------------------------------------------------------------------------


def test_merging_adds_what_is_missing_and_keeps_what_is_there(tmp_path):
    """A cell recorded on both sides stays ours; new ones come with their rows; a second merge adds nothing."""
    ours, theirs = results.folder(), tmp_path / "theirs"
    record({"aaaa": [row(1.0)]}, ours)
    record({"aaaa": [row(9.0)], "bbbb": [row(2.0), row(3.0)]}, theirs)
    assert results.merge(theirs) == {("smoke", "sparsity-tab3"): 1}
    assert read(ours).frame["value"].tolist() == [1.0, 2.0, 3.0]
    assert results.merge(theirs) == {("smoke", "sparsity-tab3"): 0}


def _add(root, cells):
    for cell in cells:
        results.add(*segment(cell, [row()]), "sparsity-tab3", "smoke", root)


def test_processes_that_record_side_by_side_lose_nothing(tmp_path):
    """Each adds to what lies there now. Writing the record one once read, or two writers at once, fails this."""
    context = multiprocessing.get_context("spawn")
    work = [context.Process(target=_add, args=(tmp_path, [f"{who}{i}" for i in range(8)])) for who in "ab"]
    for process in work:
        process.start()
    for process in work:
        process.join()
    assert read(tmp_path).cells == {f"{who}{i}" for who in "ab" for i in range(8)}


def test_a_manifest_under_another_name_is_refused(files):
    """Renamed files are not another item's record. Breaks if the name of the file alone counts."""
    _, csv, manifest = files
    for path in (csv, manifest):
        path.rename(path.with_stem("sparsity-tab2"))
    with pytest.raises(CorruptFile, match="the manifest of another record, smoke/sparsity-tab3"):
        results.read("sparsity-tab2", "smoke", csv.parents[1])


def test_merging_refuses_damaged_records_and_folders_without(tmp_path):
    """Nothing of a damaged record gets in; a wrong folder is said to be one."""
    theirs = tmp_path / "theirs"
    record({"aaaa": [row(1.0)]}, theirs)
    csv = theirs / "smoke/sparsity-tab3.csv"
    csv.write_text(csv.read_text().replace("1", "2"))
    whole = Record("mumis-tab1", "smoke")  # comes first
    whole.add(*segment("cccc", [row(1.0)]))
    whole.write(theirs)
    with pytest.raises(CorruptFile, match=str(csv)):
        results.merge(theirs)
    assert not results.folder().exists()
    with pytest.raises(ValueError, match=r"holds no records.*smoke, quick, laptop, paper"):
        results.merge(tmp_path / "empty")


def test_an_unknown_profile_is_refused_with_the_right_ones(tmp_path):
    """A typo must not read as "nothing recorded"."""
    with pytest.raises(ValueError, match="unknown profile 'papers'; choose one of smoke, quick, laptop, paper"):
        results.read("sparsity-tab3", "papers", tmp_path)


def test_the_home_is_what_is_set_else_the_checkout(monkeypatch, tmp_path):
    """$MU_HOME wins; without it the folder with `_toc.yml` at or above the current one."""
    assert results.folder() == tmp_path / "home" / "results"
    monkeypatch.delenv("MU_HOME")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert results.home() == tmp_path


def test_a_manifest_is_plain_json(files):
    """Anyone can read what made the rows."""
    _, _, manifest = files
    facts = json.loads(manifest.read_text())
    assert (facts["item"], facts["profile"]) == ("sparsity-tab3", "smoke")
    assert facts["segments"][1] == asdict(segment("bbbb", [row(2.0), row(math.nan, metric="KL", note="end")])[0])


def test_writers_with_different_caches_share_the_lock(tmp_path, monkeypatch):
    """Node-local caches, one folder of records. Breaks if each has a lock of its own and one loses cells."""
    monkeypatch.setenv("MU_CACHE", str(tmp_path / "one"))
    with results.locked(tmp_path, "smoke", "partial-tab1"):
        monkeypatch.setenv("MU_CACHE", str(tmp_path / "other"))
        with pytest.raises(Timeout):
            results.locked(tmp_path, "smoke", "partial-tab1").acquire(timeout=0.01)


# ---- the committed records ---------------------------------------------------------------------------------

RECORDS = Path(__file__).parents[1] / "results"
MEASURED = {"mumis": ("FA", "RA", "TA"), "sparsity": ("UA", "RA", "TA", "MIA-Efficacy")}
OF_ONE_MODEL = ("seed", "dataset", "model", "scenario", "sparsity", "pruner", "forget", "level")


def scored(rows):
    """(case, first row, metric -> value) of every model in a record: its rows follow one another."""
    model, first = {}, None
    for row in rows.to_dict("records"):
        if row["metric"] in model or (first and row["cell"] != first["cell"]):
            yield tuple(str(first.get(name)) for name in OF_ONE_MODEL), first, model
            model, first = {}, None
        first, model = first or row, model | {row["metric"]: row["value"]}
    yield tuple(str(first.get(name)) for name in OF_ONE_MODEL), first, model


def gaps_again(profile, item):
    """(what it is of, gap recorded, gap to the retrained model of the record) of every method's models."""
    rows, metrics = results.read(item, profile, RECORDS).frame, MEASURED[item.split("-")[0]]
    models = [one for one in scored(rows) if {"Avg. Gap", *metrics} <= one[2].keys()]
    retrained = {c: model for c, row, model in models if row["method"] == "retrain" and pd.isna(row.get("tried"))}
    for case, row, model in models:
        if case in retrained and row["method"] != "retrain":
            gap = sum(abs(model[metric] - retrained[case][metric]) for metric in metrics) / len(metrics)
            yield (row["method"], row.get("tried"), *case), model["Avg. Gap"], gap


def test_gaps_are_to_the_retrained_model_of_the_record():
    """Breaks if cells of one seed were recorded apart, on machines or by code that train other models."""
    compared = {}
    for path in sorted(RECORDS.glob("*/*.csv")):
        profile, item = path.parent.name, path.stem
        gaps = list(gaps_again(profile, item)) if item.split("-")[0] in MEASURED else []
        for what, recorded, again in gaps:
            assert recorded == pytest.approx(again, abs=1e-4), (profile, item, what)
        compared[profile, item] = len(gaps)
    for item in ("sparsity-tab3", "mumis-tab1"):
        assert compared["laptop", item] > 100
