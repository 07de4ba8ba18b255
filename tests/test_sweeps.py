"""Swept methods: what the rule may see, what a method is run with, and how one value of several is chosen.

`tests/test_sparsity.py` has the splits, the backdoor and pruned models.
"""

import math
import time
from dataclasses import asdict, replace

import pandas as pd
import pytest
import torch
from torch import nn

import mu
from mu.data import Samples
from mu.experiments import get_item, mumis, sparsity, sweeps
from mu.experiments.cache import Trained
from mu.experiments.sweeps import Swept, Tuned, by_neighbours, method_rows, one_each, tries
from mu.metrics import accuracy
from mu.models import predict, reinitialise
from mu.results import PROFILES
from mu.training import Recipe
from mu.unlearning import bad_teacher as bad_teacher_function

RECIPE = Recipe(epochs=1, batch_size=32, optimizer="sgd", lr=0.05, schedule="cosine", warmup=0.1, augment="crop-flip")


def settings(scenario="subclass", **more):
    """A small cell on data with sub-classes; the one to forget, 7, is half of class 3."""
    forget = {"class": {"forget": 3}, "subclass": {"forget": 7}}.get(scenario, {})
    return {
        "dataset": "synthetic", "model": "mlp", "scenario": scenario, "samples": 400, "recipe": asdict(RECIPE),
        "sweeps": [], **forget, **more,
    }  # fmt: skip


def tried(method, *values, name="lr", **more):
    return {"method": method, "options": {}, "name": name, "values": list(values), **more}


# ---- the guess ------------------------------------------------------------------------------------------


def pixels(values, labels):
    images = torch.tensor(values, dtype=torch.uint8).view(-1, 1, 1, 1)
    return Samples(images, torch.tensor(labels), torch.arange(len(labels)))


def test_neighbours_vote_by_pixels():
    """Ten dark images, the nearest four of class 2 and six of class 1, and ten bright ones of class 0.

    Five neighbours, the farthest ones or a single one break it.
    """
    known = pixels([10, 11, 12, 13, *range(14, 20), *range(200, 210)], [2, 2, 2, 2] + [1] * 6 + [0] * 10)
    assert by_neighbours(pixels([8], [1]), known) == 100
    assert by_neighbours(pixels([9], [2]), known) == 0
    assert by_neighbours(pixels([8, 9, 205], [1, 2, 0]), known) == pytest.approx(200 / 3)
    assert by_neighbours(pixels([205], [1]), known) == 0


def test_neighbours_of_many_and_among_few():
    """More images than fit one batch, and fewer known ones than are asked for."""
    known = pixels([0, 1, 255], [4, 4, 5])
    assert by_neighbours(pixels([3] * 600 + [250] * 200, [4] * 600 + [5] * 200), known) == 75


def test_the_guess_for_a_sub_class_is_that_of_its_look_alikes(same):
    """It does not depend on what the original learnt of it; the other two accuracies are the original's.

    Breaks if the forget set is among the known images: each would then find itself.
    """
    case = Swept(settings(), 0, "cpu")
    models = [case.original().model, case.build().eval()]
    guesses = [case.expected(model) for model in models]
    assert guesses[0].forget == guesses[1].forget == by_neighbours(case.task.forget, case.task.retain) < 100
    kept = case.validation.fine != 7
    for model, guess in zip(models, guesses, strict=True):
        held = predict(model, case.validation)
        assert guess.retain == accuracy(predict(model, case.task.retain), case.task.retain.labels)
        assert guess.held_out == accuracy(held[kept], case.validation.labels[kept])
    assert guesses[0].retain != guesses[1].retain


def test_the_guess_is_made_once_for_each_original(monkeypatch):
    """Else its predictions would enter the run time of every method that asks for it."""
    case, calls = Swept(settings("class"), 0, "cpu"), []
    monkeypatch.setattr(sweeps, "predict", lambda model, part: calls.append(1) or predict(model, part))
    first, second = case.build(), reinitialise(case.build(), 9)
    found = [case.expected(model) for model in (first, second, first, second)]
    assert len(calls) == 6
    assert found[0] == found[2] != found[1] == found[3]


