"""The `beyond` experiment: models of one split, steps taken back, and what is told of all of them."""

import copy
import itertools
import math
from dataclasses import asdict

import pandas as pd
import pytest
import torch

import mu
from mu import verdicts
from mu.attacks import per_example_attack
from mu.experiments import beyond, get_item
from mu.experiments.beyond import METHODS, Replica, compared
from mu.experiments.cache import code_digest
from mu.experiments.sweeps import again
from mu.figures.beyond import GROUPS
from mu.metrics import log_odds, outputs
from mu.results import PROFILES, complete
from mu.training import Recipe
from mu.verdicts import judge

RECIPE = Recipe(epochs=1, batch_size=32, optimizer="sgd", lr=0.05)


def settings(*sweeps, scenario="random", **more):
    """A small cell."""
    asked = {"forget": 3} if scenario == "class" else {}
    return {
        "dataset": "synthetic", "model": "mlp", "scenario": scenario, "samples": 400, "recipe": asdict(RECIPE),
        "surrogate": "synthetic", "models": 3, "tested": None, "sweeps": list(sweeps), **asked, **more,
    }  # fmt: skip


def tried(method, *values, name="lr", **options):
    return {"method": method, "options": options, "name": name, "values": list(values)}


def table(rows):
    return pd.DataFrame(rows).set_index(["method", "metric"])["value"]


# ---- models of one split --------------------------------------------------------------------------------


def test_models_of_one_split_share_samples_and_nothing_else():
    """The same held-out and forget samples, other weights; another split has others."""
    one, two, other = (Replica(settings(split=split), seed, "cpu") for split, seed in ((0, 100), (0, 101), (1, 100)))
    assert torch.equal(one.task.forget_indices, two.task.forget_indices)
    assert torch.equal(one.validation.indices, two.validation.indices)
    assert not torch.equal(one.task.forget.indices, other.task.forget.indices)
    weights = [case.original().model.state_dict() for case in (one, two, other)]
    assert not any(torch.equal(*pair) for pair in zip(weights[0].values(), weights[1].values(), strict=True))
    assert not any(torch.equal(*pair) for pair in zip(weights[0].values(), weights[2].values(), strict=True))


def test_without_a_split_a_seed_draws_as_before(monkeypatch):
    """The same samples, and a model that is kept for other records is not trained again; of another split it is."""
    plain, split = Replica(settings(), 5, "cpu"), Replica(settings(split=5), 5, "cpu")
    assert torch.equal(plain.task.forget.indices, split.task.forget.indices)
    plain.original()
    monkeypatch.setattr("mu.experiments.case.train", lambda *_, **__: pytest.fail("trained again"))
    split.original()
    with pytest.raises(pytest.fail.Exception):
        Replica(settings(split=6), 5, "cpu").original()


def test_what_is_retrained_again_is_another_model_every_time():
    """Other weights than the first reference and than the next model's."""
    sweep = again(RECIPE)
    made = []
    for seed in (0, 1):
        case = Replica(settings(sweep, split=0), seed, "cpu")
        original = case.original().model
        made += [case.retrained(original).model, case.unlearn(sweep, sweep["values"][0], original)[0]]
    first = [next(model.parameters()) for model in made]
    assert not any(torch.equal(a, b) for i, a in enumerate(first) for b in first[:i])


