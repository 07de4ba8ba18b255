"""The `mumis` experiments: metrics by hand, what a sequence trains on, memorisation, courses, and the grids."""

import copy
import importlib
import itertools
import json
import math
from dataclasses import asdict, replace
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from torch.nn import functional

import mu
from mu.data import Dataset, Samples
from mu.experiments import get_item, items, mumis
from mu.experiments.cache import Trained
from mu.experiments.case import hold_out
from mu.experiments.mumis import Memorised, Request, accuracies, memorisation, scores
from mu.experiments.sweeps import Accuracies
from mu.metrics import Outputs, accuracy
from mu.models import predict
from mu.reading.mumis import stop
from mu.results import PROFILES
from mu.sensitivity import Sensitivity
from mu.training import Recipe

ITEMS = [item for item in items().values() if item.paper == "mumis"]
OWN = [item for item in ITEMS if not item.shows]
GRIDS = [item for item in OWN if item.run is mumis.method_grid and item.id not in ("mumis-floor", "mumis-full")]


def settings(scenario="class", **more):
    """A small cell; class 3, or its half 7, is to be forgotten."""
    forget = {"class": {"forget": 3}, "subclass": {"forget": 7}}.get(scenario, {})
    return {
        "dataset": "synthetic", "model": "mlp", "scenario": scenario, "samples": 400, "sweeps": [],
        "recipe": asdict(Recipe(epochs=2, batch_size=32, optimizer="sgd", lr=0.05)), "surrogate": "synthetic",
        **forget, **more,
    }  # fmt: skip


def sweep(method, *values, name="lr", **options):
    return {"method": method, "options": options, "name": name, "values": list(values)}


def table(rows, *index):
    return pd.DataFrame(rows).set_index(list(index))["value"]


def answers(labels, right):
    """Logits that are right where told, else one label further."""
    return functional.one_hot((labels + ~right) % 10, 10).float()


# ---- metrics --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["class", "subclass", "random"])
def test_accuracies_by_hand(data, scenario):
    """Right on every second test image, every third forgotten and every fourth retained one.

    Of a class or sub-class FA and RA are on its test images and on the others; of single samples they are on training
    images: pitfall 3.1. TA is on all test images.
    """
    task = {
        "class": lambda: mu.forget_class(data, 3),
        "subclass": lambda: mu.forget_subclass(data, 7),
        "random": lambda: mu.forget_random(data, 0.1),
    }[scenario]()
    right = [torch.arange(len(part)) % k == 0 for part, k in ((task.forget, 3), (task.retain, 4), (task.test, 2))]
    right[2][task.target_test.nonzero().flatten()[1:]] = False  # fewer of those to forget
    parts = zip((task.forget, task.retain, task.test), right, strict=True)
    found = accuracies(task, Outputs(*(answers(part.labels, good) for part, good in parts)))
    share = lambda good: 100 * good.sum().item() / len(good)
    target = task.target_test
    expected = {
        "FA": share(right[2][target]) if scenario != "random" else share(right[0]),
        "RA": share(right[2][~target]) if scenario != "random" else share(right[1]),
        "TA": share(right[2]),
    }
    assert found == pytest.approx(expected)
    assert len(set(expected.values())) == 3


def test_accuracies_of_a_memorised_set_are_those_of_single_samples(data):
    """Not of test images: it has no class of its own."""
    task = replace(mu.forget_random(data, 0.1), scenario="memorised")
    out = Outputs(*(answers(part.labels, torch.ones(len(part), dtype=torch.bool)) for part in
                    (task.forget, task.retain, task.test)))  # fmt: skip
    out = out._replace(test=-out.test)
    found = accuracies(task, out)
    assert (found["FA"], found["RA"]) == (100, 100)
    assert found["TA"] < 50


def made_up(case, seed):
    generator = torch.Generator().manual_seed(seed)
    parts = case.task.forget, case.task.retain, case.task.test
    return Outputs(*(torch.randn(len(part), 10, generator=generator) for part in parts))


def test_the_reference_is_at_no_distance_from_itself():
    """Gap and KL of the retrained model are 0 (pitfall 6.17); another's gap is the mean of three distances."""
    case = Request(settings(), 0, "cpu")
    ours, theirs = made_up(case, 0), made_up(case, 1)
    same = scores(case, None, theirs, theirs)
    assert same["Avg. Gap"] == 0
    assert same["KL"] == pytest.approx(0, abs=1e-12)
    found, other = scores(case, None, ours, theirs), accuracies(case.task, theirs)
    assert found["Avg. Gap"] == pytest.approx(sum(abs(found[name] - other[name]) for name in ("FA", "RA", "TA")) / 3)
    assert found["Avg. Gap"] > 0


def test_kl_is_from_the_retrained_model_on_the_forget_set():
    """Two classes matter: KL of (3/4, 1/4) from (1/2, 1/2) in closed form, the mean over samples (pitfall 6.15).

    The mean over entries is ten times smaller, the other direction is another number, retained samples do not count.
    """
    case = Request(settings(), 0, "cpu")
    ours, theirs = made_up(case, 0), made_up(case, 1)
    low = torch.full((len(case.task.forget), 10), -1e4)
    first, second = low.clone(), low.clone()
    first[:, :2], second[:, :2] = torch.tensor([3.0, 1.0]).log(), 0.0
    found = scores(case, None, ours._replace(forget=second), theirs._replace(forget=first))
    assert found["KL"] == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))


