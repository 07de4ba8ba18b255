"""The `mu` command as a user meets it."""

import json
import subprocess
import sys

import pytest

from mu import book, cli, results
from mu.experiments import items, primary_items
from mu.unlearning import methods

COMMANDS = ["list", "methods", "run", "status", "merge", "book", "data fetch", "data verify"]


@pytest.fixture
def call(monkeypatch, capsys):
    """arguments -> (exit code, stdout, stderr)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["mu", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return end.value.code or 0, out, err

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(call, command):
    """`--help` shows how the command is typed. Breaks if an epilog is dropped or names another command."""
    code, out, _ = call(*command.split(), "--help")
    assert code == 0
    assert f"Example: mu {command}" in out


def test_list_json_is_the_registry(call):
    """`mu list --json` holds every item with the contract's fields. Breaks if a field or an item is left out."""
    code, out, _ = call("list", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["id"] for row in rows] == list(items())
    assert all({"id", "paper", "title", "notebook", "profiles", "recorded"} <= set(row) for row in rows)
    assert all(row["recorded"] == [] for row in rows)  # an empty checkout


def test_methods_json_is_the_registry(call):
    """`mu methods --json` names what each method is handed. Breaks if `needs` or options are not the signature's."""
    rows = {row["name"]: row for row in json.loads(call("methods", "--json")[1])}
    assert list(rows) == list(methods())
    assert rows["amnesiac"]["needs"] == ["forget", "ledger"]
    assert rows["fine-tune"]["defaults"]["recipe"]["lr"] == 0.01


@pytest.mark.parametrize(
    ("arguments", "right"),
    [
        (["run", "partial-fig99"], "partial-fig1"),
        (["run", "partial-fig1", "--profile", "huge"], "laptop"),
        (["run", "partial-fig1", "--seeds", "0"], "at least 1"),
        (["run", "partial-fig1", "--profile", "smoke", "--device", "tpu"], "cpu"),
        (["run", "partial-fig1", "--profile", "smoke", "--backend", "slurm"], "loky"),
        (["run", "partial-fig1", "--profile", "smoke", "--budget", "soon"], "9m"),
        (["run", "partial-fig1", "--profile", "smoke", "--only", "mlp"], "name=value"),
        (["run", "partial-tab1", "--profile", "smoke", "--only", "scenario=all"], "rare"),
        (["status", "--profile", "huge"], "laptop"),
        (["merge", "/nonexistent"], "no records"),
        (["data", "verify", "mnist6k"], "mnist5k"),
        (["book", "--profile", "huge"], "quick"),
        (["book", "--profile", "smoke", "--seeds", "0"], "at least 1"),
    ],
)
def test_a_wrong_word_is_one_line_that_lists_the_right_ones(call, arguments, right):
    """Wrong names end with exit code 2 and one line on stderr. Breaks if an error becomes a traceback."""
    code, out, err = call(*arguments)
    assert code == 2
    assert right in err
    assert err.startswith("mu: ")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in out + err


def test_run_records_and_status_and_merge_agree(call, folders):
    """What `run --out` records elsewhere, `merge` brings in and `status` counts; `--only` records a cell by itself.

    Breaks if any loses a cell, or if `--only` runs the others too.
    """
    elsewhere = folders / "elsewhere"
    line = ["run", "partial-tab1", "--profile", "smoke", "--out", str(elsewhere)]
    assert call(*line, "--only", "scenario=class", "--only", "seed=0")[0] == 0
    assert [s.settings["scenario"] for s in results.read("partial-tab1", "smoke", elsewhere).segments] == ["class"]
    assert call(*line)[0] == 0
    code, out, _ = call("merge", str(elsewhere))
    assert (code, out) == (0, "smoke/partial-tab1: 2 cells added\n")
    assert call("merge", str(elsewhere))[1] == "smoke/partial-tab1: 0 cells added\n"
    row = next(r for r in json.loads(call("status", "--profile", "smoke", "--json")[1]) if r["id"] == "partial-tab1")
    assert (row["cells"], row["recorded"], row["missing"]) == (2, 2, 0)
    assert row["seconds"] > 0
    listed = {r["id"]: r["recorded"] for r in json.loads(call("list", "--json")[1])}
    assert listed["partial-tab1"] == ["smoke"]


