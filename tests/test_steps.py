"""Label flipping and ascent: what they step on, what they move, and when they stop."""

import copy
import importlib

import pytest
import torch

import mu
from mu.metrics import accuracy
from mu.models import predict
from mu.selection import Layout
from mu.unlearning import steps
from mu.unlearning.relabel import wrong_labels

STEPPING = [name for name, method in mu.methods().items() if {"stop_at", "max_steps"} <= method.defaults.keys()]


@pytest.fixture(scope="module")
def original(task, small):
    return mu.train(small(0), task.train, mu.Recipe(epochs=30, batch_size=16, lr=1e-2))


def run(name, original, task, **options):
    """(unlearned model, numbers of the steps taken, models after each step)"""
    steps, models = [], []

    def watch(step, model):
        steps.append(step)
        models.append(torch.cat([p.detach().clone().flatten() for p in model.parameters()]))

    options = {"recipe": mu.Recipe(batch_size=16, lr=1e-2), "seed": 1} | options
    return mu.unlearn(name, original, task, on_step=watch, **options), steps, models


@pytest.mark.parametrize("name", STEPPING)
def test_it_stops_once_the_forget_set_is_forgotten(name, original, task):
    """At most `stop_at` percent right at the end, more before it. Breaks if the stop looks at other samples, or the
    run goes on after it."""
    model, steps, _ = run(name, original, task, stop_at=20.0, max_steps=400)
    assert accuracy(predict(model, task.forget), task.forget.labels) <= 20.0
    assert steps == list(range(len(steps)))
    assert len(steps) < 400
    if len(steps) > 10:  # one look earlier it was not forgotten: the same run cut there ends above the level
        earlier, _, _ = run(name, original, task, stop_at=20.0, max_steps=len(steps) - 10)
        assert accuracy(predict(earlier, task.forget), task.forget.labels) > 20.0


@pytest.mark.parametrize("name", STEPPING)
def test_it_never_takes_more_steps_than_allowed(name, original, task):
    """`max_steps` ends a run that does not forget. Breaks if only the stop rule ends it."""
    assert len(run(name, original, task, stop_at=-1.0, max_steps=7)[1]) == 7


@pytest.mark.parametrize("name", [name for name in STEPPING if name.startswith("partial")])
def test_a_partial_step_moves_only_its_share(name, original, task):
    """Every step changes at most max(1, round(keep d)) entries of each layer, Adam's state or not. Breaks if the
    mask is applied to the gradient instead of the update."""
    _, _, models = run(name, original, task, keep=0.1, stop_at=-1.0, max_steps=6)
    layout = Layout.of(original)
    before = torch.cat([p.detach().flatten() for p in original.parameters()])
    for after in models:
        for layer in layout.split(after != before):
            assert layer.sum() <= max(1, round(0.1 * len(layer)))
        before = after


def test_a_look_takes_in_samples_from_the_whole_forget_set(original, task, monkeypatch):
    """Every few of a large one, to its end. The first ones alone, or all of them, fail this."""
    seen = []
    monkeypatch.setattr(steps, "LOOK_AT", 4)
    monkeypatch.setattr(steps, "predict", lambda model, part: seen.append(part) or predict(model, part))
    mu.unlearn("ascent", original, task, max_steps=2, stop_at=0.0)
    spread = task.forget[:: -(-len(task.forget) // 4)].indices
    assert len(spread) <= 4 < len(task.forget)
    assert torch.equal(seen[0].indices, spread)


def test_flipping_all_looks_seldom_and_may_take_longer(original, task, monkeypatch):
    """Most of its steps do not use the forget set, so it looks at every tenth and has 25 times as many."""
    given = {}
    label_flip = importlib.import_module("mu.unlearning.label_flip")  # the package has a function of that name
    monkeypatch.setattr(label_flip, "step_until_forgotten", lambda *_, **options: given.update(options))
    label_flip.label_flip_all(original, task.forget, task.retain)
    assert (given["every"], given["max_steps"]) == (10, 25 * steps.MAX_STEPS)


def test_ascent_climbs_and_flipping_descends(original, task):
    """One SGD step of ascent is theta + lr * gradient; of label flipping it is theta - lr * gradient under the wrong
    labels; the gradients are taken by hand. Breaks if the sign or the labels are swapped."""
    recipe = mu.Recipe(batch_size=16, optimizer="sgd", lr=0.1)
    flipped = wrong_labels(task.forget, 10, seed=1).labels
    for name, labels, sign in (("ascent", task.forget.labels, 1), ("label-flip", flipped, -1)):
        original.zero_grad()
        loss = torch.nn.functional.cross_entropy(original.train()(task.forget.images), labels)
        loss.backward()
        expected = torch.cat([(p + sign * 0.1 * p.grad).detach().flatten() for p in original.parameters()])
        original.zero_grad()
        original.eval()
        _, _, models = run(name, original, task, recipe=recipe, max_steps=1)
        assert torch.allclose(models[0], expected, atol=1e-6)


def test_flipping_all_keeps_the_others_better(original, task):
    """Stepping on the retain set too keeps more of it at equal forgetting. Breaks if the retain samples are lost or
    relabelled on the way."""
    alone, both = (run(name, original, task)[0] for name in ("label-flip", "label-flip-all"))
    right = [accuracy(predict(model, task.retain), task.retain.labels) for model in (alone, both)]
    assert right[1] > right[0]


@pytest.mark.parametrize("name", STEPPING)
def test_a_level_that_is_just_reached_ends_it(name, original, task):
    """None right is at most none: it ends at `stop_at` = 0. Breaks if the accuracy has to fall below the level."""
    model, steps, _ = run(name, original, task, stop_at=0.0, max_steps=400)
    assert accuracy(predict(model, task.forget), task.forget.labels) == 0
    assert len(steps) < 400


def test_the_seed_draws_entries_and_batches(original, task):
    """`ascent`, which draws no labels. One step on the whole set: other seeds, other entries by the rule `fixed`.
    Whole steps in batches of 2: another order. Breaks if either is drawn by the same seed every time."""

    def moved(seed, **options):
        return run("ascent", original, task, seed=seed, max_steps=2, stop_at=-1, **options)[2][-1]

    before = torch.cat([p.detach().flatten() for p in original.parameters()])
    first, other = (moved(seed, keep=0.1, rule="fixed") != before for seed in (1, 2))
    assert not torch.equal(first, other)
    pairs = mu.Recipe(batch_size=2, lr=1e-2)
    first, other = (moved(seed, recipe=pairs) for seed in (1, 2))
    assert not torch.allclose(first, other, atol=1e-4)


def test_outputs_that_are_not_finite_do_not_count_as_forgotten(original, task):
    """By argmax NaN is class 0, so any other class would look forgotten."""
    broken = copy.deepcopy(original)
    for parameter in broken.parameters():
        parameter.data.fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="outputs became infinite"):
        steps.at_most(1.0, broken, task.forget)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_a_look_in_parts_is_the_whole_look(original, task, count):
    """At every level, also one that is just met. Breaks if a part is left out or counted twice."""
    some = task.train[:count]
    share = accuracy(predict(original, some), some.labels)
    assert steps.at_most(share, original, some)
    assert not steps.at_most(share - 0.1, original, some)
    assert steps.at_most(100, original, some)