def test_the_attack_learns_members_from_the_retain_set_and_asks_for_the_forget_set():
    """Sure answers on the retain set, unsure ones on test images: a forget set is all members if sure, else none.

    With two of the three exchanged one of both is wrong.
    """
    case = Request(settings(), 0, "cpu")
    sure = [20 * functional.one_hot(part.labels, 10).float() for part in (case.task.forget, case.task.retain)]
    test = torch.zeros(len(case.task.test), 10)
    for forget, share in ((sure[0], 100), (torch.zeros_like(sure[0]), 0)):
        out = Outputs(forget, sure[1], test)
        assert scores(case, None, out, out)["MIA"] == share


# ---- what methods are told ------------------------------------------------------------------------------


@pytest.fixture
def handed(monkeypatch):
    """Options that reach `mu.unlearn`, by method."""
    seen = {}
    monkeypatch.setattr(mu, "unlearn", lambda name, *_, **options: seen.update({name: options}))
    return seen


def test_methods_that_stop_at_an_accuracy_get_the_one_expected(handed, monkeypatch):
    """A class: 1 percent at least; single samples: that of held-out ones, for LoTUS as a share."""
    for scenario, percent in (("class", 0.0), ("random", 62.0)):
        case = Request(settings(scenario), 0, "cpu")
        monkeypatch.setattr(case, "expected", lambda _, percent=percent: Accuracies(percent, 99.0, 50.0))
        for method in ("duck", "scar", "scar-as-published", "lotus", "salun"):
            case.unlearn(sweep(method, 1e-3), 1e-3, None)
        assert {
            method: handed[method]["stop_at"] for method in ("duck", "scar", "scar-as-published")
        } == dict.fromkeys(("duck", "scar", "scar-as-published"), max(1.0, percent))
        assert handed["lotus"]["unseen_accuracy"] == pytest.approx(percent / 100)
        assert "stop_at" not in handed["salun"]


def test_no_method_without_retained_data_is_told_what_is_read_off_it(handed, monkeypatch):
    """The guess for a sub-class is: SCAR keeps its own constant there, its form with retained data does not."""
    case = Request(settings("subclass"), 0, "cpu")
    monkeypatch.setattr(case, "expected", lambda _: Accuracies(40.0, 99.0, 50.0))
    for method in (*mumis.RETAIN_FREE, "scar-as-published", "duck"):
        case.unlearn(sweep(method, 1e-3), 1e-3, None)
    assert not any({"stop_at", "unseen_accuracy"} & set(handed[method]) for method in mumis.RETAIN_FREE)
    assert handed["scar-as-published"]["stop_at"] == handed["duck"]["stop_at"] == 40


def test_the_second_recipe_of_rum_is_one(handed):
    """Settings hold it as JSON."""
    case = Request(settings("random"), 0, "cpu")
    tuning = Recipe(epochs=3, batch_size=7)
    case.unlearn(sweep("rum", 0.1, tuning=json.loads(json.dumps(asdict(tuning)))), 0.1, None)
    assert handed["rum"]["tuning"] == tuning


def test_surrogate_images_are_loaded_where_they_are_needed_only(monkeypatch):
    """At most 2000, from all over the set: in order of classes the first ones would be of one class."""
    assert mumis.surrogate_images(settings(surrogate="no such data", sweeps=[sweep("jit", 1e-3)]), "cpu") is None
    assert mumis.surrogate_images(settings(surrogate="no such data"), "cpu") is None
    monkeypatch.setattr(mumis, "SURROGATE_IMAGES", 50)
    images = mumis.surrogate_images(settings(sweeps=[sweep("jit", 1e-3), sweep("scar", 1e-3)]), "cpu")
    assert len(images) == 50
    assert images.indices.max() - images.indices.min() > 500


# ---- memorisation ---------------------------------------------------------------------------------------


@pytest.fixture
def subsets(monkeypatch):
    """`memorisation` of models that are not trained, right where a test says, and the samples each was given."""

    def use(right):
        def run(count, n, seed=0):
            given = []

            def kept(part, build, samples, **_):
                given.append(samples.indices)
                return Trained(len(given) - 1, [], 0)

            case = SimpleNamespace(
                settings=settings("memorised", subsets=count), seed=seed, kept=kept, learn=lambda samples, _: samples
            )
            monkeypatch.setattr(mumis, "predict", lambda which, part: answers(part.labels, right(which, given)))
            labels = torch.arange(n) % 10
            part = Samples(torch.zeros(n, 1, 1, 1, dtype=torch.uint8), labels, torch.arange(n))
            data = Dataset("made up", part, part, (), (), ())
            return memorisation(case, data), given

        return run

    return use


