"""Runs of cells: what is finished is never redone, a killed run goes on, a budget is kept.

Most tests run a toy item in this process; those about processes run `partial-fig4` under the smoke profile.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

import mu.experiments
from mu import results, runner
from mu.experiments import Cell, Item, cache, get_item
from mu.storage import CorruptFile

ROOT = Path(mu.__file__).parent.parent
ITEM = "partial-fig4"


@pytest.fixture
def toy(monkeypatch):
    """An item of three cells a seed that run here, one after the other.

    `toy.calls` lists (n, seed) of every cell begun; `toy.seconds[n]` is how long a cell sleeps;
    `toy.fail` is the (n, seed) that raises `toy.error`.
    """

    class Toy:
        calls, seconds, fail, error = [], {}, None, None

    def run(settings, seed, device):
        n = settings["n"]
        Toy.calls.append((n, seed))
        if Toy.fail == (n, seed):
            raise Toy.error or RuntimeError(f"cell {n} fails")
        time.sleep(Toy.seconds.get(n, 0))
        yield {"method": "retrain", "metric": "UA", "value": n + seed / 7, "step": n}
        yield {"method": "retrain", "metric": "RTE", "value": time.perf_counter()}

    item = Item("toy-tab1", "a toy", lambda _: [{"dataset": "none", "n": n} for n in range(3)],
                dict.fromkeys(results.PROFILES, 1), run)  # fmt: skip
    monkeypatch.setattr(mu.experiments, "_ITEMS", {"toy-tab1": item})
    monkeypatch.setattr(runner, "resolve_device", lambda device: "here")  # any device but "cpu": no processes
    return Toy


def go(out=None, seeds=None, **options):
    return runner.run("toy-tab1", "smoke", seeds, out=out, **options)


def made(root, item="toy-tab1"):
    """Key of every recorded cell -> its segment."""
    return {s.cell: s for s in results.read(item, "smoke", root).segments}


# ---- nothing twice ---------------------------------------------------------------------------------------


def test_a_finished_cell_is_never_run_again(toy, tmp_path):
    """The second run computes nothing and returns the same rows; more seeds add only those."""
    first = go(tmp_path)
    assert toy.calls == [(0, 0), (1, 0), (2, 0)]
    again = go(tmp_path)
    assert len(toy.calls) == 3
    assert again["value"].tolist() == pytest.approx(first["value"].tolist(), rel=1e-7)
    assert again[["cell", "seed", "method", "metric"]].equals(first[["cell", "seed", "method", "metric"]])
    more = go(tmp_path, seeds=2)
    assert toy.calls[3:] == [(0, 1), (1, 1), (2, 1)]
    assert len(more) == 12
    assert len(go(tmp_path, seeds=1)) == 6  # what was asked for, not all that is there
    assert len(toy.calls) == 6


def test_a_cell_of_two_items_is_run_once(toy, tmp_path, monkeypatch):
    """The second item takes over rows and provenance; other settings, seeds and functions it computes itself."""
    first = get_item("toy-tab1")
    grid = lambda _: [{"dataset": "none", "n": n} for n in (2, 5)]
    other = replace(first, id="toy-tab2", grid=grid, revision=3)
    alien = replace(other, id="toy-tab3", run=lambda *settings: first.run(*settings))
    monkeypatch.setattr(mu.experiments, "_ITEMS", {item.id: item for item in (first, other, alien)})
    whole = go(tmp_path)
    shared = runner.run("toy-tab2", "smoke", out=tmp_path)
    assert toy.calls == [(0, 0), (1, 0), (2, 0), (5, 0)]
    both = [frame.query("step == 2")["value"].tolist() for frame in (whole, shared)]
    assert both[0] == pytest.approx(both[1], rel=1e-7)
    old, new = made(tmp_path), made(tmp_path, "toy-tab2")
    cells = {name: get_item(name).cells("smoke") for name in ("toy-tab1", "toy-tab2")}
    assert new[cells["toy-tab2"][0].key] == replace(old[cells["toy-tab1"][2].key], cell=cells["toy-tab2"][0].key)
    runner.run("toy-tab2", "smoke", 2, out=tmp_path)
    assert toy.calls[4:] == [(2, 1), (5, 1)]
    runner.run("toy-tab3", "smoke", out=tmp_path)
    assert toy.calls[6:] == [(2, 0), (5, 0)]


def test_a_live_cell_of_another_item_counts_if_its_code_is_the_same(toy, monkeypatch):
    """Breaks if a notebook shows what an earlier version of the code computed for another notebook."""
    first = get_item("toy-tab1")
    second = replace(first, id="toy-tab2")
    monkeypatch.setattr(mu.experiments, "_ITEMS", {item.id: item for item in (first, second)})
    for code, calls in (("a", 3), ("a", 3), ("b", 6)):
        monkeypatch.setattr(runner, "code_digest", lambda item, code=code: code)
        runner.run("toy-tab2" if toy.calls else "toy-tab1", "smoke")
        assert len(toy.calls) == calls


def test_rows_carry_what_they_belong_to(toy, tmp_path):
    """Seed and data set in every row, the item's own column kept, values those of the cell."""
    frame = go(tmp_path, seeds=2).query("metric == 'UA'")
    assert set(results.COLUMNS) <= set(frame.columns)
    assert sorted(zip(frame["step"], frame["seed"], frame["value"])) == [
        (n, seed, pytest.approx(n + seed / 7, rel=1e-7)) for n in range(3) for seed in range(2)
    ]
    assert set(frame["dataset"]) == {"none"}