@pytest.mark.parametrize(("scenario", "gone"), [("class", 3), ("subclass", 7), ("random", None)])
def test_held_out_samples_of_the_kind_to_forget_are_not_counted(scenario, gone):
    """Of a sub-class only its own; the other half of its class counts, and of single samples all do."""
    case = Swept(settings(scenario), 0, "cpu")
    kinds = case.validation.fine if scenario == "subclass" else case.validation.labels
    assert torch.equal(case.spared(), kinds != (-1 if gone is None else gone))
    assert (~case.spared()).any() == (gone is not None)
    assert (case.validation.labels[case.spared()] == 3).any() == (scenario != "class")


def test_the_proxy_gap_by_hand():
    """Mean of three absolute distances; a model that always answers 3 is right on all of the forget set."""
    case = Swept(settings("class"), 0, "cpu")

    class Three(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def forward(self, images):
            return torch.eye(10)[torch.full((len(images),), 3)]

    out = mu.metrics.outputs(Three(), case.task)
    assert case.proxy_gap((0, 90, 40), Three(), out) == pytest.approx((100 + 90 + 40) / 3)


def test_the_rule_reads_neither_test_images_nor_the_retrained_model(monkeypatch):
    """With noise for both, every proxy gap is as before; what does read them changes."""
    cell = settings("class", sweeps=[tried("fine-tune", 0.01, 0.1), tried("gradient-ascent", 1e-3)])
    score = lambda case, model, out, reference: {
        "test": accuracy(out.test, case.task.test.labels), "KL": mu.metrics.kl(reference.forget, out.forget),
    }  # fmt: skip

    def rows():
        case = Swept(cell, 0, "cpu")
        return pd.DataFrame(method_rows(case, score)).set_index(["method", "tried", "metric"])["value"].unstack()

    before = rows()
    real, load = Swept.retrained, mu.load_dataset

    def noise(name, device="cpu"):
        data = load(name, device)
        wild = torch.randint(
            256, data.test.images.shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(1)
        )
        return replace(data, test=replace(data.test, images=wild, labels=data.test.labels.flip(0)))

    monkeypatch.setattr(mu, "load_dataset", noise)
    monkeypatch.setattr(
        Swept, "retrained", lambda case, model: real(case, model)._replace(model=reinitialise(model, 5))
    )
    after = rows()
    assert after["proxy gap"].tolist() == before["proxy gap"].tolist()
    assert (after["test"] != before["test"]).any()
    assert (after["KL"] != before["KL"]).all()


# ---- references -----------------------------------------------------------------------------------------


def test_a_kept_reference_is_of_the_same_retained_samples(same):
    """Two requests with one name and other samples to keep: two references; with the same samples, one.

    Breaks if what is kept goes by the request's name alone, as along a sequence earlier requests were removed.
    """

    class Fewer(Swept):
        def request(self, data):
            return super().request(replace(data, train=data.train[data.train.labels != 5]))

    original = Swept(settings(), 0, "cpu").original().model
    all_others = Swept(settings(), 0, "cpu").retrained(original).model
    fewer = Fewer(settings(), 0, "cpu").retrained(original).model
    assert not same(all_others, fewer)
    assert same(Swept(settings(extra=1), 0, "cpu").retrained(original).model, all_others)
    assert not same(Swept(settings("class"), 0, "cpu").retrained(original).model, all_others)


def test_a_pruned_model_took_the_time_of_all_its_rounds(monkeypatch):
    """Dense training, then each round. Breaks if only the last round is counted."""
    spent = {"dense": 100.0, "rewound": 1000.0}
    stub = lambda self, part, build, make: Trained(part, [], spent.get(part.split(",")[0], 10.0))
    monkeypatch.setattr(Swept, "kept", stub)
    case = Swept(settings("random", pruner="imp", sparsity=48.8), 0, "cpu")  # three rounds
    assert case.original().seconds == 130.0
    case.settings["pruner"] = "omp"
    assert case.original().seconds == 110.0
    case.settings["sparsity"] = 0
    assert case.original().seconds == 100.0


def test_no_two_networks_begin_alike(monkeypatch, same):
    """Original, reference and the bad teacher's random network, of all three seeds: nine different draws."""
    starts, drawn = [], []
    learn = mu.train
    monkeypatch.setattr(
        "mu.experiments.case.train", lambda model, *a, **k: starts.append((model, k["seed"])) or learn(model, *a, **k)
    )
    module = __import__("sys").modules[bad_teacher_function.__module__]
    monkeypatch.setattr(module, "reinitialise", lambda model, s: drawn.append(reinitialise(model, s)) or drawn[-1])
    for own in (0, 1, 2):
        case = Swept(settings("class"), own, "cpu")
        original = case.original().model
        case.retrained(original)
        case.unlearn(tried("bad-teacher", 1e-3, recipe={"epochs": 1}), 1e-3, original)
    models = [model for model, _ in starts] + drawn
    assert len(models) == 9
    assert not any(same(a, b) for i, a in enumerate(models) for b in models[:i])
    assert len({order for _, order in starts}) == 6


# ---- what a method is run with --------------------------------------------------------------------------


@pytest.fixture
def handed(monkeypatch):
    """Options that `Swept.unlearn` hands over, instead of unlearning."""
    seen = []
    monkeypatch.setattr(mu, "unlearn", lambda name, model, task, **options: seen.append({"name": name, **options}))
    return seen


def test_a_method_keeps_its_own_recipe_but_for_what_the_sweep_changes(handed):
    """Its value is the learning rate, its length and batches are the cell's; the rest is as published."""
    case = Swept(settings("class"), 1, "cpu")
    case.unlearn(tried("salun", 0.5, recipe={"epochs": 2, "batch_size": 64}), 0.5, None)
    published = mu.methods()["salun"].defaults["recipe"]
    assert handed[0]["recipe"] == replace(published, epochs=2, batch_size=64, lr=0.5)
    assert handed[0]["seed"] == 2001
    assert "lr" not in handed[0]
    case.unlearn(tried("scrub", 0.3, name="alpha"), 0.3, None)
    assert handed[1]["recipe"] == mu.methods()["scrub"].defaults["recipe"]
    assert handed[1]["alpha"] == 0.3


def test_tuning_goes_on_as_training_did_at_a_constant_rate(handed):
    """With "tune" the recipe is that of training, augmentation and momentum included, but without its schedule."""
    case = Swept(settings("class"), 0, "cpu")
    case.unlearn(tried("fine-tune", 0.3, tune=[4, 16]), 0.3, None)
    expected = replace(RECIPE, epochs=4, batch_size=16, lr=0.3, schedule="constant", warmup=0.0)
    assert handed[0]["recipe"] == expected
    case.unlearn(tried("l1-sparse", 1e-4, name="weight", tune=[4, 16]), 1e-4, None)
    assert handed[1]["recipe"] == replace(expected, lr=sweeps.TUNING_RATE)


def test_methods_without_recipe_or_seed_get_none(handed):
    """SSD has neither, MU-Mis no recipe; surrogate images are passed on; options of the sweep stay."""
    case, images = Swept(settings("class"), 0, "cpu"), object()
    case.unlearn({**tried("ssd", 3.0, name="alpha"), "options": {"by_class": False}}, 3.0, None, images)
    assert handed[0] == {"name": "ssd", "alpha": 3.0, "by_class": False, "surrogate": images}
    case.unlearn({**tried("mu-mis", 1.1, name="delta"), "options": {"lr": 0.2}}, 1.1, None)
    assert handed[1] == {"name": "mu-mis", "delta": 1.1, "lr": 0.2, "seed": 2000, "surrogate": None}


def test_what_a_method_is_told_is_not_in_its_seconds(monkeypatch):
    """The accuracy to expect takes a tenth of a second to work out, unlearning none. Breaks if it is timed."""
    case, model = Swept(settings("class"), 0, "cpu"), nn.Linear(1, 1)

    def options(*_):
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return {}

    monkeypatch.setattr(case, "options", options)
    monkeypatch.setattr(mu, "unlearn", lambda *_, **__: model)
    unlearned, seconds = case.unlearn(tried("lotus", 1.0), 1.0, model)
    assert unlearned is model
    assert seconds < 0.05


def test_what_diverges_is_recorded_as_such_and_the_rest_goes_on(monkeypatch):
    """An error at one value, weights without finite answers at the next, and the third is scored."""
    case = Swept(settings("class", sweeps=[tried("fine-tune", 1.0, 2.0, 3.0)]), 0, "cpu")

    def unlearn(sweep, value, original, surrogate=None):
        if value == 1:
            raise FloatingPointError
        model = reinitialise(original, 1).eval()
        if value == 2:
            nn.init.constant_(model.head.bias, math.nan)
        return model, 1.0

    monkeypatch.setattr(case, "unlearn", unlearn)
    rows = pd.DataFrame(method_rows(case, lambda *_: {"Avg. Gap": 1.0}))
    found = rows.groupby("tried")["metric"].agg(list).to_dict()
    assert found == {1: ["diverged"], 2: ["diverged"], 3: ["Avg. Gap", "RTE", "proxy gap"]}


def test_rows_name_the_value_and_what_else_tells_sweeps_apart():
    """Option, learning rate of the sweep and options that are words; numbers of other options are not columns."""
    sweep = {**tried("mu-mis", 1.1, name="delta"), "options": {"lr": 0.2, "terms": "target", "max_steps": 1}}
    case = Swept(settings("class", sweeps=[sweep]), 0, "cpu")
    ((method, model, seconds, columns),) = tries(case, case.build().eval())
    assert method == "mu-mis"
    assert model is not None
    assert seconds > 0
    assert columns == {"lr": 0.2, "terms": "target", "option": "delta", "tried": 1.1}


def test_cells_are_references_first_and_then_one_for_each_method():
    """So that no two cells train the same model side by side."""
    cells = [{"a": 1, "sweeps": [1, 2]}, {"a": 2, "sweeps": [3]}]
    assert one_each(cells) == [
        {"a": 1, "sweeps": []}, {"a": 2, "sweeps": []}, {"a": 1, "sweeps": [1]}, {"a": 1, "sweeps": [2]},
        {"a": 2, "sweeps": [3]},
    ]  # fmt: skip


def test_values_are_those_of_the_profile_or_of_the_laptop():
    """And those written down for `quick` are no others than the laptop's."""
    tuned = Tuned((1.0,), (2.0, 3.0), quick=(3.0,))
    assert [tuned.values(profile) for profile in PROFILES] == [[1.0], [3.0], [2.0, 3.0], [2.0, 3.0]]
    for row in (*mumis.METHODS.values(), *sparsity.METHODS.values()):
        assert set(row.quick) < set(row.laptop)


@pytest.mark.parametrize(("item", "place"), [("mumis-floor", 0), ("mumis-floor", -1), ("sparsity-floor", 1)])
def test_the_second_retrained_model_differs_from_the_first_by_its_seed_alone(item, place):
    """With the reference's own seed the sweep makes the reference again: no gap. Breaks if its recipe, its data or
    its mask is another; or if the seed that the item has is the reference's."""
    cell = get_item(item).cells("smoke", 1)[place]
    (sweep,) = cell.settings["sweeps"]

    def gap(values):
        settings = {**cell.settings, "sweeps": [{**sweep, "values": values}]}
        (found,) = [r["value"] for r in get_item(item).run(settings, 0, "cpu") if r["metric"] == "Avg. Gap"]
        return found

    assert gap([1000]) == 0
    assert gap(sweep["values"]) > 0


@pytest.mark.parametrize(("target", "share"), [(3, 100), (5, 0)])
def test_the_guess_for_poisoned_samples_is_what_clean_ones_are_taken_for(target, share):
    """Of an original that always answers 3: all held-out images if the trigger leads there, else none."""
    case = Swept(settings("poisoned", forget=target), 0, "cpu")
    original = case.build().eval()
    nn.init.zeros_(original.head.weight)
    original.head.bias.data = 10 * torch.eye(10)[3]
    assert case.expected(original).forget == share


@pytest.mark.parametrize("part", ["forget", "retain", "test"])
def test_one_answer_that_is_not_finite_is_divergence(part, monkeypatch):
    """Wherever it is. Breaks if some finite part is enough."""
    case = Swept(settings("class", sweeps=[tried("fine-tune", 1.0)]), 0, "cpu")
    lost, real = reinitialise(case.build(), 1).eval(), sweeps.outputs

    def outputs(model, task):
        out = real(model, task)
        if model is lost:
            getattr(out, part)[-1, 0] = math.inf
        return out

    monkeypatch.setattr(case, "unlearn", lambda *_: (lost, 1.0))
    monkeypatch.setattr(sweeps, "outputs", outputs)
    assert [row["metric"] for row in method_rows(case, lambda *_: {"Avg. Gap": 1.0})] == ["diverged"]


@pytest.mark.parametrize(
    "change", [{"samples": 300}, {"recipe": asdict(replace(RECIPE, lr=0.1))}, {"model": "lenet"}]
)
def test_a_kept_original_is_that_of_its_own_settings(change, same):
    """After one cell another one that differs in a single setting. Breaks if what decides a training is left out of
    what it is kept under."""
    Swept(settings("class"), 0, "cpu").original()
    case = Swept(settings("class", **change), 0, "cpu")
    assert same(case.original().model, mu.train(case.build(), case.task.train, case.recipe, seed=0))