@pytest.mark.parametrize(("count", "n"), [(2, 100), (3, 101), (4, 101), (20, 101)])
def test_every_sample_is_left_out_at_least_once(subsets, count, n):
    """And at least once not, or there is nothing to compare: a random 70 % leaves a quarter in all of four."""
    score, given = subsets(lambda k, given: torch.isin(torch.arange(n), given[k]))(count, n)
    seen = torch.stack([torch.isin(torch.arange(n), part) for part in given])
    assert len(given) == count
    assert seen.any(0).all()
    assert (~seen).any(0).all()
    assert all(len(part) == len(part.unique()) for part in given)
    assert seen.double().mean() == pytest.approx(1 - max(0.3, 1 / count), abs=0.02)
    assert (score == 1).all()  # models that are right on what they have seen and nothing else


def test_memorisation_by_hand(subsets):
    """Share right inside less share right outside, sample by sample, whatever the models answer."""
    n, count = 40, 5
    wild = torch.rand(count, n, generator=torch.Generator().manual_seed(0)) < 0.6
    score, given = subsets(lambda k, given: wild[k])(count, n)
    for i in range(n):
        inside = [wild[k, i].item() for k in range(count) if i in given[k]]
        outside = [wild[k, i].item() for k in range(count) if i not in given[k]]
        assert score[i] == pytest.approx(sum(inside) / len(inside) - sum(outside) / len(outside))


def test_what_is_known_without_being_seen_is_not_memorised(subsets):
    """A model that is right on everything has memorised nothing; other seeds leave out others."""
    everything = subsets(lambda k, given: torch.ones(30, dtype=torch.bool))
    score, first = everything(3, 30)
    assert (score == 0).all()
    _, second = everything(3, 30, seed=1)
    assert not torch.equal(second[0], first[0])


def test_levels_are_the_tenths_of_the_order(monkeypatch):
    """Lowest, nearest to half, highest. A retrained model is expected to lose what was memorised, down to nothing."""
    count = {}
    monkeypatch.setattr(
        mumis, "memorisation", lambda case, data: count.setdefault(
            n := len(data.train), torch.randperm(n, generator=torch.Generator().manual_seed(3)) / n
        ),
    )  # fmt: skip
    cases = {level: Memorised(settings("memorised", level=level), 0, "cpu") for level in ("low", "mid", "high")}
    (score,) = count.values()
    n, share = len(score), round(0.1 * len(score))
    for level, middle in (("low", (share - 1) / 2), ("mid", n / 2), ("high", n - (share + 1) / 2)):
        task = cases[level].task
        ranks = (n * score[task.forget_indices]).round()
        assert (len(ranks.unique()), (ranks - middle).abs().max() <= share / 2) == (share, True)
        assert sorted([*task.forget_indices.tolist(), *task.retain_indices.tolist()]) == list(range(n))
    for level, share_lost in (("low", 0.1), ("high", 0.95)):
        case = cases[level]
        model = case.build().eval()
        known = accuracy(predict(model, case.task.forget), case.task.forget.labels)
        lost = 100 * score[case.task.forget_indices].double().mean().item()
        assert lost == pytest.approx(100 * share_lost, abs=6)
        guess = case.expected(model)
        assert guess[0] == pytest.approx(max(known - lost, 0))
        assert guess[1:] == Request._guess(case, model)[1:]


def test_rum_is_told_the_memorisation_of_its_samples(monkeypatch):
    """The estimated scores, in the order of the forget set; other methods are told nothing."""
    score = torch.rand(10_000, generator=torch.Generator().manual_seed(3))
    monkeypatch.setattr(mumis, "memorisation", lambda case, data: score[: len(data.train)])
    given = []
    monkeypatch.setattr(mumis.mu, "unlearn", lambda method, *_, **options: given.append((method, options)))
    case = Memorised(settings("memorised", level="mid"), 0, "cpu")
    for sweep in mumis.sweeps_of("smoke", "random", ("rum", "fine-tune")):
        case.unlearn(sweep, 0.01, case.build())
    (rum, told), (_, others) = given
    assert rum == "rum"
    assert torch.equal(told["memorisation"], score[case.task.forget_indices])
    assert "memorisation" not in others


# ---- sensitivity ----------------------------------------------------------------------------------------


def test_distributions_are_percentages_of_all_samples(monkeypatch):
    """Norms of 0.1, 0.11 and two of 5 lie in bins of a tenth of a decade, named by their left edge."""
    norms = torch.tensor([0.1001, 0.11, 5.0, 5.0])
    monkeypatch.setattr(mumis, "sensitivity", lambda *_: Sensitivity(norms, 10 * norms, 100 * norms))
    rows = pd.DataFrame(mumis.distributions(settings(looked=4), 0, "cpu"))
    for method in ("untrained", "trained"):
        part = rows[rows["method"] == method]
        bins = part[part["metric"] == "target"].set_index("bin")["value"].to_dict()
        assert bins == pytest.approx({-1.0: 50, 0.6: 50})
        assert part.loc[part["metric"] == "other", "bin"].tolist() == pytest.approx([0.0, 1.6])
        assert part.loc[part["metric"] == "target, median", "value"].item() == pytest.approx(0.11)