def test_an_error_in_one_cell_keeps_those_before(toy, tmp_path):
    """A cell that raises ends the run with its error; the next run begins with that cell."""
    toy.fail = (1, 0)
    with pytest.raises(RuntimeError, match="cell 1 fails"):
        go(tmp_path)
    assert len(made(tmp_path)) == 1
    toy.fail = None
    assert len(go(tmp_path)) == 6
    assert toy.calls == [(0, 0), (1, 0), (1, 0), (2, 0)]


def test_cells_whose_data_lack_keep_no_other_from_being_recorded(toy, tmp_path):
    """The run goes on past them, records the rest and then says what is missing."""
    toy.fail, toy.error = (0, 0), mu.DataError("no such files")
    with pytest.raises(mu.DataError, match="no such files"):
        go(tmp_path)
    assert toy.calls == [(0, 0), (1, 0), (2, 0)]
    assert len(made(tmp_path)) == 2


def test_rows_are_on_file_as_soon_as_their_cell_ends(toy, tmp_path, monkeypatch):
    """When a later cell begins, all earlier ones can be read: writing at the end would lose them to a kill."""
    seen, run = [], get_item("toy-tab1").run

    def watching(settings, seed, device):
        seen.append(len(made(tmp_path)))
        return run(settings, seed, device)

    item = Item(**{**vars(get_item("toy-tab1")), "run": watching})
    monkeypatch.setattr(mu.experiments, "_ITEMS", {"toy-tab1": item})
    go(tmp_path)
    assert seen == [0, 1, 2]


def test_a_segment_says_what_made_it(toy, tmp_path):
    """Settings, seed, rows, seconds, date, code, hardware and versions of the run."""
    toy.seconds = {1: 0.2}
    go(tmp_path)
    segments = sorted(made(tmp_path).values(), key=lambda s: s.settings["n"])
    assert [s.settings for s in segments] == [{"dataset": "none", "n": n} for n in range(3)]
    assert {(s.seed, s.rows) for s in segments} == {(0, 2)}
    assert segments[1].seconds >= 0.2
    for s in segments:
        assert s.cell == Cell("toy-tab1", 1, s.settings, s.seed).key
        assert s.code == runner.code_digest("toy-tab1")
        assert s.date.endswith("+00:00")
        assert s.versions["torch"].startswith("2.")
        assert s.hardware
        assert s.commit