@pytest.mark.parametrize("method", ["amnesiac", "partial-amnesiac"])
def test_steps_are_taken_back_from_the_same_model(method):
    """Trained again to be recorded, a model is bit for bit the one that other methods start from."""
    share = 1.0 if method == "amnesiac" else 0.1
    sweep = tried(method, share, name="keep")
    plain, recorded = Replica(settings(split=0), 3, "cpu"), Replica(settings(sweep, split=0), 3, "cpu")
    start, same = plain.original().model, recorded.original().model
    for a, b in zip(start.state_dict().values(), same.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    ledger = mu.Ledger(share, values="float32", only=plain.task.forget.indices)
    mu.train(plain.build(), plain.task.train, RECIPE, seed=3, ledger=ledger)
    expected = mu.unlearn(method, start, plain.task, ledger=ledger)
    taken_back, _ = recorded.unlearn(sweep, share, same)
    for a, b in zip(expected.parameters(), taken_back.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert not torch.equal(next(start.parameters()), next(taken_back.parameters()))


def test_test_images_are_as_many_as_are_asked_for():
    case = Replica(settings(split=0, tested=40), 0, "cpu")
    assert len(case.task.test) == 40
    assert case.identity() == Replica(settings(split=0), 0, "cpu").identity()  # models do not depend on it


# ---- what is told ---------------------------------------------------------------------------------------


def test_all_models_are_attacked_together():
    """The attack reads log-odds of the forget samples, of every trained and every retrained model."""
    cases = [Replica(settings(split=0), k, "cpu") for k in range(3)]
    originals = [case.original().model for case in cases]
    retrained = [case.retrained(model).model for case, model in zip(cases, originals, strict=True)]
    odds = [
        torch.stack([log_odds(outputs(m, c.task).forget, c.task.forget.labels) for c, m in zip(cases, kind)])
        for kind in (originals, retrained)
    ]
    found = table(compared(settings(), 0, "cpu"))
    assert found["trained", "per-example AUC"] == pytest.approx(per_example_attack(*odds).auc)
    assert found["trained", "per-example TPR at 1 % FPR"] == pytest.approx(per_example_attack(*odds).tpr_at_1_fpr)
    assert ("retrain", "per-example AUC") not in found  # against itself there is nothing to tell
    assert found["retrain", "Avg. Gap"] == 0
    parts = [mu.metrics.accuracy(outputs(m, cases[0].task).test, cases[0].task.test.labels) for m in retrained]
    assert found["retrain", "TA"] == pytest.approx(sum(parts) / 3)


def test_a_model_that_remembers_is_told_from_one_that_never_saw():
    """Thirty epochs on few images: trained models are found out by them, and by images that none saw they are not."""
    recipe = asdict(Recipe(epochs=30, batch_size=32, optimizer="adam", lr=1e-3))
    cell = settings(recipe=recipe, dataset="synthetic", model="mlp", models=6)
    trained = table(compared(cell, 0, "cpu"))
    chance = table(compared({**cell, "sweeps": [again(Recipe(**recipe))]}, 0, "cpu"))
    assert trained["trained", "per-example AUC"] > chance["retrain", beyond.CHANCE[1]] + 5
    assert trained["trained", "per-example AUC, unseen"] < trained["trained", "per-example AUC"] - 5
    low, high = (chance["retrain", name] for name in beyond.CHANCE)
    assert low < chance["retrain", "per-example AUC"] < high


def test_one_value_is_picked_at_the_first_model_and_kept(monkeypatch):
    """By the distance that the rule reads; every model is unlearned with it."""
    used = []

    def unlearn(self, sweep, value, original, _):
        used.append((self.seed, value))
        return copy.deepcopy(original), 1.0

    monkeypatch.setattr(Replica, "unlearn", unlearn)
    gaps = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(Replica, "proxy_gap", lambda *_: next(gaps, 0.0))
    rows = list(compared(settings(tried("fine-tune", 0.1, 0.2, 0.3)), 4, "cpu"))
    assert used == [(400, 0.1), (400, 0.2), (400, 0.3), (400, 0.2), (401, 0.2), (402, 0.2)]
    assert {row["tried"] for row in rows} == {0.2}


def test_references_predict_once_for_the_cells_of_a_split(monkeypatch):
    """The next method of the same split is measured against what is there; another split's is not."""
    predicted = []
    monkeypatch.setattr(beyond, "outputs", lambda model, task: predicted.append(model) or outputs(model, task))
    beyond.references.cache_clear()
    counts = []
    for sweep, seed in ((tried("ssd", 10.0), 6), (tried("ssd", 5.0), 6), (tried("ssd", 10.0), 7)):
        predicted.clear()
        list(compared(settings(sweep), seed, "cpu"))
        counts.append(len(predicted))
    assert counts == [6, 3, 6]


def test_a_method_that_diverges_on_one_model_says_so(monkeypatch):
    def unlearn(self, sweep, value, original, _):
        if self.seed == 2:
            raise FloatingPointError
        return copy.deepcopy(original), 1.0

    monkeypatch.setattr(Replica, "unlearn", unlearn)
    (row,) = compared(settings(tried("ascent", 1e-3), scenario="class"), 0, "cpu")
    assert (row["method"], row["metric"], row["value"], row["forget"]) == ("ascent", "diverged", 1, 3)


# ---- checks of ours -------------------------------------------------------------------------------------

CLAIMS = {claim.id.split("-")[1]: claim for claim in verdicts.claims("beyond")}


def scored(method, told, seed=0, published=50.0, auc=50.0, tried=1.0, scenario="random", unseen=50.0):
    """A method's rows: its per-example AUC, and what the published attacks say; the retrained models' are 50."""
    at = {"dataset": "cifar10", "model": "resnet18-slim", "scenario": scenario, "seed": seed, "method": method}
    values = {"per-example AUC": told, "per-example AUC, unseen": unseen, "MIA-Efficacy": published, "AUC": auc}
    return [{**at, "metric": k, "value": v, "tried": tried} for k, v in values.items() if v is not None]


def verdict(name, *parts, chance=(50.0, 46.0, 54.0), **where):
    """On rows of some methods; `chance`: the AUC of models retrained again, and where nine tenths of chance lie."""
    rows = list(itertools.chain(*parts))
    for seed in {row["seed"] for row in rows} | {0}:
        again = scored("retrain", chance[0], seed, **where)
        rows += [*scored("retrain", None, seed, tried=math.nan, **where), *again]
        rows += [{**again[0], "metric": metric, "value": end} for metric, end in zip(beyond.CHANCE, chance[1:])]
    return judge(CLAIMS[name].evidence({"beyond-methods": complete(pd.DataFrame(rows))}))


def test_chance_is_what_retrained_models_make_of_one_another():
    """The reference itself, which has no attack of its own, is not mistaken for what is retrained again."""
    assert verdict("chance").word == "holds"
    assert verdict("chance", chance=(54.1, 46.0, 54.0)).word == "does not hold"
    assert verdict("chance", chance=(45.9, 46.0, 54.0)).word == "does not hold"


def test_an_attack_with_power_tells_trained_models_by_what_they_saw():
    assert verdict("power", scored("trained", 54.1, tried=math.nan)).word == "holds"
    assert verdict("power", scored("trained", 53.9, tried=math.nan)).word == "does not hold"
    assert verdict("power", scored("trained", 60.0, tried=math.nan, unseen=61.0)).word == "does not hold"


def test_only_methods_that_pass_the_published_attacks_count():
    """Told by either of these, there is nothing that the per-example attack could add."""
    passing, found = scored("ssd", 53.9), scored("salun", 54.1)
    assert verdict("enough", passing).word == "holds"
    assert verdict("enough", passing, found).answers == (True, False)
    assert verdict("enough", found).word == "does not hold"
    told = [scored("fine-tune", 90.0, published=52.1), scored("jit", 90.0, auc=47.9)]
    assert verdict("enough", passing, *told).answers == (True,)
    assert verdict("enough", *told).word == "nothing to test"


def test_of_a_class_the_attack_that_is_a_switch_does_not_count():
    passing = scored("ssd", 60.0, published=0.0, scenario="class")
    assert verdict("enough", passing, scenario="class").word == "does not hold"


def test_splits_must_agree():
    """Each has its own chance. The gates are of the mean: near it, one split alone decides nothing."""
    both = [scored("ssd", 60.0, seed=0, auc=52.5), scored("ssd", 60.0, seed=1, auc=51.0)]
    assert verdict("enough", *both).word == "does not hold"
    assert verdict("enough", *both).seeds == "2 seeds"
    one = [scored("ssd", 60.0, seed=0), scored("ssd", 50.0, seed=1)]
    assert verdict("enough", *one).word == "unclear"


def test_without_records_there_is_no_verdict():
    assert judge(CLAIMS["enough"].evidence({})).word == "not recorded"
    begun = complete(pd.DataFrame(scored("trained", 60.0, tried=math.nan)))
    for claim in CLAIMS.values():
        assert judge(claim.evidence({"beyond-methods": begun})).word == "not recorded"
    bare = complete(pd.DataFrame(scored("ssd", 60.0)))
    assert judge(CLAIMS["enough"].evidence({"beyond-methods": bare})).word == "not recorded"


# ---- the grid -------------------------------------------------------------------------------------------


def test_every_method_of_the_papers_is_there():
    """All that can be run without the variants of public code; RUM needs memorisation of each sample."""
    left_out = {"retrain", "rum", "label-flip-all", "partial-label-flip-all"}
    everything = {name for name in mu.methods() if not name.endswith("-as-published")} - left_out
    assert set(METHODS) == everything
    assert sorted(m for group in GROUPS.values() for m in group if m in METHODS) == sorted(METHODS)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_request_has_its_models_first_and_then_its_methods(profile):
    """So that none trains twice. The attack needs three models of a kind."""
    cells = get_item("beyond-methods").grid(profile)
    for scenario in beyond.SCALES[profile].requests:
        methods = [[s["method"] for s in c["sweeps"]] for c in cells if c["scenario"] == scenario]
        assert methods[:2] == [[], ["retrain"]]
        names = [set(of_cell) for of_cell in methods[2:]]
        taken_back = set(beyond.AMNESIAC) & set(beyond.SCALES[profile].methods)
        assert names[-1] == taken_back  # which share a training that is recorded
        assert all(len(of_cell) == 1 for of_cell in names[:-1])
        assert set().union(*names) == set(beyond.SCALES[profile].methods)
    assert all(cell["models"] >= 3 for cell in cells)


def test_methods_that_stop_are_told_what_to_expect():
    """A tenth of the samples is not forgotten at 1 % but where the held-out samples are."""
    case = Replica(settings(split=0), 0, "cpu")
    original = case.original().model
    for method in ("ascent", "partial-label-flip"):
        options = case.options(tried(method, 1e-3), 1e-3, original)
        assert options["stop_at"] == pytest.approx(max(1.0, case.expected(original).forget))
        assert options["recipe"].lr == 1e-3


def test_its_numbers_depend_on_the_code_of_every_paper(tmp_path, monkeypatch):
    """Other items do not depend on it, nor on one another."""
    from mu.experiments import cache

    package = tmp_path / "mu"
    (package / "experiments").mkdir(parents=True)
    for name in ("beyond", "partial", "mumis", "sparsity"):
        (package / "experiments" / f"{name}.py").write_text(name)
    monkeypatch.setattr(cache, "PACKAGE", package)
    before = {item: code_digest(item) for item in ("beyond-methods", "mumis-tab1", "partial-tab1")}
    (package / "experiments" / "mumis.py").write_text("changed")
    assert code_digest("beyond-methods") != before["beyond-methods"]
    assert code_digest("mumis-tab1") != before["mumis-tab1"]
    assert code_digest("partial-tab1") == before["partial-tab1"]
    (package / "experiments" / "beyond.py").write_text("changed")
    assert code_digest("partial-tab1") == before["partial-tab1"]