def test_auc_of_training_samples_over_held_out_ones(monkeypatch):
    """Of nine pairs a training sample has the larger norm in six: 67 %.

    Breaks if the two sides are swapped, or if the held-out images are some that were trained on.
    """
    seen, norms = [], {True: torch.tensor([1.0, 3.0, 5.0]), False: torch.tensor([0.0, 2.0, 4.0])}
    trained_on = set(Request(settings(), 0, "cpu").task.train.indices.tolist())

    def answer(model, images, labels):
        seen.append((images, labels))
        found = norms[len(seen) % 2 == 1]
        return Sensitivity(found, found, -found)

    monkeypatch.setattr(mumis, "sensitivity", answer)
    rows = pd.DataFrame(mumis.distributions(settings(looked=3), 0, "cpu")).set_index(["method", "metric"])["value"]
    assert rows["trained", "target, AUC"].item() == pytest.approx(100 * 6 / 9)
    assert rows["trained", "jacobian, AUC"].item() == pytest.approx(100 * 3 / 9)
    assert rows["trained", "other, held out, median"].item() == 2
    train = mu.load_dataset(settings()["dataset"]).train
    where = [[(train.images == image).flatten(1).all(1).nonzero()[0].item() for image in x] for x, _ in seen]
    for of_train, held_out in zip(where[::2], where[1::2], strict=True):
        assert set(of_train) <= trained_on
        assert not set(held_out) & trained_on


def test_directions_by_hand(monkeypatch):
    """Before, after retraining and after MU-Mis: shares of three samples whose norms, and whose difference, fall."""
    before = Sensitivity(torch.tensor([3.0, 3.0, 3.0]), torch.tensor([1.0, 1.0, 1.0]), None)
    retrained = Sensitivity(torch.tensor([2.0, 2.0, 4.0]), torch.tensor([1.5, 0.5, 1.2]), None)
    after = Sensitivity(torch.tensor([3.0, 4.0, 5.0]), torch.tensor([1.0, 1.0, 1.0]), None)
    order = iter((before, retrained, after))
    monkeypatch.setattr(mumis, "sensitivity", lambda *_: next(order))
    cell = settings(looked=3, sweeps=[sweep("mu-mis", 1.1, name="delta", lr=1e-3, max_steps=1)])
    found = table(mumis.directions(cell, 0, "cpu"), "method", "metric")
    third = 100 / 3
    assert found["retrain"].to_dict() == pytest.approx(
        {"target falls": 2 * third, "other falls": third, "difference falls": 2 * third}
    )
    assert found["mu-mis"].to_dict() == pytest.approx(dict.fromkeys(found["mu-mis"].index, 0))


# ---- what it costs at full size ---------------------------------------------------------------------------


def test_a_pass_is_timed_over_the_images_it_says(monkeypatch):
    """Each is called as often as it is said to be, on as many images. Breaks if MU-Mis makes more passes than one."""
    (cell,) = get_item("mumis-speed").grid("smoke")
    seen = {"train": [], "steps": []}
    learn, unlearn = mumis.train, mu.unlearn

    def training(model, samples, recipe, **more):
        seen["train"].append((len(samples), recipe.epochs, recipe.batch_size))
        return learn(model, samples, recipe, **more)

    def unlearning(name, model, task, **options):
        steps = []
        made = unlearn(name, model, task, on_step=lambda step, _: steps.append(step), **options)
        seen["steps"].append((len(task.forget), len(steps)))
        return made

    monkeypatch.setattr(mumis, "train", training)
    monkeypatch.setattr(mu, "unlearn", unlearning)
    rows = pd.DataFrame(mumis.speed({**cell, "timed": 130, "repeats": 2}, 0, "cpu")).set_index("method")
    assert seen == {"train": [(130, 1, 128)] * 3, "steps": [(130, 2)] * 3}
    assert rows["images"].to_dict() == {"retrain": 44_550, "mu-mis": 450}
    assert rows["passes"].to_dict() == {"retrain": 200, "mu-mis": 1}
    assert (rows["value"] > 0).all()


# ---- the course of a run --------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", [{"terms": "both"}, {"terms": "both", "weighted": True}])
def test_a_course_passes_where_the_rule_would_have_ended_it(variant):
    """The run with a finite delta ends at the step that `stop` names, with the accuracies of the course."""
    cell = settings(
        lr=3e-3, batch=16, steps=40, looked=10_000, options=variant, variant="both",
    )  # fmt: skip
    rows = pd.DataFrame(json.loads(json.dumps(list(mumis.course(cell, 0, "cpu")))))
    case = Request(settings(), 0, "cpu")
    passes = math.ceil(len(case.task.forget) / 16)
    first = rows[rows["metric"] == "other"].set_index("step")["value"]
    assert passes > 1
    assert first.index.tolist() == [*range(0, 40, passes), 40]
    original, ends = case.original().model, set()
    for delta in (0.5, *(first.iloc[[4, 9]] / first[0] - 1e-6), 99.0):
        curve = []
        model = mu.unlearn(
            "mu-mis", original, case.task, lr=3e-3, batch_size=16, max_steps=40, delta=delta, curve=curve, seed=2000,
            **variant,
        )  # fmt: skip
        end = min(stop(rows, delta), 40)
        ends.add(end)
        assert curve[-1].step == end
        assert [at.other for at in curve] == first.loc[:end].tolist()
        if end % passes:  # between two looks, where the cap ends it
            continue
        here = rows[rows["step"] == end].set_index("metric")["value"]
        test, target = case.task.test, case.task.target_test
        for metric, of in (("FA", target), ("RA", ~target)):
            assert here[metric] == accuracy(predict(model, test)[of], test.labels[of])
        assert here["TA"] == pytest.approx(accuracy(predict(model, test), test.labels))
    assert len(ends) == 4
    start = rows[rows["step"] == 0].set_index("metric")["value"]
    assert start["ratio"] == 1
    assert start["RA"] == accuracy(predict(original, test)[~target], test.labels[~target])