def test_records_of_no_item_are_not_brought_in(call, folders):
    """Nothing would ever read them. Breaks if a mistyped name ends up among the records."""
    elsewhere = folders / "elsewhere"
    assert call("run", "mumis-fig1", "--profile", "smoke", "--out", str(elsewhere))[0] == 0
    (elsewhere / "smoke" / "partial-zzz.json").write_text("{}")
    code, out, err = call("merge", str(elsewhere))
    assert (code, out) == (2, "")
    assert "unknown item 'partial-zzz'" in err
    assert not results.read("mumis-fig1", "smoke").segments


def test_a_paper_names_all_its_items(call, monkeypatch):
    """`mu run sparsity` runs every record of the paper once, others none. Breaks if the prefix is matched loosely."""
    asked = []
    monkeypatch.setattr("mu.runner.run", lambda name, *_, **__: asked.append(name))
    assert call("run", "sparsity", "sparsity-fig3")[0] == 0
    assert sorted(asked) == sorted(item.id for item in primary_items() if item.id.startswith("sparsity-"))


def test_a_home_folder_is_found_and_nothing_to_do_is_said(call, folders, monkeypatch):
    """A shell leaves `--out=~/here` as it is. Breaks if a folder named ~ is made, or a second run says nothing."""
    monkeypatch.setenv("HOME", str(folders))
    line = ("run", "mumis-fig1", "--profile", "smoke", "--out=~/here")
    assert call(*line)[0] == 0
    assert results.read("mumis-fig1", "smoke", folders / "here").segments
    assert call(*line) == (0, "", "mumis-fig1: nothing to do, all 1 cells are recorded\n")


@pytest.mark.parametrize("error", [ChildProcessError("killed"), OSError("No space left on device")])
def test_what_ends_a_run_is_one_line(call, monkeypatch, error):
    """A killed worker and a full disk end with exit code 2 and their reason. Breaks if either is a traceback."""

    def fail(*_, **__):
        raise error

    monkeypatch.setattr("mu.runner.run", fail)
    assert call("run", "partial-tab1") == (2, "", f"mu: {error}\n")


def test_a_spent_budget_is_no_error(call, folders):
    """A budget that ends first leaves exit code 0 and says how to go on. Breaks if it is taken for a failure."""
    code, _, err = call("run", "partial-keep", "--profile", "smoke", "--budget", "1s", "--out", str(folders / "out"))
    assert code == 0
    assert "run the same line again" in err


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("9m", 540), ("1h30m", 5400), ("45", 45), ("2h", 7200), ("1m5s", 65)]
)
def test_durations(text, seconds):
    """Durations read as written. Breaks if a unit is dropped or confused."""
    assert cli.parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "9x", "-3", "1.5h"])
def test_what_is_no_duration_is_refused(text):
    """Anything else is an error, not zero. Breaks if the pattern may match nothing."""
    with pytest.raises(ValueError, match="no duration"):
        cli.parse_duration(text)


def test_module_and_command_are_one():
    """`python -m mu` is the command. Breaks if `__main__` stops calling it."""
    shown = subprocess.run([sys.executable, "-m", "mu", "methods"], capture_output=True, text=True, check=True).stdout
    assert "partial-amnesiac" in shown


def test_a_book_that_fails_is_one_line(monkeypatch, capsys):
    """Exit code 2 and the reason, as for all that a user can look into. Breaks if it is a traceback."""

    def fail(*_, **__):
        raise book.BookError("tab1.ipynb failed in cell 3")

    monkeypatch.setattr(book, "build", fail)
    monkeypatch.setattr("sys.argv", ["mu", "book"])
    monkeypatch.delenv("MU_DEBUG", raising=False)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert capsys.readouterr().err == "mu: tab1.ipynb failed in cell 3\n"


def test_a_data_set_without_files_is_said_to_have_none(call):
    """Breaks if nothing is said, which reads as if nothing had been looked for."""
    assert call("data", "verify", "synthetic") == (0, "synthetic: generated, there is no file\n", "")