def test_a_seed_that_another_machine_began_is_pointed_out(toy, tmp_path, monkeypatch, capsys):
    """Gaps of one seed are to one retrained model. Breaks if a GPU shared by fewer cells counts as another, or a seed
    that nobody began."""
    toy.fail = (2, 0)
    monkeypatch.setattr(runner, "hardware", lambda *_: "A chip, 4 cells side by side")
    with pytest.raises(RuntimeError):
        go(tmp_path)
    toy.fail = None
    monkeypatch.setattr(runner, "hardware", lambda *_: "Another")
    go(tmp_path)
    assert "from A chip, 4 cells side by side; models" in capsys.readouterr().err
    go(tmp_path, seeds=2)
    assert "models" not in capsys.readouterr().err
    monkeypatch.setattr(runner, "hardware", lambda *_: "Another, 4 cells side by side")
    toy.fail = (2, 2)
    with pytest.raises(RuntimeError):
        go(tmp_path, seeds=3)
    toy.fail = None
    monkeypatch.setattr(runner, "hardware", lambda *_: "Another")
    capsys.readouterr()
    go(tmp_path, seeds=3)
    assert "models" not in capsys.readouterr().err


def test_an_altered_record_stops_the_run(toy, tmp_path):
    """Damaged rows are neither used nor overwritten."""
    go(tmp_path)
    csv = tmp_path / "smoke" / "toy-tab1.csv"
    damaged = csv.read_text().replace("UA,1", "UA,2")
    csv.write_text(damaged)
    with pytest.raises(CorruptFile, match=str(csv)):
        go(tmp_path, seeds=2)
    assert csv.read_text() == damaged


def test_live_records_are_redone_when_the_code_changes_and_committed_ones_are_not(toy, tmp_path, monkeypatch):
    """Under `_build/live` a digest of the code guards every cell; in `out` the item's revision does."""
    go()
    go(tmp_path / "committed")
    assert runner.live_folder() == tmp_path / "home" / "_build" / "live"
    assert len(made(runner.live_folder())) == 3
    go()
    assert len(toy.calls) == 6
    monkeypatch.setattr(runner, "code_digest", lambda item: "changed")
    toy.calls.clear()
    assert len(go()) == 6
    assert len(toy.calls) == 3
    assert {s.code for s in made(runner.live_folder()).values()} == {"changed"}
    go(tmp_path / "committed")
    assert len(toy.calls) == 3


def test_the_code_digest_follows_what_computes(tmp_path, monkeypatch):
    """Changed by the ledger, what papers share or the paper's own module, not by the command line or another paper's.

    What a trained model depends on is less: methods and metrics do not change it.
    """
    shutil.copytree(cache.PACKAGE, tmp_path / "mu", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "mu")
    before = runner.code_digest(ITEM), cache.training_digest()
    for name, *counts in (
        ("cli.py", False, False),
        ("pages/records.py", False, False),
        ("experiments/sparsity.py", False, False),
        ("ledger.py", True, True),
        ("unlearning/amnesiac.py", True, False),
        ("metrics.py", True, False),
        ("experiments/cache.py", True, False),
        ("reading/sparsity.py", False, False),
        ("experiments/case.py", True, True),
        ("experiments/sweeps.py", True, False),
        ("experiments/partial.py", True, False),
    ):
        path = tmp_path / "mu" / name
        path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
        after = runner.code_digest(ITEM), cache.training_digest()
        assert [a != b for a, b in zip(after, before, strict=True)] == counts, name
        before = after


# ---- budget ----------------------------------------------------------------------------------------------


def test_a_budget_ends_a_cell_that_overruns_and_the_next_run_goes_on(toy, tmp_path):
    """Ended inside the budget, earlier cells on file, alarm and handler put back; the rest comes with time."""
    handler = signal.getsignal(signal.SIGALRM)
    toy.seconds = {1: 30}
    with pytest.raises(runner.BudgetSpent):
        go(tmp_path, budget=1.0)
    assert toy.calls == [(0, 0), (1, 0)]
    assert len(made(tmp_path)) == 1
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    toy.seconds = {}
    assert len(go(tmp_path, budget=60)) == 6
    assert toy.calls[2:] == [(1, 0), (2, 0)]
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_finished_cell_is_recorded_though_the_budget_ends_meanwhile(toy, tmp_path, monkeypatch):
    """The alarm waits for the write. Breaks if it throws away what has just been computed."""
    add = results.add
    monkeypatch.setattr(results, "add", lambda *arguments: signal.raise_signal(signal.SIGALRM) or add(*arguments))
    with pytest.raises(runner.BudgetSpent):
        go(tmp_path, budget=60)
    assert toy.calls == [(0, 0)]
    assert len(made(tmp_path)) == 1