def test_a_course_that_diverges_ends_there():
    """With the rows up to then, all finite, instead of an error that would end the recording."""
    cell = settings(lr=1e6, batch=16, steps=40, looked=20, options={}, variant="both")
    rows = pd.DataFrame(mumis.course(cell, 0, "cpu"))
    assert rows["value"].map(math.isfinite).all()
    assert set(rows.loc[rows["step"] == 0, "metric"]) == {"FA", "RA", "TA", "target", "other", "ratio", "loss"}
    assert rows.loc[rows["metric"] == "other", "step"].max() < 40
    looks = rows.groupby("metric")["step"].apply(set)
    assert looks["FA"] == looks["other"]  # none at the model that had diverged


@pytest.mark.parametrize("scenario", ["class", "random"])
def test_a_course_beside_the_retrained_model(scenario):
    """Both on the samples of the tables, for as many passes however many steps a pass is.

    Breaks if a random request is followed on test images, or the reference on others than the course.
    """
    cell = settings(scenario, lr=1e-4, batch=8, passes=2, looked=10_000, options={}, variant="both")
    rows = pd.DataFrame(mumis.course_beside(cell, 0, "cpu"))
    case = Request(settings(scenario), 0, "cpu")
    original = case.original().model
    steps = math.ceil(len(case.task.forget) / 8)
    course = rows[rows["method"] == "mu-mis"]
    assert sorted(course["step"].unique()) == [0, steps, 2 * steps]
    reference = rows[rows["method"] == "retrain"].set_index("metric")["value"]
    start = course[course["step"] == 0].set_index("metric")["value"]
    for model, found in ((case.retrained(original).model, reference), (original, start)):
        parts = (case.task.forget, case.task.retain, case.task.test)
        expected = accuracies(case.task, Outputs(*(predict(model, part) for part in parts)))
        assert {name: found[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("method", ["gradient-ascent", "random-label", "jit", "mu-mis"])
def test_every_pass_of_a_method_is_looked_at(method):
    """As many looks as passes; the last sees what the same run leaves that is asked for no more than these passes.

    Breaks if a look comes a step early or late, if it changes the run, or if the run goes on behind it.
    """
    cell = settings(batch=8, passes=3, looked=10_000)
    case = Request(cell, 0, "cpu")
    steps = math.ceil(len(case.task.forget) / 8)
    long = {"delta": 1e9, "max_steps": 10**6, "batch_size": 8} if method == "mu-mis" else {}
    tried = sweep(method, 1e-3, **long)
    longer, exact = ({} if long else {"recipe": {"epochs": epochs, "batch_size": 8}} for epochs in (5, 3))
    rows = pd.DataFrame(mumis.passes_of({**cell, "sweeps": [tried | longer]}, 0, "cpu"))
    for _, of_metric in rows.groupby("metric"):
        assert of_metric["step"].tolist() == [steps, 2 * steps, 3 * steps]
    if long:
        tried["options"] = long | {"max_steps": 3 * steps}
    left, _ = case.unlearn(tried | exact, 1e-3, case.original().model)
    parts = (case.task.forget, case.task.retain, case.task.test)
    expected = accuracies(case.task, Outputs(*(predict(left, part) for part in parts)))
    last = rows[rows["step"] == 3 * steps].set_index("metric")["value"]
    assert {name: last[name] for name in expected} == pytest.approx(expected)


# ---- one request after another --------------------------------------------------------------------------


def asked(scenario, *sweeps):
    """A sequence of three requests."""
    labels = [3, 5, 8] if scenario == "class" else [7, 6, 12]
    more = settings(scenario, sequence=labels, sweeps=list(sweeps))
    more.pop("forget")
    return more, labels


@pytest.mark.parametrize("scenario", ["class", "subclass"])
def test_no_later_reference_sees_what_was_removed_before(monkeypatch, scenario):
    """Each retrained model is trained without all requests so far, the original once, on everything.

    Breaks if a reference is that of its own request alone, also if it comes from the cache of one.
    """
    cell, labels = asked(scenario)
    seen = []
    learn = mu.train

    def watch(model, samples, recipe, **more):
        seen.append(set((samples.fine if scenario == "subclass" else samples.labels).tolist()))
        return learn(model, samples, recipe, **more)

    monkeypatch.setattr("mu.experiments.case.train", watch)
    alone = Request(settings(scenario, forget=labels[-1]), 0, "cpu")  # the last one, without the others before it
    alone.retrained(alone.original().model)
    everything, without_last = seen
    seen.clear()
    rows = list(mumis.sequence(cell, 0, "cpu"))
    assert without_last == everything - {labels[-1]}
    assert seen == [everything - set(labels[:1]), everything - set(labels[:2]), everything - set(labels)]
    found = table([row for row in rows if row["metric"] == "FA"], "method", "step", "asked")
    assert set(found.index.droplevel(2)) == {("trained", 0), *(("retrain", step) for step in (1, 2, 3))}
    if scenario == "class":
        assert all(found["retrain", step, label] == 0 for step in (1, 2, 3) for label in labels[:step])


def test_accuracies_along_a_sequence_by_hand(monkeypatch):
    """FA of every class asked for, RA of the classes never asked for and TA, on test images after every step."""
    cell, labels = asked("class", sweep("gradient-ascent", 1e-3))
    steps, run = [], mu.unlearn  # one value: nothing is tried before
    monkeypatch.setattr(mu, "unlearn", lambda *a, **k: steps.append((a[1], run(*a, **k))) or steps[-1][1])
    rows = pd.DataFrame(mumis.sequence(cell, 0, "cpu"))
    test = mu.load_dataset("synthetic").test
    assert all(before is after for (_, after), (before, _) in itertools.pairwise(steps))
    for step, (_, model) in enumerate(steps, 1):
        part = rows[(rows["step"] == step) & (rows["method"] == "gradient-ascent")]
        right = predict(model, test).argmax(1) == test.labels
        share = lambda where, right=right: 100 * right[where].double().mean().item()
        fa = part[part["metric"] == "FA"].set_index("asked")["value"].to_dict()
        assert fa == pytest.approx({label: share(test.labels == label) for label in labels})
        values = part[part["metric"] != "FA"].set_index("metric")["value"]
        assert values["RA"] == pytest.approx(share(~torch.isin(test.labels, torch.tensor(labels))))
        assert values["TA"] == pytest.approx(share(slice(None)))
        assert set(values.index) == {"RA", "TA", "KL", "RTE"}


def test_kl_along_a_sequence_is_on_all_that_was_removed(monkeypatch):
    """Also on what earlier requests removed, from the model retrained without all of it."""
    cell, labels = asked("class", sweep("gradient-ascent", 1e-3))
    sizes = []
    monkeypatch.setattr(mumis, "kl", lambda reference, ours: sizes.append(len(ours)) or 0.0)
    list(mumis.sequence(cell, 0, "cpu"))
    data, _ = hold_out(mu.load_dataset("synthetic"), cell["samples"], 0)
    counts = [(data.train.labels == label).sum().item() for label in labels]
    assert sizes == [counts[0], sum(counts[:2]), sum(counts)]


def test_the_value_of_a_sequence_is_the_rules_choice_at_its_first_request(monkeypatch):
    """And is kept: a value is tried at the first request only, and the one of smallest proxy gap is gone on with."""
    cell, _ = asked("class", sweep("fine-tune", 0.1, 0.2, 0.3))
    gaps, used = iter((5.0, 1.0, 3.0)), []
    monkeypatch.setattr(mumis.Following, "proxy_gap", lambda *_: next(gaps))
    monkeypatch.setattr(
        mu, "unlearn", lambda name, model, task, **o: used.append(o["recipe"].lr) or copy.deepcopy(model)
    )
    rows = pd.DataFrame(mumis.sequence(cell, 0, "cpu"))
    assert used == [0.1, 0.2, 0.3, 0.2, 0.2, 0.2]
    assert rows.loc[rows["method"] == "fine-tune", "tried"].unique().tolist() == [0.2]


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("fails", [range(4), [3]])
def test_a_sequence_that_diverges_ends_with_a_row_that_says_so(monkeypatch, fails, raises):
    """At its first request, where no value has a gap, or at a later one; an error would end the whole recording, and
    a model that answers NaN would pass for one that has forgotten."""
    cell, _ = asked("class", sweep("fine-tune", 0.1, 0.2))
    calls = iter(range(9))

    def unlearn(name, model, task, **options):
        model = copy.deepcopy(model)
        if next(calls) in fails:
            if raises:
                raise FloatingPointError
            model.head.bias.data.fill_(torch.nan)
        return model

    monkeypatch.setattr(mu, "unlearn", unlearn)
    rows = pd.DataFrame(mumis.sequence(cell, 0, "cpu"))
    last = rows.iloc[-1]
    assert (last["method"], last["metric"]) == ("fine-tune", "diverged")
    assert last["step"] == (2 if fails == [3] else 1)
    assert (rows["metric"] == "diverged").sum() == 1


# ---- the sketch -----------------------------------------------------------------------------------------


def test_the_sketch_retrains_without_the_odd_sample(monkeypatch):
    """One of 24 samples is odd and on the wrong side; retraining has the other 23."""
    (cell,) = get_item("mumis-fig1").grid("smoke")
    sizes, module = [], importlib.import_module("mu.unlearning.retrain")
    real = module.train
    monkeypatch.setattr(
        module, "train", lambda model, samples, *a, **k: sizes.append(samples) or real(model, samples, *a, **k)
    )
    rows = pd.DataFrame(mumis.sketch(cell, 0, "cpu"))
    samples = rows[rows["method"] == "sample"].set_index("metric")
    assert len(samples) == 24
    odd = samples.loc["odd"]
    assert odd["value"] == 1
    assert odd["x"] < 128
    rest = samples.loc["label"]
    assert (rest["value"] == (rest["x"] > 128)).all()
    assert [len(part) for part in sizes] == [23]
    assert odd["x"] not in sizes[0].images.flatten().tolist()
    curves = rows[rows["metric"] == "logit difference"].pivot(index="x", columns="method", values="value")
    assert curves.index.tolist() == list(range(0, 256, 4))
    assert set(curves) == {"untrained", "trained", "retrain"}
    at = curves.loc[min(curves.index, key=lambda x: abs(x - odd["x"]))]
    assert at["trained"] > 0 > at["retrain"]


# ---- the grids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("item", OWN, ids=lambda item: item.id)
def test_references_come_before_methods(item, profile):
    """None trains what another one trains at once."""
    grid = [cell.settings for cell in item.cells(profile, 1)]
    if any("sweeps" in cell and not cell["sweeps"] for cell in grid):
        empty = [not cell["sweeps"] for cell in grid]
        requests = [{**cell, "sweeps": None} for cell in grid]
        assert all(len({sweep["method"] for sweep in cell["sweeps"]}) < 2 for cell in grid)
        for request in requests:  # every request has one cell of its references, before those of its methods
            assert empty[requests.index(request)]
            assert sum(e for e, r in zip(empty, requests, strict=True) if r == request) == 1


def test_second_recipes_and_last_epochs_follow_the_sweep():
    """RUM fine-tunes at the rate that is tried, and SCRUB's last epoch is on retained samples alone."""
    (rum,) = mumis.sweeps_of("laptop", "random", ("rum",))
    assert "lr" not in rum["options"]["tuning"]
    case = Request(settings("random"), 0, "cpu")
    given = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mumis.mu, "unlearn", lambda method, *_, **options: given.update(options))
        case.unlearn(rum, 0.07, case.build())
    assert given["tuning"].lr == given["recipe"].lr == 0.07
    (scrub,) = mumis.sweeps_of("laptop", "class", ("scrub",))
    assert "max_epochs" not in scrub["options"]
    assert mu.methods()["scrub"].defaults["max_epochs"] == scrub["recipe"]["epochs"] - 1 > 0


@pytest.mark.parametrize("profile", PROFILES)
def test_every_request_is_put_to_every_method(profile):
    """The tables of the paper compare all; RUM, which is for single samples, is in none of a class.

    Smoke and quick have all in the first table, and later on some of them.
    """
    for item in GRIDS:
        asked = {}
        for cell in item.grid(profile):
            key = json.dumps({**cell, "sweeps": None}, sort_keys=True)
            asked.setdefault(key, []).extend(tried["method"] for tried in cell["sweeps"])
        for request, methods in asked.items():
            scenario = json.loads(request)["scenario"]
            if scenario == "memorised":
                assert set(methods) == {"mu-mis", "fine-tune", "salun", "rum"}
            else:
                every = {*mumis.CLASSWISE, *(["rum"] if scenario == "random" else [])}
                some = set() if item.id == "mumis-tab1" else set(mumis.SCALES[profile].others)
                assert set(methods) == (every & some or every)
            rates = len(mumis.SCALES[profile].rates)
            assert methods.count("mu-mis") == rates
            assert len(methods) == len(set(methods)) + rates - 1


@pytest.mark.parametrize("profile", ["laptop", "paper"])
def test_published_values_are_among_those_tried(profile):
    """Else the choice "published" would silently leave a method out."""
    known = {name: method.published for name, method in mumis.METHODS.items() if method.published}
    assert set(mumis.METHODS) - set(known) == {"mu-mis", "random-label"}
    for method, value in known.items():
        (tried,) = mumis.sweeps_of(profile, "class", (method,))
        assert value in tried["values"]


def test_baselines_keep_the_length_they_need():
    """Passes over the forget set are cheap and are not cut down with the profile, unless that set is large.

    Breaks if SCAR has so few that its rule, which looks from the third pass on, can never act.
    """
    for scenario in ("class", "subclass"):
        for method in ("duck", "scar", "scar-as-published", "random-label", "gradient-ascent"):
            (tried,) = mumis.sweeps_of("laptop", scenario, (method,))
            own = 10 if (method, scenario) == ("duck", "subclass") else mu.methods()[method].defaults["recipe"].epochs
            assert tried["recipe"]["epochs"] == own
    for method in ("duck", "scar", "scar-as-published"):
        (tried,) = mumis.sweeps_of("laptop", "random", (method,))
        assert 3 <= tried["recipe"]["epochs"] < 30
    for method in ("fine-tune", "salun"):
        (tried,) = mumis.sweeps_of("laptop", "class", (method,))
        assert tried["recipe"]["epochs"] == mumis.SCALES["laptop"].epochs


def test_options_change_with_the_request():
    """As in the public codes: SCAR's teacher, LoTUS's alpha and SSD's batches."""
    own = lambda scenario, method: mumis.sweeps_of("paper", scenario, (method,))[0]["options"]
    assert own("class", "scar") == {}
    assert own("subclass", "scar") == own("random", "scar") == {"whole_class": False}
    assert (own("class", "lotus"), own("random", "lotus")) == ({}, {"alpha": 8.0})
    assert (own("subclass", "ssd"), own("random", "ssd")) == ({}, {"by_class": False})


def test_variants_have_names_of_their_own():
    """One row each in the tables of ablations; both items begin with the loss as published."""
    names = [mumis.variant_name(variant) for variant in mumis.VARIANTS]
    assert names == ["both", "target", "other", "jacobian", "spectral", "weighted"]
    for profile in PROFILES:
        cells = get_item("mumis-tabA12").grid(profile)
        assert [cell["variant"] for cell in cells] == names
        assert len({cell["lr"] for cell in cells}) == 1
        assert {cell["variant"] for cell in get_item("mumis-figA1").grid(profile)} == {"both"}


def test_the_sequence_is_asked_of_a_class_and_of_a_sub_class():
    """The same five, and no request twice."""
    cells = get_item("mumis-fig5").grid("laptop")
    assert {cell["scenario"] for cell in cells} == {"class", "subclass"}
    assert {tuple(cell["sequence"]) for cell in cells} == {(69, 51, 2, 40, 71)}
    for profile in PROFILES:
        for cell in get_item("mumis-fig5").grid(profile):
            assert len(set(cell["sequence"])) == len(cell["sequence"]) > 1


def test_both_attacks_are_on_the_model_at_hand(monkeypatch):
    """Non-members of the entropy attack are all test images, as in its code; that of `sparsity` asks about this model
    and not about the reference. Breaks if either reads another set or model."""
    case, handed = Request(settings(), 0, "cpu"), []
    ours, theirs = made_up(case, 0), made_up(case, 1)
    monkeypatch.setattr(mumis, "entropy_recall", lambda *three: handed.append(three) or 0.0)
    monkeypatch.setattr(mumis, "evaluate", lambda out, task: SimpleNamespace(mia_efficacy=out.forget[0, 0].item()))
    found = scores(case, None, ours, theirs)
    ((members, others, asked_about),) = handed
    assert members is ours.retain
    assert others is ours.test
    assert asked_about is ours.forget
    assert found["MIA-Efficacy"] == ours.forget[0, 0].item()


def test_kl_along_a_sequence_is_from_the_retrained_model(monkeypatch):
    """At two rates the reference is the same and the model is not. Breaks if the direction is turned."""
    handed = []
    monkeypatch.setattr(mumis, "kl", lambda *pair: handed.append(pair) or 0.0)
    for lr in (1e-3, 1e-2):
        list(mumis.sequence(asked("class", sweep("gradient-ascent", lr))[0], 0, "cpu"))
    for (first, slow), (second, fast) in zip(handed[:3], handed[3:], strict=True):
        assert torch.equal(first, second)
        assert not torch.equal(slow, fast)


@pytest.mark.parametrize(("name", "side"), [("faces", 32), ("tiny-imagenet", 64)])
def test_the_main_table_is_recorded_on_folders_of_images(noisy_folder, name, side):
    """Its cells as they are asked under `paper`, on generated pictures; SCAR's own images are of a folder, too.

    Network and training are small. Breaks if a folder's pictures, classes or sizes reach any part differently.
    """
    noisy_folder(name, 40)
    noisy_folder("imagenet", 70)
    recipe = asdict(Recipe(epochs=30, batch_size=8, optimizer="adam", lr=1e-3))
    small = {"model": "resnet9-slim", "recipe": recipe, "surrogate": f"folder:imagenet:{side}"}
    cells = [cell for cell in get_item("mumis-tab1").grid("paper") if cell["dataset"] == f"folder:{name}:{side}"]
    rows = []
    for cell in cells:
        if {tried["method"] for tried in cell["sweeps"]} <= {"mu-mis", "ssd", "scar"}:
            sweeps = [{**tried, "values": tried["values"][:1]} for tried in cell["sweeps"][:1]]
            rows += mumis.method_grid({**cell, **small, "sweeps": sweeps}, 0, "cpu")
    found = pd.DataFrame(rows).pivot_table(index="method", columns="metric", values="value")
    assert set(found.index) == {"trained", "retrain", "mu-mis", "ssd", "scar"}
    assert found.loc["trained", "FA"] > 50
    assert found.loc["retrain", "FA"] == 0  # a class it never saw
    assert (found.loc[["trained", "retrain"], "RA"] > 50).all()  # chance is 25 or 33