def test_no_cell_is_begun_that_took_longer_than_is_left(toy, tmp_path):
    """Seed 1 of cells whose seed 0 took 0.6 s is not begun with a budget of 0.5: the estimate is read from file."""
    toy.seconds = dict.fromkeys(range(3), 0.6)
    go(tmp_path)
    toy.calls.clear()
    with pytest.raises(runner.BudgetSpent, match="would not end inside the budget"):
        go(tmp_path, seeds=2, budget=0.5)
    assert toy.calls == []
    assert len(made(tmp_path)) == 3


def test_the_budget_learns_from_the_run_itself(toy, tmp_path):
    """Two seeds of cells of 1.2 s in 5.8 s, the fifth would end too late. Breaks if only files are read."""
    toy.seconds = dict.fromkeys(range(3), 1.2)  # a second is left for a busy machine
    with pytest.raises(runner.BudgetSpent, match="would not end inside the budget"):
        go(tmp_path, seeds=2, budget=5.8)
    assert len(toy.calls) == len(made(tmp_path)) == 4  # none was begun only to be ended


def test_nothing_missing_needs_no_budget(toy, tmp_path):
    """A complete record is returned even with no time at all."""
    go(tmp_path)
    assert len(go(tmp_path, budget=0.0)) == 6


# ---- wrong names -----------------------------------------------------------------------------------------


def test_wrong_names_are_refused_with_the_right_ones(tmp_path):
    """Item, profile, device, backend and seeds; nothing is written."""
    for arguments, options, message in (
        (("partial-fig9", "smoke"), {}, r"unknown item 'partial-fig9'; choose one of .*partial-fig1"),
        ((ITEM, "tiny"), {}, "unknown profile 'tiny'; choose one of smoke, quick, laptop, paper"),
        ((ITEM, "smoke"), {"device": "gpu"}, "unknown device 'gpu'; choose one of auto, cpu, cuda"),
        ((ITEM, "smoke"), {"backend": "ray"}, "unknown backend 'ray'; choose one of loky, dask"),
        ((ITEM, "smoke", 0), {}, "seeds must be at least 1, not 0"),
        ((ITEM, "smoke"), {"workers": 0}, "workers must be at least 1, not 0"),
    ):
        with pytest.raises(ValueError, match=message):
            runner.run(*arguments, out=tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_missing_gpu_is_said_to_be_missing(monkeypatch):
    """ "cuda" without one is an error, "auto" falls to the CPU by its meaning."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert runner.resolve_device("auto") == "cpu"
    with pytest.raises(ValueError, match="no CUDA device"):
        runner.resolve_device("cuda")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert runner.resolve_device("auto") == "cuda"
    assert runner.resolve_device("cpu") == "cpu"


# ---- processes -------------------------------------------------------------------------------------------


def numbers(frame):
    """All but times, with full precision, in a fixed order."""
    frame = frame[frame["metric"] != "RTE"].drop(columns="cell")
    columns = sorted(frame.columns)
    return sorted(tuple(str(v) for v in row) for row in frame[columns].itertuples(index=False))


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """An uninterrupted run of two seeds in worker processes: (folder, frame)."""
    folder = tmp_path_factory.mktemp("complete")
    frame = runner.run(ITEM, "smoke", 2, device="cpu", out=folder)
    yield folder, frame
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


def test_processes_give_bitwise_what_this_process_gives(complete):
    """Every value of every cell, to the last bit: threads, forked random states or shared models would show."""
    cells = get_item(ITEM).cells("smoke", 2)
    finished = runner._finished(cells, {}, "cpu", "loky", budget=None, workers=2)
    there = {cell.key: rows for cell, rows, _ in finished}
    assert there == {cell.key: get_item(cell.item).compute(cell, "cpu") for cell in cells}
    recorded = results.read(ITEM, "smoke", complete[0]).frame
    for key, rows in there.items():
        values = [row["value"] for row in rows]
        assert recorded[recorded["cell"] == key]["value"].tolist() == pytest.approx(values, rel=1e-7)


def running(group):
    """Process ids of a group that still run; empty where there is no /proc to ask."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                found.append(int(stat.parent.name))
    return found


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been_killed(complete, tmp_path):
    """SIGKILL in the middle of a real run. Its workers end by themselves. The next run leaves finished cells as they
    are, date, seconds and all, and the record becomes the uninterrupted one in everything but times."""
    command = f"from mu import runner; runner.run({ITEM!r}, 'smoke', 2, device='cpu')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MU_HOME": str(tmp_path)}
    live = tmp_path / "_build" / "live"
    process = subprocess.Popen(
        [sys.executable, "-c", command], env=environment, cwd=tmp_path, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not (live / "smoke" / f"{ITEM}.json").exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 20
        while running(process.pid):
            assert time.monotonic() < deadline, "workers outlive the run they work for"
            time.sleep(0.1)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    before = made(live, ITEM)
    cells = get_item(ITEM).cells("smoke", 2)
    assert 1 <= len(before) < len(cells)

    frame = runner.run(ITEM, "smoke", 2, device="cpu", out=live)
    after = made(live, ITEM)
    assert len(after) == len(cells)
    for key, old in before.items():
        assert asdict(after[key]) == asdict(old)
    uninterrupted = results.read(ITEM, "smoke", complete[0])
    assert numbers(results.read(ITEM, "smoke", live).frame) == numbers(uninterrupted.frame)
    assert len(frame) == len(uninterrupted.frame)
    assert {k: s.sha256 for k, s in after.items()} == {s.cell: s.sha256 for s in uninterrupted.segments}


def test_a_worker_that_is_killed_is_said_to_be():
    """As by the kernel for want of memory. Breaks if joblib's own error comes through, or the run waits for ever."""
    here = os.getpid()

    class Deadly:  # a cell that kills whoever asks whose it is
        @property
        def item(self):
            os.kill(os.getpid(), signal.SIGKILL if os.getpid() != here else 0)

    with pytest.raises(ChildProcessError, match="a worker process was killed, most often for want of memory"):
        list(runner._finished([Deadly()] * 2, {}, "cpu", "loky", budget=None, workers=2))


def test_a_dask_cluster_gives_the_same(complete, tmp_path):
    """The other backend, on the cluster that dask is set to: here one worker process on this machine."""
    distributed = pytest.importorskip("distributed")
    import dask

    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster, \
            dask.config.set({"scheduler-address": cluster.scheduler_address}):  # fmt: skip
        runner.run(ITEM, "smoke", 1, device="cpu", backend="dask", out=tmp_path)
    first = results.read(ITEM, "smoke", complete[0]).frame.query("seed == 0")
    assert numbers(results.read(ITEM, "smoke", tmp_path).frame) == numbers(first)


def test_a_shared_gpu_is_named_as_shared(monkeypatch):
    """Its times are by the clock, so a record must say when cells ran side by side; on a CPU they do not matter."""
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a GPU")
    assert runner.hardware("cuda") == "a GPU"
    assert runner.hardware("cuda", 4) == "a GPU, 4 cells side by side"
    assert runner.hardware("cpu", 4) == runner.hardware("cpu")


def test_an_installed_copy_below_another_repository_has_no_commit(tmp_path, monkeypatch):
    """The commit is of the repository that tracks `mu`, not of whichever is around it."""
    git = lambda *words: subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True)
    git("init", "-q")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "theirs")
    (tmp_path / "lib" / "mu").mkdir(parents=True)
    (tmp_path / "lib" / "mu" / "__init__.py").touch()
    monkeypatch.setattr(runner, "__file__", str(tmp_path / "lib" / "mu" / "runner.py"))
    assert runner.commit() == "unknown"


def test_a_folder_that_cannot_be_written_is_found_out_before_anything_is_run(toy, tmp_path, monkeypatch):
    """Breaks if the first cell is computed and then lost."""
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="cannot write into"):
        runner.run("toy-tab1", "smoke", out=tmp_path / "o")


def test_a_run_in_this_process_leaves_its_settings_alone(monkeypatch):
    """One cell is computed here: with one thread, and with as many as before afterwards. Breaks if a notebook is left
    with one thread."""
    threads, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        with runner._repeatable("cpu"):
            seen.append((torch.get_num_threads(), torch.backends.cudnn.deterministic))
        seen.append((torch.get_num_threads(), torch.backends.cudnn.deterministic))
    finally:
        torch.set_num_threads(threads)
    assert seen == [(1, True), (2, False)]
